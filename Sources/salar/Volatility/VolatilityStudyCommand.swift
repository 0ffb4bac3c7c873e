import ArgumentParser
import Command
import Reports
import Volatility
import VolatilityStudies

/// `salar volatility study`
struct VolatilityStudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Studies a sector's volatility, dispersion, herding and an epidemic, end to end.",
    discussion: """
      The folder has CSV files of prices (a column a ticker), of sectors, and of daily search interest; an oil price, a \
      volatility index, the market's index and capitalisations are used where they are there.

      Example: salar volatility study data/finance --sector "Health Care" --out runs/study
      """)

  @Argument(help: "The folder of CSV files.")
  var folder: String

  @Option(help: "The sector whose volatility is modelled.")
  var sector: String

  @Option(help: "The sector whose returns are explained beside; none for no other.")
  var other = "Energy"

  @Option(help: "The first day, as 2020-01-02.")
  var from: String?

  @Option(help: "The last day.")
  var to: String?

  @Option(help: "Lags of Newey–West errors; by the sample size if not given.")
  var hac: Int?

  @Option(help: "The level at which claims are judged.")
  var level = 0.05

  @Option(help: "The distribution of innovations: normal, t, skewt, ged.")
  var distribution = "normal"

  @Option(
    help: "How members weigh in the sector's return: equal, or cap where the folder has capitalisations.")
  var weights = Weights.equal

  @Option(help: "Where report.html, figures and tables go; runs/study-SECTOR if not given.")
  var out: String?

  enum Weights: String, ExpressibleByArgument, CaseIterable { case equal, cap }

  @OptionGroup var output: TableOptions

  struct Answer: Encodable {
    struct Evidence: Encodable {
      var label: String
      var value: Double
      var se: Double?
      var p: Double?
      var outcome: String
    }
    struct Judged: Encodable {
      var claim: Int
      var title: String
      var verdict: String
      var statement: String
      var evidence: [Evidence]
    }
    struct Fitted: Encodable {
      var label: String
      var arguments: [String]
      var logLikelihood: Double?
      var parameters: [FitAnswer.Parameter]?
      var status: String?
      var error: String?
      var residualTests: [Tested]?
    }
    struct Tested: Encodable {
      var name: String
      var statistic: Double
      var p: Double
    }
    /// The nonlinear term of a CCK regression: over a window, or at a quantile.
    struct Term: Encodable {
      var at: String
      var value: Double
      var se: Double
      var p: Double
      var verdict: String
      init(_ at: String, _ term: HerdingTerm, _ level: Double) {
        self.at = at
        let c = term.coefficient
        (value, se, p) = (c.value, c.standardError, c.p)
        verdict = term.verdict(at: level).rawValue
      }
    }
    var sector: String
    var members: [String]
    var days: Int
    var first: String?
    var last: String?
    var columns: [String: [Double?]]
    var dates: [String]
    var claims: [Judged]
    var rollingHerding: [Term]
    var quantileHerding: [Term]
    var models: [Fitted]
    var notes: [String]
    var report: String?
  }

  func run() throws {
    guard level > 0, level < 1 else {
      throw ValidationError("--level must be between 0 and 1, found \(level)")
    }
    let market = try MarketFolder(reading: folder)
    let settings = SectorStudy.Settings(
      sector: sector, other: other.lowercased() == "none" ? nil : other,
      from: try from.map { try day($0, "--from") },
      to: try to.map { try day($0, "--to") }, weights: try portfolio(market), level: level, lags: hac,
      distribution: try InnovationDistribution(parsing: distribution))
    let study = try SectorStudy(market, settings, truth: MarketTruth.reading(folder))
    let report = StudyReport(study)
    let page = try report.write(to: out ?? "runs/study-\(slug(sector))")
    if output.json { return try CommandOutput.json(answer(study, page.path)) }
    remark(study.notes)
    for table in [report.descriptions].compactMap({ $0 }) + report.herding { try output.print(table) }
    for table in [
      report.models(.same), report.models(.lagged(1)), report.residuals, report.volatilityRegressions,
    ].compactMap({ $0 })
      + report.returnRegressions + [report.recovery].compactMap({ $0 }) + [report.claims]
    {
      try output.print(table)
    }
    for paragraph in report.summary { try CommandOutput.line(paragraph) }
    CommandOutput.remark("wrote \(page.path)")
  }

  private func portfolio(_ market: MarketFolder) throws -> PortfolioWeights {
    guard weights == .cap else { return .equal }
    guard let panel = market.capitalization else {
      throw ValidationError(
        "--weights cap: '\(folder)' has no capitalisations; add a dated CSV file with 'cap' in its name and a column a ticker, or take --weights equal"
      )
    }
    return .capitalization(panel)
  }

  /// `health-care`.
  private func slug(_ name: String) -> String {
    name.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
  }

  private func answer(_ study: SectorStudy, _ page: String?) -> Answer {
    let dates = study.panel.dates ?? []
    return Answer(
      sector: study.settings.sector, members: study.sector.members.members, days: study.panel.rows,
      first: dates.first.map { "\($0)" }, last: dates.last.map { "\($0)" },
      columns: Dictionary(
        uniqueKeysWithValues: zip(
          study.panel.names, study.panel.columns.map { $0.map { $0.isNaN ? nil : $0 } })),
      dates: dates.map { "\($0)" },
      claims: study.claims.map { claim in
        .init(
          claim: claim.number, title: claim.title, verdict: claim.verdict.rawValue,
          statement: claim.statement,
          evidence: claim.evidence.map {
            .init(
              label: $0.label, value: $0.value, se: $0.standardError, p: $0.p, outcome: $0.outcome.rawValue)
          })
      },
      rollingHerding: study.rollingHerding?.windows.map { Answer.Term($0.end, $0.term, level) } ?? [],
      quantileHerding: study.quantileHerding?.terms.map { Answer.Term($0.state, $0, level) } ?? [],
      models: study.models.map { one in
        .init(
          label: one.label, arguments: ModelSpecification(one.model).arguments,
          logLikelihood: one.fit?.logLikelihood,
          parameters: one.fit?.parameters.map {
            FitAnswer.Parameter(
              name: $0.name, value: $0.value, se: $0.standardError, t: $0.t, p: $0.pValue,
              onBound: $0.isOnBound,
              fixed: $0.isFixed)
          }, status: one.fit?.status.name, error: one.failure,
          residualTests: one.residualTests?.tests.map {
            .init(name: $0.row, statistic: $0.test.statistic, p: $0.test.pValue)
          })
      }, notes: study.notes.map(\.text), report: page)
  }
}
