import Foundation
import Testing
import Volatility

struct SeriesTests {
  private let days = ["2020-01-02", "2020-01-03", "2020-01-06", "2020-01-07"].map { Day($0)! }
  private func same(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.isNaN && $1.isNaN || abs($0 - $1) < 1e-12 }
  }

  @Test func returnsAndTheirErrors() throws {
    let prices = try Series("P", dates: days, values: [100, 110, 99, 99])
    #expect(same(try prices.returns().values, [log(1.1), log(0.9), 0].map { 100 * $0 }))
    #expect(same(try prices.returns(.simple, scale: 1).values, [0.1, -0.1, 0]))
    #expect(try prices.returns().dates == Array(days.dropFirst()))
    let oil = try Series("WTI", dates: days, values: [18.3, -36.98, 8.9, 0])
    let error = #expect(throws: VolatilityError.self) { try oil.returns() }
    #expect(error?.message.contains("-36.98 at 2020-01-03, 0.0 at 2020-01-07") == true)
    let (kept, notes) = oil.withoutNonPositive()
    #expect(notes.count == 1 && notes[0].text.contains("2020-01-03"))
    #expect(same(try kept.returns().values, [.nan, .nan, .nan]))
    #expect(same(try kept.returns(gaps: .bridged).values, [.nan, 100 * log(8.9 / 18.3), .nan]))
    #expect(same(oil.differenced().values, [.nan, -55.28, 45.88, -8.9]))
    #expect(throws: VolatilityError.self) { try Series("P", dates: nil, values: [1]).returns() }
    #expect(throws: VolatilityError.self) { try Series("P", dates: nil, values: [1, .infinity]).returns() }
    #expect(throws: VolatilityError.self) { try Series("P", dates: days.reversed(), values: [1, 2, 3, 4]) }
    #expect(throws: VolatilityError.self) { try Series("P", dates: days, values: [1]) }
  }

  @Test func windowsAndLags() throws {
    let series = try Series("x", dates: days, values: [1, 2, .nan, 4])
    #expect(
      same(series.lagged().values, [.nan, 1, 2, .nan]) && same(series.lagged(-1).values, [2, .nan, 4, .nan]))
    #expect(series.lagged().name == "x[-1]")
    #expect(same(try series.rolling(.sum, window: 2).values, [.nan, 3, .nan, .nan]))
    #expect(same(try series.rolling(.mean, window: 2, atLeast: 1).values, [.nan, 1.5, 2, 4]))
    #expect(
      same(
        try series.rolling(.standardDeviation, window: 3, atLeast: 2).values,
        [.nan, .nan, 0.5.squareRoot(), 2.0.squareRoot()]))
    #expect(same(try series.rolling(.maximum, window: 4, atLeast: 3).values, [.nan, .nan, .nan, 4]))
    #expect(throws: VolatilityError.self) { try series.rolling(.mean, window: 5) }
    #expect(throws: VolatilityError.self) { try series.rolling(.standardDeviation, window: 1) }
    #expect(series.missing == [2] && series.present().count == 3)
  }

  @Test func calendars() throws {
    let daily = (0..<8).map { Day("2020-01-01")! + $0 }
    let searches = try Series("G", dates: daily, values: [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(same(try searches.on(days).values, [2, 3, 6, 7]))
    #expect(same(try searches.on(days, .sum).values, [2, 3, 15, 7]))
    #expect(same(try searches.on(days, .mean).values, [2, 3, 5, 7]))
    let sparse = try Series("S", dates: [days[0], days[2]], values: [5, 6])
    #expect(same(try sparse.on(daily, .lastKnown()).values, [.nan, 5, 5, 5, 5, 6, 6, 6]))
    #expect(
      same(try sparse.on(daily, .lastKnown(maximumAge: 1)).values, [.nan, 5, 5, .nan, .nan, 6, 6, .nan]))
    let joined = try Panel(joining: [searches, sparse])
    #expect(joined.dates == [days[0], days[2]] && joined.columns == [[2, 6], [5, 6]])
    #expect(joined.notes.count == 1 && joined.notes[0].text.contains("2020-01-03"))
    let later = try Series("L", dates: [Day("2021-01-01")!], values: [1])
    #expect(throws: VolatilityError.self) { try Panel(joining: [searches, later]) }
    #expect(throws: VolatilityError.self) { try Series("N", dates: nil, values: [1]).on(days) }
    #expect(try searches.from(days[0], to: days[1]).values == [2, 3])
    #expect(throws: VolatilityError.self) { try searches.from(Day("2022-01-01")!, to: Day("2022-02-01")!) }
  }

  @Test func panelReturns() throws {
    let prices = try Panel(dates: days, names: ["a", "b"], columns: [[1, 2, 4, 8], [1, 1, 1, -1]])
    let error = #expect(throws: VolatilityError.self) { try prices.returns() }
    #expect(error?.message.contains("'b'") == true && error?.message.contains("-1.0 at 2020-01-07") == true)
    let returns = try prices.selecting(["a"]).returns(.simple, scale: 1)
    #expect(returns.columns == [[1, 1, 1]] && returns.dates == Array(days.dropFirst()))
  }

  @Test func panelsAndHalts() throws {
    let panel = try Panel(
      dates: days, names: ["a", "b", "c"],
      columns: [[1, .nan, 3, 4], [.nan, .nan, .nan, .nan], [2, 2, 2, .nan]])
    #expect(
      panel.halts(constant: 3).map(\.description) == [
        "a: no value from 2020-01-03 to 2020-01-03 (1 row)", "b: no value at all (4 rows)",
        "c: the same value from 2020-01-02 to 2020-01-06 (3 rows)", "c: no value from 2020-01-07 on (1 row)",
      ])
    let complete = try panel.complete(["a", "c"])
    #expect(complete.rows == 2 && complete.notes.last?.text.contains("2020-01-03, 2020-01-07") == true)
    let error = #expect(throws: VolatilityError.self) { try panel.complete() }
    #expect(error?.message.contains("'b' has no value at all") == true)
    #expect(throws: VolatilityError.self) { try panel.series("z") }
    #expect(throws: VolatilityError.self) { try Panel(dates: nil, names: ["a", "a"], columns: [[1], [2]]) }
    #expect(throws: VolatilityError.self) {
      try Panel(dates: nil, names: ["a", "b"], columns: [[1], [2, 3]])
    }
  }
}
