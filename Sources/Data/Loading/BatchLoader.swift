import Foundation
import Torch

/// Batches of a data set: which samples, in what order, augmented how.
///
/// ```swift
/// let loader = try BatchLoader(
///   data, batchSize: 128, augmentation: AugmentationPipeline(parsing: "crop:4,flip"),
///   preprocessing: Normalization.cifar10, streams: RandomStreams(seed: 0))
/// let batches = loader.epoch(3)
/// while let batch = try batches.next() { … }
/// ```
///
/// A batch depends on the seed, the epoch and the step alone. So any batch can be asked for by itself
/// (``batch(epoch:step:)``), and an epoch taken up in its middle goes on with the same bits: there is no state to save.
public struct BatchLoader: Sendable {
  public let data: DataSet
  public let batchSize: Int
  /// Whether every epoch has an order of its own; else the data set's.
  public let shuffles: Bool
  /// Whether the samples that fill no whole batch at an epoch's end are left out.
  public let dropsLast: Bool
  public let augmentation: AugmentationPipeline
  public let preprocessing: (any Preprocessing)?
  public let streams: RandomStreams
  /// Where batches end up.
  public let device: Device
  /// How many batches are read ahead where images are not in memory.
  public let readsAhead: Int

  /// The fast way for the first part of the pipeline, where there is one. Tests take it out.
  var fused: FusedBytes?

  /// - Parameters:
  ///   - preprocessing: applied to pixels in [0, 1]. For sources of float32 (distilled images) it sees their numbers.
  ///   - streams: its streams `shuffle` and `augmentation` are used.
  /// - Throws: ``DataError`` if the batch size does not fit the data set or the preprocessing the images.
  public init(
    _ data: DataSet, batchSize: Int, shuffles: Bool = true, dropsLast: Bool = false,
    augmentation: AugmentationPipeline = .none, preprocessing: (any Preprocessing)? = nil,
    streams: RandomStreams, device: Device = .cpu, readsAhead: Int = 2
  ) throws(DataError) {
    guard batchSize > 0 else {
      throw DataError("batches need at least one sample, found a size of \(batchSize)")
    }
    if dropsLast, batchSize > data.count {
      throw DataError(
        "\(data.name) (\(data.split)): no batch of \(batchSize) in \(data.count) samples; "
          + "use a smaller batch or keep the last one")
    }
    precondition(readsAhead > 0, "at least one batch is read ahead, found \(readsAhead)")
    try preprocessing?.check(shape: augmentation.before.reduce(data.shape) { $1.shape(after: $0) })
    self.data = data
    self.batchSize = batchSize
    self.shuffles = shuffles
    self.dropsLast = dropsLast
    self.augmentation = augmentation
    self.preprocessing = preprocessing
    self.streams = streams
    self.device = device
    self.readsAhead = readsAhead
    fused = device == .cpu ? FusedBytes(augmentation, preprocessing, channels: data.shape[0]) : nil
  }

  /// Steps an epoch takes.
  public var steps: Int { dropsLast ? data.count / batchSize : (data.count + batchSize - 1) / batchSize }

  /// The samples of an epoch, in their order.
  public func order(epoch: Int) -> [Int] {
    guard shuffles else { return Array(0..<data.count) }
    let generator = streams.child("epoch", epoch).stream("shuffle")
    return Tensor.randperm(data.count, generator: generator).array()
  }

  /// One batch by itself.
  ///
  /// - Throws: ``DataError`` if an image cannot be read.
  public func batch(epoch: Int, step: Int) throws(DataError) -> Batch {
    precondition((0..<steps).contains(step), "step \(step) of an epoch of \(steps)")
    let indices = samples(of: step, order(epoch: epoch))
    return finish(indices, try read(indices), epoch: epoch, step: step)
  }

  /// The batches of an epoch, from a step on.
  ///
  /// Sources that are not in memory are read on another thread, ``readsAhead`` batches ahead; it ends with the epoch, or
  /// after the read it is in when the iterator is let go of.
  public func epoch(_ epoch: Int, startStep: Int = 0) -> BatchIterator {
    precondition((0...steps).contains(startStep), "step \(startStep) of an epoch of \(steps)")
    return BatchIterator(self, epoch: epoch, startStep: startStep)
  }

  // MARK: Making a batch

  func samples(of step: Int, _ order: [Int]) -> [Int] {
    Array(order[(step * batchSize)..<min((step + 1) * batchSize, order.count)])
  }

  /// What has to be waited for: the images as they are stored. Nil where they lie in memory and are gathered while the
  /// batch is finished.
  func read(_ indices: [Int]) throws(DataError) -> Tensor? {
    if fused != nil, let memory = data.images.inMemory(nil)?.source.all, FusedBytes.reads(memory) {
      return nil
    }
    let images = try data.images.images(indices)
    precondition(
      images.shape == [indices.count] + data.shape,
      "a source of \(data.shape) answered \(images.shape) for \(indices.count) images")
    return images
  }

  /// Augmented, preprocessed and on the device.
  func finish(_ indices: [Int], _ stored: Tensor?, epoch: Int, step: Int) -> Batch {
    withNoGrad {
      let family = streams.child("epoch", epoch).child("augmentation", step)
      let draw = augmentation.draw(indices.count, shape: data.shape, family)
      let images: Tensor
      if let fused, stored == nil, let memory = data.images.inMemory(indices) {
        images = augmentation.applyAfter(
          fused(memory.source.all, memory.indices, draw), draw, from: fused.membersAfter)
      } else if let fused, let stored, FusedBytes.reads(stored) {
        images = augmentation.applyAfter(
          fused(stored, Array(indices.indices), draw), draw, from: fused.membersAfter)
      } else {
        // Bytes are a quarter of what floats are, so that they are moved first.
        images = augmentation.apply(unitPixels(stored!.to(device)), draw, preprocessing: preprocessing)
      }
      let batch = Batch(
        indices: Tensor(indices).to(device), images: images,
        labels: Tensor(indices.map { data.labels[$0] }).to(device))
      return augmentation.mix(batch, classes: data.classes, draw)
    }
  }
}

extension DataSet {
  /// All samples in the data set's order, without augmentation.
  ///
  /// - Throws: ``DataError`` if the preprocessing does not fit the images.
  public func evaluationBatches(
    size: Int = 500, preprocessing: (any Preprocessing)? = nil, device: Device = .cpu
  ) throws(DataError) -> BatchIterator {
    try BatchLoader(
      self, batchSize: size, shuffles: false, preprocessing: preprocessing, streams: RandomStreams(seed: 0),
      device: device
    ).epoch(0)
  }
}

/// The batches of one epoch, one after the other.
public final class BatchIterator {
  /// The step that ``next()`` answers next.
  public private(set) var step: Int
  private let loader: BatchLoader
  private let epoch: Int
  private let order: [Int]
  private let reader: ReadAhead?

  init(_ loader: BatchLoader, epoch: Int, startStep: Int) {
    self.loader = loader
    self.epoch = epoch
    step = startStep
    order = loader.order(epoch: epoch)
    let isInMemory = loader.data.images.inMemory(nil) != nil
    reader =
      isInMemory || startStep == loader.steps
      ? nil : ReadAhead(loader, order: order, steps: startStep..<loader.steps, ahead: loader.readsAhead)
  }

  /// The next batch; nil when the epoch is over.
  ///
  /// - Throws: ``DataError`` if an image of this step cannot be read. The epoch is over then.
  public func next() throws(DataError) -> Batch? {
    guard step < loader.steps else { return nil }
    let current = step
    step = loader.steps  // unless all goes well
    let read: (indices: [Int], images: Tensor?)
    if let reader {
      read = try reader.take(current)
    } else {
      let indices = loader.samples(of: current, order)
      read = (indices, try loader.read(indices))
    }
    step = current + 1
    return loader.finish(read.indices, read.images, epoch: epoch, step: current)
  }
}
