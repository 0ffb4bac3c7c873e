import Foundation

/// One of 2⁶⁴ streams of a seed: xoshiro256++ (Blackman and Vigna 2021), begun by SplitMix64. What a stream gives depends
/// on the seed and its number alone, so that work can be shared among threads in any way.
struct RandomStream: RandomNumberGenerator {
  private var a: UInt64
  private var b: UInt64
  private var c: UInt64
  private var d: UInt64

  init(seed: UInt64, stream: UInt64 = 0) {
    // Both numbers are spread over all bits first, so that neighbours have nothing in common.
    var state = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ Self.mix(stream &* 0xD1B5_4A32_D192_ED03 &+ 1)
    func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      return Self.mix(state)
    }
    (a, b, c, d) = (next(), next(), next(), next())
  }

  /// The finaliser of SplitMix64.
  static func mix(_ x: UInt64) -> UInt64 {
    var z = x
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  @inline(__always) mutating func next() -> UInt64 {
    let sum = a &+ d
    let result = ((sum << 23) | (sum >> 41)) &+ a
    let shifted = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 45) | (d >> 19)
    return result
  }

  /// In (0, 1).
  @inline(__always) mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

  /// 0 ..< bound, by the high half of a product; the bias is below bound/2⁶⁴.
  @inline(__always) mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}

/// Normal draws by the ziggurat of 256 layers (Marsaglia and Tsang 2000).
final class Ziggurat: @unchecked Sendable {
  static let normal = Ziggurat()
  private static let edge = 3.6541528853610088
  /// Right ends of the layers, from the base with its tail to the top, and exp(−½x²) there.
  fileprivate let x: UnsafeMutablePointer<Double>
  fileprivate let density: UnsafeMutablePointer<Double>

  private init() {
    x = .allocate(capacity: 257)
    density = .allocate(capacity: 257)
    let edge = Self.edge
    let height = exp(-0.5 * edge * edge)
    let area = edge * height + (0.5 * Double.pi).squareRoot() * erfc(edge / 2.0.squareRoot())
    x[0] = area / height
    x[1] = edge
    for i in 1..<255 { x[i + 1] = (-2 * log(exp(-0.5 * x[i] * x[i]) + area / x[i])).squareRoot() }
    x[256] = 0
    for i in 0...256 { density[i] = exp(-0.5 * x[i] * x[i]) }
  }

  @inline(__always) func draw(_ stream: inout RandomStream) -> Double {
    let bits = stream.next()
    let layer = Int(truncatingIfNeeded: bits & 255)
    // Between −1 and 1; the lowest bits chose the layer.
    let u = Double(Int64(bitPattern: bits) >> 11) * 0x1p-52
    let value = u * x[layer]
    return abs(value) < x[layer + 1] ? value : reject(layer, value, &stream)
  }

  @inline(never) private func reject(_ layer: Int, _ first: Double, _ stream: inout RandomStream) -> Double {
    var layer = layer
    var value = first
    while true {
      if layer == 0 {
        var beyond: Double
        repeat {
          beyond = -log(stream.uniform()) / Self.edge
        } while -2 * log(stream.uniform()) < beyond * beyond
        return value < 0 ? -Self.edge - beyond : Self.edge + beyond
      }
      let height = density[layer] + stream.uniform() * (density[layer + 1] - density[layer])
      if height < exp(-0.5 * value * value) { return value }
      let bits = stream.next()
      layer = Int(truncatingIfNeeded: bits & 255)
      value = Double(Int64(bitPattern: bits) >> 11) * 0x1p-52 * x[layer]
      if abs(value) < x[layer + 1] { return value }
    }
  }
}

/// Draws of many innovations at once.
struct InnovationSampler: Sendable {
  let distribution: InnovationDistribution
  let shape: [Double]

  func fill(_ z: UnsafeMutablePointer<Double>, _ count: Int, _ given: inout RandomStream) {
    var stream = given
    defer { given = stream }
    let ziggurat = Ziggurat.normal
    switch distribution {
    case .normal: for k in 0..<count { z[k] = ziggurat.draw(&stream) }
    case .studentT:
      // z = N √((ν−2)/χ²), χ²/2 by Marsaglia's and Tsang's gamma.
      let nu = shape[0]
      let d = 0.5 * nu - 1.0 / 3
      let c = 1 / (9 * d).squareRoot()
      for k in 0..<count {
        var gamma = 0.0
        while true {
          let n = ziggurat.draw(&stream)
          let root = 1 + c * n
          guard root > 0 else { continue }
          let v = root * root * root
          let u = stream.uniform()
          let square = n * n
          if u < 1 - 0.0331 * square * square || log(u) < 0.5 * square + d - d * v + d * log(v) {
            gamma = d * v
            break
          }
        }
        z[k] = ziggurat.draw(&stream) * (0.5 * (nu - 2) / gamma).squareRoot()
      }
    case .skewT, .skewedNormal, .skewedT, .generalizedError:
      distribution.withLaw(shape) { law in for k in 0..<count { z[k] = law.sample(&stream) } }
    }
  }
}
