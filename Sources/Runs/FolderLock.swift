import Command
import Foundation

/// A folder for one process: the kernel gives the lock back when the process ends, however it ends.
final class FolderLock {
  private let descriptor: Int32

  /// - Throws: ``CommandError`` naming the process that has it.
  init(_ folder: URL) throws(CommandError) {
    descriptor = open(Self.path(folder), O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Files.failure(folder.path, "cannot be written") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      var bytes = [UInt8](repeating: 0, count: 32)
      let count = max(0, pread(descriptor, &bytes, bytes.count, 0))
      close(descriptor)
      guard code == EWOULDBLOCK else {
        throw Files.failure(folder.path, "cannot be locked for this process alone", code)
      }
      let holder = Int(
        String(decoding: bytes[..<count], as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
      throw CommandError(
        "\(folder.path): is in use by \(holder.map { "process \($0)" } ?? "another process"); wait for it to end, or choose "
          + "another folder")
    }
    ftruncate(descriptor, 0)
    let text = Array("\(getpid())\n".utf8)
    guard pwrite(descriptor, text, text.count, 0) == text.count else {
      let error = Files.failure(folder.path, "cannot be written")
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// Whether another process, or another lock of this one, has the folder now.
  static func isHeld(_ folder: URL) -> Bool {
    let descriptor = open(path(folder), O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  private static func path(_ folder: URL) -> String { folder.appendingPathComponent(".lock").path }
}
