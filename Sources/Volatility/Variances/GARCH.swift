import Foundation

/// σ^p_t = ω_t + Σ α_i |ε_{t−i}|^p + Σ γ_i |ε_{t−i}|^p 1{ε_{t−i} < 0} + Σ β_j σ^p_{t−j}: ARCH, GARCH (Bollerslev 1986),
/// GJR (Glosten, Jagannathan and Runkle 1993); with p = 1 AVGARCH and TARCH (Zakoian 1994).
///
/// Before the sample |ε|^p and σ^p are the presample value, with half of it below zero.
struct GARCH: VarianceProcess {
  let p: Int
  let o: Int
  let q: Int
  let power: Double

  var presamplePower: Double { power }
  var scratch: Int { 2 }
  private var alpha: Int { 1 }
  private var gamma: Int { 1 + p }
  private var beta: Int { 1 + p + o }

  var parameters: [ParameterSpecification] {
    [.init(name: "omega", lower: 0, upper: 100, scale: 0.01, power: power)]
      + lagged("alpha", p).map { .init(name: $0, lower: 0, upper: 1, scale: 0.05) }
      + lagged("gamma", o).map { .init(name: $0, lower: -1, upper: 2, scale: 0.05) }
      + lagged("beta", q).map { .init(name: $0, lower: 0, upper: 1, scale: 0.1) }
  }

  var inequalities: [LinearInequality] {
    let count = 1 + p + o + q
    var rows: [LinearInequality] = []
    for i in 0..<o {
      // α_i + γ_i ≥ 0; where there is no α_i, γ_i alone.
      var row = [Double](repeating: 0, count: count)
      if i < p { row[alpha + i] = -1 }
      row[gamma + i] = -1
      rows.append(.init(coefficients: row, bound: 0))
    }
    var row = [Double](repeating: 0, count: count)
    for i in 0..<p { row[alpha + i] = 1 }
    for i in 0..<o { row[gamma + i] = 0.5 }
    for j in 0..<q { row[beta + j] = 1 }
    if p + o + q > 0 { rows.append(.init(coefficients: row, bound: 1, isStationarity: true)) }
    return rows
  }

  func scan(
    _ range: Range<Int>, _ theta: UnsafePointer<Double>, _ r: Recursion, gradient: Bool
  ) -> Bool {
    if p == 1, o <= 1, q == 1, power == 2, range.lowerBound > 0 || range.count > 1 {
      if range.lowerBound == 0 {
        return scanLags(0..<1, theta, r, gradient) && scanOne(1..<range.upperBound, theta, r, gradient)
      }
      return scanOne(range, theta, r, gradient)
    }
    return scanLags(range, theta, r, gradient)
  }

  /// One lag of each and power 2, after the first observation: most of the models in use.
  private func scanOne(
    _ range: Range<Int>, _ theta: UnsafePointer<Double>, _ r: Recursion, _ gradient: Bool
  ) -> Bool {
    guard gradient else { return recur(range, theta, r) { _, _, _, _, _ in } }
    let slopes = r.stateSlopes
    let blocks = r.blocks
    let (ofResiduals, residualStep) = (r.residualSlopes, r.residualStep)
    let (ofIntercepts, interceptStep) = (r.interceptRows, r.interceptStep)
    let b = theta[2 + o]
    let first = (range.lowerBound - 1) * blocks
    // The row before, at hand where it has two blocks at most.
    var rows = (slopes[first], slopes[first + min(1, blocks - 1)])
    // Where it is known at which places of a row the numbers go, they are put there, and not added to zeros.
    if o == 0, r.varianceStart == 1, r.residualWidth == 1, blocks == 1 {
      return recur(range, theta, r) { t, h, shock, _, ofResidual in
        let ofMean = ofResidual * ofResiduals[(t &- 1) &* residualStep][0]
        rows.0 = Block(ofMean, ofIntercepts[t &* interceptStep][1], shock, h) + b * rows.0
        slopes[t] = rows.0
      }
    }
    if o == 1, r.varianceStart == 1, r.residualWidth == 1, blocks == 2 {
      return recur(range, theta, r) { t, h, shock, below, ofResidual in
        let intercept = ofIntercepts + t &* interceptStep
        let ofMean = ofResidual * ofResiduals[(t &- 1) &* residualStep][0]
        rows.0 = Block(ofMean, intercept[0][1], shock, below) + b * rows.0
        var second = intercept[1]
        second[0] = h
        rows.1 = second + b * rows.1
        let row = slopes + 2 &* t
        row[0] = rows.0
        row[1] = rows.1
      }
    }
    let (ofAlpha, ofBefore) = (r.unit(1), r.unit(2 + o))
    let ofGamma = o == 1 ? r.unit(2) : ofAlpha
    let counted: Double = o == 1 ? 1 : 0
    return recur(range, theta, r) { t, h, shock, below, ofResidual in
      let residual = ofResiduals + (t &- 1) &* residualStep
      let intercept = ofIntercepts + t &* interceptStep
      let at = t &* blocks
      let before = at &- blocks
      for k in 0..<blocks {
        let fresh = ofResidual * residual[k] + intercept[k] + shock * ofAlpha[k]
        slopes[at &+ k] =
          (fresh + ((counted * below) * ofGamma[k] + h * ofBefore[k])) + b * slopes[before &+ k]
      }
    }
  }

  /// The values of ``scanOne(_:_:_:_:)``.
  ///
  /// - Parameter derive: told of each t, with σ² and ε² of the one before, ε² where that ε is below zero and 0 elsewhere, and
  ///   what σ²_t moves by with ε.
  @inline(__always)
  private func recur(
    _ range: Range<Int>, _ theta: UnsafePointer<Double>, _ r: Recursion,
    _ derive: (_ t: Int, _ h: Double, _ shock: Double, _ below: Double, _ ofResidual: Double) -> Void
  ) -> Bool {
    let (residuals, state, variance, rate) = (r.residuals, r.state, r.variance, r.rate)
    let intercept = r.intercept
    let above = theta[1]
    // What shocks below zero weigh more.
    let further = o == 1 ? theta[2] : 0
    let b = theta[2 + o]
    var h = state[range.lowerBound - 1]
    for t in range {
      let e = residuals[t &- 1]
      let isBelow = negativity(of: e)
      let weight = above + isBelow * further
      let shock = e * e
      derive(t, h, shock, isBelow * shock, 2 * weight * e)
      h = (intercept[t] + weight * shock) + b * h
      guard h > 0, h < hugeVariance else { return false }
      state[t] = h
      variance[t] = h
      rate[t] = 1 / h
    }
    return true
  }

  private func scanLags(
    _ range: Range<Int>, _ theta: UnsafePointer<Double>, _ r: Recursion, _ gradient: Bool
  ) -> Bool {
    let shock = r.scratch[0]
    let slope = r.scratch[1]
    let inverse = 2 / power
    for t in range {
      if t > 0 {
        let found = absolutePower(r.residuals[t - 1], power)
        shock[t - 1] = found.value
        slope[t - 1] = found.slope
      }
      let s = step(t, theta, r, shock, slope, gradient)
      guard s > 0, s < .infinity else { return false }
      r.state[t] = s
      r.variance[t] = power == 2 ? s : power == 1 ? s * s : pow(s, inverse)
      r.rate[t] = inverse / s
    }
    return true
  }

  @inline(__always)
  private func step(
    _ t: Int, _ theta: UnsafePointer<Double>, _ r: Recursion, _ shock: UnsafeMutablePointer<Double>,
    _ slope: UnsafeMutablePointer<Double>, _ gradient: Bool
  ) -> Double {
    let row = r.stateRow(t)
    var s = r.intercept[t]
    if gradient { r.beginRow(t, row) }
    for i in 0..<max(p, o) {
      let at = t - 1 - i
      let isInside = at >= 0
      let below: Double = isInside ? (r.residuals[at] < 0 ? 1 : 0) : 0.5
      let value = isInside ? shock[at] : r.presample
      let weight = (i < p ? theta[alpha + i] : 0) + (i < o ? theta[gamma + i] * below : 0)
      s += weight * value
      guard gradient else { continue }
      if isInside {
        r.add(weight * slope[at], r.residualRow(at), to: row)
      } else {
        r.add(weight, r.presampleSlopes, to: row)
      }
      if i < p { r.add(value, r.unit(alpha + i), to: row) }
      if i < o { r.add(below * value, r.unit(gamma + i), to: row) }
    }
    for j in 0..<q {
      let at = t - 1 - j
      let value = at >= 0 ? r.state[at] : r.presample
      s += theta[beta + j] * value
      guard gradient else { continue }
      r.add(theta[beta + j], at >= 0 ? r.stateRow(at) : r.presampleSlopes, to: row)
      r.add(value, r.unit(beta + j), to: row)
    }
    return s
  }

  func reference(_ theta: [Double], residuals: [Double], intercepts: [Double], presample: Double) -> [Double]
  {
    var state: [Double] = []
    for t in intercepts.indices {
      var s = intercepts[t]
      for i in 1..<(p + 1) { s += theta[i] * (t >= i ? pow(abs(residuals[t - i]), power) : presample) }
      for i in 1..<(o + 1) {
        let isBelow = t >= i && residuals[t - i] < 0
        s += theta[p + i] * (t >= i ? (isBelow ? pow(abs(residuals[t - i]), power) : 0) : presample / 2)
      }
      for j in 1..<(q + 1) { s += theta[p + o + j] * (t >= j ? state[t - j] : presample) }
      state.append(s)
    }
    return state.map { pow($0, 2 / power) }
  }

  func persistence(_ theta: [Double], lowerVariance: Double) -> Double? {
    var sum = 0.0
    for i in 0..<p { sum += theta[alpha + i] }
    for i in 0..<o { sum += lowerVariance * theta[gamma + i] }
    for j in 0..<q { sum += theta[beta + j] }
    return sum
  }

  var levelPower: Double? { p + o > 0 ? power : nil }
  /// 1 less what of σ^p lives on from one observation to the next on average, with its derivatives in the parameters.
  private func rest(_ theta: [Double], _ moments: LawMoments) -> (value: Double, slopes: [Double]) {
    var value = 1.0
    var slopes = [Double](repeating: 0, count: theta.count)
    for (range, weight) in [
      (alpha..<(alpha + p), moments.whole), (gamma..<(gamma + o), moments.below), (beta..<(beta + q), 1),
    ] {
      for k in range {
        value -= weight * theta[k]
        slopes[k] = -weight
      }
    }
    return (value, slopes)
  }
  private func sum(_ theta: [Double], from: Int, _ count: Int) -> Double {
    theta[from..<(from + count)].reduce(0, +)
  }

  var hasUnconditional: Bool { true }
  /// E σ^p.
  func unconditional(_ theta: [Double], intercept: Double, _ moments: LawMoments) -> StationaryLevel? {
    let rest = rest(theta, moments)
    guard rest.value > 0, intercept > 0 else { return nil }
    let value = intercept / rest.value
    let share = value / rest.value
    return StationaryLevel(
      value: value, interceptSlope: 1 / rest.value, slopes: rest.slopes.map { -share * $0 },
      wholeSlope: share * sum(theta, from: alpha, p), belowSlope: share * sum(theta, from: gamma, o))
  }

  var hasTarget: Bool { power == 2 }
  func target(
    variance: Double, _ theta: [Double], regressors: Double, _ moments: LawMoments
  ) -> TargetedIntercept? {
    guard power == 2 else { return nil }
    let rest = rest(theta, moments)
    return TargetedIntercept(
      omega: variance * rest.value - regressors, slopes: rest.slopes.map { variance * $0 },
      regressorSlope: -1, belowSlope: -variance * sum(theta, from: gamma, o))
  }

  func starts(moment: (Double) -> Double) -> [[Double]] {
    let level = moment(power)
    var points: [[Double]] = []
    for size in p + o > 0 ? [0.03, 0.08, 0.15, 0.3] : [0] {
      for skew in o > 0 ? (p > 0 ? [0, 0.5] : [1]) : [0] {
        for sum in q > 0 ? [0.5, 0.8, 0.92, 0.98] : [0.3, 0.6] {
          // The share `skew` of what a shock adds is the asymmetric term's.
          let total = q > 0 ? sum : (p + o > 0 ? sum : 0)
          let ofAlpha = (q > 0 ? size : sum) * (1 - skew)
          let ofGamma = 2 * (q > 0 ? size : sum) * skew
          let rest = q > 0 ? sum - size : 0
          guard rest >= 0 else { continue }
          for alphas in Self.spread(ofAlpha, p) {
            for betas in Self.spread(rest, q) {
              points.append([(1 - total) * level] + alphas + Self.spread(ofGamma, o)[0] + betas)
            }
          }
        }
      }
      if q == 0 { break }
    }
    return points
  }

  /// A sum over lags: equal parts, nearly all of it at the last lag, nearly all at the first.
  private static func spread(_ sum: Double, _ lags: Int) -> [[Double]] {
    guard lags > 1 else { return [[Double](repeating: sum, count: lags)] }
    let equal = [Double](repeating: sum / Double(lags), count: lags)
    guard lags <= 3 else { return [equal] }
    var first = [Double](repeating: 0.1 * sum / Double(lags - 1), count: lags)
    var last = first
    first[0] = 0.9 * sum
    last[lags - 1] = 0.9 * sum
    return [equal, first, last]
  }
}
