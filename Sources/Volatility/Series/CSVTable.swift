import Foundation

/// A text table: RFC 4180, and what files in use make of it.
///
/// Tolerated and noted: a byte-order mark, UTF-16, Latin-1, lines that end in CR, text after a closing quote, rows
/// of other lengths than the header, columns without a name or with another's, no header at all. Separators are
/// found: comma, semicolon, tab or bar.
public struct CSVTable: Sendable {
  /// [columns], each distinct; columns without a name are called `unnamed 2` by their place.
  public let header: [String]
  /// [rows][columns], trimmed.
  public let rows: [[String]]
  /// Of each row, the line it begins on, counted from 1.
  public let lines: [Int]
  public let separator: Character
  /// Places of columns whose name was empty.
  public let unnamed: [Int]
  public let notes: [Note]

  /// - Throws: ``VolatilityError`` for a file that cannot be read, or as ``init(_:name:)``.
  public init(reading path: String) throws(VolatilityError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw VolatilityError(.data, "The file '\(path)' cannot be read: check its name and permissions.")
    }
    try self.init(data, name: path.split(separator: "/").last.map(String.init) ?? path)
  }

  /// - Parameter name: of the file, for messages.
  /// - Throws: ``VolatilityError`` for what is no text, has no rows, or a quote that is never closed.
  public init(_ data: Data, name: String) throws(VolatilityError) {
    var notes: [Note] = []
    let bytes = try CSVTable.decode(data, name, &notes)
    let separator = CSVTable.separator(bytes)
    var records = try CSVTable.records(bytes, separator, name, &notes)
    guard let first = records.first else {
      throw VolatilityError(.data, "'\(name)' is empty: a header and rows were expected.")
    }
    let isHeader = CSVTable.isHeader(first.cells, before: records.dropFirst().first?.cells)
    var names = first.cells
    if isHeader {
      records.removeFirst()
      StackedHeader.flatten(&names, &records, &notes)
    } else {
      names = names.indices.map { "column \($0 + 1)" }
      notes.append(Note(.layout, "'\(name)' has no header: its columns are called 'column 1' and so on."))
    }
    // Separators at the end of every line make columns of nothing.
    while let last = names.last, last.isEmpty,
      records.allSatisfy({ $0.cells.count < names.count || $0.cells[names.count - 1].isEmpty })
    {
      names.removeLast()
    }
    guard !names.isEmpty else {
      throw VolatilityError(.data, "'\(name)' has no columns: a header and rows were expected.")
    }
    unnamed = names.indices.filter { names[$0].isEmpty }
    header = CSVTable.distinct(names, name, &notes)
    self.separator = Character(Unicode.Scalar(separator))
    var rows: [[String]] = []
    rows.reserveCapacity(records.count)
    var short: [Int] = []
    var long: [Int] = []
    for (line, cells) in records {
      if cells.count < names.count {
        short.append(line)
        rows.append(cells + [String](repeating: "", count: names.count - cells.count))
      } else {
        if cells.count > names.count, cells[names.count...].contains(where: { !$0.isEmpty }) {
          long.append(line)
        }
        rows.append(Array(cells.prefix(names.count)))
      }
    }
    if !short.isEmpty {
      notes.append(
        Note(.layout, "\(short.count) lines have too few cells, the rest is missing: \(listed(short))."))
    }
    if !long.isEmpty {
      notes.append(
        Note(.layout, "\(long.count) lines have more cells than the header, left out: lines \(listed(long)).")
      )
    }
    self.rows = rows
    lines = records.map(\.line)
    self.notes = notes
  }

  /// [rows] of one column; traps beyond the header.
  public func column(_ index: Int) -> [String] { rows.map { $0[index] } }

  // MARK: Bytes to cells

  private static func decode(
    _ data: Data, _ name: String, _ notes: inout [Note]
  ) throws(VolatilityError) -> [UInt8] {
    var bytes = [UInt8](data)
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      guard let text = String(data: data, encoding: .utf16) else {
        throw VolatilityError(.data, "'\(name)' begins as UTF-16 text but is none: save it as UTF-8.")
      }
      notes.append(Note(.layout, "'\(name)' is UTF-16 text."))
      bytes = Array(text.utf8)
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    guard !bytes.contains(0) else {
      throw VolatilityError(
        .data, "'\(name)' is not text: a CSV file was expected, not a workbook or an archive.")
    }
    if String(validating: bytes, as: UTF8.self) == nil {
      notes.append(Note(.layout, "'\(name)' is not UTF-8: read as Latin-1."))
      bytes = Array(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })).utf8)
    }
    return bytes
  }

  /// Of those that the first line has outside quotes, the one whose count is the same on most of the first lines.
  private static func separator(_ bytes: [UInt8]) -> UInt8 {
    let candidates: [UInt8] = [0x2C, 0x3B, 0x09, 0x7C]
    var counts: [[Int]] = [[0, 0, 0, 0]]
    var isQuoted = false
    var isEmpty = true
    for byte in bytes {
      if byte == 0x22 { isQuoted.toggle() }
      if !isQuoted, byte == 0x0A || byte == 0x0D {
        if !isEmpty {
          if counts.count == 30 { break }
          counts.append([0, 0, 0, 0])
          isEmpty = true
        }
        continue
      }
      isEmpty = false
      if !isQuoted, let index = candidates.firstIndex(of: byte) { counts[counts.count - 1][index] += 1 }
    }
    if isEmpty, counts.count > 1 { counts.removeLast() }
    var best = (score: 0.0, index: 0)
    for index in candidates.indices where counts[0][index] > 0 {
      let same = counts.count { $0[index] == counts[0][index] }
      let score = Double(same) / Double(counts.count) + 1e-6 * Double(min(counts[0][index], 1000))
      if score > best.score { best = (score, index) }
    }
    return candidates[best.index]
  }

  private static func records(
    _ bytes: [UInt8], _ separator: UInt8, _ name: String, _ notes: inout [Note]
  ) throws(VolatilityError) -> [(line: Int, cells: [String])] {
    var records: [(line: Int, cells: [String])] = []
    var cells: [String] = []
    var cell: [UInt8] = []
    var wasQuoted = false
    var line = 1
    var start = 1
    var trailing: [Int] = []
    func endCell() {
      cells.append(String(decoding: cell, as: UTF8.self).trimmed)
      cell.removeAll(keepingCapacity: true)
      wasQuoted = false
    }
    func endRecord() {
      let isBlank = cells.isEmpty && cell.allSatisfy { $0 == 0x20 } && !wasQuoted
      if isBlank {
        cell.removeAll(keepingCapacity: true)
      } else {
        endCell()
        if cells.contains(where: { !$0.isEmpty }) || records.isEmpty { records.append((start, cells)) }
        cells = []
      }
    }
    var i = 0
    while i < bytes.count {
      let byte = bytes[i]
      i += 1
      if byte == 0x22, !wasQuoted, cell.allSatisfy({ $0 == 0x20 }) {
        let opened = line
        wasQuoted = true
        cell.removeAll(keepingCapacity: true)
        var isClosed = false
        while i < bytes.count {
          if bytes[i] == 0x22 {
            if i + 1 < bytes.count, bytes[i + 1] == 0x22 {
              cell.append(0x22)
              i += 2
              continue
            }
            i += 1
            isClosed = true
            break
          }
          if bytes[i] == 0x0A || (bytes[i] == 0x0D && (i + 1 >= bytes.count || bytes[i + 1] != 0x0A)) {
            line += 1
          }
          cell.append(bytes[i])
          i += 1
        }
        guard isClosed else {
          throw VolatilityError(
            .data, "'\(name)', line \(opened): a quotation mark is opened here and never closed.")
        }
      } else if byte == separator {
        endCell()
      } else if byte == 0x0A || byte == 0x0D {
        if byte == 0x0D, i < bytes.count, bytes[i] == 0x0A { i += 1 }
        endRecord()
        line += 1
        start = line
      } else {
        if wasQuoted, byte != 0x20, byte != 0x09, trailing.last != line { trailing.append(line) }
        cell.append(byte)
      }
    }
    endRecord()
    if !trailing.isEmpty {
      notes.append(Note(.layout, "Text after a closing quotation mark, kept: lines \(listed(trailing))."))
    }
    return records
  }

  /// A line with words, unless a date stands in it above another.
  private static func isHeader(_ cells: [String], before next: [String]?) -> Bool {
    func isDay(_ text: String) -> Bool { RawDate(text).map { !$0.isMonthly } ?? false }
    if let next, zip(cells, next).contains(where: { isDay($0) && isDay($1) }) { return false }
    return cells.contains {
      !$0.isEmpty && Cell.number($0) == nil && !Cell.isMissing($0) && RawDate($0) == nil
    }
  }

  private static func distinct(_ names: [String], _ file: String, _ notes: inout [Note]) -> [String] {
    var seen: Set<String> = Set(names.filter { !$0.isEmpty })
    var taken: Set<String> = []
    return names.enumerated().map { place, name in
      var found = name
      if name.isEmpty {
        found = "unnamed \(place + 1)"
        while seen.contains(found) { found += "'" }
        notes.append(Note(.layout, "Column \(place + 1) of '\(file)' has no name: called '\(found)'."))
      } else if taken.contains(name) {
        var number = 2
        while seen.contains("\(name) (\(number))") { number += 1 }
        found = "\(name) (\(number))"
        notes.append(
          Note(
            .layout, "Column \(place + 1) of '\(file)' is called '\(name)' as another is: '\(found)' here."))
      }
      seen.insert(found)
      taken.insert(found)
      return found
    }
  }
}

/// What a cell says.
enum Cell {
  static func isMissing(_ text: String) -> Bool {
    if text.isEmpty { return true }
    guard text.utf8.count <= 8 else { return false }
    return missing.contains(text.lowercased())
  }

  private static let missing: Set<String> = [
    "na", "n/a", "nan", "-nan", "null", "none", ".", "..", "-", "--", "\u{2013}", "\u{2014}", "#n/a",
    "#n/a n/a", "nd", "?",
    "missing", "nil", "<na>",
  ]

  /// Nil where the text is no number. A percent sign and a currency's are left out; `1,234.5` is read, and `1,5`
  /// where the decimal mark is a comma.
  static func number(_ text: String, decimalComma: Bool = false) -> Double? {
    var text = text
    if let plain = decimalComma ? nil : Double(text) { return plain.isNaN ? nil : plain }
    if text.hasSuffix("%") { text = text.dropLast().trimmed }
    if let first = text.first, "$€£¥".contains(first) { text = text.dropFirst().trimmed }
    text = text.replacing("\u{2212}", with: "-")
    let (grouping, point): (Character, Character) = decimalComma ? (".", ",") : (",", ".")
    if text.contains(grouping) {
      // Groups of three, before the decimal mark alone.
      let whole = text.prefix { $0 != point }
      let groups = whole.drop { $0 == "-" || $0 == "+" }.split(
        separator: grouping, omittingEmptySubsequences: false)
      guard groups.count > 1, (1...3).contains(groups[0].count),
        groups.dropFirst().allSatisfy({ $0.count == 3 }),
        !text.dropFirst(whole.count).contains(grouping)
      else { return nil }
      text.removeAll { $0 == grouping }
    }
    if decimalComma { text = text.replacing(",", with: ".") }
    guard let value = Double(text), !value.isNaN else { return nil }
    return value
  }

  /// Whether these cells have commas for decimal marks: some read so and not otherwise, and none the other way alone.
  static func hasDecimalComma(_ cells: some Sequence<String>) -> Bool {
    var comma = 0
    for cell in cells where cell.contains(",") || cell.contains(".") {
      let asPoint = number(cell) != nil
      let asComma = number(cell, decimalComma: true) != nil
      if asPoint, !asComma { return false }
      if asComma, !asPoint { comma += 1 }
    }
    return comma > 0
  }
}
