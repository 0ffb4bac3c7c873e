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
  let streams = RandomStreams(seed: seed)
  var tally = EvaluationTally(classes: network.classes)
  // Noise belongs to pixels, before the normalisation.
  let batches = try data.evaluationBatches(
    size: batch, preprocessing: noise > 0 ? nil : card.normalization, device: point.device)
  var step = 0
  while let next = try batches.next() {
    var images = next.images
    if noise > 0 {
      let generator = try streams.child("noise", step).stream("pixels", device: point.device)
      images = images + Tensor.randn(images.shape, generator: generator, device: point.device) * Scalar(noise)
      if let normalization = card.normalization { images = normalization(images) }
    }
    tally.add(network.logits(images.to(point.dtype), at: point), next.labels)
    step += 1
  }
  return tally.evaluation
}
