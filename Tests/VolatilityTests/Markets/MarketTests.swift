import Foundation
import Testing

@testable import Volatility

struct MarketTests {
  private let days = (0..<4).map { Day("2020-01-06")! + $0 }
  private func same(_ a: [Double], _ b: [Double]) -> Bool { close(a, b, 1e-12) }

  @Test func dispersionByHand() throws {
    let returns = try Panel(
      dates: Array(days.prefix(2)), names: ["a", "b", "c"], columns: [[1, 2], [2, .nan], [6, 4]])
    let plain = try Dispersion(returns)
    #expect(same(plain.center.values, [3, 3]) && same(plain.csad.values, [2, 1]))
    #expect(same(plain.cssd.values, [sqrt(7), sqrt(2)]) && plain.counts == [3, 2])
    let median = try Dispersion(returns, center: .median)
    #expect(same(median.center.values, [2, 3]) && same(median.csad.values, [5.0 / 3, 1]))
    let weighted = try Dispersion(returns, weights: .fixed(["a": 2, "b": 1, "c": 1]))
    #expect(same(weighted.center.values, [2.5, 8.0 / 3]))
    let byHand: [Double] = [1.75, 8.0 / 9]
    #expect(same(weighted.csad.values, byHand))
    let index = try Series("M", dates: days, values: [0, 1, 2, 3])
    let market = try Dispersion(returns, center: .market(index))
    #expect(same(market.center.values, [0, 1]) && same(market.csad.values, [3, 2]))
    #expect(throws: VolatilityError.self) { try Dispersion(returns, weights: .fixed(["a": 1])) }
    #expect(throws: VolatilityError.self) {
      try Dispersion(returns, center: .market(Series("M", dates: [days[0]], values: [0])))
    }
    let alone = try Panel(dates: [days[0]], names: ["a", "b"], columns: [[1], [.nan]])
    #expect(throws: VolatilityError.self) { try Dispersion(alone) }
    // Yesterday's capitalisation weighs today's return.
    let size = try Panel(
      dates: [days[0] + -1, days[0]], names: ["a", "b", "c"], columns: [[1, 1], [1, 5], [2, 3]])
    let byCap = try Dispersion(returns, weights: .capitalization(size))
    #expect(same(byCap.center.values, [3.75, 3.5]))
  }

  @Test func sectorsFromPrices() throws {
    let sectors = SectorTable([
      .init(ticker: "A", name: "Alpha", sector: "Tech"), .init(ticker: "B.K", name: "Beta", sector: "Tech"),
      .init(ticker: "C", name: "Gamma", sector: "Tech"), .init(ticker: "D", name: "Delta", sector: "Tech"),
      .init(ticker: "E", name: "Eps", sector: "Food"), .init(ticker: "E", name: "again", sector: "Food"),
    ])
    #expect(sectors.notes.count == 1 && sectors.sectors == ["Food", "Tech"])
    let e = exp(0.01)
    let prices = try Panel(
      dates: days, names: ["A", "B-K", "C", "X"],
      columns: [[1, e, e, e * e], [5, 5, 5 * e, 5], [.nan, 2, 2 * e, 2], [1, 1, 1, 1]])
    let complete = try SectorReturns("tech", prices: prices, sectors: sectors)
    #expect(complete.members == ["A", "B.K"] && complete.withoutPrices == ["D"])
    #expect(complete.incomplete.map(\.kind) == [.absentFirst])
    #expect(same(try complete.portfolio().values, [0.5, 0.5, 0]))
    for text in [
      "1 of 4 members have no prices: D", "'B.K' is called 'B-K'", "C: no value until 2020-01-06",
      "Prices of no sector's member: X", "2 of 4 members enter",
    ] {
      #expect(complete.notes.contains { $0.text.contains(text) }, "\(text): \(complete.notes)")
    }
    let available = try SectorReturns("Tech", prices: prices, sectors: sectors, missing: .available())
    #expect(available.members == ["A", "B.K", "C"])
    #expect(same(try available.portfolio().values, [0.5, 2 / 3.0, -1 / 3.0]))
    let three = try SectorReturns("Tech", prices: prices, sectors: sectors, missing: .available(atLeast: 3))
    #expect(three.returns.rows == 2)
    let later = try SectorReturns("Tech", prices: prices, sectors: sectors, from: days[2])
    #expect(later.members == ["A", "B.K", "C"] && later.returns.rows == 2)
    #expect(same(try later.portfolio(.fixed(["A": 1, "B.K": 1, "C": 2])).values, [0.75, -0.5]))
    #expect(throws: VolatilityError.self) { try SectorReturns("Food", prices: prices, sectors: sectors) }
    let error = #expect(throws: VolatilityError.self) {
      try SectorReturns("Oil", prices: prices, sectors: sectors)
    }
    #expect(error?.message.contains("Food, Tech") == true)
    let negative = try Panel(dates: days, names: ["A", "B.K"], columns: [[1, 0, 1, 1], [1, 2, 3, 4]])
    let zero = #expect(throws: VolatilityError.self) {
      try SectorReturns("Tech", prices: negative, sectors: sectors)
    }
    #expect(
      zero?.message.contains("'A' has 1 price(s)") == true && zero?.message.contains("2020-01-07") == true)
  }

  @Test func sectorFiles() throws {
    let table = try CSVTable(
      Data("Ticker,Company,GICS Sector\nA,\"Alpha, Inc\",Tech\n,x,\nB,Beta,Food\n".utf8), name: "s.csv")
    let sectors = try SectorTable(table, name: "s.csv")
    #expect(sectors.members.map(\.name) == ["Alpha, Inc", "Beta"] && sectors.notes.count == 1)
    #expect(throws: VolatilityError.self) {
      try SectorTable(CSVTable(Data("a,b\n1,2\n".utf8), name: "s"), name: "s")
    }
  }

  @Test func searchIndices() throws {
    let first = try Series("a", dates: days, values: [10, 20, 30, 40])
    let second = try Series("b", dates: days.map { $0 + 2 }, values: [60, 80, 100, 50])
    let stitched = try SearchIndex.stitched([first, second])
    #expect(same(stitched.values, [20, 40, 60, 80, 100, 50]) && stitched.dates?.last == days[3] + 2)
    #expect(same(try SearchIndex.normalized(first).values, [25, 50, 75, 100]))
    #expect(same(try SearchIndex.normalized(first, to: days[1]).values, [50, 100, 150, 200]))
    #expect(throws: VolatilityError.self) {
      try SearchIndex.stitched([first, Series("c", dates: [days[3] + 9], values: [1])])
    }
    #expect(throws: VolatilityError.self) { try SearchIndex.normalized(first.map { _ in 0 }) }
    #expect(throws: VolatilityError.self) { try SearchIndex.normalized(first.map { $0 - 11 }) }
    let january = try Series(
      "d", dates: [Day("2020-01-30")!, Day("2020-01-31")!, Day("2020-02-01")!], values: [50, 100, 100])
    let monthly = try Series("m", dates: [Day("2020-01-01")!, Day("2020-02-01")!], values: [4, 2])
    #expect(same(try SearchIndex.stitched(daily: january, monthly: monthly).values, [50, 100, 50]))
  }
}

/// From the raw files to the reference panel.
@Suite(.enabled(if: SharedFinance.isPresent, Comment(rawValue: SharedFinance.missing)))
struct RebuiltPanelTests {
  private func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let (u, v) = (a.map { $0 - a.mean }, b.map { $0 - b.mean })
    return dot(u, v) / (u.norm * v.norm)
  }

  @Test func healthCareDispersion() throws {
    let reference = try Panel(reading: SharedFinance.path("panel_health_energy_2020.csv"))
    let prices = try Panel(reading: SharedFinance.path("sp500_adjclose_2019-11_2020-07.csv"))
    let sectors = try SectorTable(reading: SharedFinance.path("sp500_sectors_2020-08-22.csv"))
    #expect(prices.rows == 188 && prices.names.count == 504 && prices.names[0] == "unnamed 2")
    #expect(prices.notes.contains { $0.text.contains("Column 2") && $0.text.contains("no name") })
    #expect(prices.notes.contains { $0.text == "Columns without any value: VTRS." })
    #expect(
      prices.halts().map(\.description) == [
        "CARR: no value until 2020-03-18 (94 rows)", "OTIS: no value until 2020-03-18 (94 rows)",
        "VTRS: no value at all (188 rows)",
      ])
    let first = try #require(reference.dates?.first)
    let last = try #require(reference.dates?.last)
    let health = try SectorReturns("Health Care", prices: prices, sectors: sectors, from: first, to: last)
    #expect(health.returns.dates == reference.dates)
    #expect(health.listed.count == 62 && health.members.count == 61 && health.withoutPrices == ["MYL"])
    let dispersion = try Dispersion(health.returns)
    let csad = correlation(dispersion.csad.values, try reference.series("csadHC").values)
    #expect(csad >= 0.999, "\(csad)")
    #expect(correlation(dispersion.cssd.values, try reference.series("cssdHC").values) > 0.995)
    #expect(try correlation(health.portfolio().values, reference.series("ewHC").values) > 0.999)
    for text in [
      "1 of 62 members have no prices: MYL", "61 of 62 members enter", "no sector's member: unnamed 2, CTLT",
    ] {
      #expect(health.notes.contains { $0.text.contains(text) }, "\(text)")
    }
  }

  @Test func sectorPanelsOfTheFolder() throws {
    let root = try #require(SharedFinance.root?.path)
    let folder = try MarketFolder(reading: root)
    let reference = try Panel(reading: SharedFinance.path("panel_health_energy_2020.csv"))
    let days = try #require(reference.dates)
    for (sector, dispersion) in [("Health Care", "csadHC"), ("Energy", "csadEN")] {
      let study = try SectorPanel(sector, in: folder, from: days[0], to: days[105])
      #expect(
        study.panel.names == ["r", "csad", "cssd", "market", "search", "Δsearch", "oil", "Δoil", "vix"])
      #expect(study.panel.dates == days && study.panel.columns.allSatisfy { !$0.contains(where: \.isNaN) })
      let (change, expected) = (try study.panel.series("Δoil").values, try reference.series("oil_d").values)
      #expect(
        close(Array(change.dropFirst()), Array(expected.dropFirst()), 1e-12)
          && close(change[0], 61.17 - 61.14, 1e-9))
      let csad = try correlation(study.panel.series("csad").values, reference.series(dispersion).values)
      #expect(csad >= 0.999 || sector == "Energy" && csad > 0.99, "\(sector): \(csad)")
      let search = try correlation(study.panel.series("search").values, reference.series("GI").values)
      #expect(search >= 0.98, "\(search)")
      for text in [
        "16 tickers of the sectors have no prices: ", "unnamed 2 may be one",
        "CARR: no value until 2020-03-18",
        "-36.98 on 2020-04-20", "Not used: dem2gbp.csv, panel_health_energy_2020.csv", "members enter",
      ] {
        #expect(study.notes.contains { $0.text.contains(text) }, "\(text)")
      }
      let herding = try HerdingRegression.cck(
        dispersion: study.panel.series("csad"), market: study.panel.series("r"),
        covariance: .neweyWest(lags: 4))
      #expect(herding.verdict() != .herding)
    }
    #expect(throws: VolatilityError.self) { try MarketFolder(reading: root + "/nowhere") }
  }

  @Test func searchIndexAndOil() throws {
    let reference = try Panel(reading: SharedFinance.path("panel_health_energy_2020.csv"))
    let days = try #require(reference.dates)
    let (search, notes) = try SearchIndex.read(
      SharedFinance.path("google_trends_coronavirus_US_daily_2014_2020.csv"))
    #expect(notes.contains { $0.text.contains("hits_stitched") })
    let index = try SearchIndex.normalized(search, from: days[0], to: days[days.count - 1]).on(days)
    let found = correlation(index.values, try reference.series("GI").values)
    #expect(found >= 0.98, "\(found)")
    let oil = try Panel(reading: SharedFinance.path("wti-daily.csv")).series("Price")
    let error = #expect(throws: VolatilityError.self) { try oil.returns() }
    #expect(error?.message.contains("-36.98 at 2020-04-20") == true)
    #expect(try close(oil.on(days).values, reference.series("oil").values, 1e-12))
    let vix = try Panel(reading: SharedFinance.path("vix-daily.csv"))
    #expect(vix.names == ["OPEN", "HIGH", "LOW", "CLOSE"] && vix.rows > 9000)
    let market = try Panel(reading: SharedFinance.path("sp500_index.csv")).series("SP500").returns()
    #expect(correlation(try market.on(days).values, try reference.series("rM").values) > 0.9999)
  }
}
