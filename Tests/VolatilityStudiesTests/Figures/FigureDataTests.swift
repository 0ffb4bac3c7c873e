import Foundation
import Testing
import Volatility

@testable import Reports
@testable import VolatilityStudies

private func refusal(_ body: () throws(VolatilityError) -> some Any) -> String {
  do {
    _ = try body()
    return "nothing was refused"
  } catch { return error.message }
}

@Suite struct FigureDataTests {
  @Test func refusals() {
    let ten = [Double](repeating: 0.5, count: 10)
    for (found, part) in [
      (
        refusal { () throws(VolatilityError) in try ReturnsFigure(returns: [], variance: []) },
        "nothing to draw"
      ),
      (
        refusal { () throws(VolatilityError) in try ReturnsFigure(returns: ten, variance: [1]) },
        "10 values of returns and 1 of variances"
      ),
      (
        refusal { () throws(VolatilityError) in try ReturnsFigure(returns: [1, .nan], variance: [1, 1]) },
        "value 2 of the returns is nan"
      ),
      (
        refusal { () throws(VolatilityError) in try ReturnsFigure(returns: [1, 2], variance: [1, 0]) },
        "variance 2 is 0.0"
      ),
      (
        refusal { () throws(VolatilityError) in
          try ReturnsFigure(returns: [1, 2], variance: [1, 1], dates: [Day(number: 1)])
        }, "1 dates for 2 observations"
      ),
      (refusal { () throws(VolatilityError) in try NewsImpactFigure([]) }, "no news impact curve"),
      (
        refusal { () throws(VolatilityError) in
          try NewsImpactCurve("x", VolatilityModel(), at: [:], before: 0, shocks: [1])
        }, "must be positive"
      ),
      (
        refusal { () throws(VolatilityError) in
          try NewsImpactCurve("x", VolatilityModel(), at: ["omega": 1], before: 1, shocks: [1])
        }, "'alpha[1]' has no value"
      ),
      (
        refusal { () throws(VolatilityError) in
          try DispersionFigure(market: ten, dispersion: [1], curve: (0, 0, 0))
        }, "10 values of the market and 1 of the dispersion"
      ),
      (
        refusal { () throws(VolatilityError) in try ForecastFigure(history: ten, path: [], bands: []) },
        "no horizon"
      ),
      (
        refusal { () throws(VolatilityError) in
          try ForecastFigure(history: ten, path: [1], bands: [.init(level: 1, lower: [0], upper: [1])])
        }, "levels are between 0 and 1"
      ),
      (
        refusal { () throws(VolatilityError) in
          try ForecastFigure(history: ten, path: [1], bands: [.init(level: 0.5, lower: [2], upper: [1])])
        }, "at horizon 1"
      ),
      (
        refusal { () throws(VolatilityError) in
          try RollingFigure(values: [.nan], lower: [.nan], upper: [.nan])
        }, "no finite value"
      ),
      (
        refusal { () throws(VolatilityError) in
          try ValueAtRiskFigure(returns: ten, quantile: ten, level: 0)
        }, "levels are between 0 and 1"
      ),
      (refusal { () throws(VolatilityError) in try DiagnosticFigures(ten) }, "at least 20"),
      (
        refusal { () throws(VolatilityError) in
          try DiagnosticFigures((0..<30).map { sin(Double($0)) }, law: .studentT)
        }, "0 shape parameters for the distribution t, which has 1"
      ),
      (
        refusal { () throws(VolatilityError) in
          try DiagnosticFigures((0..<30).map { sin(Double($0)) }, lags: 0)
        }, "at least 1 is needed"
      ),
    ] { #expect(found.contains(part), "\(found)") }
  }

  /// σ² after a shock, the variance before being v: the models' own equations.
  @Test func newsImpact() throws {
    let shocks = [-1.5, -0.2, 0, 0.7, 2]
    let v = 0.8
    func curve(_ variance: VarianceModel, _ parameters: [String: Double], mean: MeanModel = .constant) throws
      -> [Double]
    {
      try NewsImpactCurve(
        "", VolatilityModel(mean: mean, variance: variance), at: parameters, before: v, shocks: shocks
      ).variance
    }
    // Where v is the unconditional variance the curve is the textbook's.
    let garch = try curve(
      .garch(p: 1, q: 1), ["mu": 0.3, "ar[1]": 0.1, "omega": v * 0.1, "alpha[1]": 0.2, "beta[1]": 0.7],
      mean: .ar(1))
    for (shock, found) in zip(shocks, garch) {
      #expect(abs(found - (v * 0.1 + 0.2 * shock * shock + 0.7 * v)) < 1e-12)
    }
    let gjr = try curve(
      .gjr(), ["mu": 0, "omega": v * 0.1, "alpha[1]": 0.1, "gamma[1]": 0.2, "beta[1]": 0.7])
    for (shock, found) in zip(shocks, gjr) {
      #expect(abs(found - (v * 0.1 + (shock < 0 ? 0.3 : 0.1) * shock * shock + 0.7 * v)) < 1e-12)
    }
    let egarch = try curve(
      .egarch(p: 1, q: 1),
      ["mu": 0, "omega": 0.1 * log(v), "alpha[1]": 0.2, "gamma[1]": -0.1, "beta[1]": 0.9])
    for (shock, found) in zip(shocks, egarch) {
      let z = shock / v.squareRoot()
      let expected = log(v) + 0.2 * (abs(z) - (2 / Double.pi).squareRoot()) - 0.1 * z
      #expect(abs(log(found) - expected) < 1e-12)
    }
    let x = try NewsImpactCurve(
      "", VolatilityModel(regressors: [Regressor("g", timing: .lagged(2)), Regressor("m", in: .mean)]),
      at: ["mu": 0, "theta[m]": 1, "omega": v * 0.1, "alpha[1]": 0.2, "beta[1]": 0.7, "phi[g]": 2], before: v,
      shocks: [0], regressors: ["g": 0.5])
    // Both variances, before and after, hold φ·g.
    #expect(abs(x.variance[0] - (v * 0.1 + 1 + 0.7 * (v + 1))) < 1e-12)
  }

  @Test func diagnosticsCount() throws {
    let z = (0..<400).map { ReferenceDistribution.normal.quantile((Double($0 * 147 % 400) + 0.5) / 400) }
    let figures = try DiagnosticFigures(z)
    // Every twentieth holds as many of the law's own quantiles.
    let heights = figures.probabilities.plot().data.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .prefix(20)
    #expect(heights.allSatisfy { $0.hasSuffix(" 1.0") }, "\(heights)")
    // Points of the quantile plot lie on the diagonal.
    let points = figures.quantiles.plot().data.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(points.count == 400)
    for point in points {
      let numbers = point.split(separator: " ").compactMap { Double($0) }
      #expect(abs(numbers[0] - numbers[1]) < 1e-9)
    }
    let bars = figures.density.plot().data.split(separator: "\n\n\n")[0].split(separator: "\n").dropFirst()
    let rows: [[Double]] = bars.map { row in row.split(separator: " ").compactMap { Double($0) } }
    let mass: Double = rows.map { $0[1] }.reduce(0, +)
    let places: [Double] = rows.map { $0[0] }
    let total: Double = mass * (places[1] - places[0])
    #expect(abs(total - 1) < 1e-9)
    #expect(figures.autocorrelations.plot().data.contains("95 % of white noise"))
  }

  @Test func fanIsNested() throws {
    let figure = try ForecastFigure(
      history: [1, 2], path: [3],
      bands: [
        .init(level: 0.5, lower: [2.5], upper: [3.5]), .init(level: 0.95, lower: [1], upper: [5]),
      ], dates: [Day(2020, 1, 2)!, Day(2020, 1, 3)!, Day(2020, 1, 6)!])
    let rows = figure.chart.plot().data.split(separator: "\n").filter { $0.hasPrefix("2020-01-06") }
    // Above, below, the middle, the path.
    #expect(rows == ["2020-01-06 3.5 5.0", "2020-01-06 1.0 2.5", "2020-01-06 2.5 3.5", "2020-01-06 3.0"])
    #expect(figure.chart.layers.map(\.name) == ["95 %", "", "50 %", "observed", "expected"])
  }

  @Test func exceedances() throws {
    let figure = try ValueAtRiskFigure(returns: [-1, -3, 2, -2], quantile: [-2, -2, -2, -2], level: 0.25)
    #expect(figure.exceedances == [1])
    #expect(figure.chart.layers.last?.name == "below it: 1, expected 1")
  }
}
