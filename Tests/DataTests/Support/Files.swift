import CZlib
import Foundation
import PeerSupport
import Testing

@testable import Data

extension TemporaryFolder {
  var path: String { url.path }

  /// Writes a file, making folders above it, and returns its path.
  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let target = file(name)
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Foundation.Data(bytes).write(to: target)
    return target.path
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}

/// Gzip or zlib data.
func deflated(_ bytes: [UInt8], _ format: Inflater.Format = .gzip, level: Int32 = 6) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, level, Z_DEFLATED, format.rawValue, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
  let count = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      deflate(&stream, Z_FINISH)
      return output.count - Int(stream.avail_out)
    }
  }
  return Array(output.prefix(count))
}

/// The bytes of an IDX file.
func idx(_ shape: [Int], _ bytes: [UInt8], type: UInt8 = 8) -> [UInt8] {
  [0, 0, type, UInt8(shape.count)] + shape.flatMap { bigEndian($0) } + bytes
}

func bigEndian(_ number: Int) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
}

/// Bytes that look like noise but are the same each time.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var random = SplitMix(seed)
  return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
}

/// Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A picture of noise, or of one value.
func picture(_ width: Int, _ height: Int, channels: Int = 3, seed: UInt64 = 1, value: UInt8? = nil) -> Picture
{
  let count = width * height * channels
  return Picture(
    width: width, height: height, channels: channels,
    pixels: value.map { Array(repeating: $0, count: count) } ?? noise(count, seed: seed))
}

/// Runs the body, which must throw a ``DataError`` whose message has all these parts.
func expectError<Result>(
  _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Result
) {
  do {
    _ = try body()
    Issue.record("nothing was thrown; expected an error with \(parts)", sourceLocation: sourceLocation)
  } catch let error as DataError {
    for part in parts {
      #expect(error.message.contains(part), "\(error.message)", sourceLocation: sourceLocation)
    }
  } catch {
    Issue.record("\(error) is no DataError", sourceLocation: sourceLocation)
  }
}

/// Every truncation of the bytes, or some of many, must be refused with an error that names the file.
func expectTruncationsRefused(
  _ bytes: [UInt8], most: Int = 400, sourceLocation: SourceLocation = #_sourceLocation,
  _ parse: ([UInt8], String) throws -> Void
) {
  let step = max(1, bytes.count / most)
  for length in stride(from: 0, to: bytes.count, by: step) {
    do {
      try parse(Array(bytes.prefix(length)), "some/file")
      Issue.record("\(length) of \(bytes.count) bytes were accepted", sourceLocation: sourceLocation)
    } catch let error as DataError {
      #expect(error.message.hasPrefix("some/file"), "\(error.message)", sourceLocation: sourceLocation)
    } catch {
      Issue.record("\(error) is no DataError", sourceLocation: sourceLocation)
    }
  }
}
