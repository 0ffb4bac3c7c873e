import Data
import Distillation
import Networks
import Sharpness
import Torch
import Training

/// Matching trajectories on ConvNet-3/128 with images of CIFAR's shape: an iteration, its memory, the training
/// of fresh networks on a synthetic set, and an expert's epoch.
enum DistillationBenchmarks {
  static var all: [Benchmark] {
    [
      iteration("distill-ipc10-t30-fp32", perClass: 10, steps: 30, rounds: 3),
      iteration(
        "distill-ipc10-t30-bf16", perClass: 10, steps: 30, bfloat16: true, rounds: 3,
        note: .measured(bfloat16Error)),
      iteration("distill-ipc1-t50-fp32", perClass: 1, steps: 50, rounds: 5),
      memory, memoryOfLongTraining,
      evaluation("distill-evaluate-ipc10", perClass: 10, epochs: 4),
      evaluation("distill-evaluate-ipc1", perClass: 1, epochs: 20),
      expertEpoch("expert-epoch-convnet3-128", peer: "sgd", GradientStep.Settings()),
      expertEpoch("expert-epoch-gsam-convnet3-128", peer: "gsam", gsam),
    ]
  }

  // MARK: An iteration

  /// The matching loss and its gradients by the images and the step size: exact in Salar, unrolled in PyTorch.
  private static func iteration(
    _ name: String, perClass: Int, steps: Int, bfloat16: Bool = false, rounds: Int,
    note: Benchmark.Note? = nil
  ) -> Benchmark {
    // PyTorch's graph of 3,000 images takes some 10 GiB, which it holds on to where freed memory is kept.
    Benchmark(
      name: name, peer: .pytorch("distill \(perClass) \(steps) \(bfloat16 ? "bf16" : "fp32")"),
      unit: .milliseconds, amount: 1, repetitions: 1, rounds: rounds, separatesPeers: perClass > 1, note: note
    ) { try repeated(perClass: perClass, steps: steps, bfloat16: bfloat16) }
  }

  private static var memory: Benchmark {
    .ofMemory("distill-memory-ipc10-t30", .pytorch("distill 10 30 fp32")) {
      try repeated(perClass: 10, steps: 30)
    }
  }

  /// With as many graphs kept as the program keeps by default.
  private static var memoryOfLongTraining: Benchmark {
    let memory = MTT.defaults.memory
    return .ofMemory(
      "distill-memory-ipc10-t50",
      .salar("Salar with 5 steps instead of 50") { try repeated(perClass: 10, steps: 5, memory: memory) }
    ) { try repeated(perClass: 10, steps: 50, memory: memory) }
  }

  private static func repeated(perClass: Int, steps: Int, bfloat16: Bool = false, memory: Int = 0) throws
    -> () -> Void
  {
    let student = try Student(perClass: perClass, steps: steps, bfloat16: bfloat16, memory: memory)
    var number = 0
    return {
      precondition(student.gradient(iteration: number).loss.double.isFinite)
      number += 1
    }
  }

  /// How far bfloat16 turns the gradient of the images.
  private static func bfloat16Error() throws -> String {
    let gradients = try [false, true].map { bfloat16 in
      try Student(perClass: 10, steps: 30, bfloat16: bfloat16)
        .gradient(iteration: 0).images.to(.float64).flatten()
    }
    let cosine = withNoGrad {
      gradients[0].dot(gradients[1]).double
        / (gradients[0].vectorNorm().double * gradients[1].vectorNorm().double)
    }
    return "cosine of Salar's bf16 gradient of the images to its fp32 one: \((cosine * 1e5).rounded() / 1e5)"
  }

  /// A student that trains on synthetic images from where an expert stood; augmentations are drawn anew each
  /// iteration.
  private struct Student {
    private let unroll: Unroll
    private let images: Tensor
    private let labels: Tensor
    private let start: Tensor
    private let end: Tensor
    private let plan: StepPlan

    /// - Parameter memory: MiB for graphs that are kept.
    init(perClass: Int, steps: Int, bfloat16: Bool, memory: Int = 0) throws {
      let network = try ConvNet()
      var unroll = try Unroll(network)
      unroll.autocasts = bfloat16
      plan = try StepPlan(steps: steps, strategy: DSA().strategy)
      (images, labels) = samples(perClass: perClass, seed: 2)
      let fresh = network.initial(Generator(seed: 0))
      start = fresh.flat
      end = descended(network, from: fresh)
      // As `salar distill run --set memory=N` has it.
      unroll.keptSteps = unroll.keptSteps(
        within: memory << 20, images: images, labels: labels, from: start,
        steps: plan.draw(images, RandomStreams(seed: 0)))
      self.unroll = unroll
    }

    func gradient(iteration: Int) -> UnrollGradient {
      let draws = RandomStreams(seed: 0).child("iteration", iteration)
      return unroll(
        images: images, labels: labels, stepSize: .full([], 0.01, dtype: .float32), from: start, to: end,
        steps: plan.draw(images, draws))
    }
  }

  /// Where an expert stands after some steps on samples of the same classes.
  private static func descended(_ network: ConvNet, from start: Point) -> Tensor {
    let (images, labels) = samples(perClass: 10, seed: 3)
    let point = start.copy()
    for _ in 0..<20 {
      let weights = point.leaves()
      var pass = Pass.training(point)
      let loss = network(network.laidOut(images), weights, &pass).logits.crossEntropy(labels)
      let gradient = weights.gradient(of: loss)
      withNoGrad { _ = point.flat.add_(gradient, alpha: -0.05) }
    }
    return point.flat
  }

  /// A picture for each class, under noise; class by class.
  private static func samples(perClass: Int, seed: UInt64) -> (images: Tensor, labels: Tensor) {
    let (classes, shape) = (10, [3, 32, 32])
    let labels = Tensor((0..<classes * perClass).map { Int64($0 / perClass) })
    let pictures = Tensor.randn([classes] + shape, generator: Generator(seed: 1))
    let noise = Tensor.randn([classes * perClass] + shape, generator: Generator(seed: seed))
    return (pictures.indexSelect(dim: 0, labels) + noise, labels)
  }

  // MARK: Judging a set

  /// Five fresh networks, each trained on the whole set for some epochs of one batch.
  private static func evaluation(_ name: String, perClass: Int, epochs: Int) -> Benchmark {
    let networks = 5
    return Benchmark(
      name: name, peer: .pytorch("evaluate \(perClass) \(epochs)"), unit: .imagesPerSecond,
      amount: Double(networks * epochs * 10 * perClass), repetitions: 1, rounds: 5
    ) {
      let network = try ConvNet()
      let (images, labels) = samples(perClass: perClass, seed: 2)
      var training = SyntheticTraining()
      // No drop before the end.
      (training.epochs, training.drop, training.batch, training.lr) = (epochs, epochs, 256, 0.01)
      return { [training] in
        do {
          try trainFreshNetworks(networks, training, network, images, labels)
        } catch {
          fatalError("the training of the benchmark failed: \(error)")
        }
      }
    }
  }

  /// Side by side, as `salar distill evaluate` does.
  private static func trainFreshNetworks(
    _ count: Int, _ training: SyntheticTraining, _ network: ConvNet, _ images: Tensor, _ labels: Tensor
  ) throws {
    nonisolated(unsafe) let (images, labels) = (images, labels)
    _ = try Runtime.map(count) { index in
      let point = try training.train(
        network, images: images, labels: labels, stepSize: nil,
        streams: RandomStreams(seed: 0).child("network", index))
      precondition(point.flat.isfinite().all().int == 1)
    }
  }

  // MARK: Experts

  /// 1,280 images from bytes through a rule around plain SGD, in batches of 256, each augmented by DSA.
  private static func expertEpoch(_ name: String, peer: String, _ settings: some RuleSettings) -> Benchmark {
    Benchmark(
      name: name, peer: .pytorch("expert \(peer)"), unit: .imagesPerSecond, amount: 1_280, repetitions: 1,
      rounds: 5
    ) {
      let loader = try DataBenchmarks.byteLoader(count: 1_280, batch: 256, "dsa")
      let network = try ConvNet()
      let point = network.initial(Generator(seed: 0))
      var training = TrainingSettings()
      (training.epochs, training.batch, training.lr) = (1, 256, 0.01)
      (training.momentum, training.weightDecay, training.logEvery) = (0, 0, 0)
      training.schedule.kind = .constant
      return { [training] in
        do {
          let context = MethodContext(
            network: network, point: point, settings: training, sampleCount: 1_280,
            stepsPerEpoch: loader.steps, order: { loader.order(epoch: $0) })
          try Trainer(
            network, at: point, rule: settings.rule(training.makeOptimizer(), context), settings: training,
            batches: LoadedBatches(loader), seed: 0
          ).run()
        } catch {
          fatalError("the training of the benchmark failed: \(error)")
        }
      }
    }
  }

  /// As FTD has it.
  private static var gsam: GSAM.Settings {
    var settings = GSAM.Settings()
    (settings.rho, settings.rhoMin, settings.alpha, settings.adaptive) = (0.01, 0.01, 1, true)
    return settings
  }
}
