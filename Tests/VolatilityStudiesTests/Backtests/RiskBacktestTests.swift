import Foundation
import Reports
import Testing

@testable import Volatility
@testable import VolatilityStudies

@Suite struct RiskBacktestTests {
  private func file(_ folder: TemporaryFolder, _ header: String, _ rows: [[Double]]) throws -> String {
    let path = try folder.file("r.csv")
    let text =
      ([header] + rows.map { $0.map { "\($0)" }.joined(separator: ",") }).joined(separator: "\n") + "\n"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func simulated(_ model: VolatilityModel, _ values: [String: Double], _ count: Int, _ seed: UInt64)
    throws
    -> [Double]
  { try model.simulate(at: values, count: count, seed: seed).returns }

  private let values = ["mu": 0.05, "omega": 0.05, "alpha[1]": 0.1, "beta[1]": 0.85]

  /// What it forecasts is what the model forecasts at the window's estimates; returns to come change nothing.
  @Test func forecastsKnowOnlyThePast() throws {
    let folder = try TemporaryFolder()
    let model = VolatilityModel()
    let y = try simulated(model, values, 620, 4)
    let data = try ModelData(SeriesRequest(try file(folder, "r", y.map { [$0] })), for: model)
    let found = try RiskBacktest(model, data, window: 500, refit: 50, level: 0.05)
    #expect(found.times == Array(500..<620) && found.refits == 3 && found.failures.isEmpty)
    for time in [500, 549, 550, 619] {
      let end = 500 + (time - 500) / 50 * 50
      let fit = try model.fit(Array(y[(end - 500)..<end]))
      let next = try model.forecast(at: fit.parameterValues, Array(y[(end - 500)..<time]))
      let k = time - 500
      #expect(abs(found.variance[k] - next.variance[0][0]) < 1e-6 * found.variance[k])
      #expect(abs(found.mean[k] - next.mean[0][0]) < 1e-6)
      let risk = try next.tailRisk(probability: 0.05, distribution: .normal, shape: [])[0]
      #expect(abs(found.valueAtRisk[k] - risk.valueAtRisk) < 1e-6)
      #expect(abs(found.expectedShortfall[k] - risk.expectedShortfall) < 1e-6)
    }
    var other = y
    for t in 580..<620 { other[t] *= 3 }
    let changed = try RiskBacktest(
      model, try ModelData(SeriesRequest(try file(folder, "r", other.map { [$0] })), for: model), window: 500,
      refit: 50, level: 0.05)
    #expect(Array(changed.variance[..<81]) == Array(found.variance[..<81]))
    #expect(changed.variance[82] != found.variance[82])
  }

  @Test func regressorsOfTheSameDayAreForeseen() throws {
    let folder = try TemporaryFolder()
    let x = (0..<420).map { 1 + 0.9 * sin(0.5 * Double($0)) }
    let model = VolatilityModel(regressors: [Regressor("x")])
    let truth = values.merging(["phi[x]": 0.3]) { a, _ in a }
    let y = try model.simulate(at: truth, count: 420, burnIn: 0, regressors: ["x": x], seed: 2).returns
    let data = try ModelData(
      SeriesRequest(try file(folder, "r,x", zip(y, x).map { [$0, $1] }), column: "r"), for: model)
    let found = try RiskBacktest(model, data, window: 400, refit: 10, level: 0.05)
    let fit = try model.fit(Array(y[..<400]), regressors: ["x": Array(x[..<400])])
    let next = try model.forecast(
      at: fit.parameterValues, Array(y[..<400]), regressors: ["x": Array(x[..<400])],
      regressorPaths: ["x": .values([x[400]])])
    #expect(abs(found.variance[0] - next.variance[0][0]) < 1e-6)
  }

  /// A wrong law is found out, the right one is not.
  @Test func findsTheWrongLaw() throws {
    let folder = try TemporaryFolder()
    let heavy = VolatilityModel(distribution: .studentT)
    let y = try simulated(heavy, values.merging(["nu": 3.5]) { a, _ in a }, 3000, 11)
    let path = try file(folder, "r", y.map { [$0] })
    let right = try RiskBacktest(
      heavy, try ModelData(SeriesRequest(path), for: heavy), window: 1000, refit: 250, level: 0.01)
    let light = VolatilityModel()
    let wrong = try RiskBacktest(
      light, try ModelData(SeriesRequest(path), for: light), window: 1000, refit: 250, level: 0.01)
    func p(_ of: RiskBacktest, _ name: String) throws -> Double {
      try #require(of.tests.first { $0.name == name }).pValue
    }
    for name in ["Kupiec", "Berkowitz", "McNeil–Frey expected shortfall"] {
      #expect(try p(right, name) > 0.01, "\(name)")
    }
    #expect(try p(wrong, "McNeil–Frey expected shortfall") < 0.05)
    #expect(right.table.plain.contains("exceeded \(right.exceedances.count) times, expected 20"))
    let drawn = try right.write(to: try folder.file("out"))
    #expect(FileManager.default.fileExists(atPath: drawn.png.path))
    let rows = try String(contentsOfFile: try folder.file("out/forecasts.csv"), encoding: .utf8)
    #expect(rows.split(whereSeparator: \.isNewline).count == 2001)
  }

  @Test func whatCannotBeBacktested() throws {
    let folder = try TemporaryFolder()
    let model = VolatilityModel()
    let y = try simulated(model, values, 300, 1)
    let data = try ModelData(SeriesRequest(try file(folder, "r", y.map { [$0] })), for: model)
    do {
      _ = try RiskBacktest(model, data, window: 300)
      Issue.record("no error")
    } catch { #expect(error.message.contains("300 observations") && error.message.contains("300 returns")) }
    // Windows too short to fit to: each says why, and so does the error.
    do {
      _ = try RiskBacktest(model, data, window: 3)
      Issue.record("no error")
    } catch { #expect(error.message.contains("no window"), "\(error.message)") }
  }
}
