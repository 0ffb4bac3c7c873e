/// ``HerdingRegression/cck(dispersion:market:covariance:)`` over windows that move through time.
public struct RollingHerding: Sendable {
  public struct Window: Sendable {
    /// Of the last day: its date or row.
    public let end: String
    /// Rows of the panel.
    public let rows: ClosedRange<Int>
    public let term: HerdingTerm
    public let rSquared: Double
  }
  public let windows: [Window]
  /// Windows in which the regression cannot be solved, with the reason.
  public let failures: [(end: String, reason: String)]
  public let panel: Panel

  /// - Parameters:
  ///   - window: days in each.
  ///   - step: days from one to the next.
  /// - Throws: ``VolatilityError`` for a window below 10 or beyond the sample, or if none can be solved.
  public init(
    dispersion: Series, market: Series, window: Int, step: Int = 1,
    covariance: RegressionCovariance = .neweyWest(.sampleSize)
  ) throws(VolatilityError) {
    let panel = try HerdingRegression.matched(dispersion, market)
    guard window >= 10, window <= panel.rows, step >= 1 else {
      throw VolatilityError(
        .specification,
        "Windows of \(window) in steps of \(step) over \(panel.rows) days: give 10 to \(panel.rows), in steps from 1."
      )
    }
    var windows: [Window] = []
    var failures: [(end: String, reason: String)] = []
    for start in stride(from: 0, through: panel.rows - window, by: step) {
      let rows = start...(start + window - 1)
      let label = panel.label(rows.upperBound)
      do {
        let fit = try OLS(
          Array(panel.columns[0][rows]), HerdingRegression.cckRegressors(Array(panel.columns[1][rows])),
          covariance: covariance)
        windows.append(
          Window(
            end: label, rows: rows, term: HerdingTerm(state: "always", coefficient: fit.coefficients[2]),
            rSquared: fit.rSquared))
      } catch { failures.append((label, error.message)) }
    }
    guard !windows.isEmpty else {
      throw VolatilityError(.regression, failures.first?.reason ?? "No window could be solved.")
    }
    (self.windows, self.failures, self.panel) = (windows, failures, panel)
  }

  /// The share of windows with that verdict.
  public func share(_ verdict: HerdingVerdict, at level: Double = 0.05) -> Double {
    Double(windows.count { $0.term.verdict(at: level) == verdict }) / Double(windows.count)
  }

  public func statement(at level: Double = 0.05) -> String {
    let found = windows.filter { $0.term.verdict(at: level) == .herding }
    let contrary = rounded(100 * share(.antiHerding, at: level), 1)
    guard let first = found.first, let last = found.last else {
      return "No herding in any of \(windows.count) windows; the contrary in \(contrary) % of them."
    }
    return
      "Herding in \(found.count) of \(windows.count) windows, the first ending \(first.end), the last \(last.end); "
      + "the contrary in \(contrary) %."
  }
}

/// ``HerdingRegression/cck(dispersion:market:covariance:)`` at quantiles of the dispersion (as Gębka and Wohar 2013).
public struct QuantileHerding: Sendable {
  public let fits: [QuantileRegression]
  public let terms: [HerdingTerm]
  public let panel: Panel

  /// - Throws: ``VolatilityError`` as ``QuantileRegression``.
  public init(
    dispersion: Series, market: Series, quantiles: [Double] = [0.1, 0.25, 0.5, 0.75, 0.9],
    covariance: QuantileRegression.Covariance = .robust
  ) throws(VolatilityError) {
    let panel = try HerdingRegression.matched(dispersion, market)
    var fits: [QuantileRegression] = []
    for tau in quantiles {
      fits.append(
        try QuantileRegression(
          panel.columns[0], HerdingRegression.cckRegressors(panel.columns[1]), quantile: tau,
          covariance: covariance))
    }
    terms = fits.map {
      HerdingTerm(
        state: "dispersion at its \(rounded(100 * $0.quantile, 2)) % quantile",
        coefficient: $0.coefficients[2])
    }
    (self.fits, self.panel) = (fits, panel)
  }

  public func statement(at level: Double = 0.05) -> String {
    terms.map { HerdingWords.proportion.sentence($0, level) }.joined(separator: " ")
  }
}
