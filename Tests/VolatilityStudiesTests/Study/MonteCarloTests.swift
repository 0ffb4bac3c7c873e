import Testing
import Volatility

@testable import VolatilityStudies

struct MonteCarloTests {
  private func study(
    _ model: VolatilityModel, _ truth: [String: Double], _ settings: MonteCarlo.Settings
  ) throws -> MonteCarlo { try MonteCarlo(model, truth: truth, settings: settings) }

  static let garch = ["mu": 0.05, "omega": 0.05, "alpha[1]": 0.1, "beta[1]": 0.85]

  /// At the truth scores vanish and intervals cover.
  @Test func scoresAndCoverage() throws {
    let found = try study(VolatilityModel(), Self.garch, .init(lengths: [500], series: 100, seed: 7))
    let result = try #require(found.results.first)
    #expect(result.length == 500 && result.fitted + result.failed == 100 && result.fitted > 95)
    #expect(result.parameters.map(\.name) == ["mu", "omega", "alpha[1]", "beta[1]"])
    for one in result.parameters {
      #expect(abs(one.score) < 4, "\(one.name): \(one.score)")
      #expect(one.coverage >= 0.85 && one.coverage <= 1, "\(one.name): \(one.coverage)")
      #expect(one.standardDeviation > 0 && abs(one.bias) < one.standardDeviation, "\(one.name)")
      #expect(one.truth == Self.garch[one.name])
    }
    // A truth that is wrong has scores that are not zero.
    var shifted = Self.garch
    shifted["beta[1]"] = 0.8
    let other = try study(VolatilityModel(), shifted, .init(lengths: [500], series: 100, seed: 7))
    #expect(other.results[0].parameters.map(\.bias) != result.parameters.map(\.bias))
  }

  @Test func regressorsAreDrawn() throws {
    let model = VolatilityModel(variance: .gjr(), regressors: [Regressor("x", timing: .lagged(1))])
    let truth = ["mu": 0, "omega": 0.1, "alpha[1]": 0.05, "gamma[1]": 0.1, "beta[1]": 0.7, "phi[x]": 0.1]
    let result = try study(model, truth, .init(lengths: [500], series: 60, seed: 2)).results[0]
    for one in result.parameters { #expect(abs(one.score) < 4, "\(one.name): \(one.score)") }
    let har = try study(
      VolatilityModel(variance: .har([1, 5], measure: "rv")),
      ["mu": 0, "omega": 0.2, "har[1]": 0.3, "har[5]": 0.4], .init(lengths: [500], series: 60, seed: 2)
    ).results[0]
    for one in har.parameters { #expect(abs(one.score) < 4 && one.coverage > 0.8, "\(one.name)") }
  }

  /// With α near zero many estimates lie on its bound, and are counted apart.
  @Test func boundsAreCountedApart() throws {
    let truth = ["mu": 0, "omega": 0.5, "alpha[1]": 0.005, "beta[1]": 0.45]
    let result = try study(VolatilityModel(), truth, .init(lengths: [400], series: 60, seed: 3)).results[0]
    #expect(result.onBound > 10 && result.onBound < result.fitted)
    let inside = try study(VolatilityModel(), Self.garch, .init(lengths: [2000], series: 60, seed: 3))
      .results[0]
    #expect(inside.onBound < 4)
  }

  /// What becomes of biases is said, and what is wrong is a failure.
  @Test func biasesAreJudged() throws {
    let found = try study(VolatilityModel(), Self.garch, .init(lengths: [300, 1200], series: 60, seed: 7))
    let (short, long) = (found.results[0], found.results[1])
    for one in short.parameters {
      #expect(
        abs(one.biasInErrors - one.bias / (one.standardDeviation / Double(short.fitted).squareRoot())) < 1e-9)
    }
    let declines = try #require(found.declines)
    for (k, one) in declines.enumerated() {
      let halves = abs(long.parameters[k].bias) <= 0.5 * abs(short.parameters[k].bias)
      #expect((one.decline == .halves) == halves, "\(one)")
      if one.decline == .isZero { #expect(abs(long.parameters[k].biasInErrors) <= 3) }
    }
    let table = found.table("GARCH")
    #expect(table.columns.last?.title == "|bias| 1200/300")
    #expect(table.notes.contains { $0.contains("The bias from T = 300 to 1200: ") })
    let ratio = abs(long.parameters[1].bias / short.parameters[1].bias)
    #expect(table.rows[5].last == .number(ratio) && table.rows[0].last == .text(""))
    #expect(found.failures.allSatisfy { !$0.contains("score") }, "\(found.failures)")
    let narrow = try study(
      VolatilityModel(), Self.garch, .init(lengths: [5000], series: 20, seed: 7, confidence: 0.5))
    #expect(narrow.failures.contains { $0.contains("cover") } && narrow.declines == nil)
  }

  @Test func seedsDecideEverything() throws {
    func biases(_ seed: UInt64) throws -> [Double] {
      let found = try study(VolatilityModel(), Self.garch, .init(lengths: [300], series: 20, seed: seed))
      return found.results[0].parameters.flatMap { [$0.bias, $0.score, $0.standardDeviation] }
    }
    let first = try biases(1)
    #expect(try biases(1) == first)
    #expect(try biases(2) != first)
    #expect(throws: VolatilityError.self) {
      try study(VolatilityModel(), Self.garch, .init(lengths: [300], series: 1))
    }
  }
}
