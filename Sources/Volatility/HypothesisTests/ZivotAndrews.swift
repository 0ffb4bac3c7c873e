/// The test of Zivot and Andrews (1992): Dickey and Fuller's with one break, at the day where it speaks most against a unit
/// root. Lags are those of the test without a break (Baum 2004), the same for every day.
public struct ZivotAndrews: HypothesisTest {
  /// What may change at the break.
  public enum Break: String, Sendable {
    case level = "c"
    case trend = "t"
    case levelAndTrend = "ct"
  }

  public let statistic: Double
  /// Linear between simulated quantiles: at least 0.00001.
  public let pValue: Double
  public let lags: Int?
  public let observations: Int
  public let kind: Break
  /// The first place after the break, counted from 0.
  public let breakIndex: Int
  public let criticalValues: [CriticalValue]
  public var name: String { "Zivot–Andrews (\(kind.rawValue))" }
  public var nullHypothesis: String { "The series has a unit root, without a break." }

  /// - Parameter trim: the share of places at both ends where no break is looked for, 0 to 1/3.
  /// - Throws: ``VolatilityError`` for too few values, one that is not finite, a constant series, or a trim outside.
  public init(
    _ y: [Double], break kind: Break = .level, lags: LagSelection = .aic(), trim: Double = 0.15
  ) throws(VolatilityError) {
    guard trim >= 0, trim <= 1.0 / 3 else {
      throw VolatilityError(.specification, "A trim of \(trim): give a share from 0 to 1/3, as 0.15.")
    }
    try requireVaried(y, atLeast: 12, for: "Zivot–Andrews")
    let chosen = try DickeyFullerRegression.select(y, .constantAndTrend, lags)
    let differences = zip(y.dropFirst(), y).map { $0 - $1 }
    let response = Array(differences[chosen...])
    let count = response.count
    let cut = Int(Double(y.count) * trim)
    var fixed: [(String, [Double])] = [
      ("level", Array(y[chosen..<(y.count - 1)])), ("time", (0..<count).map { Double($0) / Double(count) }),
    ]
    for lag in stride(from: 1, through: chosen, by: 1) {
      fixed.append(("difference[-\(lag)]", Array(differences[(chosen - lag)..<(differences.count - lag)])))
    }
    var best = (statistic: Double.infinity, place: 0)
    for place in (cut + 1)...(y.count - cut) {
      // The row of the regression in which the place is the response's.
      let row = place - (chosen + 1)
      guard row > 0 else {
        throw VolatilityError(
          .data,
          "Zivot–Andrews with \(chosen) lags looks for breaks too near the beginning: trim more or take fewer."
        )
      }
      var regressors = fixed
      if kind != .trend { regressors.append(("level break", (0..<count).map { $0 < row ? 0 : 1 })) }
      if kind != .level {
        regressors.append(("trend break", (0..<count).map { Double(max(0, $0 - row + 2)) / Double(count) }))
        if kind == .levelAndTrend {
          regressors[regressors.count - 1].1 = (0..<count).map {
            Double(max(0, $0 - row + 1)) / Double(count)
          }
        }
      }
      // A break on the last days is a combination of other columns, or of one row alone.
      guard let fit = try? OLS(response, regressors) else { continue }
      let t = fit.coefficients[1].t
      if t < best.statistic { best = (t, place) }
    }
    guard best.statistic.isFinite else {
      throw VolatilityError(.data, "Zivot–Andrews: the regression cannot be solved for any break.")
    }
    statistic = best.statistic
    let table =
      switch kind {
      case .level: ZivotAndrews.levelQuantiles
      case .trend: ZivotAndrews.trendQuantiles
      case .levelAndTrend: ZivotAndrews.bothQuantiles
      }
    pValue = interpolate(statistic, table.map { ($0.statistic, $0.percent) }) / 100
    criticalValues = [0.01, 0.05, 0.1].map { level in
      CriticalValue(level: level, value: interpolate(100 * level, table.map { ($0.percent, $0.statistic) }))
    }
    (self.lags, observations, self.kind, breakIndex) = (chosen, count, kind, best.place)
  }

  // Simulated quantiles (100,000 draws of 2,000 observations) as published with arch (Sheppard).
  // swift-format-ignore
  private static let levelQuantiles: [(percent: Double, statistic: Double)] = [
    (0.001, -6.78442), (0.1, -5.83192), (0.2, -5.68139), (0.3, -5.58461), (0.4, -5.51308), (0.5, -5.45043),
    (0.6, -5.39924), (0.7, -5.36023), (0.8, -5.33219), (0.9, -5.30294), (1, -5.27644), (2.5, -5.0334),
    (5, -4.81067), (7.5, -4.67636), (10, -4.56618), (12.5, -4.4813), (15, -4.40507), (17.5, -4.33947),
    (20, -4.28155), (22.5, -4.22683), (25, -4.1783), (27.5, -4.13101), (30, -4.08586), (32.5, -4.04455),
    (35, -4.0038), (37.5, -3.96144), (40, -3.92078), (42.5, -3.88178), (45, -3.84503), (47.5, -3.80549),
    (50, -3.77031), (52.5, -3.73209), (55, -3.696), (57.5, -3.65985), (60, -3.62126), (65, -3.5458),
    (70, -3.46848), (75, -3.38533), (80, -3.29112), (85, -3.17832), (90, -3.04165), (92.5, -2.95146),
    (95, -2.83179), (96, -2.76465), (97, -2.68624), (98, -2.57884), (99, -2.40044), (99.9, -1.88932),
  ]
  // swift-format-ignore
  private static let trendQuantiles: [(percent: Double, statistic: Double)] = [
    (0.001, -83.9094), (0.1, -13.8837), (0.2, -9.13205), (0.3, -6.32564), (0.4, -5.60803), (0.5, -5.38794),
    (0.6, -5.26585), (0.7, -5.18734), (0.8, -5.12756), (0.9, -5.07984), (1, -5.03421), (2.5, -4.65634),
    (5, -4.4058), (7.5, -4.25214), (10, -4.13678), (12.5, -4.03765), (15, -3.95185), (17.5, -3.87945),
    (20, -3.81295), (22.5, -3.75273), (25, -3.69836), (27.5, -3.64785), (30, -3.59819), (32.5, -3.55146),
    (35, -3.50522), (37.5, -3.45987), (40, -3.41672), (42.5, -3.37465), (45, -3.33394), (47.5, -3.29393),
    (50, -3.25316), (52.5, -3.21244), (55, -3.17124), (57.5, -3.13211), (60, -3.09204), (65, -3.01135),
    (70, -2.92897), (75, -2.83614), (80, -2.73893), (85, -2.6284), (90, -2.49611), (92.5, -2.41337),
    (95, -2.3082), (96, -2.25797), (97, -2.19648), (98, -2.1132), (99, -1.99138), (99.9, -1.67466),
  ]
  // swift-format-ignore
  private static let bothQuantiles: [(percent: Double, statistic: Double)] = [
    (0.001, -38.178), (0.1, -6.43107), (0.2, -6.07279), (0.3, -5.95496), (0.4, -5.86254), (0.5, -5.77081),
    (0.6, -5.72541), (0.7, -5.68406), (0.8, -5.65163), (0.9, -5.60419), (1, -5.57556), (2.5, -5.29704),
    (5, -5.07332), (7.5, -4.93003), (10, -4.82668), (12.5, -4.73711), (15, -4.6602), (17.5, -4.5897),
    (20, -4.52855), (22.5, -4.471), (25, -4.42011), (27.5, -4.37387), (30, -4.32705), (32.5, -4.28126),
    (35, -4.23793), (37.5, -4.19822), (40, -4.158), (42.5, -4.11946), (45, -4.08064), (47.5, -4.04286),
    (50, -4.00489), (52.5, -3.96837), (55, -3.932), (57.5, -3.89496), (60, -3.85577), (65, -3.77795),
    (70, -3.69794), (75, -3.61852), (80, -3.52485), (85, -3.41665), (90, -3.28527), (92.5, -3.19724),
    (95, -3.08769), (96, -3.03088), (97, -2.96091), (98, -2.85581), (99, -2.71015), (99.9, -2.28767),
  ]
}
