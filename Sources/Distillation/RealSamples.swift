import Data
import Foundation
import Torch

/// Training images as a network sees them, by class.
public struct RealSamples {
  public let data: DataSet
  public let preprocessing: (any Preprocessing)?
  public let device: Device
  /// Places in the data set of each class's images.
  public let byClass: [[Int]]
  private let whitened: WhitenedImages?

  /// - Throws: ``DistillationError`` for a test split: what is distilled from it cannot be tested on it.
  public init(_ data: DataSet, _ preprocessing: (any Preprocessing)?, device: Device = .cpu)
    throws(DistillationError)
  {
    guard data.split == .train else {
      throw DistillationError(
        "\(data.name): is a test split; take the training split, so that the test images are left to test with"
      )
    }
    self.data = data
    self.preprocessing = preprocessing
    self.device = device
    var byClass = [[Int]](repeating: [], count: data.classes)
    for (index, label) in data.labels.enumerated() { byClass[label].append(index) }
    self.byClass = byClass
    whitened = WhitenedImages(data, preprocessing, device)
  }

  /// - Throws: ``DistillationError`` naming the smallest class, if one has fewer images than that.
  public func require(perClass count: Int) throws(DistillationError) {
    guard count >= 1 else { throw DistillationError("ipc must be 1 or more, found \(count)") }
    guard let smallest = byClass.indices.min(by: { byClass[$0].count < byClass[$1].count }),
      byClass[smallest].count < count
    else { return }
    throw DistillationError(
      "ipc is \(count), and class '\(data.classNames[smallest])' has \(byClass[smallest].count) images; take a smaller ipc"
    )
  }

  /// What a network sees of those images: float32 [K, C, H, W].
  public func images(_ indices: [Int]) throws(DataError) -> Tensor {
    if let whitened { return try whitened(indices) }
    return try Self.seen(data, indices, preprocessing, device)
  }

  fileprivate static func seen(
    _ data: DataSet, _ indices: [Int], _ preprocessing: (any Preprocessing)?, _ device: Device
  ) throws(DataError) -> Tensor {
    let images = unitPixels(try data.images.images(indices).to(device: device))
    return withNoGrad { preprocessing.map { $0(images) } ?? images }
  }

  /// So many different images of a class, all of them if it has fewer.
  public func drawn(_ count: Int, of label: Int, _ generator: Generator) -> [Int] {
    let places = byClass[label]
    let order: [Int64] = Tensor.randperm(places.count, generator: generator).array()
    return order.prefix(count).map { places[Int($0)] }
  }
}

/// Whitened images, kept: whitening multiplies each by a matrix of all pixels, more work than a small network makes of it,
/// and methods that match real samples see the same ones again and again.
private final class WhitenedImages {
  private let data: DataSet
  private let preprocessing: any Preprocessing
  /// [N, C, H, W], filled a stretch at a time, so that an image's bits do not depend on what else was asked for.
  private let images: Tensor
  private var isFilled: [Bool]
  private static let stretch = 256

  /// Nil where nothing is whitened, on accelerators, and for more images than an eighth of the memory holds.
  init?(_ data: DataSet, _ preprocessing: (any Preprocessing)?, _ device: Device) {
    guard let whitening = preprocessing as? ZCA, device == .cpu else { return nil }
    let shape = [data.count] + whitening.shape
    let bytes = shape.reduce(MemoryLayout<Float>.size, *)
    guard bytes < Int(clamping: ProcessInfo.processInfo.physicalMemory / 8) else { return nil }
    (self.data, self.preprocessing) = (data, whitening)
    images = .empty(shape, dtype: .float32)
    isFilled = Array(repeating: false, count: (data.count + Self.stretch - 1) / Self.stretch)
  }

  func callAsFunction(_ indices: [Int]) throws(DataError) -> Tensor {
    for stretch in Set(indices.map { $0 / Self.stretch }).sorted() where !isFilled[stretch] {
      let places = stretch * Self.stretch..<min((stretch + 1) * Self.stretch, data.count)
      let seen = try RealSamples.seen(data, Array(places), preprocessing, .cpu)
      withNoGrad { _ = images.narrow(dim: 0, start: places.lowerBound, length: places.count).copy_(seen) }
      isFilled[stretch] = true
    }
    return images.indexSelect(dim: 0, Tensor(indices.map(Int64.init)))
  }
}
