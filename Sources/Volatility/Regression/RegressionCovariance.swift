import Foundation

/// How many autocovariances a long-run variance with Bartlett weights 1 − j/(L+1) takes in.
public enum LagRule: Sendable, Equatable {
  case fixed(Int)
  /// L = ⌊4(T/100)^(2/9)⌋.
  case sampleSize
  /// Newey and West (1994): the plug-in bandwidth from n = ⌊4(T/100)^(2/9)⌋ autocovariances of the scores' sum, the
  /// intercept's left out; L = ⌊1.1447·((s₁/s₀)²·T)^(1/3)⌋.
  case neweyWest1994
  /// Andrews (1991): the plug-in bandwidth from a first-order autoregression of each score (its coefficient kept within
  /// ±0.97), the intercept's left out; L = ⌊1.1447·(α₁·T)^(1/3)⌋.
  case andrews1991

  /// - Parameters:
  ///   - scores: [T, k], x_t·u_t.
  ///   - weights: [k], of the columns in the automatic rules.
  /// - Throws: ``VolatilityError`` for a fixed number below 0, or of T and more.
  func lags(_ scores: Matrix, weights: [Double]) throws(VolatilityError) -> Int {
    let count = scores.rows
    switch self {
    case .fixed(let lags):
      guard lags >= 0, lags < count else {
        throw VolatilityError(
          .specification, "\(lags) Newey–West lags for \(count) observations: give 0 to \(count - 1).")
      }
      return lags
    case .sampleSize: return min(count - 1, LagRule.bySampleSize(count))
    case .neweyWest1994:
      let series = scores * weights
      let reach = min(count - 1, LagRule.bySampleSize(count))
      let gammas = (0...reach).map { autocovariance(series, $0) }
      let s0 = gammas[0] + 2 * gammas.dropFirst().reduce(0, +)
      let s1 = 2 * gammas.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
      return LagRule.whole(1.1447 * cbrt(s1 / s0 * (s1 / s0) * Double(count)), of: count)
    case .andrews1991:
      var above = 0.0
      var below = 0.0
      for j in 0..<scores.columns where weights[j] != 0 {
        let column = scores.column(j)
        let before = Array(column.dropLast())
        let after = Array(column.dropFirst())
        let square = dot(before, before)
        guard square > 0 else { continue }
        let rho = min(0.97, max(-0.97, dot(before, after) / square))
        let variance = zip(before, after).reduce(0) { $0 + pow($1.1 - rho * $1.0, 2) } / Double(after.count)
        above += weights[j] * 4 * rho * rho * variance * variance / (pow(1 - rho, 6) * pow(1 + rho, 2))
        below += weights[j] * variance * variance / pow(1 - rho, 4)
      }
      return LagRule.whole(1.1447 * cbrt(above / below * Double(count)), of: count)
    }
  }

  static func bySampleSize(_ count: Int) -> Int { Int(4 * pow(Double(count) / 100, 2.0 / 9)) }

  private static func whole(_ bandwidth: Double, of count: Int) -> Int {
    bandwidth.isFinite ? Int(min(Double(count - 1), bandwidth)) : 0
  }
}

/// T⁻¹ Σ x_t x_{t−lag}, about zero.
func autocovariance(_ x: [Double], _ lag: Int) -> Double {
  var sum = 0.0
  for t in lag..<x.count { sum += x[t] * x[t - lag] }
  return sum / Double(x.count)
}

/// Γ₀ + 2 Σ (1 − j/(L+1)) Γ_j about zero.
func longRunVariance(_ x: [Double], lags: Int) -> Double {
  var sum = autocovariance(x, 0)
  for lag in stride(from: 1, through: lags, by: 1) {
    sum += 2 * (1 - Double(lag) / Double(lags + 1)) * autocovariance(x, lag)
  }
  return sum
}

/// How the covariance of regression coefficients is estimated.
public enum RegressionCovariance: Sendable, Equatable {
  /// s²(XᵀX)⁻¹ with s² = uᵀu/(T − k).
  case classic
  /// White (1980).
  case hc0
  /// ``hc0`` times T/(T − k).
  case hc1
  /// Squared residuals over 1 − h_tt.
  case hc2
  /// Squared residuals over (1 − h_tt)².
  case hc3
  /// Newey and West (1987), with Bartlett weights; `smallSample` multiplies by T/(T − k).
  case hac(LagRule, smallSample: Bool)

  public static func neweyWest(lags: Int, smallSample: Bool = false) -> RegressionCovariance {
    .hac(.fixed(lags), smallSample: smallSample)
  }
  public static func neweyWest(_ rule: LagRule, smallSample: Bool = false) -> RegressionCovariance {
    .hac(rule, smallSample: smallSample)
  }

  /// - Returns: [k, k], and the Newey–West lags where it is of that kind.
  func matrix(
    _ design: Design, residuals u: [Double], inverseGram: Matrix
  ) throws(VolatilityError) -> (covariance: Matrix, lags: Int?) {
    let x = design.matrix
    let (count, k) = (x.rows, x.columns)
    let ratio = Double(count) / Double(count - k)
    func sandwich(_ meat: Matrix, _ factor: Double = 1) -> Matrix {
      factor * (inverseGram * meat * inverseGram)
    }
    switch self {
    case .classic: return (dot(u, u) / Double(count - k) * inverseGram, nil)
    case .hc0: return (sandwich(outerProducts(x, u)), nil)
    case .hc1: return (sandwich(outerProducts(x, u), ratio), nil)
    case .hc2, .hc3:
      var scaled = u
      for t in 0..<count {
        let row = Array(x.row(t))
        let left = 1 - dot(row, inverseGram * row)
        guard left > 1e-10 else {
          throw VolatilityError(
            .regression,
            "Row \(t + 1) alone determines a coefficient (leverage 1), where HC2 and HC3 are not defined: take HC1."
          )
        }
        scaled[t] /= self == .hc2 ? left.squareRoot() : left
      }
      return (sandwich(outerProducts(x, scaled)), nil)
    case .hac(let rule, let smallSample):
      var scores = x
      for t in 0..<count { for j in 0..<k { scores[t, j] *= u[t] } }
      var weights = [Double](repeating: 1, count: k)
      if design.hasIntercept, k > 1 { weights[0] = 0 }
      let lags = try rule.lags(scores, weights: weights)
      return (sandwich(longRunCovariance(scores, lags: lags), smallSample ? ratio : 1), lags)
    }
  }

  private func outerProducts(_ x: Matrix, _ u: [Double]) -> Matrix {
    var scores = x
    for t in 0..<x.rows { for j in 0..<x.columns { scores[t, j] *= u[t] } }
    return longRunCovariance(scores, lags: 0)
  }
}

/// T·Ω = Σ_t s_t s_tᵀ + Σ_j (1 − j/(L+1)) Σ_t (s_t s_{t−j}ᵀ + s_{t−j} s_tᵀ).
func longRunCovariance(_ scores: Matrix, lags: Int) -> Matrix {
  let k = scores.columns
  var sum = Matrix(rows: k, columns: k)
  for lag in 0...lags {
    let weight = 1 - Double(lag) / Double(lags + 1)
    var gamma = Matrix(rows: k, columns: k)
    for t in lag..<scores.rows {
      for a in 0..<k { for b in 0..<k { gamma[a, b] += scores[t, a] * scores[t - lag, b] } }
    }
    sum = sum + weight * (lag == 0 ? gamma : gamma + gamma.transposed)
  }
  return sum
}
