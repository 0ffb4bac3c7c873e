import Foundation

/// A file of named tensors in the safetensors format, mapped into memory.
///
/// ```swift
/// try Safetensors.write([("weight", weight), ("bias", bias)], metadata: ["step": "100"], to: url)
/// let file = try Safetensors(reading: url)
/// let weight = file["weight"]
/// ```
///
/// Opening checks the whole header and touches no data: types are known, and the ranges of the tensors lie in the file,
/// neither overlap nor leave holes, and end where the file ends. Data is read when it is used.
///
/// The format's types without a ``DType`` (16, 32 and 64-bit unsigned integers, 8-bit and shorter floating point) are
/// refused, as is any unknown one. The format has no 128-bit complex numbers.
public struct Safetensors {
  /// What the header says of one tensor.
  public struct Entry: Sendable, Equatable {
    /// Unique in the file.
    public let name: String
    /// Of the elements.
    public let dtype: DType
    /// [] for a number.
    public let shape: [Int]
    /// Where it lies in the file, in bytes.
    public let range: Range<Int>
  }

  /// In the order of the header.
  public let entries: [Entry]

  /// What whoever wrote the file noted beside the tensors; empty if nothing.
  public let metadata: [String: String]

  private let file: MappedFile
  // By bytes, as the format tells spellings of an accent apart that are equal to Swift.
  private let places: [[UInt8]: Int]

  /// Opens the file.
  ///
  /// - Throws: ``TorchError`` of kind `.file` if it cannot be read, is not a safetensors file, is damaged, or holds a
  ///   type without a ``DType``.
  public init(reading url: URL) throws(TorchError) {
    let file = try MappedFile(reading: url)
    let header = try file.withUnsafeMutableBytes { (bytes) throws(TorchError) in
      try SafetensorsHeader(UnsafeRawBufferPointer(bytes), path: file.path)
    }
    self.file = file
    entries = header.entries
    metadata = header.metadata
    places = Dictionary(
      uniqueKeysWithValues: header.entries.enumerated().map { (Array($0.element.name.utf8), $0.offset) })
  }

  /// In the order of the header.
  public var names: [String] { entries.map(\.name) }

  /// All tensors by name.
  ///
  /// - Throws: ``TorchError`` for names that differ only in how their letters are spelled in Unicode: the file may hold
  ///   both, a dictionary cannot.
  public func dictionary() throws(TorchError) -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for name in names where result.updateValue(self[name]!, forKey: name) != nil {
      throw TorchError(
        kind: .file,
        message: "\(file.path): the names of two tensors differ only in how '\(name)' is spelled in Unicode")
    }
    return result
  }

  /// The tensor of that name; nil if there is none.
  ///
  /// It is contiguous, on the CPU, and stands for the file's own memory where its elements are aligned there, else for
  /// a copy. Changing it in place changes what the next call returns, and never the file. The memory stays as long as
  /// any tensor needs it.
  public subscript(name: String) -> Tensor? {
    guard let place = places[Array(name.utf8)] else { return nil }
    defer { withExtendedLifetime(file) {} }
    let entry = entries[place]
    let bytes = UnsafeMutableRawBufferPointer(rebasing: file.bytes[entry.range])
    guard let start = bytes.baseAddress, !bytes.isEmpty else {
      return Tensor.empty(entry.shape, dtype: entry.dtype)
    }
    // Any byte but 0 and 1 in a bool is undefined behaviour in C++.
    let isPlain = entry.dtype != .bool || bytes.allSatisfy { $0 <= 1 }
    if isPlain, Int(bitPattern: start) % entry.dtype.elementSize == 0 {
      return Tensor(over: start, shape: entry.shape, dtype: entry.dtype, owner: file)
    }
    let copy = Tensor.empty(entry.shape, dtype: entry.dtype)
    guard copy.isDefined else { return copy }
    copy.withUnsafeMutableBytes { target in
      target.copyMemory(from: UnsafeRawBufferPointer(bytes))
      if entry.dtype == .bool { makeBooleans(target) }
    }
    return copy
  }

  /// Writes the tensors, whole or not at all (``writeAtomically(to:_:)``).
  ///
  /// The header lists them in the order given; the data is laid out with the longest elements first, so that every
  /// tensor is aligned. Tensors may be on any device, views, and part of a graph; their values are stored row by row.
  ///
  /// - Throws: ``TorchError``: of kind `.value` for a name that appears twice or is `__metadata__`, a type that the
  ///   format lacks (`complex128`) or an undefined tensor; of kind `.file` if the file cannot be written.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to url: URL
  ) throws(TorchError) {
    let path = try filePath(url)
    let plan = try SafetensorsPlan(tensors, metadata: metadata, path: path)
    try writeAtomically(to: url) { (file) throws(TorchError) in
      try file.write(plan.header)
      for index in plan.order { try file.write(tensors[index].tensor) }
    }
  }
}

/// Makes every byte 0 or 1.
func makeBooleans(_ bytes: UnsafeMutableRawBufferPointer) {
  for index in bytes.indices where bytes[index] > 1 { bytes[index] = 1 }
}
