import Foundation
import Testing

@testable import Volatility

/// German marks to the pound, Bollerslev and Ghysels (1996): what other programs print.
@Suite(.enabled(if: FinanceData.isPresent, "needs finance/dem2gbp.csv in $SALAR_DATA or ../shared/data"))
struct MarksFitTests {
  static let returns = (try? FinanceData.marks()) ?? []
  /// With six decimals, as `arch` and ARCHModels.jl have them.
  static let rounded = returns.map { ($0 * 1e6).rounded() / 1e6 }

  /// The benchmark of Fiorentini, Calzolari and Panattoni (1996) to at least five digits: −log₁₀ of relative errors.
  @Test func benchmark() throws {
    let published: [String: [Double]] = [
      "mu": [-0.00619041, 0.00846212, 0.00843359, 0.00918935],
      "omega": [0.0107613, 0.00285271, 0.00132298, 0.00649319],
      "alpha[1]": [0.153134, 0.0265228, 0.0139737, 0.0535317],
      "beta[1]": [0.805974, 0.0335527, 0.0165604, 0.0724614],
    ]
    // More digits, by Newton's method with derivatives of a differentiating compiler (JAX).
    let exact: [String: [Double]] = [
      "mu": [-0.006190408, 0.008462119, 0.008433593, 0.009189354],
      "omega": [0.010761398, 0.002852712, 0.001322975, 0.006493186],
      "alpha[1]": [0.153134062, 0.026522831, 0.013973792, 0.053531703],
      "beta[1]": [0.80597367, 0.033552689, 0.016560403, 0.072461448],
    ]
    let model = VolatilityModel(initialisation: .sampleVariance)
    for (k, kind) in [CovarianceKind.hessian, .opg, .robust].enumerated() {
      let fit = try model.fit(Self.returns, options: FitOptions(covariance: kind))
      #expect(fit.status == .converged)
      #expect(abs(fit.logLikelihood + 1106.60788104) < 1e-8)
      #expect(fit.projectedGradient < 1e-9)
      for one in fit.parameters {
        let error = try #require(one.standardError)
        let expected = try #require(exact[one.name])
        #expect(Self.digits(one.value, expected[0]) > 6, "\(one.name)")
        #expect(Self.digits(error, expected[k + 1]) > 5.9, "\(kind) of \(one.name): \(error)")
        // To the digits that were printed, one unit of the sixth.
        let printed = try #require(published[one.name])
        #expect(abs(one.value / printed[0] - 1) < 1.2e-5)
        if k != 1 { #expect(abs(error / printed[k + 1] - 1) < 1.2e-5, "\(kind) of \(one.name): \(error)") }
      }
    }
  }

  private static func digits(_ value: Double, _ expected: Double) -> Double {
    -log10(max(abs(value / expected - 1), 1e-16))
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let model: VolatilityModel
    let logLikelihood: Double
    let values: [Double?]
    var errors: [Double] = []
    var testDescription: String { name }
  }

  /// `arch` 8.0.0, constant mean, rescale off.
  static let rows: [Row] = [
    Row(
      name: "GARCH", model: VolatilityModel(), logLikelihood: -1104.521373,
      values: [-0.00607659, 0.00991424, 0.14547802, 0.81684613],
      errors: [0.009197, 0.006339, 0.055724, 0.074445]),
    Row(
      name: "GARCH-t", model: VolatilityModel(distribution: .studentT), logLikelihood: -987.944819,
      values: [0.00217410, 0.00259082, 0.11320779, 0.88679221, 4.36363188]),
    Row(
      name: "GARCH-GED", model: VolatilityModel(distribution: .generalizedError), logLikelihood: -1000.997121,
      values: [0.00196852, 0.00418099, 0.12438385, 0.86611314, 1.15260190]),
    Row(
      name: "GJR", model: VolatilityModel(variance: .gjr()), logLikelihood: -1104.058752,
      values: [-0.00772042, 0.01032781, 0.13394611, 0.02580198, 0.81279279],
      errors: [0.0089, 0.0069, 0.0518, 0.0416, 0.0794]),
    Row(
      name: "TARCH", model: VolatilityModel(variance: .tarch()), logLikelihood: -1101.841168,
      values: [-0.01086156, 0.03215444, 0.14326761, 0.04391499, 0.80656466]),
    Row(
      name: "EGARCH", model: VolatilityModel(variance: .egarch(p: 1, q: 1)), logLikelihood: -1100.346835,
      values: [-0.01142449, -0.12152265, 0.32489618, -0.03770081, 0.91576998],
      errors: [0.0089, 0.0513, 0.0729, 0.0254, 0.0329]),
    Row(
      name: "ARCH(5)", model: VolatilityModel(variance: .arch(5)), logLikelihood: -1116.838593,
      values: [nil, 0.07860532, 0.24882359, 0.14747822, 0.08655479, 0.08565495, 0.12618413]),
    Row(
      name: "GARCH from the sample's variance", model: VolatilityModel(initialisation: .fixedSample),
      logLikelihood: -1106.606619, values: [-0.00617318, 0.01076105, 0.15313218, 0.80597732]),
  ]

  @Test(arguments: rows)
  func equalsArch(_ row: Row) throws {
    let fit = try row.model.fit(Self.rounded)
    #expect(fit.status.hasConverged)
    #expect(abs(fit.logLikelihood - row.logLikelihood) < 2e-4, "\(fit.logLikelihood)")
    for (one, value) in zip(fit.parameters, row.values) {
      if let value { #expect(abs(one.value / value - 1) < 1e-3, "\(one.name): \(one.value)") }
    }
    for (one, error) in zip(fit.parameters, row.errors) {
      let found = try #require(one.standardError)
      #expect(abs(found - error) < 0.002 * error + 6e-5, "\(one.name): \(found)")
    }
  }

  /// `arch` with the sample's variance as backcast: its classic standard errors.
  @Test func classicErrors() throws {
    let fit = try VolatilityModel(initialisation: .fixedSample).fit(
      Self.rounded, options: FitOptions(covariance: .hessian))
    for (one, error) in zip(fit.parameters, [0.00846918, 0.00285262, 0.02652257, 0.0335521]) {
      #expect(abs(try #require(one.standardError) / error - 1) < 1e-3, "\(one.name): \(one.standardError!)")
    }
  }

  /// With h₁ itself the mean of ε²: the presample value from which ln σ²₁ is its logarithm.
  @Test func exponentialFromTheSampleVariance() throws {
    let at = [
      "mu": -0.011609239, "omega": -0.126623507, "gamma[1]": -0.038456901, "beta[1]": 0.912493017,
      "alpha[1]": 0.332793282,
    ]
    let mean = Self.returns.reduce(0) { $0 + ($1 - at["mu"]!) * ($1 - at["mu"]!) } / 1974
    let before = exp((log(mean) - at["omega"]!) / at["beta[1]"]!)
    let found = try VolatilityModel(variance: .egarch(p: 1, q: 1), initialisation: .user(before))
      .logLikelihood(at: at, Self.returns)
    #expect(abs(found.value + 1102.25798924) < 2e-8, "\(found.value)")
  }

  /// What ARCHModels.jl prints in its manual.
  @Test func valuesOfJulia() throws {
    let fit = try VolatilityModel(initialisation: .sampleVariance).fit(Self.rounded)
    for (one, value) in zip(fit.parameters, [-0.00616637, 0.0107606, 0.153411, 0.805875]) {
      #expect(abs(one.value / value - 1) < 5e-3, "\(one.name): \(one.value)")
    }
    // It multiplies R² by T, not by the T − 1 observations of the regression.
    #expect(close(try ARCHLM(Self.rounded, lags: 1).statistic * 1974 / 1973, 98.12107517, 5e-7))
    // At its estimates, printed to six digits.
    let at = ["mu": -0.00616637, "omega": 0.0107606, "alpha[1]": 0.153411, "beta[1]": 0.805875]
    let next = try VolatilityModel(initialisation: .sampleVariance).forecast(at: at, Self.rounded)
    #expect(abs(next.variance[0][0] / 0.14708779684765 - 1) < 2e-6, "\(next.variance[0][0])")
  }

  @Test func integratedWithFatTails() throws {
    let fit = try VolatilityModel(distribution: .studentT).fit(Self.rounded)
    #expect(fit.status == .convergedOnBound(["alpha[1] + beta[1] = 1"]))
    #expect(fit.warnings.contains { $0.contains("integrated") })
    #expect(abs(try #require(fit.persistence) - 1) < 1e-12)
    #expect(fit.unconditionalVariance == nil)
    // Along α + β = 1 both move together.
    let alpha = try #require(fit["alpha[1]"]?.standardError)
    let beta = try #require(fit["beta[1]"]?.standardError)
    #expect(abs(alpha - beta) < 1e-9)
    let free = try VolatilityModel(distribution: .studentT).fit(
      Self.rounded, options: FitOptions(requiresStationarity: false))
    #expect(free.status == .converged)
    #expect(free.logLikelihood > fit.logLikelihood)
    #expect(try #require(free.persistence) > 1)
    #expect(free.warnings.contains { $0.contains("not stationary") })
  }

  /// Order here: mu, omega, alpha, gamma, beta.
  @Test func exponential() throws {
    let model = VolatilityModel(variance: .egarch(p: 1, q: 1), initialisation: .sampleVariance)
    let fit = try model.fit(Self.returns)
    #expect(abs(fit.logLikelihood + 1102.27043784) < 1e-7)
    let values = [-0.011598916, -0.126890219, 0.33271995, -0.038465269, 0.912405258]
    for (one, value) in zip(fit.parameters, values) {
      #expect(Self.digits(one.value, value) > 6, "\(one.name): \(one.value)")
    }
    // Standard errors of the recursion from h₁ = mean ε², which hardly differ.
    for (one, error) in zip(fit.parameters, [0.008862, 0.051107, 0.069790, 0.025648, 0.032755]) {
      #expect(abs(try #require(one.standardError) / error - 1) < 0.003, "\(one.name)")
    }
  }

  /// EGARCH-t without a mean, ARCHModels.jl's manual.
  @Test func exponentialWithFatTails() throws {
    let fit = try VolatilityModel(mean: .zero, variance: .egarch(p: 1, q: 1), distribution: .studentT)
      .fit(Self.rounded)
    for (one, value) in zip(fit.parameters, [-0.0162014, 0.255804, -0.0378454, 0.977687, 4.12423]) {
      #expect(abs(one.value / value - 1) < 0.03, "\(one.name): \(one.value)")
    }
  }
}
