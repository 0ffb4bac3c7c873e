import Reports
import Volatility

/// A figure that is one chart, which can be changed or put into a `ChartGrid`.
public protocol ChartFigure: Figure {
  var chart: LayeredChart { get }
}

extension ChartFigure {
  public func plot() -> Plot { chart.plot() }
}

/// Observations along an axis: days, or their numbers from 1.
struct TimeAxis {
  let axis: Axis
  let places: [Double]

  /// - Parameter offset: of the first number, where there are no dates.
  init(_ dates: [Day]?, count: Int, offset: Int = 0) throws(VolatilityError) {
    if let dates {
      guard dates.count == count else {
        throw VolatilityError(.data, "\(dates.count) dates for \(count) observations: one each is needed")
      }
      axis = .dates()
      places = dates.map { Double($0.number) }
    } else {
      axis = Axis("observation")
      places = (0..<count).map { Double(offset + $0 + 1) }
    }
  }
}

/// What figures ask of their data.
enum FigureData {
  /// - Throws: `VolatilityError` unless all have the length of the first, which is not zero.
  static func matched(_ columns: [(name: String, values: [Double])]) throws(VolatilityError) {
    guard let first = columns.first, !first.values.isEmpty else {
      throw VolatilityError(
        .data, "there is nothing to draw: \(columns.first?.name ?? "data") have no values")
    }
    for column in columns.dropFirst() where column.values.count != first.values.count {
      throw VolatilityError(
        .data,
        "\(first.values.count) values of \(first.name) and \(column.values.count) of \(column.name): as many are needed"
      )
    }
  }

  /// - Throws: `VolatilityError` that names the first that is not finite.
  static func finite(_ name: String, _ values: [Double]) throws(VolatilityError) {
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw VolatilityError(
        .data, "value \(place + 1) of \(name) is \(values[place]); a finite number is needed")
    }
  }

  static func evenly(_ first: Double, _ last: Double, _ count: Int) -> [Double] {
    (0..<count).map { first + (last - first) * Double($0) / Double(max(1, count - 1)) }
  }
}
