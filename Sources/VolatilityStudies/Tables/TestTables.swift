import Foundation
import Reports
import Volatility

/// Hypothesis tests, a row each.
public enum TestTable {
  /// - Parameters:
  ///   - tests: with the series each is of; an empty name leaves the column out.
  ///   - level: at which the verdict is given.
  public static func table(
    _ title: String, _ tests: [(series: String, test: any HypothesisTest)], level: Double = 0.05
  ) -> ReportTable {
    let hasSeries = tests.contains { !$0.series.isEmpty }
    let hasCritical = tests.contains { critical($0.test, level) != nil }
    var columns: [ReportTable.Column] = hasSeries ? [.text("series")] : []
    columns += [
      .text("test"), .number("statistic", .fixed(3)), .number("p", .probability(3)),
      .number("lags", .fixed(0)),
      .number("n", .fixed(0)),
    ]
    if hasCritical { columns.append(.number("critical value", .fixed(3))) }
    columns.append(.text("null hypothesis"))
    var table = ReportTable(columns, caption: title)
    var before = ""
    for (series, test) in tests {
      if !before.isEmpty, series != before { table.rule() }
      before = series
      var row: [ReportTable.Cell] = hasSeries ? [.text(series)] : []
      row += [
        .text(test.name), .number(test.statistic), .number(test.pValue),
        test.lags.map { .number(Double($0)) } ?? .missing, .number(Double(test.observations)),
      ]
      if hasCritical { row.append(critical(test, level).map { .number($0) } ?? .missing) }
      row.append(.text(verdict(test, level)))
      table.append(row)
    }
    table.notes = ["Null hypotheses are rejected at \(percent(level))."]
    return table
  }

  private static func critical(_ test: any HypothesisTest, _ level: Double) -> Double? {
    test.criticalValues.first { abs($0.level - level) < 1e-9 }?.value
  }

  /// `rejected: The series has a unit root.`
  private static func verdict(_ test: any HypothesisTest, _ level: Double) -> String {
    (test.rejects(at: level) ? "rejected: " : "not rejected: ") + test.nullHypothesis
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
    var described: [Description] = []
    for (name, values) in series {
      do {
        described.append(try Description(values))
        _ = try JarqueBera(values)
      } catch { throw VolatilityError(error.kind, "'\(name)': \(error.message)") }
    }
    var table = ReportTable([.text("")] + series.map { .number($0.name, .fixed(3)) }, caption: title)
    func row(_ name: String, _ format: ReportTable.Format? = nil, _ value: (Description) -> Double) {
      table.append([.text(name)] + described.map { .estimate(value($0), format) })
    }
    row("Observations", .fixed(0)) { Double($0.count) }
    // Three digits of the smallest spread.
    let spread = described.map(\.standardDeviation).min() ?? 1
    let moments = ReportTable.Format.fixed(
      style.digits ?? max(3, min(8, 2 - Int(log10(spread).rounded(.down)))))
    row("Mean", moments) { $0.mean }
    row("Std. deviation", moments) { $0.standardDeviation }
    row("Minimum", moments) { $0.minimum }
    row("Median", moments) { $0.median }
    row("Maximum", moments) { $0.maximum }
    row("Skewness") { $0.skewness }
    row("Kurtosis") { $0.kurtosis }
    guard tests else {
      table.notes = ["Kurtosis is 3 for the normal distribution."]
      return table
    }
    table.rule()
    func test(_ name: String, _ make: ([Double]) throws -> any HypothesisTest) {
      let found = series.map { try? make($0.values) }
      guard found.contains(where: { $0 != nil }) else { return }
      table.append(
        [.text(name)]
          + found.map { test in
            test.map { .estimate($0.statistic, stars: style.stars($0.pValue), .fixed(2)) } ?? .missing
          })
      table.append(
        [.text("")]
          + found.map { test in test.map { .parenthesised($0.pValue, .probability(3)) } ?? .text("") })
    }
    test("Jarque–Bera") { try JarqueBera($0) }
    test("Ljung–Box (\(ljungBoxLags))") { try LjungBox($0, lags: ljungBoxLags) }
    test("Ljung–Box (\(ljungBoxLags)), squares") { try LjungBox($0, lags: ljungBoxLags, squared: true) }
    test("ARCH-LM (\(archLags))") { x in
      let mean = x.reduce(0, +) / Double(x.count)
      return try ARCHLM(x.map { $0 - mean }, lags: archLags)
    }
    if unitRoots {
      test("ADF") { try AugmentedDickeyFuller($0) }
      test("Phillips–Perron") { try PhillipsPerron($0) }
      test("KPSS") { try KPSS($0) }
    }
    table.notes = [
      "p-values in parentheses. Kurtosis is 3 for the normal distribution."
        + (unitRoots ? " ADF and Phillips–Perron: null of a unit root; KPSS: null of stationarity." : "")
    ]
    if let note = style.starNote { table.notes.append(note) }
    return table
  }
}
