import Data
import Foundation
import Networks
import PeerSupport
import Testing
import Torch
import Training

/// Ten steps of every optimiser through the trainer, against PyTorch in float64.
@Suite struct OptimizerTests {
  static let cases: [(name: String, adjust: @Sendable (inout TrainingSettings) -> Void)] = [
    ("sgd", { ($0.lr, $0.momentum) = (0.1, 0) }),
    ("momentum", { ($0.lr, $0.momentum, $0.weightDecay) = (0.1, 0.9, 1e-2) }),
    ("nesterov", { ($0.lr, $0.momentum, $0.nesterov) = (0.1, 0.9, true) }),
    ("masked", { ($0.lr, $0.momentum, $0.weightDecay, $0.decay) = (0.1, 0.9, 1e-2, .weights) }),
    ("clipped", { ($0.lr, $0.momentum, $0.clip) = (0.5, 0.9, 0.5) }),
    ("adam", { ($0.optimizer, $0.lr, $0.weightDecay) = (.adam, 1e-2, 1e-2) }),
    (
      "adamw",
      { ($0.optimizer, $0.lr, $0.weightDecay, $0.beta1, $0.beta2) = (.adamw, 1e-2, 1e-1, 0.8, 0.99) }
    ),
    ("smoothed", { ($0.lr, $0.momentum, $0.labelSmoothing) = (0.1, 0, 0.1) }),
  ]

  @Test(.enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)))
  func everyOptimizerFollowsPyTorch() throws {
    let folder = try TemporaryFolder()
    try Peer.run("optimizers", [folder.url.path])
    let start = try Safetensors(reading: folder.file("start.safetensors"))
    let network = try smallConvNet()
    let weights = start.names.filter { $0.hasPrefix("weights.") }
    let state = Dictionary(uniqueKeysWithValues: weights.map { (String($0.dropFirst(8)), start[$0]!) })
    for (name, adjust) in Self.cases {
      var settings = TrainingSettings()
      (settings.epochs, settings.weightDecay, settings.schedule.kind) = (1, 0, .constant)
      adjust(&settings)
      let expected = try Safetensors(reading: folder.file("\(name).safetensors"))
      let batches = (0..<10).map { step in
        Batch(
          indices: Tensor(Array(0..<6)), images: start["images"]![step], labels: start["labels"]![step])
      }
      let point = try Point(network, state: state)
      let watch = WatchedRule(GradientStep(settings.makeOptimizer()))
      let trainer = try Trainer(
        network, at: point, rule: watch, settings: settings, batches: ListedBatches(batches), seed: 0)
      try trainer.run()
      for step in 0..<10 {
        let distance = (watch.path[step] - expected["step\(step)"]!).vectorNorm().double
        // Biases before a batch norm have gradients of pure rounding, which Adam's division by their size lifts.
        #expect(distance < (name.hasPrefix("adam") ? 1e-9 : 1e-11), "\(name), step \(step): \(distance)")
      }
    }
  }
}

/// Remembers where each step ended.
final class WatchedRule: StepRule {
  private var base: any StepRule
  private(set) var path: [Tensor] = []

  init(_ base: any StepRule) { self.base = base }

  func prepare(for point: Point) { base.prepare(for: point) }
  func step(
    _ point: Point, _ batch: Batch, _ pass: inout Pass, _ context: StepContext, _ objective: Objective
  ) throws -> StepReport {
    let report = try base.step(point, batch, &pass, context, objective)
    path.append(point.flat.clone())
    return report
  }
  var state: [(name: String, tensor: Tensor)] { base.state }
  func restore(_ state: (String) -> Tensor?) throws(TrainingError) { try base.restore(state) }
}

/// The same list of batches every epoch.
struct ListedBatches: BatchSource {
  let list: [Batch]

  init(_ list: [Batch]) { self.list = list }

  var stepsPerEpoch: Int { list.count }

  func batches(epoch: Int, from step: Int) -> () throws -> Batch? {
    var next = step
    return {
      guard next < list.count else { return nil }
      defer { next += 1 }
      return list[next]
    }
  }
}

func smallConvNet() throws -> ConvNet {
  var settings = ConvNet.Settings()
  (settings.width, settings.depth, settings.size, settings.norm) = (8, 2, 8, .batch)
  return try ConvNet(settings)
}

/// Random batches of images whose class is the brightest of ten stripes: learnable, and the same each time.
func stripes(batches: Int, batch: Int = 16, seed: UInt64 = 1) -> [Batch] {
  let generator = Generator(seed: seed)
  return (0..<batches).map { index in
    let labels = Tensor.randint(0, 8, [batch], generator: generator)
    let noise = Tensor.randn([batch, 3, 8, 8], generator: generator) * 0.3
    let stripe = labels.oneHot(8).to(.float32).reshape([batch, 1, 8, 1])
    return Batch(
      indices: Tensor(Array(index * batch..<(index + 1) * batch)), images: noise + stripe * 2, labels: labels)
  }
}
