import Foundation
import Testing
import Volatility

@testable import VolatilityStudies

struct RiskForecastTests {
  let folder: TemporaryFolder
  let data: ModelData

  init() throws {
    folder = try TemporaryFolder()
    let path = try VolatilityModel(variance: .gjr(), distribution: .skewT).simulate(
      at: [
        "mu": 0.05, "omega": 0.05, "alpha[1]": 0.05, "gamma[1]": 0.1, "beta[1]": 0.85, "nu": 6,
        "lambda": -0.3,
      ], count: 300, seed: 1)
    let text = "r\n" + path.returns.map { "\($0)" }.joined(separator: "\n") + "\n"
    data = try ModelData(SeriesRequest(folder.file("r.csv", text), column: "r"))
  }

  /// −(μ + σq) and −(μ + σE[z | z ≤ q]) of laws that lean to one side, step by step.
  @Test(arguments: [
    (InnovationDistribution.skewT, [6, -0.3]), (.skewedT, [7, 0.8]), (.skewedNormal, [1.3]), (.normal, []),
  ])
  func analyticLosses(_ law: InnovationDistribution, _ shape: [Double]) throws {
    let model = VolatilityModel(variance: .gjr(), distribution: law)
    var at = ["mu": 0.05, "omega": 0.05, "alpha[1]": 0.05, "gamma[1]": 0.1, "beta[1]": 0.8]
    for (name, value) in zip(law.parameterNames, shape) { at[name] = value }
    let level = 0.025
    let found = try RiskForecast(model, at: at, data, horizon: 3, level: level)
    let quantile = law.quantile(level, shape: shape)
    // The mean below the quantile by plain sums over probabilities.
    let count = 4000
    let tail =
      (0..<count).reduce(0) { $0 + law.quantile(level * (Double($1) + 0.5) / Double(count), shape: shape) }
      / Double(count)
    for k in 0..<3 {
      let deviation = found.variance[k].squareRoot()
      #expect(abs(found.valueAtRisk[k] + (0.05 + deviation * quantile)) < 1e-12)
      #expect(abs(found.expectedShortfall[k] + (0.05 + deviation * tail)) < 2e-3 * deviation)
      #expect(found.expectedShortfall[k] > found.valueAtRisk[k])
    }
    #expect(found.bands.map(\.level) == [0.5, 0.8, 0.95])
    for band in found.bands {
      for k in 0..<3 {
        let deviation = found.variance[k].squareRoot()
        let z = [band.lower[k], band.upper[k]].map { ($0 - 0.05) / deviation }
        #expect(abs(law.cdf(z[0], shape: shape) - (1 - band.level) / 2) < 1e-9)
        #expect(abs(law.cdf(z[1], shape: shape) - (1 + band.level) / 2) < 1e-9)
      }
    }
  }

  /// Shocks live on by the mean's lags: Var y_{T+2} = h₂ + ρ²h₁.
  @Test func spreadOfAnAutoregression() throws {
    let model = VolatilityModel(mean: .ar(1))
    let at = ["mu": 0.02, "ar[1]": 0.6, "omega": 0.05, "alpha[1]": 0.1, "beta[1]": 0.8]
    let found = try RiskForecast(model, at: at, data, horizon: 2, level: 0.05)
    let quantile = InnovationDistribution.normal.quantile(0.05)
    let h = found.variance
    let spreads = [h[0], h[1] + 0.36 * h[0]].map { $0.squareRoot() }
    for k in 0..<2 {
      #expect(abs(found.valueAtRisk[k] + (found.mean[k] + spreads[k] * quantile)) < 1e-12)
      #expect(abs(found.bands[2].upper[k] - found.mean[k] - 1.959963984540054 * spreads[k]) < 1e-9)
    }
    #expect(abs(found.mean[1] - (0.02 + 0.6 * found.mean[0])) < 1e-14)
  }

  /// One step of simulation is the law itself.
  @Test func simulationAgreesAtOneStep() throws {
    let model = VolatilityModel(variance: .gjr(), distribution: .skewT)
    let at = [
      "mu": 0.05, "omega": 0.05, "alpha[1]": 0.05, "gamma[1]": 0.1, "beta[1]": 0.8, "nu": 6, "lambda": -0.3,
    ]
    let analytic = try RiskForecast(model, at: at, data, horizon: 1, level: 0.05)
    let drawn = try RiskForecast(
      model, at: at, data, horizon: 1, method: .simulation(paths: 200_000, seed: 2), level: 0.05)
    #expect(abs(drawn.valueAtRisk[0] / analytic.valueAtRisk[0] - 1) < 0.02)
    #expect(abs(drawn.expectedShortfall[0] / analytic.expectedShortfall[0] - 1) < 0.02)
    for (a, b) in zip(drawn.bands, analytic.bands) {
      let width = b.upper[0] - b.lower[0]
      #expect(abs(a.lower[0] - b.lower[0]) < 0.02 * width && abs(a.upper[0] - b.upper[0]) < 0.02 * width)
    }
    #expect(drawn.table.rows.count == 1 && drawn.isSimulated && !analytic.isSimulated)
  }
}
