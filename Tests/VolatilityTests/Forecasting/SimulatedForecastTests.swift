import Foundation
import Testing

@testable import Volatility

struct SimulatedForecastTests {
  static let returns = RecursionTests.returns
  static let count = RecursionTests.count

  private func named(_ one: RecursionTests.Case) throws -> [String: Double] {
    Dictionary(uniqueKeysWithValues: zip(try one.model.parameterNames(), one.theta))
  }

  private func paths(_ model: VolatilityModel, _ horizon: Int) -> [String: RegressorPath] {
    var found: [String: RegressorPath] = [:]
    for one in model.regressors {
      found[one.name] = .values((0..<horizon).map { 0.3 + 0.2 * Double($0 % 3) })
    }
    return found
  }

  /// One step by paths is the recursion itself; later steps within four errors of the analytic forecast where there is
  /// one. Errors are those of the spread over independent seeds.
  @Test(arguments: RecursionTests.cases)
  func convergesToTheAnalyticForecast(_ one: RecursionTests.Case) throws {
    let at = try named(one)
    let horizon = 6
    let futures = paths(one.model, horizon)
    func simulated(_ seed: UInt64, _ horizon: Int) throws -> VolatilityForecast {
      try one.model.forecast(
        at: at, Self.returns, regressors: RecursionTests.columns, horizon: horizon,
        method: .simulation(paths: 2000, seed: seed),
        regressorPaths: futures.mapValues { path in
          if case .values(let values) = path { return .values(Array(values.prefix(horizon))) }
          return path
        })
    }
    let first = try one.model.forecast(
      at: at, Self.returns, regressors: RecursionTests.columns, horizon: 1,
      regressorPaths: paths(one.model, 1))
    let firstBySimulation = try simulated(1, 1)
    #expect(close(first.mean[0], firstBySimulation.mean[0], 1e-12))
    #expect(close(first.variance[0], firstBySimulation.variance[0], 1e-12))
    guard
      let exact = try? one.model.forecast(
        at: at, Self.returns, regressors: RecursionTests.columns, horizon: horizon, regressorPaths: futures)
    else { return }
    let runs = try (1...40).map { try simulated(UInt64($0), horizon) }
    func check(_ expected: [Double], _ take: (VolatilityForecast) -> [Double], _ what: String) {
      for k in 0..<horizon {
        let values = runs.map { take($0)[k] }
        let mean = values.reduce(0, +) / 40
        let spread = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 39).squareRoot()
        let error = spread / 40.0.squareRoot()
        #expect(
          abs(mean - expected[k]) <= 4.5 * error + 1e-12,
          "\(one.label) \(what) \(k + 1): \(mean) ± \(error), \(expected[k])")
      }
    }
    check(exact.variance[0], { $0.variance[0] }, "variance")
    check(exact.mean[0], { $0.mean[0] }, "mean")
    if let wider = exact.returnVariance { check(wider[0], { $0.returnVariance![0] }, "return variance") }
  }

  /// A path for each origin is, origin by origin, the path given alone.
  @Test func pathsOfEachOrigin() throws {
    let model = VolatilityModel(regressors: [Regressor("a", timing: .lagged(1)), Regressor("b", in: .mean)])
    let at = ["mu": 0.1, "omega": 0.1, "alpha[1]": 0.1, "beta[1]": 0.7, "phi[a]": 0.2, "theta[b]": 0.5]
    let origins = [100, 250, 399]
    func path(_ k: Int) -> [Double] { (0..<3).map { 0.1 * Double(k) + 0.3 * Double($0) } }
    func forecast(_ origins: [Int], _ a: RegressorPath, _ b: RegressorPath) throws -> VolatilityForecast {
      try model.forecast(
        at: at, Self.returns, regressors: RecursionTests.columns, horizon: 3, origins: .at(origins),
        regressorPaths: ["a": a, "b": b])
    }
    let many = try forecast(
      origins, .perOrigin(origins.indices.map { Array(path($0).prefix(2)) }),
      .perOrigin(origins.indices.map { path($0 + 3) }))
    for (k, origin) in origins.enumerated() {
      let one = try forecast([origin], .values(Array(path(k).prefix(2))), .values(path(k + 3)))
      #expect(many.variance[k] == one.variance[0] && many.mean[k] == one.mean[0])
      for h in 0..<3 { #expect(abs(many.mean[k][h] - (0.1 + 0.5 * path(k + 3)[h])) < 1e-14) }
    }
    #expect(many.variance[0] != many.variance[1])
    do throws(VolatilityError) {
      _ = try model.forecast(
        at: at, Self.returns, regressors: RecursionTests.columns, horizon: 3, origins: .at(origins),
        regressorPaths: ["a": .perOrigin([[1, 2]]), "b": .values([1, 2, 3])])
      Issue.record("one path for three origins was taken")
    } catch {
      #expect(error.message.contains("1 paths for 3 origins"), "\(error.message)")
    }
  }

  @Test(arguments: RecursionTests.cases)
  func manyOriginsEqualOneAtATime(_ one: RecursionTests.Case) throws {
    let at = try named(one)
    let origins = [60, 200, 201, 390]
    let futures = one.model.regressors.reduce(into: [String: RegressorPath]()) { $0[$1.name] = .observed }
    let methods: [ForecastMethod] = [
      .simulation(paths: 600, seed: 3), .bootstrap(paths: 600, seed: 3),
    ]
    for method in methods {
      let many = try one.model.forecast(
        at: at, Self.returns, regressors: RecursionTests.columns, horizon: 4, origins: .at(origins),
        method: method, regressorPaths: futures, quantiles: [0.05, 0.5])
      for (k, origin) in origins.enumerated() {
        let alone = try one.model.forecast(
          at: at, Self.returns, regressors: RecursionTests.columns, horizon: 4, origins: .at([origin]),
          method: method, regressorPaths: futures, quantiles: [0.05, 0.5])
        #expect(alone.mean[0] == many.mean[k] && alone.variance[0] == many.variance[k])
        #expect(alone.simulated![0] == many.simulated![k])
      }
    }
    // One step from every origin is the filter's next variance.
    let filtered = try one.model.filter(at: at, Self.returns, regressors: RecursionTests.columns)
    let dropped = Self.count - filtered.variance.count
    let next = try one.model.forecast(
      at: at, Self.returns, regressors: RecursionTests.columns,
      origins: .at(Array(dropped..<(Self.count - 1))),
      regressorPaths: futures)
    for (k, origin) in next.origins.enumerated() {
      #expect(close(next.variance[k][0], filtered.variance[origin + 1 - dropped], 1e-12))
      #expect(
        close(next.mean[k][0], Self.returns[origin + 1] - filtered.residuals[origin + 1 - dropped], 1e-11))
    }
  }

  /// With normal draws one step ahead quantiles and tail means are those of the normal.
  @Test func quantilesOfOneStep() throws {
    let at = ["mu": 0.1, "omega": 0.1, "alpha[1]": 0.1, "beta[1]": 0.8]
    let found = try VolatilityModel().forecast(
      at: at, Self.returns, horizon: 2, method: .simulation(paths: 200_000, seed: 1),
      quantiles: [0.01, 0.05, 0.5], keepsPaths: true)
    let deviation = found.variance[0][0].squareRoot()
    let simulated = try #require(found.simulated?.first)
    for (k, p) in [0.01, 0.05, 0.5].enumerated() {
      let law = InnovationDistribution.normal
      #expect(abs((simulated.quantiles[0][k] - 0.1) / deviation - law.quantile(p)) < 0.03)
      #expect(abs((simulated.tailMeans[0][k] - 0.1) / deviation - law.tailMean(p)) < 0.03)
    }
    #expect(simulated.cumulativeQuantiles[0] == simulated.quantiles[0])
    let kept = try #require(simulated.returns)
    #expect(kept.count == 200_000 && kept[0].count == 2)
    let sums = kept.map { $0[0] + $0[1] }.sorted()
    #expect(SimulatedForecastTests.quantile(sums, 0.05) == simulated.cumulativeQuantiles[1][1])
  }

  private static func quantile(_ sorted: [Double], _ p: Double) -> Double {
    ForecastPlan.lowerTails(sorted, [p])[0].quantile
  }

  /// numpy 2.3: np.quantile([1, 2, 4, 7, 11], [.1, .3, .5, .95]).
  @Test func quantileRule() {
    let found = ForecastPlan.lowerTails([1, 2, 4, 7, 11], [0.1, 0.3, 0.5, 0.95]).map(\.quantile)
    #expect(close(found, [1.4, 2.4, 4, 10.2], 1e-14))
  }

  /// Resampled residuals have their own second moment: E σ² beyond the first step follows it.
  @Test func bootstrapFollowsTheResiduals() throws {
    let at = ["mu": 0.1, "omega": 0.1, "alpha[1]": 0.1, "beta[1]": 0.8]
    let model = VolatilityModel()
    let filtered = try model.filter(at: at, Self.returns)
    let second =
      zip(filtered.residuals, filtered.variance).reduce(0) { $0 + $1.0 * $1.0 / $1.1 } / Double(Self.count)
    let found = try model.forecast(
      at: at, Self.returns, horizon: 3, method: .bootstrap(paths: 400_000, seed: 2))
    var h = found.variance[0][0]
    for k in 1..<3 {
      h = 0.1 + (0.1 * second + 0.8) * h
      #expect(abs(found.variance[0][k] / h - 1) < 0.002)
    }
  }

  @Test func errorsNameTheRegressor() throws {
    let model = VolatilityModel(regressors: [
      Regressor("a"), Regressor("b", in: .mean, timing: .lagged(2)),
    ])
    let at = [
      "mu": 0, "theta[b]": 0.1, "omega": 0.1, "alpha[1]": 0.1, "beta[1]": 0.8, "phi[a]": 0.1,
    ]
    func forecast(_ horizon: Int, _ paths: [String: RegressorPath]) throws -> VolatilityForecast {
      try model.forecast(
        at: at, Self.returns, regressors: RecursionTests.columns, horizon: horizon, regressorPaths: paths)
    }
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return ""
      } catch { return "\(error)" }
    }
    let missing = message { _ = try forecast(5, ["b": [1, 2, 3]]) }
    #expect(missing.contains("'a'") && missing.contains("5 values"))
    let lagged = message { _ = try forecast(5, ["a": [1, 2, 3, 4, 5]]) }
    #expect(lagged.contains("'b'") && lagged.contains("3 values"))
    let short = message { _ = try forecast(5, ["a": [1, 2, 3, 4], "b": [1, 2, 3]]) }
    #expect(short.contains("4 are given"))
    #expect(message { _ = try forecast(2, ["a": [1, -1]]) }.contains("negative"))
    #expect(message { _ = try forecast(1, ["a": [1], "c": [1]]) }.contains("'c'"))
    #expect(message { _ = try forecast(1, ["a": .observed]) }.contains("only 0"))
    #expect(message { _ = try forecast(2, ["a": [1, 1]]) } == "")
    // The values matter at the steps they belong to.
    let low = try forecast(3, ["a": [1, 1, 1], "b": [0]])
    let high = try forecast(3, ["a": [1, 2, 1], "b": [1]])
    #expect(low.variance[0][0] == high.variance[0][0])
    #expect(abs(high.variance[0][1] - low.variance[0][1] - 0.1) < 1e-14)
    #expect(abs(high.mean[0][2] - low.mean[0][2] - 0.1) < 1e-14)
    #expect(low.mean[0][1] == high.mean[0][1])
  }

  @Test func otherErrors() throws {
    let at = ["mu": 0, "omega": 0.1, "alpha[1]": 0.1, "beta[1]": 0.8]
    let model = VolatilityModel()
    #expect(throws: VolatilityError.self) { try model.forecast(at: at, Self.returns, horizon: 0) }
    #expect(throws: VolatilityError.self) { try model.forecast(at: at, Self.returns, origins: .at([400])) }
    #expect(throws: VolatilityError.self) { try model.forecast(at: at, Self.returns, origins: .from(400)) }
    #expect(throws: VolatilityError.self) { try model.forecast(at: at, Self.returns, quantiles: [0.1]) }
    #expect(throws: VolatilityError.self) {
      try model.forecast(at: at, Self.returns, origins: .at([5]), method: .bootstrap(seed: 1))
    }
    #expect(throws: VolatilityError.self) {
      try VolatilityModel(variance: .tarch()).forecast(
        at: ["mu": 0, "omega": 0.1, "alpha[1]": 0.1, "gamma[1]": 0.1, "beta[1]": 0.8], Self.returns,
        horizon: 2)
    }
  }
}
