/// Moments and quantiles of a series.
public struct Description: Sendable, Equatable {
  public let count: Int
  public let mean: Double
  /// With n − 1 in the denominator.
  public let standardDeviation: Double
  /// m₃/m₂^1.5 with moments over n.
  public let skewness: Double
  /// m₄/m₂² with moments over n: 3 for the normal distribution.
  public let kurtosis: Double
  public let minimum: Double
  public let maximum: Double
  private let sorted: [Double]

  public var excessKurtosis: Double { kurtosis - 3 }
  public var median: Double { quantile(0.5) }

  /// - Throws: ``VolatilityError`` for fewer than two values, one that is not finite, or where all are the same:
  ///   skewness and kurtosis are then not defined.
  public init(_ x: [Double]) throws(VolatilityError) {
    try requireVaried(x, atLeast: 2, for: "A description")
    let moments = Moments(x)
    count = x.count
    mean = moments.mean
    standardDeviation = (moments.second * Double(x.count) / Double(x.count - 1)).squareRoot()
    (skewness, kurtosis) = (moments.skewness, moments.kurtosis)
    sorted = x.sorted()
    (minimum, maximum) = (sorted[0], sorted[x.count - 1])
  }

  /// Linear between order statistics (type 7, as NumPy and R), 0 ≤ p ≤ 1.
  public func quantile(_ p: Double) -> Double {
    precondition(p >= 0 && p <= 1, "a quantile at \(p)")
    return Volatility.quantile(sorted: sorted, p)
  }
}

/// About the mean, over n.
struct Moments {
  let mean: Double
  let second: Double
  let skewness: Double
  let kurtosis: Double

  init(_ x: [Double]) {
    let mean = x.mean
    var (m2, m3, m4) = (0.0, 0.0, 0.0)
    for value in x {
      let d = value - mean
      m2 += d * d
      m3 += d * d * d
      m4 += d * d * d * d
    }
    let n = Double(x.count)
    (m2, m3, m4) = (m2 / n, m3 / n, m4 / n)
    (self.mean, second) = (mean, m2)
    (skewness, kurtosis) = (m3 / (m2 * m2.squareRoot()), m4 / (m2 * m2))
  }
}

/// Jarque's and Bera's test of normality: n/6·(S² + (K − 3)²/4), chi-squared(2).
public struct JarqueBera: HypothesisTest {
  public let statistic: Double
  public let pValue: Double
  public let skewness: Double
  public let kurtosis: Double
  public let observations: Int
  public var lags: Int? { nil }
  public var name: String { "Jarque–Bera" }
  public var nullHypothesis: String { "The series is normally distributed." }

  /// - Throws: ``VolatilityError`` for fewer than three values, one that is not finite, or a constant series.
  public init(_ x: [Double]) throws(VolatilityError) {
    try requireVaried(x, atLeast: 3, for: "Jarque–Bera")
    let moments = Moments(x)
    (skewness, kurtosis, observations) = (moments.skewness, moments.kurtosis, x.count)
    statistic = Double(x.count) / 6 * (skewness * skewness + (kurtosis - 3) * (kurtosis - 3) / 4)
    pValue = ReferenceDistribution.chiSquared(freedom: 2).probability(above: statistic)
  }
}
