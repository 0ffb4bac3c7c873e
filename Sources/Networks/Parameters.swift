import Torch

/// A point's weights as the tensors that layers read, one a slot.
public struct Parameters {
  /// How θ is cut.
  public let layout: Layout
  /// One a slot, in its shape.
  public let tensors: [Tensor]
  /// The slots that a gradient is taken for; the others cost nothing in a backward pass.
  public let leaves: [Int]

  /// θ cut by one split, so that a graph through θ stays one node: for unrolls and Hessian products.
  ///
  /// - Parameters:
  ///   - theta: [P], with or without a graph.
  ///   - layout: how it is cut.
  public init(splitting theta: Tensor, _ layout: Layout) {
    precondition(
      theta.shape == [layout.count] || !theta.isDefined,
      "a flat vector of \(layout.count) parameters, found shape \(theta.shape)"
    )
    self.layout = layout
    leaves = []
    let pieces = theta.split(sizes: layout.sizes)
    tensors = layout.slots.indices.map { index in
      // Nothing was cut from what a failed operation returned.
      pieces.indices.contains(index) ? pieces[index].view(layout.slots[index].shape) : theta
    }
  }

  /// Detached views of the flat vector, of which those in `set` are leaves: for first-order work.
  init(leavesOf flat: Tensor, _ layout: Layout, _ set: SlotSet) {
    self.layout = layout
    let detached = flat.detach()
    leaves = layout.slots.indices.filter(set.contains)
    tensors = layout.slots.enumerated().map { index, slot in
      let view = detached.narrow(dim: 0, start: slot.range.lowerBound, length: slot.range.count)
        .view(slot.shape).detach()
      return set.contains(index) ? view.requiresGrad_() : view
    }
  }

  /// Tensors made elsewhere, in the layout's order.
  public init(layout: Layout, tensors: [Tensor]) {
    precondition(tensors.map(\.shape) == layout.slots.map(\.shape), "tensors of the layout's shapes")
    self.layout = layout
    self.tensors = tensors
    leaves = tensors.indices.filter { tensors[$0].requiresGrad }
  }

  /// The tensor of a slot.
  public subscript(slot: Int) -> Tensor { tensors[slot] }

  /// ∇L over the leaves, as one flat vector [P]; zero in the slots that are no leaves, and in those L does not reach.
  public func gradient(
    of loss: Tensor, retainGraph: Bool = false, createGraph: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let found = grad(
      of: loss, wrt: leaves.map { tensors[$0] }, retainGraph: retainGraph, createGraph: createGraph,
      allowUnused: true, file: file, line: line)
    var pieces = tensors.map { _ in Tensor?.none }
    for (index, gradient) in zip(leaves, found) where gradient.isDefined { pieces[index] = gradient }
    if !createGraph {
      // Each gradient goes to its place in one copy, whatever its layout in memory.
      return withNoGrad {
        let flat = Tensor.empty([layout.count], dtype: tensors[0].dtype, device: tensors[0].device)
        for (slot, piece) in zip(layout.slots, pieces) {
          let place = flat.narrow(dim: 0, start: slot.range.lowerBound, length: slot.range.count)
          if let piece { place.view(slot.shape).copy_(piece) } else { place.zero_() }
        }
        return flat
      }
    }
    return .concatenated(
      zip(pieces, tensors).map { piece, tensor in
        piece?.reshape([-1]) ?? .zeros([tensor.count], dtype: tensor.dtype, device: tensor.device)
      })
  }
}
