import Foundation
import Reports
import Testing
import Volatility

@testable import VolatilityStudies

/// Folders for figures; `SALAR_FIGURES` names one in which they stay, to be looked at.
struct FigureFolder {
  let url: URL
  let isKept: Bool

  init() throws {
    let kept = ProcessInfo.processInfo.environment["SALAR_FIGURES"].map { URL(fileURLWithPath: $0) }
    isKept = kept != nil
    url =
      kept
      ?? FileManager.default.temporaryDirectory.appendingPathComponent("salar-studies-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  func remove() { if !isKept { try? FileManager.default.removeItem(at: url) } }
}

/// GARCH(1,1) of the DM/GBP returns as Fiorentini, Calzolari and Panattoni have it.
private let marks = (
  model: VolatilityModel(initialisation: .sampleVariance),
  parameters: ["mu": -0.006190408, "omega": 0.010761398, "alpha[1]": 0.153134062, "beta[1]": 0.80597367]
)

@Suite(
  .serialized, .enabled(if: FinanceData.isPresent, Comment(rawValue: FinanceData.missing)),
  .enabled(if: Gnuplot.isInstalled, "needs gnuplot"))
struct RealFigureTests {
  let folder: FigureFolder
  init() throws { folder = try FigureFolder() }

  private func draw(_ name: String, _ figure: some Figure) throws -> DrawnFigure {
    let drawn = try figure.draw(name, in: folder.url)
    for file in [drawn.svg, drawn.darkSVG, drawn.png, drawn.script, drawn.data] {
      #expect(try !Data(contentsOf: file).isEmpty)
    }
    return drawn
  }

  @Test func returns() throws {
    defer { folder.remove() }
    let y = try FinanceData.marks()
    let variance = try marks.model.filter(at: marks.parameters, y).variance
    _ = try draw("returns-marks", ReturnsFigure(returns: y, variance: variance))
    let panel = try ReferencePanel.read()
    let r = try panel.series("rHC").values
    let hc = try VolatilityModel(regressors: [Regressor("csadHC"), Regressor("GIs")]).filter(
      at: [
        "mu": 0.142461, "omega": 1e-8, "alpha[1]": 0.263235, "beta[1]": 0.261732, "phi[csadHC]": 0.069630,
        "phi[GIs]": 7.462607,
      ], r,
      regressors: ["csadHC": panel.series("csadHC").values, "GIs": panel.series("GIs").values])
    let drawn = try draw(
      "returns-health",
      ReturnsFigure(returns: r, variance: hc.variance, dates: panel.dates, title: "Health Care, 2020"))
    let data = try String(contentsOf: drawn.data, encoding: .utf8)
    #expect(data.contains("\n2020-03-16 -10.38"))
    #expect(data.split(separator: "\n").count { $0.hasPrefix("2020-") } == 4 * 106)
  }

  @Test func impact() throws {
    defer { folder.remove() }
    let shocks = FigureData.evenly(-2, 2, 121)
    let curves = [
      try NewsImpactCurve("GARCH", marks.model, at: marks.parameters, before: 0.26, shocks: shocks),
      try NewsImpactCurve(
        "GJR", VolatilityModel(variance: .gjr()),
        at: ["mu": -0.0077, "omega": 0.01033, "alpha[1]": 0.13395, "gamma[1]": 0.0258, "beta[1]": 0.81279],
        before: 0.26, shocks: shocks),
      try NewsImpactCurve(
        "EGARCH", VolatilityModel(variance: .egarch(p: 1, q: 1)),
        at: ["mu": -0.0114, "omega": -0.1215, "alpha[1]": 0.3249, "gamma[1]": -0.0377, "beta[1]": 0.91577],
        before: 0.26, shocks: shocks),
      try NewsImpactCurve(
        "TARCH", VolatilityModel(variance: .tarch()),
        at: ["mu": -0.01085, "omega": 0.03215, "alpha[1]": 0.14327, "gamma[1]": 0.0439, "beta[1]": 0.80656],
        before: 0.26, shocks: shocks),
    ]
    _ = try draw("news-impact", NewsImpactFigure(curves))
  }

  @Test func dispersion() throws {
    defer { folder.remove() }
    let panel = try ReferencePanel.read()
    let (csad, m) = (try panel.series("csadHC"), try panel.series("ewHC"))
    let cck = try HerdingRegression.cck(dispersion: csad, market: m, covariance: .neweyWest(lags: 4))
    let drawn = try draw("dispersion", DispersionFigure(cck, title: "Health Care: dispersion and the market"))
    let data = try String(contentsOf: drawn.data, encoding: .utf8)
    #expect(data.split(separator: "\n").count { !$0.hasPrefix("#") } == 106 + 2 * 201)
    let rolling = try RollingHerding(dispersion: csad, market: m, window: 30)
    _ = try draw("rolling", RollingFigure(rolling))
    let asymmetric = try HerdingRegression.asymmetric(dispersion: csad, market: m)
    #expect(throws: VolatilityError.self) { try DispersionFigure(asymmetric) }
  }

  @Test func forecast() throws {
    defer { folder.remove() }
    let y = try FinanceData.marks()
    let variance = try marks.model.filter(at: marks.parameters, y).variance
    let history = Array(variance.suffix(60))
    let long = 0.010761398 / (1 - 0.153134062 - 0.80597367)
    let path = (1...22).map { long + (history.last! - long) * pow(0.959, Double($0)) }
    let bands = [0.5, 0.8, 0.95].map { level in
      let reach = ReferenceDistribution.normal.quantile(0.5 + level / 2)
      return ForecastFigure.Band(
        level: level,
        lower: path.enumerated().map { $1 * exp(-0.16 * reach * Double($0 + 1).squareRoot() / 2) },
        upper: path.enumerated().map { $1 * exp(0.16 * reach * Double($0 + 1).squareRoot() / 2) })
    }
    _ = try draw(
      "forecast",
      ForecastFigure(history: history, path: path, bands: bands, title: "Forecast of the variance"))
  }

  @Test func diagnostics() throws {
    defer { folder.remove() }
    let y = try FinanceData.marks()
    let found = try marks.model.filter(at: marks.parameters, y)
    let z = zip(found.residuals, found.variance).map { $0 / $1.squareRoot() }
    let figures = try DiagnosticFigures(z)
    _ = try draw("diagnostics", figures.all)
    _ = try draw("diagnostics-t", try DiagnosticFigures(z, law: .studentT, shape: [4.36]).quantiles)
    _ = try draw("acf", figures.squares)
  }

  @Test func valueAtRisk() throws {
    defer { folder.remove() }
    let panel = try ReferencePanel.read()
    let r = try panel.series("rHC").values
    let quantile = try VolatilityModel().filter(
      at: ["mu": 0.082956, "omega": 0.260681, "alpha[1]": 0.371452, "beta[1]": 0.583431], r
    ).variance.map { 0.082956 - 1.6449 * $0.squareRoot() }
    let figure = try ValueAtRiskFigure(returns: r, quantile: quantile, level: 0.05, dates: panel.dates)
    #expect(figure.exceedances == r.indices.filter { r[$0] < quantile[$0] })
    _ = try draw("var-health", figure)
    let y = try FinanceData.marks()
    let q = try marks.model.filter(at: marks.parameters, y).variance.map {
      -0.0062 - 2.3263 * $0.squareRoot()
    }
    let days = (0..<y.count).map { Day(number: 5115 + $0 * 7 / 5) }
    _ = try draw("var-marks", try ValueAtRiskFigure(returns: y, quantile: q, level: 0.01, dates: days))
  }
}
