import Command
import Foundation
import Torch

/// Small files and folders, with errors that say what to do.
enum Files {
  /// - Throws: ``CommandError`` naming the path.
  static func contents(of url: URL, atMost limit: Int = .max) throws(CommandError) -> Data {
    let path = url.path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path, "cannot be read") }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw failure(path, "cannot be read") }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw CommandError("\(path): is no file that can be read")
    }
    guard facts.st_size <= limit else {
      throw CommandError(
        "\(path): has \(facts.st_size) bytes, more than the \(limit) expected; is it the right file?")
    }
    do {
      return try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readToEnd() ?? Data()
    } catch {
      throw CommandError("\(path): cannot be read: \(error.localizedDescription)")
    }
  }

  /// Whole or not at all, and on the disk when this returns.
  static func write(_ data: Data, to url: URL) throws(CommandError) {
    do {
      try writeAtomically(to: url) { (file) throws(TorchError) in try file.write([UInt8](data)) }
    } catch {
      throw CommandError(error.message)
    }
  }

  /// Makes the folder and those above it.
  static func makeFolder(_ url: URL) throws(CommandError) {
    let path = url.path
    if mkdir(path, 0o777) == 0 { return }
    var code = errno
    if code == ENOENT, url.pathComponents.count > 1 {
      try makeFolder(url.deletingLastPathComponent())
      if mkdir(path, 0o777) == 0 { return }
      code = errno
    }
    var facts = stat()
    if code == EEXIST, stat(path, &facts) == 0 {
      if facts.st_mode & S_IFMT == S_IFDIR { return }
      throw CommandError(
        "\(path): a file stands where a folder is to be made; move it, or choose another folder")
    }
    throw failure(path, "cannot be made", code)
  }

  /// The names in a folder, sorted; none if there is no such folder.
  static func names(in url: URL) throws(CommandError) -> [String] {
    guard let folder = opendir(url.path) else {
      if errno == ENOENT { return [] }
      throw failure(url.path, "cannot be read")
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Removes what a process that was killed left half written.
  static func removeTemporaries(in folder: URL) {
    let names = (try? names(in: folder)) ?? []
    for name in names where name.hasPrefix(".") && name.hasSuffix(".tmp") {
      remove(folder.appendingPathComponent(name))
    }
  }

  /// A file, or a folder with all that is in it.
  static func remove(_ url: URL) { try? FileManager.default.removeItem(at: url) }

  /// Makes new and changed names in the folder last.
  static func synchronize(folder url: URL) {
    let descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// What a system call refused: `code` is its `errno`.
  static func failure(_ path: String, _ action: String, _ code: Int32 = errno) -> CommandError {
    let advice =
      switch code {
      case ENOENT: "; check the path"
      case ENOTDIR: "; a file stands where a folder is needed: move it, or choose another folder"
      case EACCES, EPERM, EROFS: "; check the permissions, or choose another folder"
      case ENOSPC, EDQUOT: "; free some space, or choose another folder"
      default: ""
      }
    return CommandError("\(path): \(action): \(String(cString: strerror(code)))\(advice)")
  }
}

/// How values of any type become JSON in a run's folder: keys in order, numbers that are not finite as the texts `NaN`,
/// `Infinity` and `-Infinity`, which JSON has no numbers for.
public enum RunJSON {
  /// Whole or not at all.
  ///
  /// - Throws: ``CommandError`` if the file cannot be written.
  public static func write(_ value: some Encodable, to url: URL) throws(CommandError) {
    try Files.write(data(value), to: url)
  }

  /// - Throws: ``CommandError`` for a file that is missing, damaged or of another type.
  public static func read<Value: Decodable>(_ type: Value.Type, from url: URL) throws(CommandError) -> Value {
    try value(type, from: Files.contents(of: url), path: url.path)
  }

  static func data(_ value: some Encodable, pretty: Bool = true) throws(CommandError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
      pretty
      ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    do {
      return try encoder.encode(value) + (pretty ? Data("\n".utf8) : Data())
    } catch {
      throw CommandError("cannot be written as JSON: \(error)")
    }
  }

  /// - Parameter path: what messages name.
  static func value<Value: Decodable>(
    _ type: Value.Type, from data: Data, path: String
  ) throws(CommandError) -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    do {
      return try decoder.decode(type, from: data)
    } catch let error as DecodingError {
      throw CommandError("\(path): \(reason(error))")
    } catch {
      throw CommandError("\(path): \(error.localizedDescription)")
    }
  }

  private static func reason(_ error: DecodingError) -> String {
    func at(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(
        separator: ".")
      return path.isEmpty ? "" : " at \(path)"
    }
    return switch error {
    case .dataCorrupted(let context): "is damaged\(at(context)): \(context.debugDescription)"
    case .keyNotFound(let key, let context): "has no '\(key.stringValue)'\(at(context))"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      "has no \(type)\(at(context))"
    @unknown default: "\(error)"
    }
  }
}
