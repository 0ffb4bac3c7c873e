import Foundation

/// Paths that go on side by side from one past: rows of `lanes` numbers, a row a step.
final class PathBatch {
  let dynamics: Dynamics
  let lanes: Int
  let steps: Int
  /// z, ε, σ² and y, [steps, lanes].
  let innovations: UnsafeMutablePointer<Double>
  let residuals: UnsafeMutablePointer<Double>
  let variance: UnsafeMutablePointer<Double>
  let returns: UnsafeMutablePointer<Double>
  /// E(y) given the steps before, [steps, lanes]; only where paths differ in it, else one number a step.
  let means: UnsafeMutablePointer<Double>
  let hasOwnMeans: Bool

  private let state: UnsafeMutablePointer<Double>
  /// |ε|^v, or |z| less its centre.
  private let shock: UnsafeMutablePointer<Double>
  /// |ε|^v 1{ε<0}, or z.
  private let signed: UnsafeMutablePointer<Double>
  private var owned: [UnsafeMutablePointer<Double>] = []

  init(_ dynamics: Dynamics, lanes: Int, steps: Int) {
    self.dynamics = dynamics
    self.lanes = lanes
    self.steps = steps
    hasOwnMeans =
      !dynamics.autoregression.isEmpty || !dynamics.movingAverage.isEmpty || dynamics.inMean != nil
    var owned: [UnsafeMutablePointer<Double>] = []
    func numbers(_ count: Int) -> UnsafeMutablePointer<Double> {
      let pointer = UnsafeMutablePointer<Double>.allocate(capacity: max(1, count))
      pointer.initialize(repeating: 0, count: max(1, count))
      owned.append(pointer)
      return pointer
    }
    let whole = lanes * steps
    innovations = numbers(whole)
    residuals = numbers(whole)
    returns = numbers(whole)
    means = numbers(hasOwnMeans ? whole : steps)
    state = numbers(whole)
    var isState = false
    if case .linear(2) = dynamics.recurrence { isState = true }
    variance = isState ? state : numbers(whole)
    shock = numbers(whole)
    signed = numbers(dynamics.gamma.isEmpty ? 0 : whole)
    self.owned = owned
  }

  deinit { for pointer in owned { pointer.deallocate() } }

  /// Fills all rows; innovations come from `draw`, which is given a row and its step.
  ///
  /// - Returns: the step at which a variance is not positive and finite, else nil.
  func run(
    past: (state: [Double], mean: [Double]), draw: (UnsafeMutablePointer<Double>, Int) -> Void
  ) -> Int? {
    for k in 0..<steps {
      let s = state + k * lanes
      advance(k, past.state[k])
      let h = variance + k * lanes
      switch dynamics.recurrence {
      case .linear(let power):
        if power == 1 {
          for l in 0..<lanes { h[l] = s[l] * s[l] }
        } else if power != 2 {
          for l in 0..<lanes { h[l] = pow(s[l], 2 / power) }
        }
      case .egarch: for l in 0..<lanes { h[l] = exp(s[l]) }
      case .aparch(let delta): for l in 0..<lanes { h[l] = pow(s[l], 2 / delta) }
      }
      var isGood = true
      if case .egarch = dynamics.recurrence {} else { for l in 0..<lanes { isGood = isGood && s[l] > 0 } }
      for l in 0..<lanes { isGood = isGood && h[l] > 0 && h[l] < .infinity }
      guard isGood else { return k }
      let z = innovations + k * lanes
      draw(z, k)
      let e = residuals + k * lanes
      for l in 0..<lanes { e[l] = h[l].squareRoot() * z[l] }
      moveMean(k, past.mean[k], h)
      if k + 1 < steps { keepShock(k, e, z) }
    }
    return nil
  }

  /// s_k from what the past gives and the steps since.
  private func advance(_ k: Int, _ base: Double) {
    let s = state + k * lanes
    for l in 0..<lanes { s[l] = base }
    if case .aparch(let delta) = dynamics.recurrence {
      for i in 0..<min(k, dynamics.alpha.count) {
        let e = residuals + (k - 1 - i) * lanes
        let a = dynamics.alpha[i]
        let g = dynamics.gamma[i]
        for l in 0..<lanes { s[l] += a * pow(abs(e[l]) - g * e[l], delta) }
      }
    } else {
      dynamics.alpha.withUnsafeBufferPointer { add($0, shock, k, to: s) }
      dynamics.gamma.withUnsafeBufferPointer { add($0, signed, k, to: s) }
    }
    dynamics.beta.withUnsafeBufferPointer { add($0, state, k, to: s) }
  }

  private func add(
    _ weights: UnsafeBufferPointer<Double>, _ rows: UnsafeMutablePointer<Double>, _ k: Int,
    to s: UnsafeMutablePointer<Double>
  ) {
    let lags = min(k, weights.count)
    if lanes == 1 {
      var sum = s[0]
      for i in 0..<lags { sum += weights[i] * rows[k - 1 - i] }
      s[0] = sum
      return
    }
    for i in 0..<lags {
      let weight = weights[i]
      let x = rows + (k - 1 - i) * lanes
      for l in 0..<lanes { s[l] += weight * x[l] }
    }
  }

  private func moveMean(_ k: Int, _ base: Double, _ h: UnsafeMutablePointer<Double>) {
    let y = returns + k * lanes
    let e = residuals + k * lanes
    guard hasOwnMeans else {
      means[k] = base
      for l in 0..<lanes { y[l] = base + e[l] }
      return
    }
    let m = means + k * lanes
    for l in 0..<lanes { m[l] = base }
    dynamics.autoregression.withUnsafeBufferPointer { add($0, returns, k, to: m) }
    dynamics.movingAverage.withUnsafeBufferPointer { add($0, residuals, k, to: m) }
    if let form = dynamics.inMean {
      for l in 0..<lanes { m[l] += dynamics.kappa * form.value(h[l]).value }
    }
    for l in 0..<lanes { y[l] = m[l] + e[l] }
  }

  private func keepShock(_ k: Int, _ e: UnsafeMutablePointer<Double>, _ z: UnsafeMutablePointer<Double>) {
    let x = shock + k * lanes
    let below = signed + k * lanes
    let isSkewed = !dynamics.gamma.isEmpty
    switch dynamics.recurrence {
    case .linear(let power):
      if power == 2 {
        for l in 0..<lanes { x[l] = e[l] * e[l] }
      } else if power == 1 {
        for l in 0..<lanes { x[l] = abs(e[l]) }
      } else {
        for l in 0..<lanes { x[l] = absolutePower(e[l], power).value }
      }
      if isSkewed { for l in 0..<lanes { below[l] = e[l] < 0 ? x[l] : 0 } }
    case .egarch:
      for l in 0..<lanes { x[l] = abs(z[l]) - EGARCH.centre }
      if isSkewed { for l in 0..<lanes { below[l] = z[l] } }
    case .aparch: break
    }
  }
}
