import Foundation

/// A path drawn from a model.
public struct SimulatedPath: Sendable, Equatable {
  /// y_t, [count].
  public let returns: [Double]
  /// σ²_t, [count].
  public let variance: [Double]
  /// z_t = ε_t/σ_t, [count].
  public let innovations: [Double]
}

extension VolatilityModel {
  /// Draws a path.
  ///
  /// - Parameters:
  ///   - parameters: a value for each of `parameterNames()`.
  ///   - count: observations to return.
  ///   - burnIn: observations before them that are thrown away.
  ///   - columns: for each regressor either [count], where before the first observation its mean stands in, or
  ///     [burnIn + count], where its first value does.
  ///   - seed: the same seed gives the same path, whatever the machine's number of threads.
  ///   - initialVariance: what stands for variances and squared residuals before the path, in the square of the
  ///     returns' unit. nil: the stationary level, which parameters without one do not have.
  ///   - innovations: z of the path in place of drawn ones, [count], or [burnIn + count].
  /// - Throws: ``VolatilityError`` for parameters out of range, missing regressors or ones of another length, a model
  ///   without a stationary level and no `initialVariance`, a variance that leaves the positive numbers.
  public func simulate(
    at parameters: [String: Double], count: Int, burnIn: Int = 500,
    regressors columns: [String: [Double]] = [:],
    seed: UInt64, initialVariance: Double? = nil, innovations: [Double]? = nil
  ) throws(VolatilityError) -> SimulatedPath {
    let plan = try SimulationPlan(self, parameters, count, burnIn, columns, initialVariance)
    return try plan.path(seed: seed, stream: 0, innovations: innovations)
  }

  /// Draws independent paths, on all cores. The first is that of ``simulate(at:count:burnIn:regressors:seed:initialVariance:innovations:)``
  /// with the same seed.
  public func simulatePaths(
    at parameters: [String: Double], count: Int, paths: Int, burnIn: Int = 500,
    regressors columns: [String: [Double]] = [:], seed: UInt64, initialVariance: Double? = nil
  ) throws(VolatilityError) -> [SimulatedPath] {
    guard paths >= 1 else {
      throw VolatilityError(.specification, "\(paths) paths were asked for: give at least 1.")
    }
    let plan = try SimulationPlan(self, parameters, count, burnIn, columns, initialVariance)
    return try Parallel.map(paths) { i throws(VolatilityError) in
      try plan.path(seed: seed, stream: UInt64(i), innovations: nil)
    }
  }
}

/// All that paths of one call share.
struct SimulationPlan: Sendable {
  let dynamics: Dynamics
  let count: Int
  let burnIn: Int
  let past: (state: [Double], mean: [Double])

  init(
    _ model: VolatilityModel, _ parameters: [String: Double], _ count: Int, _ burnIn: Int,
    _ columns: [String: [Double]], _ initialVariance: Double?
  ) throws(VolatilityError) {
    guard count >= 1, burnIn >= 0 else {
      throw VolatilityError(
        .specification,
        "\(count) observations after \(burnIn): give at least 1, and a burn-in of at least 0.")
    }
    let specification = try Specification(model)
    let dynamics = Dynamics(specification, try specification.values(parameters))
    self.dynamics = dynamics
    self.count = count
    self.burnIn = burnIn
    let columns = try Self.wholeColumns(specification, columns, count, burnIn)
    let steps = count + burnIn
    let value = { (name: String, t: Int) -> Double in
      let column = columns[name]!
      return column.values[t, before: column.before]
    }
    let intercepts = (0..<steps).map { t in
      dynamics.varianceIntercept {
        value($0.name, t - $0.timing.lag)
      } measure: {
        value(specification.measure!, t - $0)
      }
    }
    let means = (0..<steps).map { t in dynamics.meanIntercept { value($0.name, t - $0.timing.lag) } }
    let level = intercepts.reduce(0, +) / Double(steps)
    let start: Double
    if let initialVariance {
      guard initialVariance > 0, initialVariance < .infinity else {
        throw VolatilityError(
          .specification, "the initial variance is \(initialVariance); it must be positive and finite.")
      }
      start = initialVariance
    } else if let found = dynamics.level(intercept: level) {
      start = found
    } else {
      throw VolatilityError(
        .specification,
        "at these parameters the variance has no stationary level to begin with; give an initialVariance.")
    }
    let centre =
      means.reduce(0, +) / Double(steps) + (dynamics.inMean?.value(start).value ?? 0) * dynamics.kappa
    let share = 1 - dynamics.autoregression.reduce(0, +)
    let history = History(
      dynamics, variance: start, mean: share > 0 ? centre / share : 0, intercept: level)
    past = history.past(dynamics, last: -1, intercepts: intercepts, means: means)
  }

  func path(seed: UInt64, stream: UInt64, innovations: [Double]?) throws(VolatilityError) -> SimulatedPath {
    let steps = burnIn + count
    if let innovations {
      guard innovations.count == count || innovations.count == steps else {
        throw VolatilityError(
          .data,
          "\(innovations.count) innovations were given: give \(count), one an observation, or \(steps) with the burn-in."
        )
      }
      if let bad = innovations.firstIndex(where: { !$0.isFinite }) {
        throw VolatilityError(.data, "innovation \(bad + 1) is \(innovations[bad]); give finite numbers.")
      }
    }
    let batch = PathBatch(dynamics, lanes: 1, steps: steps)
    let sampler = dynamics.sampler
    var random = RandomStream(seed: seed, stream: stream)
    let shift = innovations.map { steps - $0.count } ?? steps
    let failed = batch.run(past: past) { row, k in
      if k < shift { sampler.fill(row, 1, &random) } else { row[0] = innovations![k - shift] }
    }
    if let failed {
      throw VolatilityError(
        .specification,
        "at step \(failed + 1) of \(steps) a variance is not positive and finite; the parameters are explosive, or a regressor takes it below zero."
      )
    }
    func kept(_ rows: UnsafeMutablePointer<Double>) -> [Double] {
      Array(UnsafeBufferPointer(start: rows + burnIn, count: count))
    }
    return SimulatedPath(
      returns: kept(batch.returns), variance: kept(batch.variance), innovations: kept(batch.innovations))
  }

  /// Columns over burn-in and path, with what stands before them.
  private static func wholeColumns(
    _ specification: Specification, _ columns: [String: [Double]], _ count: Int, _ burnIn: Int
  ) throws(VolatilityError) -> [String: (values: [Double], before: Double)] {
    var found: [String: (values: [Double], before: Double)] = [:]
    for name in specification.model.columnNames {
      guard let values = columns[name] else {
        throw VolatilityError(
          .data, "regressor '\(name)' is not among the columns given; give it \(count) values.")
      }
      guard values.count == count || values.count == count + burnIn else {
        throw VolatilityError(
          .data,
          "regressor '\(name)' has \(values.count) values: give \(count), or \(count + burnIn) with the burn-in."
        )
      }
      if let bad = values.firstIndex(where: { !$0.isFinite }) {
        throw VolatilityError(.data, "value \(bad + 1) of regressor '\(name)' is \(values[bad]).")
      }
      if values.count == count + burnIn {
        found[name] = (values, values[0])
      } else {
        let mean = values.reduce(0, +) / Double(count)
        found[name] = ([Double](repeating: mean, count: burnIn) + values, mean)
      }
    }
    return found
  }
}

extension Array where Element == Double {
  fileprivate subscript(_ index: Int, before value: Double) -> Double { index < 0 ? value : self[index] }
}
