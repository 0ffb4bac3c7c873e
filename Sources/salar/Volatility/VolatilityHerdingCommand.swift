import ArgumentParser
import Command
import Reports
import Volatility
import VolatilityStudies

/// `salar volatility herding`
struct VolatilityHerdingCommand: ParsableCommand {
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case cck, asymmetric, state, christieHuang = "christie-huang", rolling, quantile
  }

  static let configuration = CommandConfiguration(
    commandName: "herding", abstract: "Regresses return dispersion on the market: do returns herd?",
    discussion: """
      cck: dispersion = a + b·|market| + c·market²; herding makes c negative.

      Example: salar volatility herding panel.csv --market rM --dispersion csad --hac 4
      """)

  @Argument(help: "A CSV file with both columns.")
  var file: String

  @Option(help: "The column of the market's returns.")
  var market: String

  @Option(help: "The column of the dispersion: CSAD, or CSSD for christie-huang.")
  var dispersion: String

  @Option(help: "The form: cck, asymmetric, state, christie-huang, rolling, quantile.")
  var form = Form.cck

  @Option(help: "Lags of Newey–West errors; by the sample size if not given.")
  var hac: Int?

  @Option(help: "The column of the state, for --form state.")
  var state: String?

  @Option(help: "The share of days in each tail, for christie-huang.")
  var tail = 0.05

  @Option(help: "Days in a window, for rolling.")
  var window = 60

  @Option(help: "Quantiles of the dispersion, for quantile.")
  var quantiles = "0.1,0.25,0.5,0.75,0.9"

  @Option(help: "The column of dates; found by looking if not given.")
  var date: String?

  @Option(help: "The first day, as 2020-01-02.")
  var from: String?

  @Option(help: "The last day.")
  var to: String?

  @Option(help: "The level of verdicts.")
  var level = 0.05

  @OptionGroup var output: TableOptions

  struct Answer: Encodable {
    struct Value: Encodable {
      var name: String
      var value: Double
      var se: Double
      var t: Double
      var p: Double
      init(_ c: Coefficient) { (name, value, se, t, p) = (c.name, c.value, c.standardError, c.t, c.p) }
    }
    struct Term: Encodable {
      var state: String
      var value: Double
      var t: Double
      var p: Double
      var verdict: String
    }
    var coefficients: [Value]
    var terms: [Term]
    var rSquared: Double?
    var observations: Int
    var lags: Int?
    var verdict: String?
    var statement: String
    var notes: [String]
  }

  func run() throws {
    guard level > 0, level < 1 else {
      throw ValidationError("--level must be between 0 and 1, found \(level)")
    }
    let request = SeriesRequest(
      file, date: date, from: try from.map { try day($0, "--from") }, to: try to.map { try day($0, "--to") })
    let panel = try request.panel()
    let (csad, m) = (try panel.series(dispersion), try panel.series(market))
    let covariance = RegressionCovariance.neweyWest(hac.map { .fixed($0) } ?? .sampleSize)
    switch form {
    case .rolling:
      let rolling = try RollingHerding(dispersion: csad, market: m, window: window, covariance: covariance)
      try answer(
        rolling.windows.map { ($0.end, $0.term) }, coefficients: [], rolling.statement(at: level),
        rolling.panel, nil, nil, nil
      ) { try output.print(rolling.table(level: level)) }
    case .quantile:
      let taus = try quantiles.split(separator: ",").map { text in
        guard let tau = Double(text.trimmingPrefix(" ")), tau > 0, tau < 1 else {
          throw ValidationError("--quantiles: '\(text)' is no number between 0 and 1")
        }
        return tau
      }
      let found = try QuantileHerding(dispersion: csad, market: m, quantiles: taus)
      try answer(
        found.terms.map { ($0.state, $0) }, coefficients: found.fits.flatMap(\.coefficients),
        found.statement(at: level), found.panel, nil, nil, nil
      ) { try output.print(RegressionTable.quantiles("\(dispersion) on \(market)", found.fits)) }
    default:
      let found = try regression(panel, csad, m, covariance)
      try answer(
        found.terms.map { ($0.state, $0) }, coefficients: found.coefficients, found.statement(at: level),
        found.panel,
        found.fit.rSquared, found.fit.lags, found.verdict(at: level)
      ) { try output.print(HerdingTable.coefficients("\(dispersion) on \(market)", [found])) }
    }
  }

  private func regression(
    _ panel: Panel, _ csad: Series, _ m: Series, _ covariance: RegressionCovariance
  ) throws -> HerdingRegression {
    switch form {
    case .asymmetric: return try .asymmetric(dispersion: csad, market: m, covariance: covariance)
    case .christieHuang:
      return try .christieHuang(dispersion: csad, market: m, tail: tail, covariance: covariance)
    case .state:
      guard let state else { throw ValidationError("--form state needs --state COL") }
      return try .stateDependent(
        dispersion: csad, market: m, state: panel.series(state), covariance: covariance)
    default: return try .cck(dispersion: csad, market: m, covariance: covariance)
    }
  }

  private func answer(
    _ terms: [(String, HerdingTerm)], coefficients: [Coefficient], _ statement: String, _ panel: Panel,
    _ rSquared: Double?, _ lags: Int?, _ verdict: HerdingVerdict?, print: () throws -> Void
  ) throws {
    if output.json {
      return try CommandOutput.json(
        Answer(
          coefficients: coefficients.map(Answer.Value.init),
          terms: terms.map { state, term in
            .init(
              state: state, value: term.coefficient.value, t: term.coefficient.t, p: term.coefficient.p,
              verdict: term.verdict(at: level).rawValue)
          }, rSquared: rSquared, observations: panel.rows, lags: lags, verdict: verdict?.rawValue,
          statement: statement, notes: panel.notes.map(\.text)))
    }
    remark(panel.notes)
    try print()
    try CommandOutput.line("\n" + statement)
  }
}
