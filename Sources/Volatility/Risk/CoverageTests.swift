/// Kupiec's (1995) test of the share of exceedances ("proportion of failures"):
/// 2[n₁ ln(π̂/p) + n₀ ln((1 − π̂)/(1 − p))], π̂ = n₁/n, chi-squared with 1 degree of freedom. Defined also for no
/// exceedance and for nothing else.
public struct KupiecTest: HypothesisTest {
  public let statistic: Double
  public let pValue: Double
  public let observations: Int
  public let exceedances: Int
  /// n·p.
  public let expected: Double
  public var lags: Int? { nil }
  public var name: String { "Kupiec" }
  public var nullHypothesis: String { "Returns fall below the value at risk as often as it says." }

  public init(_ given: Exceedances) {
    observations = given.observations
    exceedances = given.count
    expected = given.expected
    let (below, above) = (exceedances, observations - exceedances)
    let share = given.share
    // Rounding must not take the ratio of likelihoods below one.
    statistic = max(
      0,
      2
        * (weightedLog(below, share) + weightedLog(above, 1 - share) - weightedLog(below, given.probability)
          - weightedLog(above, 1 - given.probability)))
    pValue = ReferenceDistribution.chiSquared(freedom: 1).probability(above: statistic)
  }
}

/// How often each state followed each, from the second observation on.
public struct HitTransitions: Sendable, Equatable {
  /// n_ij: from i to j, 1 where the value at risk was exceeded.
  public let n00: Int
  public let n01: Int
  public let n10: Int
  public let n11: Int

  init(_ hits: [Bool]) {
    var counts = [0, 0, 0, 0]
    for (before, now) in zip(hits, hits.dropFirst()) { counts[(before ? 2 : 0) + (now ? 1 : 0)] += 1 }
    (n00, n01, n10, n11) = (counts[0], counts[1], counts[2], counts[3])
  }

  /// ln L of a Markov chain, given the first state.
  var chain: Double {
    func row(_ stay: Int, _ move: Int) -> Double {
      let total = Double(stay + move)
      return total == 0
        ? 0 : weightedLog(stay, Double(stay) / total) + weightedLog(move, Double(move) / total)
    }
    return row(n00, n01) + row(n10, n11)
  }

  /// ln L of independent hits with probability p, given the first state.
  func independent(_ p: Double) -> Double { weightedLog(n01 + n11, p) + weightedLog(n00 + n10, 1 - p) }
  var share: Double { Double(n01 + n11) / Double(n00 + n01 + n10 + n11) }
}

/// Christoffersen's (1998) test that exceedances do not follow one another: the likelihood ratio of a Markov chain of
/// order one against independence, chi-squared with 1 degree of freedom. Without an exceedance, or with nothing else, it
/// is 0.
public struct ChristoffersenIndependenceTest: HypothesisTest {
  public let statistic: Double
  public let pValue: Double
  /// n − 1.
  public let observations: Int
  public let exceedances: Int
  public let transitions: HitTransitions
  public var lags: Int? { 1 }
  public var name: String { "Christoffersen independence" }
  public var nullHypothesis: String { "An exceedance does not depend on one the day before." }

  /// - Throws: ``VolatilityError`` for fewer than 2 observations.
  public init(_ given: Exceedances) throws(VolatilityError) {
    try requireHits(given, 2, "Christoffersen's test")
    transitions = HitTransitions(given.hits)
    observations = given.observations - 1
    exceedances = given.count
    statistic = max(0, 2 * (transitions.chain - transitions.independent(transitions.share)))
    pValue = ReferenceDistribution.chiSquared(freedom: 1).probability(above: statistic)
  }
}

/// Christoffersen's (1998) test of conditional coverage: exceedances are independent and have probability p; the
/// likelihood ratio given the first observation, chi-squared with 2 degrees of freedom. It is the sum of independence
/// and of coverage over the last n − 1 observations.
public struct ChristoffersenCoverageTest: HypothesisTest {
  public let statistic: Double
  public let pValue: Double
  /// n − 1.
  public let observations: Int
  public let exceedances: Int
  public let transitions: HitTransitions
  public var lags: Int? { 1 }
  public var name: String { "Christoffersen conditional coverage" }
  public var nullHypothesis: String {
    "Returns fall below the value at risk as often as it says, and independently of the day before."
  }

  /// - Throws: ``VolatilityError`` for fewer than 2 observations.
  public init(_ given: Exceedances) throws(VolatilityError) {
    try requireHits(given, 2, "Christoffersen's test")
    transitions = HitTransitions(given.hits)
    observations = given.observations - 1
    exceedances = given.count
    statistic = max(0, 2 * (transitions.chain - transitions.independent(given.probability)))
    pValue = ReferenceDistribution.chiSquared(freedom: 2).probability(above: statistic)
  }
}

/// The dynamic quantile test of Engle and Manganelli (2004): Hit_t = 1{y_t < −VaR_t} − p regressed on a constant, its own
/// lags, and the value at risk; b′X′Xb/(p(1 − p)), chi-squared with as many degrees of freedom as there are columns.
public struct DynamicQuantileTest: HypothesisTest {
  public let statistic: Double
  public let pValue: Double
  /// n − lags.
  public let observations: Int
  public let exceedances: Int
  /// Of Hit.
  public let lags: Int?
  public let freedom: Int
  /// `const`, `hit[i]`, `var` (of the same day) and `var[i]`, with what they got; columns that depend on those before
  /// them are left out.
  public let coefficients: [(name: String, value: Double)]
  public var name: String { "Dynamic quantile" }
  public var nullHypothesis: String {
    "Whether the value at risk is exceeded cannot be told from past exceedances or from its own level."
  }

  /// - Parameters:
  ///   - lags: of Hit.
  ///   - valueAtRiskLags: of the value at risk beside that of the same day; 0 for none.
  /// - Throws: ``VolatilityError`` for too few observations.
  public init(
    _ given: Exceedances, lags: Int = 4, valueAtRiskLags: Int = 0
  ) throws(VolatilityError) {
    guard lags >= 0, valueAtRiskLags >= 0 else {
      throw VolatilityError(.specification, "lags \(lags) and \(valueAtRiskLags): they are at least 0.")
    }
    let first = max(lags, valueAtRiskLags)
    let columnCount = 2 + lags + valueAtRiskLags
    try requireHits(given, first + columnCount + 1, "the dynamic quantile test with \(lags) lags")
    let p = given.probability
    let hits = given.hits.map { $0 ? 1 - p : -p }
    let n = hits.count - first
    func column(_ values: [Double], _ lag: Int) -> [Double] {
      Array(values[(first - lag)..<(first - lag + n)])
    }
    let y = column(hits, 0)
    var candidates = [("const", [Double](repeating: 1, count: n))]
    for i in 0..<lags { candidates.append(("hit[\(i + 1)]", column(hits, i + 1))) }
    candidates.append(("var", column(given.valueAtRisk, 0)))
    for i in 0..<valueAtRiskLags { candidates.append(("var[\(i + 1)]", column(given.valueAtRisk, i + 1))) }
    // Without exceedances hits are constant, and so may be the value at risk: what is left tests the same.
    var kept: [(String, [Double])] = []
    var fit: LeastSquares?
    for candidate in candidates {
      if let better = try? LeastSquares(Matrix(columns: kept.map(\.1) + [candidate.1]), y) {
        kept.append(candidate)
        fit = better
      }
    }
    guard let fit else {
      throw VolatilityError(.data, "the dynamic quantile regression has no independent column.")
    }
    let fitted = Matrix(columns: kept.map(\.1)) * fit.coefficients
    statistic = fitted.reduce(0) { $0 + $1 * $1 } / (p * (1 - p))
    freedom = kept.count
    pValue = ReferenceDistribution.chiSquared(freedom: Double(freedom)).probability(above: statistic)
    observations = n
    exceedances = given.count
    self.lags = lags
    coefficients = zip(kept, fit.coefficients).map { (name: $0.0, value: $1) }
  }
}

func requireHits(_ given: Exceedances, _ count: Int, _ test: String) throws(VolatilityError) {
  guard given.observations >= count else {
    throw VolatilityError(
      .data, "\(test) needs at least \(count) observations; there are \(given.observations).")
  }
}
