import Foundation

/// The test of Kwiatkowski, Phillips, Schmidt and Shin (1992): T⁻² Σ S_t² over the long-run variance of the residuals.
public struct KPSS: HypothesisTest {
  /// Of the long-run variance with Bartlett weights.
  public enum Lags: Sendable, Equatable {
    case fixed(Int)
    /// By the data: Newey and West (1994) as Hobijn, Franses and Ooms (1998) have it.
    case automatic
    /// ⌈12(T/100)^¼⌉.
    case schwert
  }

  public let statistic: Double
  /// Linear between simulated quantiles; at least 0.0001.
  public let pValue: Double
  public let lags: Int?
  public let observations: Int
  /// ``DeterministicTerms/constant`` or ``DeterministicTerms/constantAndTrend``.
  public let terms: DeterministicTerms
  public let criticalValues: [CriticalValue]
  public var name: String { "KPSS (\(terms.rawValue))" }
  public var nullHypothesis: String {
    terms == .constant ? "The series is stationary." : "The series is stationary about a trend."
  }

  /// - Throws: ``VolatilityError`` for too few values, one that is not finite, a constant series, or other terms.
  public init(
    _ y: [Double], terms: DeterministicTerms = .constant, lags: Lags = .automatic
  ) throws(VolatilityError) {
    guard terms == .constant || terms == .constantAndTrend else {
      throw VolatilityError(.specification, "KPSS knows the terms c and ct, not '\(terms.rawValue)'.")
    }
    try requireVaried(y, atLeast: 2 + terms.count, for: "KPSS")
    let u = try OLS(y, terms.columns(y.count), intercept: false).residuals
    let chosen =
      switch lags {
      case .fixed(let lags): lags
      case .automatic: KPSS.automaticLags(u)
      case .schwert: min(y.count - 1, LagSelection.schwert(y.count))
      }
    guard chosen >= 0, chosen < y.count else {
      throw VolatilityError(
        .specification, "\(chosen) lags for \(y.count) observations: give 0 to \(y.count - 1).")
    }
    let variance = longRunVariance(u, lags: chosen)
    guard variance > 1e-24 * dot(y, y) / Double(y.count) else {
      throw VolatilityError(.data, "KPSS is not defined: the trend leaves no residual variance.")
    }
    var (sum, squares) = (0.0, 0.0)
    for value in u {
      sum += value
      squares += sum * sum
    }
    let count = Double(y.count)
    statistic = squares / (count * count * variance)
    let table = terms == .constant ? KPSS.constant : KPSS.trend
    pValue = interpolate(statistic, table.map { ($0.statistic, $0.percent) }) / 100
    let rising = table.reversed().map { ($0.percent, $0.statistic) }
    criticalValues = [0.01, 0.05, 0.1].map {
      CriticalValue(level: $0, value: interpolate(100 * $0, rising))
    }
    (self.lags, observations, self.terms) = (chosen, y.count, terms)
  }

  private static func automaticLags(_ u: [Double]) -> Int {
    let count = Double(u.count)
    var s0 = autocovariance(u, 0)
    var s1 = 0.0
    for lag in stride(from: 1, through: min(u.count - 1, Int(pow(count, 2.0 / 9))), by: 1) {
      let product = 2 * autocovariance(u, lag)
      s0 += product
      s1 += Double(lag) * product
    }
    guard s0 > 0 else { return 0 }
    return Int(min(count - 1, 1.1447 * cbrt(s1 / s0 * (s1 / s0)) * cbrt(count)))
  }

  // Simulated quantiles (100 million draws of 2,000 observations) as published with arch (Sheppard).
  // swift-format-ignore
  private static let constant: [(percent: Double, statistic: Double)] = [
    (100, 0), (99.5, 0.0219), (99, 0.0249), (98, 0.0289), (97, 0.0318), (96, 0.0344), (95, 0.0366),
    (93.5, 0.0397), (91.5, 0.0435), (89.5, 0.047), (86, 0.0527), (74, 0.072), (70.5, 0.0778), (67, 0.0839),
    (64, 0.0894), (61.5, 0.0941), (58.5, 0.1001), (56, 0.1053), (53, 0.1119), (50, 0.119), (47, 0.1266),
    (44.5, 0.1333), (42, 0.1406), (39.5, 0.1484), (37, 0.1568), (34.5, 0.1659), (32, 0.1758), (30, 0.1845),
    (28, 0.1939), (26, 0.2041), (24, 0.2153), (22.5, 0.2244), (21, 0.2343), (19.5, 0.2451), (18, 0.2568),
    (16.5, 0.2698), (15, 0.2842), (14, 0.2947), (12, 0.3186), (10, 0.3475), (9.5, 0.3557), (9, 0.3644),
    (8.5, 0.3736), (8, 0.3834), (7.5, 0.394), (7, 0.4053), (6.5, 0.4176), (6, 0.4309), (5.5, 0.4454),
    (5, 0.4614), (4.5, 0.4793), (4, 0.4993), (3.5, 0.5222), (3, 0.5488), (2.5, 0.5804), (2, 0.6195),
    (1.5, 0.6704), (1, 0.7428), (0.9, 0.7618), (0.8, 0.783), (0.7, 0.8073), (0.6, 0.8353), (0.5, 0.8683),
    (0.4, 0.909), (0.3, 0.9618), (0.2, 1.0369), (0.1, 1.165), (0.09, 1.1845), (0.08, 1.2068),
    (0.07, 1.2318), (0.06, 1.2608), (0.05, 1.2948), (0.04, 1.3372), (0.03, 1.3912), (0.02, 1.4671),
    (0.01, 1.6),
  ]
  // swift-format-ignore
  private static let trend: [(percent: Double, statistic: Double)] = [
    (100, 0), (99.5, 0.0156), (99, 0.0173), (98.5, 0.0185), (97.5, 0.0203), (96, 0.0224), (94.5, 0.024),
    (93, 0.0254), (91, 0.0272), (88.5, 0.0291), (86, 0.0309), (81, 0.0343), (68.5, 0.0424), (62.5, 0.0464),
    (56.5, 0.0507), (53.5, 0.0529), (51, 0.0548), (48, 0.0573), (45.5, 0.0594), (43, 0.0616), (40, 0.0645),
    (37.5, 0.067), (35.5, 0.0691), (33, 0.072), (31, 0.0744), (29, 0.077), (27.5, 0.0791), (25.5, 0.082),
    (24, 0.0844), (22.5, 0.0869), (21, 0.0897), (18.5, 0.0946), (16, 0.1004), (14, 0.1057), (12, 0.1119),
    (10, 0.1193), (9.5, 0.1214), (9, 0.1236), (8.5, 0.1259), (8, 0.1284), (7.5, 0.131), (7, 0.1339),
    (6.5, 0.137), (6, 0.1403), (5.5, 0.1439), (5, 0.1479), (4.5, 0.1523), (4, 0.1573), (3.5, 0.163),
    (3, 0.1696), (2.5, 0.1774), (2, 0.1871), (1.5, 0.1996), (1, 0.2175), (0.9, 0.2222), (0.8, 0.2275),
    (0.7, 0.2335), (0.6, 0.2404), (0.5, 0.2486), (0.4, 0.2588), (0.3, 0.2719), (0.2, 0.2904),
    (0.1, 0.3223), (0.09, 0.3272), (0.08, 0.3326), (0.07, 0.3388), (0.06, 0.346), (0.05, 0.3546),
    (0.04, 0.3653), (0.03, 0.379), (0.02, 0.3985), (0.01, 0.4313),
  ]
}

/// Linear between points in rising order of x, constant outside.
func interpolate(_ x: Double, _ points: [(Double, Double)]) -> Double {
  guard let above = points.firstIndex(where: { $0.0 >= x }) else { return points[points.count - 1].1 }
  guard above > 0 else { return points[0].1 }
  let (low, high) = (points[above - 1], points[above])
  return low.1 + (x - low.0) / (high.0 - low.0) * (high.1 - low.1)
}
