import CTorch

// Between Swift's memory and tensors.

extension Tensor {
  /// A tensor with these values, row by row.
  ///
  /// - Parameters:
  ///   - values: the elements; they are copied.
  ///   - shape: `[values.count]` if nil; its product must be the number of values.
  ///   - dtype: the tensor's type; that of `Element` if nil.
  ///   - device: where the tensor lives.
  ///   - file: the caller's, for messages.
  ///   - line: the caller's, for messages.
  public convenience init<Element: TensorElement>(
    _ values: [Element], shape: [Int]? = nil, dtype: DType? = nil, device: Device = .cpu,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let bytes = values.count * MemoryLayout<Element>.stride
    let made = values.withUnsafeBytes { buffer in
      let shape = shape ?? [values.count]
      return ct_from_bytes(buffer.baseAddress, bytes, shape, shape.count, Element.dtype.rawValue)
    }
    let tensor = Tensor(owning: made, file, line)
    if dtype == nil || dtype == Element.dtype, device == .cpu {
      self.init(borrowing: tensor.handle)
    } else {
      let moved = tensor.to(dtype: dtype, device: device, file: file, line: line)
      self.init(borrowing: moved.handle)
    }
  }

  /// A tensor without dimensions.
  public convenience init(
    _ value: Scalar, dtype: DType = .float32, device: Device = .cpu,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let made = Tensor.full([], value, dtype: dtype, device: device, file: file, line: line)
    self.init(borrowing: made.handle)
  }

  /// A tensor over memory that `owner` holds: no copy. `owner` lives until the last view of the memory is gone.
  ///
  /// - Parameters:
  ///   - start: the first element; at least as many elements as `shape` says must follow.
  ///   - shape: the lengths of the dimensions; the elements lie row by row.
  ///   - dtype: the type of the elements.
  ///   - owner: whose memory it is.
  ///   - file: the caller's, for messages.
  ///   - line: the caller's, for messages.
  public convenience init(
    over start: UnsafeMutableRawPointer, shape: [Int], dtype: DType, owner: AnyObject,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let context = Unmanaged.passRetained(owner).toOpaque()
    let made = ct_from_blob(start, shape, shape.count, dtype.rawValue, context) { context in
      Unmanaged<AnyObject>.fromOpaque(context!).release()
    }
    self.init(owning: made, file, line)
  }

  /// All elements, row by row, converted to `Element` if they are of another type.
  public func array<Element: TensorElement>(
    of type: Element.Type = Element.self, file: StaticString = #fileID, line: UInt = #line
  ) -> [Element] {
    let source = dtype == Element.dtype ? self : detach().to(Element.dtype, file: file, line: line)
    let count = source.count
    return [Element](unsafeUninitializedCapacity: count) { buffer, filled in
      let bytes = count * MemoryLayout<Element>.stride
      if ct_copy_bytes(source.handle, buffer.baseAddress, bytes) {
        filled = count
      } else {
        failed(file, line)
        filled = 0
      }
    }
  }

  /// The only element. On an accelerator this waits for everything before it.
  public func item(file: StaticString = #fileID, line: UInt = #line) -> Scalar {
    var scalar = ct_scalar()
    if !ct_item(handle, &scalar) { failed(file, line) }
    return Scalar(scalar)
  }

  /// The only element as a number.
  public var double: Double { item().double }
  /// The one element, rounded towards zero; it waits for the device.
  public var int: Int { item().int }

  /// The bytes of a contiguous tensor on the CPU, for reading; no copy. The pointer is valid inside `body` alone.
  public func withUnsafeBytes<Result, Failure: Error>(
    file: StaticString = #fileID, line: UInt = #line,
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeRawBufferPointer(ownBytes(file, line)))
  }

  /// The bytes of a contiguous tensor on the CPU, for writing in place; autograd does not see it.
  public func withUnsafeMutableBytes<Result, Failure: Error>(
    file: StaticString = #fileID, line: UInt = #line,
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(ownBytes(file, line))
  }

  /// Empty after a failure.
  private func ownBytes(_ file: StaticString, _ line: UInt) -> UnsafeMutableRawBufferPointer {
    guard isDefined, device == .cpu, isContiguous() else {
      let found = isDefined ? "one of shape \(shape) on \(device)" : "an undefined one"
      let message = "the bytes of a tensor need it to be contiguous and on the CPU; found \(found)"
      fail(TorchError(kind: .value, message: message), file, line)
      return UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }
    return UnsafeMutableRawBufferPointer(start: ct_data(handle), count: ct_bytes(handle))
  }

  /// The same values on that device; the tensor itself if it is there already.
  public func to(_ device: Device, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    self.device == device ? self : to(dtype: nil, device: device, file: file, line: line)
  }
}
