import Command
import Foundation
import Reports
import Volatility

/// A forecast of mean and variance after the last observation, with value at risk, expected shortfall and a fan.
///
/// Analytic forecasts take the model's law about the forecast mean with the forecast variance: exact one step ahead, an
/// approximation beyond, as a mixture of variances has heavier tails. Simulated ones need no law.
public struct RiskForecast: Sendable {
  /// [horizon], in the unit of returns and its square.
  public let mean: [Double]
  public let variance: [Double]
  /// The probability of a loss beyond the value at risk.
  public let level: Double
  /// Losses of single steps as positive numbers, [horizon]: −(the `level` quantile of the return).
  public let valueAtRisk: [Double]
  /// The mean loss where it is beyond the value at risk, [horizon].
  public let expectedShortfall: [Double]
  public let isSimulated: Bool
  let bands: [ForecastFigure.Band]
  let history: [Double]
  let dates: [Day]?
  let name: String

  /// - Parameter paths: of each regressor after the last observation.
  /// - Throws: `VolatilityError` as the model's forecast.
  public init(
    _ model: VolatilityModel, at parameters: [String: Double], _ data: ModelData, horizon: Int,
    method: ForecastMethod = .analytic, paths: [String: RegressorPath] = [:], level: Double = 0.01
  ) throws(VolatilityError) {
    let shares = [0.5, 0.8, 0.95]
    let isSimulated = method != .analytic
    let probabilities = isSimulated ? [level] + shares.flatMap { [(1 - $0) / 2, (1 + $0) / 2] } : []
    let found = try model.forecast(
      at: parameters, data.returns, regressors: data.columns, horizon: horizon, method: method,
      regressorPaths: paths, quantiles: probabilities)
    let (mean, variance) = (found.mean[0], found.variance[0])
    // Where the mean has lags, earlier shocks live on in it.
    let spread = (found.returnVariance?[0] ?? variance).map { $0.squareRoot() }
    if let outcomes = found.simulated?.first {
      valueAtRisk = outcomes.quantiles.map { -$0[0] }
      expectedShortfall = outcomes.tailMeans.map { -$0[0] }
      bands = shares.enumerated().map { k, share in
        .init(
          level: share, lower: outcomes.quantiles.map { $0[1 + 2 * k] },
          upper: outcomes.quantiles.map { $0[2 + 2 * k] })
      }
    } else {
      let law = model.distribution
      let shape = law.parameterNames.map { parameters[$0] ?? .nan }
      let quantile = law.quantile(level, shape: shape)
      let tail = law.tailMean(level, shape: shape)
      valueAtRisk = zip(mean, spread).map { -($0 + $1 * quantile) }
      expectedShortfall = zip(mean, spread).map { -($0 + $1 * tail) }
      bands = shares.map { share in
        let lower = law.quantile((1 - share) / 2, shape: shape)
        let upper = law.quantile((1 + share) / 2, shape: shape)
        return .init(
          level: share, lower: zip(mean, spread).map { $0 + $1 * lower },
          upper: zip(mean, spread).map { $0 + $1 * upper })
      }
    }
    (self.mean, self.variance, self.level, self.isSimulated) = (mean, variance, level, isSimulated)
    history = Array(data.returns.suffix(max(20, 5 * horizon)))
    dates = data.dates.map { Self.continued(Array($0.suffix(max(20, 5 * horizon))), by: horizon) }
    name = data.name
  }

  /// Weekdays after the last one, where there were no weekends; otherwise days.
  private static func continued(_ dates: [Day], by count: Int) -> [Day] {
    let hasWeekends = dates.contains(where: \.isWeekend)
    var all = dates
    while all.count < dates.count + count {
      var next = all[all.count - 1] + 1
      while !hasWeekends, next.isWeekend { next = next + 1 }
      all.append(next)
    }
    return all
  }

  /// A row a step.
  public var table: ReportTable {
    var table = ReportTable(
      [
        .number("step", .fixed(0)), .number("mean", .fixed(4)), .number("variance", .fixed(6)),
        .number("std. deviation", .fixed(4)), .number("VaR \(percent(level))", .fixed(4)),
        .number("ES \(percent(level))", .fixed(4)),
      ], caption: "Forecast of \(name)")
    for k in mean.indices {
      table.append([
        .number(Double(k + 1)), .number(mean[k]), .number(variance[k]), .number(variance[k].squareRoot()),
        .number(valueAtRisk[k]), .number(expectedShortfall[k]),
      ])
    }
    table.notes = ["Value at risk and expected shortfall are losses of single steps."]
    if !isSimulated, mean.count > 1 {
      table.notes.append(
        "Beyond the first step they take the model's distribution with the forecast variance, which makes tails too light; simulation does not."
      )
    }
    return table
  }

  /// The fan, as `forecast` in a folder, which is made.
  ///
  /// - Throws: `CommandError` where the folder cannot be written or gnuplot fails.
  public func draw(in folder: String) throws -> DrawnFigure {
    let place = URL(fileURLWithPath: folder)
    do { try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true) } catch {
      throw CommandError("\(folder): cannot be made: \(error.localizedDescription)")
    }
    let figure = try ForecastFigure(
      history: history, path: mean, bands: bands, dates: dates, joins: false,
      title: "Forecast of \(name)", label: "return")
    return try figure.draw("forecast", in: place)
  }
}
