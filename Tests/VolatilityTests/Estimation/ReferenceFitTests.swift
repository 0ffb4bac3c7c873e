import Foundation
import Testing

@testable import Volatility

/// Estimates beside those of `arch` 8.0.0 (rescale=False, SLSQP to 1e-13 with restarts) on numbers made here.
struct ReferenceFitTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let model: VolatilityModel
    let logLikelihood: Double
    let values: [Double]
    let errors: [Double]
    init(
      _ name: String, _ model: VolatilityModel, _ logLikelihood: Double, _ values: [Double],
      _ errors: [Double]
    ) {
      self.name = name
      self.model = model
      self.logLikelihood = logLikelihood
      self.values = values
      self.errors = errors
    }
    var testDescription: String { name }
  }

  static let returns = Fixture.asymmetricReturns(1500, seed: 11)
  static let x = Fixture.normals(1500, seed: 5)

  @Test func seriesIsTheOneOfTheReference() {
    #expect(close(Self.returns[0], 0.2629431088528057, 1e-13))
    #expect(close(Self.returns[1499], -1.6113529145021754, 1e-12))
  }

  static let cases: [Case] = [
    .init(
      "GARCH", VolatilityModel(),
      -1976.99069384, [0.045179951, 0.037987445, 0.086687227, 0.8727056],
      [0.0215537, 0.012713, 0.016382, 0.0241705]),
    .init(
      "GARCH-t", VolatilityModel(distribution: .studentT),
      -1943.71539523, [0.05219527, 0.054110802, 0.098235707, 0.84593167, 5.8091789],
      [0.0204488, 0.017521, 0.0200348, 0.0316901, 0.881659]),
    .init(
      "GARCH-GED", VolatilityModel(distribution: .generalizedError),
      -1941.33902599, [0.049914979, 0.04620516, 0.091335753, 0.85808925, 1.3198658],
      [0.0245811, 0.0144033, 0.0173831, 0.0269994, 0.0669214]),
    .init(
      "GARCH-skewt", VolatilityModel(distribution: .skewT),
      -1943.28960500, [0.045054013, 0.052928101, 0.096992686, 0.84816015, 5.8581232, -0.031374035],
      [0.0220924, 0.0169815, 0.0196265, 0.0307977, 0.898959, 0.0313264]),
    .init(
      "GJR", VolatilityModel(variance: .gjr()),
      -1969.86950082, [0.026562251, 0.037716674, 0.025625285, 0.10158337, 0.88285527],
      [0.0221615, 0.0113244, 0.0225491, 0.0368475, 0.0219737]),
    .init(
      "GJR-t", VolatilityModel(variance: .gjr(), distribution: .studentT),
      -1938.20401339, [0.038849608, 0.048835895, 0.024311518, 0.11941887, 0.86414783, 6.058508],
      [0.0208841, 0.0141837, 0.0249873, 0.0382802, 0.0277189, 0.954216]),
    .init(
      "TARCH", VolatilityModel(variance: .tarch()),
      -1971.04014668, [0.02421387, 0.037127832, 0.049628798, 0.069654749, 0.89716786],
      [0.0224535, 0.0122434, 0.0184783, 0.0273278, 0.0191557]),
    .init(
      "EGARCH", VolatilityModel(variance: .egarch(p: 1, q: 1)),
      -1969.48850203, [0.024162705, 0.0004195165, 0.16044117, -0.06694998, 0.96191833],
      [0.0225072, 0.00605519, 0.0257942, 0.0257196, 0.0114345]),
    .init(
      "EGARCH-t", VolatilityModel(variance: .egarch(p: 1, q: 1), distribution: .studentT),
      -1936.85163349, [0.038571093, -0.00013553478, 0.17581626, -0.078149706, 0.95093985, 6.0054665],
      [0.0208171, 0.00716643, 0.030399, 0.0240156, 0.0142222, 0.93058]),
    .init(
      "EGARCH(2,1,1)", VolatilityModel(variance: .egarch(p: 2, o: 1, q: 1)),
      -1969.36453974, [0.024450204, 0.00029830262, 0.13510789, 0.028940027, -0.067858354, 0.96083844],
      [0.0224935, 0.00618231, 0.0654819, 0.0682124, 0.025389, 0.0120517]),
    .init(
      "APARCH", VolatilityModel(variance: .aparch(p: 1, q: 1)),
      -1969.39765990, [0.025332776, 0.036401288, 0.076100788, 0.39260512, 0.89067771, 1.6071691],
      [0.0220764, 0.0112663, 0.0214767, 0.182163, 0.0221594, 0.5465]),
    .init(
      "FIGARCH", VolatilityModel(variance: .figarch()),
      -1983.06965084, [0.043317843, 0.02442972, 0.13052282, 0.73766391, 0.78000925],
      [0.0213458, 0.0150142, 0.184856, 0.349344, 0.176263]),
    .init(
      "FIGARCH(0,d,1)", VolatilityModel(variance: .figarch(p: 0, q: 1)),
      -1989.12926426, [0.047637941, 0.11964837, 0.29714605, 0.23187881],
      [0.0219697, 0.0669195, 0.131129, 0.167912]),
    .init(
      "FIGARCH, power 1", VolatilityModel(variance: .figarch(power: 1)),
      -1976.92634294, [0.044358521, 0.034155865, 0.053827097, 0.89234581, 0.86010432],
      [0.00131642, 0.0203557, 0.119908, 0.190711, 0.0811913]),
    .init(
      "ARCH(5)", VolatilityModel(variance: .arch(5)),
      -1990.24338197,
      [0.039652642, 0.53017363, 0.094692125, 0.11858353, 0.0061390173, 0.0093598955, 0.19260343],
      [0.0231503, 0.0545044, 0.0395683, 0.0359277, 0.0246729, 0.0379692, 0.0634222]),
    .init(
      "GARCH(2,1)", VolatilityModel(variance: .garch(p: 2, q: 1)),
      -1976.89313137, [0.045343092, 0.039263872, 0.073608826, 0.015697508, 0.86870643],
      [0.0215466, 0.0136147, 0.0385699, 0.0410301, 0.0265484]),
    .init(
      "AR(2)-GARCH(2,2)", VolatilityModel(mean: .ar(2), variance: .garch(p: 2, q: 2)),
      -1974.77098830,
      [
        0.043591754, -0.00030604469, -0.0023149877, 0.065184554, 0.098838569, 0.056276621, 9.1645631e-17,
        0.77520642,
      ],
      [0.0220743, 0.0280747, 0.0279055, 0.0222384, 0.0232251, 0.0266942, 0.137991, 0.12329]),
    .init(
      "HAR-GJR", VolatilityModel(mean: .har([1, 5, 22]), variance: .gjr()),
      -1942.97754715,
      [0.038244198, 0.01378001, -0.077970264, -0.057794441, 0.036553053, 0.02302329, 0.10316031, 0.8859556],
      [0.0242994, 0.0299747, 0.0763329, 0.161775, 0.0111452, 0.0229943, 0.0377267, 0.0217355]),
    .init(
      "ARX-GARCH", VolatilityModel(mean: .ar(1), regressors: [Regressor("x", in: .mean)]),
      -1975.97314500, [0.045344522, -0.0010623217, 0.019081595, 0.037409264, 0.087084357, 0.87301893],
      [0.0216633, 0.0280725, 0.0216457, 0.0125549, 0.0164409, 0.0239017]),
    .init(
      "zero-GARCH", VolatilityModel(mean: .zero),
      -1979.14474984, [0.037800075, 0.086165621, 0.87351464],
      [0.0125728, 0.016266, 0.0237771]),
    .init(
      "EWMA", VolatilityModel(variance: .ewma(decay: nil)),
      -1999.28466910, [0.04232944, 0.92743787],
      [0.0268465, 0.011212]),
  ]

  @Test(arguments: cases)
  func equalsArch(_ one: Case) throws {
    let fit = try one.model.fit(Self.returns, regressors: ["x": Self.x])
    #expect(fit.status.hasConverged, "\(fit.status)")
    #expect(fit.projectedGradient < 1e-7)
    // Its optimiser stops a little short; ours must not be below.
    #expect(fit.logLikelihood > one.logLikelihood - 1e-6, "\(fit.logLikelihood)")
    #expect(fit.logLikelihood < one.logLikelihood + 2e-5, "\(fit.logLikelihood)")
    for ((parameter, value), error) in zip(zip(fit.parameters, one.values), one.errors) {
      #expect(
        abs(parameter.value - value) < 2e-3 * error + 1e-9, "\(parameter.name): \(parameter.value), \(value)")
      // `arch` has second differences of ln L, and no separate treatment of bounds.
      guard let ours = parameter.standardError, fit.status == .converged else { continue }
      if one.name == "FIGARCH, power 1", parameter.name == "mu" { continue }
      #expect(abs(ours / error - 1) < 0.03, "\(parameter.name): \(ours), \(error)")
    }
  }
}
