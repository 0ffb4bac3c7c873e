/// How far the returns of securities lie from one another on a day.
///
/// CSAD_t = Σ w_i |r_it − c_t| (Chang, Cheng and Khorana 2000) and CSSD_t = (Σ (r_it − c_t)²/(N − 1))^½ (Christie
/// and Huang 1995), with weights of 1/N or others and the centre c_t chosen. With weights CSSD_t = (N/(N − 1)·Σ
/// w_i(r_it − c_t)²)^½.
public struct Dispersion: Sendable {
  /// What distances are measured from.
  public enum Center: Sendable {
    /// The mean by the same weights.
    case mean
    case median
    /// A market's return, on the same days.
    case market(Series)
  }

  public let csad: Series
  public let cssd: Series
  /// The centre c_t.
  public let center: Series
  /// Securities with a return on each day.
  public let counts: [Int]

  /// - Parameter returns: days down, securities across; missing ones are left out of their day.
  /// - Throws: ``VolatilityError`` for a day with fewer than two returns, an infinite one, weights that are
  ///   missing, or a market without one of the days.
  public init(
    _ returns: Panel, weights: PortfolioWeights = .equal, center rule: Center = .mean
  ) throws(VolatilityError) {
    let rows = try weights.rows(returns)
    var centers: [Double]
    switch rule {
    case .mean: centers = rows.indices.map { weighted(returns, $0, rows[$0]) { $0 } }
    case .median:
      centers = (0..<returns.rows).map { row in
        quantile(of: returns.columns.map { $0[row] }.filter { !$0.isNaN }, 0.5)
      }
    case .market(let series):
      centers =
        try returns.dates.map { (days) throws(VolatilityError) in try series.on(days).values }
        ?? series.values
      guard centers.count == returns.rows else {
        throw VolatilityError(.data, "'\(series.name)' has \(centers.count) values for \(returns.rows) rows.")
      }
      if let row = centers.firstIndex(where: \.isNaN) {
        throw VolatilityError(.data, "'\(series.name)' has no value at \(returns.label(row)).")
      }
    }
    var counts: [Int] = []
    var absolute: [Double] = []
    var squared: [Double] = []
    for row in 0..<returns.rows {
      let present = returns.columns.filter { !$0[row].isNaN }
      guard present.count >= 2 else {
        throw VolatilityError(
          .data, "\(present.count) securities have a return at \(returns.label(row)): a dispersion needs two."
        )
      }
      guard present.allSatisfy({ $0[row].isFinite }) else {
        throw VolatilityError(.data, "A return at \(returns.label(row)) is infinite.")
      }
      let n = Double(present.count)
      counts.append(present.count)
      absolute.append(weighted(returns, row, rows[row]) { abs($0 - centers[row]) })
      let squares = weighted(returns, row, rows[row]) { ($0 - centers[row]) * ($0 - centers[row]) }
      squared.append((squares * n / (n - 1)).squareRoot())
    }
    csad = Series(trusted: "CSAD", returns.dates, absolute)
    cssd = Series(trusted: "CSSD", returns.dates, squared)
    center = Series(trusted: "center", returns.dates, centers)
    self.counts = counts
  }
}
