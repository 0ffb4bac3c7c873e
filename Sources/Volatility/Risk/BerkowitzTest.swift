/// Berkowitz's (2001) test of a whole forecast density: x_t = Φ⁻¹(F_t(y_t)) is standard normal and independent where
/// forecasts are right. The likelihood ratio, given the first observation, of x_t = c + ρx_{t−1} + σe_t against c = ρ = 0
/// and σ = 1, chi-squared with 3 degrees of freedom.
public struct BerkowitzTest: HypothesisTest {
  public let statistic: Double
  public let pValue: Double
  /// n − 1.
  public let observations: Int
  /// c.
  public let mean: Double
  /// ρ.
  public let autocorrelation: Double
  /// σ², with the divisor n − 1 observations have.
  public let variance: Double
  public var lags: Int? { 1 }
  public var name: String { "Berkowitz" }
  public var nullHypothesis: String {
    "Probabilities that forecasts gave to what came are uniform and independent."
  }

  /// - Parameter probabilities: F_t(y_t), [n], what each forecast said would be exceeded from below; 0 and 1 count as
  ///   1e-16 from there.
  /// - Throws: ``VolatilityError`` for fewer than 5 observations, numbers outside [0, 1], and where all are the same.
  public init(_ probabilities: [Double]) throws(VolatilityError) {
    if let bad = probabilities.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
      throw VolatilityError(
        .data, "probability \(bad + 1) is \(probabilities[bad]); they lie between 0 and 1.")
    }
    try requireVaried(probabilities, atLeast: 5, for: "Berkowitz's test")
    let x = probabilities.map { ReferenceDistribution.normal.quantile(min(max($0, 1e-16), 1 - 1e-16)) }
    let (before, now) = (Array(x.dropLast()), Array(x.dropFirst()))
    let count = Double(now.count)
    let design = Matrix(columns: [[Double](repeating: 1, count: now.count), before])
    guard let fit = try? LeastSquares(design, now) else {
      throw VolatilityError(
        .data, "Berkowitz's test is not defined where only the last probability differs from the others.")
    }
    let fitted = design * fit.coefficients
    let rest = zip(now, fitted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    mean = fit.coefficients[0]
    autocorrelation = fit.coefficients[1]
    variance = rest / count
    let squares = now.reduce(0) { $0 + $1 * $1 }
    statistic = max(0, squares - count * (1 + _log(variance)))
    pValue = ReferenceDistribution.chiSquared(freedom: 3).probability(above: statistic)
    observations = now.count
  }
}
