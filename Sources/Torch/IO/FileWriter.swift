import CTorch
import Foundation

/// A file that is being written from its beginning to its end; ``writeAtomically(to:_:)`` makes one.
///
/// It is valid until the closure that it was given to returns.
public final class FileWriter {
  /// The bytes written so far.
  public private(set) var count = 0

  private let descriptor: Int32
  private let path: String
  private var buffer: [UInt8] = []
  private var isOpen = true
  private static let capacity = 1 << 16

  /// - Parameter path: what messages name.
  init(opening file: String, for path: String) throws(TorchError) {
    descriptor = open(file, O_WRONLY | O_CLOEXEC)
    self.path = path
    guard descriptor >= 0 else {
      isOpen = false
      throw .file(path, "cannot be written", errno: errno)
    }
    buffer.reserveCapacity(Self.capacity)
  }

  deinit { if isOpen { close(descriptor) } }

  /// Adds the bytes.
  ///
  /// - Throws: ``TorchError`` of kind `.file` if the disk is full or fails.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(TorchError) {
    guard isOpen else { throw .file(path, "is written to after it was finished") }
    count += bytes.count
    if buffer.count + bytes.count <= Self.capacity {
      buffer.append(contentsOf: bytes)
    } else {
      try flush()
      try put(bytes)
    }
  }

  /// Appends bytes.
  ///
  /// - Throws: ``TorchError`` where they cannot be written: a full disk.
  public func write(_ bytes: [UInt8]) throws(TorchError) {
    let failure: TorchError? = bytes.withUnsafeBytes { bytes in
      do throws(TorchError) {
        try write(bytes)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  /// Adds the text as UTF-8.
  public func write(_ text: String) throws(TorchError) {
    try write(Array(text.utf8))
  }

  /// Adds the elements row by row as they lie in memory (little-endian). A contiguous tensor on the CPU is not copied,
  /// others a stretch at a time.
  ///
  /// - Throws: ``TorchError``: of kind `.file` if the disk is full or fails, else what libtorch refuses, for example a
  ///   sparse tensor.
  public func write(_ tensor: Tensor) throws(TorchError) {
    try tensor.eachPlainPart { (bytes) throws(TorchError) in try write(bytes) }
  }

  /// Writes out what is still held back.
  func finish() throws(TorchError) {
    try flush()
    isOpen = false
    // Network file systems report a full disk only here.
    guard close(descriptor) == 0 else { throw .file(path, "cannot be written", errno: errno) }
  }

  private func flush() throws(TorchError) {
    guard !buffer.isEmpty else { return }
    let pending = buffer
    buffer.removeAll(keepingCapacity: true)
    let failure: TorchError? = pending.withUnsafeBytes { bytes in
      do throws(TorchError) {
        try put(bytes)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  private func put(_ bytes: UnsafeRawBufferPointer) throws(TorchError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      // Linux takes at most 2 GiB a call, and Darwin refuses more than that.
      let written = Foundation.write(descriptor, part.baseAddress!, min(part.count, 1 << 30))
      if written < 0 {
        if errno == EINTR { continue }
        throw .file(path, "cannot be written", errno: errno)
      }
      rest = rest.dropFirst(written)
    }
  }
}

extension Tensor {
  /// The elements row by row, as bytes in one or several parts; only what is not contiguous on the CPU is copied.
  func eachPlainPart(_ body: (UnsafeRawBufferPointer) throws(TorchError) -> Void) throws(TorchError) {
    let source = try tensorErrors { detach() }
    let rows = source.dim == 0 ? 1 : source.size(0)
    let bytes = source.count * source.dtype.elementSize
    let stretch = 1 << 26
    if rows <= 1 || bytes <= stretch || (source.device == .cpu && source.isContiguous()) {
      return try Self.pass(source, to: body)
    }
    let step = Swift.max(1, stretch / Swift.max(1, bytes / rows))
    for start in stride(from: 0, to: rows, by: step) {
      let part = try tensorErrors {
        source.narrow(dim: 0, start: start, length: Swift.min(step, rows - start))
      }
      try Self.pass(part, to: body)
    }
  }

  private static func pass(
    _ part: Tensor, to body: (UnsafeRawBufferPointer) throws(TorchError) -> Void
  ) throws(TorchError) {
    let plain = try part.plain()
    try plain.withUnsafeBytes { (bytes) throws(TorchError) in try body(bytes) }
  }

  /// The same values row by row on the CPU: the tensor's own memory if it is so already.
  func plain() throws(TorchError) -> Tensor {
    // Conjugated and negated views hold the values of their base; these operators compute them.
    var plain = try tensorErrors { detach() }
    for name in ["aten::resolve_conj", "aten::resolve_neg"] {
      plain = try TorchOperator(name)([.tensor(plain)]).first?.tensor ?? plain
    }
    let values = plain
    let result = try tensorErrors { values.to(.cpu).contiguous() }
    guard result.isContiguous() else {
      throw TorchError(
        kind: .value, message: "a tensor that is not dense cannot be written; make it dense before")
    }
    return result
  }

  /// Refuses what no file format here can hold.
  func requireStorable(_ path: String, _ name: String) throws(TorchError) {
    guard isDefined else {
      throw TorchError(kind: .value, message: "\(path): \(name) is undefined; leave it out")
    }
    guard DType(rawValue: ct_dtype(handle)) != nil else {
      throw TorchError(
        kind: .value, message: "\(path): \(name) has a type that has no DType; convert it before writing")
    }
  }
}
