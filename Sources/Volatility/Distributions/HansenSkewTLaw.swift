import Foundation

/// The skewed t of Hansen (1994): ln b + ln c − (ν+1)/2 · ln(1 + y²/(ν−2)), y = (bz + a)/(1 + λ sgn(z + a/b)),
/// c = Γ((ν+1)/2)/(√(π(ν−2)) Γ(ν/2)), a = 4λc(ν−2)/(ν−1), b² = 1 + 3λ² − a².
struct HansenSkewTLaw: InnovationLaw {
  let nu: Double
  let lambda: Double
  private let base: StudentTLaw
  private let a: Double
  private let b: Double
  private let logConstant: Double
  /// Derivatives in ν and λ.
  private let aNu: Double
  private let bNu: Double
  private let logConstantNu: Double
  private let aLambda: Double
  private let bLambda: Double

  init(nu: Double, lambda: Double) {
    self.nu = nu
    self.lambda = lambda
    base = StudentTLaw(nu: nu)
    let logC =
      Functions.logGamma(0.5 * (nu + 1)) - Functions.logGamma(0.5 * nu) - 0.5 * log(Double.pi * (nu - 2))
    let logCNu = 0.5 * (Functions.digamma(0.5 * (nu + 1)) - Functions.digamma(0.5 * nu) - 1 / (nu - 2))
    aLambda = 4 * exp(logC) * (nu - 2) / (nu - 1)
    a = aLambda * lambda
    b = (1 + 3 * lambda * lambda - a * a).squareRoot()
    bLambda = (3 * lambda - a * aLambda) / b
    aNu = a * (logCNu + 1 / (nu - 2) - 1 / (nu - 1))
    bNu = -a * aNu / b
    logConstant = log(b) + logC
    logConstantNu = bNu / b + logCNu
  }

  var joint: Double { -a / b }
  func logDensity(_ z: Double) -> Double {
    let shifted = b * z + a
    let y = shifted / (shifted < 0 ? 1 - lambda : 1 + lambda)
    return logConstant - 0.5 * (nu + 1) * log1p(y * y / (nu - 2))
  }
  func derivatives(_ z: Double) -> LogDensityDerivatives {
    let shifted = b * z + a
    let sign: Double = shifted < 0 ? -1 : 1
    let inverse = 1 / (1 + sign * lambda)
    let y = shifted * inverse
    let square = y * y
    let logarithm = log1p(square / (nu - 2))
    let share = (nu + 1) / (nu - 2 + square)
    let yNu = (bNu * z + aNu) * inverse
    let yLambda = (bLambda * z + aLambda - sign * y) * inverse
    return .init(
      value: logConstant - 0.5 * (nu + 1) * logarithm, slope: -share * y * b * inverse,
      shape0: logConstantNu - 0.5 * logarithm - share * (y * yNu - 0.5 * square / (nu - 2)),
      shape1: bLambda / b - share * y * yLambda)
  }
  func total(_ z: UnsafePointer<Double>, count: Int, slopes: UnsafeMutablePointer<Double>)
    -> (value: Double, shape0: Double, shape1: Double)
  {
    var logs = LogarithmSum()
    var (ofNu, ofLambda) = (0.0, 0.0)
    let inverses = (1 / (1 - lambda), 1 / (1 + lambda))
    let width = 1 / (nu - 2)
    for t in 0..<count {
      let shifted = b * z[t] + a
      let isBelow = shifted < 0
      let sign: Double = isBelow ? -1 : 1
      let inverse = isBelow ? inverses.0 : inverses.1
      let y = shifted * inverse
      let square = y * y
      logs.add(1 + square * width)
      let share = (nu + 1) / (nu - 2 + square)
      slopes[t] = -share * y * b * inverse
      ofNu -= share * (y * (bNu * z[t] + aNu) * inverse - 0.5 * square * width)
      ofLambda -= share * y * (bLambda * z[t] + aLambda - sign * y) * inverse
    }
    let n = Double(count)
    return (
      n * logConstant - 0.5 * (nu + 1) * logs.value, n * logConstantNu - 0.5 * logs.value + ofNu,
      n * bLambda / b + ofLambda
    )
  }
  func cdf(_ z: Double) -> Double {
    let shifted = b * z + a
    return shifted < 0
      ? (1 - lambda) * base.cdf(shifted / (1 - lambda))
      : 1 - (1 + lambda) * base.cdf(-shifted / (1 + lambda))
  }
  func quantile(_ p: Double) -> Double {
    p < 0.5 * (1 - lambda)
      ? ((1 - lambda) * base.quantile(p / (1 - lambda)) - a) / b
      : (-(1 + lambda) * base.quantile((1 - p) / (1 + lambda)) - a) / b
  }
  func sample(_ generator: inout some RandomNumberGenerator) -> Double {
    let size = abs(base.sample(&generator))
    let isRight = Draw.uniform(&generator) < 0.5 * (1 + lambda)
    return ((isRight ? (1 + lambda) * size : -(1 - lambda) * size) - a) / b
  }
}
