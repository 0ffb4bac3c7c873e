import Reports
import Volatility

/// A coefficient over time, with its interval and zero.
public struct RollingFigure: ChartFigure {
  public var chart: LayeredChart

  /// - Parameters:
  ///   - values: [n]; NaN leaves a gap.
  ///   - lower: [n], ends of intervals.
  ///   - upper: [n].
  ///   - dates: of the windows' ends, [n]; nil for their numbers.
  /// - Throws: `VolatilityError` for lengths that differ or no value at all.
  public init(
    values: [Double], lower: [Double], upper: [Double], dates: [Day]? = nil, confidence: Double = 0.95,
    title: String = "Rolling coefficient", label: String = "coefficient"
  ) throws(VolatilityError) {
    try FigureData.matched([("the coefficient", values), ("lower ends", lower), ("upper ends", upper)])
    guard values.contains(where: \.isFinite) else {
      throw VolatilityError(.data, "the coefficient has no finite value to draw")
    }
    let time = try TimeAxis(dates, count: values.count)
    chart = LayeredChart(
      title: title, x: dates == nil ? Axis("window") : time.axis, y: Axis(label),
      layers: [
        .band("\(percent(confidence)) interval", x: time.places, lower: lower, upper: upper),
        .line("estimate", x: time.places, y: values), .level(0),
      ])
  }

  /// The nonlinear term of rolling CCK regressions.
  public init(_ rolling: RollingHerding, confidence: Double = 0.95, title: String = "Rolling CCK coefficient")
    throws(VolatilityError)
  {
    let coefficients = rolling.windows.map(\.term.coefficient)
    let intervals = coefficients.map { $0.interval(confidence) }
    try self.init(
      values: coefficients.map(\.value), lower: intervals.map(\.lower), upper: intervals.map(\.upper),
      dates: rolling.panel.dates.map { dates in rolling.windows.map { dates[$0.rows.upperBound] } },
      confidence: confidence, title: title, label: "c of r²")
  }
}
