import Foundation
import PeerSupport
import Testing

@testable import Torch

/// The values as they lie in memory row by row, for comparisons that neither NaN nor -0 upset.
func bits(_ tensor: Tensor) -> [UInt8] {
  tensor.detach().to(.cpu).contiguous().withUnsafeBytes { Array($0) }
}

/// A tensor of any type with bits that differ from element to element.
func sample(_ shape: [Int], _ dtype: DType, seed: Int = 1) -> Tensor {
  let tensor = Tensor.empty(shape, dtype: dtype)
  tensor.withUnsafeMutableBytes { bytes in
    for index in bytes.indices {
      let byte = UInt8(truncatingIfNeeded: (index + seed) &* 0x9E37 >> 3)
      bytes[index] = dtype == .bool ? byte & 1 : byte
    }
  }
  return tensor
}

func expectSame(
  _ found: Tensor?, _ expected: Tensor, _ comment: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let found else {
    Issue.record(comment ?? "there is no such tensor", sourceLocation: sourceLocation)
    return
  }
  #expect(found.dtype == expected.dtype, comment, sourceLocation: sourceLocation)
  #expect(found.shape == expected.shape, comment, sourceLocation: sourceLocation)
  #expect(found.isContiguous(), comment, sourceLocation: sourceLocation)
  #expect(bits(found) == bits(expected), comment, sourceLocation: sourceLocation)
}

/// Expects a failure of that kind whose message has all of the texts.
func expectRefusal(
  _ texts: String..., kind: TorchError.Kind = .file, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("nothing was refused; expected: \(texts)", sourceLocation: sourceLocation)
  } catch let error as TorchError {
    #expect(error.kind == kind, "\(error)", sourceLocation: sourceLocation)
    for text in texts {
      #expect(error.message.contains(text), "\(error)", sourceLocation: sourceLocation)
    }
  } catch {
    Issue.record("\(error) is not a TorchError", sourceLocation: sourceLocation)
  }
}

extension TemporaryFolder {
  func write(_ bytes: some Sequence<UInt8>, _ name: String = "file") throws -> URL {
    let url = file(name)
    // Writing over a file makes some file systems wait for the disk, which thousands of them would feel.
    unlink(url.path)
    try Data(bytes).write(to: url)
    return url
  }

  var contents: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
  }
}

/// A generator with a seed, so that failures come again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// The bytes with one to four changes: bits flipped, bytes replaced, removed, inserted or moved.
func mutated(
  _ bytes: [UInt8], _ random: inout SplitMix, within region: Int, changes: ClosedRange<Int> = 1...4
) -> [UInt8] {
  var result = bytes
  let interesting = Array("{}[]()\",:0123456789-.eE\\u'TF ".utf8) + [0, 1, 0x7F, 0x80, 0xFF]
  for _ in 0..<Int.random(in: changes, using: &random) {
    guard !result.isEmpty else { return result }
    let place = Int.random(in: 0..<min(region, result.count), using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: result[place] = interesting.randomElement(using: &random)!
    case 2: result.remove(at: place)
    case 3: result.insert(interesting.randomElement(using: &random)!, at: place)
    case 4: result.removeSubrange(place..<min(result.count, place + Int.random(in: 1...16, using: &random)))
    default:
      let part = Array(result[place..<min(result.count, place + Int.random(in: 1...16, using: &random))])
      result.insert(contentsOf: part, at: Int.random(in: 0...min(region, result.count), using: &random))
    }
  }
  return result
}
