import Torch

/// Samples on their way through a step. Indices, images and labels travel together and are never paired anew.
public struct Batch {
  /// Which samples of the data set: int64 [B].
  public let indices: Tensor
  /// What the network sees: float32 [B, C, H, W], augmented and normalised.
  public let images: Tensor
  /// Class numbers, int64 [B], or class probabilities, float32 [B, classes].
  public let labels: Tensor

  public init(indices: Tensor, images: Tensor, labels: Tensor) {
    precondition(
      indices.dim == 1 && images.size(0) == indices.count && labels.size(0) == indices.count,
      "one index, image and label a sample: \(indices.shape), \(images.shape), \(labels.shape)")
    self.indices = indices
    self.images = images
    self.labels = labels
  }

  /// B.
  public var count: Int { indices.count }

  /// The samples at these positions of the batch.
  public func selecting(_ subset: SampleSubset) -> Batch {
    if case .all = subset { return self }
    return Batch(
      indices: indices.selecting(subset), images: images.selecting(subset), labels: labels.selecting(subset))
  }

  public func to(_ device: Device) -> Batch {
    Batch(indices: indices.to(device), images: images.to(device), labels: labels.to(device))
  }
}

/// Some samples of a batch.
public enum SampleSubset {
  case all
  /// Neighbours in the batch.
  case range(Range<Int>)
  /// Positions in the batch: int64 [K].
  case positions(Tensor)

  /// How many there are, in a batch of so many.
  public func count(of whole: Int) -> Int {
    switch self {
    case .all: whole
    case .range(let range): range.count
    case .positions(let positions): positions.size(0)
    }
  }
}

extension Tensor {
  /// The rows of these samples; a view where they are neighbours.
  public func selecting(_ subset: SampleSubset) -> Tensor {
    switch subset {
    case .all: self
    case .range(let range): narrow(dim: 0, start: range.lowerBound, length: range.count)
    case .positions(let positions): indexSelect(dim: 0, positions)
    }
  }
}
