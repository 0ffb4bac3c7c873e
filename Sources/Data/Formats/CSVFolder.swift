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
/// point over the training rows. Each class has a training row, unless the labels are numbers and `classes.txt` beside the
/// table names all classes, one a line.
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
    let labelled = Labels(rows.map { contents.labels[$0] }, rows.map { contents.lines[$0] }, own)
    // Classes are those of the training rows, wherever they are.
    var training: Labels? = split == .train ? labelled : nil
    if split == .test {
      if contents.splits != nil {
        let others = try select(contents, .train, own)
        training = Labels(others.map { contents.labels[$0] }, others.map { contents.lines[$0] }, own)
      } else if let other = table(path, .train), other != own {
        let others = try parse(DataFile.read(other), name: other)
        training = Labels(others.labels, others.lines, other)
      }
    }
    let folder = DataFile.isFolder(path) ? path : DataFile.parent(own)
    let (classNames, labels) = try classes(labelled, training, folder)
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

  /// Labels as a table has them, each with its line.
  private struct Labels {
    let words: [String]
    let lines: [Int]
    let path: String

    init(_ words: [String], _ lines: [Int], _ path: String) {
      self.words = words
      self.lines = lines
      self.path = path
    }

    /// Nil unless all are whole numbers.
    var numbers: ClassNames.Numbers? {
      let values = words.compactMap { Int($0) }
      guard values.count == words.count else { return nil }
      return .init(values: values, path: path) { [lines] in "line \(lines[$0])" }
    }
  }

  /// Only training rows make classes, where there are any.
  private static func classes(
    _ labels: Labels, _ training: Labels?, _ folder: String
  ) throws(DataError) -> (names: [String], numbers: [Int]) {
    if let numbers = labels.numbers, training == nil || training?.numbers != nil {
      return (try ClassNames.of(training: training?.numbers, numbers, folder: folder), numbers.values)
    }
    let names = Set((training ?? labels).words).sorted(by: DataFile.precedes)
    let byName = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    if let unknown = labels.words.firstIndex(where: { byName[$0] == nil }) {
      throw .file(
        labels.path,
        "line \(labels.lines[unknown]) has the label \(DataError.quoted(labels.words[unknown])), which no training row has"
      )
    }
    return (names, labels.words.map { byName[$0]! })
  }
}
