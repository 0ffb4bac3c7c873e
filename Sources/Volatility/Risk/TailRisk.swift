/// Value at risk and expected shortfall of one return, at a tail probability p.
///
/// Losses are positive: valueAtRisk = −quantile, where P(y ≤ quantile) = p, and expectedShortfall = −E(y | y ≤ quantile).
/// Either is negative where even the tail is a gain.
public struct TailRisk: Sendable, Equatable {
  /// p, such as 0.01.
  public let probability: Double
  /// The return's quantile at p.
  public let quantile: Double
  public let expectedShortfall: Double
  public var valueAtRisk: Double { -quantile }

  public init(probability: Double, quantile: Double, expectedShortfall: Double) {
    self.probability = probability
    self.quantile = quantile
    self.expectedShortfall = expectedShortfall
  }

  /// Of y = mean + √variance · z at each time.
  ///
  /// - Parameters:
  ///   - probability: p, between 0 and 1.
  ///   - means: [n].
  ///   - variances: [n], positive.
  ///   - shape: of the distribution.
  /// - Throws: ``VolatilityError`` for p outside (0, 1), different lengths, variances that are not positive, another
  ///   number of shape parameters than the law has, or ones out of range.
  public static func series(
    probability: Double, means: [Double], variances: [Double],
    distribution: InnovationDistribution = .normal, shape: [Double] = []
  ) throws(VolatilityError) -> [TailRisk] {
    try requireProbability(probability)
    guard means.count == variances.count else {
      throw VolatilityError(
        .data, "\(means.count) means and \(variances.count) variances: give as many of each.")
    }
    if let bad = variances.firstIndex(where: { !($0 > 0 && $0 < .infinity) }) {
      throw VolatilityError(
        .data, "variance \(bad + 1) is \(variances[bad]); it must be positive and finite.")
    }
    if let bad = means.firstIndex(where: { !$0.isFinite }) {
      throw VolatilityError(.data, "mean \(bad + 1) is \(means[bad]); it must be finite.")
    }
    let names = distribution.parameterNames
    guard shape.count == names.count, zip(shape, distribution.bounds).allSatisfy({ $1.contains($0) }) else {
      throw VolatilityError(
        .specification,
        "shape \(shape) for the distribution \(distribution.rawValue): it takes \(names.isEmpty ? "none" : zip(names, distribution.bounds).map { "\($0) in \($1)" }.joined(separator: ", "))."
      )
    }
    let z = distribution.quantile(probability, shape: shape)
    let tail = distribution.tailMean(probability, shape: shape)
    return zip(means, variances).map { mean, variance in
      let deviation = variance.squareRoot()
      return TailRisk(
        probability: probability, quantile: mean + deviation * z,
        expectedShortfall: -(mean + deviation * tail))
    }
  }

  /// Of one return; as ``series(probability:means:variances:distribution:shape:)``.
  public init(
    probability: Double, mean: Double, variance: Double, distribution: InnovationDistribution = .normal,
    shape: [Double] = []
  ) throws(VolatilityError) {
    self = try Self.series(
      probability: probability, means: [mean], variances: [variance], distribution: distribution, shape: shape
    )[0]
  }
}

/// - Throws: ``VolatilityError`` unless 0 < p < 1.
func requireProbability(_ p: Double) throws(VolatilityError) {
  guard p > 0, p < 1 else {
    throw VolatilityError(
      .specification,
      "a tail probability of \(p): it lies between 0 and 1, such as 0.01 for a 99 % value at risk.")
  }
}

extension VolatilityForecast {
  /// Value at risk and expected shortfall of the next return after each origin. Beyond one step the return's law is not
  /// that of the innovations: take the quantiles and tail means of a simulation.
  public func tailRisk(
    probability: Double, distribution: InnovationDistribution, shape: [Double] = []
  ) throws(VolatilityError) -> [TailRisk] {
    try TailRisk.series(
      probability: probability, means: mean.map { $0[0] }, variances: variance.map { $0[0] },
      distribution: distribution, shape: shape)
  }
}
