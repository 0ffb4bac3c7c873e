import Reports
import Volatility

/// A forecast as a fan: what was, the expected path, and bands about it.
public struct ForecastFigure: ChartFigure {
  public var chart: LayeredChart

  /// Ends of an interval at each horizon.
  public struct Band: Sendable, Equatable {
    /// Probability that it covers.
    public var level: Double
    public var lower: [Double]
    public var upper: [Double]
    public init(level: Double, lower: [Double], upper: [Double]) {
      self.level = level
      self.lower = lower
      self.upper = upper
    }
  }

  /// - Parameters:
  ///   - history: the last values before the forecast, [n].
  ///   - path: expected values at horizons 1 … h, [h].
  ///   - bands: of any levels, [h] each.
  ///   - dates: of history and forecast, [n + h]; nil for horizons, 0 being the last observation.
  ///   - joins: whether bands and path begin at the last observation, as for a price or a variance; returns do not.
  /// - Throws: `VolatilityError` for lengths that differ, values that are not finite, a level outside (0, 1), ends
  ///   that cross.
  public init(
    history: [Double], path: [Double], bands: [Band], dates: [Day]? = nil, joins: Bool = true,
    title: String = "Forecast", label: String = "variance"
  ) throws(VolatilityError) {
    try FigureData.matched([("the history", history)])
    try FigureData.finite("the history", history)
    try FigureData.finite("the path", path)
    guard !path.isEmpty else { throw VolatilityError(.data, "the forecast has no horizon") }
    for band in bands {
      guard band.level > 0, band.level < 1 else {
        throw VolatilityError(.specification, "a band of level \(band.level): levels are between 0 and 1")
      }
      try FigureData.matched([("the path", path), ("lower ends", band.lower), ("upper ends", band.upper)])
      try FigureData.finite("lower ends", band.lower)
      try FigureData.finite("upper ends", band.upper)
      if let place = band.lower.indices.first(where: { band.lower[$0] > band.upper[$0] }) {
        throw VolatilityError(
          .data, "the band of \(percent(band.level)) ends below where it begins at horizon \(place + 1)")
      }
    }
    let count = history.count
    let time = try TimeAxis(dates, count: count + path.count, offset: -count)
    let last = joins ? [history[count - 1]] : []
    let ahead = Array(time.places.dropFirst(count - (joins ? 1 : 0)))
    var layers: [LayeredChart.Layer] = []
    // Each as the two strips about the next narrower one, so that colours are as in the legend.
    let sorted = bands.sorted { $0.level > $1.level }
    for (place, band) in sorted.enumerated() {
      let opacity = bands.count == 1 ? 0.25 : 0.18 + 0.42 * Double(place) / Double(bands.count - 1)
      func strip(_ name: String, _ lower: [Double], _ upper: [Double]) -> LayeredChart.Layer {
        .band(name, x: ahead, lower: last + lower, upper: last + upper, color: .series(1), opacity: opacity)
      }
      guard place + 1 < sorted.count else {
        layers.append(strip(percent(band.level), band.lower, band.upper))
        continue
      }
      let inner = sorted[place + 1]
      let below = zip(band.lower, inner.lower).map(max)
      let above = zip(band.upper, inner.upper).map(min)
      layers += [strip(percent(band.level), above, band.upper), strip("", band.lower, below)]
    }
    layers += [
      .line("observed", x: Array(time.places.prefix(count)), y: history, color: .series(0), width: 1.5),
      .line("expected", x: ahead, y: last + path, color: .series(1)),
    ]
    let axis = dates == nil ? Axis("horizon") : time.axis
    chart = LayeredChart(title: title, x: axis, y: Axis(label), layers: layers)
  }
}
