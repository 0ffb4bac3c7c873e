import ArgumentParser
import Command
import Reports
import Volatility
import VolatilityStudies

/// `salar volatility backtest`
struct VolatilityBacktestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest",
    abstract: "Tests a model's value at risk and expected shortfall over a series, refitting as it goes.",
    discussion: """
      Forecasts each day after the first window from what was known before, and tests the forecasts: Kupiec,
      Christoffersen, dynamic quantile, Berkowitz, McNeil and Frey.

      Example: salar volatility backtest sp500.csv --column close --prices --distribution t --window 1000 --refit 5
      """)

  @OptionGroup var series: SeriesOptions
  @OptionGroup var choice: VolatilityModelOptions

  @Option(help: "Observations of a window.")
  var window = 1000

  @Option(help: "Observations between refits.")
  var refit = 1

  @Flag(help: "Windows begin at the first observation and grow.")
  var expanding = false

  @Option(help: "The probability of value at risk and expected shortfall.")
  var level = 0.01

  @Option(help: "Lags of the dynamic quantile test.")
  var lags = 4

  @Option(help: "The seed of the expected-shortfall test's bootstrap.")
  var seed: UInt64 = 0

  @Option(help: "Write the forecasts and their picture into this folder.")
  var out: String?

  @OptionGroup var output: TableOptions

  struct Answer: Encodable {
    struct Test: Encodable {
      var name: String
      var statistic: Double
      var p: Double
      var observations: Int
    }
    var forecasts: Int
    var refits: Int
    var level: Double
    var exceedances: Int
    var expected: Double
    var tests: [Test]
    var untested: [String]
    var failures: [String]
    var notes: [String]
  }

  func run() throws {
    guard level > 0, level < 0.5 else {
      throw ValidationError("--level must be between 0 and 0.5, found \(level)")
    }
    guard window >= 1, refit >= 1 else {
      throw ValidationError("--window and --refit must be at least 1, found \(window) and \(refit)")
    }
    let model = try choice.specification().model()
    let data = try ModelData(series.request(), for: model)
    if !output.json { remark(data.notes) }
    let found = try RiskBacktest(
      model, data, window: window, refit: refit, expanding: expanding, level: level, lags: lags, seed: seed)
    let drawn = try out.map { try found.write(to: $0) }
    if output.json {
      return try CommandOutput.json(
        Answer(
          forecasts: found.times.count, refits: found.refits, level: level,
          exceedances: found.exceedances.count,
          expected: found.exceedances.expected,
          tests: found.tests.map {
            .init(name: $0.name, statistic: $0.statistic, p: $0.pValue, observations: $0.observations)
          }, untested: found.untested, failures: found.failures, notes: data.notes.map(\.text)))
    }
    try output.print(found.table)
    if let drawn { CommandOutput.remark("wrote \(drawn.png.path) and forecasts.csv beside it") }
  }
}
