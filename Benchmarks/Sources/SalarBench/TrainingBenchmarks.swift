import Data
import Networks
import Torch
import Training

/// The whole loop as a user runs it: batches drawn, cropped, flipped and normalised, forward, backward, update.
enum TrainingBenchmarks {
  static var all: [Benchmark] { [false, true].map(training) }

  /// 1,280 images of CIFAR's shape through ConvNet-3/128 in batches of 256, SGD with momentum and decay.
  private static func training(bfloat16: Bool) -> Benchmark {
    Benchmark(
      name: "training-convnet3-128-\(bfloat16 ? "bf16" : "fp32")", peer: .pytorch("training \(bfloat16)"),
      unit: .imagesPerSecond, amount: 1_280, repetitions: 1, rounds: 5
    ) {
      let loader = try DataBenchmarks.byteLoader(count: 1_280, batch: 256, "crop:4,flip")
      let network = try ConvNet()
      let point = network.initial(Generator(seed: 0))
      var settings = TrainingSettings()
      (settings.epochs, settings.lr, settings.momentum, settings.weightDecay) = (1, 0.01, 0.9, 5e-4)
      settings.schedule.kind = .constant
      settings.precision = bfloat16 ? .bfloat16 : .float32
      return { [settings] in
        do {
          try Trainer(
            network, at: point, rule: GradientStep(settings.makeOptimizer()), settings: settings,
            batches: LoadedBatches(loader), seed: 0
          ).run()
        } catch {
          fatalError("the training of the benchmark failed: \(error)")
        }
      }
    }
  }
}
