/// Data that were looked through, cut to the observations with a residual and divided by their sizes.
struct Sample: Sendable {
  /// [count].
  let y: [Double]
  /// Columns of the mean's linear part, regressors last.
  let meanColumns: [[Double]]
  let varianceColumns: [[Double]]
  /// Averages of a HAR variance's measure up to the day before, [count + 1] each: the last is for the next step.
  let measureColumns: [[Double]]
  /// What y and each regressor were divided by: powers of two, so that nothing is rounded.
  let scale: Double
  let regressorScales: [String: Double]
  /// Residuals of least squares of y on the linear part of the mean, and its coefficients.
  let startResiduals: [Double]
  let startCoefficients: [Double]

  var count: Int { y.count }

  init(
    _ specification: Specification, _ returns: [Double], _ columns: [String: [Double]], scaled: Bool
  ) throws(VolatilityError) {
    func fail(_ message: String) -> VolatilityError { VolatilityError(.data, message) }
    if let bad = returns.firstIndex(where: { !$0.isFinite }) {
      throw fail("observation \(bad + 1) of the returns is \(returns[bad]); remove or fill it first")
    }
    let dropped = specification.dropped
    let needed = max(10, specification.parameters.count + 2)
    guard returns.count - dropped >= needed else {
      throw fail(
        "\(returns.count) observations, of which \(dropped) are conditioned on: a model with \(specification.parameters.count) parameters needs at least \(needed) beside these"
      )
    }
    let centre = returns.reduce(0, +) / Double(returns.count)
    let spread =
      (returns.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(returns.count)).squareRoot()
    guard spread > 1e-12 * abs(centre), spread > 0, spread.isFinite else {
      throw fail("the returns are constant at \(returns[0]); a variance cannot be estimated from them")
    }
    let s = scaled ? Self.powerOfTwo(spread) : 1
    scale = s
    let scaledReturns = s == 1 ? returns : returns.map { $0 / s }
    y = Array(scaledReturns[dropped...])

    var scales: [String: Double] = [:]
    func given(_ name: String, _ role: String = "regressor") throws(VolatilityError) -> [Double] {
      guard let values = columns[name] else {
        throw fail(
          "\(role) '\(name)' is not among the columns given (\(columns.keys.sorted().joined(separator: ", ")))"
        )
      }
      guard values.count == returns.count else {
        throw fail(
          "\(role) '\(name)' has \(values.count) values, the returns have \(returns.count); give one a return"
        )
      }
      return values
    }
    func column(_ one: Regressor) throws(VolatilityError) -> [Double] {
      let values = try given(one.name)
      let lag = one.timing.lag
      let used = Array(values[(dropped - lag)..<(returns.count - lag)])
      if let bad = used.firstIndex(where: { !$0.isFinite }) {
        throw fail(
          "observation \(bad + dropped - lag + 1) of regressor '\(one.name)' is \(used[bad]); remove or fill it first"
        )
      }
      let size = (used.reduce(0) { $0 + $1 * $1 } / Double(used.count)).squareRoot()
      guard size > 0 else { throw fail("regressor '\(one.name)' is zero throughout") }
      let factor = scales[one.name] ?? (scaled ? Self.powerOfTwo(size) : 1)
      scales[one.name] = factor
      return factor == 1 ? used : used.map { $0 / factor }
    }
    var mean = specification.model.mean.columns(scaledReturns, from: dropped)
    for one in specification.meanRegressors { mean.append(try column(one)) }
    var variance: [[Double]] = []
    for one in specification.varianceRegressors {
      let values = try column(one)
      if !specification.process.isLogarithmic, specification.varianceForm == .additive,
        let bad = values.firstIndex(where: { $0 < 0 })
      {
        throw fail(
          "observation \(bad + dropped - one.timing.lag + 1) of regressor '\(one.name)' is negative (\(values[bad] * scales[one.name]!)), and the additive form needs none that are; shift it, or use the form additive-sample or exponential"
        )
      }
      variance.append(values)
    }
    var averages: [[Double]] = []
    if let measure = specification.measure, case .har(let lengths, _) = specification.model.variance {
      let values = try given(measure, "measure")
      if let bad = values.firstIndex(where: { !$0.isFinite || $0 < 0 }) {
        throw fail(
          "observation \(bad + 1) of measure '\(measure)' is \(values[bad]); a realised variance is finite and not negative"
        )
      }
      let size = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
      guard size > 0 else { throw fail("measure '\(measure)' is zero throughout") }
      let factor = scales[measure] ?? (scaled ? Self.powerOfTwo(size) : 1)
      scales[measure] = factor
      averages = lengths.map { length in
        (dropped...returns.count).map { t in
          values[(t - length)..<t].reduce(0, +) / Double(length) / factor
        }
      }
      let isAdded = specification.varianceForm != .exponential
      try Self.checkRank(
        averages.map { Array($0.dropLast()) } + (isAdded ? variance : []),
        lengths.map { "\(measure) over \($0)" }
          + (isAdded ? specification.varianceRegressors.map(\.name) : []),
        hasConstant: true, "the variance")
    }
    meanColumns = mean
    varianceColumns = variance
    measureColumns = averages
    regressorScales = scales
    if !variance.isEmpty {
      try Self.checkRank(
        variance, specification.varianceRegressors.map(\.name), hasConstant: specification.omega != nil,
        "the variance")
    }
    if mean.isEmpty {
      startResiduals = y
      startCoefficients = []
      return
    }
    let design = Matrix(columns: mean)
    do {
      let found = try LeastSquares(design, y)
      startCoefficients = found.coefficients
      let fitted = design * found.coefficients
      let residuals = zip(y, fitted).map { $0 - $1 }
      guard residuals.contains(where: { abs($0) > 1e-10 }) else {
        throw fail("the mean fits the returns exactly; nothing is left for a variance")
      }
      startResiduals = residuals
    } catch let error as VolatilityError {
      throw error
    } catch {
      throw fail(
        "the columns of the mean (\(specification.names.prefix(specification.linearCount).joined(separator: ", "))) are collinear; drop one of them"
      )
    }
  }

  private static func checkRank(
    _ columns: [[Double]], _ names: [String], hasConstant: Bool, _ place: String
  ) throws(VolatilityError) {
    let count = columns[0].count
    let constant = hasConstant ? [[Double](repeating: 1, count: count)] : []
    do {
      _ = try LeastSquares(Matrix(columns: constant + columns), columns[0])
    } catch {
      throw VolatilityError(
        .data,
        "the regressors of \(place) (\(names.joined(separator: ", "))) are collinear\(hasConstant ? " among themselves or with omega" : ""); drop one of them"
      )
    }
  }

  private static func powerOfTwo(_ size: Double) -> Double {
    var factor = 1.0
    while factor * 1.4 < size { factor *= 2 }
    while factor / 1.4 > size { factor /= 2 }
    return factor
  }
}
