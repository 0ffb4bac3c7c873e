import Foundation
import Synchronization
import Testing
import Torch

@testable import Data

@Suite struct LoaderTests {
  private func loader(
    _ data: DataSet, batchSize: Int = 4, shuffles: Bool = true, dropsLast: Bool = false,
    _ pipeline: String = "crop:2,flip,cutout:4:0.5", seed: UInt64 = 3
  ) throws -> BatchLoader {
    try BatchLoader(
      data, batchSize: batchSize, shuffles: shuffles, dropsLast: dropsLast,
      augmentation: AugmentationPipeline(parsing: pipeline), preprocessing: Normalization.cifar10,
      streams: RandomStreams(seed: seed))
  }

  private func drained(_ batches: BatchIterator) throws -> [Batch] {
    var result: [Batch] = []
    while let batch = try batches.next() { result.append(batch) }
    return result
  }

  private func expectEqual(_ a: Batch, _ b: Batch) {
    #expect(a.indices.equal(b.indices))
    #expect(a.images.equal(b.images))
    #expect(a.labels.equal(b.labels))
  }

  @Test func everySampleOnceAnEpoch() throws {
    let data = try memoryData(10)
    let loader = try loader(data)
    #expect(loader.steps == 3)
    let batches = try drained(loader.epoch(0))
    #expect(batches.map(\.count) == [4, 4, 2])
    let order = batches.flatMap { $0.indices.array(of: Int.self) }
    #expect(order.sorted() == Array(0..<10))
    #expect(order == loader.order(epoch: 0))
    #expect(order != Array(0..<10))
    #expect(loader.order(epoch: 1) != order)
    #expect(batches.flatMap { $0.labels.array(of: Int.self) } == order.map { $0 % 3 })
    let short = try self.loader(data, dropsLast: true)
    #expect(short.steps == 2)
    #expect(try drained(short.epoch(0)).map(\.count) == [4, 4])
  }

  @Test func resumesAnywhereWithTheSameBits() throws {
    for data in [try memoryData(10), try streamed(try memoryData(10))] {
      let loader = try loader(data)
      let whole = try drained(loader.epoch(2))
      for start in 0...3 {
        let rest = try drained(loader.epoch(2, startStep: start))
        #expect(rest.count == 3 - start)
        for (a, b) in zip(whole.dropFirst(start), rest) { expectEqual(a, b) }
      }
      for step in 0..<3 { expectEqual(whole[step], try loader.batch(epoch: 2, step: step)) }
    }
  }

  @Test func seedsAndEpochsDiffer() throws {
    let data = try memoryData(8)
    let one = try loader(data, batchSize: 8, shuffles: false).batch(epoch: 0, step: 0)
    let other = try loader(data, batchSize: 8, shuffles: false, seed: 4).batch(epoch: 0, step: 0)
    let later = try loader(data, batchSize: 8, shuffles: false).batch(epoch: 1, step: 0)
    #expect(!one.images.equal(other.images))
    #expect(!one.images.equal(later.images))
  }

  @Test func stepsDrawDifferently() throws {
    let same = try memoryData(1, classes: 1).subset([Int](repeating: 0, count: 32))
    let loader = try loader(same, batchSize: 16)
    let (first, second) = (try loader.batch(epoch: 0, step: 0), try loader.batch(epoch: 0, step: 1))
    #expect(!first.images.equal(second.images))
  }

  /// Without augmentation a batch is what the formula says of the bytes.
  @Test func imagesAreThePreprocessedBytes() throws {
    let data = try memoryData(7)
    let batches = try drained(try data.evaluationBatches(size: 3, preprocessing: Normalization.cifar10))
    #expect(batches.flatMap { $0.indices.array(of: Int.self) } == Array(0..<7))
    let found = Tensor.concatenated(batches.map(\.images), dim: 0)
    let bytes: [UInt8] = try data.images.images(Array(0..<7)).array()
    let values: [Float] = found.array()
    let (mean, std) = ([0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.2010])
    for (place, byte) in bytes.enumerated() {
      let channel = place / 64 % 3
      let expected = (Double(byte) / 255 - mean[channel]) / std[channel]
      #expect(abs(Double(values[place]) - expected) < 1e-6)
    }
  }

  /// The one-pass form gives the bits of the tensor operations that it stands for.
  @Test(arguments: [
    "none", "crop:2", "flip", "crop:3,flip", "crop:9,flip:1", "crop:1,flip,normalize,cutout:3:1,noise:0.1",
    "crop:2,flip,cutout:4:0.5", "normalize,noise:0.1,cutout:3:1", "cutout:9:1,flip",
  ])
  func onePassEqualsTensorOperations(_ pipeline: String) throws {
    let data = try memoryData(9, shape: [3, 6, 5])
    for preprocessing in [nil, Normalization.cifar] {
      let subset = try data.subset([8, 1, 2, 3, 4, 5, 6, 7, 0])
      func loader(_ data: DataSet) throws -> BatchLoader {
        try BatchLoader(
          data, batchSize: 5, augmentation: AugmentationPipeline(parsing: pipeline),
          preprocessing: preprocessing,
          streams: RandomStreams(seed: 9))
      }
      let fast = try loader(subset)
      var plain = fast
      plain.fused = nil
      let streamed = try loader(streamed(subset))
      #expect(fast.fused != nil && streamed.fused != nil)
      for step in 0..<2 {
        let expected = try plain.batch(epoch: 0, step: step)
        expectEqual(try fast.batch(epoch: 0, step: step), expected)
        expectEqual(try streamed.batch(epoch: 0, step: step), expected)
      }
    }
  }

  @Test func onlyWhatItCanStandForIsFused() throws {
    let data = try memoryData(4)
    #expect(try loader(data, "crop,flip").fused != nil)
    #expect(try loader(data, "flip,crop").fused == nil)
    #expect(try loader(data, "jitter:0.4").fused == nil)
    #expect(try loader(data, "resized-crop:8").fused == nil)
  }

  @Test func threadsChangeNothing() throws {
    let data = try memoryData(96, shape: [3, 32, 32])
    let loader = try loader(data, batchSize: 96)
    let before = Runtime.threads
    defer { Runtime.threads = before }
    Runtime.threads = 1
    let one = try loader.batch(epoch: 0, step: 0)
    Runtime.threads = 4
    expectEqual(one, try loader.batch(epoch: 0, step: 0))
  }

  @Test func floatSourcesAreTakenAsTheyAre() throws {
    let images = Tensor.randn([4, 3, 8, 8], generator: Generator(seed: 1))
    let data = try DataSet(
      name: "distilled", split: .train, format: "memory", images: MemoryImages(images), labels: [0, 1, 2, 0],
      classNames: ["a", "b", "c"])
    let batches = try data.evaluationBatches()
    #expect(try batches.next()!.images.equal(images))
    #expect(try batches.next() == nil)
  }

  @Test func mixturesAnswerProbabilities() throws {
    let batch = try loader(try memoryData(6), "flip,mixup:1").batch(epoch: 0, step: 0)
    #expect(batch.labels.shape == [4, 3])
    #expect(batch.labels.sum(dim: [1]).allclose(.ones([4])))
  }

  @Test func refusesWhatDoesNotFit() throws {
    let data = try memoryData(4, shape: [1, 8, 8])
    let streams = RandomStreams(seed: 0)
    #expect(throws: DataError.self) { try BatchLoader(data, batchSize: 0, streams: streams) }
    #expect(throws: DataError.self) { try BatchLoader(data, batchSize: 5, dropsLast: true, streams: streams) }
    #expect(throws: DataError.self) {
      try BatchLoader(data, batchSize: 2, preprocessing: Normalization.cifar10, streams: streams)
    }
  }

  // MARK: Reading ahead

  /// A source out of memory whose reads take random times.
  final class SlowImages: ImageSource {
    let memory: any ImageSource
    let failing: Int?
    let delay: Bool
    let reads = Mutex<[[Int]]>([])

    init(_ memory: any ImageSource, failing: Int? = nil, delay: Bool = true) {
      self.memory = memory
      self.failing = failing
      self.delay = delay
    }

    var count: Int { memory.count }
    var shape: [Int] { memory.shape }

    func images(_ indices: [Int]) throws(DataError) -> Tensor {
      reads.withLock { $0.append(indices) }
      if delay { usleep(UInt32.random(in: 0...3_000)) }
      if let failing, indices.contains(failing) { throw DataError("image \(failing) cannot be read") }
      return try memory.images(indices)
    }
  }

  private func streamed(_ data: DataSet, failing: Int? = nil, delay: Bool = false) throws -> DataSet {
    try DataSet(
      name: "streamed", split: data.split, format: "test",
      images: SlowImages(data.images, failing: failing, delay: delay), labels: data.labels,
      classNames: data.classNames)
  }

  /// Every image says its own index in its pixels.
  @Test func indicesAndImagesStayPaired() throws {
    let pixels = Tensor((0..<200).flatMap { [UInt8](repeating: UInt8($0), count: 4) }, shape: [200, 1, 2, 2])
    let numbered = try DataSet(
      name: "numbered", split: .train, format: "memory", images: MemoryImages(pixels),
      labels: (0..<200).map { $0 % 7 }, classNames: (0..<7).map { "\($0)" })
    let loader = try BatchLoader(
      streamed(numbered, delay: true), batchSize: 6, streams: RandomStreams(seed: 1))
    for epoch in 0..<2 {
      let batches = loader.epoch(epoch)
      var seen: [Int] = []
      while let batch = try batches.next() {
        let indices: [Int] = batch.indices.array()
        let written = (batch.images * 255).round().select(dim: 1, index: 0).select(dim: 1, index: 0)
          .select(dim: 1, index: 1).array(of: Int.self)
        #expect(written == indices)
        #expect(batch.labels.array(of: Int.self) == indices.map { $0 % 7 })
        seen += indices
        if Bool.random() { usleep(UInt32.random(in: 0...3_000)) }
      }
      #expect(seen.sorted() == Array(0..<200))
    }
  }

  @Test func errorsArriveAtTheirStep() throws {
    let data = try streamed(try memoryData(20), failing: 13)
    let batches = try loader(data, shuffles: false).epoch(0)
    for step in 0..<3 {
      #expect(batches.step == step)
      #expect(try batches.next()?.count == 4)
    }
    #expect(throws: DataError("image 13 cannot be read")) { try batches.next() }
    #expect(try batches.next() == nil)
  }

  @Test func readingStopsWhenNobodyTakes() throws {
    let data = try streamed(try memoryData(400))
    let source = data.images as! SlowImages
    let loader = try BatchLoader(data, batchSize: 2, streams: RandomStreams(seed: 0))
    var batches: BatchIterator? = loader.epoch(0)
    _ = try batches!.next()
    func settles(at count: Int) -> Bool {
      for _ in 0..<500 where source.reads.withLock(\.count) < count { usleep(10_000) }
      usleep(30_000)
      return source.reads.withLock(\.count) == count
    }
    // One taken, two waiting: nothing is read further ahead.
    #expect(settles(at: 3))
    batches = nil
    #expect(settles(at: 3))
    #expect(try drained(loader.epoch(0, startStep: 198)).count == 2)
    #expect(settles(at: 5))
  }
}
