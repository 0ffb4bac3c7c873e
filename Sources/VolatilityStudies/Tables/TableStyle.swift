import Foundation
import Reports
import Volatility

/// What stands below an estimate.
public enum EstimateDetail: String, Sendable, CaseIterable {
  case standardError = "se"
  case tStatistic = "t"
  case pValue = "p"

  var title: String {
    switch self {
    case .standardError: "Standard errors"
    case .tStatistic: "t statistics"
    case .pValue: "p-values"
    }
  }
}

/// How tables of estimates look.
public struct TableStyle: Sendable, Equatable {
  /// Below the estimates in tables of several models.
  public var detail: EstimateDetail
  /// Levels of significance, one star each from the greatest; empty for no stars.
  public var levels: [Double]
  /// Digits after the point; nil: as many as the smallest standard error asks for.
  public var digits: Int?
  /// Probability of intervals.
  public var confidence: Double

  public init(
    detail: EstimateDetail = .standardError, levels: [Double] = [], digits: Int? = nil,
    confidence: Double = 0.95
  ) {
    self.detail = detail
    self.levels = levels
    self.digits = digits
    self.confidence = confidence
  }

  /// 10, 5 and 1 %.
  public static let usualLevels = [0.1, 0.05, 0.01]

  func stars(_ p: Double?) -> Int { p.map { p in levels.count { p < $0 } } ?? 0 }

  /// `* p < 0.10, ** p < 0.05, *** p < 0.01.`
  var starNote: String? {
    guard !levels.isEmpty else { return nil }
    let parts = levels.sorted(by: >).enumerated().map { place, level in
      "\(String(repeating: "*", count: place + 1)) p < \(String(format: level < 0.01 ? "%g" : "%.2f", level))"
    }
    return parts.joined(separator: ", ") + "."
  }

  /// Digits after the point that show at least two of every standard error, from 3 to 6.
  func decimals(_ rows: some Sequence<ParameterRow>) -> Int {
    if let digits { return max(0, min(12, digits)) }
    let least = rows.compactMap(\.standardError).filter { $0 > 0 && $0.isFinite }.min() ?? 0.01
    return max(3, min(6, 1 - Int(log10(least).rounded(.down))))
  }
}

/// One estimated parameter, from whatever model.
public struct ParameterRow: Sendable, Equatable {
  public var name: String
  public var value: Double
  /// nil where there is none: on a bound, or fixed.
  public var standardError: Double?
  public var t: Double?
  public var p: Double?
  public var interval: ClosedRange<Double>?
  public var isOnBound: Bool
  public var isFixed: Bool

  public init(
    _ name: String, _ value: Double, standardError: Double? = nil, t: Double? = nil, p: Double? = nil,
    interval: ClosedRange<Double>? = nil, isOnBound: Bool = false, isFixed: Bool = false
  ) {
    self.name = name
    self.value = value
    self.standardError = standardError
    self.t = t
    self.p = p
    self.interval = interval
    self.isOnBound = isOnBound
    self.isFixed = isFixed
  }

  /// - Parameter confidence: of the interval.
  public init(_ coefficient: Coefficient, confidence: Double = 0.95) {
    let (lower, upper) = coefficient.interval(confidence)
    self.init(
      coefficient.name, coefficient.value, standardError: coefficient.standardError, t: coefficient.t,
      p: coefficient.p, interval: lower <= upper ? lower...upper : nil)
  }

  func detail(_ kind: EstimateDetail) -> Double? {
    switch kind {
    case .standardError: standardError
    case .tStatistic: t
    case .pValue: p
    }
  }
}

/// What is said of a whole model below its estimates: `R²`, `Observations`, `Log-likelihood`.
public struct ModelFigure: Sendable, Equatable {
  public var name: String
  public var value: Double
  public var format: ReportTable.Format

  public init(_ name: String, _ value: Double, _ format: ReportTable.Format = .fixed(3)) {
    self.name = name
    self.value = value
    self.format = format
  }

  public static func count(_ name: String, _ value: Int) -> ModelFigure {
    ModelFigure(name, Double(value), .fixed(0))
  }
}

/// A percentage for titles: 0.95 is `95 %`.
func percent(_ share: Double) -> String {
  let text = String(format: "%.4g", share * 100)
  return "\(text) %"
}
