extension Estimator {
  /// E[y] and σ² of the observation after the sample, in the user's units; nil where a regressor's value is missing, or
  /// there is no finite variance. `next` has the value that the equation of that observation reads of each regressor.
  func nextStep(_ theta: [Double], _ next: (Regressor) -> Double?) -> (mean: Double, variance: Double)? {
    guard likelihood.value(theta) > -.infinity else { return nil }
    let r = likelihood.recursion
    let s = specification
    let n = r.count
    func value(_ one: Regressor) -> Double? {
      next(one).flatMap { $0.isFinite ? $0 / (sample.regressorScales[one.name] ?? 1) : nil }
    }
    var intercept = s.omega.map { theta[$0] } ?? 0
    var index = 0.0
    for (k, one) in s.varianceRegressors.enumerated() {
      guard let x = value(one) else { return nil }
      index += theta[s.regressorStart + k] * x
    }
    intercept = s.varianceForm == .exponential ? intercept * _exp(index) : intercept + index
    r.intercept[n] = intercept
    let own = Array(theta[s.processStart..<s.regressorStart])
    guard s.process.scan(n..<(n + 1), own, r, gradient: false) else { return nil }
    let variance = r.variance[n]

    let model = s.model
    var k = 0
    var mean = 0.0
    if model.mean.hasConstant {
      mean += theta[0]
      k = 1
    }
    let scale = sample.scale
    for lag in 0..<model.mean.autoregressiveLags {
      mean += theta[k] * returns[returns.count - 1 - lag] / scale
      k += 1
    }
    for length in model.mean.heterogeneousLags {
      mean += theta[k] * returns.suffix(length).reduce(0, +) / Double(length) / scale
      k += 1
    }
    for one in s.meanRegressors {
      guard let x = value(one) else { return nil }
      mean += theta[k] * x
      k += 1
    }
    for j in 0..<min(n, model.mean.movingAverageLags) { mean += theta[k + j] * r.residuals[n - 1 - j] }
    if let form = model.mean.inMean { mean += theta[s.meanCount - 1] * form.value(variance).value }
    return (mean * scale, variance * scale * scale)
  }
}
