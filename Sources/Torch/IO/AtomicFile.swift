import Foundation

/// Writes a file whole or not at all.
///
/// ```swift
/// try writeAtomically(to: url) { file throws(TorchError) in try file.write(text) }
/// ```
///
/// What `body` writes goes to a temporary file in the same folder (`.salar-….tmp`), which replaces `url` once it is
/// complete and on the disk. If anything fails before, the old file is as it was and the temporary one is gone. An
/// existing file keeps its permissions; a symbolic link stays, and the file that it points to is replaced or made. Who
/// has the old file open or mapped goes on seeing the old contents.
///
/// - Throws: ``TorchError`` of kind `.file`, naming the path and the system's reason; or what `body` throws.
public func writeAtomically(
  to url: URL, _ body: (FileWriter) throws(TorchError) -> Void
) throws(TorchError) {
  try replaceAtomically(url) { (temporary, path) throws(TorchError) in
    let writer = try FileWriter(opening: temporary, for: path)
    try body(writer)
    try writer.finish()
  }
}

/// The form for libraries that open files by themselves: `fill` writes the file `temporary`, which exists and is empty.
/// `path` is what messages should name.
func replaceAtomically(
  _ url: URL, _ fill: (_ temporary: String, _ path: String) throws(TorchError) -> Void
) throws(TorchError) {
  let path = try filePath(url)
  let old = try Replaced(path)
  let folder = old.path.lastIndex(of: "/").map { String(old.path[...$0]) } ?? "./"
  // Its length does not depend on the name, which may be as long as the file system allows.
  let temporary = folder + ".salar-" + String(UInt64.random(in: 0 ... .max), radix: 16) + ".tmp"
  let created = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard created >= 0 else { throw .file(path, "cannot be written", errno: errno) }
  close(created)
  var isComplete = false
  defer { if !isComplete { unlink(temporary) } }

  try fill(temporary, path)

  let finished = open(temporary, O_RDONLY | O_CLOEXEC)
  guard finished >= 0 else { throw .file(path, "cannot be written", errno: errno) }
  defer { close(finished) }
  if let permissions = old.permissions, fchmod(finished, permissions) != 0 {
    throw .file(path, "the permissions of the old file cannot be kept", errno: errno)
  }
  guard synchronize(finished) else { throw .file(path, "cannot be brought to the disk", errno: errno) }
  guard rename(temporary, old.path) == 0 else { throw .file(path, "cannot be replaced", errno: errno) }
  isComplete = true
  try synchronizeFolder(folder, path)
}

/// What stands where a file is to be written.
private struct Replaced {
  /// With symbolic links followed.
  let path: String
  let permissions: mode_t?

  init(_ path: String) throws(TorchError) {
    guard let resolved = realpath(path, nil) else {
      // Nothing there yet. That a folder above is missing shows when the temporary file is made.
      self.path = try endOfLinks(path)
      permissions = nil
      return
    }
    defer { free(resolved) }
    self.path = String(cString: resolved)
    var facts = stat()
    guard stat(self.path, &facts) == 0 else { throw .file(path, "cannot be written", errno: errno) }
    // Renaming onto a device or a pipe would remove it.
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw .file(path, "is \(kindOfFile(facts)), which a file cannot replace; choose another name")
    }
    permissions = facts.st_mode & 0o777
  }
}

/// Where a path leads whose last links may point to nothing.
private func endOfLinks(_ path: String) throws(TorchError) -> String {
  var current = path
  // As many as Linux follows.
  for _ in 0..<40 {
    guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: current) else {
      return current
    }
    let folder = current.lastIndex(of: "/").map { current[...$0] } ?? ""
    current = next.hasPrefix("/") ? next : folder + next
  }
  throw .file(path, "is a symbolic link that leads to no file", errno: ELOOP)
}

private func synchronize(_ descriptor: Int32) -> Bool {
  #if canImport(Darwin)
    // fsync alone leaves the data in the drive's own cache there.
    if fcntl(descriptor, F_FULLFSYNC) == 0 { return true }
  #endif
  return fsync(descriptor) == 0
}

/// Makes the new name last. The new file is in place by now, so that only a failing disk is worth an error.
private func synchronizeFolder(_ folder: String, _ path: String) throws(TorchError) {
  let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  defer { close(descriptor) }
  if !synchronize(descriptor), errno == EIO {
    throw .file(path, "is written, but its folder cannot be brought to the disk", errno: EIO)
  }
}

func kindOfFile(_ facts: stat) -> String {
  switch facts.st_mode & S_IFMT {
  case S_IFDIR: "a folder"
  case S_IFCHR, S_IFBLK: "a device"
  case S_IFIFO: "a pipe"
  case S_IFSOCK: "a socket"
  case S_IFREG: "a file"
  default: "not a regular file"
  }
}
