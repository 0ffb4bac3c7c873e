import Command
import Foundation

/// Does a short piece of work on a folder's files, one process at a time: it waits until no other one is at such work there.
/// A run that holds the folder (``RunFolder``) is not waited for.
///
/// ```swift
/// try changing(folder) {
///   var all = try read(folder)
///   all.append(one)
///   try write(all, folder)
/// }
/// ```
///
/// - Throws: ``CommandError`` if the folder cannot be written or locked; or what `body` throws.
public func changing<Result>(_ folder: URL, _ body: () throws -> Result) throws -> Result {
  // The kernel gives the lock back when the process ends, however it ends.
  let descriptor = open(folder.appendingPathComponent(".change").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else { throw Files.failure(folder.path, "cannot be written") }
  defer { close(descriptor) }
  while flock(descriptor, LOCK_EX) != 0 {
    guard errno == EINTR else { throw Files.failure(folder.path, "cannot be locked for this process alone") }
  }
  return try body()
}
