import Command
import Data
import Networks
import Torch
import Training

/// - Throws: ``CommandError`` if the network takes other images, or knows fewer classes.
func checkData(_ data: DataSet, fits network: any Network) throws {
  guard data.shape == network.inputShape else {
    throw CommandError(
      "\(data.name) (\(data.split)): images of shape \(data.shape), but the network takes \(network.inputShape)"
    )
  }
  guard data.classes <= network.classes else {
    throw CommandError(
      "\(data.name) (\(data.split)): \(data.classes) classes, but the network knows \(network.classes)")
  }
}

/// A network on a data set, in evaluation mode.
func evaluateNetwork(
  _ network: any Network, _ point: Point, _ card: SavedModel.Card, _ data: DataSet, noise: Double,
  seed: UInt64,
  batch: Int
) throws -> Evaluation {
  try checkData(data, fits: network)
  let pixelNoise = noise > 0 ? PixelNoise(sigma: noise, seed: seed) : nil
  var tally = EvaluationTally(classes: network.classes)
  // Noise belongs to pixels, before the normalisation.
  let batches = try data.evaluationBatches(
    size: batch, preprocessing: pixelNoise == nil ? card.normalization : nil, device: point.device)
  while let next = try batches.next() {
    var images = next.images
    if let pixelNoise {
      images = pixelNoise(images, next.indices)
      if let normalization = card.normalization { images = normalization(images) }
    }
    tally.add(network.logits(images.to(point.dtype), at: point), next.labels)
  }
  return tally.evaluation
}

/// Independent normal noise on every pixel. That of a sample depends on the seed and the sample alone, so that no batch
/// size and no device changes it.
struct PixelNoise {
  /// Standard deviation, for pixels in [0, 1].
  let sigma: Double
  private let streams: RandomStreams

  init(sigma: Double, seed: UInt64) {
    self.sigma = sigma
    streams = RandomStreams(seed: seed)
  }

  /// - Parameters:
  ///   - images: floating point [B, C, H, W].
  ///   - indices: their places in the data set, int64 [B].
  func callAsFunction(_ images: Tensor, _ indices: Tensor) -> Tensor {
    let shape = Array(images.shape.dropFirst())
    let draws = indices.array(of: Int.self).map { index in
      Tensor.randn(shape, generator: streams.child("noise", index).stream("pixels"))
    }
    return images + Tensor.stacked(draws).to(dtype: images.dtype, device: images.device) * Scalar(sigma)
  }
}
