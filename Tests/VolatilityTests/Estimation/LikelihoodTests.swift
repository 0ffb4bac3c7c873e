import Foundation
import Testing

@testable import Volatility

@Suite(.enabled(if: FinanceData.isPresent, "needs finance/*.csv in $SALAR_DATA or ../shared/data"))
struct LikelihoodTests {
  static let panelModel = VolatilityModel(
    variance: .garch(p: 1, q: 1), regressors: [Regressor("csadHC"), Regressor("GIs")],
    initialisation: .sampleVariance)

  /// Worked out with automatic differentiation (JAX) in double precision.
  @Test func regressorsInTheVariance() throws {
    let panel = try FinanceData.columns("panel_health_energy_2020.csv")
    let found = try Self.panelModel.logLikelihood(
      at: [
        "mu": 0.1, "omega": 0.05, "alpha[1]": 0.2, "beta[1]": 0.4, "phi[csadHC]": 0.1, "phi[GIs]": 3,
      ], panel["rHC"]!, regressors: panel)
    #expect(abs(found.value + 209.42338699154507) < 1e-9)
    let gradient = [
      -0.47697167124485, -8.78533556764409, 38.23559420784222, 25.54485466980761, 1.45816888725962,
      3.13388020406650,
    ]
    for (a, b) in zip(found.gradient, gradient) { #expect(abs(a - b) < 1e-9) }
  }

  /// The benchmark of Fiorentini, Calzolari and Panattoni (1996) away from its optimum.
  @Test func marksAndPounds() throws {
    let model = VolatilityModel(initialisation: .sampleVariance)
    let found = try model.logLikelihood(
      at: ["mu": -0.006, "omega": 0.0108, "alpha[1]": 0.153, "beta[1]": 0.806], FinanceData.marks())
    #expect(abs(found.value + 1106.608903957495) < 1e-9)
  }
}
