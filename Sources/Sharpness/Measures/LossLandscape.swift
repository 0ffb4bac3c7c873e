import Networks
import Torch

/// The loss along a line and over a plane through a point (Li et al. 2018). Directions are Gaussian and filter-normalised:
/// each filter or row d of a direction is d‖w‖/(‖d‖ + 1e-10), and zero for biases and norms; so landscapes of networks of
/// one architecture have one scale.
public struct LossLandscape: Sendable, Codable, Equatable {
  /// Steps along the directions, from −reach to reach; one of them is 0.
  public var line: [Double]
  /// L(w + s·x) for each step of ``line``.
  public var lineLosses: [Double]
  public var plane: [Double]
  /// L(w + s·x + t·y), by row t, then s, for each pair of steps of ``plane``.
  public var planeLosses: [[Double]]

  /// - Parameters:
  ///   - surface: whose point is the middle.
  ///   - lineSteps: points on the line, odd.
  ///   - planeSteps: points a side of the plane, odd; 0 leaves the plane out.
  ///   - reach: how far to go, 1 being as far as the weights are long.
  ///   - streams: draw the directions.
  ///   - progress: called after each loss with how many are done.
  public init(
    _ surface: LossSurface, lineSteps: Int = 51, planeSteps: Int = 25, reach: Double = 1,
    streams: RandomStreams, progress: (Int) -> Void = { _ in }
  ) {
    precondition(lineSteps % 2 == 1 && (planeSteps == 0 || planeSteps % 2 == 1), "odd numbers of steps")
    precondition(reach > 0, "a reach above 0, found \(reach)")
    let x = Self.direction(surface.point, streams.stream("landscape x"))
    let y = Self.direction(surface.point, streams.stream("landscape y"))
    func steps(_ count: Int) -> [Double] {
      (0..<count).map { count == 1 ? 0 : reach * (2 * Double($0) / Double(count - 1) - 1) }
    }
    var done = 0
    func loss(_ s: Double, _ t: Double) -> Double {
      let there = withNoGrad {
        let place = surface.point.flat.add(x, alpha: Scalar(s))
        return t == 0 ? place : place.add_(y, alpha: Scalar(t))
      }
      done += 1
      defer { progress(done) }
      return surface.loss(at: there)
    }
    line = steps(lineSteps)
    lineLosses = line.map { loss($0, 0) }
    let plane = steps(planeSteps)
    self.plane = plane
    planeLosses = plane.map { t in plane.map { s in loss(s, t) } }
  }

  /// Losses that ``init(_:lineSteps:planeSteps:reach:streams:progress:)`` takes.
  public static func evaluations(lineSteps: Int, planeSteps: Int) -> Int {
    lineSteps + planeSteps * planeSteps
  }

  /// A filter-normalised Gaussian direction [P].
  static func direction(_ point: Point, _ generator: Generator) -> Tensor {
    withNoGrad {
      // Drawn in float64 on the CPU, so that every precision and device looks along the same line.
      let drawn = Tensor.randn([point.layout.count], generator: generator, dtype: .float64)
        .to(dtype: point.dtype, device: point.device)
      for slot in point.layout.slots {
        let part = drawn[slot.range]
        guard slot.role == .weight, slot.shape.count > 1 else {
          part.zero_()
          continue
        }
        let rows = part.view([slot.shape[0], -1])
        let weights = point.flat[slot.range].view([slot.shape[0], -1])
        rows.mul_(
          weights.vectorNorm(dim: [1], keepdim: true)
            / rows.vectorNorm(dim: [1], keepdim: true).add_(1e-10))
      }
      return drawn
    }
  }
}
