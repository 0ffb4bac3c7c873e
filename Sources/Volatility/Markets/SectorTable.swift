/// Which security belongs to which sector.
public struct SectorTable: Sendable {
  public struct Member: Sendable, Equatable {
    public let ticker: String
    public let name: String
    public let sector: String
    public init(ticker: String, name: String, sector: String) {
      (self.ticker, self.name, self.sector) = (ticker, name, sector)
    }
  }
  /// In the file's order, each ticker once.
  public let members: [Member]
  public let notes: [Note]
  /// In alphabetical order.
  public var sectors: [String] { Set(members.map(\.sector)).sorted() }

  public init(_ members: [Member], notes: [Note] = []) {
    var seen: Set<String> = []
    var twice: [String] = []
    self.members = members.filter {
      let isNew = seen.insert($0.ticker).inserted
      if !isNew { twice.append($0.ticker) }
      return isNew
    }
    self.notes =
      notes
      + (twice.isEmpty
        ? []
        : [Note(.ticker, "Tickers that stand twice in the sectors, the first is taken: \(listed(twice)).")])
  }

  /// Reads a CSV file with a column of tickers (`Symbol`, `Ticker`), one of sectors (`Sector`, `GICS Sector`) and
  /// perhaps one of names (`Name`, `Security`, `Company`).
  ///
  /// - Throws: ``VolatilityError`` for a file that cannot be read or lacks one of the first two.
  public init(reading path: String) throws(VolatilityError) {
    try self.init(CSVTable(reading: path), name: path)
  }

  /// The same of a table in memory.
  public init(_ table: CSVTable, name file: String) throws(VolatilityError) {
    func place(_ names: [String]) -> Int? {
      names.compactMap { name in table.header.firstIndex { $0.lowercased() == name } }.first
    }
    guard let ticker = place(["symbol", "ticker", "tickers", "ric"]),
      let sector = place(["sector", "gics sector", "gics_sector", "gicssector", "industry"])
    else {
      throw VolatilityError(
        .data,
        "'\(file)' needs columns of tickers ('Symbol') and sectors ('Sector'); it has "
          + "\(listed(table.header, upTo: 12))."
      )
    }
    let name = place(["name", "security", "company", "description"])
    var notes = table.notes
    let empty = table.rows.indices.filter { table.rows[$0][ticker].isEmpty || table.rows[$0][sector].isEmpty }
    if !empty.isEmpty {
      let lines = listed(empty.map { table.lines[$0] })
      notes.append(
        Note(.ticker, "\(empty.count) rows without a ticker or sector are left out: lines \(lines)."))
    }
    let members = table.rows.filter { !$0[ticker].isEmpty && !$0[sector].isEmpty }
      .map { row in Member(ticker: row[ticker], name: name.map { row[$0] } ?? "", sector: row[sector]) }
    guard !members.isEmpty else { throw VolatilityError(.data, "'\(file)' names no members of sectors.") }
    self.init(members, notes: notes)
  }

  /// - Throws: ``VolatilityError`` for a sector that is none of the table's.
  public func tickers(of sector: String) throws(VolatilityError) -> [String] {
    let found = members.filter { $0.sector.lowercased() == sector.lowercased() }.map(\.ticker)
    guard !found.isEmpty else {
      throw VolatilityError(
        .data, "No sector is called '\(sector)'; there are \(sectors.joined(separator: ", ")).")
    }
    return found
  }
}
