import CTorch

/// An array of numbers of one type and any shape, on one device, that autograd can follow.
///
/// Semantics are PyTorch's: views share memory with what they were made from, names ending in an underscore change
/// their receiver. A `Tensor` is a reference; two Swift objects can stand for one libtorch tensor, so compare identity
/// with ``isSame(as:)``. It is not `Sendable`: hand finished batches over with `sending`.
///
/// Mistakes in shapes and types stop the program with libtorch's words and the caller's line;
/// ``catchingTorchErrors(_:)`` makes them Swift errors.
public final class Tensor {
  /// libtorch's own object, of which this holds one reference.
  let handle: OpaquePointer

  /// Takes over the reference that a C call returned.
  @inline(__always)
  init(owning handle: OpaquePointer) { self.handle = handle }

  /// Takes over what a call returned: nil means that it failed.
  @inline(__always)
  convenience init(owning handle: OpaquePointer?, _ file: StaticString, _ line: UInt) {
    if let handle {
      self.init(owning: handle)
    } else {
      failed(file, line)
      self.init()
    }
  }

  /// Another reference to a tensor that somebody else holds.
  convenience init(borrowing handle: OpaquePointer) {
    ct_retain(handle)
    self.init(owning: handle)
  }

  /// The undefined tensor: no shape, no values.
  init() {
    handle = ct_undefined()
    ct_retain(handle)
  }

  deinit { ct_release(handle) }

  // MARK: What it is

  /// False for what a failed operation returns inside ``catchingTorchErrors(_:)``, and for gradients there are none of.
  public var isDefined: Bool { ct_is_defined(handle) }

  /// Whether both stand for the same libtorch tensor.
  public func isSame(as other: Tensor) -> Bool { handle == other.handle }

  /// Whether both read and write the same memory.
  public func sharesStorage(with other: Tensor) -> Bool {
    let mine = ct_storage(handle)
    return mine != nil && mine == ct_storage(other.handle)
  }

  /// The number of dimensions.
  public var dim: Int { ct_dim(handle) }

  /// Sizes of all dimensions; [] for a number.
  public var shape: [Int] {
    [Int](unsafeUninitializedCapacity: dim) { buffer, count in
      buffer.initialize(repeating: 0)
      if let start = buffer.baseAddress, !ct_sizes(handle, start) { failed("Tensor.shape", 0) }
      count = buffer.count
    }
  }

  /// Steps in memory, in elements, along each dimension.
  public var strides: [Int] {
    [Int](unsafeUninitializedCapacity: dim) { buffer, count in
      buffer.initialize(repeating: 0)
      if let start = buffer.baseAddress, !ct_strides(handle, start) { failed("Tensor.strides", 0) }
      count = buffer.count
    }
  }

  /// The length of one dimension; negative ones count from the end.
  public func size(_ dimension: Int, file: StaticString = #fileID, line: UInt = #line) -> Int {
    let count = dim
    let index = dimension < 0 ? dimension + count : dimension
    guard (0..<count).contains(index) else {
      fail(
        TorchError(kind: .index, message: "dimension \(dimension) of a tensor that has \(count)"), file, line)
      return 0
    }
    let length = ct_size(handle, index)
    if length < 0 { failed(file, line) }
    return length
  }

  /// The number of elements.
  public var count: Int { ct_numel(handle) }

  /// The type of the elements. The undefined tensor says `float32`.
  public var dtype: DType {
    let number = ct_dtype(handle)
    guard number >= 0 else { return .float32 }
    guard let known = DType(rawValue: number) else {
      let message = "elements of libtorch's type \(number), which has no name here; convert the tensor first"
      fail(TorchError(kind: .type, message: message), "Tensor.dtype", 0)
      return .float32
    }
    return known
  }

  /// Where the elements lie.
  public var device: Device { Device(ct_device_of(handle)) ?? .cpu }

  /// Whether the elements lie in memory without gaps in that order.
  public func isContiguous(_ format: MemoryFormat = .contiguous) -> Bool {
    ct_is_contiguous(handle, format.rawValue)
  }

  /// How often its memory was changed in place; autograd refuses a backward pass through what changed since.
  public var version: Int { ct_version_counter(handle) }

  /// Handles given out and not yet released, in the whole process: a measure against leaks.
  public static var liveHandles: Int { Int(ct_live_handles()) }
}

extension [Tensor] {
  /// The handles, for a call that borrows them. Whoever calls keeps the tensors alive.
  var handles: [OpaquePointer?] { map(\.handle) }
}

extension [Tensor?] {
  var handles: [OpaquePointer?] { map { $0?.handle } }
}

/// Takes over a list that a call returned.
func tensors(owning list: ct_list, _ file: StaticString, _ line: UInt) -> [Tensor] {
  guard let items = list.items else {
    failed(file, line)
    return []
  }
  defer { ct_list_free(list) }
  return (0..<list.count).map { Tensor(owning: items[$0]!) }
}

// MARK: Describing

extension Tensor: CustomStringConvertible {
  /// Values (abbreviated when there are many), shape and type.
  public var description: String {
    guard isDefined else { return "Tensor(undefined)" }
    let facts = "shape: \(shape), \(dtype)" + (device == .cpu ? "" : ", \(device)")
    guard count <= 1000, dtype != .complex64, dtype != .complex128 else { return "Tensor(\(facts))" }
    // Each number in its own precision: neither 0.10000000149011612 nor a rounded large integer.
    let words: [String] =
      switch dtype {
      case .bool: array(of: Bool.self).map { "\($0)" }
      case .float64: array(of: Double.self).map { "\($0)" }
      case .float16, .float32, .bfloat16: array(of: Float.self).map { "\($0)" }
      default: array(of: Int.self).map { "\($0)" }
      }
    return "Tensor(\(nested(words[...], shape[...])), \(facts))"
  }

  private func nested(_ values: ArraySlice<String>, _ shape: ArraySlice<Int>) -> String {
    guard let length = shape.first else { return values.first ?? "" }
    guard length > 0 else { return "[]" }
    let step = values.count / length
    let parts = (0..<length).map { index in
      nested(values[(values.startIndex + index * step)...].prefix(step), shape.dropFirst())
    }
    return "[" + parts.joined(separator: ", ") + "]"
  }
}
