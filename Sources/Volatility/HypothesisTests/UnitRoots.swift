import Foundation

/// How many lagged differences a unit-root regression takes in.
public enum LagSelection: Sendable, Equatable {
  case fixed(Int)
  /// Least −2ℓ + 2·lags over 0 … maximum, all on one sample; maximum nil for ⌈12(T/100)^¼⌉ (Schwert 1989).
  case aic(maximum: Int? = nil)
  /// Least −2ℓ + ln T·lags, as ``aic(maximum:)``.
  case bic(maximum: Int? = nil)
  /// The longest whose last lag has |t| ≥ 1.645, as ``aic(maximum:)``.
  case tStatistic(maximum: Int? = nil)

  static func schwert(_ count: Int) -> Int { Int((12 * pow(Double(count) / 100, 0.25)).rounded(.up)) }
}

/// The regression of differences on the level, deterministic terms and lagged differences.
enum DickeyFullerRegression {
  static func fit(
    _ y: [Double], _ terms: DeterministicTerms, lags: Int, sample: Int? = nil
  ) throws(VolatilityError) -> OLS {
    let differences = zip(y.dropFirst(), y).map { $0 - $1 }
    let count = sample ?? differences.count - lags
    let first = differences.count - count
    // Scaled: tests do not depend on it, and a level of 1e6 beside differences of 1e-3 would.
    let level = Array(y[first..<(y.count - 1)])
    var regressors = [("level", level)] + terms.columns(count)
    for lag in stride(from: 1, through: lags, by: 1) {
      regressors.append(
        ("difference[-\(lag)]", Array(differences[(first - lag)..<(differences.count - lag)])))
    }
    do {
      return try OLS(Array(differences[first...]), regressors, intercept: false)
    } catch {
      throw VolatilityError(
        error.kind,
        "The unit-root regression with \(lags) lags on \(count) observations cannot be solved: \(error.message)"
          + " Series that stay constant for long, or are short, need fewer lags.")
    }
  }

  static func select(
    _ y: [Double], _ terms: DeterministicTerms, _ selection: LagSelection
  ) throws(VolatilityError) -> Int {
    let asked: Int?
    switch selection {
    case .fixed(let lags):
      // Level, terms and lags, and one observation more.
      let most = (y.count - 3 - terms.count) / 2
      guard lags >= 0, lags <= most else {
        throw VolatilityError(
          .specification,
          "\(lags) lags for \(y.count) observations with terms '\(terms.rawValue)': give 0 to \(max(0, most))."
        )
      }
      return lags
    case .aic(let maximum), .bic(let maximum), .tStatistic(let maximum): asked = maximum
    }
    let most = max(0, (y.count - 1) / 2 - 1 - terms.count)
    if let asked, asked < 0 || asked > most {
      throw VolatilityError(
        .specification, "A maximum of \(asked) lags for \(y.count) observations: give 0 to \(most).")
    }
    let maximum = asked ?? min(most, LagSelection.schwert(y.count))
    let sample = y.count - 1 - maximum
    var best = (lags: 0, value: Double.infinity)
    for lags in 0...maximum {
      let fit = try DickeyFullerRegression.fit(y, terms, lags: lags, sample: sample)
      let count = Double(sample)
      let variance = dot(fit.residuals, fit.residuals) / count
      let deviance = count * (log(2 * Double.pi * variance) + 1)
      switch selection {
      case .aic: if deviance + 2 * Double(lags) < best.value { best = (lags, deviance + 2 * Double(lags)) }
      case .bic:
        let value = deviance + log(count) * Double(lags)
        if value < best.value { best = (lags, value) }
      default:
        // t by the variance over T, as arch has it.
        guard lags > 0, let last = fit.coefficients.last else { continue }
        if abs(last.t) * (count / Double(fit.freedom)).squareRoot() >= 1.6448536269514722 { best.lags = lags }
      }
    }
    return best.lags
  }
}

/// The test of Dickey and Fuller with lagged differences: the t statistic of the level.
///
/// ```swift
/// let test = try AugmentedDickeyFuller(prices, terms: .constantAndTrend, lags: .bic())
/// ```
public struct AugmentedDickeyFuller: HypothesisTest {
  public let statistic: Double
  public let pValue: Double
  public let lags: Int?
  public let observations: Int
  public let terms: DeterministicTerms
  public let criticalValues: [CriticalValue]
  /// The regression whose first coefficient, `level`, is tested.
  public let regression: OLS
  public var name: String { "ADF (\(terms.rawValue))" }
  public var nullHypothesis: String { "The series has a unit root." }

  /// - Throws: ``VolatilityError`` for too few values, one that is not finite, a constant series, or lags that leave no
  ///   degrees of freedom.
  public init(
    _ y: [Double], terms: DeterministicTerms = .constant, lags: LagSelection = .aic()
  ) throws(VolatilityError) {
    try requireVaried(y, atLeast: 4 + terms.count, for: "ADF")
    let chosen = try DickeyFullerRegression.select(y, terms, lags)
    regression = try DickeyFullerRegression.fit(y, terms, lags: chosen)
    statistic = regression.coefficients[0].t
    let distribution = DickeyFullerDistribution.tau(terms)
    pValue = distribution.pValue(statistic)
    criticalValues = distribution.criticalValues(regression.observations)
    (self.lags, observations, self.terms) = (chosen, regression.observations, terms)
  }
}

/// The test of Elliott, Rothenberg and Stock (1996): Dickey and Fuller's without terms on the series detrended by
/// generalised least squares. Automatic lags are chosen on the series detrended by least squares (Perron and Qu 2007).
public struct DickeyFullerGLS: HypothesisTest {
  public let statistic: Double
  public let pValue: Double
  public let lags: Int?
  public let observations: Int
  /// ``DeterministicTerms/constant`` or ``DeterministicTerms/constantAndTrend``.
  public let terms: DeterministicTerms
  public let criticalValues: [CriticalValue]
  public var name: String { "DF-GLS (\(terms.rawValue))" }
  public var nullHypothesis: String { "The series has a unit root." }

  /// - Throws: ``VolatilityError`` as ``AugmentedDickeyFuller``, and for other terms.
  public init(
    _ y: [Double], terms: DeterministicTerms = .constant, lags: LagSelection = .aic()
  ) throws(VolatilityError) {
    guard terms == .constant || terms == .constantAndTrend else {
      throw VolatilityError(.specification, "DF-GLS knows the terms c and ct, not '\(terms.rawValue)'.")
    }
    try requireVaried(y, atLeast: 5 + terms.count, for: "DF-GLS")
    let columns = terms.columns(y.count)
    let memory = 1 + (terms == .constant ? -7 : -13.5) / Double(y.count)
    func quasiDifference(_ x: [Double]) -> [Double] {
      [x[0]] + zip(x.dropFirst(), x).map { $0 - memory * $1 }
    }
    func detrended(_ transform: ([Double]) -> [Double]) throws(VolatilityError) -> [Double] {
      let x = Matrix(columns: columns.map { transform($0.1) })
      guard let solution = try? LeastSquares(x, transform(y)) else {
        throw VolatilityError(.data, "The series cannot be detrended: its \(y.count) values are too few.")
      }
      let trend = Matrix(columns: columns.map { $0.1 }) * solution.coefficients
      return zip(y, trend).map { $0 - $1 }
    }
    let chosen = try DickeyFullerRegression.select(try detrended { $0 }, .none, lags)
    let regression = try DickeyFullerRegression.fit(try detrended(quasiDifference), .none, lags: chosen)
    statistic = regression.coefficients[0].t
    let distribution = DickeyFullerDistribution.gls(terms)
    pValue = distribution.pValue(statistic)
    criticalValues = distribution.criticalValues(regression.observations)
    (self.lags, observations, self.terms) = (chosen, regression.observations, terms)
  }
}

/// The test of Phillips and Perron (1988): Dickey and Fuller's without lags, corrected by a long-run variance with
/// Bartlett weights.
public struct PhillipsPerron: HypothesisTest {
  /// Z(τ), of the t statistic, or Z(ρ), of T(ρ − 1).
  public enum Kind: String, Sendable { case tau, rho }

  public let statistic: Double
  public let pValue: Double
  /// Of the long-run variance.
  public let lags: Int?
  public let observations: Int
  public let terms: DeterministicTerms
  public let kind: Kind
  public let criticalValues: [CriticalValue]
  public var name: String { "Phillips–Perron Z(\(kind.rawValue)) (\(terms.rawValue))" }
  public var nullHypothesis: String { "The series has a unit root." }

  /// - Parameter lags: nil for ⌈12(T/100)^¼⌉.
  /// - Throws: ``VolatilityError`` as ``AugmentedDickeyFuller``.
  public init(
    _ y: [Double], terms: DeterministicTerms = .constant, lags: Int? = nil, kind: Kind = .tau
  ) throws(VolatilityError) {
    try requireVaried(y, atLeast: 4 + terms.count, for: "Phillips–Perron")
    let lags = lags ?? min(LagSelection.schwert(y.count), y.count - 2)
    guard lags >= 0, lags < y.count - 1 else {
      throw VolatilityError(
        .specification, "\(lags) lags for \(y.count) observations: give 0 to \(y.count - 2).")
    }
    let fit = try DickeyFullerRegression.fit(y, terms, lags: 0)
    let count = Double(fit.observations)
    let variance = fit.residualStandardError * fit.residualStandardError
    let gamma = variance * Double(fit.freedom) / count
    let longRun = longRunVariance(fit.residuals, lags: lags)
    let level = fit.coefficients[0]
    guard level.standardError > 0, longRun > 0 else {
      throw VolatilityError(
        .data, "Phillips–Perron is not defined: the regression leaves no residual variance.")
    }
    switch kind {
    case .tau:
      statistic =
        (gamma / longRun).squareRoot() * level.t
        - 0.5 * (longRun - gamma) / longRun.squareRoot() * count * level.standardError
        / fit.residualStandardError
    case .rho:
      statistic =
        count * level.value
        - 0.5 * count * count * level.standardError * level.standardError / variance * (longRun - gamma)
    }
    let distribution: DickeyFullerDistribution = kind == .tau ? .tau(terms) : .rho(terms)
    pValue = distribution.pValue(statistic)
    criticalValues = distribution.criticalValues(fit.observations)
    (self.lags, observations, self.terms, self.kind) = (lags, fit.observations, terms, kind)
  }
}
