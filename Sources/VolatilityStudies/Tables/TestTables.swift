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
