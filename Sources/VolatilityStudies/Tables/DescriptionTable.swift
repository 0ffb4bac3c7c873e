import Foundation
import Reports
import Volatility

/// One series described and tested: what tables and studies say of it comes from here.
public struct SeriesDescription: Sendable {
  public let name: String
  public let moments: Description
  /// In the order of tables, by the row in which each stands. ARCH-LM is of the series less its mean.
  public let tests: [(row: String, test: any HypothesisTest)]
  /// Tests that the series does not allow, and why.
  public let untested: [(row: String, reason: String)]

  /// - Parameters:
  ///   - values: without gaps, three or more.
  ///   - ljungBoxLags: of both Ljung–Box tests.
  ///   - tests: whether there are any.
  /// - Throws: `VolatilityError` that names the series for fewer than three values, one that is not finite, or a
  ///   constant series.
  public init(
    _ name: String, _ values: [Double], ljungBoxLags: Int = 10, archLags: Int = 5, unitRoots: Bool = true,
    tests wanted: Bool = true
  ) throws(VolatilityError) {
    self.name = name
    do {
      moments = try Description(values)
      _ = try JarqueBera(values)
    } catch { throw VolatilityError(error.kind, "'\(name)': \(error.message)") }
    var tests: [(row: String, test: any HypothesisTest)] = []
    var untested: [(row: String, reason: String)] = []
    func add(_ row: String, _ test: SeriesTest, _ lags: Int? = nil) {
      guard wanted else { return }
      do { tests.append((row, try test.run(values, .init(lags: lags)))) } catch {
        untested.append((row, "\(error)"))
      }
    }
    add("Jarque–Bera", .jarqueBera)
    add("Ljung–Box (\(ljungBoxLags))", .ljungBox, ljungBoxLags)
    add("Ljung–Box (\(ljungBoxLags)), squares", .ljungBoxOfSquares, ljungBoxLags)
    add("ARCH-LM (\(archLags))", .archLM, archLags)
    if unitRoots {
      add("ADF", .adf)
      add("Phillips–Perron", .pp)
      add("KPSS", .kpss)
    }
    (self.tests, self.untested) = (tests, untested)
  }
}

/// Moments and tests of several series, a column each, as the first table of a paper has them.
public struct DescriptionTable: Sendable {
  /// Lags of the Ljung–Box tests.
  public var ljungBoxLags = 10
  /// Lags of the ARCH-LM test.
  public var archLags = 5
  public var unitRoots = true
  /// Whether tests follow the moments.
  public var tests = true
  public var style: TableStyle

  public init(style: TableStyle = TableStyle(levels: [])) { self.style = style }

  /// - Parameter series: a name and values without gaps each.
  /// - Throws: `VolatilityError` that names the series for fewer than three values, one that is not finite, or a
  ///   constant series. A test that a short series does not allow is left out.
  public func table(
    _ title: String, _ series: [(name: String, values: [Double])]
  ) throws(VolatilityError) -> ReportTable {
    guard !series.isEmpty else {
      throw VolatilityError(.data, "no series is given to describe; name at least one column")
    }
    var described: [SeriesDescription] = []
    for (name, values) in series {
      described.append(
        try SeriesDescription(
          name, values, ljungBoxLags: ljungBoxLags, archLags: archLags, unitRoots: unitRoots, tests: tests))
    }
    return table(title, of: described)
  }

  /// Of series that are described already; `ljungBoxLags` and the like are theirs.
  public func table(_ title: String, of series: [SeriesDescription]) -> ReportTable {
    var table = ReportTable([.text("")] + series.map { .number($0.name, .fixed(3)) }, caption: title)
    func row(_ name: String, _ format: ReportTable.Format? = nil, _ value: (Description) -> Double) {
      table.append([.text(name)] + series.map { .estimate(value($0.moments), format) })
    }
    row("Observations", .fixed(0)) { Double($0.count) }
    // Three digits of the smallest spread.
    let spread = series.map(\.moments.standardDeviation).min() ?? 1
    let moments = ReportTable.Format.fixed(
      style.digits ?? max(3, min(8, 2 - Int(log10(spread).rounded(.down)))))
    row("Mean", moments) { $0.mean }
    row("Std. deviation", moments) { $0.standardDeviation }
    row("Minimum", moments) { $0.minimum }
    row("Median", moments) { $0.median }
    row("Maximum", moments) { $0.maximum }
    row("Skewness") { $0.skewness }
    row("Kurtosis") { $0.kurtosis }
    let rows = ModelsTable.merged(series.map { $0.tests.map(\.row) })
    guard !rows.isEmpty else {
      table.notes = ["Kurtosis is 3 for the normal distribution."]
      return table
    }
    table.rule()
    for name in rows {
      let found = series.map { one in one.tests.first { $0.row == name }?.test }
      table.append(
        [.text(name)]
          + found.map { test in
            test.map { .estimate($0.statistic, stars: style.stars($0.pValue), .fixed(2)) } ?? .missing
          })
      table.append(
        [.text("")]
          + found.map { test in test.map { .parenthesised($0.pValue, .probability(3)) } ?? .text("") })
    }
    table.notes = [
      "p-values in parentheses. Kurtosis is 3 for the normal distribution."
        + (rows.contains("ADF")
          ? " ADF and Phillips–Perron: null of a unit root; KPSS: null of stationarity." : "")
    ]
    if let note = style.starNote { table.notes.append(note) }
    return table
  }
}
