import Foundation

/// A model at given parameters, in the form in which paths go forward: every family is one of three recursions, and
/// averages over past values are lags of y.
struct Dynamics: Sendable {
  enum Recurrence: Sendable {
    /// s_t = c_t + Σ α|ε|^v + Σ γ|ε|^v 1{ε<0} + Σ βs, σ² = s^(2/v): GARCH, constant, EWMA, FIGARCH.
    case linear(power: Double)
    case egarch
    case aparch(delta: Double)
  }

  let specification: Specification
  let theta: [Double]
  let shape: [Double]
  let recurrence: Recurrence
  let alpha: [Double]
  let gamma: [Double]
  let beta: [Double]
  /// β of g_t = ω_t + βg_{t−1} (FIGARCH); 0 otherwise.
  let levelDecay: Double
  /// Coefficients of averages over a measure's last values, by their lengths.
  let averages: [(length: Int, coefficient: Double)]
  let autoregression: [Double]
  let movingAverage: [Double]
  let inMean: MeanModel.InMean?
  let kappa: Double

  var presamplePower: Double { specification.process.presamplePower }
  var sampler: InnovationSampler {
    .init(distribution: specification.model.distribution, shape: shape)
  }

  init(_ specification: Specification, _ theta: [Double]) {
    self.specification = specification
    self.theta = theta
    shape = Array(theta[specification.width...])
    let model = specification.model
    let own = Array(theta[specification.processStart..<specification.regressorStart])
    func take(_ from: Int, _ count: Int) -> [Double] { Array(own[from..<(from + count)]) }
    var levelDecay = 0.0
    var averages: [(length: Int, coefficient: Double)] = []
    switch specification.process {
    case let process as GARCH:
      recurrence = .linear(power: process.power)
      (alpha, gamma, beta) = (
        take(1, process.p), take(1 + process.p, process.o), take(1 + process.p + process.o, process.q)
      )
    case let process as EWMA:
      let decay = process.decay ?? own[0]
      recurrence = .linear(power: 2)
      (alpha, gamma, beta) = ([1 - decay], [], [decay])
    case let process as FIGARCH:
      recurrence = .linear(power: process.power)
      (alpha, gamma, beta) = (process.weights(own), [], [])
      levelDecay = process.q == 1 ? own[own.count - 1] : 0
    case let process as HARVariance:
      recurrence = .linear(power: 2)
      (alpha, gamma, beta) = ([], [], [])
      averages = zip(process.lengths, own.dropFirst()).map { ($0, $1) }
    case let process as EGARCH:
      recurrence = .egarch
      (alpha, gamma, beta) = (
        take(1, process.p), take(1 + process.p, process.o), take(1 + process.p + process.o, process.q)
      )
    case let process as APARCH:
      recurrence = .aparch(delta: own[own.count - 1])
      (alpha, gamma, beta) = (
        take(1, process.p),
        take(1 + process.p, process.o) + [Double](repeating: 0, count: process.p - process.o),
        take(1 + process.p + process.o, process.q)
      )
    default: preconditionFailure("a variance without a recursion forward: \(specification.process)")
    }
    self.levelDecay = levelDecay
    self.averages = averages

    var lags = [Double](repeating: 0, count: model.mean.presample)
    var index = model.mean.hasConstant ? 1 : 0
    for i in 0..<model.mean.autoregressiveLags { lags[i] += theta[index + i] }
    index += model.mean.autoregressiveLags
    for length in model.mean.heterogeneousLags {
      for i in 0..<length { lags[i] += theta[index] / Double(length) }
      index += 1
    }
    autoregression = lags
    let moving = specification.linearCount
    movingAverage = Array(theta[moving..<(moving + model.mean.movingAverageLags)])
    inMean = model.mean.inMean
    kappa = inMean == nil ? 0 : theta[specification.meanCount - 1]
  }

  // MARK: From states to variances

  @inline(__always) func variance(_ state: Double) -> Double {
    switch recurrence {
    case .linear(let power): power == 2 ? state : power == 1 ? state * state : pow(state, 2 / power)
    case .egarch: exp(state)
    case .aparch(let delta): pow(state, 2 / delta)
    }
  }

  func state(_ variance: Double) -> Double {
    switch recurrence {
    case .linear(let power): pow(variance, power / 2)
    case .egarch: log(variance)
    case .aparch(let delta): pow(variance, delta / 2)
    }
  }

  /// What a residual adds to the state i + 1 steps later.
  func contribution(_ i: Int, residual: Double, variance: Double) -> Double {
    let a = i < alpha.count ? alpha[i] : 0
    let g = i < gamma.count ? gamma[i] : 0
    switch recurrence {
    case .linear(let power):
      return (a + (residual < 0 ? g : 0)) * absolutePower(residual, power).value
    case .egarch:
      let z = residual / variance.squareRoot()
      return (i < alpha.count ? a * (abs(z) - EGARCH.centre) : 0) + g * z
    case .aparch(let delta):
      let size = abs(residual) - g * residual
      return size > 0 ? a * pow(size, delta) : 0
    }
  }

  /// As `contribution`, before the first residual.
  func presampleContribution(_ i: Int, _ presample: Double) -> Double {
    let a = i < alpha.count ? alpha[i] : 0
    let g = i < gamma.count ? gamma[i] : 0
    switch recurrence {
    case .linear: return (a + 0.5 * g) * presample
    case .egarch: return 0
    case .aparch(let delta): return a * pow(presample, delta / 2)
    }
  }

  func presampleState(_ presample: Double) -> Double {
    switch recurrence {
    case .linear: presample
    case .egarch: log(presample)
    case .aparch(let delta): pow(presample, delta / 2)
    }
  }

  // MARK: Regressors

  /// ω + φ′x or ω exp(φ′x), and beside it the averages of a measure whose value `back` days ago `measure` gives.
  func varianceIntercept(
    _ x: (Regressor) -> Double, measure: (_ back: Int) -> Double = { _ in 0 }
  ) -> Double {
    var sum = 0.0
    for (length, coefficient) in averages {
      sum += coefficient * (1...length).reduce(0) { $0 + measure($1) } / Double(length)
    }
    return sum + driven(x)
  }

  private func driven(_ x: (Regressor) -> Double) -> Double {
    let omega = specification.omega.map { theta[$0] } ?? 0
    var index = 0.0
    for (k, one) in specification.varianceRegressors.enumerated() {
      index += theta[specification.regressorStart + k] * x(one)
    }
    if specification.varianceForm == .exponential, !specification.varianceRegressors.isEmpty {
      return omega * exp(index)
    }
    return omega + index
  }

  /// mu + theta′x.
  func meanIntercept(_ x: (Regressor) -> Double) -> Double {
    var sum = specification.model.mean.hasConstant ? theta[0] : 0
    let first = specification.linearCount - specification.meanRegressors.count
    for (k, one) in specification.meanRegressors.enumerated() { sum += theta[first + k] * x(one) }
    return sum
  }

  // MARK: Levels

  /// The stationary variance in the sense of the recursion, (E s)^(2/v) with s the state: the unconditional variance
  /// where the power is 2, and exp(E ln σ²) in EGARCH. nil where there is none.
  func level(intercept: Double) -> Double? {
    let law = specification.model.distribution
    let rest: Double
    var from = intercept / (1 - levelDecay)
    switch recurrence {
    case .linear(let power):
      let whole =
        power == 2 ? 1 : law.expectation(shape: shape) { absolutePower($0, power).value }
      let below =
        gamma.isEmpty
        ? 0
        : power == 2
          ? law.lowerVariance(shape: shape)
          : law.expectation(shape: shape) { $0 < 0 ? absolutePower($0, power).value : 0 }
      rest = 1 - whole * alpha.reduce(0, +) - below * gamma.reduce(0, +) - beta.reduce(0, +)
      guard from > 0 else { return nil }
    case .egarch:
      from += alpha.reduce(0, +) * (law.meanAbsolute(shape: shape) - EGARCH.centre)
      rest = 1 - beta.reduce(0, +)
    case .aparch(let delta):
      var sum = beta.reduce(0, +)
      for (a, g) in zip(alpha, gamma) {
        sum += a * law.expectation(shape: shape) { pow(abs($0) - g * $0, delta) }
      }
      rest = 1 - sum
      guard from > 0 else { return nil }
    }
    guard rest > 1e-12 else { return nil }
    let found = variance(from / rest)
    return found > 0 && found < .infinity ? found : nil
  }
}
