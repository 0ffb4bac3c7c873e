import Foundation
import Reports
import Testing
import Volatility

@testable import VolatilityStudies

/// `SALAR_TABLES` names a file to which the tables are appended, to be looked at.
func look(_ table: ReportTable) {
  guard let path = ProcessInfo.processInfo.environment["SALAR_TABLES"] else { return }
  let text = table.plain + "\n" + table.markdown + "\n" + table.latex + "\n" + table.csv + "\n\n"
  let before = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  try? (before + text).write(toFile: path, atomically: true, encoding: .utf8)
}

/// The cells of a line of a plain table, parted by two spaces and more.
func cells(_ table: ReportTable, _ start: String) -> [String] {
  let line = table.plain.split(separator: "\n").first { $0.hasPrefix(start) } ?? ""
  return line.replacing(#/ {2,}/#, with: "\t").split(separator: "\t").map(String.init)
}

@Suite struct StyleTests {
  @Test func decimals() {
    let style = TableStyle()
    func rows(_ errors: Double?...) -> [ParameterRow] {
      errors.map { ParameterRow("a", 1, standardError: $0) }
    }
    #expect(style.decimals(rows(0.5, 12)) == 3)
    #expect(style.decimals(rows(0.0072, 12)) == 4)
    #expect(style.decimals(rows(0.0009, 0)) == 5)
    #expect(style.decimals(rows(1e-12)) == 6)
    #expect(style.decimals(rows(nil)) == 3)
    #expect(TableStyle(digits: 2).decimals(rows(0.0001)) == 2)
  }

  @Test func stars() {
    let style = TableStyle(levels: TableStyle.usualLevels)
    #expect([0.2, 0.09, 0.03, 0.001, nil].map(style.stars) == [0, 1, 2, 3, 0])
    #expect(style.starNote == "* p < 0.10, ** p < 0.05, *** p < 0.01.")
    #expect(TableStyle().starNote == nil && TableStyle().stars(0) == 0)
  }

  @Test func namesMerge() {
    #expect(
      ModelsTable.merged([
        ["mu", "omega", "alpha", "beta"], ["mu", "omega", "alpha", "gamma", "beta", "nu"], ["x"],
      ])
        == ["x", "mu", "omega", "alpha", "gamma", "beta", "nu"])
    #expect(ModelsTable.merged([]).isEmpty)
  }
}

@Suite struct EstimateTablesTests {
  private let rows = [
    ParameterRow("mu", 0.142461, standardError: 0.1, t: 1.42, p: 0.155, interval: -0.05...0.34),
    ParameterRow("omega", 0, isOnBound: true),
    ParameterRow("phi[GIs]", 7.462607, standardError: 4.0728, t: 1.832, p: 0.0002, interval: -0.5...15.4),
    ParameterRow("nu", 8, isFixed: true),
  ]

  @Test func one() {
    let table = EstimateTable(
      "GARCH-X", rows,
      figures: [ModelFigure("Log-likelihood", -204.303152, .fixed(3)), .count("Observations", 106)],
      notes: ["Bollerslev–Wooldridge standard errors."]
    ).table()
    look(table)
    #expect(cells(table, "mu") == ["mu", "0.142", "0.100", "1.42", "0.155", "-0.050", "0.340"])
    #expect(cells(table, "omega") == ["omega", "0.000", "on its bound"])
    #expect(cells(table, "phi[GIs]")[4] == "<0.001")
    #expect(cells(table, "nu") == ["nu", "8.000", "fixed"])
    #expect(cells(table, "Observations") == ["Observations", "106"])
    #expect(table.plain.contains("has no standard error"))
    #expect(table.csv.contains("omega,0,,,,,,on its bound\r\n"))
  }

  @Test func several() {
    let other = [
      ParameterRow("mu", 0.08, standardError: 0.09, t: 0.9, p: 0.37),
      ParameterRow("gamma[1]", -0.3, standardError: 0.1, t: -3, p: 0.003),
    ]
    let models = ModelsTable(
      "Models",
      [.init("GARCH-X", rows, figures: [.count("n", 106)]), .init("GJR", other, figures: [.count("n", 105)])])
    for detail in EstimateDetail.allCases {
      let table = models.table(TableStyle(detail: detail, levels: TableStyle.usualLevels))
      look(table)
      #expect(cells(table, "gamma[1]") == ["gamma[1]", "-0.300***"])
      #expect(table.plain.contains(["se": "(0.090)", "t": "(0.90)", "p": "(0.370)"][detail.rawValue]!))
      #expect(table.plain.contains("(bound)"))
      #expect(table.plain.contains("\(detail.title) in parentheses."))
    }
  }

  @Test func comparison() {
    func entry(_ n: Int) -> [ComparisonTable.Entry] {
      [
        .init(
          "GARCH", logLikelihood: -213.02, parameters: 4, observations: 106, aic: 434.05, bic: 444.7,
          hqic: 438.37),
        .init(
          "EGARCH", logLikelihood: -212.26, parameters: 5, observations: n, aic: 434.52, bic: 447.84,
          hqic: 439.92),
      ]
    }
    let table = ComparisonTable.table("Comparison", entry(106))
    look(table)
    #expect(table.markdown.contains("**-212.26**") && table.markdown.contains("**434.05**"))
    let apart = ComparisonTable.table("Comparison", entry(105))
    #expect(!apart.markdown.contains("**") && apart.plain.contains("do not compare"))
  }
}

@Suite(.enabled(if: FinanceData.isPresent, Comment(rawValue: FinanceData.missing))) struct PanelTableTests {
  let panel: Panel
  init() throws { panel = try ReferencePanel.read() }

  @Test func description() throws {
    let series = try ["rHC", "rEN", "rM", "csadHC", "GI"].map { ($0, try panel.series($0).values) }
    let table = try DescriptionTable(style: TableStyle(levels: TableStyle.usualLevels)).table("Panel", series)
    look(table)
    #expect(cells(table, "Mean").prefix(2) == ["Mean", "0.009"])
    #expect(cells(table, "Skewness")[1] == "-0.215" && cells(table, "Kurtosis")[1] == "5.704")
    #expect(cells(table, "Jarque–Bera")[1] == "33.11***")
    #expect(cells(table, "ADF")[1] == "-2.47")
    #expect(cells(table, "ARCH-LM")[1] == "42.08***")
    #expect(cells(table, "Ljung–Box (10), squares")[1] == "143.72***")
    #expect(throws: VolatilityError.self) { try DescriptionTable().table("none", []) }
    do {
      _ = try DescriptionTable().table("t", [("flat", [1, 1, 1, 1])])
      Issue.record("a constant series was described")
    } catch { #expect(error.message.hasPrefix("'flat': ")) }
    // Tests that need more observations are left out, the rest stays.
    let short = try DescriptionTable().table("t", [("short", [1, 2, 4, 3])])
    #expect(!short.plain.contains("Ljung–Box") && short.plain.contains("Jarque–Bera"))
  }

  @Test func regressions() throws {
    let (y, m) = (try panel.series("csadHC").values, try panel.series("ewHC").values)
    let x = [("|r|", m.map(abs)), ("r²", m.map { $0 * $0 })]
    let fit = try OLS(y, x, covariance: .neweyWest(lags: 4))
    let table = fit.table(response: "csadHC", style: TableStyle(levels: TableStyle.usualLevels))
    look(table)
    #expect(cells(table, "|r|").prefix(4) == ["|r|", "0.2377***", "0.0782", "3.04"])
    #expect(table.plain.contains("Newey–West standard errors with 4 lags."))
    let both = RegressionTable.sideBySide(
      "CSAD", [("HC", fit), ("HC, White", try OLS(y, x, covariance: .hc0))],
      style: TableStyle(detail: .tStatistic))
    look(both)
    #expect(cells(both, "R²") == ["R²", "0.426", "0.426"])
    #expect(
      both.plain.contains(
        "HC: Newey–West standard errors with 4 lags; HC, White: White standard errors (HC0)."))
    let quantiles = try [0.1, 0.5, 0.9].map { try QuantileRegression(y, x, quantile: $0) }
    look(RegressionTable.quantiles("Quantiles", quantiles))
    #expect(
      RegressionTable.quantiles("Quantiles", quantiles).columns.map(\.title) == [
        "", "τ = 0.1", "τ = 0.5", "τ = 0.9",
      ])
    look(quantiles[2].table(response: "csadHC"))
  }

  @Test func herding() throws {
    let (csad, m, g) = (try panel.series("csadHC"), try panel.series("ewHC"), try panel.series("GIs"))
    let covariance = RegressionCovariance.neweyWest(lags: 4)
    let all = [
      try HerdingRegression.christieHuang(
        dispersion: panel.series("cssdHC"), market: m, covariance: covariance),
      try HerdingRegression.cck(dispersion: csad, market: m, covariance: covariance),
      try HerdingRegression.asymmetric(dispersion: csad, market: m, covariance: covariance),
      try HerdingRegression.stateDependent(dispersion: csad, market: m, state: g, covariance: covariance),
    ]
    let table = HerdingTable.coefficients("Herding", all)
    look(table)
    #expect(cells(table, "market^2  ").prefix(2) == ["market^2", "0.0036"])
    #expect(table.plain.contains("p of symmetry"))
    let verdicts = HerdingTable.verdicts("Verdicts", all)
    look(verdicts)
    #expect(verdicts.rows.count == 2 + 1 + 2 + 3)
    #expect(verdicts.plain.contains("no evidence"))
  }

  @Test func tests() throws {
    let r = try panel.series("rHC").values
    let tests: [(String, any HypothesisTest)] = [
      ("rHC", try JarqueBera(r)), ("rHC", try LjungBox(r, lags: 10)), ("rHC", try AugmentedDickeyFuller(r)),
      ("csadHC", try KPSS(try panel.series("csadHC").values)),
    ]
    let table = TestTable.table("Tests", tests.map { (series: $0.0, test: $0.1) })
    look(table)
    #expect(cells(table, "rHC").contains("33.109"))
    #expect(table.plain.contains("not rejected: The series has a unit root."))
    #expect(TestTable.table("", [("", try JarqueBera(r))]).columns[0].title == "test")
  }
}
