import Testing

@testable import Volatility

/// Whatever series come in, a test ends with numbers or with a typed error.
struct HostileInputTests {
  static let noise = Fixture.normals(60, seed: 31)
  static let inputs: [(String, [Double])] = [
    ("empty", []), ("one", [1]), ("two", [1, 2]), ("three", [1, 2, 4]),
    ("constant", [Double](repeating: 3, count: 60)),
    ("zeros", [Double](repeating: 0, count: 60)), ("NaN", noise.map { $0 > 2 ? .nan : $0 } + [.nan]),
    ("infinite", noise + [.infinity]), ("alternating", (0..<60).map { $0 % 2 == 0 ? 1 : -1 }),
    ("spike", (0..<60).map { $0 == 30 ? 1 : 0 }), ("last", (0..<60).map { $0 == 59 ? 1 : 0 }),
    ("trend", (0..<60).map(Double.init)), ("parabola", (0..<60).map { Double($0 * $0) }),
    ("exponential", (0..<60).map { t in (0..<t).reduce(1.0) { p, _ in p * 1.1 } }),
    ("huge", noise.map { $0 * 1e200 }),
    ("largest", noise.map { $0 > 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude }),
    ("tiny", noise.map { $0 * 1e-200 }), ("denormal", noise.map { $0 * 0x1p-1030 }),
    ("far", noise.map { 1e15 + $0 }), ("steps", noise.map { $0.rounded() }), ("normal", noise),
    ("short", Array(noise.prefix(12))),
  ]

  /// Runs a test; what it returns must be numbers.
  private func numbers(_ name: String, _ body: () throws(VolatilityError) -> [Double]) {
    do throws(VolatilityError) {
      let found = try body()
      let isFine = !found.contains { $0.isNaN }
      if !isFine { Issue.record("\(name): \(found)") }
    } catch { #expect(!error.message.isEmpty) }
  }

  @Test(arguments: 0..<22) func everyTest(_ index: Int) {
    let (name, x) = HostileInputTests.inputs[index]
    func check(_ what: String, _ body: () throws(VolatilityError) -> any HypothesisTest) {
      numbers("\(what) of \(name)") { () throws(VolatilityError) in
        let test = try body()
        #expect((0...1).contains(test.pValue), "\(what) of \(name): p = \(test.pValue)")
        return [test.statistic, test.pValue] + test.criticalValues.map(\.value)
      }
    }
    for terms in DeterministicTerms.allCases {
      for lags: LagSelection in [.aic(), .bic(), .tStatistic(), .fixed(2)] {
        check("ADF \(terms)") { () throws(VolatilityError) in
          try AugmentedDickeyFuller(x, terms: terms, lags: lags)
        }
        check("DF-GLS \(terms)") { () throws(VolatilityError) in
          try DickeyFullerGLS(x, terms: terms, lags: lags)
        }
      }
      check("PP \(terms)") { () throws(VolatilityError) in try PhillipsPerron(x, terms: terms) }
      check("PP ρ \(terms)") { () throws(VolatilityError) in try PhillipsPerron(x, terms: terms, kind: .rho) }
      check("KPSS \(terms)") { () throws(VolatilityError) in try KPSS(x, terms: terms) }
    }
    check("JB") { () throws(VolatilityError) in try JarqueBera(x) }
    check("LB") { () throws(VolatilityError) in try LjungBox(x, lags: 3) }
    check("LB²") { () throws(VolatilityError) in try LjungBox(x, lags: 3, squared: true) }
    check("ARCH") { () throws(VolatilityError) in try ARCHLM(x, lags: 3) }
    check("sign") { () throws(VolatilityError) in try SignBias(standardized: x) }
    check("ZA") { () throws(VolatilityError) in try ZivotAndrews(x, break: .levelAndTrend) }
    check("VR") { () throws(VolatilityError) in try VarianceRatio(x, steps: 3) }
    numbers("description of \(name)") { () throws(VolatilityError) in
      let d = try Description(x)
      return [d.mean, d.standardDeviation, d.skewness, d.kurtosis, d.median]
    }
  }

  @Test(arguments: 0..<22) func everyRegression(_ index: Int) {
    let (name, x) = HostileInputTests.inputs[index]
    let other = Fixture.normals(x.count, seed: 32)
    for (y, z) in [(x, other), (other, x)] {
      for covariance: RegressionCovariance in [
        .classic, .hc0, .hc1, .hc2, .hc3, .neweyWest(.sampleSize), .neweyWest(.neweyWest1994),
        .neweyWest(.andrews1991),
      ] {
        numbers("OLS of \(name)") { () throws(VolatilityError) in
          let fit = try OLS(y, [("z", z)], covariance: covariance)
          return fit.coefficients.flatMap { [$0.value, $0.standardError, $0.t, $0.p] } + [fit.rSquared]
        }
      }
      numbers("diagnostics of \(name)") { () throws(VolatilityError) in
        let fit = try OLS(y, [("z", z)])
        let godfrey = try BreuschGodfrey(fit, lags: 2)
        let reset = try RESET(fit)
        return [godfrey.statistic, godfrey.pValue, reset.statistic, reset.pValue]
          + fit.varianceInflation.map(\.value)
      }
      for covariance: QuantileRegression.Covariance in [
        .robust, .iid, .powell, .bootstrap(draws: 5, seed: 1),
      ] {
        numbers("quantile of \(name)") { () throws(VolatilityError) in
          let fit = try QuantileRegression(y, [("z", z)], quantile: 0.3, covariance: covariance)
          return fit.coefficients.flatMap { [$0.value, $0.standardError, $0.p] } + [
            fit.objective, fit.pseudoRSquared,
          ]
        }
      }
    }
  }
}
