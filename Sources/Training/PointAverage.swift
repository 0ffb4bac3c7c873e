import Networks
import Torch

/// An exponential moving average of points: v ← βv + (1 − β)θ, parameters and statistics alike (counts are copied).
public struct PointAverage {
  /// β in [0, 1).
  public let decay: Double
  public let point: Point

  /// Starts at the point itself.
  public init(of point: Point, decay: Double) {
    precondition((0..<1).contains(decay), "a decay in [0, 1), found \(decay)")
    self.decay = decay
    self.point = point.copy()
  }

  public func update(_ other: Point) {
    withNoGrad {
      point.flat.lerp_(other.flat, Scalar(1 - decay))
      for (slot, (mine, theirs)) in zip(
        other.buffers.layout.slots, zip(point.buffers.tensors, other.buffers.tensors))
      {
        if slot.isCount { mine.copy_(theirs) } else { mine.lerp_(theirs, Scalar(1 - decay)) }
      }
    }
  }
}
