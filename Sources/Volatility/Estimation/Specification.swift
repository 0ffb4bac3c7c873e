/// A model taken apart: where each parameter stands, and what ranges and inequalities there are.
struct Specification: Sendable {
  let model: VolatilityModel
  let process: any VarianceProcess
  let meanRegressors: [Regressor]
  let varianceRegressors: [Regressor]
  let varianceForm: Regressor.VarianceForm
  /// Coefficients of the linear part of the mean, with regressors.
  let linearCount: Int
  let meanCount: Int
  /// Of the process alone.
  let processCount: Int
  let varianceCount: Int
  let parameters: [ParameterSpecification]
  /// The column of a HAR variance.
  let measure: String?
  /// Observations at the beginning without a residual.
  let dropped: Int

  var names: [String] { parameters.map(\.name) }
  /// Parameters of mean and variance.
  var width: Int { meanCount + varianceCount }
  var shapeCount: Int { parameters.count - width }
  var processStart: Int { meanCount }
  var regressorStart: Int { meanCount + processCount }
  var omega: Int? { process.interceptIndex.map { $0 + meanCount } }
  /// Whether the presample value that the unconditional rule takes moves with shape parameters.
  var startDependsOnShape: Bool { model.initialisation == .unconditional && levelDependsOnShape }
  /// Whether the stationary level does: E|z| and other moments than E z² = 1 depend on them.
  var levelDependsOnShape: Bool {
    guard shapeCount > 0, let power = process.levelPower else { return false }
    if let garch = process as? GARCH, power == 2 { return garch.o > 0 && !model.distribution.isSymmetric }
    return true
  }

  init(_ model: VolatilityModel) throws(VolatilityError) {
    func fail(_ message: String) -> VolatilityError { VolatilityError(.specification, message) }
    self.model = model
    let mean = model.mean
    guard mean.autoregressiveLags >= 0, mean.movingAverageLags >= 0,
      mean.heterogeneousLags.allSatisfy({ $0 >= 1 })
    else { throw fail("a mean with negative lags, or averages over less than one value") }
    let process = try model.variance.process()
    self.process = process
    for (i, one) in model.regressors.enumerated() {
      if one.timing.lag < 0 || (one.timing != .same && one.timing.lag == 0) {
        throw fail("regressor '\(one.name)' is lagged by \(one.timing.lag): a lag is at least 1")
      }
      if model.regressors[..<i].contains(where: { $0.name == one.name && $0.isInMean == one.isInMean }) {
        throw fail("regressor '\(one.name)' is named twice for the same equation")
      }
    }
    let inMean = model.regressors.filter(\.isInMean)
    let inVariance = model.regressors.filter { !$0.isInMean }
    meanRegressors = inMean
    varianceRegressors = inVariance
    var forms: [Regressor.VarianceForm] = []
    for one in inVariance {
      if case .variance(let form) = one.equation, !forms.contains(form) { forms.append(form) }
    }
    guard forms.count <= 1 else {
      throw fail(
        "regressors of the variance have the forms \(forms.map(\.rawValue).joined(separator: " and ")): one form for all of them is needed"
      )
    }
    var form = forms.first ?? .additive
    if process.isLogarithmic { form = .additive }
    if form == .exponential, process.interceptIndex == nil {
      throw fail("this variance has no omega for an exponential link to scale; use the additive form")
    }
    varianceForm = form
    if mean.inMean != nil, process is FIGARCH {
      throw fail("FIGARCH with the variance in the mean is not offered; use another variance or mean")
    }
    if model.initialisation == .unconditional, !process.hasUnconditional {
      throw fail("this variance has no unconditional value to begin with; use another start")
    }
    if case .user(let variance) = model.initialisation, !(variance > 0 && variance < .infinity) {
      throw fail("the recursion is to begin with variance \(variance); it must be positive")
    }

    let linear =
      mean.linearNames.map { name in
        ParameterSpecification(
          name: name, lower: -1e4, upper: 1e4, scale: 0.1, power: name == "mu" ? 1 : 0)
      }
      + inMean.map { .init(name: "theta[\($0.name)]", lower: -1e6, upper: 1e6, scale: 0.1, power: 1) }
    let moving = lagged("ma", mean.movingAverageLags).map {
      ParameterSpecification(name: $0, lower: -0.9999, upper: 0.9999, scale: 0.1)
    }
    let feedback: [ParameterSpecification] =
      mean.inMean.map { form in
        let power: Double = form == .variance ? -1 : form == .logVariance ? 1 : 0
        return [.init(name: "kappa", lower: -1e4, upper: 1e4, scale: 0.1, power: power)]
      } ?? []
    var own = process.parameters
    var averaged = 0
    if case .har(let lengths, let column) = model.variance {
      measure = column
      averaged = lengths.max()!
      // Where the mean has averages too, names tell the two apart.
      if !mean.heterogeneousLags.isEmpty {
        for k in 1..<own.count { own[k].name = "variance." + own[k].name }
      }
    } else {
      measure = nil
    }
    let isFree = process.isLogarithmic || form != .additive
    let drivers = inVariance.map { one in
      ParameterSpecification(
        name: "phi[\(one.name)]", lower: isFree ? -1e4 : 0, upper: 1e4, scale: 0.05,
        power: process.isLogarithmic || form == .exponential ? 0 : process.presamplePower)
    }
    let shape = zip(model.distribution.parameterNames, model.distribution.bounds).map { name, range in
      ParameterSpecification(
        name: name, lower: range.lowerBound, upper: range.upperBound, scale: name == "nu" ? 1 : 0.2)
    }
    linearCount = linear.count
    meanCount = linear.count + moving.count + feedback.count
    processCount = own.count
    varianceCount = own.count + drivers.count
    var all = linear + moving + feedback + own + drivers + shape
    // Where the sample's intercepts are asked to be positive, ω alone need not be.
    if form == .additiveOnSample, !drivers.isEmpty, let omega = process.interceptIndex {
      all[meanCount + omega].lower = -100
    }
    parameters = all
    dropped = max(mean.presample, averaged, model.regressors.map(\.timing.lag).max() ?? 0)
  }

  /// The inequalities of the process, over all parameters.
  var inequalities: [LinearInequality] {
    process.inequalities.map { row in
      var all = [Double](repeating: 0, count: parameters.count)
      for (k, value) in row.coefficients.enumerated() { all[processStart + k] = value }
      return .init(coefficients: all, bound: row.bound, isStationarity: row.isStationarity)
    }
  }

  /// θ from values by name.
  func values(_ given: [String: Double]) throws(VolatilityError) -> [Double] {
    let known = names
    if let unknown = given.keys.filter({ !known.contains($0) }).sorted().first {
      throw VolatilityError(
        .specification, "there is no parameter '\(unknown)'; this model has \(known.joined(separator: ", "))")
    }
    var theta: [Double] = []
    for one in parameters {
      guard let value = given[one.name] else {
        throw VolatilityError(
          .specification,
          "parameter '\(one.name)' has no value; needed are \(known.joined(separator: ", "))")
      }
      try check(value, of: one)
      theta.append(value)
    }
    return theta
  }

  /// Values that make no sense in any unit.
  func check(_ value: Double, of one: ParameterSpecification) throws(VolatilityError) {
    let hasUnit = one.upper >= 50 && one.name != "nu"
    let upper = hasUnit ? .infinity : one.upper
    let lower = one.lower <= -50 ? -.infinity : one.lower
    guard value.isFinite, value >= lower, value <= upper else {
      throw VolatilityError(
        .specification, "parameter '\(one.name)' is \(value); it lies between \(lower) and \(upper)")
    }
  }

  /// θ for data multiplied by s and regressors multiplied by their own factors.
  func restore(_ theta: [Double], scale s: Double, regressorScales: [String: Double]) -> [Double] {
    var found = zip(theta, parameters).map { $0 * power(s, $1.power) }
    for (k, one) in meanRegressors.enumerated() {
      found[linearCount - meanRegressors.count + k] /= regressorScales[one.name] ?? 1
    }
    let own = process.restore(Array(theta[processStart..<regressorStart]), scale: s)
    for (k, value) in own.enumerated() { found[processStart + k] = value }
    if let measure {
      for k in (processStart + 1)..<regressorStart { found[k] /= regressorScales[measure] ?? 1 }
    }
    for (k, one) in varianceRegressors.enumerated() {
      let at = regressorStart + k
      if process is APARCH {
        found[at] = theta[at] * power(s, theta[regressorStart - 1])
      }
      found[at] /= regressorScales[one.name] ?? 1
    }
    return found
  }

  /// Whether `restore` multiplies each parameter by a number of its own, so that fixed values can be scaled.
  var isScaledByParts: Bool { process.isScaledByParts }
}
