import Networks
import Torch

/// A step away from a point and back to the very bits it came from.
struct Excursion {
  private var kept: Tensor?

  mutating func prepare(for point: Point) { kept = point.flat.zerosLike() }

  /// Runs at w + factor · direction.
  ///
  /// - Parameter direction: [P].
  func away<Result>(
    from point: Point, by direction: Tensor, times factor: Double = 1, _ body: () throws -> Result
  ) rethrows -> Result {
    guard let kept else { preconditionFailure("prepare(for:) comes before a step") }
    withNoGrad {
      kept.copy_(point.flat)
      point.flat.add_(direction, alpha: Scalar(factor))
    }
    defer { withNoGrad { _ = point.flat.copy_(kept) } }
    return try body()
  }
}
