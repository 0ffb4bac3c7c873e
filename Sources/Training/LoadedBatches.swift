import Data
import Torch

/// The batches of a loader, in the precision of the weights.
public struct LoadedBatches: BatchSource {
  private let loader: BatchLoader
  private let dtype: DType

  public init(_ loader: BatchLoader, dtype: DType = .float32) {
    self.loader = loader
    self.dtype = dtype
  }

  public var stepsPerEpoch: Int { loader.steps }

  public func batches(epoch: Int, from step: Int) throws -> () throws -> Batch? {
    let iterator = loader.epoch(epoch, startStep: step)
    return {
      guard let batch = try iterator.next() else { return nil }
      guard dtype != batch.images.dtype else { return batch }
      return Batch(indices: batch.indices, images: batch.images.to(dtype), labels: batch.labels)
    }
  }
}
