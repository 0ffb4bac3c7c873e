import Foundation

/// eˣ in line, to about a unit in the last place for |x| < 700: where a loop waits for each exponential, what a call would
/// have it save and load again costs as much as the exponential.
///
/// x = (k/64 + …) ln 2 + r with |r| ≤ ln 2/128: 2^(k/64) from a table and Taylor's series of eʳ to the fifth power.
struct Exponential {
  /// 2^(i/64).
  private nonisolated(unsafe) static let table: UnsafePointer<Double> = {
    let values = UnsafeMutablePointer<Double>.allocate(capacity: 64)
    for i in 0..<64 { values[i] = Foundation.exp2(Double(i) / 64) }
    return UnsafePointer(values)
  }()

  private let table = Self.table

  @inline(__always) func callAsFunction(_ x: Double) -> Double {
    // Adding it rounds to a whole number, which then stands in the lowest bits.
    let shift = 0x1.8p52
    let shifted = x * 92.332482616893656877 + shift
    let k = shifted - shift
    let index = shifted.bitPattern
    // ln 2/64, its upper part with 32 bits, so that its product with k is exact.
    let r = (x - k * 0x1.62e42feep-7) - k * 0x1.a39ef35793c76p-39
    let square = r * r
    let series = r + square * ((0.5 + r * (1.0 / 6)) + square * ((1.0 / 24) + r * (1.0 / 120)))
    let power = table[Int(index & 63)]
    let value = power + power * series
    return Double(bitPattern: value.bitPattern &+ (index >> 6) << 52)
  }
}
