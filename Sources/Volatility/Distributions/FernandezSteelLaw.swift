import Foundation

/// A symmetric law of variance 1 that can be skewed.
protocol SymmetricLaw: InnovationLaw {
  /// E|Z| and its derivative in the first shape parameter.
  var meanAbsolute: Double { get }
  var meanAbsoluteSlope: Double { get }
}

extension NormalLaw: SymmetricLaw {
  var meanAbsolute: Double { (2 / Double.pi).squareRoot() }
  var meanAbsoluteSlope: Double { 0 }
}

extension StudentTLaw: SymmetricLaw {}

/// Inverse scale factors on both sides of the mode (Fernández and Steel 1998), standardised as in Lambert and Laurent
/// (2001): with x = m + sz, ln(2/(ξ + 1/ξ)) + ln s + ln f₀(x ξ^(−sgn x)), m = M(ξ − 1/ξ),
/// s² = (1 − M²)(ξ² + ξ⁻²) + 2M² − 1 and M = E|Z₀|.
struct FernandezSteelLaw<Base: SymmetricLaw>: InnovationLaw {
  let base: Base
  let xi: Double
  /// Whether shape parameter 0 is the base's; ξ comes after it.
  private let hasBaseShape: Bool
  private let mean: Double
  private let deviation: Double
  private let logConstant: Double
  private let meanXi: Double
  private let deviationXi: Double
  private let logConstantXi: Double
  private let meanBase: Double
  private let deviationBase: Double

  init(_ base: Base, xi: Double, hasBaseShape: Bool) {
    self.base = base
    self.xi = xi
    self.hasBaseShape = hasBaseShape
    let first = base.meanAbsolute
    let slope = base.meanAbsoluteSlope
    let squares = xi * xi + 1 / (xi * xi)
    mean = first * (xi - 1 / xi)
    deviation = ((1 - first * first) * squares + 2 * first * first - 1).squareRoot()
    logConstant = log(2 / (xi + 1 / xi)) + log(deviation)
    meanXi = first * (1 + 1 / (xi * xi))
    deviationXi = (1 - first * first) * (xi - 1 / (xi * xi * xi)) / deviation
    logConstantXi = -(1 - 1 / (xi * xi)) / (xi + 1 / xi) + deviationXi / deviation
    meanBase = slope * (xi - 1 / xi)
    deviationBase = first * slope * (2 - squares) / deviation
  }

  var joint: Double { -mean / deviation }
  func logDensity(_ z: Double) -> Double {
    let x = mean + deviation * z
    return logConstant + base.logDensity(x < 0 ? x * xi : x / xi)
  }
  func derivatives(_ z: Double) -> LogDensityDerivatives {
    let x = mean + deviation * z
    let sign: Double = x < 0 ? -1 : 1
    let factor = x < 0 ? xi : 1 / xi
    let found = base.derivatives(x * factor)
    let ofXi =
      logConstantXi + found.slope * factor * (meanXi + deviationXi * z - sign * x / xi)
    guard hasBaseShape else {
      return .init(
        value: logConstant + found.value, slope: found.slope * deviation * factor, shape0: ofXi)
    }
    return .init(
      value: logConstant + found.value, slope: found.slope * deviation * factor,
      shape0: deviationBase / deviation + found.slope * factor * (meanBase + deviationBase * z)
        + found.shape0,
      shape1: ofXi)
  }
  func cdf(_ z: Double) -> Double {
    let x = mean + deviation * z
    let square = xi * xi
    return x < 0
      ? 2 / (1 + square) * base.cdf(x * xi) : 1 - 2 * square / (1 + square) * base.cdf(-x / xi)
  }
  func quantile(_ p: Double) -> Double {
    let square = xi * xi
    let x =
      p < 1 / (1 + square)
      ? base.quantile(0.5 * p * (1 + square)) / xi
      : -base.quantile(0.5 * (1 - p) * (1 + square) / square) * xi
    return (x - mean) / deviation
  }
  func sample(_ generator: inout some RandomNumberGenerator) -> Double {
    let size = abs(base.sample(&generator))
    let isRight = Draw.uniform(&generator) < xi * xi / (1 + xi * xi)
    return ((isRight ? size * xi : -size / xi) - mean) / deviation
  }
}
