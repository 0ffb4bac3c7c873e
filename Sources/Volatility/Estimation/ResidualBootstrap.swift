/// Estimates from series simulated with a fitted model and innovations drawn from its standardised residuals (Pascual, Romo
/// and Ruiz 2006). Residuals are standardised once more, so that the draws have mean 0 and variance 1; regressors, what is
/// conditioned on and the value before the sample stay as they are.
struct ResidualBootstrap: Sendable {
  private let options: FitOptions
  private let feasible: FeasibleSet
  let theta: [Double]
  let replications: Int
  let seed: UInt64

  private let innovations: [Double]
  private let specification: Specification
  /// Returns and regressors in the search's units, the conditioned observations with them.
  private let returns: [Double]
  private let columns: [String: [Double]]

  init(
    _ estimator: Estimator, _ theta: [Double], replications: Int, seed: UInt64
  ) throws(VolatilityError) {
    options = estimator.options
    feasible = LawConstraints(estimator.specification, estimator.sample, options).about(
      theta, estimator.feasible)
    self.theta = theta
    self.replications = replications
    self.seed = seed
    let likelihood = estimator.likelihood
    let sample = estimator.sample
    _ = likelihood.value(theta)
    let r = likelihood.recursion
    var z = (0..<r.count).map { r.residuals[$0] / r.variance[$0].squareRoot() }
    let mean = z.reduce(0, +) / Double(z.count)
    let spread = (z.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(z.count)).squareRoot()
    for t in z.indices { z[t] = (z[t] - mean) / spread }
    innovations = z
    var model = estimator.specification.model
    if case .user(let variance) = model.initialisation {
      model.initialisation = .user(variance / (sample.scale * sample.scale))
    }
    specification = try Specification(model)
    returns = estimator.returns.map { $0 / sample.scale }
    var columns: [String: [Double]] = [:]
    for (name, factor) in sample.regressorScales {
      columns[name] = estimator.columns[name]!.map { $0 / factor }
    }
    self.columns = columns
  }

  /// Estimates of the replications whose search converged, in the search's units.
  func estimates() -> [[Double]] {
    Parallel.map(replications) { estimate($0) }.compactMap { $0 }
  }

  private func estimate(_ index: Int) -> [Double]? {
    var generator = SplitMix64(seed: seed &+ UInt64(index) &* 0xD1B5_4A32_D192_ED03)
    guard let series = simulate(&generator),
      let sample = try? Sample(specification, series, columns, scaled: false)
    else { return nil }
    var options = self.options
    options.fixed = [:]
    let constraints = LawConstraints(specification, sample, options)
    let feasible = constraints.about(theta, self.feasible)
    let dependent = options.targetsVariance ? specification.omega.map { [$0] } ?? [] : []
    guard let start = feasible.repaired(theta, dependent: dependent) else { return nil }
    let search = Search(Likelihood(specification, sample), feasible, options)
    let point = constraints.settled((search.run(start), search)).0
    return point.reason == nil ? point.theta : nil
  }

  /// A series as long as the returns; nil where it explodes.
  private func simulate(_ generator: inout SplitMix64) -> [Double]? {
    let model = specification.model
    guard let original = try? Sample(specification, returns, columns, scaled: false) else { return nil }
    let likelihood = Likelihood(specification, original)
    guard likelihood.value(theta) > -.infinity else { return nil }
    let r = likelihood.recursion
    let dropped = specification.dropped
    var y = returns
    return theta.withUnsafeBufferPointer { theta -> [Double]? in
      let own = theta.baseAddress! + specification.processStart
      guard specification.process.begin(own, r, gradient: false) else { return nil }
      for t in 0..<r.count {
        guard specification.process.scan(t..<(t + 1), own, r, gradient: false) else { return nil }
        let z = innovations[generator.below(innovations.count)]
        let shock = r.variance[t].squareRoot() * z
        r.residuals[t] = shock
        let at = t + dropped
        var k = 0
        var value = shock
        if model.mean.hasConstant {
          value += theta[k]
          k += 1
        }
        for lag in 0..<model.mean.autoregressiveLags {
          value += theta[k] * y[at - lag - 1]
          k += 1
        }
        for length in model.mean.heterogeneousLags {
          value += theta[k] * y[(at - length)..<at].reduce(0, +) / Double(length)
          k += 1
        }
        while k < specification.linearCount {
          value += theta[k] * original.meanColumns[k][t]
          k += 1
        }
        for j in 0..<min(t, model.mean.movingAverageLags) { value += theta[k + j] * r.residuals[t - 1 - j] }
        if let form = model.mean.inMean {
          value += theta[specification.meanCount - 1] * form.value(r.variance[t]).value
        }
        guard value.isFinite, abs(value) < 1e8 else { return nil }
        y[at] = value
      }
      return y
    }
  }
}
