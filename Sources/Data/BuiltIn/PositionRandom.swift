/// Random numbers that depend on a key and a position alone, so that whoever draws at one position never waits for, nor
/// shifts, who draws at another: SplitMix64 (Steele, Lea and Flood 2014), started at a mixture of both.
struct PositionRandom {
  private var state: UInt64

  init(key: UInt64, position: Int) {
    state = Self.mixed(key ^ Self.mixed(UInt64(bitPattern: Int64(position)) &+ 0x9e37_79b9_7f4a_7c15))
  }

  mutating func bits() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mixed(state)
  }

  /// In [0, 1).
  mutating func uniform() -> Float { Float(bits() >> 40) * 0x1p-24 }

  mutating func uniform(_ low: Float, _ high: Float) -> Float { low + (high - low) * uniform() }

  mutating func chance(_ probability: Float) -> Bool { uniform() < probability }

  /// In 0..<limit, for limits far below 2³².
  mutating func integer(below limit: Int) -> Int {
    Int(((bits() >> 32) &* UInt64(limit)) >> 32)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
