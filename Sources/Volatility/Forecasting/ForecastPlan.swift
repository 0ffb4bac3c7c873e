import Foundation

/// A filtered sample and checked arguments, from which each origin's forecasts are made apart from the others.
struct ForecastPlan: Sendable {
  let dynamics: Dynamics
  let history: History
  let origins: [Int]
  let horizon: Int
  private let columns: [String: [Double]]
  private let paths: [String: RegressorPath]

  var specification: Specification { dynamics.specification }

  init(
    _ model: VolatilityModel, _ parameters: [String: Double], _ returns: [Double],
    _ columns: [String: [Double]], _ horizon: Int, _ origins: ForecastOrigins,
    _ paths: [String: RegressorPath]
  ) throws(VolatilityError) {
    guard horizon >= 1 else {
      throw VolatilityError(.specification, "a forecast \(horizon) steps ahead: the horizon is at least 1.")
    }
    let specification = try Specification(model)
    let theta = try specification.values(parameters)
    let likelihood = Likelihood(specification, try Sample(specification, returns, columns, scaled: false))
    guard likelihood.value(theta) > -.infinity else {
      throw VolatilityError(
        .specification,
        "at these parameters a variance is not positive and finite; stay within the bounds of the model.")
    }
    dynamics = Dynamics(specification, theta)
    history = History(dynamics, likelihood, returns)
    let first = specification.dropped
    let wanted: [Int] =
      switch origins {
      case .last: [returns.count - 1]
      case .from(let start): start <= returns.count - 1 ? Array(start...(returns.count - 1)) : []
      case .at(let list): list
      }
    guard !wanted.isEmpty else {
      throw VolatilityError(
        .specification, "no origin to forecast from: the last observation has index \(returns.count - 1).")
    }
    if let bad = wanted.first(where: { $0 < first || $0 >= returns.count }) {
      throw VolatilityError(
        .specification,
        "origin \(bad) cannot be forecast from: residuals are there at indices \(first) to \(returns.count - 1)."
      )
    }
    self.origins = wanted
    self.horizon = horizon
    self.columns = columns
    self.paths = paths
    try checkPaths()
  }

  /// How many values after an origin forecasts need, by regressor.
  private var needs: [(name: String, count: Int)] {
    var found: [(name: String, count: Int)] = []
    for one in specification.model.regressors {
      let count = max(0, horizon - one.timing.lag)
      if let k = found.firstIndex(where: { $0.name == one.name }) {
        found[k].count = max(found[k].count, count)
      } else {
        found.append((one.name, count))
      }
    }
    if let measure = specification.measure {
      if let k = found.firstIndex(where: { $0.name == measure }) {
        found[k].count = max(found[k].count, horizon - 1)
      } else {
        found.append((measure, horizon - 1))
      }
    }
    return found
  }

  private func checkPaths() throws(VolatilityError) {
    let needs = needs
    if let unknown = paths.keys.filter({ name in !needs.contains { $0.name == name } }).sorted().first {
      throw VolatilityError(
        .regression,
        "there is no regressor '\(unknown)' to take a path; this model has \(needs.isEmpty ? "none" : needs.map(\.name).joined(separator: ", "))."
      )
    }
    for (name, count) in needs where count > 0 {
      var lags = specification.model.regressors.filter { $0.name == name }.map(\.timing.lag)
      let isMeasure = specification.measure == name
      if isMeasure { lags.append(1) }
      let what =
        "\(isMeasure ? "measure" : "regressor") '\(name)' enters with lag \(lags.min()!): a forecast \(horizon) steps ahead needs its \(count) values x[T+1]\(count > 1 ? " to x[T+\(count)]" : "") after the origin"
      func check(_ values: [Double], _ place: String) throws(VolatilityError) {
        guard values.count == count || values.count == horizon else {
          throw VolatilityError(.regression, "\(what); \(values.count) are given\(place).")
        }
        for (k, value) in values.prefix(count).enumerated() {
          guard value.isFinite else {
            throw VolatilityError(
              .regression, "the path of regressor '\(name)' is \(value) at step \(k + 1)\(place).")
          }
          let isAdditive =
            specification.varianceRegressors.contains { $0.name == name }
            && specification.varianceForm == .additive && !specification.process.isLogarithmic
          guard value >= 0 || !(isAdditive || isMeasure) else {
            throw VolatilityError(
              .regression,
              "the path of \(isMeasure ? "measure" : "regressor") '\(name)' is negative (\(value)) at step \(k + 1)\(place), and \(isMeasure ? "a realised variance" : "the additive form") needs none that are."
            )
          }
        }
      }
      switch paths[name] {
      case nil:
        throw VolatilityError(
          .regression, "\(what); none are given. Give them in regressorPaths[\"\(name)\"].")
      case .values(let values): try check(values, "")
      case .perOrigin(let all):
        guard all.count == origins.count else {
          throw VolatilityError(
            .regression,
            "regressor '\(name)' has \(all.count) paths for \(origins.count) origins; give one an origin.")
        }
        for (k, values) in all.enumerated() { try check(values, " for origin \(origins[k])") }
      case .observed:
        if let late = origins.first(where: { $0 + count >= history.returns.count }) {
          throw VolatilityError(
            .regression,
            "\(what); after origin \(late) only \(history.returns.count - 1 - late) were observed.")
        }
      }
    }
  }

  /// What the past gives to each step after an origin.
  func past(_ index: Int) -> (state: [Double], mean: [Double]) {
    let origin = origins[index]
    func value(_ name: String, _ k: Int) -> Double {
      let at = origin + 1 + k
      if at <= origin { return columns[name]![at] }
      switch paths[name]! {
      case .values(let values): return values[at - origin - 1]
      case .perOrigin(let all): return all[index][at - origin - 1]
      case .observed: return columns[name]![at]
      }
    }
    let hasRegressors = !specification.model.columnNames.isEmpty
    var intercepts = [Double](
      repeating: hasRegressors ? 0 : dynamics.varianceIntercept { _ in 0 }, count: horizon)
    var means = [Double](repeating: hasRegressors ? 0 : dynamics.meanIntercept { _ in 0 }, count: horizon)
    if hasRegressors {
      for k in 0..<horizon {
        intercepts[k] = dynamics.varianceIntercept {
          value($0.name, k - $0.timing.lag)
        } measure: {
          value(specification.measure!, k - $0)
        }
        means[k] = dynamics.meanIntercept { value($0.name, k - $0.timing.lag) }
      }
    }
    return history.past(
      dynamics, last: origin - history.dropped, intercepts: intercepts, means: means)
  }

  func fail(_ index: Int, _ step: Int) -> VolatilityError {
    VolatilityError(
      .specification,
      "\(step + 1) steps after origin \(origins[index]) a variance is not positive and finite; the parameters are explosive, or a regressor takes it below zero."
    )
  }
}
