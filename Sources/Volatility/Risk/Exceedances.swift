/// Which returns fell below the value at risk, and how often they were to.
public struct Exceedances: Sendable, Equatable {
  /// p: the share that is meant to fall below.
  public let probability: Double
  /// [n], true where y_t < −VaR_t.
  public let hits: [Bool]
  /// VaR_t as a positive loss, [n].
  public let valueAtRisk: [Double]
  /// [n].
  public let returns: [Double]

  /// n₁.
  public var count: Int { hits.reduce(0) { $0 + ($1 ? 1 : 0) } }
  public var observations: Int { hits.count }
  /// n·p.
  public var expected: Double { Double(observations) * probability }
  public var share: Double { Double(count) / Double(observations) }

  /// - Parameters:
  ///   - returns: [n].
  ///   - valueAtRisk: [n], the loss as a positive number.
  ///   - probability: p of the value at risk, such as 0.01.
  /// - Throws: ``VolatilityError`` for p outside (0, 1), other lengths, no observation, numbers that are not finite.
  public init(
    _ returns: [Double], valueAtRisk: [Double], probability: Double
  ) throws(VolatilityError) {
    try requireProbability(probability)
    guard !returns.isEmpty, returns.count == valueAtRisk.count else {
      throw VolatilityError(
        .data,
        "\(returns.count) returns and \(valueAtRisk.count) values at risk: give as many of each, and at least one."
      )
    }
    try Design.check(finite: returns, "the returns")
    try Design.check(finite: valueAtRisk, "the values at risk")
    self.probability = probability
    self.returns = returns
    self.valueAtRisk = valueAtRisk
    hits = zip(returns, valueAtRisk).map { $0 < -$1 }
  }
}

/// n ln p with 0 ln 0 = 0.
func weightedLog(_ n: Int, _ p: Double) -> Double { n == 0 ? 0 : Double(n) * _log(p) }
