import Foundation

/// −½(ln 2π + z²).
struct NormalLaw: InnovationLaw {
  static let logRootTwoPi = 0.918938533204672741780329736406

  var joint: Double { 0 }
  func logDensity(_ z: Double) -> Double { -Self.logRootTwoPi - 0.5 * z * z }
  func derivatives(_ z: Double) -> LogDensityDerivatives { .init(value: logDensity(z), slope: -z) }
  func cdf(_ z: Double) -> Double { ReferenceDistribution.normal.probability(below: z) }
  func quantile(_ p: Double) -> Double { ReferenceDistribution.normal.quantile(p) }
  func sample(_ generator: inout some RandomNumberGenerator) -> Double { Draw.normal(&generator) }
}

/// Draws of the numbers that samples are built from.
enum Draw {
  /// In (0, 1).
  static func uniform(_ generator: inout some RandomNumberGenerator) -> Double {
    (Double(generator.next() >> 11) + 0.5) * 0x1p-53
  }

  /// Marsaglia's polar method.
  static func normal(_ generator: inout some RandomNumberGenerator) -> Double {
    while true {
      let u = 2 * uniform(&generator) - 1
      let v = 2 * uniform(&generator) - 1
      let s = u * u + v * v
      if s < 1, s > 0 { return u * (-2 * log(s) / s).squareRoot() }
    }
  }

  /// Gamma with the given shape and scale 1 (Marsaglia and Tsang 2000).
  static func gamma(_ shape: Double, _ generator: inout some RandomNumberGenerator) -> Double {
    if shape < 1 { return gamma(shape + 1, &generator) * pow(uniform(&generator), 1 / shape) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal(&generator)
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(uniform(&generator)) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }
}
