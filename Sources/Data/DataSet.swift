import Torch

/// Labelled images: one split of a data set.
public struct DataSet: Sendable {
  public enum Split: String, Sendable, Codable, CaseIterable {
    case train, test
  }

  /// What a person calls it: the folder's or the built-in set's name.
  public let name: String
  public let split: Split
  /// How it was stored: `idx`, `cifar10`, `folder`, `builtin`, …
  public let format: String
  public let images: any ImageSource
  /// One class number an image, in 0..<classes.
  public let labels: [Int]
  /// One name a class, in the order of the numbers.
  public let classNames: [String]

  /// - Throws: ``DataError`` if counts differ or a label is out of range.
  public init(
    name: String, split: Split, format: String, images: any ImageSource, labels: [Int], classNames: [String]
  ) throws(DataError) {
    guard images.count == labels.count else {
      throw DataError("\(name) (\(split)): \(images.count) images but \(labels.count) labels")
    }
    guard images.count > 0 else { throw DataError("\(name) (\(split)): there is no image in it") }
    if let wrong = labels.firstIndex(where: { !classNames.indices.contains($0) }) {
      throw DataError(
        "\(name) (\(split)): label \(labels[wrong]) of image \(wrong) is outside 0…\(classNames.count - 1)")
    }
    self.name = name
    self.split = split
    self.format = format
    self.images = images
    self.labels = labels
    self.classNames = classNames
  }

  public var count: Int { labels.count }
  public var classes: Int { classNames.count }
  /// [C, H, W].
  public var shape: [Int] { images.shape }

  /// The first `count` samples; all of them if there are fewer.
  public func first(_ count: Int) throws(DataError) -> DataSet {
    count >= self.count ? self : try subset(Array(0..<count))
  }

  /// The samples of these indices, in their order.
  public func subset(_ indices: [Int]) throws(DataError) -> DataSet {
    try DataSet(
      name: name, split: split, format: format, images: ImageSubset(images, indices),
      labels: indices.map { labels[$0] }, classNames: classNames)
  }
}

/// Some images of another source.
final class ImageSubset: ImageSource {
  private let source: any ImageSource
  private let indices: [Int]

  init(_ source: any ImageSource, _ indices: [Int]) {
    self.source = source
    self.indices = indices
  }

  var count: Int { indices.count }
  var shape: [Int] { source.shape }

  func images(_ wanted: [Int]) throws(DataError) -> Tensor { try source.images(wanted.map { indices[$0] }) }

  /// See ``ImageSource/inMemory(_:)``.
  func underlying(_ wanted: [Int]?) -> (source: MemoryImages, indices: [Int])? {
    source.inMemory(wanted?.map { indices[$0] })
  }
}
