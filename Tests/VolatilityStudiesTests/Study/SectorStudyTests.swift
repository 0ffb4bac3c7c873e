import Foundation
import Reports
import Testing
import Volatility

@testable import VolatilityStudies

struct SectorStudyTests {
  private static func correlation(_ x: [Double], _ y: [Double]) -> Double {
    let (a, b) = (x.mean, y.mean)
    var (xy, xx, yy) = (0.0, 0.0, 0.0)
    for (u, v) in zip(x, y) {
      xy += (u - a) * (v - b)
      xx += (u - a) * (u - a)
      yy += (v - b) * (v - b)
    }
    return xy / (xx * yy).squareRoot()
  }

  /// The whole way: files of a market, read again, and the parameters that made them inside their intervals.
  @Test func recoversTheTruth() throws {
    let folder = try TemporaryFolder()
    let market = SimulatedMarket(days: 3000, members: 25, seed: 1)
    try market.write(to: folder.path)
    let truth = try #require(try MarketTruth.reading(folder.path))
    #expect(truth == market.truth)
    let study = try SectorStudy(
      MarketFolder(reading: folder.path), .init(sector: "Health Care"), truth: truth)
    #expect(study.panel.rows == 3000)
    let fit = try #require(study.models.first { $0.label == "GARCH-X" && $0.timing == .same }?.fit)
    #expect(fit.status == .converged)
    for (name, value) in truth.variance {
      let found = try #require(fit[name])
      let error = try #require(found.standardError)
      #expect(abs(found.value - value) < 3 * error, "\(name): \(found.value) ± \(error), truth \(value)")
    }
    // Sharp enough to tell regressors that matter from none.
    #expect(fit["phi[csad]"]!.pValue! < 1e-4 && fit["phi[G]"]!.pValue! < 1e-4)
    let ofEnergy = try #require(
      study.returnRegressions.first {
        $0.label == "Energy" && $0.fit.coefficients.map(\.name) == ["const", "G"]
      })
    let g = try #require(ofEnergy.fit.coefficients["G"])
    // The sector's own mean reaches the other's return, and is no part of the slope.
    #expect(abs(g.value - truth.otherOnEpidemic) < 3 * g.standardError)
    // What CCK finds is not fixed by the truth: volatility that rises for other reasons bends its curve.
    #expect([0, 1, 3].allSatisfy { study.claims[$0].verdict == .holds })
    #expect(study.claims.map(\.number) == [1, 2, 3, 4])

    let again = try SectorStudy(MarketFolder(reading: folder.path), .init(sector: "Health Care"))
    #expect(again.models.map { $0.fit?.logLikelihood } == study.models.map { $0.fit?.logLikelihood })
  }

  /// Without either in the variance, neither is found.
  @Test func absentEffectsAreNotFound() throws {
    let folder = try TemporaryFolder()
    var market = SimulatedMarket(days: 2000, members: 20, seed: 3)
    market.truth.variance["phi[csad]"] = 0
    market.truth.variance["phi[G]"] = 0
    market.truth.variance["omega"] = 0.4
    market.truth.otherOnEpidemic = 0
    try market.write(to: folder.path)
    let study = try SectorStudy(MarketFolder(reading: folder.path), .init(sector: "Health Care", level: 0.01))
    #expect(study.claims[0].evidence[0].outcome == .undecided)
    #expect(study.claims[1].evidence[0].outcome == .undecided)
    #expect(study.claims[3].evidence[0].outcome == .undecided)
  }

  @Test func equalSeedsWriteEqualFiles() throws {
    let folders = try [TemporaryFolder(), TemporaryFolder(), TemporaryFolder()]
    for (folder, seed) in zip(folders, [5, 5, 6] as [UInt64]) {
      try SimulatedMarket(days: 80, members: 6, seed: seed).write(to: folder.path)
    }
    let texts = try folders.map { try String(contentsOfFile: $0.path + "/prices.csv", encoding: .utf8) }
    #expect(texts[0] == texts[1] && texts[0] != texts[2])
    #expect(throws: VolatilityError.self) { try SimulatedMarket(days: 10).write(to: folders[0].path) }
    #expect(throws: VolatilityError.self) {
      try SimulatedMarket(days: 80, members: 6).write(to: folders[0].path + "/prices.csv/below")
    }
  }

  @Test(.enabled(if: FinanceData.isPresent, "\(FinanceData.missing)"))
  func buildsThePanelFromPrices() throws {
    let folder = try MarketFolder(reading: (FinanceData.root!.path + "/finance"))
    let study = try SectorStudy(folder, .init(sector: "Health Care"))
    let reference = try Panel(
      reading: (FinanceData.root!.path + "/finance") + "/panel_health_energy_2020.csv")
    let days = try #require(reference.dates)
    func own(_ name: String) throws -> [Double] { try study.panel.series(name).on(days).values }
    #expect(Self.correlation(try own("csad"), try reference.series("csadHC").values) > 0.999)
    #expect(Self.correlation(try own("G"), try reference.series("GI").values) > 0.98)
    #expect(Self.correlation(try own("r"), try reference.series("ewHC").values) > 0.999)
    // What is odd about the files is said.
    let notes = study.notes.map(\.text).joined(separator: "\n")
    for word in ["CARR", "OTIS", "VTRS", "MYL", "-36.98", "2020-04-20", "unnamed 2", "BF.B"] {
      #expect(notes.contains(word), "\(word)")
    }
    #expect(study.claims.count == 4)
    #expect(study.claims.allSatisfy { !$0.evidence.isEmpty })
    // The author's window: dispersion and epidemic raise volatility, no herding, and Energy falls where interest rises.
    let paper = try SectorStudy(
      folder, .init(sector: "Health Care", from: Day("2020-01-02"), to: Day("2020-06-03"), lags: 4))
    #expect(paper.panel.rows == 106)
    let rolling = try #require(paper.volatilityRegressions.first { $0.label == "sd5" }).fit.coefficients
    #expect(rolling["csad"]!.p < 0.05 && rolling["csad"]!.value > 0)
    #expect(rolling["G"]!.p < 0.05 && rolling["G"]!.value > 0)
    let energy = try #require(
      paper.returnRegressions.first {
        $0.label == "Energy" && $0.fit.coefficients.map(\.name) == ["const", "dG"]
      })
    #expect(energy.fit.coefficients["dG"]!.value < -25 && energy.fit.coefficients["dG"]!.p < 0.01)
  }

  @Test func foldersWithoutWhatIsNeeded() throws {
    let folder = try TemporaryFolder()
    try SimulatedMarket(days: 80, members: 12, seed: 1).write(to: folder.path)
    let whole = try MarketFolder(reading: folder.path)
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "no error"
    }
    let unknown = message { _ = try SectorStudy(whole, .init(sector: "Helth Care")) }
    #expect(unknown.contains("Helth Care") && unknown.contains("Health Care"), "\(unknown)")
    // A sector beside that is not there is noted and left out.
    let study = try SectorStudy(whole, .init(sector: "Health Care", other: "Mining"))
    #expect(study.other == nil && study.claims[3].verdict == .untested)
    #expect(study.notes.contains { $0.text.contains("Mining") })
    try FileManager.default.removeItem(atPath: folder.path + "/search.csv")
    #expect(
      message { _ = try SectorStudy(MarketFolder(reading: folder.path), .init(sector: "Health Care")) }
        .contains("search"))
    try "{\"variance\": 3}".write(
      toFile: folder.path + "/truth.json", atomically: true, encoding: .utf8)
    #expect(message { _ = try MarketTruth.reading(folder.path) }.contains("truth.json"))
  }

  private func report(in folder: TemporaryFolder) throws -> StudyReport {
    try SimulatedMarket(days: 300, members: 12, seed: 2).write(to: folder.path)
    let study = try SectorStudy(
      MarketFolder(reading: folder.path), .init(sector: "Health Care"),
      truth: MarketTruth.reading(folder.path))
    return StudyReport(study)
  }

  @Test func theTablesHaveEveryRow() throws {
    let report = try report(in: TemporaryFolder())
    let recovery = try #require(report.recovery)
    #expect(recovery.rows.count == 6)
    #expect(report.claims.rows.count == 4 && report.evidence.count == 4)
  }

  @Test(.enabled(if: Gnuplot.isInstalled, Comment(rawValue: Gnuplot.missing)))
  func thePageHasEveryPart() throws {
    let folder = try TemporaryFolder()
    let report = try report(in: folder)
    let page = try report.write(to: folder.path + "/out")
    let html = try String(contentsOf: page, encoding: .utf8)
    for part in ["Claims", "Truth", "Herding", "Volatility", "phi[csad]", "Health Care", "Energy"] {
      #expect(html.contains(part), "\(part)")
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out/figures")
    for name in ["returns.png", "news-impact.svg", "diagnostics.gp", "dispersion.dat", "rolling-herding.png"]
    {
      #expect(files.contains(name), "\(name)")
    }
    let tables = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out/tables")
    #expect(tables.contains("claims.csv") && tables.contains("models-same-day.tex"))
  }
}
