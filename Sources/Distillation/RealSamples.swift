import Data
import Torch

/// Training images as a network sees them, by class.
public struct RealSamples {
  public let data: DataSet
  public let preprocessing: (any Preprocessing)?
  public let device: Device
  /// Places in the data set of each class's images.
  public let byClass: [[Int]]

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
