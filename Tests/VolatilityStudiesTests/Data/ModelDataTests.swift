import Foundation
import Testing
import Volatility

@testable import VolatilityStudies

struct ModelDataTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String) throws -> String { try folder.file("a.csv", text) }

  private func message(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return "no error"
  }

  @Test func rowsWithoutGaps() throws {
    let path = try write(
      """
      date,r,x,y
      2020-01-02,1.5,3,
      2020-01-03,,4,1
      2020-01-06,-0.5,5,2
      2020-01-07,0.25,,3
      2020-01-08,0.75,7,4
      """)
    let data = try ModelData(SeriesRequest(path, column: "r"), regressors: ["x"])
    #expect(data.name == "r" && data.returns == [1.5, -0.5, 0.75] && data.columns == ["x": [3, 5, 7]])
    #expect(data.dates?.map { "\($0)" } == ["2020-01-02", "2020-01-06", "2020-01-08"])
    // What is left out is named.
    let note = try #require(data.notes.first { $0.kind == .missing })
    #expect(
      note.text.contains("2 of 5") && note.text.contains("2020-01-03") && note.text.contains("2020-01-07"))
    // A column that nobody asked for takes no row away.
    #expect(try ModelData(SeriesRequest(path, column: "x")).returns == [3, 4, 5, 7])
  }

  /// A gap inside moves every lag by a day: that is said where the model has something that looks back.
  @Test func gapsInsideAreSaidToModelsThatLookBack() throws {
    var rows = (1...28).map { "2020-01-\($0 < 10 ? "0" : "")\($0),\(Double($0 * 37 % 11) - 5),\($0 % 5)" }
    rows[10] = "2020-01-11,,2"
    rows[27] = "2020-01-28,,2"
    let request = SeriesRequest(
      try write("date,r,x\n" + rows.joined(separator: "\n") + "\n"), column: "r")
    func gap(_ model: VolatilityModel) throws -> String? {
      let data = try ModelData(request, for: model)
      #expect(data.gaps == ["2020-01-11"] && data.returns.count == 26)
      return data.notes.map(\.text).first { $0.contains("inside the sample") }
    }
    let plain = try #require(try gap(VolatilityModel()))
    #expect(plain.contains("1 of the rows") && plain.contains("2020-01-11") && plain.contains("past shocks"))
    #expect(!plain.contains("lagged regressors"))
    let lagged = try #require(
      try gap(VolatilityModel(mean: .ar(1), regressors: [Regressor("x", timing: .lagged(1))])))
    #expect(lagged.contains("lags of the mean") && lagged.contains("lagged regressors"))
    #expect(try gap(VolatilityModel(variance: .constant)) == nil)
    #expect(try gap(VolatilityModel(variance: .har([1], measure: "x")))?.contains("measure") == true)
    // None inside, none said.
    let whole = try ModelData(
      SeriesRequest(folder.file("w.csv", "r\n1\n2\n3\n"), column: "r"), for: VolatilityModel(mean: .ar(1)))
    #expect(whole.gaps.isEmpty && whole.notes.allSatisfy { $0.kind != .missing })
  }

  @Test func returnsOfPrices() throws {
    let path = try write("date,p,x\n2020-01-02,100,1\n2020-01-03,110,2\n2020-01-06,99,3\n")
    let data = try ModelData(SeriesRequest(path, column: "p", kind: .prices), regressors: ["x"])
    #expect(data.columns == ["x": [2, 3]])
    for (found, expected) in zip(data.returns, [100 * log(1.1), 100 * log(0.9)]) {
      #expect(abs(found - expected) < 1e-12)
    }
    let plain = try ModelData(SeriesRequest(path, column: "p", kind: .prices, scale: 1))
    #expect(abs(plain.returns[0] - log(1.1)) < 1e-15)
    #expect(try ModelData(SeriesRequest(path, column: "p", kind: .differences)).returns == [10, -11])
    // A price may be a regressor of its own returns.
    let both = try ModelData(SeriesRequest(path, column: "p", kind: .prices), regressors: ["p"])
    #expect(both.columns == ["p": [110, 99]])
  }

  @Test func windows() throws {
    let path = try write("date,r\n2020-01-02,1\n2020-01-03,2\n2020-01-06,3\n")
    let request = SeriesRequest(path, from: Day("2020-01-03"), to: Day("2020-01-05"))
    #expect(try ModelData(request).returns == [2])
    #expect(
      message { _ = try ModelData(SeriesRequest(path, from: Day("2021-01-01"))) }.contains("2020-01-06"))
    let dateless = try folder.file("b.csv", "r\n1\n2\n")
    #expect(
      message { _ = try ModelData(SeriesRequest(dateless, from: Day("2021-01-01"))) }.contains("no dates"))
  }

  @Test func errorsNameTheCause() throws {
    let path = try write("date,r,x\n2020-01-02,1,\n2020-01-03,0,\n2020-01-06,-3,\n")
    #expect(message { _ = try ModelData(SeriesRequest(path, column: "q")) }.contains("'q'"))
    #expect(message { _ = try ModelData(SeriesRequest(path, column: "x")) }.contains("'x'"))
    // Prices of zero and less are named by date, not turned into something else.
    let prices = message { _ = try ModelData(SeriesRequest(path, column: "r", kind: .prices)) }
    #expect(prices.contains("2020-01-03") && prices.contains("-3.0 at 2020-01-06"), "\(prices)")
    let two = try folder.file("c.csv", "date,a,b\n2020-01-02,1,2\n2020-01-03,3,4\n")
    let unnamed = message { _ = try ModelData(SeriesRequest(two)) }
    #expect(unnamed.contains("a, b") && unnamed.contains("--column"))
    #expect(message { _ = try ModelData(SeriesRequest(folder.path + "/none.csv")) }.contains("none.csv"))
  }
}
