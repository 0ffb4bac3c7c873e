import Torch

/// One tensor that belongs to a point without being a parameter: batch-norm statistics.
public struct BufferSlot: Sendable, Codable, Hashable {
  /// As in the PyTorch reference: `bn1.running_mean`.
  public let name: String
  /// [] for a count.
  public let shape: [Int]
  /// Counts are int64, statistics have the parameters' type.
  public let isCount: Bool
  /// What a fresh network starts with.
  public let initialValue: Double
}

/// The buffers of an architecture in order.
public struct BufferLayout: Sendable, Codable, Hashable {
  /// In the order of ``Buffers/tensors``.
  public let slots: [BufferSlot]

  /// The index of the buffer of that name.
  public func index(of name: String) -> Int? { slots.firstIndex { $0.name == name } }

  /// Fresh buffers.
  public func initial(dtype: DType = .float32, device: Device = .cpu) -> Buffers {
    Buffers(
      layout: self,
      tensors: slots.map { slot in
        .full(slot.shape, Scalar(slot.initialValue), dtype: slot.isCount ? .int64 : dtype, device: device)
      })
  }
}

/// The buffers of one point. Copies of this value share the tensors, so that what a pass updates is seen by the point
/// it came from; ``copy()`` makes tensors of their own.
public struct Buffers {
  /// What the tensors are.
  public let layout: BufferLayout
  /// One a slot of ``layout``.
  public private(set) var tensors: [Tensor]

  /// - Parameter tensors: one a slot, shared and not copied.
  public init(layout: BufferLayout, tensors: [Tensor]) {
    precondition(layout.slots.count == tensors.count, "one tensor a buffer: \(layout.slots.count)")
    self.layout = layout
    self.tensors = tensors
  }

  /// The tensor of a slot.
  public subscript(index: Int) -> Tensor { tensors[index] }

  /// Buffers with tensors of their own.
  public func copy() -> Buffers { Buffers(layout: layout, tensors: tensors.map { $0.clone() }) }

  /// Takes over the values of others of the same layout, in place.
  public func assign(_ other: Buffers) {
    precondition(layout == other.layout, "buffers of another architecture")
    withNoGrad { for (mine, theirs) in zip(tensors, other.tensors) { mine.copy_(theirs) } }
  }

  /// In another precision; counts stay integers.
  public func to(_ dtype: DType, device: Device? = nil) -> Buffers {
    Buffers(
      layout: layout,
      tensors: zip(layout.slots, tensors).map { slot, tensor in
        tensor.to(dtype: slot.isCount ? .int64 : dtype, device: device)
      })
  }
}
