import Foundation

/// σ^δ_t = ω_t + Σ α_i (|ε_{t−i}| − γ_i ε_{t−i})^δ + Σ β_j σ^δ_{t−j} (Ding, Granger and Engle 1993).
///
/// Before the sample |ε| − γε and σ are the root of the presample value.
struct APARCH: VarianceProcess {
  let p: Int
  let o: Int
  let q: Int

  private var alpha: Int { 1 }
  private var gamma: Int { 1 + p }
  private var beta: Int { 1 + p + o }
  private var delta: Int { 1 + p + o + q }

  var parameters: [ParameterSpecification] {
    [.init(name: "omega", lower: 0, upper: 100, scale: 0.01)]
      + lagged("alpha", p).map { .init(name: $0, lower: 0, upper: 1, scale: 0.05) }
      + lagged("gamma", o).map { .init(name: $0, lower: -0.9997, upper: 0.9997, scale: 0.1) }
      + lagged("beta", q).map { .init(name: $0, lower: 0, upper: 1, scale: 0.1) }
      + [.init(name: "delta", lower: 0.05, upper: 4, scale: 0.5)]
  }

  var inequalities: [LinearInequality] {
    var row = [Double](repeating: 0, count: 2 + p + o + q)
    for i in 0..<p { row[alpha + i] = 1 }
    for j in 0..<q { row[beta + j] = 1 }
    return [.init(coefficients: row, bound: 1, isStationarity: true)]
  }

  func begin(_ theta: UnsafePointer<Double>, _ r: Recursion, gradient: Bool) -> Bool {
    r.extraColumn = r.varianceStart + delta
    return r.presample > 0
  }

  func scan(
    _ range: Range<Int>, _ theta: UnsafePointer<Double>, _ r: Recursion, gradient: Bool
  ) -> Bool {
    let d = theta[delta]
    let logBefore = log(r.presample)
    let before = exp(0.5 * d * logBefore)
    /// ∂before in the presample value and in δ.
    let beforeSlope = 0.5 * d * before / r.presample
    let beforeDelta = 0.5 * logBefore * before
    for t in range {
      let row = r.stateRow(t)
      let columns = r.varianceColumns(row)
      var s = r.intercept[t]
      if gradient {
        r.beginRow(t, row)
      }
      for i in 0..<p {
        let at = t - 1 - i
        let a = theta[alpha + i]
        guard at >= 0 else {
          s += a * before
          if gradient {
            columns[alpha + i] += before
            columns[delta] += a * beforeDelta
            r.add(a * beforeSlope, r.presampleSlopes, to: row)
          }
          continue
        }
        let residual = r.residuals[at]
        let g = i < o ? theta[gamma + i] : 0
        let size = abs(residual) - g * residual
        guard size > 0 else { continue }
        let logarithm = log(size)
        let value = exp(d * logarithm)
        s += a * value
        guard gradient else { continue }
        let ofSize = a * d * value / size
        columns[alpha + i] += value
        columns[delta] += a * value * logarithm
        if i < o { columns[gamma + i] -= ofSize * residual }
        r.add(ofSize * ((residual < 0 ? -1 : 1) - g), r.residualRow(at), to: row)
      }
      for j in 0..<q {
        let at = t - 1 - j
        let b = theta[beta + j]
        let value = at >= 0 ? r.state[at] : before
        s += b * value
        guard gradient else { continue }
        columns[beta + j] += value
        if at >= 0 {
          r.add(b, r.stateRow(at), to: row)
        } else {
          columns[delta] += b * beforeDelta
          r.add(b * beforeSlope, r.presampleSlopes, to: row)
        }
      }
      guard s > 0, s < .infinity else { return false }
      r.state[t] = s
      let logVariance = 2 / d * log(s)
      guard abs(logVariance) < 600 else { return false }
      r.variance[t] = exp(logVariance)
      r.rate[t] = 2 / (d * s)
      r.extra[t] = -logVariance / d
    }
    return true
  }

  func reference(_ theta: [Double], residuals: [Double], intercepts: [Double], presample: Double) -> [Double]
  {
    let d = theta[1 + p + o + q]
    var state: [Double] = []
    for t in intercepts.indices {
      var s = intercepts[t]
      for i in 1..<(p + 1) {
        let g = i <= o ? theta[p + i] : 0
        let size = t >= i ? abs(residuals[t - i]) - g * residuals[t - i] : presample.squareRoot()
        s += theta[i] * pow(size, d)
      }
      for j in 1..<(q + 1) { s += theta[p + o + j] * (t >= j ? state[t - j] : pow(presample, d / 2)) }
      state.append(s)
    }
    return state.map { pow($0, 2 / d) }
  }

  /// Σα + Σβ, as the literature and the constraint have it; E(|z| − γz)^δ is left out.
  func persistence(_ theta: [Double], lowerVariance: Double) -> Double? {
    theta[alpha..<(alpha + p)].reduce(0, +) + theta[beta..<(beta + q)].reduce(0, +)
  }

  func starts(moment: (Double) -> Double) -> [[Double]] {
    var points: [[Double]] = []
    for size in [0.04, 0.1, 0.18] {
      for skew in o > 0 ? [-0.4, 0, 0.4] : [0] {
        for sum in q > 0 ? [0.8, 0.93, 0.98] : [size] {
          for d in [1, 1.8] {
            let level = pow(moment(2), d / 2)
            points.append(
              [(1 - sum) * level] + [Double](repeating: size / Double(p), count: p)
                + [Double](repeating: skew, count: o)
                + [Double](repeating: (sum - size) / Double(max(1, q)), count: q) + [d])
          }
        }
      }
    }
    return points
  }

  func restore(_ theta: [Double], scale s: Double) -> [Double] {
    var found = theta
    found[0] *= pow(s, theta[delta])
    return found
  }
  var isScaledByParts: Bool { false }
}
