import Foundation

/// A file seen as memory: read page by page when it is touched, and given back when the last reference is gone.
///
/// Changes in that memory are private to this process and never reach the file. The file must not be shortened while it
/// is mapped: touching what is gone then stops the program. ``writeAtomically(to:_:)`` replaces files and leaves what is
/// mapped alone.
///
/// It is not `Sendable`, as tensors over it may change its memory.
public final class MappedFile {
  /// As it was opened.
  public let path: String

  /// The whole file; without a base address if it is empty. It is there as long as this object: who uses it keeps that.
  let bytes: UnsafeMutableRawBufferPointer

  /// - Throws: ``TorchError`` of kind `.file` if there is no such file, it may not be read, or is a folder, a pipe or a
  ///   device.
  public init(reading url: URL) throws(TorchError) {
    let path = try filePath(url)
    self.path = path
    // Without waiting, as a pipe would else hold the program until somebody writes to it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .file(path, "cannot be read", errno: errno) }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw .file(path, "cannot be read", errno: errno) }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw .file(path, "is \(kindOfFile(facts)), and not a file that can be read")
    }
    let count = Int(facts.st_size)
    guard count > 0 else {
      bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
      return
    }
    // Without a reserve for changes, as files may be larger than the memory.
    let start = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, descriptor, 0)
    guard let start, start != MAP_FAILED else { throw .file(path, "cannot be mapped", errno: errno) }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: count)
  }

  /// The length of the file in bytes.
  public var count: Int { bytes.count }

  /// The whole file, without a base address if it is empty. What lies over it beyond `body` must hold this object, as
  /// ``Tensor/init(over:shape:dtype:owner:file:line:)`` does.
  public func withUnsafeMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(bytes)
  }

  deinit {
    if let start = bytes.baseAddress { munmap(start, bytes.count) }
  }
}
