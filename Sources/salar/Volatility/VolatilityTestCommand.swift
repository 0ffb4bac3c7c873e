import ArgumentParser
import Command
import Reports
import Volatility
import VolatilityStudies

/// `salar volatility test`
struct VolatilityTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Describes a series and tests it.",
    discussion: "Example: salar volatility test returns.csv --column r --tests adf,kpss,arch-lm")

  @OptionGroup var series: SeriesOptions

  @Option(
    help:
      "adf, pp, kpss, df-gls, za (Zivot–Andrews), vr (variance ratio), jb, lb, lb-squares, arch-lm, sign-bias; or all."
  )
  var tests = "jb,lb,lb-squares,arch-lm,adf,pp,kpss"

  @Option(help: "Lags of every test; each one's own rule if not given.")
  var lags: Int?

  @Option(help: "Terms of unit root tests: n (none), c (constant), ct (and trend).")
  var terms = "c"

  @Option(help: "The level at which hypotheses are rejected.")
  var level = 0.05

  @OptionGroup var output: TableOptions

  struct Answer: Encodable {
    struct Outcome: Encodable {
      var test: String
      var name: String
      var statistic: Double
      var pValue: Double
      var lags: Int?
      var observations: Int
      var nullHypothesis: String
      var rejected: Bool
    }
    struct Moments: Encodable {
      var count: Int
      var mean: Double
      var standardDeviation: Double
      var minimum: Double
      var maximum: Double
      var skewness: Double
      var kurtosis: Double
    }
    var description: Moments
    var tests: [Outcome]
    var notes: [String]
  }

  func run() throws {
    guard level > 0, level < 1 else {
      throw ValidationError("--level must be between 0 and 1, found \(level)")
    }
    let data = try ModelData(series.request())
    let chosen = try SeriesTest.parsing(tests)
    let options = SeriesTest.Options(lags: lags, terms: try SeriesTest.terms(terms))
    var outcomes: [(SeriesTest, any HypothesisTest)] = []
    for test in chosen { outcomes.append((test, try test.run(data.returns, options))) }
    if output.json {
      let moments = try Description(data.returns)
      return try CommandOutput.json(
        Answer(
          description: .init(
            count: moments.count, mean: moments.mean, standardDeviation: moments.standardDeviation,
            minimum: moments.minimum, maximum: moments.maximum, skewness: moments.skewness,
            kurtosis: moments.kurtosis),
          tests: outcomes.map { test, found in
            .init(
              test: test.rawValue, name: found.name, statistic: found.statistic, pValue: found.pValue,
              lags: found.lags, observations: found.observations, nullHypothesis: found.nullHypothesis,
              rejected: found.rejects(at: level))
          }, notes: data.notes.map(\.text)))
    }
    remark(data.notes)
    var moments = DescriptionTable()
    moments.tests = false
    try output.print(try moments.table("Moments of \(data.name)", [(data.name, data.returns)]))
    try output.print(TestTable.table("Tests of \(data.name)", outcomes.map { ("", $0.1) }, level: level))
  }
}
