import Foundation

/// Ordinary least squares.
///
/// ```swift
/// let fit = try OLS(y, [("market", x)], covariance: .neweyWest(lags: 4))
/// fit.coefficients["market"]?.t
/// ```
public struct OLS: Sendable {
  /// The intercept, called `const`, first.
  public let coefficients: [Coefficient]
  /// [k, k], in the order of the coefficients.
  public let covarianceMatrix: Matrix
  public let covariance: RegressionCovariance
  /// Newey–West lags, where the covariance is of that kind.
  public let lags: Int?
  public let inference: RegressionInference
  public let hasIntercept: Bool
  /// T.
  public let observations: Int
  /// T − k.
  public let freedom: Int
  /// [T].
  public let fitted: [Double]
  /// [T].
  public let residuals: [Double]
  /// About the mean with an intercept, about zero without.
  public let rSquared: Double
  /// 1 − (1 − R²)(T − 1)/(T − k); T in place of T − 1 without an intercept.
  public let adjustedRSquared: Double
  /// (uᵀu/(T − k))^½.
  public let residualStandardError: Double
  /// Gaussian, at the maximum-likelihood variance uᵀu/T.
  public let logLikelihood: Double

  let design: Design
  let response: [Double]
  let inverseGram: Matrix

  /// - Parameters:
  ///   - y: [T].
  ///   - regressors: a name and [T] values each.
  ///   - intercept: whether a column of ones, called `const`, stands before them.
  /// - Throws: ``VolatilityError`` that says which row is missing or not finite, which columns are collinear, or
  ///   how many observations there should be.
  public init(
    _ y: [Double], _ regressors: [(String, [Double])], intercept: Bool = true,
    covariance: RegressionCovariance = .classic, inference: RegressionInference = .studentT
  ) throws(VolatilityError) {
    try self.init(y, Design(y, regressors, intercept: intercept), covariance, inference)
  }

  /// Of a panel's columns.
  ///
  /// - Throws: ``VolatilityError`` for a name that is none of the panel's, the day on which a value is missing (see
  ///   ``Panel/complete(_:)``), or as ``init(_:_:intercept:covariance:inference:)``.
  public init(
    _ response: String, on regressors: [String], in panel: Panel, intercept: Bool = true,
    covariance: RegressionCovariance = .classic, inference: RegressionInference = .studentT
  ) throws(VolatilityError) {
    let y = try panel.series(response)
    var x: [(String, [Double])] = []
    for series in try [y] + panel.selecting(regressors).allSeries {
      if let row = series.values.firstIndex(where: { !$0.isFinite }) {
        throw VolatilityError(
          .data,
          "\(series.place(row)) is \(series.values[row]): leave out what is missing first (Panel.complete).")
      }
      x.append((series.name, series.values))
    }
    try self.init(
      y.values, Array(x.dropFirst()), intercept: intercept, covariance: covariance, inference: inference)
  }

  init(
    _ y: [Double], _ design: Design, _ covariance: RegressionCovariance, _ inference: RegressionInference
  ) throws(VolatilityError) {
    let solution = try design.solve(y)
    let values = solution.coefficients
    let fitted = design.matrix * values
    let residuals = zip(y, fitted).map { $0 - $1 }
    (observations, freedom) = (y.count, y.count - values.count)
    (covarianceMatrix, lags) = try covariance.matrix(
      design, residuals: residuals, inverseGram: solution.inverseGram)
    let reference: ReferenceDistribution =
      inference == .normal ? .normal : .studentT(freedom: Double(y.count - values.count))
    coefficients = zip(design.names, zip(values, covarianceMatrix.diagonal)).map {
      Coefficient($0, $1.0, max(0, $1.1).squareRoot(), reference)
    }
    let squares = dot(residuals, residuals)
    let center = design.hasIntercept ? y.mean : 0
    let total = y.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    guard total > 0 else {
      throw VolatilityError(
        .data,
        "The response is \(y[0]) in all \(y.count) rows: nothing is left for a regression to explain.")
    }
    rSquared = 1 - squares / total
    adjustedRSquared =
      1 - squares / total * Double(y.count - (design.hasIntercept ? 1 : 0)) / Double(y.count - values.count)
    residualStandardError = (squares / Double(y.count - values.count)).squareRoot()
    logLikelihood = -Double(y.count) / 2 * (log(2 * Double.pi * squares / Double(y.count)) + 1)
    self.covariance = covariance
    self.inference = inference
    hasIntercept = design.hasIntercept
    self.fitted = fitted
    self.residuals = residuals
    self.design = design
    response = y
    inverseGram = solution.inverseGram
  }

  public var aic: Double { -2 * logLikelihood + 2 * Double(coefficients.count) }
  public var bic: Double { -2 * logLikelihood + log(Double(observations)) * Double(coefficients.count) }

  /// That all coefficients but the intercept are zero, by the chosen covariance; nil where there are none.
  public var jointTest: WaldTest? {
    let names = design.names.dropFirst(hasIntercept ? 1 : 0)
    return names.isEmpty ? nil : try? wald(zero: Array(names))
  }

  /// That these coefficients are all zero.
  ///
  /// - Throws: ``VolatilityError`` for a name that is none of the regression's.
  public func wald(zero names: [String]) throws(VolatilityError) -> WaldTest {
    var restrictions = Matrix(rows: names.count, columns: coefficients.count)
    for (row, name) in names.enumerated() {
      guard let column = design.names.firstIndex(of: name) else {
        throw VolatilityError(
          .specification,
          "No coefficient is called '\(name)'; there are \(design.names.joined(separator: ", ")).")
      }
      restrictions[row, column] = 1
    }
    let what = names.map { "\($0) = 0" }.joined(separator: ", ")
    return try wald(restrictions, equal: [Double](repeating: 0, count: names.count), saying: what)
  }

  /// That R·b = r.
  ///
  /// - Parameters:
  ///   - restrictions: R, [q, k].
  ///   - values: r, [q].
  ///   - nullHypothesis: in words.
  public func wald(
    _ restrictions: Matrix, equal values: [Double], saying nullHypothesis: String
  ) throws(VolatilityError) -> WaldTest {
    precondition(
      restrictions.columns == coefficients.count && restrictions.rows == values.count,
      "restrictions of \(restrictions.rows) × \(restrictions.columns) for \(coefficients.count) coefficients")
    let distance = zip(restrictions * coefficients.map(\.value), values).map { $0 - $1 }
    guard let weighted = (restrictions * covarianceMatrix * restrictions.transposed).solve(distance) else {
      throw VolatilityError(
        .regression, "The restrictions (\(nullHypothesis)) repeat one another or have no variance.")
    }
    return WaldTest(
      statistic: dot(distance, weighted), restrictions: values.count, freedom: freedom,
      inference: inference, nullHypothesis: nullHypothesis)
  }
}

/// A joint test of linear restrictions.
public struct WaldTest: Sendable, Equatable {
  /// Chi-squared with as many degrees of freedom as restrictions, under the null hypothesis.
  public let statistic: Double
  public let restrictions: Int
  /// T − k.
  public let freedom: Int
  public let inference: RegressionInference
  public let nullHypothesis: String

  /// statistic / restrictions.
  public var f: Double { statistic / Double(restrictions) }
  public var pValueOfF: Double {
    ReferenceDistribution.fisherF(freedom1: Double(restrictions), freedom2: Double(freedom))
      .probability(above: f)
  }
  public var pValueOfChiSquared: Double {
    ReferenceDistribution.chiSquared(freedom: Double(restrictions)).probability(above: statistic)
  }
  /// Of F or of chi-squared, as the regression's inference asks.
  public var pValue: Double { inference == .studentT ? pValueOfF : pValueOfChiSquared }
}
