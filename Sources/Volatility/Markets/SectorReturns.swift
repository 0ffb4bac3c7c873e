/// The returns of a sector's members, and what was left out of it.
public struct SectorReturns: Sendable {
  /// Which members enter where some have no return on a day.
  public enum MissingRule: Sendable, Equatable {
    /// Those with a return on every day: the same on all days.
    case completeMembers
    /// On each day those that have one; a day with fewer than `atLeast` is left out.
    case available(atLeast: Int = 2)
  }

  public let sector: String
  /// Days down, members across.
  public let returns: Panel
  /// Members of the sector by the table, whether they have prices or not.
  public let listed: [String]
  /// Members by the table that the price file does not have.
  public let withoutPrices: [String]
  /// Members with prices that did not enter, or not on all days.
  public let incomplete: [Halt]
  public let rule: MissingRule
  public var notes: [Note] { returns.notes }
  public var members: [String] { returns.names }

  /// Log or simple returns of the members of one sector.
  ///
  /// - Parameters:
  ///   - prices: one column a ticker; the day before `first` is used for the first return where the panel has it.
  ///   - first: the first day of returns; nil for the panel's second.
  ///   - last: the last day of returns; nil for the panel's last.
  ///   - halted: a price that does not move for so many days is noted.
  /// - Throws: ``VolatilityError`` for an unknown sector, prices of zero or less (with ticker and date), or fewer
  ///   than two members.
  public init(
    _ sector: String, prices: Panel, sectors: SectorTable, kind: ReturnKind = .logarithmic,
    scale: Double = 100,
    from first: Day? = nil, to last: Day? = nil, missing rule: MissingRule = .completeMembers, halted: Int = 5
  ) throws(VolatilityError) {
    let listed = try sectors.tickers(of: sector)
    guard let dates = prices.dates else {
      throw VolatilityError(.data, "Sector returns need prices with dates.")
    }
    let inFile = Dictionary(
      prices.names.map { (SectorReturns.plain($0), $0) }, uniquingKeysWith: { a, _ in a })
    var notes = prices.notes + sectors.notes
    var found: [(ticker: String, column: String)] = []
    var absent: [String] = []
    for ticker in listed {
      if let column = inFile[SectorReturns.plain(ticker)] {
        found.append((ticker, column))
        if column != ticker {
          notes.append(Note(.ticker, "'\(ticker)' is called '\(column)' in the prices."))
        }
      } else {
        absent.append(ticker)
      }
    }
    if !absent.isEmpty {
      notes.append(
        Note(
          .ticker,
          "\(sector): \(absent.count) of \(listed.count) members have no prices: \(absent.joined(separator: ", "))."
        ))
    }
    let strangers = prices.names.filter { name in
      !sectors.members.contains { SectorReturns.plain($0.ticker) == SectorReturns.plain(name) }
    }
    if !strangers.isEmpty {
      notes.append(Note(.ticker, "Prices of no sector's member: \(strangers.joined(separator: ", "))."))
    }
    var columns: [(ticker: String, returns: Series)] = []
    var halts: [Halt] = []
    let window = dates.indices.dropFirst().filter {
      (first ?? dates[0]) <= dates[$0] && dates[$0] <= (last ?? dates[dates.count - 1])
    }
    guard let start = window.first, let end = window.last else {
      throw VolatilityError(
        .data,
        "No returns from \(first.map { "\($0)" } ?? "the start") to \(last.map { "\($0)" } ?? "the end").")
    }
    let days = Array(dates[(start - 1)...end])
    for (ticker, column) in found {
      let series = try prices.series(column)
      let inside = Series(trusted: ticker, days, Array(series.values[(start - 1)...end]))
      let stopped = inside.halts(constant: halted)
      halts += stopped
      columns.append((ticker, try inside.returns(kind, scale: scale)))
    }
    for halt in halts { notes.append(Note(.ticker, "\(halt).")) }
    incomplete = halts.filter { $0.kind != .constant }
    if rule == .completeMembers {
      columns.removeAll { column in column.returns.values.contains(where: \.isNaN) }
    } else {
      columns.removeAll { column in column.returns.values.allSatisfy(\.isNaN) }
    }
    guard columns.count >= 2 else {
      throw VolatilityError(
        .data,
        "\(sector) has \(columns.count) member(s) with returns on every day: two are needed. Members with gaps"
          + " enter with the rule .available.")
    }
    var panel = try Panel(
      dates: Array(days.dropFirst()), names: columns.map(\.ticker), columns: columns.map(\.returns.values),
      notes: [])
    if case .available(let least) = rule {
      let kept = (0..<panel.rows).filter { row in panel.columns.count { !$0[row].isNaN } >= max(2, least) }
      if kept.count < panel.rows, let dates = panel.dates {
        let lost = dates.indices.filter { !kept.contains($0) }.map { dates[$0] }
        notes.append(
          Note(.missing, "\(sector): days with too few members, left out: \(Volatility.listed(lost))."))
        panel = try Panel(
          dates: kept.map { dates[$0] }, names: panel.names,
          columns: panel.columns.map { column in kept.map { column[$0] } })
      }
    }
    notes.append(Note(.ticker, "\(sector): \(columns.count) of \(listed.count) members enter."))
    panel.notes = notes
    (self.sector, returns, self.listed, withoutPrices, self.rule) = (sector, panel, listed, absent, rule)
  }

  /// BRK.B, BRK-B, BRK/B and brk b are one.
  static func plain(_ ticker: String) -> String {
    String(ticker.uppercased().map { "-/ _".contains($0) ? "." : $0 })
  }
}

/// How members of a portfolio are weighed.
public enum PortfolioWeights: Sendable {
  case equal
  /// By ticker, of any positive scale (shares of an index, capitalisation on one day); on each day over those present.
  case fixed([String: Double])
  /// By ticker and day, capitalisation: that of the day before weighs a return, as in an index.
  case capitalization(Panel)

  /// Of these members on each of these days; 0 where there is none.
  ///
  /// - Returns: [rows][members].
  func rows(_ returns: Panel) throws(VolatilityError) -> [[Double]] {
    var raw = [[Double]](repeating: [Double](repeating: 1, count: returns.names.count), count: returns.rows)
    switch self {
    case .equal: break
    case .fixed(let weights):
      for (column, name) in returns.names.enumerated() {
        guard let weight = weights[name], weight >= 0, weight.isFinite else {
          throw VolatilityError(
            .data,
            "The weight of '\(name)' is \(weights[name].map { "\($0)" } ?? "missing"): a positive number was expected."
          )
        }
        for row in raw.indices { raw[row][column] = weight }
      }
    case .capitalization(let panel):
      guard let days = returns.dates, let known = panel.dates else {
        throw VolatilityError(.data, "Capitalisation weights need dates.")
      }
      for (column, name) in returns.names.enumerated() {
        let series = try panel.series(name)
        if let odd = series.nonPositive.first {
          throw VolatilityError(
            .data, "The capitalisation of '\(name)' is \(series.values[odd]) at \(series.label(odd)).")
        }
        let before = Series(trusted: name, known.map { $0 + 1 }, series.values)
        let matched = try before.on(days, .lastKnown(maximumAge: 10)).values
        for row in raw.indices { raw[row][column] = matched[row].isNaN ? 0 : matched[row] }
      }
    }
    for row in raw.indices {
      for column in raw[row].indices where returns.columns[column][row].isNaN { raw[row][column] = 0 }
      let total = raw[row].reduce(0, +)
      guard total > 0 else {
        throw VolatilityError(.data, "No member has a weight and a return at \(returns.label(row)).")
      }
      for column in raw[row].indices { raw[row][column] /= total }
    }
    return raw
  }
}

extension SectorReturns {
  /// The sector's return: the mean of its members' by these weights.
  public func portfolio(_ weights: PortfolioWeights = .equal) throws(VolatilityError) -> Series {
    let rows = try weights.rows(returns)
    return Series(trusted: sector, returns.dates, rows.indices.map { weighted(returns, $0, rows[$0]) { $0 } })
  }
}

/// Σ w·f(r) over those present.
func weighted(_ returns: Panel, _ row: Int, _ weights: [Double], _ transform: (Double) -> Double) -> Double {
  var sum = 0.0
  for column in weights.indices where weights[column] > 0 {
    sum += weights[column] * transform(returns.columns[column][row])
  }
  return sum
}
