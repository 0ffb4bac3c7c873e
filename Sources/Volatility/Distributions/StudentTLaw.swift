import Foundation

/// Student's t with ν > 2 degrees of freedom, scaled to variance 1:
/// ln Γ((ν+1)/2) − ln Γ(ν/2) − ½ ln(π(ν−2)) − (ν+1)/2 · ln(1 + z²/(ν−2)).
struct StudentTLaw: InnovationLaw {
  let nu: Double
  private let logConstant: Double
  private let logConstantSlope: Double
  private let toFreedom: Double
  /// ½(ν+1) and 1/(ν−2).
  private let exponent: Double
  private let inverse: Double

  init(nu: Double) {
    self.nu = nu
    logConstant =
      Functions.logGamma(0.5 * (nu + 1)) - Functions.logGamma(0.5 * nu) - 0.5 * log(Double.pi * (nu - 2))
    logConstantSlope =
      0.5 * (Functions.digamma(0.5 * (nu + 1)) - Functions.digamma(0.5 * nu) - 1 / (nu - 2))
    toFreedom = (nu / (nu - 2)).squareRoot()
    exponent = 0.5 * (nu + 1)
    inverse = 1 / (nu - 2)
  }

  /// E|Z| = 2√(ν−2) Γ((ν+1)/2) / ((ν−1) √π Γ(ν/2)).
  var meanAbsolute: Double {
    2 * (nu - 2).squareRoot() / ((nu - 1) * Double.pi.squareRoot())
      * exp(Functions.logGamma(0.5 * (nu + 1)) - Functions.logGamma(0.5 * nu))
  }
  /// ∂ E|Z| / ∂ν.
  var meanAbsoluteSlope: Double {
    meanAbsolute
      * (0.5 / (nu - 2) - 1 / (nu - 1)
        + 0.5 * (Functions.digamma(0.5 * (nu + 1)) - Functions.digamma(0.5 * nu)))
  }

  var joint: Double { 0 }
  func logDensity(_ z: Double) -> Double { logConstant - exponent * log1p(z * z * inverse) }
  func derivatives(_ z: Double) -> LogDensityDerivatives {
    let square = z * z
    let logarithm = log1p(square * inverse)
    let share = 1 / (nu - 2 + square)
    return .init(
      value: logConstant - exponent * logarithm, slope: -(nu + 1) * z * share,
      shape0: logConstantSlope - 0.5 * logarithm + exponent * square * inverse * share)
  }
  func total(_ z: UnsafePointer<Double>, count: Int) -> Double {
    var logs = LogarithmSum()
    for t in 0..<count { logs.add(1 + z[t] * z[t] * inverse) }
    return Double(count) * logConstant - exponent * logs.value
  }
  func total(_ z: UnsafePointer<Double>, count: Int, slopes: UnsafeMutablePointer<Double>)
    -> (value: Double, shape0: Double, shape1: Double)
  {
    var logs = LogarithmSum()
    var shares = 0.0
    let factor = -(nu + 1)
    for t in 0..<count {
      let square = z[t] * z[t]
      let share = 1 / (nu - 2 + square)
      logs.add(1 + square * inverse)
      slopes[t] = factor * z[t] * share
      shares += square * share
    }
    let n = Double(count)
    return (
      n * logConstant - exponent * logs.value,
      n * logConstantSlope - 0.5 * logs.value + exponent * inverse * shares, 0
    )
  }
  func cdf(_ z: Double) -> Double {
    ReferenceDistribution.studentT(freedom: nu).probability(below: z * toFreedom)
  }
  func quantile(_ p: Double) -> Double {
    ReferenceDistribution.studentT(freedom: nu).quantile(p) / toFreedom
  }
  func sample(_ generator: inout some RandomNumberGenerator) -> Double {
    let normal = Draw.normal(&generator)
    return normal * ((nu - 2) / (2 * Draw.gamma(0.5 * nu, &generator))).squareRoot()
  }
}
