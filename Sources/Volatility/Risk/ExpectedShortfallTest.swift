/// The test of McNeil and Frey (2000): on days beyond the value at risk, losses less the expected shortfall, in standard
/// deviations of that day, have mean zero; against losses that are larger. The p-value is that of the t statistic under the
/// bootstrap of the centred residuals (Efron and Tibshirani 1993, 16.4).
public struct ExpectedShortfallTest: HypothesisTest {
  /// Of the mean excess; large where losses exceed the expected shortfall.
  public let statistic: Double
  public let pValue: Double
  /// Days beyond the value at risk.
  public let observations: Int
  /// The mean excess loss, in standard deviations.
  public let meanExcess: Double
  public var lags: Int? { nil }
  public var name: String { "McNeil–Frey expected shortfall" }
  public var nullHypothesis: String {
    "Losses beyond the value at risk are no larger than expected shortfall."
  }

  /// - Parameters:
  ///   - given: returns and values at risk.
  ///   - expectedShortfall: [n], losses as positive numbers.
  ///   - deviations: [n], standard deviations of the forecasts, positive.
  ///   - replications: of the bootstrap.
  ///   - seed: of its stream.
  /// - Throws: ``VolatilityError`` for other lengths, deviations that are not positive, and fewer than 3 exceedances.
  public init(
    _ given: Exceedances, expectedShortfall: [Double], deviations: [Double], replications: Int = 10_000,
    seed: UInt64 = 0
  ) throws(VolatilityError) {
    guard expectedShortfall.count == given.observations, deviations.count == given.observations else {
      throw VolatilityError(
        .data,
        "\(given.observations) returns, \(expectedShortfall.count) expected shortfalls and \(deviations.count) deviations: give as many of each."
      )
    }
    guard replications >= 1 else {
      throw VolatilityError(
        .specification, "a bootstrap of \(replications) replications: at least 1 is needed")
    }
    try Design.check(finite: expectedShortfall, "the expected shortfalls")
    if let bad = deviations.firstIndex(where: { !($0 > 0 && $0 < .infinity) }) {
      throw VolatilityError(
        .data, "deviation \(bad + 1) is \(deviations[bad]); it must be positive and finite.")
    }
    let excess = given.hits.indices.filter { given.hits[$0] }.map {
      (-given.returns[$0] - expectedShortfall[$0]) / deviations[$0]
    }
    guard excess.count >= 3 else {
      throw VolatilityError(
        .data,
        "the value at risk was exceeded \(excess.count) times in \(given.observations); a test of the losses beyond it needs at least 3."
      )
    }
    let (mean, t) = Self.studentized(excess)
    guard t.isFinite else {
      throw VolatilityError(
        .data, "losses beyond the value at risk are all the same, so their mean cannot be tested.")
    }
    let centred = excess.map { $0 - mean }
    var stream = RandomStream(seed: seed)
    var beyond = 0
    var drawn = centred
    for _ in 0..<replications {
      for k in drawn.indices { drawn[k] = centred[stream.below(centred.count)] }
      // A sample of equal values has no deviation: it counts for the side its mean lies on.
      let (mean, other) = Self.studentized(drawn)
      if other.isNaN ? mean >= 0 : other >= t { beyond += 1 }
    }
    statistic = t
    meanExcess = mean
    pValue = Double(beyond + 1) / Double(replications + 1)
    observations = excess.count
  }

  private static func studentized(_ x: [Double]) -> (mean: Double, t: Double) {
    let count = Double(x.count)
    let mean = x.reduce(0, +) / count
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    return (mean, mean / (variance / count).squareRoot())
  }
}
