import Torch

/// Rows of comma-separated values: quoted fields may hold commas, line breaks and doubled quotes (RFC 4180).
struct CSVTable: Sendable, Equatable {
  /// Without spaces around; a byte order mark before the first is dropped.
  let header: [String]
  let rows: [[String]]
  /// The line in the file where each row begins, from 1.
  let lines: [Int]

  /// - Parameter name: the file, for messages.
  init(_ bytes: [UInt8], name: String) throws(DataError) {
    var text = bytes[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    if let zero = text.firstIndex(of: 0) {
      throw .file(name, "has a zero byte at \(zero): it is no text; CSV was expected")
    }
    var records: [[String]] = []
    var starts: [Int] = []
    var fields: [String] = []
    var field: [UInt8] = []
    var line = 1
    var start = 1
    var isQuoted = false
    var wasQuoted = false
    var index = text.startIndex
    func endField() {
      let value = String(decoding: field, as: UTF8.self)
      fields.append(wasQuoted ? value : value.trimmed)
      field.removeAll(keepingCapacity: true)
      wasQuoted = false
    }
    func endRecord() {
      endField()
      if fields != [""] {
        records.append(fields)
        starts.append(start)
      }
      fields.removeAll(keepingCapacity: true)
      start = line
    }
    while index < text.endIndex {
      let byte = text[index]
      index += 1
      if isQuoted {
        if byte != UInt8(ascii: "\"") {
          if byte == UInt8(ascii: "\n") { line += 1 }
          field.append(byte)
        } else if index < text.endIndex, text[index] == UInt8(ascii: "\"") {
          field.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\"") where field.allSatisfy { $0 == 0x20 } && !wasQuoted:
        field.removeAll(keepingCapacity: true)
        isQuoted = true
        wasQuoted = true
      case UInt8(ascii: ","): endField()
      case UInt8(ascii: "\n"):
        line += 1
        endRecord()
      case UInt8(ascii: "\r"): break
      default: field.append(byte)
      }
    }
    guard !isQuoted else { throw .file(name, "line \(start): a quoted field does not end") }
    if !field.isEmpty || !fields.isEmpty || wasQuoted { endRecord() }
    guard let first = records.first else { throw .file(name, "is empty; CSV with a header was expected") }
    header = first
    rows = Array(records.dropFirst())
    lines = Array(starts.dropFirst())
  }

  func column(_ name: String) -> Int? { header.firstIndex { $0.lowercased() == name } }
}

extension String {
  fileprivate var trimmed: String {
    guard let first = firstIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return String(self[first...lastIndex { $0 != " " && $0 != "\t" }!])
  }
}

/// A table of pictures and their classes: CSV with the columns `file` and `label`, paths relative to the CSV file.
///
/// Either one file, with a column `split` (`train`; `test` or `val`) if there is a test split, or a folder with
/// `train.csv` and `test.csv` (or `val.csv`). Labels are all whole numbers from 0, or words, which are numbered by code
/// point over the training rows.
public enum CSVFolder {
  /// The rows of a table, before any picture is read.
  public struct Contents: Sendable, Equatable {
    public var files: [String] = []
    public var labels: [String] = []
    /// What the column `split` says; nil without one.
    public var splits: [String]?
    /// Lines of the file, from 1.
    public var lines: [Int] = []
  }

  /// Parses the bytes of a table.
  ///
  /// - Parameter name: the file, for messages.
  public static func parse(_ file: [UInt8], name: String) throws(DataError) -> Contents {
    let table = try CSVTable(file, name: name)
    guard let files = table.column("file"), let labels = table.column("label") else {
      let found = table.header.prefix(12).map(DataError.quoted).joined(separator: ", ")
      throw .file(name, "has the columns \(found); file and label are needed")
    }
    let splits = table.column("split")
    var contents = Contents(splits: splits == nil ? nil : [], lines: table.lines)
    for (row, line) in zip(table.rows, table.lines) {
      guard row.count == table.header.count else {
        throw .file(name, "line \(line) has \(row.count) fields, the header \(table.header.count)")
      }
      guard !row[files].isEmpty, !row[labels].isEmpty else {
        throw .file(name, "line \(line) has no \(row[files].isEmpty ? "file" : "label")")
      }
      contents.files.append(row[files])
      contents.labels.append(row[labels])
      if let splits { contents.splits!.append(row[splits]) }
    }
    guard !contents.files.isEmpty else { throw .file(name, "has a header, but no row") }
    return contents
  }

  /// The table that holds this split.
  private static func table(_ path: String, _ split: DataSet.Split) -> String? {
    if DataFile.isFile(path) { return path }
    let names = split == .train ? ["train.csv"] : ["test.csv", "val.csv"]
    let own = names.map { DataFile.join(path, $0) }.first(where: DataFile.isFile)
    if let own { return own }
    let tables = ((try? DataFile.names(in: path)) ?? []).filter {
      $0.lowercased().hasSuffix(".csv") && isTable(DataFile.join(path, $0))
    }
    return tables.count == 1 ? DataFile.join(path, tables[0]) : nil
  }

  private static func isTable(_ path: String) -> Bool {
    guard let bytes = try? DataFile.read(path, prefix: 4096) else { return false }
    let line = Array(bytes.prefix { $0 != UInt8(ascii: "\n") })
    guard let table = try? CSVTable(line, name: path) else { return false }
    return table.column("file") != nil && table.column("label") != nil
  }

  static func isPresent(_ path: String) -> Bool {
    if DataFile.isFile(path) { return path.lowercased().hasSuffix(".csv") }
    return DataSet.Split.allCases.contains { table(path, $0).map(isTable) ?? false }
  }

  /// Opens one split of a table, or of a folder with one or two.
  public static func open(
    _ path: String, split: DataSet.Split, options: PictureOptions = PictureOptions()
  ) throws(DataError) -> DataSet {
    guard let own = table(path, split) else {
      throw .missingSplit(
        path,
        "has no \(split == .train ? "train.csv" : "test.csv or val.csv") with the columns file and label; it \(DataFile.contents(path))"
      )
    }
    let contents = try parse(DataFile.read(own), name: own)
    let rows = try select(contents, split, own)
    // Classes are those of the training rows, wherever they are.
    var training = rows.map { contents.labels[$0] }
    if split == .test {
      if contents.splits != nil {
        training = try select(contents, .train, own).map { contents.labels[$0] }
      } else if let other = table(path, .train), other != own {
        training = try parse(DataFile.read(other), name: other).labels
      }
    }
    let (classNames, numbers) = try classes(training + rows.map { contents.labels[$0] }, training.count, own)
    let labels = Array(numbers.dropFirst(training.count))
    let folder = DataFile.isFolder(path) ? path : parent(own)
    let files = rows.map { row in
      contents.files[row].hasPrefix("/") ? contents.files[row] : DataFile.join(folder, contents.files[row])
    }
    for (file, row) in zip(files, rows) where !DataFile.isFile(file) {
      throw .file(own, "line \(contents.lines[row]) names \(DataError.quoted(file)), which is not there")
    }
    return try DataSet(
      name: DataFile.name(path), split: split, format: DataFormat.csv.rawValue,
      images: try PictureFiles.source(files, options), labels: labels, classNames: classNames)
  }

  private static func parent(_ path: String) -> String {
    path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  }

  private static func select(
    _ contents: Contents, _ split: DataSet.Split, _ path: String
  ) throws(DataError) -> [Int] {
    guard let splits = contents.splits else {
      guard split == .train || ["test.csv", "val.csv"].contains(DataFile.name(path)) else {
        throw .missingSplit(path, "has no test split: no column split, and no test.csv or val.csv beside it")
      }
      return Array(contents.files.indices)
    }
    var rows: [Int] = []
    for (index, word) in splits.enumerated() {
      switch word.lowercased() {
      case "train": if split == .train { rows.append(index) }
      case "test", "val", "validation": if split == .test { rows.append(index) }
      default:
        throw .file(
          path,
          "line \(contents.lines[index]) has the split \(DataError.quoted(word)); train, test and val are known"
        )
      }
    }
    guard !rows.isEmpty else { throw .missingSplit(path, "has no row of the \(split) split") }
    return rows
  }

  /// - Parameter training: how many of the labels are of the training split; only these make classes of words.
  private static func classes(
    _ labels: [String], _ training: Int, _ path: String
  ) throws(DataError) -> (names: [String], numbers: [Int]) {
    let numbers = labels.compactMap { Int($0) }
    if numbers.count == labels.count {
      return (ClassNames.numbers(try ClassNames.count(numbers, path)), numbers)
    }
    let names = Set(labels.prefix(training)).sorted(by: DataFile.precedes)
    let byName = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    if let unknown = labels.first(where: { byName[$0] == nil }) {
      throw .file(path, "has the label \(DataError.quoted(unknown)), which no training row has")
    }
    return (names, labels.map { byName[$0]! })
  }
}
