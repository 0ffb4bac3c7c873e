/// Series on the same days, side by side. A value that is missing is NaN.
public struct Panel: Sendable {
  /// [rows], rising, each once; nil where the data have none.
  public let dates: [Day]?
  public let names: [String]
  /// [names][rows].
  public let columns: [[Double]]
  /// What was odd about the data, and what was done about it.
  public var notes: [Note]
  public let rows: Int

  /// - Throws: ``VolatilityError`` for columns of different lengths, two of a name, or dates that do not rise.
  public init(
    dates: [Day]?, names: [String], columns: [[Double]], notes: [Note] = []
  ) throws(VolatilityError) {
    guard names.count == columns.count else {
      throw VolatilityError(.data, "\(names.count) names for \(columns.count) columns.")
    }
    rows = dates?.count ?? columns.first?.count ?? 0
    var seen: Set<String> = []
    for (name, column) in zip(names, columns) {
      guard seen.insert(name).inserted else {
        throw VolatilityError(.data, "Two columns are called '\(name)'.")
      }
      guard column.count == rows else {
        throw VolatilityError(.data, "'\(name)' has \(column.count) rows, others \(rows).")
      }
    }
    if let dates, !names.isEmpty { _ = try Series(names[0], dates: dates, values: columns[0]) }
    (self.dates, self.names, self.columns, self.notes) = (dates, names, columns, notes)
  }

  init(trusted dates: [Day]?, _ names: [String], _ columns: [[Double]], _ notes: [Note]) {
    rows = dates?.count ?? columns.first?.count ?? 0
    (self.dates, self.names, self.columns, self.notes) = (dates, names, columns, notes)
  }

  /// Series on the days that all of them have; what the others have beside is noted. Series without dates must be
  /// of one length, and are matched by place.
  public init(joining series: [Series]) throws(VolatilityError) {
    guard let first = series.first else { throw VolatilityError(.data, "No series to join.") }
    guard series.contains(where: { $0.dates != nil }) else {
      try self.init(dates: nil, names: series.map(\.name), columns: series.map(\.values))
      return
    }
    var common = Set(try first.datesOrThrow())
    for other in series.dropFirst() { common.formIntersection(try other.datesOrThrow()) }
    let calendar = common.sorted()
    guard !calendar.isEmpty else {
      throw VolatilityError(
        .data,
        "No day is common to \(series.map { "'\($0.name)'" }.joined(separator: ", ")): check their dates.")
    }
    var notes: [Note] = []
    var columns: [[Double]] = []
    for one in series {
      let inside = try one.datesOrThrow().filter {
        $0 >= calendar[0] && $0 <= calendar[calendar.count - 1] && !common.contains($0)
      }
      if !inside.isEmpty {
        notes.append(
          Note(
            .calendar,
            "'\(one.name)' has \(inside.count) days that others have not, left out: \(listed(inside))."))
      }
      columns.append(try one.on(calendar).values)
    }
    try self.init(dates: calendar, names: series.map(\.name), columns: columns, notes: notes)
  }

  public func index(_ name: String) -> Int? { names.firstIndex(of: name) }

  /// - Throws: ``VolatilityError`` for a name that is none of the panel's.
  public func series(_ name: String) throws(VolatilityError) -> Series {
    guard let index = index(name) else {
      let others = names.count > 12 ? listed(names, upTo: 12) : names.joined(separator: ", ")
      throw VolatilityError(.data, "No column is called '\(name)'; there are \(others).")
    }
    return Series(trusted: name, dates, columns[index])
  }

  public var allSeries: [Series] { names.indices.map { Series(trusted: names[$0], dates, columns[$0]) } }

  /// These columns alone, in this order.
  public func selecting(_ names: [String]) throws(VolatilityError) -> Panel {
    var columns: [[Double]] = []
    for name in names { columns.append(try series(name).values) }
    return try Panel(dates: dates, names: names, columns: columns, notes: notes)
  }

  /// With another column beside; the panel's days are kept, and the series must have the same or be brought to them.
  public func adding(_ series: Series, _ rule: CalendarRule = .sameDay) throws(VolatilityError) -> Panel {
    var added = series
    if let dates, series.dates.map({ $0 != dates }) ?? false { added = try series.on(dates, rule) }
    return try Panel(
      dates: dates, names: names + [series.name], columns: columns + [added.values], notes: notes)
  }

  /// From one day to another, both included.
  public func from(_ first: Day, to last: Day) throws(VolatilityError) -> Panel {
    guard let dates else { throw VolatilityError(.data, "The panel has no dates to choose from.") }
    let kept = dates.indices.filter { dates[$0] >= first && dates[$0] <= last }
    guard !kept.isEmpty else {
      throw VolatilityError(
        .data,
        "No day from \(first) to \(last)"
          + (dates.isEmpty ? "." : ": the panel goes from \(dates[0]) to \(dates[dates.count - 1])."))
    }
    return keeping(kept)
  }

  /// The rows where none of these columns (nil: of any) is missing, with a note on those left out.
  public func complete(_ names: [String]? = nil) throws(VolatilityError) -> Panel {
    let wanted = names ?? self.names
    var columns: [[Double]] = []
    for name in wanted { columns.append(try series(name).values) }
    let kept = (0..<rows).filter { row in columns.allSatisfy { !$0[row].isNaN } }
    guard !kept.isEmpty else {
      let empty = zip(wanted, columns).filter { $0.1.allSatisfy(\.isNaN) }.map { "'\($0.0)'" }
      throw VolatilityError(
        .data,
        empty.isEmpty
          ? "No row has a value in each of \(listed(wanted))."
          : "\(listed(empty)) has no value at all.")
    }
    guard kept.count < rows else { return self }
    var panel = keeping(kept)
    let lost = Set(0..<rows).subtracting(kept).sorted().map(label)
    panel.notes.append(
      Note(.missing, "\(lost.count) of \(rows) rows with missing values are left out: \(listed(lost))."))
    return panel
  }

  /// Of a row: its date, or its number from 1 where there are no dates.
  public func label(_ row: Int) -> String { dates.map { "\($0[row])" } ?? "row \(row + 1)" }

  private func keeping(_ kept: [Int]) -> Panel {
    Panel(
      trusted: dates.map { dates in kept.map { dates[$0] } }, names,
      columns.map { column in kept.map { column[$0] } }, notes)
  }
}

extension Panel {
  /// Returns of all columns, as ``Series/returns(_:scale:gaps:)``.
  ///
  /// - Throws: ``VolatilityError`` that names the column and the days of prices of zero or less.
  public func returns(
    _ kind: ReturnKind = .logarithmic, scale: Double = 100, gaps: ReturnGap = .missing
  ) throws(VolatilityError) -> Panel {
    var columns: [[Double]] = []
    for series in allSeries { columns.append(try series.returns(kind, scale: scale, gaps: gaps).values) }
    return Panel(trusted: dates.map { Array($0.dropFirst()) }, names, columns, notes)
  }

  /// As RFC 4180 has it, with a column `date` where there are dates; a missing value is an empty cell.
  public var csv: String {
    func quoted(_ text: String) -> String {
      text.contains { ",\"\n\r".contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
    let header = ((dates == nil ? [] : ["date"]) + names).map(quoted).joined(separator: ",")
    let lines = (0..<rows).map { row in
      let values = columns.map { $0[row].isNaN ? "" : "\($0[row])" }
      return ((dates.map { ["\($0[row])"] } ?? []) + values).joined(separator: ",")
    }
    return ([header] + lines).joined(separator: "\n") + "\n"
  }
}

// MARK: Halts

/// A stretch in which a series has no value, or always the same one.
public struct Halt: Sendable, Equatable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    /// No value from the beginning: not listed yet, or not in the file.
    case absentFirst
    /// No value to the end: delisted, renamed or merged.
    case absentLast
    /// No value in between.
    case absent
    /// Never a value.
    case empty
    /// The same value day after day.
    case constant
  }
  public let name: String
  public let kind: Kind
  /// Rows, both included.
  public let rows: ClosedRange<Int>
  public let first: String
  public let last: String
  public var count: Int { rows.count }

  public var description: String {
    switch kind {
    case .empty: "\(name): no value at all (\(count) row\(count == 1 ? "" : "s"))"
    case .absentFirst: "\(name): no value until \(last) (\(count) row\(count == 1 ? "" : "s"))"
    case .absentLast: "\(name): no value from \(first) on (\(count) row\(count == 1 ? "" : "s"))"
    case .absent: "\(name): no value from \(first) to \(last) (\(count) row\(count == 1 ? "" : "s"))"
    case .constant: "\(name): the same value from \(first) to \(last) (\(count) row\(count == 1 ? "" : "s"))"
    }
  }
}

extension Series {
  /// Stretches without values (each, if at a beginning or an end), or with the same.
  ///
  /// - Parameters:
  ///   - absent: rows from which on a gap counts.
  ///   - constant: rows from which on an unchanged value counts.
  public func halts(absent: Int = 1, constant: Int = 5) -> [Halt] {
    var found: [Halt] = []
    var start = 0
    while start < count {
      var end = start
      let isGap = values[start].isNaN
      while end + 1 < count, isGap ? values[end + 1].isNaN : values[end + 1] == values[start] { end += 1 }
      let length = end - start + 1
      let kind: Halt.Kind? =
        if isGap {
          start == 0 && end == count - 1
            ? .empty
            : start == 0 ? .absentFirst : end == count - 1 ? .absentLast : length >= absent ? .absent : nil
        } else {
          length >= constant ? .constant : nil
        }
      if let kind {
        found.append(
          Halt(name: name, kind: kind, rows: start...end, first: label(start), last: label(end)))
      }
      start = end + 1
    }
    return found
  }
}

extension Panel {
  /// Of all columns, as ``Series/halts(absent:constant:)``.
  public func halts(absent: Int = 1, constant: Int = 5) -> [Halt] {
    allSeries.flatMap { $0.halts(absent: absent, constant: constant) }
  }
}
