import Networks
import Torch

/// L(θ), the mean cross-entropy of a network over fixed samples in evaluation mode, as a function of the flat vector θ:
/// what every measure of flatness looks at. Buffers are those of the point; nothing here changes it.
///
/// Samples are worked off in parts, so that memory depends on ``part`` and not on how many there are. Computed in the
/// precision of the point.
public struct LossSurface {
  public let network: any Network
  /// w, where the measures are taken.
  public let point: Point
  /// Samples in one pass.
  public let part: Int
  let parts: [(images: Tensor, labels: Tensor)]

  /// - Parameters:
  ///   - point: one point, not several.
  ///   - images: what the network takes, preprocessed, [N, C, H, W].
  ///   - labels: int64 [N].
  public init(_ network: any Network, at point: Point, images: Tensor, labels: Tensor, part: Int = 128) {
    precondition(part >= 1 && labels.count >= 1, "at least one sample, and one in a part")
    self.network = network
    self.point = point
    self.part = part
    let cast = images.to(dtype: point.dtype, device: point.device)
    let placed = labels.to(point.device)
    parts = stride(from: 0, to: labels.count, by: part).map { start in
      let range = start..<min(start + part, labels.count)
      return (network.laidOut(cast[range]), placed[range])
    }
  }

  /// N.
  public var count: Int { parts.reduce(0) { $0 + $1.labels.count } }

  /// The share of a part's mean in the mean over all samples.
  func share(_ labels: Tensor) -> Double { Double(labels.count) / Double(count) }

  func meanLoss(_ weights: Parameters, _ images: Tensor, _ labels: Tensor) -> Tensor {
    var pass = Pass(training: false, buffers: point.buffers, updatesBuffers: false)
    return network(images, weights, &pass).logits.crossEntropy(labels)
  }

  private func leaves(_ theta: Tensor, _ set: SlotSet) -> Parameters {
    Point(layout: point.layout, flat: theta, buffers: point.buffers).leaves(set)
  }

  /// L(θ).
  ///
  /// - Parameter theta: [P]; the point's own if nil.
  public func loss(at theta: Tensor? = nil) -> Double {
    withNoGrad {
      let weights = leaves(theta ?? point.flat, .only([]))
      return parts.reduce(0) { $0 + share($1.labels) * meanLoss(weights, $1.images, $1.labels).double }
    }
  }

  /// L(θ) and ∇L(θ) [P].
  ///
  /// - Parameter theta: [P]; the point's own if nil.
  public func gradient(at theta: Tensor? = nil) -> (loss: Double, gradient: Tensor) {
    let weights = leaves(theta ?? point.flat, .all)
    var sum = 0.0
    let gradient = point.flat.zerosLike()
    for (images, labels) in parts {
      let loss = meanLoss(weights, images, labels)
      sum += share(labels) * loss.double
      let part = weights.gradient(of: loss)
      withNoGrad { _ = gradient.add_(part, alpha: Scalar(share(labels))) }
    }
    return (sum, gradient)
  }
}
