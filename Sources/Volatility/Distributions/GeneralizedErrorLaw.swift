import Foundation

/// The generalised error distribution (Nelson 1991): ln ν − ln c − ln Γ(1/ν) − (1 + 1/ν) ln 2 − ½|z/c|^ν,
/// ln c = ½(−(2/ν) ln 2 + ln Γ(1/ν) − ln Γ(3/ν)). ν = 2 is the normal, ν = 1 the Laplace distribution.
struct GeneralizedErrorLaw: InnovationLaw {
  let nu: Double
  private let scale: Double
  private let logScaleSlope: Double
  private let logConstant: Double
  private let logConstantSlope: Double

  init(nu: Double) {
    self.nu = nu
    let ln2 = 0.693147180559945309417232121458
    let logScale =
      0.5 * (-2 / nu * ln2 + Functions.logGamma(1 / nu) - Functions.logGamma(3 / nu))
    scale = exp(logScale)
    logScaleSlope =
      0.5 * (2 * ln2 - Functions.digamma(1 / nu) + 3 * Functions.digamma(3 / nu)) / (nu * nu)
    logConstant = log(nu) - logScale - Functions.logGamma(1 / nu) - (1 + 1 / nu) * ln2
    logConstantSlope = 1 / nu - logScaleSlope + (Functions.digamma(1 / nu) + ln2) / (nu * nu)
  }

  var joint: Double { 0 }
  func logDensity(_ z: Double) -> Double { logConstant - 0.5 * pow(abs(z) / scale, nu) }
  func derivatives(_ z: Double) -> LogDensityDerivatives {
    let ratio = abs(z) / scale
    guard ratio > 0 else { return .init(value: logConstant, slope: 0, shape0: logConstantSlope) }
    let logarithm = log(ratio)
    let power = exp(nu * logarithm)
    return .init(
      value: logConstant - 0.5 * power, slope: -0.5 * nu * power / z,
      shape0: logConstantSlope - 0.5 * power * (logarithm - nu * logScaleSlope))
  }
  func cdf(_ z: Double) -> Double {
    let half = 0.5 * Functions.incompleteGamma(1 / nu, at: 0.5 * pow(abs(z) / scale, nu))
    return z < 0 ? 0.5 - half : 0.5 + half
  }
  func quantile(_ p: Double) -> Double {
    let size = scale * pow(2 * Functions.inverseIncompleteGamma(1 / nu, of: abs(2 * p - 1)), 1 / nu)
    return p < 0.5 ? -size : size
  }
  func sample(_ generator: inout some RandomNumberGenerator) -> Double {
    let size = scale * pow(2 * Draw.gamma(1 / nu, &generator), 1 / nu)
    return generator.next() & 1 == 0 ? -size : size
  }
}
