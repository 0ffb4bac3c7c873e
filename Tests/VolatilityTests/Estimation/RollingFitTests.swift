import Foundation
import Testing

@testable import Volatility

struct RollingFitTests {
  static let returns = Fixture.asymmetricReturns(900, seed: 11)
  static let x = Fixture.normals(900, seed: 6).map { $0 * $0 }

  @Test func windowsAreThoseOfSingleFits() throws {
    for model in [
      VolatilityModel(), VolatilityModel(variance: .egarch(p: 1, q: 1), distribution: .studentT),
      VolatilityModel(mean: .ar(1), regressors: [Regressor("x", timing: .lagged(1))]),
    ] {
      let windows = try model.rolling(Self.returns, regressors: ["x": Self.x], window: 600, step: 10)
      #expect(windows.map(\.range.upperBound) == Array(stride(from: 600, through: 900, by: 10)))
      for one in windows {
        #expect(one.range.count == 600)
        let fit = try one.fit.get()
        let single = try model.fit(
          Array(Self.returns[one.range]), regressors: ["x": Array(Self.x[one.range])])
        #expect(fit.status.hasConverged)
        #expect(close(fit.logLikelihood, single.logLikelihood, 1e-9), "\(one.range)")
        for (a, b) in zip(fit.parameters, single.parameters) {
          #expect(abs(a.value - b.value) < 1e-5 * max(1, abs(b.value)), "\(one.range) \(a.name)")
        }
      }
    }
  }

  @Test func threadsDoNotMatter() throws {
    let model = VolatilityModel(variance: .gjr())
    let one = try model.rolling(Self.returns, window: 500, step: 4, threads: 1)
    let four = try model.rolling(Self.returns, window: 500, step: 4, threads: 4)
    for (a, b) in zip(one, four) {
      #expect(try a.fit.get().parameters == b.fit.get().parameters)
      #expect(a.forecast!.variance == b.forecast!.variance)
    }
    let series = (0..<7).map { Fixture.asymmetricReturns(300, seed: UInt64($0 + 1)) } + [[1, 2]]
    let serial = model.fitEach(series, threads: 1)
    let parallel = model.fitEach(series)
    for (a, b) in zip(serial.dropLast(), parallel) { #expect(try a.get().parameters == b.get().parameters) }
    guard case .failure(let error) = parallel[7] else {
      Issue.record("two observations were fitted to")
      return
    }
    #expect(error.message.contains("2 observations"))
  }

  /// The recursions written out.
  @Test func forecasts() throws {
    let returns = Self.returns
    let garch = try VolatilityModel(mean: .ar(1)).rolling(returns, window: 700, step: 50, expanding: true)
    #expect(garch.map(\.range) == stride(from: 700, through: 900, by: 50).map { 0..<$0 })
    for one in garch {
      let fit = try one.fit.get()
      let p = fit.parameterValues
      let e = fit.residuals.last!
      let variance = p["omega"]! + p["alpha[1]"]! * e * e + p["beta[1]"]! * fit.conditionalVariance.last!
      let mean = p["mu"]! + p["ar[1]"]! * returns[one.range.upperBound - 1]
      let forecast = try #require(one.forecast)
      #expect(close(forecast.variance, variance, 1e-12))
      #expect(close(forecast.mean, mean, 1e-12))
    }
    // Filtering one observation further gives the same.
    for model in [
      VolatilityModel(variance: .egarch(p: 1, q: 1), initialisation: .user(1)),
      VolatilityModel(variance: .figarch(), initialisation: .user(1)),
      VolatilityModel(
        mean: .arma(1, 1).withInMean(.volatility), variance: .gjr(),
        regressors: [Regressor("x", timing: .lagged(1)), Regressor("x", in: .mean, timing: .lagged(2))],
        initialisation: .user(1)),
      VolatilityModel(
        variance: .aparch(p: 1, q: 1), regressors: [Regressor("x", in: .variance(.exponential))],
        initialisation: .user(1)),
      VolatilityModel(mean: .har([1, 5]), variance: .ewma(), initialisation: .user(1)),
    ] {
      let window = try model.rolling(returns, regressors: ["x": Self.x], window: 899, step: 1)[0]
      let fit = try window.fit.get()
      let further = try model.filter(at: fit.parameterValues, returns, regressors: ["x": Self.x])
      let forecast = try #require(window.forecast)
      #expect(close(forecast.variance, further.variance.last!, 1e-10), "\(model.variance)")
      #expect(close(forecast.mean, returns[899] - further.residuals.last!, 1e-9), "\(model.variance)")
    }
    // Beyond the data a regressor of the same time has no value, one of the day before has.
    let same = try VolatilityModel(regressors: [Regressor("x")])
      .rolling(returns, regressors: ["x": Self.x], window: 900)
    #expect(same[0].forecast == nil)
    let lagged = try VolatilityModel(regressors: [Regressor("x", timing: .lagged(1))])
      .rolling(returns, regressors: ["x": Self.x], window: 900)
    #expect(lagged[0].forecast != nil)
  }

  @Test func errors() throws {
    #expect(throws: VolatilityError.self) { try VolatilityModel().rolling(Self.returns, window: 901) }
    #expect(throws: VolatilityError.self) {
      try VolatilityModel().rolling(Self.returns, window: 500, step: 0)
    }
    #expect(throws: VolatilityError.self) {
      try VolatilityModel(regressors: [Regressor("x")]).rolling(Self.returns, window: 500)
    }
    // A bad observation is an error of the windows that hold it.
    var returns = Self.returns
    returns[100] = .nan
    let windows = try VolatilityModel().rolling(returns, window: 200, step: 100)
    for one in windows {
      if one.range.contains(100) {
        #expect(throws: VolatilityError.self) { try one.fit.get() }
      } else {
        #expect(try one.fit.get().status.hasConverged)
      }
    }
  }

  @Test(.enabled(if: FinanceData.isPresent, "needs finance/dem2gbp.csv in $SALAR_DATA or ../shared/data"))
  func nextVarianceOfMarks() throws {
    let window = try VolatilityModel().rolling(MarksFitTests.rounded, window: 1974)
    // arch 8.0.0: .14526924.
    #expect(abs(try #require(window[0].forecast).variance - 0.14526924) < 1e-6)
  }
}

struct ModelComparisonTests {
  static let returns = Fixture.asymmetricReturns(1200, seed: 11)

  @Test func ranking() throws {
    let comparison = try ModelComparison(
      [
        .init("constant", VolatilityModel(variance: .constant)), .init("GARCH", VolatilityModel()),
        .init("HAR-GARCH", VolatilityModel(mean: .har())),
        .init("GJR-t", VolatilityModel(variance: .gjr(), distribution: .studentT)),
        .init("broken", VolatilityModel(regressors: [Regressor("y")])),
      ], Self.returns, criterion: .bic)
    #expect(comparison.entries.count == 4)
    #expect(comparison.failures.map(\.name) == ["broken"])
    #expect(comparison.observations == 1200 - 22)
    #expect(comparison.entries.allSatisfy { $0.fit.observations == 1200 - 22 })
    #expect(comparison.entries[0].name == "GJR-t")
    #expect(comparison.entries.last!.name == "constant")
    for criterion in ModelComparison.Criterion.allCases {
      let values = comparison.ranked(by: criterion).map { $0.value(criterion) }
      #expect(values == values.sorted())
    }
    #expect(close(comparison.weights.reduce(0, +), 1, 1e-12))
    // The same observations as when the first ones are cut by hand.
    let garch = try VolatilityModel().fit(Array(Self.returns[22...]))
    #expect(comparison.entries.first { $0.name == "GARCH" }!.fit.logLikelihood == garch.logLikelihood)
  }

  @Test func errors() {
    #expect(throws: VolatilityError.self) { try ModelComparison([], Self.returns) }
    #expect(throws: VolatilityError.self) {
      try ModelComparison([.init("a", VolatilityModel()), .init("a", VolatilityModel())], Self.returns)
    }
    #expect(throws: VolatilityError.self) {
      try ModelComparison([.init("a", VolatilityModel())], [Double](repeating: 1, count: 50))
    }
  }
}
