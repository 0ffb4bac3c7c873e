import Reports
import Volatility

/// Returns, the quantile they should rarely fall below, and the days on which they did.
public struct ValueAtRiskFigure: ChartFigure {
  public var chart: LayeredChart
  /// Observations below the quantile.
  public let exceedances: [Int]

  /// - Parameters:
  ///   - returns: [n].
  ///   - quantile: of returns at each time, so negative for losses, [n].
  ///   - level: the probability of falling below it, as 0.01.
  ///   - dates: [n]; nil for numbers of observations.
  /// - Throws: `VolatilityError` for lengths that differ, values that are not finite, a level outside (0, 1).
  public init(
    returns: [Double], quantile: [Double], level: Double, dates: [Day]? = nil,
    title: String = "Value at risk",
    unit: String = "%"
  ) throws(VolatilityError) {
    try FigureData.matched([("returns", returns), ("quantiles", quantile)])
    try FigureData.finite("the returns", returns)
    try FigureData.finite("the quantiles", quantile)
    guard level > 0, level < 1 else {
      throw VolatilityError(.specification, "a value at risk of level \(level): levels are between 0 and 1")
    }
    let time = try TimeAxis(dates, count: returns.count)
    let below = returns.indices.filter { returns[$0] < quantile[$0] }
    exceedances = below
    let expected = specificationNumber((level * Double(returns.count) * 10).rounded() / 10)
    chart = LayeredChart(
      title: title, x: time.axis, y: Axis(unit.isEmpty ? "return" : "return (\(unit))"),
      layers: [
        .impulses(
          "returns", x: time.places, y: returns, color: .soft, width: returns.count > 500 ? 0.6 : 1.5),
        .line("\(percent(level)) quantile", x: time.places, y: quantile, color: .series(0), width: 1.5),
        .points(
          "below it: \(below.count), expected \(expected)", x: below.map { time.places[$0] },
          y: below.map { returns[$0] }, color: .series(1), size: 0.5),
      ])
  }
}
