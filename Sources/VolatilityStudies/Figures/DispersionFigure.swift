import Reports
import Volatility

/// Return dispersion against the market's return, with the fitted CCK curve.
public struct DispersionFigure: ChartFigure {
  public var chart: LayeredChart

  /// - Parameters:
  ///   - market: [n].
  ///   - dispersion: [n].
  ///   - curve: a + b·|r| + c·r² as (a, b, c).
  ///   - covariance: of (a, b, c), [3, 3], for a band about the curve; nil for none.
  ///   - confidence: of the band, pointwise and by the normal distribution.
  /// - Throws: `VolatilityError` for lengths that differ or values that are not finite.
  public init(
    market: [Double], dispersion: [Double], curve: (a: Double, b: Double, c: Double),
    covariance: Matrix? = nil,
    confidence: Double = 0.95, title: String = "Dispersion and the market", dispersionLabel: String = "CSAD",
    marketLabel: String = "market return", unit: String = "%"
  ) throws(VolatilityError) {
    try FigureData.matched([("the market", market), ("the dispersion", dispersion)])
    try FigureData.finite("the market", market)
    try FigureData.finite("the dispersion", dispersion)
    try FigureData.finite("the curve", [curve.a, curve.b, curve.c])
    precondition(covariance.map { $0.rows == 3 && $0.columns == 3 } ?? true, "a covariance of 3 × 3")
    let grid = FigureData.evenly(market.min() ?? 0, market.max() ?? 1, 201)
    let values = grid.map { curve.a + curve.b * abs($0) + curve.c * $0 * $0 }
    var layers: [LayeredChart.Layer] = []
    if let v = covariance {
      let reach = ReferenceDistribution.normal.quantile(0.5 + confidence / 2)
      let spread = grid.map { r -> Double in
        let x = [1, abs(r), r * r]
        var variance = 0.0
        for i in 0..<3 { for j in 0..<3 { variance += x[i] * x[j] * v[i, j] } }
        return reach * max(0, variance).squareRoot()
      }
      layers.append(
        .band(
          "\(percent(confidence)) band", x: grid, lower: zip(values, spread).map { $0 - $1 },
          upper: zip(values, spread).map { $0 + $1 }, color: .series(1), opacity: 0.2))
    }
    layers += [
      .points("days", x: market, y: dispersion, color: .series(0), size: market.count > 500 ? 0.3 : 0.45),
      .line("CCK: a + b|r| + cr²", x: grid, y: values, color: .series(1)),
    ]
    func labelled(_ label: String) -> String { unit.isEmpty ? label : "\(label) (\(unit))" }
    chart = LayeredChart(
      title: title, x: Axis(labelled(marketLabel)), y: Axis(labelled(dispersionLabel)), layers: layers)
  }

  /// Of a regression in the form ``HerdingRegression/cck(dispersion:market:covariance:)``.
  ///
  /// - Throws: `VolatilityError` for another form.
  public init(
    _ regression: HerdingRegression, title: String = "Dispersion and the market", unit: String = "%"
  ) throws(VolatilityError) {
    guard regression.form == .cck else {
      throw VolatilityError(
        .specification, "a curve of dispersion is drawn for the CCK form, not for \(regression.form.title)")
    }
    let c = regression.coefficients.map(\.value)
    try self.init(
      market: regression.panel.columns[1], dispersion: regression.panel.columns[0], curve: (c[0], c[1], c[2]),
      covariance: regression.fit.covarianceMatrix, title: title, dispersionLabel: regression.panel.names[0],
      marketLabel: regression.panel.names[1], unit: unit)
  }
}
