import Command
import Foundation
import Reports
import Volatility

/// One-step forecasts of value at risk and expected shortfall over a series, by a model that is refitted as it goes, and
/// the tests of these forecasts. Nothing of a day enters its own forecast but regressors of the same time, which are taken
/// as foreseen.
public struct RiskBacktest: Sendable {
  /// The observations that were forecast, as indices of the returns, counted from zero.
  public let times: [Int]
  /// [times], in the returns' unit and its square.
  public let returns: [Double]
  public let mean: [Double]
  public let variance: [Double]
  /// The probability of a loss beyond the value at risk.
  public let level: Double
  /// Losses as positive numbers, [times].
  public let valueAtRisk: [Double]
  public let expectedShortfall: [Double]
  /// What each forecast said of a return as low as the one that came, [times].
  public let probabilities: [Double]
  public let exceedances: Exceedances
  /// How many windows were fitted to, and what failed, window by window: its days then have no forecast.
  public let refits: Int
  public let failures: [String]
  /// Tests of the forecasts, and why others could not be made.
  public let tests: [any HypothesisTest]
  public let untested: [String]
  let dates: [Day]?
  let name: String

  /// - Parameters:
  ///   - window: the length of each window, of the first where it expands.
  ///   - refit: days between refits; in between the last estimates filter on.
  ///   - level: of the value at risk and expected shortfall.
  ///   - lags: of the hits in the dynamic quantile test.
  ///   - seed: of the bootstrap of the expected-shortfall test.
  /// - Throws: `VolatilityError` for windows that leave nothing to forecast, as the model's fits and forecasts, and
  ///   where no window could be fitted to.
  public init(
    _ model: VolatilityModel, _ data: ModelData, window: Int, refit: Int = 1, expanding: Bool = false,
    level: Double = 0.01, options: FitOptions = FitOptions(), lags: Int = 4, seed: UInt64 = 0,
    threads: Int? = nil
  ) throws(VolatilityError) {
    let all = data.returns
    guard window >= 1, window < all.count, refit >= 1 else {
      throw VolatilityError(
        .specification,
        "a window of \(window) observations and a refit every \(refit) for \(all.count) returns: both are at least 1, and the window leaves returns to forecast."
      )
    }
    // The last return is never part of a window, as nothing follows it.
    let windows = try model.rolling(
      Array(all.dropLast()), regressors: data.columns.mapValues { Array($0.dropLast()) }, window: window,
      step: refit, expanding: expanding, options: options, threads: threads)
    let law = model.distribution
    var found = (times: [Int](), mean: [Double](), variance: [Double]())
    var risks: [TailRisk] = []
    var probabilities: [Double] = []
    var failures: [String] = []
    for one in windows {
      let until = min(one.range.upperBound + refit, all.count)
      let fit: VolatilityFit
      switch one.fit {
      case .failure(let error):
        failures.append("\(data.label(one.range.upperBound)): \(error)")
        continue
      case .success(let found):
        guard found.status.hasConverged else {
          failures.append("\(data.label(one.range.upperBound)): \(found.status)")
          continue
        }
        fit = found
      }
      let shape = law.parameterNames.map { fit.parameterValues[$0] ?? .nan }
      let (quantile, tail) = (law.quantile(level, shape: shape), law.tailMean(level, shape: shape))
      for time in one.range.upperBound..<until {
        let range = one.range.lowerBound..<time
        let next = try model.forecast(
          at: fit.parameterValues, Array(all[range]), regressors: data.columns.mapValues { Array($0[range]) },
          regressorPaths: data.columns.mapValues { .values([$0[time]]) })
        let (mean, variance) = (next.mean[0][0], next.variance[0][0])
        let deviation = variance.squareRoot()
        found.times.append(time)
        found.mean.append(mean)
        found.variance.append(variance)
        risks.append(
          TailRisk(
            probability: level, quantile: mean + deviation * quantile,
            expectedShortfall: -(mean + deviation * tail)))
        probabilities.append(law.cdf((all[time] - mean) / deviation, shape: shape))
      }
    }
    guard !found.times.isEmpty else {
      throw VolatilityError(
        .estimation, "no window could be fitted to; the first said: \(failures.first ?? "nothing").")
    }
    (times, mean, variance) = found
    returns = found.times.map { all[$0] }
    valueAtRisk = risks.map(\.valueAtRisk)
    expectedShortfall = risks.map(\.expectedShortfall)
    self.level = level
    self.probabilities = probabilities
    self.failures = failures
    refits = windows.count
    dates = data.dates.map { dates in found.times.map { dates[$0] } }
    name = data.name
    exceedances = try Exceedances(returns, valueAtRisk: valueAtRisk, probability: level)
    var tests: [any HypothesisTest] = [KupiecTest(exceedances)]
    var untested: [String] = []
    func add(_ make: () throws(VolatilityError) -> any HypothesisTest) {
      do throws(VolatilityError) { tests.append(try make()) } catch { untested.append(error.message) }
    }
    let (hits, shortfall) = (exceedances, expectedShortfall)
    let deviations = variance.map { $0.squareRoot() }
    add { () throws(VolatilityError) in try ChristoffersenIndependenceTest(hits) }
    add { () throws(VolatilityError) in try ChristoffersenCoverageTest(hits) }
    add { () throws(VolatilityError) in try DynamicQuantileTest(hits, lags: lags) }
    add { () throws(VolatilityError) in try BerkowitzTest(probabilities) }
    add { () throws(VolatilityError) in
      try ExpectedShortfallTest(hits, expectedShortfall: shortfall, deviations: deviations, seed: seed)
    }
    self.tests = tests
    self.untested = untested
  }

  /// The tests, a row each.
  public var table: ReportTable {
    var table = TestTable.table("Backtest of \(name)", tests.map { ("", $0) })
    let expected = rounded(exceedances.expected, 1)
    table.notes.insert(
      "\(times.count) one-step forecasts from \(refits) fits; the value at risk of \(percent(level)) was exceeded \(exceedances.count) times, expected \(expected).",
      at: 0)
    table.notes += untested.map { "Not tested: \($0)" }
    if !failures.isEmpty {
      table.notes.append("\(failures.count) of \(refits) fits failed, the first for \(failures[0])")
    }
    return table
  }

  /// Every day's forecast, a row each.
  public var forecasts: ReportTable {
    var table = ReportTable([
      .text(dates == nil ? "observation" : "date"), .number("return", .fixed(6)), .number("mean", .fixed(6)),
      .number("variance", .fixed(8)), .number("value_at_risk", .fixed(6)),
      .number("expected_shortfall", .fixed(6)), .number("exceeded", .fixed(0)),
      .number("probability", .fixed(6)),
    ])
    for k in times.indices {
      table.append([
        .text(dates.map { "\($0[k])" } ?? "\(times[k] + 1)"), .number(returns[k]), .number(mean[k]),
        .number(variance[k]), .number(valueAtRisk[k]), .number(expectedShortfall[k]),
        .number(exceedances.hits[k] ? 1 : 0), .number(probabilities[k]),
      ])
    }
    return table
  }

  /// `value-at-risk` as picture and `forecasts.csv` in a folder, which is made.
  ///
  /// - Throws: `CommandError` where the folder cannot be written or gnuplot fails.
  public func write(to folder: String) throws -> DrawnFigure {
    let place = URL(fileURLWithPath: folder)
    let table = place.appendingPathComponent("forecasts.csv")
    do {
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try Data(forecasts.csv.utf8).write(to: table, options: .atomic)
    } catch { throw CommandError("\(table.path): cannot be written: \(error.localizedDescription)") }
    return try ValueAtRiskFigure(
      returns: returns, quantile: valueAtRisk.map { -$0 }, level: level, dates: dates,
      title: "Value at risk of \(name)", unit: ""
    ).draw("value-at-risk", in: place)
  }
}
