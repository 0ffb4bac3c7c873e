/// One row a day and series.
extension PanelReader {
  private func isText(_ place: Int, _ kept: [Int]) -> Bool {
    let cells = kept.map { table.rows[$0][place] }
    return cells.count { Cell.number($0) == nil && !$0.isEmpty } * 2 > cells.count
  }

  /// Whether days repeat, and a column of text tells their rows apart.
  func isLong(_ days: [Day], _ kept: [Int], _ others: [Int]) -> Bool {
    guard days.count > 1, Set(days).count * 10 < days.count * 7 else { return false }
    return others.contains { isText($0, kept) && tells($0, days, kept) }
  }

  private func tells(_ place: Int, _ days: [Day], _ kept: [Int]) -> Bool {
    struct Key: Hashable {
      let day: Day
      let name: String
    }
    let keys = Set(zip(days, kept).map { Key(day: $0, name: table.rows[$1][place]) })
    return keys.count * 10 >= days.count * 9
  }

  mutating func long(
    _ kept: [Int], _ days: [Day]?, _ others: [Int], _ name: String?, _ value: String?, _ wanted: [String]?
  ) throws(VolatilityError) -> Panel {
    guard let days else {
      throw VolatilityError(.data, "'\(file)' is to be read as a long table but has no column of dates.")
    }
    let namePlace: Int
    if let name {
      namePlace = try chosen(others, [name])[0]
    } else {
      let texts = others.filter { isText($0, kept) }
      let usual = ["ticker", "symbol", "name", "series", "variable", "asset", "security", "ric", "permno"]
      guard
        let found = texts.first(where: {
          usual.contains(table.header[$0].lowercased()) && tells($0, days, kept)
        })
          ?? texts.first(where: { tells($0, days, kept) })
      else {
        throw VolatilityError(
          .data, "'\(file)' has no column of names that tells the rows of a day apart: name it.")
      }
      namePlace = found
    }
    let candidates = others.filter { $0 != namePlace && !isText($0, kept) }
    let valuePlace: Int
    if let value {
      valuePlace = try chosen(others, [value])[0]
    } else {
      let usual = ["adj close", "adjclose", "adj_close", "adjusted", "close", "price", "value", "prc"]
      let byName = usual.compactMap { word in
        candidates.first { table.header[$0].lowercased() == word }
      }.first
      guard let found = byName ?? (candidates.count == 1 ? candidates[0] : nil) else {
        throw VolatilityError(
          .data,
          "'\(file)' is a long table with \(candidates.count) columns of numbers"
            + " (\(listed(candidates.map { table.header[$0] }))): say which one to read.")
      }
      valuePlace = found
      if candidates.count > 1 {
        notes.append(Note(.layout, "Of the columns of numbers, '\(table.header[found])' is read."))
      }
    }
    let comma = Cell.hasDecimalComma(kept.map { table.rows[$0][valuePlace] })
    guard let values = numbers(valuePlace, kept, comma) else {
      throw VolatilityError(.data, "The column '\(table.header[valuePlace])' of '\(file)' holds no numbers.")
    }
    let calendar = Set(days).sorted()
    let places = Dictionary(uniqueKeysWithValues: calendar.enumerated().map { ($1, $0) })
    var names: [String] = []
    var found: [String: Int] = [:]
    var columns: [[Double]] = []
    var twice: [String] = []
    var counts: [[Int]] = []
    var nameless = 0
    for (row, (day, value)) in zip(kept, zip(days, values)) {
      let name = table.rows[row][namePlace]
      guard !name.isEmpty else {
        nameless += 1
        continue
      }
      if found[name] == nil {
        found[name] = names.count
        names.append(name)
        columns.append([Double](repeating: .nan, count: calendar.count))
        counts.append([Int](repeating: 0, count: calendar.count))
      }
      let column = found[name]!
      let place = places[day]!
      counts[column][place] += 1
      guard counts[column][place] > 1 else {
        columns[column][place] = value
        continue
      }
      twice.append("\(name) on \(day)")
      if value.isNaN { continue }
      let before = columns[column][place]
      switch duplicates {
      case _ where before.isNaN: columns[column][place] = value
      case .last: columns[column][place] = value
      case .mean: columns[column][place] += (value - before) / Double(counts[column][place])
      case .first, .refused: break
      }
    }
    if nameless > 0 {
      notes.append(
        Note(.layout, "\(nameless) rows without a name in '\(table.header[namePlace])' are left out."))
    }
    if !twice.isEmpty {
      guard duplicates != .refused else {
        throw VolatilityError(.data, "'\(file)' has more than one row for \(listed(twice)).")
      }
      notes.append(
        Note(
          .date,
          "\(twice.count) rows repeat a day and name, the \(duplicates.rawValue) is taken: \(listed(twice)).")
      )
    }
    notes.append(
      Note(.layout, "'\(file)' is a long table: \(names.count) series by '\(table.header[namePlace])'."))
    let panel = Panel(trusted: calendar, names, columns, notes)
    return try wanted.map { (names) throws(VolatilityError) in try panel.selecting(names) } ?? panel
  }
}
