import Foundation
import Reports
import Volatility

/// Pictures by which a volatility model is judged, from its standardised residuals.
///
/// ```swift
/// let diagnostics = try DiagnosticFigures(z, dates: dates, law: .studentT, shape: [6.2])
/// try diagnostics.all.draw("diagnostics", in: folder)
/// ```
public struct DiagnosticFigures: Sendable {
  /// z over time, with 99 % of the fitted law.
  public let residuals: LayeredChart
  /// Autocorrelations of z with 95 % bounds of white noise.
  public let autocorrelations: LayeredChart
  /// Autocorrelations of z² with 95 % bounds of white noise.
  public let squares: LayeredChart
  /// Quantiles of z against those of the fitted law.
  public let quantiles: LayeredChart
  /// How often F(z) falls in each twentieth, with the range that holds 95 % of such counts.
  public let probabilities: LayeredChart
  /// A histogram of z with the fitted density.
  public let density: LayeredChart

  /// - Parameters:
  ///   - z: standardised residuals, at least 20.
  ///   - dates: [n]; nil for numbers of observations.
  ///   - law: the fitted distribution.
  ///   - shape: its parameters.
  ///   - lags: of autocorrelations; nil for 20, or fewer in a short sample.
  /// - Throws: `VolatilityError` for too few values, one that is not finite, a wrong number of shape parameters.
  public init(
    _ z: [Double], dates: [Day]? = nil, law: InnovationDistribution = .normal, shape: [Double] = [],
    lags: Int? = nil
  ) throws(VolatilityError) {
    guard z.count >= 20 else {
      throw VolatilityError(.data, "\(z.count) residuals are too few for diagnostics; at least 20 are needed")
    }
    try FigureData.finite("the residuals", z)
    guard shape.count == law.parameterNames.count else {
      throw VolatilityError(
        .specification,
        "\(shape.count) shape parameters for the distribution \(law.rawValue), which has \(law.parameterNames.count)"
      )
    }
    residuals = try Self.residuals(z, dates, law, shape)
    guard lags ?? 1 >= 1 else {
      throw VolatilityError(.specification, "\(lags ?? 0) lags of autocorrelation: at least 1 is needed")
    }
    let most = min(lags ?? 20, z.count / 2 - 1)
    autocorrelations = try Self.correlations("ACF of z", z, most)
    squares = try Self.correlations("ACF of z²", z.map { $0 * $0 }, most)
    quantiles = Self.quantiles(z, law, shape)
    probabilities = Self.probabilities(z, law, shape)
    density = Self.density(z, law, shape)
  }

  /// All in one picture.
  public var all: ChartGrid {
    ChartGrid([residuals, density, quantiles, probabilities, autocorrelations, squares], columns: 2)
  }

  private static func residuals(
    _ z: [Double], _ dates: [Day]?, _ law: InnovationDistribution, _ shape: [Double]
  ) throws(VolatilityError) -> LayeredChart {
    let time = try TimeAxis(dates, count: z.count)
    return LayeredChart(
      title: "Standardised residuals", x: time.axis, y: Axis("z"),
      layers: [
        .line("", x: time.places, y: z, width: z.count > 500 ? 0.7 : 1.2),
        .level(law.quantile(0.005, shape: shape), "99 % of the fitted law", color: .series(1)),
        .level(law.quantile(0.995, shape: shape), color: .series(1)),
      ])
  }

  private static func correlations(
    _ title: String, _ x: [Double], _ lags: Int
  ) throws(VolatilityError) -> LayeredChart {
    // Without the one at lag 0.
    let values = Array(try Volatility.autocorrelations(x, lags: lags).dropFirst())
    let bound = 1.96 / Double(x.count).squareRoot()
    let places = values.indices.map { Double($0 + 1) }
    let reach = max(1.25 * bound, 1.1 * (values.map(abs).max() ?? 0))
    return LayeredChart(
      title: title, x: Axis("lag", range: 0.3...(Double(values.count) + 0.7)),
      y: Axis("", range: -reach...reach),
      layers: [
        .band(
          "95 % of white noise", x: [0.3, Double(values.count) + 0.7], lower: [-bound, -bound],
          upper: [bound, bound], color: .soft),
        .impulses("", x: places, y: values, width: 3),
        .line("", x: [0.3, Double(values.count) + 0.7], y: [0, 0], color: .soft, width: 1),
      ])
  }

  private static func quantiles(
    _ z: [Double], _ law: InnovationDistribution, _ shape: [Double]
  ) -> LayeredChart {
    let sorted = z.sorted()
    let n = Double(z.count)
    // The middle of thousands of points is one line: every point of the tails, a few hundred between.
    let step = max(1, z.count / 400)
    let shown = sorted.indices.filter { $0 < 60 || $0 >= z.count - 60 || $0 % step == 0 }
    let theory = shown.map { law.quantile((Double($0) + 0.5) / n, shape: shape) }
    return LayeredChart(
      title: "Quantiles", x: Axis("of the fitted law (\(law.title))"), y: Axis("of z"),
      layers: [.diagonal(), .points("", x: theory, y: shown.map { sorted[$0] }, size: 0.35)])
  }

  private static func probabilities(
    _ z: [Double], _ law: InnovationDistribution, _ shape: [Double]
  ) -> LayeredChart {
    let bins = z.count < 200 ? 10 : 20
    var counts = [Double](repeating: 0, count: bins)
    for value in z { counts[min(bins - 1, max(0, Int(law.cdf(value, shape: shape) * Double(bins))))] += 1 }
    let n = Double(z.count)
    let density = counts.map { $0 / n * Double(bins) }
    let share = 1 / Double(bins)
    let spread = 1.96 * (share * (1 - share) / n).squareRoot() * Double(bins)
    return LayeredChart(
      title: "Probability integral transform", x: Axis("F(z)", range: 0...1),
      y: Axis("density", range: 0...max(1.3, 1.1 * (density.max() ?? 1), 1 + 1.3 * spread)),
      layers: [
        .bars("", x: (0..<bins).map { (Double($0) + 0.5) * share }, y: density, width: share * 0.94),
        .line("", x: [0, 1], y: [1, 1], color: .series(1), width: 1.2),
        .line(
          "95 % of uniform counts", x: [0, 1], y: [1 - spread, 1 - spread], color: .series(1), width: 1.2,
          isDashed: true),
        .line("", x: [0, 1], y: [1 + spread, 1 + spread], color: .series(1), width: 1.2, isDashed: true),
      ])
  }

  private static func density(
    _ z: [Double], _ law: InnovationDistribution, _ shape: [Double]
  ) -> LayeredChart {
    let sorted = z.sorted()
    let count = Double(z.count)
    // Freedman and Diaconis (1981), within what can be seen; the ends hold all that lies beyond.
    let quartiles = sorted[z.count * 3 / 4] - sorted[z.count / 4]
    let reach = min(6, max(4, max(-sorted[0], sorted[z.count - 1])))
    let bins = min(80, max(12, Int(2 * reach / max(0.02, 2 * quartiles / cbrt(count)))))
    let width = 2 * reach / Double(bins)
    var heights = [Double](repeating: 0, count: bins)
    for value in z {
      heights[min(bins - 1, max(0, Int(((value + reach) / width).rounded(.down))))] += 1 / (count * width)
    }
    let grid = FigureData.evenly(-reach, reach, 241)
    return LayeredChart(
      title: "Density", x: Axis("z", range: -reach...reach), y: Axis("density"),
      layers: [
        .bars(
          "residuals", x: (0..<bins).map { -reach + (Double($0) + 0.5) * width }, y: heights,
          width: width * 0.94),
        .line(
          "fitted law (\(law.title))", x: grid, y: grid.map { exp(law.logDensity($0, shape: shape)) },
          color: .series(1)),
      ])
  }
}
