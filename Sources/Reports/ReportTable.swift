import Foundation

/// A table for people: in HTML, Markdown, LaTeX, CSV and for terminals. The best of a column is bold, means come with their
/// deviation and n, estimates with their stars and, below them, errors in parentheses.
///
/// ```swift
/// var table = ReportTable([.text("method"), .number("accuracy", .percent(1), best: .highest)])
/// table.append(["SGD", .sample([0.93, 0.94, 0.92])])
/// table.append(["SAM", .sample([0.95, 0.96, 0.95])])
/// print(table.markdown)
/// ```
public struct ReportTable: Sendable {
  /// How a column's numbers are written.
  public enum Format: Sendable, Equatable {
    /// Digits after the point.
    case fixed(Int)
    /// Digits in all; very small and large numbers with an exponent.
    case significant(Int)
    /// A fraction, as percent with that many digits after the point; the title then says `(%)`.
    case percent(Int)
    /// A probability with that many digits after the point; below them as `<0.001`.
    case probability(Int)
  }

  /// Which number of a column is bold.
  public enum Best: Sendable, Equatable { case none, highest, lowest }

  public struct Column: Sendable, Equatable {
    public var title: String
    public var format: Format
    public var best: Best
    public var isNumber: Bool

    /// Texts, to the left.
    public static func text(_ title: String) -> Column {
      Column(title: title, format: .significant(4), best: .none, isNumber: false)
    }

    /// Numbers, to the right.
    public static func number(_ title: String, _ format: Format = .significant(4), best: Best = .none)
      -> Column
    {
      Column(title: title, format: format, best: best, isNumber: true)
    }
  }

  public enum Cell: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByFloatLiteral,
    ExpressibleByIntegerLiteral
  {
    case text(String)
    case number(Double)
    /// A mean over n runs and their sample standard deviation, nil if n is 1.
    case mean(Double, deviation: Double?, n: Int)
    /// A number that is not written as its column says alone; in CSV it is the bare number.
    case styled(Double, Style)
    case missing

    /// What is written about a number.
    public struct Style: Sendable, Equatable {
      /// nil: the column's.
      public var format: Format?
      /// After it, raised.
      public var stars: Int
      /// As for standard errors below estimates.
      public var isInParentheses: Bool

      public init(_ format: Format? = nil, stars: Int = 0, isInParentheses: Bool = false) {
        self.format = format
        self.stars = stars
        self.isInParentheses = isInParentheses
      }
    }

    /// A number with as many stars; NaN is ``missing``.
    public static func estimate(_ value: Double, stars: Int = 0, _ format: Format? = nil) -> Cell {
      value.isNaN ? .missing : .styled(value, Style(format, stars: stars))
    }

    /// A number in parentheses, as a standard error below its estimate; NaN is ``missing``.
    public static func parenthesised(_ value: Double, _ format: Format? = nil) -> Cell {
      value.isNaN ? .missing : .styled(value, Style(format, isInParentheses: true))
    }

    /// The mean of the values, their sample standard deviation, and how many there are.
    public static func sample(_ values: [Double]) -> Cell {
      guard !values.isEmpty else { return .missing }
      let mean = values.reduce(0, +) / Double(values.count)
      guard values.count > 1 else { return .mean(mean, deviation: nil, n: 1) }
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return .mean(mean, deviation: (squares / Double(values.count - 1)).squareRoot(), n: values.count)
    }

    public init(stringLiteral text: String) { self = .text(text) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(integerLiteral value: Int) { self = .number(Double(value)) }

    /// The number that is compared for the best.
    var value: Double? {
      switch self {
      case .number(let value), .mean(let value, _, _): value.isNaN ? nil : value
      case .styled(let value, let style): value.isNaN || style.isInParentheses ? nil : value
      case .text, .missing: nil
      }
    }

    var isNumber: Bool {
      switch self {
      case .number, .mean, .styled: true
      case .text, .missing: false
      }
    }

    var n: Int? { if case .mean(_, _, let n) = self { n } else { nil } }
  }

  public let columns: [Column]
  public private(set) var rows: [[Cell]] = []
  /// What the table shows, in one sentence; empty for none.
  public var caption: String
  /// Sentences below the table, one a paragraph.
  public var notes: [String] = []
  /// Rows with a line above them.
  private(set) var rules: Set<Int> = []

  public init(_ columns: [Column], caption: String = "") {
    precondition(!columns.isEmpty, "a table needs a column")
    self.columns = columns
    self.caption = caption
  }

  /// Adds a row, a cell a column.
  public mutating func append(_ row: [Cell]) {
    precondition(row.count == columns.count, "\(columns.count) cells a row, found \(row.count)")
    rows.append(row)
  }

  /// Draws a line between the rows so far and those to come.
  public mutating func rule() { if !rows.isEmpty { rules.insert(rows.count) } }

  // MARK: What all forms share

  /// The title with its unit.
  func title(_ column: Int) -> String {
    if case .percent = columns[column].format, columns[column].isNumber {
      return columns[column].title + " (%)"
    }
    return columns[column].title
  }

  /// n of all means, if it is the same everywhere.
  var commonN: Int? {
    let all = Set(rows.joined().compactMap(\.n))
    return all.count == 1 ? all.first : nil
  }

  /// What ± means, below the table; nil if there are no means.
  var note: String? {
    let means = rows.joined().compactMap(\.n)
    guard let most = means.max(), most > 1 else { return nil }
    return "Mean ± sample standard deviation" + (commonN.map { ", n = \($0)." } ?? " (n).")
  }

  /// What ± means, and what the writer has to say.
  var allNotes: [String] { (note.map { [$0] } ?? []) + notes }

  func hasRule(above row: Int) -> Bool { rules.contains(row) && rows.indices.contains(row) }

  /// Whether a row holds but parentheses, which belong to the row above.
  func isUnder(_ row: Int) -> Bool {
    var found = false
    for cell in rows[row] {
      switch cell {
      case .missing, .text(""): continue
      case .styled(_, let style) where style.isInParentheses: found = true
      case .text(let text) where text.first == "(" && text.last == ")": found = true
      default: return false
      }
    }
    return found
  }

  /// The rows whose cell is the best of the column. Equal to the reader means equal: all that look like the best are.
  func best(_ column: Int) -> Set<Int> {
    let sign: Double
    switch columns[column].best {
    case .none: return []
    case .highest: sign = 1
    case .lowest: sign = -1
    }
    let values = rows.indices.compactMap { row in rows[row][column].value.map { (row: row, value: $0 * sign) }
    }
    guard values.count > 1, let top = values.map(\.value).max() else { return [] }
    let format = columns[column].format
    return Set(values.filter { format.text($0.value) == format.text(top) }.map(\.row))
  }

  /// A cell as plain text, with `-` for minus.
  struct Parts {
    /// An opening parenthesis.
    var lead = ""
    var value: String
    var stars = 0
    /// A closing parenthesis.
    var trail = ""
    var deviation: String?
    var n: Int?
  }

  func parts(_ row: Int, _ column: Int) -> Parts {
    let format = columns[column].format
    switch rows[row][column] {
    case .text(let text): return Parts(value: text)
    case .number(let value): return Parts(value: format.text(value))
    case .mean(let mean, let deviation, let n):
      return Parts(
        value: format.text(mean), deviation: deviation.map { format.deviation($0, of: mean) },
        n: commonN == nil ? n : nil)
    case .styled(let value, let style):
      let (lead, trail) = style.isInParentheses ? ("(", ")") : ("", "")
      return Parts(
        lead: lead, value: (style.format ?? format).text(value), stars: max(0, style.stars), trail: trail)
    case .missing: return Parts(value: "")
    }
  }
}

extension ReportTable.Format {
  func text(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-∞" : "∞" }
    switch self {
    case .fixed(let digits): return Self.fixed(value, digits)
    case .percent(let digits): return Self.fixed(value * 100, digits)
    case .probability(let digits):
      let least = pow(0.1, Double(max(0, digits)))
      return value >= 0 && value < least / 2 ? "<" + Self.fixed(least, digits) : Self.fixed(value, digits)
    case .significant(let digits):
      // A whole number loses nothing, whatever its length.
      if value == value.rounded(), value.magnitude < 1e9 { return String(Int(value)) }
      return String(format: "%.\(max(1, digits))g", value)
    }
  }

  /// With as many digits after the point as the mean has.
  func deviation(_ value: Double, of mean: Double) -> String {
    guard case .significant = self, mean.isFinite, value.isFinite else { return text(value) }
    let digits = text(mean)
    guard !digits.contains("e") else { return String(format: "%.2g", value) }
    guard let point = digits.firstIndex(of: ".") else { return String(format: "%.2g", value) }
    return Self.fixed(value, digits.distance(from: point, to: digits.endIndex) - 1)
  }

  /// Without the sign of a zero.
  private static func fixed(_ value: Double, _ digits: Int) -> String {
    let text = String(format: "%.\(max(0, digits))f", value)
    return text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) }
      ? String(text.dropFirst()) : text
  }
}
