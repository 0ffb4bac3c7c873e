import CZip
import Foundation

/// A zip archive in mapped memory.
final class ZipReader {
  struct Entry {
    let index: UInt64
    let name: String
    /// Unpacked bytes, as the archive says.
    let size: UInt64
  }

  let path: String
  let count: UInt64
  private let file: MappedFile
  private let archive: OpaquePointer

  init(reading url: URL) throws(TorchError) {
    file = try MappedFile(reading: url)
    path = file.path
    // libzip takes an empty file for an empty archive.
    guard !file.bytes.isEmpty else { throw .file(path, "is not a zip archive: it is empty") }
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    guard let source = zip_source_buffer_create(file.bytes.baseAddress, UInt64(file.bytes.count), 0, &error)
    else { throw .file(path, "cannot be read as a zip archive: \(zipMessage(&error))") }
    guard let archive = zip_open_from_source(source, Int32(ZIP_RDONLY), &error) else {
      zip_source_free(source)
      throw .file(path, "is not a zip archive, or damaged: \(zipMessage(&error))")
    }
    self.archive = archive
    count = UInt64(clamping: zip_get_num_entries(archive, 0))
  }

  deinit { zip_discard(archive) }

  /// - Throws: ``TorchError`` if the entry is encrypted, packed in an unknown way, or cannot be as long as it says.
  func entry(_ index: UInt64) throws(TorchError) -> Entry {
    var facts = zip_stat_t()
    zip_stat_init(&facts)
    // The name as it is: libzip would else guess at its encoding.
    guard zip_stat_index(archive, index, UInt32(ZIP_FL_ENC_RAW), &facts) == 0, let bytes = facts.name else {
      throw .file(path, "is damaged: \(zipMessage(zip_get_error(archive)))")
    }
    guard let name = String(validatingCString: bytes) else {
      throw .file(path, "has an entry whose name is not UTF-8: \(quoted(String(cString: bytes)))")
    }
    guard name.isStreamSafe else {
      throw .file(path, "has an entry whose name \(quoted(name)) \(tooManyMarks)")
    }
    let needed = UInt64(
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD)
    guard facts.valid & needed == needed else {
      throw .file(path, "does not say how long its entry \(quoted(name)) is")
    }
    guard facts.encryption_method == ZIP_EM_NONE else {
      throw .file(path, "has an encrypted entry \(quoted(name)); decrypt it first")
    }
    let isPossible: Bool
    switch Int32(facts.comp_method) {
    case ZIP_CM_STORE: isPossible = facts.size == facts.comp_size
    // Its shortest code, one bit for 258 bytes twice over, makes 1,032 bytes of one.
    case ZIP_CM_DEFLATE: isPossible = facts.size / 1032 <= facts.comp_size
    default:
      throw .file(
        path,
        "has an entry \(quoted(name)) packed by method \(facts.comp_method); stored and deflated ones can be read"
      )
    }
    guard isPossible, facts.comp_size <= UInt64(file.bytes.count) else {
      throw .file(
        path, "is damaged: its entry \(quoted(name)) cannot make \(facts.size) bytes of \(facts.comp_size)")
    }
    return Entry(index: index, name: name, size: facts.size)
  }

  func open(_ entry: Entry) throws(TorchError) -> ZipStream {
    guard let stream = zip_fopen_index(archive, entry.index, 0) else {
      throw .file(
        path, "is damaged: \(zipMessage(zip_get_error(archive))), at its entry \(quoted(entry.name))")
    }
    return ZipStream(stream, path: "\(path): the entry \(quoted(entry.name))", archive: self)
  }
}

/// An entry as it is being unpacked.
final class ZipStream {
  private let stream: OpaquePointer
  private let path: String
  // libzip's stream must not outlive its archive.
  private let archive: ZipReader

  fileprivate init(_ stream: OpaquePointer, path: String, archive: ZipReader) {
    self.stream = stream
    self.path = path
    self.archive = archive
  }

  deinit { zip_fclose(stream) }

  /// The next bytes; fewer than `count` where the entry ends.
  func bytes(upTo count: Int) throws(TorchError) -> [UInt8] {
    var failure: TorchError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(TorchError) {
        filled = try read(UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
        filled = 0
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Fills all of the memory.
  func fill(_ target: UnsafeMutableRawBufferPointer) throws(TorchError) {
    let found = try read(target)
    guard found == target.count else {
      throw .file(path, "is cut off: \(target.count) bytes were expected, \(found) are there")
    }
  }

  /// Checks that nothing is left, which makes libzip check the sum.
  func finish() throws(TorchError) {
    guard try bytes(upTo: 1).isEmpty else { throw .file(path, "goes on after its array") }
  }

  private func read(_ target: UnsafeMutableRawBufferPointer) throws(TorchError) -> Int {
    var done = 0
    while done < target.count {
      // zip_fread counts its answer in signed numbers, and zlib in 32 bits.
      let wanted = min(target.count - done, 1 << 28)
      let found = zip_fread(stream, target.baseAddress! + done, UInt64(wanted))
      guard found >= 0 else {
        throw .file(path, "is damaged: \(zipMessage(zip_file_get_error(stream)))")
      }
      if found == 0 { break }
      done += Int(found)
    }
    return done
  }
}

func zipMessage(_ error: UnsafeMutablePointer<zip_error_t>) -> String {
  String(cString: zip_error_strerror(error))
}
