/// r₀ … r_lags: autocorrelations about the mean, autocovariances over T.
///
/// - Throws: ``VolatilityError`` for too few values, one that is not finite, or a constant series.
public func autocorrelations(_ x: [Double], lags: Int) throws(VolatilityError) -> [Double] {
  try requireVaried(x, atLeast: 2, for: "An autocorrelation")
  try requireLags(lags, of: x.count)
  let mean = x.mean
  let centered = x.map { $0 - mean }
  let variance = autocovariance(centered, 0)
  return (0...lags).map { autocovariance(centered, $0) / variance }
}

/// Ljung's and Box's test of no autocorrelation: T(T+2) Σ r_j²/(T−j), chi-squared.
public struct LjungBox: HypothesisTest {
  public let statistic: Double
  public let pValue: Double
  public let lags: Int?
  public let observations: Int
  /// Degrees of freedom: lags less the parameters of the model that left the residuals.
  public let freedom: Int
  /// r₁ … r_lags.
  public let autocorrelations: [Double]
  private let subject: String
  public var name: String { "Ljung–Box" + (subject == "series" ? "" : " on squares") }
  public var nullHypothesis: String { "The \(subject) is not autocorrelated up to lag \(lags ?? 0)." }

  /// - Parameters:
  ///   - squared: tests x² (McLeod and Li).
  ///   - modelParameters: taken from the degrees of freedom where the series is of residuals (p + q of an ARMA).
  /// - Throws: ``VolatilityError`` for too few values, one that is not finite, a constant series, or no degree of
  ///   freedom.
  public init(
    _ x: [Double], lags: Int, squared: Bool = false, modelParameters: Int = 0
  ) throws(VolatilityError) {
    guard modelParameters >= 0, lags > modelParameters else {
      throw VolatilityError(
        .specification,
        "\(lags) lags less \(modelParameters) parameters leave no degree of freedom: give more lags.")
    }
    let tested = squared ? x.map { $0 * $0 } : x
    let found = try Volatility.autocorrelations(tested, lags: lags).dropFirst()
    let count = Double(x.count)
    autocorrelations = Array(found)
    statistic =
      count * (count + 2)
      * found.enumerated().reduce(0) {
        $0 + $1.element * $1.element / (count - Double($1.offset + 1))
      }
    freedom = lags - modelParameters
    pValue = ReferenceDistribution.chiSquared(freedom: Double(freedom)).probability(above: statistic)
    (self.lags, observations) = (lags, x.count)
    subject = squared ? "squared series" : "series"
  }
}

/// Engle's (1982) test of no autoregressive conditional heteroskedasticity: T·R² of x² on a constant and its own lags,
/// chi-squared.
public struct ARCHLM: HypothesisTest {
  public let statistic: Double
  public let pValue: Double
  public let lags: Int?
  /// Of the auxiliary regression: the series' less the lags.
  public let observations: Int
  /// The same as an F test, and its p-value.
  public let f: Double
  public let pValueOfF: Double
  public var name: String { "ARCH-LM" }
  public var nullHypothesis: String { "There is no ARCH effect up to lag \(lags ?? 0)." }

  /// - Parameter x: residuals, or returns without their mean.
  /// - Throws: ``VolatilityError`` for too few values, one that is not finite, or where squares do not vary.
  public init(_ x: [Double], lags: Int) throws(VolatilityError) {
    try requireVaried(x, atLeast: 3, for: "ARCH-LM")
    try requireLags(lags, of: (x.count - 1) / 2)
    let squares = x.map { $0 * $0 }
    let regressors = (1...lags).map { ("lag \($0)", Array(squares[(lags - $0)..<(x.count - $0)])) }
    let fit = try OLS(Array(squares[lags...]), regressors)
    (self.lags, observations) = (lags, x.count - lags)
    statistic = Double(observations) * fit.rSquared
    pValue = ReferenceDistribution.chiSquared(freedom: Double(lags)).probability(above: statistic)
    let test = try fit.wald(zero: regressors.map { $0.0 })
    (f, pValueOfF) = (test.f, test.pValueOfF)
  }
}

/// Engle's and Ng's (1993) tests that the sign and the size of the last shock leave nothing to explain in the squared
/// standardised residuals z².
public struct SignBias: HypothesisTest {
  /// Of the joint regression: T·R², chi-squared(3).
  public let statistic: Double
  public let pValue: Double
  public let observations: Int
  public var lags: Int? { 1 }
  public var name: String { "Sign bias (joint)" }
  public var nullHypothesis: String {
    "Sign and size of the last shock do not help to predict the squared standardised residual."
  }
  /// In the joint regression: S⁻, S⁻·ε and S⁺·ε of the day before, with t tests.
  public let joint: [Coefficient]
  /// Each alone beside a constant: the sign bias, negative size bias and positive size bias tests.
  public let single: [Coefficient]

  /// - Parameters:
  ///   - z: standardised residuals, [T].
  ///   - shocks: residuals ε, [T]; the standardised ones where nil.
  /// - Throws: ``VolatilityError`` for too few values, one that is not finite, or shocks all of one sign.
  public init(standardized z: [Double], shocks: [Double]? = nil) throws(VolatilityError) {
    let shocks = shocks ?? z
    try requireVaried(z, atLeast: 6, for: "The sign bias test")
    guard shocks.count == z.count else {
      throw VolatilityError(.data, "\(shocks.count) shocks for \(z.count) standardised residuals.")
    }
    let before = Array(shocks.dropLast())
    let squares = z.dropFirst().map { $0 * $0 }
    let regressors: [(String, [Double])] = [
      ("sign bias", before.map { $0 < 0 ? 1 : 0 }),
      ("negative size bias", before.map { min($0, 0) }),
      ("positive size bias", before.map { max($0, 0) }),
    ]
    let fit = try OLS(squares, regressors)
    joint = Array(fit.coefficients.dropFirst())
    var alone: [Coefficient] = []
    for regressor in regressors { alone.append(try OLS(squares, [regressor]).coefficients[1]) }
    single = alone
    observations = squares.count
    statistic = Double(squares.count) * fit.rSquared
    pValue = ReferenceDistribution.chiSquared(freedom: 3).probability(above: statistic)
  }
}
