import CArchive
import Foundation

/// Unpacks `.tar`, `.tar.gz` and `.zip` files whose contents nobody vouches for.
///
/// Only folders and plain files are made, all below the target: absolute paths, `..`, links of both kinds, devices and
/// names that occur twice are refused, and nothing of such an archive stays.
public enum Archive {
  public struct Limits: Sendable {
    /// Bytes of all files together.
    public var bytes: Int
    public var entries: Int

    public init(bytes: Int = 32 << 30, entries: Int = 5_000_000) {
      self.bytes = bytes
      self.entries = entries
    }
  }

  /// Unpacks into `folder`, which must exist. What the archive has at its top must not be there yet.
  ///
  /// It is unpacked into a hidden folder first and moved when all of it is there.
  ///
  /// - Throws: ``DataError`` naming the archive and the entry.
  public static func unpack(
    _ path: String, into folder: String, limits: Limits = Limits()
  ) throws(DataError) {
    guard DataFile.isFile(path) else { throw .file(path, "is not a file; an archive was expected") }
    try unpack(named: path, into: folder, limits) { reader in
      archive_read_open_filename(reader, path, 1 << 18)
    }
  }

  /// Unpacks an archive in memory.
  static func unpack(
    _ bytes: [UInt8], name: String, into folder: String, limits: Limits = Limits()
  ) throws(DataError) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 16)
    defer { memory.deallocate() }
    memory.copyBytes(from: bytes)
    try unpack(named: name, into: folder, limits) { reader in
      archive_read_open_memory(reader, memory.baseAddress, bytes.count)
    }
  }

  private static func unpack(
    named name: String, into folder: String, _ limits: Limits, _ open: (OpaquePointer) -> Int32
  ) throws(DataError) {
    guard let reader = archive_read_new() else { throw .file(name, "cannot be unpacked: out of memory") }
    defer { archive_read_free(reader) }
    archive_read_support_filter_gzip(reader)
    archive_read_support_format_tar(reader)
    archive_read_support_format_zip(reader)
    guard open(reader) == ARCHIVE_OK else {
      throw .file(name, "is not a tar or zip archive that can be read: \(message(reader))")
    }
    let temporary = DataFile.join(folder, ".salar-unpack-" + String(UInt64.random(in: 0 ... .max), radix: 16))
    try makeFolder(temporary)
    defer { try? FileManager.default.removeItem(atPath: temporary) }
    try extract(reader, name, to: temporary, limits)
    try move(from: temporary, to: folder, name)
  }

  private static func extract(
    _ reader: OpaquePointer, _ name: String, to folder: String, _ limits: Limits
  ) throws(DataError) {
    var left = limits.bytes
    var entries = 0
    var seen: Set<String> = []
    while true {
      var entry: OpaquePointer?
      let code = archive_read_next_header(reader, &entry)
      if code == ARCHIVE_EOF { break }
      guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let entry else {
        throw .file(name, "is damaged: \(message(reader))")
      }
      entries += 1
      guard entries <= limits.entries else {
        throw .file(name, "has more than the \(limits.entries) entries allowed")
      }
      let stored = try pathOf(entry, name)
      let parts = try safeParts(stored, name)
      guard archive_entry_hardlink(entry) == nil, archive_entry_symlink(entry) == nil else {
        throw .file(name, "has the link \(DataError.quoted(stored)); links are not unpacked")
      }
      let kind = archive_entry_filetype(entry)
      guard !parts.isEmpty else { continue }  // the folder itself
      if kind == S_IFDIR {
        try makeFolder(DataFile.join(folder, parts.joined(separator: "/")))
        continue
      }
      guard kind == S_IFREG else {
        throw .file(name, "has \(DataError.quoted(stored)), which is neither a file nor a folder")
      }
      // File systems differ in what they take for one name.
      guard seen.insert(parts.joined(separator: "/").lowercased()).inserted else {
        throw .file(name, "has two files named \(DataError.quoted(stored))")
      }
      let parent = parts.dropLast().reduce(folder) { DataFile.join($0, $1) }
      try makeFolder(parent)
      try copy(reader, to: DataFile.join(parent, parts.last!), name, stored, &left, limits)
    }
    guard entries > 0 else { throw .file(name, "is an archive without an entry, or no archive") }
  }

  private static func copy(
    _ reader: OpaquePointer, to path: String, _ name: String, _ stored: String, _ left: inout Int,
    _ limits: Limits
  ) throws(DataError) {
    let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .file(path, "cannot be written", errno: errno) }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let found = archive_read_data(reader, &buffer, buffer.count)
      guard found >= 0 else {
        throw .file(name, "is damaged at \(DataError.quoted(stored)): \(message(reader))")
      }
      if found == 0 { return }
      left -= found
      guard left >= 0 else { throw .file(name, "unpacks to more than the \(limits.bytes) bytes allowed") }
      var done = 0
      while done < found {
        let written = buffer.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, found - done) }
        if written < 0, errno != EINTR { throw .file(path, "cannot be written", errno: errno) }
        done += max(0, written)
      }
    }
  }

  private static func move(from temporary: String, to folder: String, _ name: String) throws(DataError) {
    let entries: [String]
    do {
      entries = try FileManager.default.contentsOfDirectory(atPath: temporary).sorted()
    } catch {
      throw .file(temporary, "cannot be read: \(error.localizedDescription)")
    }
    for entry in entries {
      let target = DataFile.join(folder, entry)
      guard DataFile.kind(target) == nil else {
        throw .file(target, "is there already; move it away to unpack \(name)")
      }
    }
    for entry in entries {
      let target = DataFile.join(folder, entry)
      guard rename(DataFile.join(temporary, entry), target) == 0 else {
        throw .file(target, "cannot be written", errno: errno)
      }
    }
  }

  private static func pathOf(_ entry: OpaquePointer, _ name: String) throws(DataError) -> String {
    guard let bytes = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry),
      let path = String(validatingCString: bytes), !path.isEmpty
    else { throw .file(name, "has an entry without a name that can be read") }
    return path
  }

  /// The folders and the name below the target; empty for the target itself.
  private static func safeParts(_ path: String, _ name: String) throws(DataError) -> [String] {
    func unsafe(_ what: String) -> DataError {
      .file(name, "has the entry \(DataError.quoted(path)), \(what): it is not unpacked")
    }
    guard !path.hasPrefix("/") else { throw unsafe("an absolute path") }
    guard !path.contains("\\"), !path.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
      throw unsafe("a name that is none everywhere")
    }
    let parts = path.split(separator: "/").map(String.init).filter { $0 != "." }
    guard !parts.contains("..") else { throw unsafe("which leads out of the target folder") }
    guard parts.count <= 64, parts.allSatisfy({ $0.utf8.count <= 255 }) else {
      throw unsafe("too deep or too long")
    }
    return parts
  }

  static func makeFolder(_ path: String) throws(DataError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .file(path, "cannot be made: \(error.localizedDescription)")
    }
  }

  private static func message(_ reader: OpaquePointer) -> String {
    archive_error_string(reader).map { String(cString: $0) } ?? "no reason given"
  }
}
