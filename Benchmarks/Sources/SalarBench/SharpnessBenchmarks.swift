import Data
import Networks
import Sharpness
import Torch
import Training

/// What a step of each method costs over a step of the base rule, on images of CIFAR's shape.
enum SharpnessBenchmarks {
  static var all: [Benchmark] {
    ["resnet18", "wrn-16-4"].flatMap { network in
      [
        rule(network, "sam", SAM.Settings()),
        // Its first step perturbs all tensors: longer turns, so that it counts for little.
        rule(network, "esam-official", changed(ESAM.Settings()) { $0.mode = .official }, steps: 6),
        rule(network, "esam-fast", ESAM.Settings()),
        // Scores of the first epoch serve four more.
        rule(network, "esam-stale", StaleESAM.Settings(), steps: 5),
        // It perturbs in one step of five.
        rule(network, "looksam", LookSAM.Settings(), steps: 5),
        rule(network, "msam", MSAM.Settings()),
        // It looks back by epochs, and acts from the second one on.
        regulariser(network, "saf", changed(SAF.Settings()) { ($0.start, $0.lookback) = (0, 1) }, steps: 4),
        // A turn begins with a copy of the weights: longer ones, so that it counts for little.
        regulariser(network, "mesa", changed(MESA.Settings()) { $0.start = -1 }, steps: 6),
        regulariser(
          network, "mesa-bf16", changed(MESA.Settings()) { ($0.start, $0.teacher) = (-1, .bfloat16) },
          steps: 6),
      ]
    }
  }

  /// The papers'.
  private static let batch = 128

  private static func rule(
    _ network: String, _ name: String, _ settings: any RuleSettings, steps: Int = 2
  ) -> Benchmark { step(network, name, settings, nil, steps) }

  private static func regulariser(
    _ network: String, _ name: String, _ settings: any RegulariserSettings, steps: Int = 2
  ) -> Benchmark { step(network, name, nil, settings, steps) }

  /// - Parameter steps: in a turn, each an epoch of its own; few, so that both sides meet the same speed of the machine.
  private static func step(
    _ network: String, _ name: String, _ rule: (any RuleSettings)?,
    _ regulariser: (any RegulariserSettings)?, _ steps: Int
  ) -> Benchmark {
    Benchmark(
      name: "step-\(network)-\(name)",
      peer: .salar("the base rule") { try training(network, nil, nil, steps) },
      unit: .milliseconds, amount: Double(steps), repetitions: 1, rounds: 30 / steps
    ) { try training(network, rule, regulariser, steps) }
  }

  private static func training(
    _ name: String, _ rule: (any RuleSettings)?, _ regulariser: (any RegulariserSettings)?, _ steps: Int
  ) throws -> () -> Void {
    let network = try network(named: name)
    return try training(network, rule, regulariser, steps)
  }

  private static func network(named name: String) throws -> any Network {
    guard name == "wrn-16-4" else { return try ResNet18() }
    var settings = WideResNet.Settings()
    (settings.depth, settings.widen) = (16, 4)
    return try WideResNet(settings)
  }

  private static func training(
    _ network: some Network, _ rule: (any RuleSettings)?, _ regulariser: (any RegulariserSettings)?,
    _ steps: Int
  ) throws -> () -> Void {
    let point = network.initial(Generator(seed: 0))
    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.lr, settings.logEvery) = (steps, batch, 0.001, 0)
    settings.schedule.kind = .constant
    let images = Batch(
      indices: Tensor(Array(0..<batch)),
      images: .randn([batch] + network.inputShape, generator: Generator(seed: 1)),
      labels: .randint(0, network.classes, [batch], generator: Generator(seed: 2)))
    return { [settings] in
      do {
        let context = MethodContext(
          network: network, point: point, settings: settings, sampleCount: batch, stepsPerEpoch: 1,
          order: { _ in Array(0..<batch) })
        let optimizer = settings.makeOptimizer()
        try Trainer(
          network, at: point, rule: rule?.rule(optimizer, context) ?? GradientStep(optimizer),
          regularisers: regulariser.map { [try $0.regulariser(context)] } ?? [], settings: settings,
          batches: Resident(batch: images), seed: 0
        ).run()
      } catch {
        fatalError("the training of the benchmark failed: \(error)")
      }
    }
  }

  /// One batch an epoch, always the same.
  private struct Resident: BatchSource {
    let batch: Batch
    var stepsPerEpoch: Int { 1 }
    func batches(epoch: Int, from step: Int) -> () throws -> Batch? {
      var next: Batch? = batch
      return {
        defer { next = nil }
        return next
      }
    }
  }

  private static func changed<Settings>(_ settings: Settings, _ change: (inout Settings) -> Void) -> Settings
  {
    var settings = settings
    change(&settings)
    return settings
  }
}
