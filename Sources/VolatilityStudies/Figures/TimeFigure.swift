import Reports
import Volatility

/// One series over time.
public struct TimeFigure: ChartFigure {
  public var chart: LayeredChart

  /// - Parameters:
  ///   - values: [n]; NaN leaves a gap.
  ///   - dates: [n]; nil for numbers of observations.
  ///   - axis: what the values are.
  /// - Throws: `VolatilityError` for lengths that differ, or where no value is there.
  public init(
    _ values: [Double], dates: [Day]? = nil, title: String = "", axis: String = ""
  ) throws(VolatilityError) {
    guard values.contains(where: \.isFinite) else {
      throw VolatilityError(.data, "the series has no value to draw")
    }
    let time = try TimeAxis(dates, count: values.count)
    chart = LayeredChart(
      title: title, x: time.axis, y: Axis(axis),
      layers: [.line("", x: time.places, y: values, width: values.count > 500 ? 0.8 : 1.4)])
  }
}
