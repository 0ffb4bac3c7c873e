import Reports
import Volatility

/// Returns within a band of their conditional standard deviations.
public struct ReturnsFigure: ChartFigure {
  public var chart: LayeredChart

  /// - Parameters:
  ///   - returns: [n], finite.
  ///   - variance: σ²_t, [n], positive.
  ///   - mean: conditional means about which the band lies, [n]; nil for zero.
  ///   - dates: [n]; nil for numbers of observations.
  ///   - width: of the band to each side, in standard deviations.
  ///   - unit: of the returns.
  /// - Throws: `VolatilityError` for lengths that differ, values that are not finite, a variance that is not
  ///   positive.
  public init(
    returns: [Double], variance: [Double], mean: [Double]? = nil, dates: [Day]? = nil, width: Double = 2,
    title: String = "Returns and conditional volatility", unit: String = "%"
  ) throws(VolatilityError) {
    let mean = mean ?? [Double](repeating: 0, count: returns.count)
    try FigureData.matched([("returns", returns), ("variances", variance), ("means", mean)])
    for (name, values) in [("the returns", returns), ("the variances", variance), ("the means", mean)] {
      try FigureData.finite(name, values)
    }
    if let place = variance.firstIndex(where: { $0 <= 0 }) {
      throw VolatilityError(.data, "variance \(place + 1) is \(variance[place]); it must be positive")
    }
    let time = try TimeAxis(dates, count: returns.count)
    let spread = variance.map { width * $0.squareRoot() }
    let lower = zip(mean, spread).map { $0 - $1 }
    let upper = zip(mean, spread).map { $0 + $1 }
    let sigmas = "±\(specificationNumber(width))σ"
    chart = LayeredChart(
      title: title, x: time.axis, y: Axis(unit.isEmpty ? "return" : "return (\(unit))"),
      layers: [
        .band(sigmas, x: time.places, lower: lower, upper: upper, color: .series(1), opacity: 0.22),
        .line(
          "returns", x: time.places, y: returns, color: .series(0), width: returns.count > 500 ? 0.8 : 1.2),
        .line("", x: time.places, y: lower, color: .series(1), width: 1),
        .line("", x: time.places, y: upper, color: .series(1), width: 1),
      ])
  }
}
