/// The outcome of a statistical test.
public protocol HypothesisTest: Sendable {
  var name: String { get }
  var statistic: Double { get }
  var pValue: Double { get }
  /// Lags that entered; nil where there are none.
  var lags: Int? { get }
  /// What the statistic was computed from, after lags were taken away.
  var observations: Int { get }
  /// In words.
  var nullHypothesis: String { get }
  /// At 1, 5 and 10 %, where the test has its own table; otherwise empty.
  var criticalValues: [CriticalValue] { get }
}

extension HypothesisTest {
  public var criticalValues: [CriticalValue] { [] }
  public func rejects(at level: Double = 0.05) -> Bool { pValue < level }
}

/// Where a test begins to reject at a level.
public struct CriticalValue: Sendable, Equatable {
  /// 0.01, 0.05 or 0.10.
  public let level: Double
  public let value: Double
}

/// - Throws: ``VolatilityError`` unless 1 ≤ lags < count.
func requireLags(_ lags: Int, of count: Int) throws(VolatilityError) {
  guard lags >= 1, lags < count else {
    throw VolatilityError(
      .specification,
      "\(lags) lags for \(count) observations: give at least 1 and at most \(max(1, count - 1)).")
  }
}

/// - Throws: ``VolatilityError`` for too few values, one that is not finite, or where all are the same.
func requireVaried(_ x: [Double], atLeast count: Int, for test: String) throws(VolatilityError) {
  guard x.count >= count else {
    throw VolatilityError(
      .data, "\(test) needs at least \(count) observations; the series has \(x.count).")
  }
  try Design.check(finite: x, "the series")
  guard x.contains(where: { $0 != x[0] }) else {
    throw VolatilityError(
      .data, "\(test) is not defined for a constant series: all \(x.count) values are \(x[0]).")
  }
}
