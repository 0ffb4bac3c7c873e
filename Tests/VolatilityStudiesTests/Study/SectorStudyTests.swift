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
    // Exactly the tickers of one file that the other has not.
    func tickers(_ file: String, _ take: (String) -> [Substring]) throws -> Set<String> {
      let text = try String(contentsOfFile: FinanceData.root!.path + "/finance/" + file, encoding: .utf8)
      return Set(take(text).map { String($0.map { "-/ _".contains($0) ? "." : $0 }) })
    }
    let listed = try tickers("sp500_sectors_2020-08-22.csv") { text in
      text.split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: ",")[0] }
    }
    let priced = try tickers("sp500_adjclose_2019-11_2020-07.csv") { text in
      text.split(whereSeparator: \.isNewline)[0].split(separator: ",")
    }
    let missing = listed.subtracting(priced)
    let note = try #require(study.notes.first { $0.text.contains("tickers of the sectors have no prices") })
    let named = note.text.split(separator: ": ")[1].dropLast().split(separator: ", ").map {
      String($0.map { "-/ _".contains($0) ? "." : $0 })
    }
    #expect(Set(named) == missing && named.count == missing.count && !missing.isEmpty)
    #expect(note.text.hasPrefix("\(missing.count) "))
    // The author's window: dispersion and epidemic raise volatility, no herding, and Energy falls where interest rises.
    let paper = try SectorStudy(
      folder, .init(sector: "Health Care", from: Day("2020-01-02"), to: Day("2020-06-03"), lags: 4))
    #expect(paper.panel.rows == 106)
    // A month is 22 days in a short sample too.
    let har = try #require(paper.volatilityRegressions.first { $0.label == "HAR-X" })
    #expect(har.fit.observations == 106 - 22)
    // What is described is what the table prints, ARCH-LM of returns without their mean.
    let own106 = try #require(paper.descriptions.first { $0.name == "r" })
    let r = try paper.panel.series("r").values
    let arch = try #require(own106.tests.first { $0.row == "ARCH-LM (5)" }?.test)
    #expect(arch.statistic == (try ARCHLM(r.lessMean, lags: 5)).statistic)
    let table = try #require(StudyReport(paper).descriptions)
    let column = 1 + paper.descriptions.firstIndex { $0.name == "r" }!
    let row = try #require(table.rows.first { $0[0] == .text("ARCH-LM (5)") })
    #expect(row[column] == .estimate(arch.statistic, .fixed(2)))
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

  private func study(in folder: TemporaryFolder) throws -> SectorStudy {
    try SimulatedMarket(days: 300, members: 12, seed: 2).write(to: folder.path)
    return try SectorStudy(
      MarketFolder(reading: folder.path), .init(sector: "Health Care"),
      truth: MarketTruth.reading(folder.path))
  }

  @Test func theTablesHaveEveryRow() throws {
    let study = try study(in: TemporaryFolder())
    let report = StudyReport(study)
    // Diagnostics of regressions and of residuals.
    for table in [report.volatilityRegressions].compactMap({ $0 }) + report.returnRegressions {
      for name in ["Largest VIF", "Durbin–Watson", "Breusch–Godfrey (5)", "RESET (F)", "p of RESET"] {
        #expect(table.rows.contains { $0[0] == .text(name) }, "\(name)")
      }
    }
    let own = try #require(study.volatilityRegressions.first)
    let godfrey = try BreuschGodfrey(own.fit, lags: 5).statistic
    let printed = try #require(
      report.volatilityRegressions?.rows.first { $0[0] == .text("Breusch–Godfrey (5)") })
    #expect(printed[1] == .estimate(godfrey, .fixed(2)))
    let residuals = try #require(report.residuals)
    #expect(residuals.columns.count == 1 + study.models.count { $0.fit != nil })
    let first = try #require(study.models.first { $0.fit != nil }?.fit)
    let box = try #require(residuals.rows.first { $0[0] == .text("Ljung–Box (10) of z²") })
    let expected = try LjungBox(first.standardizedResiduals, lags: 10, squared: true).statistic
    #expect(box[1] == .estimate(expected))
    for name in ["Ljung–Box (10) of z", "ARCH-LM (5) of z", "Sign bias (joint)"] {
      #expect(residuals.rows.contains { $0[0] == .text(name) }, "\(name)")
    }
    let recovery = try #require(report.recovery)
    #expect(recovery.rows.count == 6)
    #expect(report.claims.rows.count == 4 && report.evidence.count == 4)
  }

  @Test(.enabled(if: Gnuplot.isInstalled, Comment(rawValue: Gnuplot.missing)))
  func thePageHasEveryPart() throws {
    let folder = try TemporaryFolder()
    let study = try study(in: folder)
    let page = try StudyReport(study).write(to: folder.path + "/out")
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
    #expect(tables.contains("residuals.csv") && tables.contains("herding-quantiles.csv"))
    let rolling = try String(contentsOfFile: folder.path + "/out/tables/herding-rolling.csv", encoding: .utf8)
    #expect(rolling.split(whereSeparator: \.isNewline).count == 1 + study.rollingHerding!.windows.count)
  }

  /// Gaps of a column inside the window are noted with the first of their days.
  @Test func gapsOfColumnsAreNoted() throws {
    let folder = try TemporaryFolder()
    try SimulatedMarket(days: 120, members: 8, seed: 4).write(to: folder.path)
    let place = folder.path + "/sp500.csv"
    var lines = try String(contentsOfFile: place, encoding: .utf8).split(separator: "\n").map(String.init)
    let gone = lines.remove(at: 50).prefix { $0 != "," }
    try (lines.joined(separator: "\n") + "\n").write(toFile: place, atomically: true, encoding: .utf8)
    let study = try SectorStudy(MarketFolder(reading: folder.path), .init(sector: "Health Care"))
    let note = try #require(
      study.notes.first { $0.text.hasPrefix("'market'") && $0.text.contains("between others") })
    #expect(note.text.contains(gone) && note.text.contains("neighbours"), "\(note)")
  }

  @Test func weightsOfCapitalisation() throws {
    let folder = try TemporaryFolder()
    try SimulatedMarket(days: 60, members: 5, seed: 4).write(to: folder.path)
    #expect(try MarketFolder(reading: folder.path).capitalization == nil)
    // One member is worth a thousand others.
    let prices = try MarketFolder(reading: folder.path).prices
    var text = "date," + prices.names.joined(separator: ",") + "\n"
    for day in prices.dates! {
      text += "\(day)," + prices.names.indices.map { $0 == 0 ? "1000000" : "1" }.joined(separator: ",") + "\n"
    }
    try text.write(toFile: folder.path + "/capitalisation.csv", atomically: true, encoding: .utf8)
    let market = try MarketFolder(reading: folder.path)
    let caps = try #require(market.capitalization)
    #expect(
      market.prices.names == prices.names && market.notes.contains { $0.text.contains("capitalisations") })
    let sector = try #require(market.sectors.members.first { $0.ticker == prices.names[0] }).sector
    let study = try SectorStudy(
      market, .init(sector: sector, other: nil, weights: .capitalization(caps)))
    let own = try prices.returns().series(prices.names[0]).on(study.panel.dates!).values
    for (a, b) in zip(try study.panel.series("r").values, own) { #expect(abs(a - b) < 1e-4) }
  }
}
