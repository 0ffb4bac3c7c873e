/// Headers of several lines, as tables with two names a column are written: fields, then tickers, then the index's
/// name.
///
/// ```
/// Price,Close,Close
/// Ticker,AAPL,MSFT
/// Date,,
/// 2020-01-02,75.1,160.6
/// ```
enum StackedHeader {
  /// Makes one name a column of them, and takes their lines from the records.
  static func flatten(
    _ names: inout [String], _ records: inout [(line: Int, cells: [String])], _ notes: inout [Note]
  ) {
    guard names.count > 1, let second = records.first?.cells, second.count == names.count,
      ["ticker", "tickers", "symbol", "symbols"].contains(second[0].lowercased()),
      !names[0].isEmpty, !second.dropFirst().contains(where: { Cell.number($0) != nil || $0.isEmpty }),
      !["ticker", "symbol"].contains(names[0].lowercased())
    else { return }
    let fields = Set(names.dropFirst())
    let tickers = Set(second.dropFirst())
    // A name only where it tells columns apart.
    let flat = zip(names, second).dropFirst().map { field, ticker in
      fields.count == 1 ? ticker : tickers.count == 1 ? field : "\(ticker) \(field)"
    }
    guard Set(flat).count == flat.count else { return }
    records.removeFirst()
    var first = "Date"
    if let third = records.first?.cells, !third[0].isEmpty, RawDate(third[0]) == nil,
      third.dropFirst().allSatisfy(\.isEmpty)
    {
      first = third[0]
      records.removeFirst()
    }
    notes.append(
      Note(.layout, "The header has a line of tickers: columns are called such as '\(flat[0])'."))
    names = [first] + flat
  }
}
