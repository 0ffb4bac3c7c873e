/// What a study of a sector's volatility looks at, on the days of its returns.
///
/// | column | what | unit |
/// | --- | --- | --- |
/// | `r` | the sector's return, by the chosen weights | percent |
/// | `csad`, `cssd` | dispersion of its members | percent |
/// | `market` | the market index's log return | percent |
/// | `search` | search interest, its greatest value in the window 100 | 0 … 100 |
/// | `Δsearch` | its change from the trading day before | |
/// | `oil`, `Δoil` | the oil price and its change: no logarithm, as it may be negative | dollars |
/// | `vix` | the volatility index | |
public struct SectorPanel: Sendable {
  public let members: SectorReturns
  public let dispersion: Dispersion
  public let panel: Panel
  public var notes: [Note] { panel.notes }

  /// - Parameters:
  ///   - weights: of the return and of the dispersion.
  ///   - searchRule: how daily interest is brought to trading days: ``CalendarRule/sameDay``, or ``CalendarRule/mean`` to
  ///     count weekends.
  /// - Throws: ``VolatilityError`` as ``SectorReturns`` and ``Dispersion``.
  public init(
    _ sector: String, in folder: MarketFolder, from first: Day? = nil, to last: Day? = nil,
    weights: PortfolioWeights = .equal, missing rule: SectorReturns.MissingRule = .completeMembers,
    search searchRule: CalendarRule = .sameDay
  ) throws(VolatilityError) {
    members = try SectorReturns(
      sector, prices: folder.prices, sectors: folder.sectors, from: first, to: last, missing: rule)
    dispersion = try Dispersion(members.returns, weights: weights)
    guard let days = members.returns.dates, let start = days.first, let end = days.last else {
      throw VolatilityError(.data, "\(sector) has no days of returns.")
    }
    var notes = folder.notes + members.notes
    var columns: [Series] = [
      try members.portfolio(weights).renamed("r"), dispersion.csad.renamed("csad"),
      dispersion.cssd.renamed("cssd"),
    ]
    func add(_ series: Series) {
      let missing = series.missing.map { series.label($0) }
      if !missing.isEmpty {
        notes.append(
          Note(.calendar, "'\(series.name)' has no value on \(missing.count) days: \(listed(missing))."))
      }
      columns.append(series)
    }
    if let market = folder.market {
      let (prices, odd) = market.withoutNonPositive()
      notes += odd
      add(try prices.present().returns().on(days).renamed("market"))
    }
    // The change on the first day needs the trading day before it, where the prices have one.
    let longer = (folder.prices.dates?.last { $0 < start }.map { [$0] } ?? []) + days
    func change(_ level: Series) -> Series {
      Series(trusted: "Δ\(level.name)", days, Array(level.differenced().values.suffix(days.count)))
    }
    if let search = folder.search {
      let scaled = try SearchIndex.normalized(search, from: start, to: end).renamed("search")
      add(try scaled.on(days, searchRule))
      add(change(try scaled.on(longer, searchRule)))
    }
    if let oil = folder.oil?.renamed("oil") {
      let level = try oil.on(days)
      let odd = level.nonPositive.map { "\(level.values[$0]) on \(level.label($0))" }
      if !odd.isEmpty {
        notes.append(
          Note(.value, "The oil price is zero or less: \(listed(odd)). It enters as it is, with differences.")
        )
      }
      add(level)
      add(change(try oil.on(longer)))
    }
    if let index = folder.volatilityIndex { add(try index.on(days).renamed("vix")) }
    panel = try Panel(dates: days, names: columns.map(\.name), columns: columns.map(\.values), notes: notes)
  }
}
