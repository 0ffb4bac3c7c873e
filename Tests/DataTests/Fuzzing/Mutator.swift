/// Damages bytes in the ways that files are damaged and attacked.
struct Mutator {
  private var random: SplitMix

  init(seed: UInt64) { random = SplitMix(seed) }

  mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(random.next() % UInt64(bound)) }

  mutating func mutated(_ original: [UInt8], _ other: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0...below(4) { mutate(&bytes, other) }
    return bytes
  }

  /// Beginnings, where lengths are, more often than the rest.
  private mutating func place(_ count: Int) -> Int { below(2) == 0 ? below(min(count, 64)) : below(count) }

  private mutating func mutate(_ bytes: inout [UInt8], _ other: [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = other
      return
    }
    let position = place(bytes.count)
    switch below(9) {
    case 0: bytes[position] ^= 1 << UInt8(below(8))
    case 1: bytes[position] = UInt8(below(256))
    case 2: bytes[position] = [0, 1, 0x7F, 0x80, 0xFF][below(5)]
    case 3:  // a number of four bytes at an edge
      let edges: [UInt32] = [0, 1, 0x7F, 0xFF, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF]
      let value = edges[below(edges.count)]
      let isBig = below(2) == 0
      for byte in 0..<min(4, bytes.count - position) {
        bytes[position + byte] = UInt8(truncatingIfNeeded: value >> UInt32(isBig ? 24 - 8 * byte : 8 * byte))
      }
    case 4: bytes.removeLast(below(bytes.count))
    case 5: bytes.removeSubrange(position..<min(bytes.count, position + 1 + below(32)))
    case 6:
      let start = place(bytes.count)
      bytes.insert(contentsOf: Array(bytes[start..<min(bytes.count, start + 1 + below(64))]), at: position)
    case 7: bytes.insert(contentsOf: (0..<1 + below(16)).map { _ in UInt8(below(256)) }, at: position)
    default:  // the beginning of one file, the end of another
      guard !other.isEmpty else { return }
      bytes = Array(bytes[..<position]) + other[below(other.count)...]
    }
  }
}
