import Foundation

/// The files of a folder that a study of a sector needs, told apart by what is in them.
///
/// - Sectors: columns of tickers and sectors.
/// - Prices: the dated table with most columns of numbers, ten or more.
/// - Capitalisations, for portfolios weighted by them: a dated table with `cap` in the file's name, a column a ticker.
/// - Search interest: `search`, `trend` or `hits` in the file's name or a column's.
/// - Oil, the volatility index and the market's index: `wti`, `brent` or `oil`; `vix`; `sp500`, `spx`, `index` or `market` in
///   the file's name, and few columns.
public struct MarketFolder: Sendable {
  public let sectors: SectorTable
  /// One column a ticker.
  public let prices: Panel
  /// 0 and above, daily.
  public let search: Series?
  /// The level: a price of zero or less is possible.
  public let oil: Series?
  public let volatilityIndex: Series?
  /// The level.
  public let market: Series?
  /// One column a ticker, by day; nil where no file has them.
  public let capitalization: Panel?
  /// Which file is which, and what was odd in each.
  public let notes: [Note]

  /// - Throws: ``VolatilityError`` for a folder that cannot be read, or without prices or sectors.
  public init(reading folder: String) throws(VolatilityError) {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw VolatilityError(.data, "The folder '\(folder)' cannot be read.")
    }
    let files = names.filter { $0.lowercased().hasSuffix(".csv") || $0.lowercased().hasSuffix(".tsv") }
      .sorted()
    var notes: [Note] = []
    var sectors: (file: String, table: SectorTable)?
    var prices: (file: String, panel: Panel)?
    var capitalization: (file: String, panel: Panel)?
    var others: [String: Series] = [:]
    var unused: [String] = []
    for file in files {
      let path = folder + "/" + file
      let table: CSVTable
      do { table = try CSVTable(reading: path) } catch {
        notes.append(Note(.layout, "\(file) is left out: \(error.message)"))
        continue
      }
      if sectors == nil, let found = try? SectorTable(table, name: file) {
        sectors = (file, found)
        continue
      }
      guard let panel = try? Panel(table, name: file), panel.dates != nil else {
        unused.append(file)
        continue
      }
      if capitalization == nil, file.lowercased().contains("cap"), MarketFolder.looksLikePrices(panel) {
        capitalization = (file, panel)
        continue
      }
      if panel.names.count >= 10, MarketFolder.looksLikePrices(panel) {
        if panel.names.count > prices?.panel.names.count ?? 0 {
          if let prices { unused.append(prices.file) }
          prices = (file, panel)
        } else {
          unused.append(file)
        }
        continue
      }
      guard let role = MarketFolder.role(file, panel.names), others[role] == nil,
        let series = MarketFolder.column(role, panel)
      else {
        unused.append(file)
        continue
      }
      others[role] = series
      notes.append(Note(.layout, "\(file): '\(series.name)' is taken as the \(role)."))
      notes += panel.notes
    }
    guard let prices else {
      throw VolatilityError(
        .data,
        "No file in '\(folder)' holds prices: a dated table with a column for each of ten or more tickers.")
    }
    guard let sectors else {
      throw VolatilityError(
        .data, "No file in '\(folder)' says which ticker is of which sector: columns 'Symbol' and 'Sector'.")
    }
    notes.insert(Note(.layout, "\(prices.file): prices of \(prices.panel.names.count) securities."), at: 0)
    notes.insert(
      Note(.layout, "\(sectors.file): sectors of \(sectors.table.members.count) securities."), at: 1)
    if let capitalization {
      notes.insert(
        Note(
          .layout,
          "\(capitalization.file): capitalisations of \(capitalization.panel.names.count) securities."),
        at: 2)
    }
    notes += MarketFolder.differences(prices.panel, sectors.table)
    if !unused.isEmpty { notes.append(Note(.layout, "Not used: \(unused.joined(separator: ", ")).")) }
    (self.sectors, self.prices, self.notes) = (sectors.table, prices.panel, notes)
    self.capitalization = capitalization?.panel
    search = others[Role.search]
    oil = others[Role.oil]
    volatilityIndex = others[Role.volatility]
    market = others[Role.market]
  }

  /// What one of the two files has and the other has not, and prices that stop.
  private static func differences(_ prices: Panel, _ sectors: SectorTable) -> [Note] {
    var notes: [Note] = []
    let named = Set(prices.names.map(SectorReturns.plain))
    let absent = sectors.members.map(\.ticker).filter { !named.contains(SectorReturns.plain($0)) }
    if !absent.isEmpty {
      notes.append(
        Note(
          .ticker, "\(absent.count) tickers of the sectors have no prices: \(absent.joined(separator: ", "))."
        ))
    }
    let nameless = prices.names.filter { $0.hasPrefix("unnamed ") }
    if !nameless.isEmpty, !absent.isEmpty {
      notes.append(
        Note(
          .ticker,
          "\(nameless.joined(separator: ", ")) may be one of the tickers without prices; it is of no sector here."
        ))
    }
    for halt in prices.halts() { notes.append(Note(.ticker, "\(halt).")) }
    return notes
  }

  private enum Role {
    static let search = "search interest"
    static let oil = "oil price"
    static let volatility = "volatility index"
    static let market = "market index"
  }

  /// Most columns hold positive numbers alone.
  private static func looksLikePrices(_ panel: Panel) -> Bool {
    let positive = panel.columns.count { column in
      column.contains { $0 > 0 } && !column.contains { $0 <= 0 }
    }
    return positive * 10 >= panel.names.count * 9
  }

  private static func role(_ file: String, _ columns: [String]) -> String? {
    let name = file.lowercased()
    func has(_ words: [String], in text: String) -> Bool { words.contains { text.contains($0) } }
    let all = columns.joined(separator: " ").lowercased()
    if has(["search", "trend"], in: name) || has(["hits", "search"], in: all) { return Role.search }
    guard columns.count <= 8 else { return nil }
    if has(["wti", "brent", "oil"], in: name) { return Role.oil }
    if name.contains("vix") { return Role.volatility }
    if has(["sp500", "s&p", "spx", "index", "market"], in: name) { return Role.market }
    return nil
  }

  /// The one column, that of stitched search interest, or the closing one.
  private static func column(_ role: String, _ panel: Panel) -> Series? {
    if panel.names.count == 1 { return panel.allSeries[0] }
    let words = role == Role.search ? ["stitched"] : ["adj close", "close", "price", "value"]
    for word in words {
      let found = panel.names.filter { $0.lowercased().contains(word) }
      if found.count == 1 { return try? panel.series(found[0]) }
    }
    return nil
  }
}
