import CZlib

/// Unpacks deflated data piece by piece, so that who reads says how much is wanted before memory is asked for.
final class Inflater {
  enum Format: Int32 {
    /// Several members one after another count as one stream, as `gzip` takes them.
    case gzip = 31
    case zlib = 15
  }

  /// Deflate's shortest code, one bit for 258 bytes twice over, makes at most 1,032 bytes of one.
  static let maximumRatio = 1032

  private let name: String
  private let format: Format
  private let input: UnsafeMutableBufferPointer<UInt8>
  private let stream: UnsafeMutablePointer<z_stream>
  private var isAtEnd = false

  static func isGzip(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// - Parameter name: the file, for messages.
  init(_ bytes: ArraySlice<UInt8>, _ format: Format = .gzip, name: String) throws(DataError) {
    self.name = name
    self.format = format
    // zlib counts its input in 32 bits.
    guard bytes.count <= Int(UInt32.max) else {
      throw .file(name, "has more than 4 GiB of packed data; unpack it first")
    }
    input = .allocate(capacity: bytes.count)
    _ = input.initialize(from: bytes)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    stream.pointee.next_in = input.baseAddress
    stream.pointee.avail_in = UInt32(bytes.count)
    let code = inflateInit2_(stream, format.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw .file(name, "cannot be unpacked: zlib's code \(code)") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// The next bytes; fewer than `count` where the data ends.
  ///
  /// - Throws: ``DataError`` if the data is damaged or cut off, or could not hold so many bytes at all.
  func next(_ count: Int) throws(DataError) -> [UInt8] {
    guard count / Self.maximumRatio <= input.count else {
      throw .file(name, "is damaged: \(input.count) packed bytes cannot unpack to \(count)")
    }
    var result = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count, !isAtEnd {
      let wanted = min(count - done, 1 << 30)
      let (code, left) = result.withUnsafeMutableBufferPointer { buffer in
        stream.pointee.next_out = buffer.baseAddress! + done
        stream.pointee.avail_out = UInt32(wanted)
        return (inflate(stream, Z_NO_FLUSH), Int(stream.pointee.avail_out))
      }
      done += wanted - left
      try check(code, progressed: left < wanted)
    }
    if done < count { result.removeLast(count - done) }
    return result
  }

  /// Checks that nothing is left, and with it the sum at the end.
  func finish() throws(DataError) {
    guard try next(1).isEmpty else { throw .file(name, "is damaged: it goes on after its array") }
  }

  private func check(_ code: Int32, progressed: Bool) throws(DataError) {
    switch code {
    case Z_OK: return
    case Z_STREAM_END:
      guard stream.pointee.avail_in > 0 else {
        isAtEnd = true
        return
      }
      let rest = UnsafeBufferPointer(start: stream.pointee.next_in, count: Int(stream.pointee.avail_in))
      guard format == .gzip, Self.isGzip(rest), inflateReset(stream) == Z_OK else {
        throw .file(name, "is damaged: \(rest.count) bytes after its packed data belong to nothing")
      }
    case Z_BUF_ERROR:
      if stream.pointee.avail_in == 0 || !progressed {
        throw .file(name, "is cut off: its packed data does not end; get the file again")
      }
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib's code \(code)"
      throw .file(name, "is damaged: \(reason); get the file again")
    }
  }
}
