import Torch

/// The weights of an architecture: one flat vector and the buffers that go with it. N points of one architecture can
/// share one storage [N, P].
public final class Point {
  /// How ``flat`` is cut into parameters.
  public let layout: Layout
  /// θ: [P], or [N, P]. It carries no graph; change it in place.
  public let flat: Tensor
  /// Statistics of batch norm; none for networks without it.
  public var buffers: Buffers

  /// - Parameters:
  ///   - layout: how the vector is cut into parameters.
  ///   - flat: [P] or [N, P], contiguous and without a graph.
  ///   - buffers: for N points each tensor has a leading dimension of N.
  public init(layout: Layout, flat: Tensor, buffers: Buffers) {
    // Undefined where an operation failed inside `catchingTorchErrors`: the error is on its way.
    if flat.isDefined {
      precondition(
        flat.dim >= 1 && flat.dim <= 2 && flat.size(-1) == layout.count,
        "[\(layout.count)] or [N, \(layout.count)] parameters, found shape \(flat.shape)")
      precondition(flat.isContiguous() && !flat.requiresGrad, "a contiguous vector without a graph")
    }
    self.layout = layout
    self.flat = flat
    self.buffers = buffers
  }

  /// Of the parameters.
  public var dtype: DType { flat.dtype }
  /// Where the parameters lie.
  public var device: Device { flat.device }

  /// N where the storage holds several points, nil where it holds one.
  public var points: Int? { flat.dim == 2 ? flat.size(0) : nil }

  /// One of N points, as a view: changing it changes the storage.
  public subscript(index: Int) -> Point {
    precondition(points != nil, "this storage holds one point")
    return Point(
      layout: layout, flat: flat[index],
      buffers: Buffers(layout: buffers.layout, tensors: buffers.tensors.map { $0[index] }))
  }

  /// Several points of one architecture in one storage (copies).
  public static func stacked(_ points: [Point]) -> Point {
    precondition(!points.isEmpty, "at least one point")
    let buffers = points[0].buffers.tensors.indices.map { slot in
      Tensor.stacked(points.map { $0.buffers[slot] }, dim: 0)
    }
    return Point(
      layout: points[0].layout, flat: .stacked(points.map(\.flat), dim: 0),
      buffers: Buffers(layout: points[0].buffers.layout, tensors: buffers))
  }

  /// The weights as views that a gradient can be taken for. They see later in-place changes of ``flat``.
  public func leaves(_ set: SlotSet = .all) -> Parameters {
    precondition(points == nil, "leaves of one point: pick it with an index")
    return Parameters(leavesOf: flat, layout, set)
  }

  /// The weights as views that no gradient is taken for.
  public var weights: Parameters { leaves(.only([])) }

  /// A point of its own with the same values.
  public func copy() -> Point { Point(layout: layout, flat: flat.clone(), buffers: buffers.copy()) }

  /// The same point in another precision or on another device (always a copy).
  public func to(_ dtype: DType, device: Device? = nil) -> Point {
    Point(
      layout: layout, flat: flat.to(dtype: dtype, device: device, copy: true),
      buffers: buffers.copy().to(dtype, device: device))
  }

  /// Takes over another point's values, in place.
  public func assign(_ other: Point) {
    withNoGrad { _ = flat.copy_(other.flat) }
    buffers.assign(other.buffers)
  }
}
