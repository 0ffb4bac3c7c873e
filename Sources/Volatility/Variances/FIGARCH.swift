import Foundation

/// FIGARCH(p, d, q), p and q 0 or 1 (Baillie, Bollerslev and Mikkelsen 1996), as ARCH(∞) cut after `truncation` lags:
/// σ^v_t = g_t + Σ λ_i |ε_{t−i}|^v, λ_i = βλ_{i−1} + δ_i − φδ_{i−1}, λ_1 = φ − β + d, δ_i = δ_{i−1}(i−1−d)/i, δ_1 = d,
/// g_t = ω_t + βg_{t−1}, which without regressors is ω/(1 − β). Before the sample |ε|^v is the presample value.
///
/// One convolution with δ gives all: Σ λ_i x_{t−i} obeys a recursion in β whose input are the convolution at t and t − 1.
struct FIGARCH: VarianceProcess {
  let p: Int
  let q: Int
  let power: Double
  let truncation: Int

  var presamplePower: Double { power }
  /// |ε|^v, its derivative, the convolutions with δ and ∂δ/∂d, Σλx, its derivatives in φ, d, β, the level and its
  /// derivative in β, the convolution of δ with the first derivative of |ε|^v.
  var scratch: Int { 11 }
  private var d: Int { 1 + p }

  var parameters: [ParameterSpecification] {
    [.init(name: "omega", lower: 0, upper: 100, scale: 0.01, power: power)]
      + (p == 1 ? [.init(name: "phi", lower: 0, upper: 0.5, scale: 0.1)] : [])
      + [.init(name: "d", lower: 1e-4, upper: 1, scale: 0.1)]
      + (q == 1 ? [.init(name: "beta[1]", lower: 0, upper: 0.9999, scale: 0.1)] : [])
  }

  var inequalities: [LinearInequality] {
    let count = 2 + p + q
    var rows: [LinearInequality] = []
    if p == 1 {
      var row = [Double](repeating: 0, count: count)
      row[1] = 2
      row[d] = 1
      rows.append(.init(coefficients: row, bound: 1))
    }
    if q == 1 {
      var row = [Double](repeating: 0, count: count)
      if p == 1 { row[1] = -1 }
      row[d] = -1
      row[d + 1] = 1
      rows.append(.init(coefficients: row, bound: 0))
    }
    return rows
  }

  /// λ_1 … λ_truncation.
  func weights(_ theta: [Double]) -> [Double] {
    let phi = p == 1 ? theta[1] : 0
    let beta = q == 1 ? theta[d + 1] : 0
    var delta = theta[d]
    var lambda = [phi - beta + delta]
    for i in 2..<(truncation + 1) {
      let next = delta * (Double(i - 1) - theta[d]) / Double(i)
      lambda.append(beta * lambda[i - 2] + next - phi * delta)
      delta = next
    }
    return lambda
  }

  func begin(_ theta: UnsafePointer<Double>, _ r: Recursion, gradient: Bool) -> Bool {
    r.prepared = Filter(self, theta, r)
    return true
  }

  func scan(
    _ range: Range<Int>, _ theta: UnsafePointer<Double>, _ r: Recursion, gradient: Bool
  ) -> Bool {
    guard let filter = r.prepared as? Filter else { return false }
    return filter.scan(range, r, gradient: gradient)
  }

  func reference(_ theta: [Double], residuals: [Double], intercepts: [Double], presample: Double) -> [Double]
  {
    let lambda = weights(theta)
    let beta = q == 1 ? theta[d + 1] : 0
    var level = intercepts.reduce(0, +) / Double(max(1, intercepts.count)) / (1 - beta)
    return intercepts.indices.map { t in
      level = intercepts[t] + beta * level
      var s = level
      for i in 1..<(truncation + 1) {
        s += lambda[i - 1] * (t >= i ? pow(abs(residuals[t - i]), power) : presample)
      }
      return pow(s, 2 / power)
    }
  }

  /// Its unconditional variance is infinite.
  func persistence(_ theta: [Double], lowerVariance: Double) -> Double? { nil }

  func starts(moment: (Double) -> Double) -> [[Double]] {
    var points: [[Double]] = []
    for long in [0.3, 0.5, 0.7] {
      for short in p == 1 ? [0.1, 0.4] : [0] {
        for rest in q == 1 ? [0.3, 0.6, 0.85] : [0] {
          let phi = short * (1 - long)
          let beta = rest * (long + phi)
          let point =
            [0] + (p == 1 ? [phi] : []) + [long] + (q == 1 ? [beta] : [])
          let left = 1 - weights(point).reduce(0, +)
          points.append([max(0.01, left) * (1 - beta) * moment(power)] + point.dropFirst())
        }
      }
    }
    return points
  }
}
