import CZip
import Foundation

/// An entry that libzip reads when it comes to it: a header and then a tensor's elements. A tensor that must be copied to
/// be contiguous is copied only then, and given free after.
final class ZipEntrySource {
  let name: String
  private let header: [UInt8]
  private let tensor: Tensor
  private var plain: Tensor?
  private var position = 0
  private(set) var failure: TorchError?

  init(name: String, header: [UInt8], tensor: Tensor) {
    self.name = name
    self.header = header
    self.tensor = tensor
  }

  private var dataCount: Int { tensor.count * tensor.dtype.elementSize }

  /// What libzip asks of a source, and its answer.
  func answer(
    _ command: zip_source_cmd_t, _ data: UnsafeMutableRawPointer?, _ length: UInt64
  ) -> Int64 {
    switch command {
    case ZIP_SOURCE_OPEN:
      position = 0
      do throws(TorchError) {
        plain = try tensor.plain()
        return 0
      } catch {
        failure = error
        return -1
      }
    case ZIP_SOURCE_READ:
      guard let data else { return -1 }
      return Int64(read(UnsafeMutableRawBufferPointer(start: data, count: Int(clamping: length))))
    case ZIP_SOURCE_CLOSE:
      plain = nil
      return 0
    case ZIP_SOURCE_STAT:
      guard let data, length >= UInt64(MemoryLayout<zip_stat_t>.size) else { return -1 }
      let facts = data.assumingMemoryBound(to: zip_stat_t.self)
      zip_stat_init(facts)
      facts.pointee.size = UInt64(header.count + dataCount)
      facts.pointee.valid = UInt64(ZIP_STAT_SIZE)
      return Int64(MemoryLayout<zip_stat_t>.size)
    case ZIP_SOURCE_ERROR:
      guard let data, length >= UInt64(2 * MemoryLayout<Int32>.size) else { return -1 }
      let codes = data.assumingMemoryBound(to: Int32.self)
      codes[0] = ZIP_ER_READ
      codes[1] = 0
      return Int64(2 * MemoryLayout<Int32>.size)
    case ZIP_SOURCE_FREE:
      return 0
    case ZIP_SOURCE_SUPPORTS:
      let commands = [
        ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR,
        ZIP_SOURCE_FREE,
      ]
      return commands.reduce(0) { $0 | Int64(1) << Int64($1.rawValue) }
    default:
      return -1
    }
  }

  private func read(_ target: UnsafeMutableRawBufferPointer) -> Int {
    var target = target
    var done = 0
    func take(_ source: UnsafeRawBufferPointer, from start: Int) {
      guard start < source.count, !target.isEmpty else { return }
      let part = source[start...].prefix(target.count)
      target.copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
      target = UnsafeMutableRawBufferPointer(rebasing: target[part.count...])
      done += part.count
      position += part.count
    }
    if position < header.count { header.withUnsafeBytes { take($0, from: position) } }
    if position >= header.count, let plain, dataCount > 0 {
      plain.withUnsafeBytes { take($0, from: position - header.count) }
    }
    return done
  }
}

/// Writes the archive to the file at `temporary`.
///
/// - Parameter path: what messages name.
func writeZip(
  _ entries: [ZipEntrySource], compressed: Bool, to temporary: String, path: String
) throws(TorchError) {
  defer { withExtendedLifetime(entries) {} }
  // libzip writes no file for an archive without entries.
  guard !entries.isEmpty else {
    let writer = try FileWriter(opening: temporary, for: path)
    try writer.write([0x50, 0x4B, 0x05, 0x06] + [UInt8](repeating: 0, count: 18))
    return try writer.finish()
  }
  var code: Int32 = 0
  guard let archive = zip_open(temporary, ZIP_CREATE | ZIP_TRUNCATE, &code) else {
    var error = zip_error_t()
    zip_error_init_with_code(&error, code)
    defer { zip_error_fini(&error) }
    throw .file(path, "cannot be written: \(zipMessage(&error))")
  }
  var isClosed = false
  defer { if !isClosed { zip_discard(archive) } }

  func check(_ succeeded: Bool) throws(TorchError) {
    if succeeded { return }
    if let failure = entries.lazy.compactMap(\.failure).first { throw failure }
    throw .file(path, "cannot be written: \(zipMessage(zip_get_error(archive)))")
  }
  for entry in entries {
    let source = zip_source_function(
      archive,
      { context, data, length, command in
        Unmanaged<ZipEntrySource>.fromOpaque(context!).takeUnretainedValue().answer(command, data, length)
      }, Unmanaged.passUnretained(entry).toOpaque())
    guard let source else { return try check(false) }
    let index = zip_file_add(archive, entry.name, source, UInt32(ZIP_FL_ENC_UTF_8))
    if index < 0 { zip_source_free(source) }
    try check(index >= 0)
    let method = compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE
    try check(zip_set_file_compression(archive, UInt64(index), method, 0) == 0)
    // 1980-01-01, the first day that zip knows, so that equal tensors make equal files.
    try check(zip_file_set_dostime(archive, UInt64(index), 0, 1 << 5 | 1, 0) == 0)
  }
  try check(zip_close(archive) == 0)
  isClosed = true
}
