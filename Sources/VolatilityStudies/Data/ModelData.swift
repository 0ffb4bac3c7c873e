import Volatility

/// What of a file is read: which column, between which days, and whether it holds returns or prices.
public struct SeriesRequest: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    /// The column as it is.
    case values
    /// Logarithmic returns of the prices in the column, times `scale`.
    case prices
    /// Changes of the column.
    case differences
  }

  public var path: String
  /// nil: the file's only column of numbers.
  public var column: String?
  public var kind: Kind
  /// What returns of prices are multiplied by: 100 for percent.
  public var scale: Double
  /// The column of dates; nil: found by looking.
  public var date: String?
  public var first: Day?
  public var last: Day?

  public init(
    _ path: String, column: String? = nil, kind: Kind = .values, scale: Double = 100, date: String? = nil,
    from first: Day? = nil, to last: Day? = nil
  ) {
    self.path = path
    self.column = column
    self.kind = kind
    self.scale = scale
    self.date = date
    self.first = first
    self.last = last
  }

  /// The whole file, between the days asked for.
  ///
  /// - Throws: `VolatilityError` as `Panel`, and where the file has no dates to choose days by.
  public func panel() throws(VolatilityError) -> Panel {
    let panel = try Panel(reading: path, date: date)
    guard first != nil || last != nil else { return panel }
    return try panel.from(first ?? Day(number: -719_162), to: last ?? Day(number: 2_932_896))
  }

  /// The series that is asked for. That of prices and differences is one shorter than its column.
  ///
  /// - Throws: `VolatilityError` for a column that is not there, none named where there are several, prices of zero
  ///   or less with their dates.
  public func series(in panel: Panel) throws(VolatilityError) -> Series {
    guard let name = column ?? (panel.names.count == 1 ? panel.names[0] : nil) else {
      throw VolatilityError(
        .specification,
        "'\(path)' has \(panel.names.count) columns of numbers (\(panel.names.prefix(12).joined(separator: ", "))): say which with --column"
      )
    }
    let found = try panel.series(name)
    guard found.values.contains(where: { !$0.isNaN }) else {
      throw VolatilityError(.data, "'\(name)' of '\(path)' has no value at all.")
    }
    switch kind {
    case .values: return found
    case .prices: return try found.returns(scale: scale).renamed(name)
    case .differences:
      guard found.count >= 2 else {
        throw VolatilityError(.data, "'\(name)' has \(found.count) value(s): a difference needs two.")
      }
      return try Series(
        name, dates: found.dates.map { Array($0.dropFirst()) },
        values: Array(found.differenced().values.dropFirst()))
    }
  }
}

/// The rows of a file that a model needs: none of their values is missing.
public struct ModelData: Sendable {
  public let name: String
  /// [count]; nil where the file has no dates.
  public let dates: [Day]?
  /// [count].
  public let returns: [Double]
  /// [count] each: the regressors' columns.
  public let columns: [String: [Double]]
  /// Rows without all values between the first and the last with them.
  public let gaps: [String]
  /// What was odd about the file, and what was done about it.
  public private(set) var notes: [Note]

  /// - Parameter regressors: columns to read beside.
  /// - Throws: `VolatilityError` as ``SeriesRequest``, or where no row has all values.
  public init(_ request: SeriesRequest, regressors: [String] = []) throws(VolatilityError) {
    let panel = try request.panel()
    let series = try request.series(in: panel)
    var names: [String] = []
    for one in regressors where !names.contains(one) { names.append(one) }
    var values = [series.values]
    let dropped = panel.rows - series.count
    for one in names { values.append(Array(try panel.series(one).values.dropFirst(dropped))) }
    // The name of the series may be that of a regressor too, as prices are of their own returns.
    let labels = [series.name + (names.contains(series.name) ? " (modelled)" : "")] + names
    let whole = try Panel(dates: series.dates, names: labels, columns: values, notes: panel.notes)
    let complete = try whole.complete()
    name = series.name
    dates = complete.dates
    returns = complete.columns[0]
    columns = Dictionary(uniqueKeysWithValues: zip(names, complete.columns.dropFirst()))
    // Rows missing between others: what came before them becomes the day before of what comes after.
    let isThere = (0..<whole.rows).map { row in whole.columns.allSatisfy { !$0[row].isNaN } }
    let inside = (isThere.firstIndex(of: true)!..<isThere.lastIndex(of: true)!).filter { !isThere[$0] }
    gaps = inside.map(whole.label)
    notes = complete.notes
  }

  /// Of the columns that models read. Rows that are missing inside the sample are noted with what they do to the models'
  /// lags.
  public init(_ request: SeriesRequest, for models: [VolatilityModel]) throws(VolatilityError) {
    try self.init(request, regressors: models.flatMap(\.columnNames))
    guard !gaps.isEmpty else { return }
    var readers: [String] = []
    func add(_ what: String, _ condition: (VolatilityModel) -> Bool) {
      if models.contains(where: condition) { readers.append(what) }
    }
    add("the lags of the mean") { $0.mean.presample > 0 || $0.mean.movingAverageLags > 0 }
    add("lagged regressors") { $0.regressors.contains { $0.timing != .same } }
    add("averages of the measure") { !$0.variance.measure.isEmpty }
    add("past shocks and variances") { $0.variance != .constant && $0.variance.measure.isEmpty }
    guard !readers.isEmpty else { return }
    notes.append(
      Note(
        .missing,
        "\(gaps.count) of the rows left out \(gaps.count == 1 ? "lies" : "lie") inside the sample (the first: \(gaps[0])): \(readers.joined(separator: ", ")) take the last row that is there as the day before."
      ))
  }

  public init(_ request: SeriesRequest, for model: VolatilityModel) throws(VolatilityError) {
    try self.init(request, for: [model])
  }

  /// Of a row: its date, or its number from 1.
  public func label(_ row: Int) -> String { dates.map { "\($0[row])" } ?? "row \(row + 1)" }
}

extension ModelData {
  /// Columns of a file without gaps: paths of regressors.
  ///
  /// - Parameter rows: as many as there must be; nil: any number.
  /// - Throws: `VolatilityError` for columns or values that are missing.
  public static func columns(
    _ names: [String], of path: String, rows: Int?
  ) throws(VolatilityError) -> [String: [Double]] {
    let panel = try Panel(reading: path)
    if let rows, panel.rows != rows {
      throw VolatilityError(
        .data, "'\(path)' has \(panel.rows) rows; \(rows) are needed, one an observation.")
    }
    var found: [String: [Double]] = [:]
    for name in names {
      let series = try panel.series(name)
      if let gap = series.values.firstIndex(where: { !$0.isFinite }) {
        throw VolatilityError(
          .data,
          "'\(name)' of '\(path)' is \(series.values[gap]) at \(series.label(gap)): every value is needed.")
      }
      found[name] = series.values
    }
    return found
  }
}
