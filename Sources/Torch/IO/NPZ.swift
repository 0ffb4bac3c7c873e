import CZip
import Foundation

/// Named arrays in NumPy's archive format: a zip file of NPY files.
public enum NPZ {
  /// Reads all arrays of an archive that `numpy.savez` or `numpy.savez_compressed` wrote, in the archive's order and
  /// without the `.npy` of their names. Types are those of ``NPY/read(_:)``.
  ///
  /// Archives that would unpack to more than is plausible are refused before memory is asked for: an array must be as
  /// long as its own header says, can be at most 1,032 times as long as what it was packed to (the most that the
  /// method can reach), and all together may take at most `limit` bytes.
  ///
  /// - Parameter limit: bytes that all arrays together may unpack to; the machine's memory if nil.
  /// - Throws: ``TorchError`` of kind `.file` if the file cannot be read, is not a zip archive, is damaged (each entry
  ///   has a checksum), has a name twice, an entry that is no NPY file, is encrypted or packed in another way than
  ///   deflate, or is beyond the limit.
  public static func read(_ url: URL, limit: Int? = nil) throws(TorchError) -> [(
    name: String, tensor: Tensor
  )] {
    let archive = try ZipReader(reading: url)
    let limit = UInt64(clamping: limit ?? Int(clamping: ProcessInfo.processInfo.physicalMemory))
    var left = limit
    var names: Set<[UInt8]> = []
    var result: [(name: String, tensor: Tensor)] = []
    for index in 0..<archive.count {
      let entry = try archive.entry(index)
      let name =
        entry.name.utf8.reversed().starts(with: "ypn.".utf8)
        ? String(decoding: entry.name.utf8.dropLast(4), as: UTF8.self) : entry.name
      guard names.insert(Array(name.utf8)).inserted else {
        throw .file(archive.path, "has two entries named \(quoted(name))")
      }
      guard entry.size <= left else {
        throw .file(
          archive.path,
          "would unpack to more than \(limit) bytes; read it with a greater limit if that is wanted"
        )
      }
      left -= entry.size
      result.append((name, try read(entry, of: archive)))
    }
    return result
  }

  private static func read(_ entry: ZipReader.Entry, of archive: ZipReader) throws(TorchError) -> Tensor {
    let path = "\(archive.path): the entry \(quoted(entry.name))"
    let stream = try archive.open(entry)
    var prefix = try stream.bytes(upTo: 10)
    if prefix.count == 10, prefix[6] > 1 { prefix += try stream.bytes(upTo: 2) }
    let (start, count) = try NPYHeader.lengths(prefix, path: path)
    let text = try stream.bytes(upTo: count)
    guard text.count == count else { throw .file(path, "is cut off within its header") }
    let header = try NPYHeader(text, path: path)
    let (total, overflow) = header.dataCount.addingReportingOverflow(start + count)
    guard !overflow, entry.size == UInt64(total) else {
      throw .file(
        path,
        "has \(entry.size) bytes, but an array of shape \(header.shape) with its header takes \(overflow ? "more than 2^63" : "\(total)")"
      )
    }
    let tensor = try header.tensor(path: path) { (target) throws(TorchError) in try stream.fill(target) }
    try stream.finish()
    return tensor
  }

  /// Writes the tensors as `name.npy` each, in the order given, whole or not at all (``writeAtomically(to:_:)``). Equal
  /// tensors make equal files: the entries carry the date 1980-01-01.
  ///
  /// - Parameter compressed: pack with deflate instead of storing as they are.
  /// - Throws: ``TorchError``: of kind `.value` for a name that appears twice, is empty, longer than 65,531 bytes or
  ///   holds a zero character, for `bfloat16`, which NPY lacks, and for an undefined tensor; of kind `.file` if the
  ///   file cannot be written.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], to url: URL, compressed: Bool = false
  ) throws(TorchError) {
    let path = try filePath(url)
    var names: Set<[UInt8]> = []
    var entries: [ZipEntrySource] = []
    for (name, tensor) in tensors {
      guard !name.isEmpty, !name.utf8.contains(0), name.utf8.count <= 65531 else {
        throw TorchError(
          kind: .value,
          message:
            "\(path): \(quoted(name)) cannot name an array: 1 to 65531 bytes, none of them zero, are needed")
      }
      guard name.isStreamSafe else {
        throw TorchError(kind: .value, message: "\(path): the name \(quoted(name)) \(tooManyMarks)")
      }
      guard names.insert(Array(name.utf8)).inserted else {
        throw TorchError(
          kind: .value, message: "\(path): the name \(quoted(name)) appears twice; give each array its own")
      }
      entries.append(
        ZipEntrySource(
          name: name + ".npy", header: try NPYHeader.bytes(for: tensor, path: "\(path): \(quoted(name))"),
          tensor: tensor))
    }
    try replaceAtomically(url) { (temporary, path) throws(TorchError) in
      try writeZip(entries, compressed: compressed, to: temporary, path: path)
    }
  }
}
