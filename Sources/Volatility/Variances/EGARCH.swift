import Foundation

/// ln σ²_t = ω_t + Σ α_i (|z_{t−i}| − √(2/π)) + Σ γ_i z_{t−i} + Σ β_j ln σ²_{t−j} (Nelson 1991). α is the size effect, γ the
/// sign effect; the centre is that of the normal, whatever the distribution.
///
/// Before the sample ln σ² is that of the presample value and the terms of shocks are zero.
struct EGARCH: VarianceProcess {
  let p: Int
  let o: Int
  let q: Int

  static let centre = (2 / Double.pi).squareRoot()

  var isLogarithmic: Bool { true }
  /// 1/σ_t.
  var scratch: Int { 1 }
  private var alpha: Int { 1 }
  private var gamma: Int { 1 + p }
  private var beta: Int { 1 + p + o }

  var parameters: [ParameterSpecification] {
    [.init(name: "omega", lower: -50, upper: 50, scale: 0.05)]
      + lagged("alpha", p).map { .init(name: $0, lower: -10, upper: 10, scale: 0.1) }
      + lagged("gamma", o).map { .init(name: $0, lower: -10, upper: 10, scale: 0.1) }
      + lagged("beta", q).map {
        .init(name: $0, lower: q == 1 ? -0.9999 : -1.9999, upper: 0.9999, scale: 0.1)
      }
  }

  var inequalities: [LinearInequality] {
    guard q > 1 else { return [] }
    var row = [Double](repeating: 0, count: 1 + p + o + q)
    for j in 0..<q { row[beta + j] = 1 }
    return [.init(coefficients: row, bound: 0.9999, isStationarity: true)]
  }

  func scan(
    _ range: Range<Int>, _ theta: UnsafePointer<Double>, _ r: Recursion, gradient: Bool
  ) -> Bool {
    if p == 1, o <= 1, q == 1, range.lowerBound > 0 || range.count > 1 {
      if range.lowerBound == 0 {
        return scanLags(0..<1, theta, r, gradient) && scanOne(1..<range.upperBound, theta, r, gradient)
      }
      return scanOne(range, theta, r, gradient)
    }
    return scanLags(range, theta, r, gradient)
  }

  /// One lag of each, after the first observation.
  private func scanOne(
    _ range: Range<Int>, _ theta: UnsafePointer<Double>, _ r: Recursion, _ gradient: Bool
  ) -> Bool {
    guard gradient else { return recur(range, theta, r) { _, _, _, _, _ in } }
    let slopes = r.stateSlopes
    let blocks = r.blocks
    let (ofResiduals, residualStep) = (r.residualSlopes, r.residualStep)
    let (ofIntercepts, interceptStep) = (r.interceptRows, r.interceptStep)
    let centre = Self.centre
    let first = (range.lowerBound - 1) * blocks
    // The row before, at hand where it has two blocks at most.
    var rows = (slopes[first], slopes[first + min(1, blocks - 1)])
    // Where it is known at which places of a row the numbers go, they are put there, and not added to zeros.
    if o == 1, r.varianceStart == 1, r.residualWidth == 1, blocks == 2 {
      return recur(range, theta, r) { t, z, s, ofResidual, ofState in
        let intercept = ofIntercepts + t &* interceptStep
        let ofMean = ofResidual * ofResiduals[(t &- 1) &* residualStep][0]
        rows.0 = Block(ofMean, intercept[0][1], abs(z) - centre, z) + ofState * rows.0
        var second = intercept[1]
        second[0] = s
        rows.1 = second + ofState * rows.1
        let row = slopes + 2 &* t
        row[0] = rows.0
        row[1] = rows.1
      }
    }
    if o == 1, r.varianceStart == 0, r.residualWidth == 0, blocks == 1 {
      return recur(range, theta, r) { t, z, s, _, ofState in
        let ofOmega = ofIntercepts[t &* interceptStep][0]
        rows.0 = Block(ofOmega, abs(z) - centre, z, s) + ofState * rows.0
        slopes[t] = rows.0
      }
    }
    let (ofSize, ofBefore) = (r.unit(1), r.unit(2 + o))
    let ofSign = o == 1 ? r.unit(2) : ofSize
    let signed: Double = o == 1 ? 1 : 0
    return recur(range, theta, r) { t, z, s, ofResidual, ofState in
      let centred = abs(z) - centre
      let residual = ofResiduals + (t &- 1) &* residualStep
      let intercept = ofIntercepts + t &* interceptStep
      let at = t &* blocks
      let before = at &- blocks
      for k in 0..<blocks {
        let fresh = intercept[k] + centred * ofSize[k] + (signed * z) * ofSign[k]
        slopes[at &+ k] =
          (fresh + s * ofBefore[k] + ofResidual * residual[k]) + ofState * slopes[before &+ k]
      }
    }
  }

  /// The values of ``scanOne(_:_:_:_:)``. Each 1/σ_t waits for the one before, so what stands between them is kept short:
  /// 1/σ_t = 1/σ_{t−1} · exp(x) with x = −½(ln σ²_t − ln σ²_{t−1}), which is small, and a polynomial for exp(x); every 32
  /// observations, and where x is not small, from ln σ²_t itself.
  ///
  /// - Parameter derive: told of each t, with z and ln σ² of the one before and what ln σ²_t moves by with that one's
  ///   residual and its ln σ².
  @inline(__always)
  private func recur(
    _ range: Range<Int>, _ theta: UnsafePointer<Double>, _ r: Recursion,
    _ derive: (_ t: Int, _ z: Double, _ s: Double, _ ofResidual: Double, _ ofState: Double) -> Void
  ) -> Bool {
    let (residuals, state, variance, rate) = (r.residuals, r.state, r.variance, r.rate)
    let (intercept, inverse) = (r.intercept, r.scratch[0])
    let size = theta[1]
    let sign = o == 1 ? theta[2] : 0
    let b = theta[2 + o]
    let constant = size * Self.centre
    var s = state[range.lowerBound - 1]
    var reciprocal = inverse[range.lowerBound - 1]
    var t = range.lowerBound
    while t < range.upperBound {
      // The loop within calls no function, so that its numbers stay in registers.
      repeat {
        let residual = residuals[t &- 1]
        // α|z| + γz = weight · z, the sign of z being that of the residual; see ``negativity(of:)``.
        let weight = residual == 0 ? sign : sign + size * Double(signOf: residual, magnitudeOf: 1)
        let z = residual * reciprocal
        derive(t, z, s, weight * reciprocal, b - 0.5 * weight * z)
        let drift = intercept[t] - constant
        let x = -0.5 * (drift + (b - 1) * s) + (-0.5 * weight * residual) * reciprocal
        s = (drift + b * s) + (weight * residual) * reciprocal
        guard abs(x) < 0.25, t & 31 != 0 else { break }
        reciprocal = Self.times(reciprocal, smallExponential: x)
        state[t] = s
        inverse[t] = reciprocal
        variance[t] = 1 / (reciprocal * reciprocal)
        rate[t] = 1
        t &+= 1
      } while t < range.upperBound
      guard t < range.upperBound else { break }
      guard abs(s) < 600 else { return false }
      reciprocal = exp(-0.5 * s)
      state[t] = s
      inverse[t] = reciprocal
      variance[t] = 1 / (reciprocal * reciprocal)
      rate[t] = 1
      t &+= 1
    }
    return abs(s) < 600
  }

  /// factor · exp(x) by Taylor's series to the eleventh power, exact to rounding for |x| ≤ ¼, in few dependent steps
  /// (Estrin's scheme) with the factor in the coefficients, as it is known before x.
  @inline(__always) private static func times(_ factor: Double, smallExponential x: Double) -> Double {
    let square = x * x
    let fourth = square * square
    let eighth = fourth * fourth
    let low = (factor + x * factor) + (factor * 0.5 + x * (factor * (1.0 / 6))) * square
    let middle =
      (factor * (1.0 / 24) + x * (factor * (1.0 / 120)))
      + (factor * (1.0 / 720) + x * (factor * (1.0 / 5040)))
      * square
    let high =
      (factor * (1.0 / 40_320) + x * (factor * (1.0 / 362_880)))
      + (factor * (1.0 / 3_628_800) + x * (factor * (1.0 / 39_916_800))) * square
    return (low + middle * fourth) + high * eighth
  }

  private func scanLags(
    _ range: Range<Int>, _ theta: UnsafePointer<Double>, _ r: Recursion, _ gradient: Bool
  ) -> Bool {
    let inverse = r.scratch[0]
    let before = log(r.presample)
    let lags = max(p, o)
    for t in range {
      let row = r.stateRow(t)
      var s = r.intercept[t]
      if gradient { r.beginRow(t, row) }
      for i in 0..<min(lags, t) {
        let at = t - 1 - i
        let z = r.residuals[at] * inverse[at]
        var weight = 0.0
        if i < p {
          let size = abs(z) - Self.centre
          s += theta[alpha + i] * size
          weight += z < 0 ? -theta[alpha + i] : z > 0 ? theta[alpha + i] : 0
          if gradient { r.add(size, r.unit(alpha + i), to: row) }
        }
        if i < o {
          s += theta[gamma + i] * z
          weight += theta[gamma + i]
          if gradient { r.add(z, r.unit(gamma + i), to: row) }
        }
        guard gradient else { continue }
        let ofResidual = weight * inverse[at]
        let ofState = -0.5 * weight * z
        let residual = r.residualRow(at)
        let earlier = r.stateRow(at)
        for k in 0..<r.blocks { row[k] += ofResidual * residual[k] + ofState * earlier[k] }
      }
      for j in 0..<q {
        let at = t - 1 - j
        let value = at >= 0 ? r.state[at] : before
        s += theta[beta + j] * value
        guard gradient else { continue }
        r.add(value, r.unit(beta + j), to: row)
        if at >= 0 {
          r.add(theta[beta + j], r.stateRow(at), to: row)
        } else {
          r.add(theta[beta + j] / r.presample, r.presampleSlopes, to: row)
        }
      }
      guard abs(s) < 600 else { return false }
      r.state[t] = s
      let reciprocal = exp(-0.5 * s)
      inverse[t] = reciprocal
      r.variance[t] = 1 / (reciprocal * reciprocal)
      r.rate[t] = 1
    }
    return true
  }

  func reference(_ theta: [Double], residuals: [Double], intercepts: [Double], presample: Double) -> [Double]
  {
    var logs: [Double] = []
    for t in intercepts.indices {
      var s = intercepts[t]
      let z = { (i: Int) in residuals[t - i] / exp(logs[t - i] / 2) }
      for i in 1..<(p + 1) where t >= i { s += theta[i] * (abs(z(i)) - (2 / Double.pi).squareRoot()) }
      for i in 1..<(o + 1) where t >= i { s += theta[p + i] * z(i) }
      for j in 1..<(q + 1) { s += theta[p + o + j] * (t >= j ? logs[t - j] : log(presample)) }
      logs.append(s)
    }
    return logs.map { exp($0) }
  }

  func persistence(_ theta: [Double], lowerVariance: Double) -> Double? {
    theta[beta..<(beta + q)].reduce(0, +)
  }

  var hasUnconditional: Bool { true }
  var levelPower: Double? { p > 0 ? 1 : nil }
  /// exp(E ln σ²) with E ln σ² = (ω + Σα (E|z| − √(2/π)))/(1 − Σβ).
  func unconditional(_ theta: [Double], intercept: Double, _ moments: LawMoments) -> StationaryLevel? {
    let rest = 1 - persistence(theta, lowerVariance: 0.5)!
    guard rest > 0 else { return nil }
    let sizes = theta[alpha..<(alpha + p)].reduce(0, +)
    let excess = moments.whole - Self.centre
    let level = (intercept + sizes * excess) / rest
    let value = exp(level)
    guard value > 0, value < .infinity else { return nil }
    var slopes = [Double](repeating: 0, count: theta.count)
    for i in 0..<p { slopes[alpha + i] = value * excess / rest }
    for j in 0..<q { slopes[beta + j] = value * level / rest }
    return StationaryLevel(
      value: value, interceptSlope: value / rest, slopes: slopes, wholeSlope: value * sizes / rest)
  }

  var hasTarget: Bool { true }
  /// The mean of ln σ² is the logarithm of the variance aimed at.
  func target(
    variance: Double, _ theta: [Double], regressors: Double, _ moments: LawMoments
  ) -> TargetedIntercept? {
    let level = log(variance)
    let sizes = theta[alpha..<(alpha + p)].reduce(0, +)
    let excess = moments.whole - Self.centre
    var slopes = [Double](repeating: 0, count: theta.count)
    for i in 0..<p { slopes[alpha + i] = -excess }
    for j in 0..<q { slopes[beta + j] = -level }
    return TargetedIntercept(
      omega: (1 - persistence(theta, lowerVariance: 0.5)!) * level - sizes * excess - regressors,
      slopes: slopes, regressorSlope: -1, wholeSlope: -sizes)
  }

  func starts(moment: (Double) -> Double) -> [[Double]] {
    let level = log(moment(2))
    var points: [[Double]] = []
    for size in p > 0 ? [0.05, 0.15, 0.3] : [0] {
      for sign in o > 0 ? [-0.1, 0, 0.1] : [0] {
        for sum in q > 0 ? [0.5, 0.9, 0.98] : [0] {
          points.append(
            [(1 - sum) * level]
              + [Double](repeating: p > 0 ? size / Double(p) : 0, count: p)
              + [Double](repeating: o > 0 ? sign / Double(o) : 0, count: o)
              + [Double](repeating: q > 0 ? sum / Double(q) : 0, count: q))
        }
      }
    }
    return points
  }

  func restore(_ theta: [Double], scale s: Double) -> [Double] {
    var found = theta
    found[0] += (1 - persistence(theta, lowerVariance: 0.5)!) * 2 * log(s)
    return found
  }
  var isScaledByParts: Bool { false }
}
