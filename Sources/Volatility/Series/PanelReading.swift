import Foundation

/// How a table holds several series.
public enum PanelLayout: Sendable, Equatable {
  /// Long where a column of names repeats itself within days, otherwise wide.
  case automatic
  /// One row a day, one column a series.
  case wide
  /// One row a day and series: a column of names and one of values (nil: found by their content and usual names).
  case long(name: String? = nil, value: String? = nil)
}

/// What is done with rows of the same day.
public enum DuplicateRule: String, Sendable {
  case first, last, mean
  /// An error.
  case refused
}

extension Panel {
  /// Reads a CSV file.
  ///
  /// - Parameters:
  ///   - date: the column of dates; nil to find it. A file without one gives a panel without dates.
  ///   - columns: to read; nil for all that hold numbers.
  /// - Throws: ``VolatilityError`` for a file that cannot be read, has no rows or no column of numbers, or where
  ///   columns asked for are missing or hold something else.
  public init(
    reading path: String, layout: PanelLayout = .automatic, date: String? = nil, columns: [String]? = nil,
    duplicates: DuplicateRule = .last
  ) throws(VolatilityError) {
    try self.init(
      CSVTable(reading: path), name: path.split(separator: "/").last.map(String.init) ?? path, layout: layout,
      date: date, columns: columns, duplicates: duplicates)
  }

  /// The same of a table in memory.
  public init(
    _ table: CSVTable, name file: String, layout: PanelLayout = .automatic, date: String? = nil,
    columns: [String]? = nil, duplicates: DuplicateRule = .last
  ) throws(VolatilityError) {
    guard !table.rows.isEmpty else {
      throw VolatilityError(.data, "'\(file)' has a header and no rows.")
    }
    var reader = PanelReader(table: table, file: file, duplicates: duplicates, notes: table.notes)
    self = try reader.read(layout, date, columns)
  }
}

/// What a table says, as a panel.
struct PanelReader {
  let table: CSVTable
  let file: String
  let duplicates: DuplicateRule
  var notes: [Note]

  mutating func read(
    _ layout: PanelLayout, _ date: String?, _ wanted: [String]?
  ) throws(VolatilityError) -> Panel {
    let dateColumn = try findDates(date)
    var days = dateColumn?.parsed.days
    var kept = Array(table.rows.indices)
    if let dateColumn {
      notes += dateColumn.parsed.notes
      if table.unnamed.contains(dateColumn.index) {
        notes.append(Note(.layout, "'\(table.header[dateColumn.index])' holds the dates."))
      }
      if dateColumn.parsed.hasTimes {
        notes.append(Note(.date, "Times of day in '\(table.header[dateColumn.index])' are left out."))
      }
      let bad = kept.filter { dateColumn.parsed.days[$0] == nil }
      if !bad.isEmpty {
        let cells = bad.map { "line \(table.lines[$0]) ('\(table.rows[$0][dateColumn.index].prefix(30))')" }
        notes.append(Note(.date, "\(bad.count) rows without a readable date are left out: \(listed(cells))."))
      }
      kept.removeAll { dateColumn.parsed.days[$0] == nil }
    } else {
      notes.append(Note(.date, "'\(file)' has no column of dates: rows are taken in their order."))
      days = nil
    }
    let known = days.map { days in kept.map { days[$0]! } }
    let others = table.header.indices.filter { $0 != dateColumn?.index }
    switch layout {
    case .wide: return try wide(kept, known, others, wanted)
    case .long(let name, let value): return try long(kept, known, others, name, value, wanted)
    case .automatic:
      if let known, isLong(known, kept, others) { return try long(kept, known, others, nil, nil, wanted) }
      return try wide(kept, known, others, wanted)
    }
  }

  private func findDates(_ asked: String?) throws(VolatilityError) -> (index: Int, parsed: DateColumn)? {
    if let asked {
      guard let index = table.header.firstIndex(of: asked) else {
        throw VolatilityError(
          .data, "'\(file)' has no column '\(asked)'; there are \(listed(table.header, upTo: 12)).")
      }
      guard let parsed = DateColumn(table.column(index), name: asked) else {
        let sample = listed(Array(table.column(index).prefix(3)))
        throw VolatilityError(
          .data, "The column '\(asked)' of '\(file)' holds no dates: \(sample). Expected such as 2020-04-20.")
      }
      return (index, parsed)
    }
    let usual: Set<String> = [
      "date", "dates", "day", "datum", "time", "timestamp", "datetime", "observation_date", "period",
    ]
    let places = table.header.indices.sorted {
      let (a, b) = (
        usual.contains(table.header[$0].lowercased()), usual.contains(table.header[$1].lowercased())
      )
      return a == b ? $0 < $1 : a
    }
    for index in places {
      // Numbers of eight digits are dates in a column that is called so, or in the first two.
      let cells = table.column(index)
      guard let parsed = DateColumn(cells, name: table.header[index]) else { continue }
      let isNumeric = cells.allSatisfy { Double($0) != nil || $0.isEmpty }
      if !isNumeric || index < 2 || usual.contains(table.header[index].lowercased()) {
        return (index, parsed)
      }
    }
    return nil
  }

  // MARK: Wide

  private mutating func wide(
    _ kept: [Int], _ days: [Day]?, _ others: [Int], _ wanted: [String]?
  ) throws(VolatilityError) -> Panel {
    let places = try chosen(others, wanted)
    let comma =
      Cell.hasDecimalComma(kept.flatMap { row in places.map { table.rows[row][$0] } })
    if comma { notes.append(Note(.layout, "Numbers in '\(file)' have decimal commas.")) }
    var names: [String] = []
    var columns: [[Double]] = []
    var texts: [String] = []
    for place in places {
      guard let values = numbers(place, kept, comma) else {
        if wanted != nil {
          throw VolatilityError(
            .data,
            "The column '\(table.header[place])' of '\(file)' holds no numbers: "
              + listed(kept.prefix(3).map { table.rows[$0][place] }) + ".")
        }
        texts.append(table.header[place])
        continue
      }
      if wanted == nil, isRowNumbers(place, values) {
        notes.append(Note(.layout, "'\(table.header[place])' counts the rows and is left out."))
        continue
      }
      names.append(table.header[place])
      columns.append(values)
    }
    if !texts.isEmpty {
      notes.append(Note(.layout, "Columns without numbers are left out: \(listed(texts))."))
    }
    guard !names.isEmpty else {
      throw VolatilityError(
        .data, "'\(file)' has no column of numbers; there are \(listed(table.header, upTo: 12)).")
    }
    let empty = zip(names, columns).filter { $0.1.allSatisfy(\.isNaN) }.map { $0.0 }
    if !empty.isEmpty {
      notes.append(Note(.missing, "Columns without any value: \(listed(empty, upTo: 12))."))
    }
    guard let days else { return Panel(trusted: nil, names, columns, notes) }
    let order = sorted(days)
    let groups = try grouped(order.map { days[$0] }, order)
    let merged = columns.map { column in groups.rows.map { merge($0.map { column[$0] }) } }
    return Panel(trusted: groups.days, names, merged, notes)
  }

  func chosen(_ others: [Int], _ wanted: [String]?) throws(VolatilityError) -> [Int] {
    guard let wanted else { return others }
    var places: [Int] = []
    for name in wanted {
      guard let place = table.header.firstIndex(of: name) else {
        throw VolatilityError(
          .data, "'\(file)' has no column '\(name)'; there are \(listed(table.header, upTo: 12)).")
      }
      places.append(place)
    }
    return places
  }

  /// Nil for a column that is not one of numbers: fewer than half of its cells with content are.
  mutating func numbers(_ place: Int, _ kept: [Int], _ comma: Bool) -> [Double]? {
    var values: [Double] = []
    values.reserveCapacity(kept.count)
    var odd: [Int] = []
    var present = 0
    var percent = 0
    for row in kept {
      let cell = table.rows[row][place]
      if Cell.isMissing(cell) {
        values.append(.nan)
      } else if let value = Cell.number(cell, decimalComma: comma) {
        values.append(value)
        present += 1
        if cell.hasSuffix("%") { percent += 1 }
      } else {
        values.append(.nan)
        odd.append(row)
      }
    }
    guard odd.count <= present else { return nil }
    let name = table.header[place]
    if !odd.isEmpty {
      let cells = odd.map { "line \(table.lines[$0]) ('\(table.rows[$0][place].prefix(30))')" }
      notes.append(
        Note(
          .value, "'\(name)' has \(odd.count) cells that are no numbers, taken as missing: \(listed(cells)).")
      )
    }
    if percent > 0 { notes.append(Note(.value, "'\(name)' is in percent; the sign is left out.")) }
    return values
  }

  private func isRowNumbers(_ place: Int, _ values: [Double]) -> Bool {
    guard table.unnamed.contains(place), values.count > 1 else { return false }
    return values.enumerated().allSatisfy { $1 == Double($0) }
      || values.enumerated().allSatisfy { $1 == Double($0 + 1) }
  }

  // MARK: Order and duplicates

  /// Places in order of days, those of one day as they stood.
  private mutating func sorted(_ days: [Day]) -> [Int] {
    let falls = zip(days, days.dropFirst()).enumerated().filter { $0.element.0 > $0.element.1 }.map(\.offset)
    guard !falls.isEmpty else { return Array(days.indices) }
    if falls.count == days.count - 1 || zip(days, days.dropFirst()).allSatisfy({ $0 >= $1 }) {
      notes.append(Note(.date, "'\(file)' has the newest rows first: turned round."))
      return days.indices.sorted { days[$0] == days[$1] ? $0 > $1 : days[$0] < days[$1] }
    }
    let where_ = falls.map { "\(days[$0 + 1]) after \(days[$0])" }
    notes.append(
      Note(.date, "Rows of '\(file)' are not in order of dates, sorted: \(listed(where_, upTo: 3))."))
    return days.indices.sorted { days[$0] == days[$1] ? $0 < $1 : days[$0] < days[$1] }
  }

  private mutating func grouped(
    _ days: [Day], _ order: [Int]
  ) throws(VolatilityError) -> (days: [Day], rows: [[Int]]) {
    var distinct: [Day] = []
    var rows: [[Int]] = []
    for (day, row) in zip(days, order) {
      if distinct.last == day {
        rows[rows.count - 1].append(row)
      } else {
        distinct.append(day)
        rows.append([row])
      }
    }
    let twice = zip(distinct, rows).filter { $0.1.count > 1 }.map { $0.0 }
    if !twice.isEmpty {
      guard duplicates != .refused else {
        throw VolatilityError(.data, "'\(file)' has more than one row for \(listed(twice)).")
      }
      notes.append(
        Note(
          .date,
          "\(twice.count) days have more than one row, the \(duplicates.rawValue) is taken: \(listed(twice))."
        ))
    }
    return (distinct, rows)
  }

  /// Of values of one day: a missing one gives way to another.
  private func merge(_ values: [Double]) -> Double {
    if values.count == 1 { return values[0] }
    let present = values.filter { !$0.isNaN }
    guard let first = present.first, let last = present.last else { return .nan }
    switch duplicates {
    case .first: return first
    case .mean: return present.mean
    case .last, .refused: return last
    }
  }
}
