/// The test of Lo and MacKinlay (1988) that a series is a random walk: the variance of its q-step changes over q
/// times that of its steps is one.
public struct VarianceRatio: HypothesisTest {
  /// √T·(ratio − 1) over its standard error, normal.
  public let statistic: Double
  public let pValue: Double
  public let ratio: Double
  /// q.
  public let lags: Int?
  /// Steps: one fewer than values.
  public let observations: Int
  public var name: String { "Variance ratio (\(lags ?? 0))" }
  public var nullHypothesis: String { "The series is a random walk." }

  /// - Parameters:
  ///   - y: levels, not differences.
  ///   - q: 2 and above.
  ///   - drift: whether steps may have a mean.
  ///   - robust: to heteroskedastic steps; with overlapping changes alone.
  ///   - debiased: variances over what leaves them unbiased; with overlapping changes alone.
  ///   - overlapping: changes from every place, or from every qth: the last values that fill none are then left out.
  /// - Throws: ``VolatilityError`` for too few values, one that is not finite, or a series without variance about
  ///   its drift.
  public init(
    _ y: [Double], steps q: Int = 2, drift: Bool = true, robust: Bool = true, debiased: Bool = true,
    overlapping: Bool = true
  ) throws(VolatilityError) {
    guard q >= 2 else {
      throw VolatilityError(.specification, "A variance ratio over \(q) steps: give 2 or more.")
    }
    try requireVaried(y, atLeast: 2 * q + 1, for: "A variance ratio over \(q) steps")
    let used = overlapping ? y : Array(y.prefix((y.count - 1) / q * q + 1))
    let count = used.count - 1
    let n = Double(count)
    let mean = drift ? (used[count] - used[0]) / n : 0
    let squares = zip(used.dropFirst(), used).map { ($0 - $1 - mean) * ($0 - $1 - mean) }
    let total = squares.reduce(0, +)
    guard total > 1e-24 * dot(y, y) else {
      throw VolatilityError(.data, "A variance ratio is not defined: the steps do not vary about their mean.")
    }
    var short = total / n
    var long = 0.0
    let width = Double(q)
    for start in stride(from: 0, through: count - q, by: overlapping ? 1 : q) {
      let change = used[start + q] - used[start] - width * mean
      long += change * change
    }
    long /= overlapping ? n * width : n
    var variance = 0.0
    if !overlapping {
      variance = 2 * (width - 1)
    } else {
      if debiased {
        short *= n / (n - 1)
        long *= n * width / (width * (n - width + 1) * (1 - width / n))
      }
      for lag in 1..<q {
        let weight = 1 - Double(lag) / width
        var product = 1 / n
        if robust {
          var sum = 0.0
          for t in lag..<count { sum += squares[t] * squares[t - lag] }
          product = sum / (total * total)
        }
        variance += 4 * weight * weight * n * product
      }
    }
    ratio = long / short
    statistic = n.squareRoot() * (ratio - 1) / variance.squareRoot()
    pValue = min(1, 2 * ReferenceDistribution.normal.probability(above: abs(statistic)))
    (lags, observations) = (q, count)
  }
}
