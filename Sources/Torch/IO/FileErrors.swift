import Foundation

// How every reader and writer here says what went wrong: the path first, then what was found, what was expected and
// what to do.

extension TorchError {
  static func file(_ path: String, _ message: String) -> TorchError {
    TorchError(kind: .file, message: "\(path): \(message)")
  }

  /// What a system call refused: `code` is its `errno`.
  static func file(_ path: String, _ action: String, errno code: Int32) -> TorchError {
    let advice =
      switch code {
      case ENOENT, ENOTDIR: "; check the path, and that its folder exists"
      case EACCES, EPERM, EROFS: "; check the permissions, or choose another folder"
      case ENOSPC, EDQUOT: "; free some space, or choose another folder"
      default: ""
      }
    return .file(path, "\(action): \(String(cString: strerror(code)))\(advice)")
  }
}

/// The path of a file URL, as system calls take it.
func filePath(_ url: URL) throws(TorchError) -> String {
  guard url.isFileURL else {
    throw TorchError(
      kind: .file, message: "\(url.absoluteString) is not a file's URL: make it with URL(fileURLWithPath:)")
  }
  let path = url.absoluteURL.path
  // A C string would end at the zero and name another file; Foundation leaves it escaped.
  guard !path.isEmpty, !path.utf8.contains(0), !url.absoluteString.contains("%00") else {
    throw .file(quoted(path), "a path must have at least one character and none that is zero")
  }
  return path
}

/// The bytes that elements of `size` bytes in that shape take; nil if they are too many for 64 bits, also where a
/// length of zero hides it: libtorch multiplies the other lengths for its strides.
func byteCount(shape: [Int], elementSize size: Int) -> Int? {
  var bytes = size
  for length in shape where length != 0 {
    let (product, overflow) = bytes.multipliedReportingOverflow(by: length)
    if overflow || length < 0 { return nil }
    bytes = product
  }
  return shape.contains(0) ? 0 : bytes
}

/// The most dimensions that libtorch's operations take.
let maximumRank = 64

/// Runs tensor operations whose failures are the caller's to handle.
func tensorErrors<Result>(_ body: () -> Result) throws(TorchError) -> Result {
  do {
    return try catchingTorchErrors(body)
  } catch let error as TorchError {
    throw error
  } catch {
    throw TorchError(kind: .other, message: "\(error)")
  }
}

#if !_endian(little)
  #error("the file formats here are read and written as little-endian memory")
#endif
