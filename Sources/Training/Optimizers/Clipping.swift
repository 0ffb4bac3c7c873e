import Networks
import Torch

/// An optimiser that first shortens gradients longer than a bound: g · min(1, bound / (‖g‖₂ + 1e-6)), the norm over all
/// parameters, as PyTorch's `clip_grad_norm_`.
public struct ClippedGradient: Optimizer {
  public let bound: Double
  private var base: any Optimizer

  public init(_ base: any Optimizer, bound: Double) {
    precondition(bound > 0, "a bound above 0, found \(bound)")
    self.base = base
    self.bound = bound
  }

  public mutating func prepare(for point: Point) { base.prepare(for: point) }

  public mutating func update(_ point: Point, _ gradient: Tensor, learningRate: Double) {
    let clipped = withNoGrad {
      // The factor stays on the device: no read-back.
      let factor = (Scalar(bound) / (gradient.vectorNorm() + 1e-6)).clamp(max: 1)
      return gradient * factor
    }
    base.update(point, clipped, learningRate: learningRate)
  }

  public var momentumDirection: Tensor? { base.momentumDirection }
  public var state: [(name: String, tensor: Tensor)] { base.state }
  public mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) { try base.restore(state) }
}
