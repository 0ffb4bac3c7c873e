import Foundation

extension OLS {
  /// Variance inflation factors 1/(1 − R²_j) of the regressors without the intercept, each regressed on all the others.
  public var varianceInflation: [(name: String, value: Double)] {
    let x = design.matrix
    let first = hasIntercept ? 1 : 0
    return (first..<x.columns).map { j in
      let column = x.column(j)
      let center = hasIntercept ? column.mean : 0
      let total = column.reduce(0) { $0 + ($1 - center) * ($1 - center) }
      // By the inverse of a partitioned matrix the jth diagonal element is one over the rest of column j.
      return (design.names[j], total * inverseGram[j, j])
    }
  }

  /// Σ(u_t − u_{t−1})²/Σu_t²: 2 without first-order autocorrelation, towards 0 with positive, 4 with negative.
  public var durbinWatson: Double {
    let steps = zip(residuals.dropFirst(), residuals).reduce(0) { $0 + pow($1.0 - $1.1, 2) }
    return steps / dot(residuals, residuals)
  }
}

/// Breusch's and Godfrey's test that residuals are not autocorrelated up to a lag: T·R² of residuals on the
/// regressors and lagged residuals (zero before the sample), chi-squared.
public struct BreuschGodfrey: HypothesisTest {
  public let statistic: Double
  public let pValue: Double
  public let lags: Int?
  public let observations: Int
  /// The same as an F test, and its p-value.
  public let f: Double
  public let pValueOfF: Double
  public var name: String { "Breusch–Godfrey" }
  public var nullHypothesis: String { "The residuals are not autocorrelated up to lag \(lags ?? 0)." }

  /// - Throws: ``VolatilityError`` for fewer than 1 lag or too few observations.
  public init(_ fit: OLS, lags: Int) throws(VolatilityError) {
    try requireLags(lags, of: fit.observations - fit.coefficients.count)
    let u = fit.residuals
    var regressors = zip(fit.design.names, 0..<fit.design.columns)
      .filter { !(fit.hasIntercept && $0.1 == 0) }.map { ($0.0, fit.design.matrix.column($0.1)) }
    for lag in 1...lags {
      regressors.append(
        ("residual[-\(lag)]", [Double](repeating: 0, count: lag) + u.prefix(u.count - lag)))
    }
    // Without an intercept R² would be about zero: one stands in, as in statsmodels.
    let auxiliary = try OLS(u, regressors, intercept: true)
    observations = u.count
    self.lags = lags
    statistic = Double(u.count) * auxiliary.rSquared
    pValue = ReferenceDistribution.chiSquared(freedom: Double(lags)).probability(above: statistic)
    let test = try auxiliary.wald(zero: (1...lags).map { "residual[-\($0)]" })
    f = test.f
    pValueOfF = test.pValueOfF
  }
}

/// Ramsey's test that no powers of the fitted values are missing from a regression.
public struct RESET: HypothesisTest {
  /// F, of classic covariance unless another is asked for.
  public let statistic: Double
  public let pValue: Double
  public let observations: Int
  public let freedom: (Int, Int)
  public var lags: Int? { nil }
  public var name: String { "RESET" }
  public var nullHypothesis: String { "The regression is linear: powers of the fitted values add nothing." }

  /// - Parameter highestPower: of the fitted values, 2 and above; all from 2 to it are added.
  public init(
    _ fit: OLS, highestPower: Int = 3, covariance: RegressionCovariance = .classic
  ) throws(VolatilityError) {
    guard highestPower >= 2 else {
      throw VolatilityError(.specification, "RESET up to power \(highestPower): 2 or more is needed.")
    }
    // Powers of what is near one in size: the test does not change, its arithmetic does.
    let scale = fit.fitted.map(abs).max() ?? 1
    let scaled = fit.fitted.map { $0 / (scale > 0 ? scale : 1) }
    var regressors = zip(fit.design.names, 0..<fit.design.columns)
      .filter { !(fit.hasIntercept && $0.1 == 0) }.map { ($0.0, fit.design.matrix.column($0.1)) }
    for power in 2...highestPower {
      regressors.append(("fitted^\(power)", scaled.map { pow($0, Double(power)) }))
    }
    let wider = try OLS(fit.response, regressors, intercept: fit.hasIntercept, covariance: covariance)
    let test = try wider.wald(zero: (2...highestPower).map { "fitted^\($0)" })
    statistic = test.f
    pValue = test.pValueOfF
    observations = fit.observations
    freedom = (test.restrictions, test.freedom)
  }
}
