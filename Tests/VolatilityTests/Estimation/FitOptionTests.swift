import Foundation
import Testing

@testable import Volatility

/// What options and units do to a fit.
struct FitOptionTests {
  static let returns = Fixture.asymmetricReturns(1500, seed: 11)
  static let x = Fixture.normals(1500, seed: 6).map { $0 * $0 }
  static let columns = ["x": x]

  static let models: [VolatilityModel] = [
    VolatilityModel(), VolatilityModel(variance: .gjr(), distribution: .skewT),
    VolatilityModel(variance: .tarch(), distribution: .studentT),
    VolatilityModel(variance: .egarch(p: 1, q: 1), distribution: .generalizedError),
    VolatilityModel(variance: .aparch(p: 1, q: 1)), VolatilityModel(variance: .figarch()),
    VolatilityModel(variance: .garch(p: 1, q: 1, power: 1.5)),
    VolatilityModel(mean: .ar(1), regressors: [Regressor("x")]),
    VolatilityModel(variance: .egarch(p: 1, q: 1), regressors: [Regressor("x", timing: .lagged(1))]),
    VolatilityModel(variance: .aparch(p: 1, q: 1), regressors: [Regressor("x")]),
    VolatilityModel(mean: .arma(1, 1), distribution: .skewedT),
    VolatilityModel(mean: .constant.withInMean(.volatility), variance: .gjr()),
    VolatilityModel(regressors: [Regressor("x", in: .variance(.exponential)), Regressor("x", in: .mean)]),
    VolatilityModel(variance: .ewma(decay: nil), distribution: .skewedNormal),
    VolatilityModel(variance: .constant, distribution: .studentT),
    VolatilityModel(mean: .zero, variance: .arch(3), initialisation: .unconditional),
    VolatilityModel(initialisation: .user(1.1)),
  ]

  /// Returns in other units: parameters scale, ln L falls by T ln s, t statistics stay.
  @Test(arguments: models)
  func unitsOfReturns(_ model: VolatilityModel) throws {
    let first = try model.fit(Self.returns, regressors: Self.columns)
    #expect(first.status.hasConverged, "\(first.status)")
    for s in [100, 0.01] {
      var other = model
      if case .user(let variance) = model.initialisation { other.initialisation = .user(variance * s * s) }
      let fit = try other.fit(Self.returns.map { s * $0 }, regressors: Self.columns)
      let specification = try Specification(model)
      let expected = specification.restore(
        first.parameters.map(\.value), scale: s, regressorScales: [:])
      #expect(
        close(fit.logLikelihood, first.logLikelihood - Double(fit.observations) * log(s), 1e-10),
        "\(fit.logLikelihood)")
      for (one, value) in zip(fit.parameters, expected) {
        #expect(abs(one.value - value) < 2e-6 * max(abs(value), 1e-3), "\(one.name): \(one.value), \(value)")
      }
      for (a, b) in zip(first.parameters, fit.parameters) where a.name != "omega" {
        guard let first = a.t, let second = b.t else { continue }
        #expect(abs(first - second) < 2e-3 * max(1, abs(first)), "t of \(a.name): \(first), \(second)")
      }
      #expect(close(fit.conditionalVariance[700], s * s * first.conditionalVariance[700], 1e-5))
    }
  }

  /// The gradient vanishes and ln L falls in every direction.
  @Test(arguments: models)
  func optimum(_ model: VolatilityModel) throws {
    let fit = try model.fit(Self.returns, regressors: Self.columns)
    #expect(fit.projectedGradient < 1e-7)
    let values = fit.parameterValues
    let here = try model.logLikelihood(at: values, Self.returns, regressors: Self.columns).value
    #expect(close(here, fit.logLikelihood, 1e-11))
    for one in fit.parameters {
      guard let error = one.standardError else { continue }
      for sign in [-1.0, 1] {
        var other = values
        other[one.name]! += sign * 0.05 * error
        guard let value = try? model.logLikelihood(at: other, Self.returns, regressors: Self.columns).value
        else { continue }
        // Along an active inequality, values beyond it may be higher.
        if case .convergedOnBound = fit.status { continue }
        #expect(value < here, "\(one.name)")
      }
    }
    // Series add up.
    for t in [0, 400, fit.observations - 1] {
      let y = Self.returns[t + fit.dropped]
      #expect(close(fit.fittedMean[t] + fit.residuals[t], y, 1e-12))
      #expect(
        close(
          fit.standardizedResiduals[t], fit.residuals[t] / fit.conditionalVariance[t].squareRoot(), 1e-12))
    }
  }

  /// Hessian-based standard errors against second differences of ln L in the user's units.
  @Test(arguments: [
    VolatilityModel(), VolatilityModel(variance: .gjr(), distribution: .studentT),
    VolatilityModel(variance: .egarch(p: 1, q: 1)), VolatilityModel(variance: .aparch(p: 1, q: 1)),
    VolatilityModel(mean: .arma(1, 1), regressors: [Regressor("x")]),
  ])
  func hessian(_ model: VolatilityModel) throws {
    let s = 30.0
    let y = Self.returns.map { s * $0 }
    let fit = try model.fit(y, regressors: Self.columns, options: FitOptions(covariance: .hessian))
    let free = fit.covarianceNames
    let values = fit.parameterValues
    let errors = free.map { fit[$0]!.standardError! }
    var hessian = Matrix(rows: free.count, columns: free.count)
    for (i, name) in free.enumerated() {
      // Central differences of the gradient with steps in units of standard errors.
      let h = 1e-4 * errors[i]
      var slopes: [[Double]] = []
      for sign in [-1.0, 1] {
        var other = values
        other[name]! += sign * h
        let gradient = try model.logLikelihood(at: other, y, regressors: Self.columns).gradient
        slopes.append(free.map { free in gradient[fit.parameters.firstIndex { $0.name == free }!] })
      }
      for j in free.indices {
        hessian[i, j] = (slopes[0][j] - slopes[1][j]) / (2 * h) * errors[i] * errors[j]
      }
    }
    let inverse = try #require(hessian.inverse)
    for i in free.indices {
      // Kinks at ε_t = 0 make differences of EGARCH and APARCH uneven.
      let isKinked = model.variance != .garch(p: 1, q: 1) && model.variance != .gjr()
      #expect(abs(inverse[i, i].squareRoot() - 1) < (isKinked ? 0.05 : 5e-4), "\(free[i]): \(inverse[i, i])")
    }
    // The matrix and the errors agree.
    for i in free.indices { #expect(close(fit.covarianceMatrix[i, i].squareRoot(), errors[i], 1e-12)) }
  }

  @Test func fixedParameters() throws {
    let model = VolatilityModel(variance: .gjr())
    let fit = try model.fit(Self.returns, options: FitOptions(fixed: ["gamma[1]": 0]))
    let plain = try VolatilityModel().fit(Self.returns)
    #expect(close(fit.logLikelihood, plain.logLikelihood, 1e-11))
    let gamma = try #require(fit["gamma[1]"])
    #expect(gamma.isFixed && !gamma.isOnBound && gamma.value == 0 && gamma.standardError == nil)
    #expect(fit.estimatedCount == 4)
    #expect(close(fit.aic, plain.aic, 1e-10))
    for name in ["mu", "omega", "alpha[1]", "beta[1]"] {
      #expect(close(fit[name]!.standardError!, plain[name]!.standardError!, 1e-6))
    }
    // Values in the user's units.
    for (model, fixed) in [
      (VolatilityModel(), ["omega": 3.3, "mu": 0.7]),
      (VolatilityModel(variance: .egarch(p: 1, q: 1)), ["omega": 0.1]),
      (VolatilityModel(variance: .aparch(p: 1, q: 1)), ["omega": 3.1, "delta": 1.5]),
      (VolatilityModel(variance: .figarch(power: 1)), ["omega": 0.3, "d": 0.5]),
      (VolatilityModel(regressors: [Regressor("x")]), ["phi[x]": 0.2]),
    ] {
      let fit = try model.fit(
        Self.returns.map { 10 * $0 }, regressors: Self.columns, options: FitOptions(fixed: fixed))
      #expect(fit.status.hasConverged)
      for (name, value) in fixed { #expect(close(fit[name]!.value, value, 1e-13), "\(name)") }
      let whole = try model.fit(Self.returns.map { 10 * $0 }, regressors: Self.columns)
      #expect(whole.logLikelihood > fit.logLikelihood)
    }
    // Nothing is left to estimate.
    let all = try VolatilityModel().fit(
      Self.returns, options: FitOptions(fixed: ["mu": 0.05, "omega": 0.04, "alpha[1]": 0.1, "beta[1]": 0.86]))
    let value = try VolatilityModel().logLikelihood(
      at: ["mu": 0.05, "omega": 0.04, "alpha[1]": 0.1, "beta[1]": 0.86], Self.returns
    ).value
    #expect(close(all.logLikelihood, value, 1e-12))
    #expect(all.estimatedCount == 0)
  }

  @Test func startingValues() throws {
    let model = VolatilityModel(variance: .gjr(), distribution: .studentT)
    let fit = try model.fit(Self.returns)
    let warm = try model.fit(Self.returns, options: FitOptions(starting: fit.parameterValues))
    #expect(close(warm.logLikelihood, fit.logLikelihood, 1e-12))
    #expect(warm.evaluations < fit.evaluations)
    let partial = try model.fit(Self.returns, options: FitOptions(starting: ["nu": 30, "beta[1]": 0.2]))
    #expect(close(partial.logLikelihood, fit.logLikelihood, 1e-11))
  }

  @Test func targeting() throws {
    for model in [
      VolatilityModel(), VolatilityModel(variance: .gjr(), distribution: .studentT),
      VolatilityModel(regressors: [Regressor("x")]),
    ] {
      let fit = try model.fit(
        Self.returns.map { 5 * $0 }, regressors: Self.columns, options: FitOptions(targetsVariance: true))
      #expect(fit.status.hasConverged, "\(fit.status)")
      let mean = Self.returns.reduce(0, +) / 1500
      let variance = Self.returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1500
      let found = try #require(fit.unconditionalVariance)
      #expect(close(found, 25 * variance, 1e-9), "\(found)")
      let free = try model.fit(Self.returns.map { 5 * $0 }, regressors: Self.columns)
      #expect(free.logLikelihood >= fit.logLikelihood)
      #expect(free.logLikelihood < fit.logLikelihood + 5)
      #expect(fit.estimatedCount == free.estimatedCount - 1)
      #expect(fit["omega"]?.standardError != nil)
    }
    let exponential = try VolatilityModel(variance: .egarch(p: 1, q: 1))
      .fit(Self.returns, options: FitOptions(targetsVariance: true))
    let values = exponential.parameterValues
    let mean = Self.returns.reduce(0, +) / 1500
    let variance = Self.returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1500
    #expect(close(exp(values["omega"]! / (1 - values["beta[1]"]!)), variance, 1e-8))
  }

  /// Every rule gives an optimum nearby.
  @Test func initialisations() throws {
    let reference = try VolatilityModel().fit(Self.returns)
    for rule in [Initialisation.ewma, .sampleVariance, .fixedSample, .unconditional, .user(0.9)] {
      for variance in [VarianceModel.garch(p: 1, q: 1), .egarch(p: 1, q: 1)] {
        let fit = try VolatilityModel(variance: variance, initialisation: rule).fit(Self.returns)
        #expect(fit.status == .converged)
        #expect(abs(fit.logLikelihood - reference.logLikelihood) < 12)
      }
    }
  }

  /// On data from the model itself all covariances estimate the same.
  @Test func covariances() throws {
    let z = Fixture.normals(4000, seed: 21)
    var h = 1.0
    var e = 0.0
    let y = z.enumerated().map { t, z in
      if t > 0 { h = 0.05 + 0.1 * e * e + 0.85 * h }
      e = h.squareRoot() * z
      return e
    }
    let model = VolatilityModel()
    let hessian = try model.fit(y, options: FitOptions(covariance: .hessian))
    for kind in [
      CovarianceKind.robust, .opg, .hac(lags: nil), .hac(lags: 12), .bootstrap(replications: 200, seed: 3),
    ] {
      let fit = try model.fit(y, options: FitOptions(covariance: kind))
      for (a, b) in zip(fit.parameters, hessian.parameters) {
        let ratio = try #require(a.standardError) / b.standardError!
        #expect(ratio > 0.75 && ratio < 1.35, "\(kind) of \(a.name): \(ratio)")
      }
      // Without lags, the sandwich.
      if kind == .robust {
        let none = try model.fit(y, options: FitOptions(covariance: .hac(lags: 0)))
        for (a, b) in zip(none.parameters, fit.parameters) {
          #expect(close(a.standardError!, b.standardError!, 1e-10))
        }
      }
      if kind.name == "bootstrap" {
        let again = try model.fit(y, options: FitOptions(covariance: kind))
        #expect(again.parameters == fit.parameters)
      }
    }
    let short = Array(Self.returns.prefix(800))
    for model in Self.models where model.variance != .figarch() {
      let columns = Self.columns.mapValues { Array($0.prefix(800)) }
      let fit = try model.fit(
        short, regressors: columns, options: FitOptions(covariance: .bootstrap(replications: 8, seed: 1)))
      #expect(fit.parameters.contains { $0.standardError != nil }, "\(model): \(fit.warnings)")
    }
  }

  @Test func informationCriteria() throws {
    let fit = try VolatilityModel(distribution: .studentT).fit(Self.returns)
    let (k, n) = (5.0, 1500.0)
    #expect(close(fit.aic, -2 * fit.logLikelihood + 2 * k, 1e-14))
    #expect(close(fit.bic, -2 * fit.logLikelihood + k * log(n), 1e-14))
    #expect(close(fit.hqic, -2 * fit.logLikelihood + 2 * k * log(log(n)), 1e-14))
  }

  /// Where shocks do not matter, α ends on its bound.
  @Test func boundaryOfShocks() throws {
    let fit = try VolatilityModel(mean: .zero, variance: .arch(1)).fit(
      Fixture.normals(60, seed: 5).enumerated().map { t, z in (t % 2 == 0 ? 0.2 : 2) * (z < 0 ? -1 : 1) })
    let alpha = try #require(fit["alpha[1]"])
    #expect(alpha.value == 0 && alpha.isOnBound && alpha.standardError == nil && alpha.pValue == 1)
    #expect(fit.status == .convergedOnBound(["alpha[1] = 0"]))
    #expect(fit["omega"]?.standardError != nil)
  }
}
