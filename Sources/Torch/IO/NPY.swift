import Foundation

/// One array in NumPy's own format.
public enum NPY {
  /// Reads an array that `numpy.save` wrote: format versions 1.0 to 3.0, row by row or column by column (Fortran order),
  /// in either byte order.
  ///
  /// Unsigned types of 16 and 32 bits become the next wider signed type, `int32` and `int64`; those of 64 bits become
  /// `int64` if every value is below 2^63. All other types keep theirs. Python objects (pickles), strings, times and
  /// structured arrays are refused by name.
  ///
  /// - Returns: a contiguous tensor on the CPU with memory of its own.
  /// - Throws: ``TorchError`` of kind `.file` if the file cannot be read, is not an NPY file, is cut off, goes on after
  ///   the array, or holds what no tensor can.
  public static func read(_ url: URL) throws(TorchError) -> Tensor {
    let file = try MappedFile(reading: url)
    return try file.withUnsafeMutableBytes { (bytes) throws(TorchError) in
      try read(UnsafeRawBufferPointer(bytes), path: file.path)
    }
  }

  private static func read(_ bytes: UnsafeRawBufferPointer, path: String) throws(TorchError) -> Tensor {
    let (start, count) = try NPYHeader.lengths(Array(bytes.prefix(NPYHeader.longestPrefix)), path: path)
    guard bytes.count >= start + count else {
      throw .file(
        path, "is cut off: its header has \(count) bytes, of which \(bytes.count - start) are there")
    }
    let header = try NPYHeader(Array(bytes[start..<start + count]), path: path)
    let data = UnsafeRawBufferPointer(rebasing: bytes[(start + count)...])
    guard data.count >= header.dataCount else {
      throw .file(
        path,
        "is cut off: an array of shape \(header.shape) takes \(header.dataCount) bytes, of which \(data.count) are there"
      )
    }
    guard data.count == header.dataCount else {
      throw .file(
        path,
        "goes on for \(data.count - header.dataCount) bytes after its array; a file must hold one array alone"
      )
    }
    return try header.tensor(path: path) { (target) throws(TorchError) in target.copyMemory(from: data) }
  }

  /// Writes the tensor row by row, in version 1.0, whole or not at all (``writeAtomically(to:_:)``). It may be on any
  /// device, a view, and part of a graph.
  ///
  /// - Throws: ``TorchError``: of kind `.value` for `bfloat16`, which NPY lacks, and an undefined tensor; of kind
  ///   `.file` if the file cannot be written.
  public static func write(_ tensor: Tensor, to url: URL) throws(TorchError) {
    let header = try NPYHeader.bytes(for: tensor, path: try filePath(url))
    try writeAtomically(to: url) { (file) throws(TorchError) in
      try file.write(header)
      try file.write(tensor)
    }
  }
}

extension NPYHeader {
  /// The tensor whose stored elements `fill` writes to the memory that it is given.
  func tensor(
    path: String, fill: (UnsafeMutableRawBufferPointer) throws(TorchError) -> Void
  ) throws(TorchError) -> Tensor {
    // Column by column is row by row with the dimensions in reverse.
    let stored = isFortran ? Array(shape.reversed()) : shape
    let tensor = try tensorErrors { Tensor.empty(stored, dtype: type.stored, device: .cpu) }
    if tensor.count > 0 { try tensor.withUnsafeMutableBytes(fill) }
    tensor.withUnsafeMutableBytes { bytes in
      turnRound(bytes, unit: type.swapped)
      if type.stored == .bool { makeBooleans(bytes) }
    }
    let result = type.isUnsigned ? try widened(tensor, path: path) : tensor
    guard isFortran, shape.count > 1 else { return result }
    return try tensorErrors { result.permute(Array(shape.indices.reversed())).contiguous() }
  }

  /// Reads the bits of signed integers as unsigned ones.
  private func widened(_ tensor: Tensor, path: String) throws(TorchError) -> Tensor {
    switch type.stored {
    case .int16: return try widened(tensor, from: UInt16.self, to: Int32.self)
    case .int32: return try widened(tensor, from: UInt32.self, to: Int64.self)
    case .int64:
      let beyond = tensor.withUnsafeBytes { $0.bindMemory(to: Int64.self).first { $0 < 0 } }
      if let beyond {
        throw .file(
          path,
          "holds the unsigned number \(UInt64(bitPattern: beyond)), which int64 cannot hold; convert it before saving"
        )
      }
      return tensor
    default: return tensor
    }
  }

  private func widened<Narrow: FixedWidthInteger, Wide: FixedWidthInteger & TensorElement>(
    _ tensor: Tensor, from: Narrow.Type, to: Wide.Type
  ) throws(TorchError) -> Tensor {
    let wide = try tensorErrors { Tensor.empty(tensor.shape, dtype: Wide.dtype, device: .cpu) }
    tensor.withUnsafeBytes { source in
      wide.withUnsafeMutableBytes { target in
        let source = source.bindMemory(to: Narrow.self)
        let target = target.bindMemory(to: Wide.self)
        for index in source.indices { target[index] = Wide(source[index]) }
      }
    }
    return wide
  }
}

/// Reverses the bytes of every unit.
private func turnRound(_ bytes: UnsafeMutableRawBufferPointer, unit: Int) {
  func turn<Unit: FixedWidthInteger>(_: Unit.Type) {
    let units = bytes.bindMemory(to: Unit.self)
    for index in units.indices { units[index] = units[index].byteSwapped }
  }
  switch unit {
  case 2: turn(UInt16.self)
  case 4: turn(UInt32.self)
  case 8: turn(UInt64.self)
  default: break
  }
}
