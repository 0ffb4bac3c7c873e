import Reports
import Volatility

extension MonteCarlo {
  /// What becomes of a parameter's bias from the shortest series to the longest.
  public enum Decline: Sendable, Equatable {
    case halves
    /// It does not halve, and is within three of its Monte Carlo errors of zero in the longest series.
    case isZero
    case remains
  }

  /// The results of the shortest and the longest series; nil where all are of one length.
  private var ends: (first: Result, last: Result)? {
    let sorted = results.sorted { $0.length < $1.length }
    guard let first = sorted.first, let last = sorted.last, last.length > first.length else { return nil }
    return (first, last)
  }

  /// Of each parameter; nil where all series are of one length.
  public var declines: [(name: String, decline: Decline)]? {
    ends.map { first, last in
      zip(first.parameters, last.parameters).map { a, b in
        (a.name, abs(b.bias) <= 0.5 * abs(a.bias) ? .halves : abs(b.biasInErrors) <= 3 ? .isZero : .remains)
      }
    }
  }

  /// What a right estimator does not do: scores that are not zero within three Monte Carlo errors, biases of more than half
  /// a standard deviation or that neither halve nor vanish (where the longest series are four times the shortest),
  /// intervals of series of 5,000 and more that cover too rarely or too often (91 to 98 % for those of 95 %).
  public var failures: [String] {
    var found: [String] = []
    for result in results {
      for one in result.parameters {
        let place = "\(one.name) at T = \(result.length)"
        if !(abs(one.score) <= 3) {
          found.append("the score of \(place) is \(rounded(one.score, 2)) errors from zero")
        }
        if !(abs(one.bias) <= 0.5 * one.standardDeviation) {
          found.append(
            "the bias of \(place) is \(rounded(abs(one.bias) / one.standardDeviation, 2)) standard deviations"
          )
        }
        let (low, high) = (settings.confidence - 0.04, settings.confidence + 0.03)
        if result.length >= 5000, !(one.coverage >= low && one.coverage <= high) {
          found.append("intervals of \(place) cover \(rounded(100 * one.coverage, 1)) %")
        }
      }
    }
    if let ends, let declines, ends.last.length >= 4 * ends.first.length {
      for one in declines where one.decline == .remains {
        found.append(
          "the bias of \(one.name) neither halves from T = \(ends.first.length) to \(ends.last.length) nor vanishes"
        )
      }
    }
    return found
  }

  /// A row a parameter and length.
  public func table(_ title: String) -> ReportTable {
    let ends = ends
    var columns: [ReportTable.Column] = [
      .number("T", .fixed(0)), .text("parameter"), .number("truth", .fixed(3)), .number("bias", .fixed(5)),
      .number("bias in errors", .fixed(1)), .number("std. deviation", .fixed(5)),
      .number("|bias| / sd", .fixed(3)), .number("coverage (%)", .fixed(1)), .number("score", .fixed(2)),
    ]
    if let ends { columns.append(.number("|bias| \(ends.last.length)/\(ends.first.length)", .fixed(2))) }
    var table = ReportTable(columns, caption: title)
    for result in results {
      for (k, one) in result.parameters.enumerated() {
        var row: [ReportTable.Cell] = [
          .number(Double(result.length)), .text(one.name), .number(one.truth), .number(one.bias),
          .number(one.biasInErrors), .number(one.standardDeviation),
          .number(abs(one.bias) / one.standardDeviation), .number(100 * one.coverage), .number(one.score),
        ]
        if let ends {
          row.append(
            result.length == ends.last.length
              ? .number(abs(one.bias / ends.first.parameters[k].bias)) : .text(""))
        }
        table.append(row)
      }
      if result.length != results[results.count - 1].length { table.rule() }
    }
    table.notes = [
      "\(settings.series) series of each length, seed \(settings.seed). Coverage of \(percent(settings.confidence)) intervals from \(CovarianceKind.robust.title), of series without a parameter on a bound. Score: the mean derivative at the truth in Monte Carlo errors. The Monte Carlo error of a bias is its standard deviation over the square root of the number of series."
    ]
    if let sentence { table.notes.append(sentence) }
    table.notes.append(
      results.map {
        "T = \($0.length): \($0.fitted) fitted, \($0.onBound) with a parameter on a bound, \($0.failed) without an optimum."
      }.joined(separator: " "))
    return table
  }

  /// Which biases halve, and which cannot be told from zero.
  private var sentence: String? {
    guard let ends, let declines else { return nil }
    func names(_ decline: Decline) -> String? {
      let found = declines.filter { $0.decline == decline }.map(\.name)
      return found.isEmpty ? nil : found.joined(separator: ", ")
    }
    let parts = [
      names(.halves).map { "it halves or falls further for \($0)" },
      names(.isZero).map {
        "it is zero within three Monte Carlo errors in the longest series for \($0), where a ratio says nothing"
      },
      names(.remains).map { "it does neither for \($0)" },
    ].compactMap { $0 }
    return
      "The bias from T = \(ends.first.length) to \(ends.last.length): \(parts.joined(separator: "; ")). One that falls with 1/T would have the ratio \(rounded(Double(ends.first.length) / Double(ends.last.length), 2))."
  }
}
