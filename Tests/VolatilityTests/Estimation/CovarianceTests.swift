import Foundation
import Testing

@testable import Volatility

/// Covariances of estimates, by hand from scores and second differences.
struct CovarianceTests {
  static let returns = FitOptionTests.returns
  static let models = [
    VolatilityModel(variance: .gjr(), distribution: .studentT), VolatilityModel(mean: .ar(1)),
    VolatilityModel(regressors: [Regressor("x", in: .variance(.exponential))]),
  ]

  @Test(arguments: models)
  func neweyWestSandwichByHand(_ model: VolatilityModel) throws {
    let lags = 4
    let fit = try model.fit(
      Self.returns, regressors: FitOptionTests.columns, options: FitOptions(covariance: .hac(lags: lags)))
    try #require(fit.status == .converged)
    let likelihood = try Likelihood(model, Self.returns, FitOptionTests.columns, scaled: false)
    let theta = fit.parameters.map(\.value)
    let n = theta.count
    let scores = likelihood.scores(theta).scores
    var gradient = theta
    var hessian = Matrix(rows: n, columns: n)
    for i in 0..<n {
      // Richardson's extrapolation of differences of the gradient.
      func difference(_ step: Double) -> [Double] {
        var (up, down) = (theta, theta)
        up[i] += step
        down[i] -= step
        _ = likelihood.gradient(up, &gradient)
        let above = gradient
        _ = likelihood.gradient(down, &gradient)
        return zip(above, gradient).map { ($0 - $1) / (2 * step) }
      }
      let step = 0.02 * fit.parameters[i].standardError!
      for (j, pair) in zip(difference(step / 2), difference(step)).enumerated() {
        hessian[i, j] = -(4 * pair.0 - pair.1) / 3
      }
    }
    for i in 0..<n {
      for j in 0..<i {
        let mean = (hessian[i, j] + hessian[j, i]) / 2
        (hessian[i, j], hessian[j, i]) = (mean, mean)
      }
    }
    var omega = Matrix(rows: n, columns: n)
    for lag in -lags...lags {
      let weight = 1 - Double(abs(lag)) / Double(lags + 1)
      for t in max(0, lag)..<min(scores.rows, scores.rows + lag) {
        for i in 0..<n { for j in 0..<n { omega[i, j] += weight * scores[t, i] * scores[t - lag, j] } }
      }
    }
    let inverse = try #require(hessian.inverse)
    let sandwich = inverse * omega * inverse
    for (k, one) in fit.parameters.enumerated() {
      let error = try #require(one.standardError)
      #expect(abs(sandwich[k, k].squareRoot() / error - 1) < 2e-5, "\(one.name)")
      for l in 0..<n {
        let scale = (sandwich[k, k] * sandwich[l, l]).squareRoot()
        #expect(abs(fit.covarianceMatrix[k, l] - sandwich[k, l]) < 1e-4 * scale)
      }
    }
  }

  /// On data that the model made, seeds matter little and the same one not at all.
  @Test func bootstrapIsSeededAndNearTheSandwich() throws {
    let path = try VolatilityModel().simulate(
      at: ["mu": 0.05, "omega": 0.05, "alpha[1]": 0.1, "beta[1]": 0.85], count: 2500, seed: 5)
    func errors(_ kind: CovarianceKind) throws -> [Double] {
      try VolatilityModel().fit(path.returns, options: FitOptions(covariance: kind)).parameters.map {
        try #require($0.standardError)
      }
    }
    let robust = try errors(.robust)
    let first = try errors(.bootstrap(replications: 300, seed: 1))
    let second = try errors(.bootstrap(replications: 300, seed: 2))
    #expect(try errors(.bootstrap(replications: 300, seed: 1)) == first)
    #expect(first != second)
    for k in robust.indices {
      #expect(abs(first[k] / robust[k] - 1) < 0.25, "\(k): \(first[k]), \(robust[k])")
      #expect(abs(first[k] / second[k] - 1) < 0.25)
    }
  }
}
