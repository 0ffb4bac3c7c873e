import Data
import Torch

/// What it costs to make the batches of an epoch.
enum DataBenchmarks {
  static var all: [Benchmark] {
    [
      loader("loader-crop-flip", "crop:4,flip"),
      loader("loader-crop-flip-cutout", "crop:4,flip,cutout:16:0.5"),
      perSample,
    ]
  }

  /// An epoch of CIFAR's size from bytes in memory: gathered, cropped, flipped, normalised, in batches of 128.
  private static func loader(_ name: String, _ pipeline: String) -> Benchmark {
    Benchmark(
      name: name, peer: .pytorch("loader \(pipeline.contains("cutout"))"), unit: .imagesPerSecond,
      amount: 50_000,
      repetitions: 1, rounds: 5
    ) { try epoch(pipeline) }
  }

  /// The same work by a peer that goes image by image through PyTorch's DataLoader, a worker process a thread.
  private static var perSample: Benchmark {
    Benchmark(
      name: "loader-per-sample-peer", peer: .pytorch("dataloader"), unit: .imagesPerSecond, amount: 50_000,
      repetitions: 1,
      rounds: 2
    ) { try epoch("crop:4,flip") }
  }

  /// Images of CIFAR's shape as bytes in memory, cropped, flipped and normalised.
  static func byteLoader(count: Int, batch: Int, _ pipeline: String) throws -> BatchLoader {
    let pixels = Tensor.randint(0, 256, [count, 3, 32, 32], generator: Generator(seed: 0)).to(.uint8)
    let data = try DataSet(
      name: "bytes", split: .train, format: "memory", images: MemoryImages(pixels),
      labels: (0..<count).map { $0 % 10 }, classNames: (0..<10).map { "\($0)" })
    return try BatchLoader(
      data, batchSize: batch, augmentation: AugmentationPipeline(parsing: pipeline),
      preprocessing: Normalization.cifar10, streams: RandomStreams(seed: 0))
  }

  private static func epoch(_ pipeline: String) throws -> () -> Void {
    let loader = try byteLoader(count: 50_000, batch: 128, pipeline)
    var number = 0
    return {
      let batches = loader.epoch(number)
      number += 1
      while let batch = try? batches.next() { precondition(batch.count > 0) }
    }
  }
}
