import Reports
import Volatility

/// Estimates of one model: value, standard error, t, p and interval; figures of the whole below.
public struct EstimateTable: Sendable {
  public var title: String
  public var rows: [ParameterRow]
  public var figures: [ModelFigure]
  public var notes: [String]

  public init(_ title: String, _ rows: [ParameterRow], figures: [ModelFigure] = [], notes: [String] = []) {
    self.title = title
    self.rows = rows
    self.figures = figures
    self.notes = notes
  }

  /// Columns name, value, standard error, t, p, and both ends of the interval where a row has one. Parameters on a bound
  /// have no error and say so.
  public func table(_ style: TableStyle = TableStyle()) -> ReportTable {
    let digits = style.decimals(rows)
    let hasIntervals = rows.contains { $0.interval != nil }
    var columns: [ReportTable.Column] = [
      .text("parameter"), .number("estimate", .fixed(digits)), .number("std. error", .fixed(digits)),
      .number("t", .fixed(2)), .number("p", .probability(3)),
    ]
    if hasIntervals {
      let tail = (1 - style.confidence) / 2
      columns += [.number(percent(tail), .fixed(digits)), .number(percent(1 - tail), .fixed(digits))]
    }
    let hasRemarks = rows.contains { $0.isOnBound || $0.isFixed }
    if hasRemarks { columns.append(.text("")) }
    var table = ReportTable(columns, caption: title)
    func number(_ value: Double?) -> ReportTable.Cell { value.map { .number($0) } ?? .missing }
    for row in rows {
      var cells: [ReportTable.Cell] = [
        .text(row.name), .estimate(row.value, stars: style.stars(row.p)), number(row.standardError),
        number(row.t),
        number(row.p),
      ]
      if hasIntervals { cells += [number(row.interval?.lowerBound), number(row.interval?.upperBound)] }
      if hasRemarks { cells.append(.text(row.isOnBound ? "on its bound" : row.isFixed ? "fixed" : "")) }
      table.append(cells)
    }
    table.rule()
    for figure in figures {
      let rest = [ReportTable.Cell](repeating: .text(""), count: columns.count - 2)
      table.append([.text(figure.name), .estimate(figure.value, figure.format)] + rest)
    }
    table.notes = notes
    if rows.contains(where: \.isOnBound) {
      table.notes.append(
        "A parameter on its bound has no standard error; the others' are computed without it.")
    }
    if let note = style.starNote { table.notes.append(note) }
    return table
  }
}

/// Several models beside each other: a column each, estimates with what the style asks for in parentheses below them.
public struct ModelsTable: Sendable {
  public struct Column: Sendable {
    public var title: String
    public var rows: [ParameterRow]
    public var figures: [ModelFigure]

    public init(_ title: String, _ rows: [ParameterRow], figures: [ModelFigure] = []) {
      self.title = title
      self.rows = rows
      self.figures = figures
    }
  }

  public var title: String
  public var columns: [Column]
  public var notes: [String]

  public init(_ title: String, _ columns: [Column], notes: [String] = []) {
    self.title = title
    self.columns = columns
    self.notes = notes
  }

  /// Parameters in the order in which they come first; one that a model has not is an empty cell.
  public func table(_ style: TableStyle = TableStyle()) -> ReportTable {
    let digits = style.decimals(columns.flatMap(\.rows))
    var table = ReportTable(
      [.text("")] + columns.map { .number($0.title, .fixed(digits)) }, caption: title)
    for name in Self.merged(columns.map { $0.rows.map(\.name) }) {
      let found = columns.map { column in column.rows.first { $0.name == name } }
      table.append(
        [.text(name)]
          + found.map { row in row.map { .estimate($0.value, stars: style.stars($0.p)) } ?? .text("") })
      let format: ReportTable.Format? =
        switch style.detail {
        case .standardError: nil
        case .tStatistic: .fixed(2)
        case .pValue: .probability(3)
        }
      let details = found.map { row -> ReportTable.Cell in
        guard let row else { return .text("") }
        guard let value = row.detail(style.detail) else { return .text(row.isOnBound ? "(bound)" : "") }
        return .parenthesised(value, format)
      }
      if details.contains(where: { $0 != .text("") }) { table.append([.text("")] + details) }
    }
    table.rule()
    for name in Self.merged(columns.map { $0.figures.map(\.name) }) {
      table.append(
        [.text(name)]
          + columns.map { column in
            column.figures.first { $0.name == name }.map { .estimate($0.value, $0.format) } ?? .text("")
          })
    }
    table.notes = ["\(style.detail.title) in parentheses."] + notes
    if let note = style.starNote { table.notes.append(note) }
    return table
  }

  /// All names: each list's order is kept where lists agree, and a new name stands behind its neighbour.
  static func merged(_ lists: [[String]]) -> [String] {
    var all: [String] = []
    for list in lists {
      var place = 0
      for name in list {
        if let found = all.firstIndex(of: name) {
          place = max(place, found + 1)
        } else {
          all.insert(name, at: place)
          place += 1
        }
      }
    }
    return all
  }
}
