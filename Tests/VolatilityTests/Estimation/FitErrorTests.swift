import Foundation
import Testing

@testable import Volatility

/// What a user can do wrong is named.
struct FitErrorTests {
  static let returns = Fixture.asymmetricReturns(300, seed: 3)
  static let x = Fixture.normals(300, seed: 4)

  private func message(
    _ model: VolatilityModel = VolatilityModel(), _ returns: [Double] = returns,
    _ columns: [String: [Double]] = ["x": x], _ options: FitOptions = FitOptions()
  ) -> String {
    do {
      _ = try model.fit(returns, regressors: columns, options: options)
      return "no error"
    } catch { return error.message }
  }

  @Test func data() {
    #expect(message(VolatilityModel(), [Double](repeating: 0.3, count: 100)).contains("constant at 0.3"))
    #expect(message(VolatilityModel(), [0.1, -0.2]).contains("2 observations"))
    #expect(message(VolatilityModel(), []).contains("0 observations"))
    var bad = Self.returns
    bad[17] = .nan
    #expect(message(VolatilityModel(), bad).contains("observation 18 of the returns is nan"))
    bad[17] = -.infinity
    #expect(message(VolatilityModel(), bad).contains("observation 18 of the returns is -inf"))
  }

  @Test func regressors() {
    let squares = Self.x.map { $0 * $0 }
    let model = VolatilityModel(regressors: [Regressor("x")])
    #expect(message(model).contains("is negative"))
    #expect(message(model, Self.returns, ["x": Array(squares.dropLast())]).contains("299 values"))
    #expect(message(model, Self.returns, ["y": squares]).contains("not among the columns given"))
    #expect(message(model, Self.returns, ["x": squares.map { $0 * 0 }]).contains("zero throughout"))
    #expect(message(model, Self.returns, ["x": squares.map { $0 * 0 + 2 }]).contains("collinear"))
    var hole = squares
    hole[3] = .nan
    #expect(message(model, Self.returns, ["x": hole]).contains("observation 4 of regressor 'x' is nan"))
    let two = VolatilityModel(regressors: [Regressor("x"), Regressor("y")])
    #expect(message(two, Self.returns, ["x": squares, "y": squares.map { 3 * $0 }]).contains("collinear"))
    let mean = VolatilityModel(regressors: [Regressor("x", in: .mean), Regressor("y", in: .mean)])
    #expect(
      message(mean, Self.returns, ["x": squares, "y": squares.map { 3 * $0 + 1 }]).contains("collinear"))
    // A negative regressor is welcome where signs do not matter.
    for form in [Regressor.VarianceForm.additiveOnSample, .exponential] {
      #expect(message(VolatilityModel(regressors: [Regressor("x", in: .variance(form))])) == "no error")
    }
    #expect(
      message(VolatilityModel(variance: .egarch(p: 1, q: 1), regressors: [Regressor("x")])) == "no error")
  }

  @Test func options() {
    #expect(message(options: ["alpha": 0.1]).contains("there is no parameter 'alpha'"))
    #expect(message(options: ["alpha[1]": -0.1]).contains("lies between"))
    #expect(message(options: ["beta[1]": .nan]).contains("lies between"))
    let both = message(options: ["alpha[1]": 0.5, "beta[1]": 0.7])
    #expect(both.contains("alpha[1] + beta[1] ≤ 1") && both.contains("beta[1] = 0.7"), "\(both)")
    #expect(
      message(
        VolatilityModel(), Self.returns, [:],
        FitOptions(fixed: ["alpha[1]": 0.5, "beta[1]": 0.7], requiresStationarity: false)) == "no error")
    #expect(
      message(VolatilityModel(), Self.returns, [:], FitOptions(fixed: ["omega": 0.1], targetsVariance: true))
        .contains("omega is fixed"))
    #expect(
      message(VolatilityModel(variance: .tarch()), Self.returns, [:], FitOptions(targetsVariance: true))
        .contains("targeting"))
    #expect(
      message(VolatilityModel(), Self.returns, [:], FitOptions(starting: ["nu": 5])).contains(
        "no parameter 'nu'"))
    #expect(
      message(
        VolatilityModel(), Self.returns, [:], FitOptions(covariance: .bootstrap(replications: 1, seed: 1))
      )
      .contains("bootstrap"))
  }

  private func message(options fixed: [String: Double]) -> String {
    message(VolatilityModel(), Self.returns, [:], FitOptions(fixed: fixed))
  }

  /// One huge value does not stop a fit, nor do thousands of zeros.
  @Test func oddSeries() throws {
    var outlier = Self.returns
    outlier[150] = 1e4
    let fit = try VolatilityModel().fit(outlier)
    #expect(fit.logLikelihood.isFinite)
    #expect(fit.parameters.allSatisfy { $0.value.isFinite })
    var zeros = Self.returns
    for t in zeros.indices where t % 3 > 0 { zeros[t] = 0 }
    for variance in [VarianceModel.garch(p: 1, q: 1), .egarch(p: 1, q: 1), .tarch(), .aparch(p: 1, q: 1)] {
      let fit = try VolatilityModel(variance: variance).fit(zeros)
      #expect(fit.logLikelihood.isFinite)
      #expect(fit.parameters.allSatisfy { $0.value.isFinite }, "\(variance)")
    }
    // Tiny and huge units.
    for s in [1e-150, 1e-8, 1e8, 1e100] {
      let fit = try VolatilityModel().fit(Self.returns.map { s * $0 })
      #expect(fit.status.hasConverged, "\(s): \(fit.status)")
    }
  }

  /// A series whose variance grows: not stationary, and said so.
  @Test func explosive() throws {
    let y = Fixture.normals(400, seed: 9).enumerated().map { t, z in z * exp(Double(t) / 80) }
    let fit = try VolatilityModel().fit(y)
    #expect(!fit.warnings.isEmpty)
    #expect(
      fit.status == .convergedOnBound(["omega = 0", "alpha[1] + beta[1] = 1"]) || fit.persistence! > 0.99)
    let free = try VolatilityModel().fit(y, options: FitOptions(requiresStationarity: false))
    #expect(free.persistence! > 1)
    #expect(free.unconditionalVariance == nil)
    #expect(free.warnings.contains { $0.contains("not stationary") })
  }

  @Test func tooFewIterations() throws {
    let fit = try VolatilityModel(variance: .gjr()).fit(
      Self.returns, options: FitOptions(maximumIterations: 1, tolerance: 1e-14))
    #expect(!fit.status.hasConverged || fit.projectedGradient <= 1e-14)
  }
}
