import Volatility

/// The study of Du (2020, arXiv:2007.11546) on files of one's own: a sector's volatility, the dispersion of its members'
/// returns, herding, and what an epidemic that people search for adds.
///
/// ```swift
/// let study = try SectorStudy(MarketFolder(reading: "data/finance"), .init(sector: "Health Care"))
/// for claim in study.claims { print(claim.statement) }
/// ```
///
/// Columns: `r` the sector's equal-weight return in percent, `csad` and `cssd` the dispersion of its members, `G` search
/// interest between 0 and 1 (its greatest value in the window), `dG` its change from the trading day before.
public struct SectorStudy: Sendable {
  public struct Settings: Sendable {
    public var sector: String
    /// The sector whose returns the epidemic is said to lower; nil for none.
    public var other: String?
    public var first: Day?
    public var last: Day?
    public var weights: PortfolioWeights
    /// At which claims are judged.
    public var level: Double
    /// Of Newey–West errors; nil: ⌊4(T/100)^(2/9)⌋.
    public var lags: Int?
    /// Days in the windows of rolling volatility.
    public var window: Int
    public var distribution: InnovationDistribution

    public init(
      sector: String, other: String? = "Energy", from first: Day? = nil, to last: Day? = nil,
      weights: PortfolioWeights = .equal, level: Double = 0.05, lags: Int? = nil, window: Int = 5,
      distribution: InnovationDistribution = .normal
    ) {
      self.sector = sector
      self.other = other
      self.first = first
      self.last = last
      self.weights = weights
      self.level = level
      self.lags = lags
      self.window = window
      self.distribution = distribution
    }

    var covariance: RegressionCovariance { .neweyWest(lags.map { .fixed($0) } ?? .sampleSize) }
  }

  /// One volatility model with dispersion and epidemic in its variance, or why it could not be fitted.
  public struct VolatilityFitting: Sendable {
    public let label: String
    public let timing: Regressor.Timing
    public let model: VolatilityModel
    public let fit: VolatilityFit?
    public let failure: String?
    /// Of the standardised residuals; nil without a fit.
    public var residualTests: ResidualTests? { fit.map { ResidualTests(label, $0) } }
  }

  /// A regression by name.
  public struct NamedRegression: Sendable {
    public let label: String
    public let response: String
    public let fit: OLS
  }

  public let settings: Settings
  public let sector: SectorPanel
  public let other: SectorPanel?
  /// `r`, `csad`, `cssd`, `market`, `G`, `dG`, … of the sector, rows complete in what models read.
  public let panel: Panel
  /// The same of the other sector.
  public let otherPanel: Panel?
  /// Each column described and tested, as the first table has it; what cannot be computed is noted.
  public let descriptions: [SeriesDescription]
  public let herding: [(sector: String, regression: HerdingRegression)]
  public let rollingHerding: RollingHerding?
  public let quantileHerding: QuantileHerding?
  public let models: [VolatilityFitting]
  /// Rolling volatility, |r| and r² on dispersion and epidemic, and the heterogeneous autoregression with both.
  public let volatilityRegressions: [NamedRegression]
  /// Returns of both sectors on the epidemic, the market, oil and the volatility index.
  public let returnRegressions: [NamedRegression]
  public let claims: [Claim]
  /// What was odd about the files and what could not be computed.
  public let notes: [Note]
  /// Parameters that made the data, where these are simulated.
  public let truth: MarketTruth?

  /// - Throws: `VolatilityError` where the folder has no search interest, the sector too few members, or the window
  ///   no days.
  public init(
    _ folder: MarketFolder, _ settings: Settings, truth: MarketTruth? = nil
  ) throws(VolatilityError) {
    guard folder.search != nil else {
      throw VolatilityError(
        .data,
        "The folder has no search interest: a dated CSV file with 'search', 'trend' or 'hits' in its name or a column's."
      )
    }
    self.settings = settings
    self.truth = truth
    sector = try SectorPanel(
      settings.sector, in: folder, from: settings.first, to: settings.last, weights: settings.weights)
    var notes = sector.notes
    let panel = try Self.columns(sector.panel)
    self.panel = panel
    guard panel.rows >= 30 else {
      throw VolatilityError(
        .data,
        "\(settings.sector) has \(panel.rows) days with all values in this window: at least 30 are needed.")
    }
    var other: SectorPanel?
    var otherPanel: Panel?
    if let name = settings.other, name != settings.sector {
      do throws(VolatilityError) {
        let found = try SectorPanel(
          name, in: folder, from: settings.first, to: settings.last, weights: settings.weights)
        otherPanel = try Self.columns(found.panel)
        other = found
        for note in found.members.notes where !notes.contains(note) { notes.append(note) }
      } catch {
        notes.append(Note(.ticker, "\(name) is left out of the study: \(error.message)"))
      }
    }
    self.other = other
    self.otherPanel = otherPanel

    var steps = Steps(settings: settings, notes: notes)
    descriptions = steps.descriptions(panel)
    herding = steps.herding(panel, otherPanel)
    rollingHerding = steps.rolling(panel)
    quantileHerding = steps.attempt("Quantile herding") { () throws(VolatilityError) in
      try QuantileHerding(dispersion: panel.series("csad"), market: panel.series("r"))
    }
    models = steps.models(panel)
    volatilityRegressions = steps.volatilityRegressions(panel)
    returnRegressions = steps.returnRegressions(panel, otherPanel)
    self.notes = steps.notes
    claims = Claim.judged(
      models: models, volatility: volatilityRegressions, herding: herding, returns: returnRegressions,
      settings: settings)
  }

  /// With `G` and `dG`, on the days on which all that models read is there.
  private static func columns(_ panel: Panel) throws(VolatilityError) -> Panel {
    var columns: [Series] = []
    for one in panel.allSeries {
      switch one.name {
      case "search": columns.append(one.map("G") { $0 / 100 })
      case "Δsearch": columns.append(one.map("dG") { $0 / 100 })
      case "Δoil": columns.append(one.renamed("doil"))
      default: columns.append(one)
      }
    }
    let whole = try Panel(
      dates: panel.dates, names: columns.map(\.name), columns: columns.map(\.values), notes: panel.notes)
    let needed = ["r", "csad", "cssd", "G"]
    let complete = try whole.complete(needed)
    return complete
  }
}

/// The parts of a study one after another; what one part cannot compute is noted and stops no other.
private struct Steps {
  let settings: SectorStudy.Settings
  var notes: [Note]

  mutating func attempt<Result>(
    _ what: String, _ body: () throws(VolatilityError) -> Result
  ) -> Result? {
    do throws(VolatilityError) { return try body() } catch {
      notes.append(Note(.value, "\(what): \(error.message)"))
      return nil
    }
  }

  /// The values of a column that are there; nil where none is. Values missing between others are noted, as tests then take
  /// those about a gap as neighbours.
  private mutating func values(_ panel: Panel, _ name: String) -> [Double]? {
    guard let index = panel.index(name) else { return nil }
    let column = panel.columns[index]
    guard let first = column.firstIndex(where: { !$0.isNaN }),
      let last = column.lastIndex(where: { !$0.isNaN })
    else { return nil }
    let gaps = (first...last).filter { column[$0].isNaN }
    if let gap = gaps.first {
      notes.append(
        Note(
          .missing,
          "'\(name)' has no value on \(gaps.count) day\(gaps.count == 1 ? "" : "s") between others, the first \(panel.label(gap)): its description and tests take the days about a gap as neighbours."
        ))
    }
    return column.filter { !$0.isNaN }
  }

  mutating func descriptions(_ panel: Panel) -> [SeriesDescription] {
    var found: [SeriesDescription] = []
    for name in panel.names {
      guard let x = values(panel, name) else { continue }
      guard
        let one = attempt(
          "Description", { () throws(VolatilityError) in try SeriesDescription(name, x) })
      else { continue }
      for (row, reason) in one.untested { notes.append(Note(.value, "\(row) of \(name): \(reason)")) }
      found.append(one)
    }
    return found
  }

  mutating func herding(
    _ panel: Panel, _ other: Panel?
  ) -> [(sector: String, regression: HerdingRegression)] {
    var found: [(sector: String, regression: HerdingRegression)] = []
    let covariance = settings.covariance
    for (name, panel) in [(settings.sector, Optional(panel)), (settings.other ?? "", other)] {
      guard let panel else { continue }
      func add(
        _ what: String, _ body: (Series, Series, Series, Series) throws(VolatilityError) -> HerdingRegression
      ) {
        let result = attempt("\(what) of \(name)") { () throws(VolatilityError) in
          try body(panel.series("csad"), panel.series("cssd"), panel.series("r"), panel.series("G"))
        }
        if let result { found.append((name, result)) }
      }
      add("CCK") { (csad, _, r, _) throws(VolatilityError) in
        try .cck(dispersion: csad, market: r, covariance: covariance)
      }
      add("Asymmetric CCK") { (csad, _, r, _) throws(VolatilityError) in
        try .asymmetric(dispersion: csad, market: r, covariance: covariance)
      }
      add("State-dependent CCK") { (csad, _, r, g) throws(VolatilityError) in
        try .stateDependent(dispersion: csad, market: r, state: g, covariance: covariance)
      }
      add("Christie–Huang") { (_, cssd, r, _) throws(VolatilityError) in
        try .christieHuang(dispersion: cssd, market: r, covariance: covariance)
      }
    }
    return found
  }

  mutating func rolling(_ panel: Panel) -> RollingHerding? {
    let window = max(40, min(250, panel.rows / 3))
    guard window < panel.rows else { return nil }
    let covariance = settings.covariance
    return attempt("Rolling herding") { () throws(VolatilityError) in
      try RollingHerding(
        dispersion: panel.series("csad"), market: panel.series("r"), window: window, covariance: covariance)
    }
  }

  // MARK: Volatility

  mutating func models(_ panel: Panel) -> [SectorStudy.VolatilityFitting] {
    let families: [(String, VarianceModel)] = [
      ("GARCH", .garch(p: 1, q: 1)), ("GJR", .gjr()), ("EGARCH", .egarch(p: 1, o: 1, q: 1)),
    ]
    var found: [SectorStudy.VolatilityFitting] = []
    let rows = try? panel.complete(["r", "csad", "G"])
    guard let rows, let r = try? rows.series("r").values, let csad = try? rows.series("csad").values,
      let g = try? rows.series("G").values
    else { return [] }
    func add(_ label: String, _ variance: VarianceModel, _ timing: Regressor.Timing?) {
      let regressors = timing.map { [Regressor("csad", timing: $0), Regressor("G", timing: $0)] } ?? []
      let model = VolatilityModel(
        variance: variance, distribution: settings.distribution, regressors: regressors,
        initialisation: .sampleVariance)
      do throws(VolatilityError) {
        let fit = try model.fit(r, regressors: ["csad": csad, "G": g])
        found.append(.init(label: label, timing: timing ?? .same, model: model, fit: fit, failure: nil))
      } catch {
        found.append(
          .init(label: label, timing: timing ?? .same, model: model, fit: nil, failure: error.message))
      }
    }
    for (name, variance) in families { add(name, variance, nil) }
    for timing in [Regressor.Timing.same, .lagged(1)] {
      for (name, variance) in families { add(name + "-X", variance, timing) }
    }
    for one in found {
      if let failure = one.failure { notes.append(Note(.value, "\(one.label): \(failure)")) }
    }
    return found
  }

  mutating func volatilityRegressions(_ panel: Panel) -> [SectorStudy.NamedRegression] {
    var found: [SectorStudy.NamedRegression] = []
    let covariance = settings.covariance
    let window = settings.window
    guard let r = try? panel.series("r") else { return [] }
    let square = r.map("r^2") { $0 * $0 }
    var responses: [(String, Series)] = [("|r|", r.map("|r|", abs)), ("r^2", square)]
    if let rolling = attempt(
      "Rolling volatility",
      { () throws(VolatilityError) in
        try r.rolling(.standardDeviation, window: window).renamed("sd\(window)")
      })
    {
      responses.insert(("sd\(window)", rolling), at: 0)
    }
    for (label, response) in responses {
      let result = attempt("\(label) on dispersion and epidemic") { () throws(VolatilityError) in
        let rows = try panel.selecting(["csad", "G"]).adding(response.renamed(label)).complete()
        return try OLS(label, on: ["csad", "G"], in: rows, covariance: covariance)
      }
      if let result { found.append(.init(label: label, response: label, fit: result)) }
    }
    // Corsi's (2009) regression of |r| on its means over a day, a week and a month, with both added.
    let har = attempt("HAR-X") { () throws(VolatilityError) in
      let size = r.map("|r|", abs)
      var rows = try panel.selecting(["csad", "G"]).adding(size)
      for (name, length) in [("day", 1), ("week", 5), ("month", 22)] {
        rows = try rows.adding(size.rolling(.mean, window: length).lagged().renamed(name))
      }
      return try OLS(
        "|r|", on: ["day", "week", "month", "csad", "G"], in: rows.complete(), covariance: covariance)
    }
    if let har { found.append(.init(label: "HAR-X", response: "|r|", fit: har)) }
    return found
  }

  // MARK: Returns

  mutating func returnRegressions(_ panel: Panel, _ other: Panel?) -> [SectorStudy.NamedRegression] {
    var found: [SectorStudy.NamedRegression] = []
    let covariance = settings.covariance
    for (name, panel) in [(settings.sector, Optional(panel)), (settings.other ?? "", other)] {
      guard let panel else { continue }
      let sets: [[String]] = [
        ["dG"], ["G"], ["market", "dG"], ["market", "G"], ["market", "doil", "vix", "dG"],
      ]
      for set in sets where set.allSatisfy({ panel.index($0) != nil }) {
        let result = attempt("\(name) on \(set.joined(separator: ", "))") { () throws(VolatilityError) in
          try OLS("r", on: set, in: panel.selecting(["r"] + set).complete(), covariance: covariance)
        }
        if let result { found.append(.init(label: name, response: "r", fit: result)) }
      }
    }
    return found
  }
}
