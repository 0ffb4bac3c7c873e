import Foundation

/// What is known up to the last observation, as paths that go on from any observation of it need it.
struct History: Sendable {
  /// [n], all that were observed.
  let returns: [Double]
  /// How many of them have no residual.
  let dropped: Int
  /// [n − dropped].
  let residuals: [Double]
  let variance: [Double]
  let states: [Double]
  /// g_t where the intercept has a recursion of its own; otherwise empty.
  let levels: [Double]
  let levelStart: Double
  let presample: Double

  /// Nothing observed: the mean's lags stand at `mean`.
  init(_ dynamics: Dynamics, variance: Double, mean: Double, intercept: Double) {
    returns = [Double](repeating: mean, count: dynamics.autoregression.count)
    dropped = returns.count
    (residuals, self.variance, states, levels) = ([], [], [], [])
    presample = pow(variance, dynamics.presamplePower / 2)
    levelStart = intercept / (1 - dynamics.levelDecay)
  }

  /// One shock at a variance.
  init(_ dynamics: Dynamics, shock: Double, variance: Double, intercept: Double) {
    returns = [Double](repeating: 0, count: dynamics.autoregression.count + 1)
    dropped = dynamics.autoregression.count
    residuals = [shock]
    self.variance = [variance]
    states = [dynamics.state(variance)]
    presample = pow(variance, dynamics.presamplePower / 2)
    levelStart = intercept / (1 - dynamics.levelDecay)
    levels = [levelStart]
  }

  /// Filtered.
  init(_ dynamics: Dynamics, _ likelihood: Likelihood, _ returns: [Double]) {
    let r = likelihood.recursion
    self.returns = returns
    dropped = returns.count - likelihood.count
    residuals = r.residualValues
    variance = r.varianceValues
    states = variance.map(dynamics.state)
    presample = r.presample
    guard dynamics.levelDecay != 0 else {
      (levels, levelStart) = ([], 0)
      return
    }
    var mean = 0.0
    for t in 0..<r.count { mean += r.intercept[t] }
    levelStart = mean / Double(r.count) / (1 - dynamics.levelDecay)
    var level = levelStart
    levels = (0..<r.count).map { t in
      level = r.intercept[t] + dynamics.levelDecay * level
      return level
    }
  }

  var count: Int { residuals.count }

  /// What the past gives to the states and means of the steps after residual `last` (−1: before the first).
  ///
  /// - Parameters:
  ///   - intercepts: ω_t with regressors, at each step.
  ///   - means: mu with regressors, at each step.
  func past(
    _ dynamics: Dynamics, last: Int, intercepts: [Double], means: [Double]
  ) -> (state: [Double], mean: [Double]) {
    let steps = intercepts.count
    var state = intercepts
    if dynamics.levelDecay != 0 {
      var level = last >= 0 ? levels[last] : levelStart
      for k in 0..<steps {
        level = intercepts[k] + dynamics.levelDecay * level
        state[k] = level
      }
    }
    let shocks = max(dynamics.alpha.count, dynamics.gamma.count)
    for k in 0..<min(steps, shocks) {
      for i in k..<shocks {
        let at = last + k - i
        state[k] +=
          at >= 0
          ? dynamics.contribution(i, residual: residuals[at], variance: variance[at])
          : dynamics.presampleContribution(i, presample)
      }
    }
    let before = dynamics.presampleState(presample)
    for k in 0..<min(steps, dynamics.beta.count) {
      for j in k..<dynamics.beta.count {
        let at = last + k - j
        state[k] += dynamics.beta[j] * (at >= 0 ? states[at] : before)
      }
    }
    var mean = means
    for k in 0..<min(steps, dynamics.autoregression.count) {
      for i in k..<dynamics.autoregression.count {
        mean[k] += dynamics.autoregression[i] * returns[dropped + last + k - i]
      }
    }
    for k in 0..<min(steps, dynamics.movingAverage.count) {
      for j in k..<dynamics.movingAverage.count where last + k - j >= 0 {
        mean[k] += dynamics.movingAverage[j] * residuals[last + k - j]
      }
    }
    return (state, mean)
  }
}
