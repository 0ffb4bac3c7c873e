/// σ²_t = ω_t + λσ²_{t−1} + (1 − λ)ε²_{t−1} with ω_t = φ′x_t or nothing: RiskMetrics' exponential weights. Where λ is
/// estimated its name is `decay`.
struct EWMA: VarianceProcess {
  /// nil: estimated.
  let decay: Double?

  var interceptIndex: Int? { nil }
  var parameters: [ParameterSpecification] {
    decay == nil ? [.init(name: "decay", lower: 0.001, upper: 0.99999, scale: 0.05)] : []
  }
  var inequalities: [LinearInequality] { [] }

  func scan(
    _ range: Range<Int>, _ theta: UnsafePointer<Double>, _ r: Recursion, gradient: Bool
  ) -> Bool {
    let lambda = decay ?? theta[0]
    for t in range {
      let shock = t > 0 ? r.residuals[t - 1] * r.residuals[t - 1] : r.presample
      let before = t > 0 ? r.state[t - 1] : r.presample
      let s = r.intercept[t] + lambda * before + (1 - lambda) * shock
      guard s > 0, s < .infinity else { return false }
      r.state[t] = s
      r.variance[t] = s
      r.rate[t] = 1 / s
      guard gradient else { continue }
      let row = r.stateRow(t)
      r.beginRow(t, row)
      if t > 0 {
        r.add(2 * (1 - lambda) * r.residuals[t - 1], r.residualRow(t - 1), to: row)
        r.add(lambda, r.stateRow(t - 1), to: row)
      } else {
        r.add(1, r.presampleSlopes, to: row)
      }
      if decay == nil { r.add(before - shock, r.unit(0), to: row) }
    }
    return true
  }

  func reference(_ theta: [Double], residuals: [Double], intercepts: [Double], presample: Double) -> [Double]
  {
    let lambda = decay ?? theta[0]
    var variance: [Double] = []
    for t in intercepts.indices {
      let shock = t > 0 ? residuals[t - 1] * residuals[t - 1] : presample
      variance.append(intercepts[t] + lambda * (t > 0 ? variance[t - 1] : presample) + (1 - lambda) * shock)
    }
    return variance
  }

  func persistence(_ theta: [Double], lowerVariance: Double) -> Double? { 1 }
  func starts(moment: (Double) -> Double) -> [[Double]] {
    decay == nil ? [0.8, 0.9, 0.94, 0.97].map { [$0] } : [[]]
  }
}
