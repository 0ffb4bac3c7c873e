import Foundation

/// What readers of data need of the file system. Paths are those that the person gave, so that messages name them.
enum DataFile {
  enum Kind {
    case file, folder, other
  }

  /// What stands at the path, links followed; nil if nothing does.
  static func kind(_ path: String) -> Kind? {
    var facts = stat()
    guard !path.utf8.contains(0), stat(path, &facts) == 0 else { return nil }
    switch facts.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .other
    }
  }

  static func isFile(_ path: String) -> Bool { kind(path) == .file }
  static func isFolder(_ path: String) -> Bool { kind(path) == .folder }

  static func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// The folder that the file lies in.
  static func parent(_ path: String) -> String {
    path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  }

  /// The last part of the path.
  static func name(_ path: String) -> String {
    let parts = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
    return parts.isEmpty ? path : parts
  }

  /// The bytes of a file.
  ///
  /// - Parameter prefix: how many from the beginning; all if nil.
  static func read(_ path: String, prefix: Int? = nil) throws(DataError) -> [UInt8] {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw .file(path, "a path must have at least one character and none that is zero")
    }
    // Without waiting, as a pipe would else hold the program until somebody writes to it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .file(path, "cannot be read", errno: errno) }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw .file(path, "cannot be read", errno: errno) }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw .file(
        path,
        facts.st_mode & S_IFMT == S_IFDIR
          ? "is a folder; a file was expected" : "is not a file that can be read")
    }
    let wanted = min(Int(facts.st_size), prefix ?? .max)
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
      count = 0
      while count < wanted {
        // Linux takes at most 2 GiB a call.
        let found = Foundation.read(descriptor, buffer.baseAddress! + count, min(wanted - count, 1 << 30))
        if found < 0 {
          if errno == EINTR { continue }
          code = errno
          return
        }
        if found == 0 { return }
        count += found
      }
    }
    guard code == 0 else { throw .file(path, "cannot be read", errno: code) }
    return bytes
  }

  /// What a folder holds, by code point as Python sorts it; hidden files and folders left out.
  static func names(in folder: String) throws(DataError) -> [String] {
    guard let stream = opendir(folder) else { throw .file(folder, "cannot be read", errno: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
      }
      // A name that is not UTF-8 cannot be a path here.
      if let name, !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted(by: precedes)
  }

  /// Order by code point, which that of UTF-8 bytes is.
  static func precedes(_ first: String, _ second: String) -> Bool {
    first.utf8.lexicographicallyPrecedes(second.utf8)
  }

  /// What a folder holds, for a message: the first few names.
  static func contents(_ folder: String) -> String {
    guard let names = try? names(in: folder) else { return "cannot be listed" }
    guard !names.isEmpty else { return "is empty" }
    let shown = names.prefix(8).map { isFolder(join(folder, $0)) ? $0 + "/" : $0 }
    let rest = names.count - shown.count
    return "holds " + shown.map(DataError.quoted).joined(separator: ", ")
      + (rest > 0 ? " and \(rest) more" : "")
  }

  /// The lines of a text file without spaces at their ends and without the empty ones.
  static func lines(_ path: String) throws(DataError) -> [String] {
    String(decoding: try read(path), as: UTF8.self)
      .split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }
}

extension DataError {
  /// The path first, then what was found, what was expected and what to do.
  static func file(_ path: String, _ message: String) -> DataError { DataError("\(path): \(message)") }

  /// A split that the data set does not have, nothing of it.
  static func missingSplit(_ path: String, _ message: String) -> DataError {
    DataError("\(path): \(message)", isMissingSplit: true)
  }

  /// What a system call refused: `code` is its `errno`.
  static func file(_ path: String, _ action: String, errno code: Int32) -> DataError {
    let advice =
      switch code {
      case ENOENT, ENOTDIR: "; check the path"
      case EACCES, EPERM, EROFS: "; check the permissions"
      case ENOSPC, EDQUOT: "; free some space, or choose another folder"
      default: ""
      }
    return .file(path, "\(action): \(String(cString: strerror(code)))\(advice)")
  }

  /// Text out of a file, for a message: control characters replaced (they could drive a terminal), long ones cut.
  static func quoted(_ text: String) -> String {
    let limit = 80
    var shown = "'"
    for scalar in text.unicodeScalars.prefix(limit) {
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator:
        shown += "\\u{\(String(scalar.value, radix: 16))}"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown + (text.unicodeScalars.dropFirst(limit).isEmpty ? "'" : "…'")
  }
}
