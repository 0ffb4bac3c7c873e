import Testing

@testable import Volatility

/// The reference numbers of the health-care and energy panel (2020-01-02 to 2020-06-03), from arch 8.0.0 and
/// statsmodels 0.15.0, to the digits they were printed with.
@Suite(.enabled(if: SharedFinance.isPresent, Comment(rawValue: SharedFinance.missing)))
struct ReferencePanelTests {
  let panel: Panel
  init() throws { panel = try Panel(reading: SharedFinance.path("panel_health_energy_2020.csv")) }

  private func column(_ name: String) throws -> [Double] { try panel.series(name).values }

  /// Coefficients, t statistics (nil: not given) and R² to their printed decimals.
  private func expect(
    _ fit: OLS, _ values: [(Double, Int)], t: [(Double, Int)?], rSquared: (Double, Int)? = nil
  ) {
    for (found, (value, decimals)) in zip(fit.coefficients, values) {
      #expect(prints(found.value, value, decimals), "\(found.name): \(found.value), not \(value)")
    }
    for (found, expected) in zip(fit.coefficients, t) {
      guard let expected else { continue }
      #expect(prints(found.t, expected.0, expected.1), "t of \(found.name): \(found.t), not \(expected.0)")
    }
    if let rSquared { #expect(prints(fit.rSquared, rSquared.0, rSquared.1), "R²: \(fit.rSquared)") }
  }

  @Test func reading() {
    #expect(
      panel.rows == 106 && panel.dates?.first == Day("2020-01-02") && panel.dates?.last == Day("2020-06-03"))
    #expect(
      panel.names == [
        "rHC", "rEN", "rM", "ewHC", "ewEN", "csadHC", "cssdHC", "csadEN", "oil", "GI", "oil_d", "GIs",
      ])
    #expect(panel.columns[10].count { $0.isNaN } == 1)
  }

  @Test(arguments: [
    ("rHC", 0.009371, 2.659639, -10.381770, 7.423250), ("rEN", -0.322321, 4.930837, -22.490979, 14.874186),
    ("rM", -0.032048, 3.072116, -12.765214, 8.968316), ("csadHC", 1.549711, 0.818509, 0.552189, 4.535745),
    ("cssdHC", 2.075021, 1.009685, 0.761836, 6.104611), ("GI", 29.867925, 26.497466, 0, 97),
  ])
  func description(_ name: String, _ mean: Double, _ sd: Double, _ least: Double, _ most: Double) throws {
    let found = try Description(column(name))
    #expect(prints(found.mean, mean, 6) && prints(found.standardDeviation, sd, 6))
    #expect(prints(found.minimum, least, 6) && prints(found.maximum, most, 6))
  }

  @Test func testsOfHealthCareReturns() throws {
    let x = try column("rHC")
    let jb = try JarqueBera(x)
    #expect(
      prints(jb.skewness, -0.214881, 6) && prints(jb.kurtosis, 5.704024, 6)
        && prints(jb.statistic, 33.10929, 5))
    let adf = try AugmentedDickeyFuller(x)
    #expect(prints(adf.statistic, -2.46528, 5) && adf.lags == 8 && prints(adf.pValue, 0.124, 3))
    #expect(prints(try LjungBox(x, lags: 10).statistic, 94.8301, 4))
    #expect(prints(try LjungBox(x, lags: 10, squared: true).statistic, 143.7192, 4))
    // Of squares about the mean.
    #expect(prints(try ARCHLM(x.map { $0 - x.mean }, lags: 5).statistic, 42.0760, 4))
  }

  @Test func changChengKhorana() throws {
    func cck(_ dispersion: String, _ market: String) throws -> HerdingRegression {
      try .cck(
        dispersion: panel.series(dispersion), market: panel.series(market), covariance: .neweyWest(lags: 4))
    }
    let health = try cck("csadHC", "ewHC")
    expect(
      health.fit, [(1.066833, 6), (0.237667, 6), (0.003602, 6)], t: [(9.8594, 4), (3.0383, 4), (0.4969, 4)],
      rSquared: (0.42594, 5))
    #expect(health.verdict() == .noEvidence && health.statement().hasPrefix("No herding:"))
    expect(
      try cck("csadHC", "rHC").fit, [(1.079685, 6), (0.256848, 6), (0.002349, 6)],
      t: [(10.134, 3), (2.1339, 4), (0.1986, 4)], rSquared: (0.43912, 5))
    let energy = try cck("csadEN", "ewEN")
    expect(
      energy.fit, [(1.318289, 6), (0.176161, 6), (0.009097, 6)], t: [(7.2638, 4), (3.1711, 4), (5.3794, 4)],
      rSquared: (0.71291, 5))
    #expect(energy.verdict() == .antiHerding)
  }

  /// Values printed by statsmodels 0.15.0.
  @Test func otherHerdingForms() throws {
    let (csad, cssd) = (try panel.series("csadHC"), try panel.series("cssdHC"))
    let market = try panel.series("ewHC")
    let hac = RegressionCovariance.neweyWest(lags: 4)
    for (tail, values, t) in [
      (
        0.01, [2.0021195241784, 2.43327975982506, 1.43048033372413],
        [12.16898835611025, 5.09830708213148, 4.04366838500124]
      ),
      (
        0.05, [1.8775229979379, 1.80729680556873, 1.68182852252979],
        [14.51277195445727, 3.09630434296116, 5.39882323944497]
      ),
    ] {
      let test = try HerdingRegression.christieHuang(
        dispersion: cssd, market: market, tail: tail, covariance: hac)
      #expect(
        close(test.coefficients.map(\.value), values, 1e-10) && close(test.coefficients.map(\.t), t, 1e-10))
      #expect(test.verdict() == .antiHerding && test.statement().contains("further apart"))
    }
    let asymmetric = try HerdingRegression.asymmetric(dispersion: csad, market: market, covariance: hac)
    #expect(
      close(
        asymmetric.coefficients.map(\.value),
        [1.03935313504791, 0.31336435821637, 0.22947750704148, -0.00972713275697, 0.00599400969034], 1e-10))
    #expect(
      close(
        asymmetric.coefficients.map(\.t),
        [9.15741139622091, 2.82585584401528, 2.49951000692242, -0.70175348607767, 0.79739692933283], 1e-10))
    #expect(close(asymmetric.symmetry?.statistic ?? 0, 1.6981021972918289, 1e-10))
    let state = try HerdingRegression.stateDependent(
      dispersion: csad, market: market, state: panel.series("GI"), at: [60], covariance: hac)
    #expect(
      close(
        state.coefficients.map(\.t),
        [13.76767885103912, -0.02665104729488, -0.27954921589958, 3.5004992038865, 0.96975613669015], 1e-9))
    let term = state.terms[0].coefficient
    #expect(close(term.value, 0.00322829086323, 1e-11) && close(term.t, 0.243985730606, 1e-9))
    #expect(close(term.p, 0.8077367981880974, 1e-9))
    let quantiles = try QuantileHerding(dispersion: csad, market: market, quantiles: [0.25, 0.9])
    #expect(
      close(
        quantiles.fits[0].coefficients.map(\.value), [0.67904990319415, 0.27100399758522, -0.00374281200461],
        1e-5))
    #expect(
      close(
        quantiles.fits[1].coefficients.map(\.value), [1.27216825111932, 0.62417554156533, -0.03087388551479],
        1e-5))
  }

  @Test func volatilityOnDispersionAndSearch() throws {
    let csad = try column("csadHC")
    let search = try column("GIs")
    let returns = try panel.series("rHC")
    let rolling = try returns.rolling(.standardDeviation, window: 5).values
    func fit(_ y: [Double], from first: Int = 0) throws -> OLS {
      try OLS(
        Array(y[first...]), [("csad", Array(csad[first...])), ("GIs", Array(search[first...]))],
        covariance: .neweyWest(lags: 4))
    }
    let first = try fit(rolling, from: 4)
    expect(
      first, [(-0.35451, 5), (0.66628, 5), (4.61356, 5)], t: [nil, (2.608, 3), (6.02, 2)],
      rSquared: (0.8583, 4))
    #expect(first.observations == 102)
    expect(
      try fit(returns.values.map(abs)), [(-0.21091, 5), (0.45449, 5), (4.26028, 5)],
      t: [nil, (1.146, 3), (3.30, 2)])
    expect(
      try fit(returns.values.map { $0 * $0 }), [(-8.16959, 5), (5.29107, 5), (23.35949, 5)],
      t: [nil, (1.454, 3), (2.428, 3)])
  }

  @Test func returnsOnSearch() throws {
    let energy = try column("rEN")
    let search = try column("GIs")
    let change = Array(try panel.series("GIs").differenced().values.dropFirst())
    let hac = RegressionCovariance.neweyWest(lags: 4)
    expect(
      try OLS(Array(energy.dropFirst()), [("ΔGIs", change)], covariance: hac), [(-0.2872, 4), (-40.8747, 4)],
      t: [nil, (-3.98, 2)], rSquared: (0.176, 3))
    expect(
      try OLS(Array(column("rHC").dropFirst()), [("ΔGIs", change)], covariance: hac),
      [(0.0356, 4), (-25.1059, 4)],
      t: [nil, (-5.85, 2)])
    expect(
      try OLS(energy, [("GIs", search)], covariance: hac), [(0.155536, 6), (-1.599901, 6)],
      t: [nil, (-0.683, 3)])
    let crash = try panel.from(Day("2020-01-02")!, to: Day("2020-03-23")!)
    expect(
      try OLS(crash.series("rEN").values, [("GIs", crash.series("GIs").values)], covariance: hac),
      [(-0.279, 3), (-5.63, 2)], t: [nil, (-3.38, 2)])
    expect(
      try OLS(energy, [("rM", column("rM")), ("GIs", search)], covariance: hac),
      [(-0.214773, 6), (1.34168, 5), (-0.216117, 6)], t: [nil, (11.083, 3), (-0.205, 3)],
      rSquared: (0.70063, 5))
  }
}

/// The DM/GBP returns in percent, eight decimals, T = 1,974 (Bollerslev and Ghysels 1996).
@Suite(.enabled(if: SharedFinance.isPresent, Comment(rawValue: SharedFinance.missing)))
struct MarkPoundTests {
  let y: [Double]
  init() throws { y = try Panel(reading: SharedFinance.path("dem2gbp.csv")).columns[0] }

  @Test func descriptionAndTests() throws {
    let found = try Description(y)
    #expect(found.count == 1974 && prints(found.mean, -0.0164267868, 10))
    #expect(prints(found.skewness, -0.249514, 6) && prints(found.kurtosis, 6.627654, 6))
    #expect(prints(try JarqueBera(y).statistic, 1102.88229, 5))
    #expect(prints(try AugmentedDickeyFuller(y, lags: .fixed(5)).statistic, -17.43590685, 8))
    #expect(
      prints(
        try AugmentedDickeyFuller(y, terms: .constantAndTrend, lags: .fixed(5)).statistic, -17.45336700, 8))
    #expect(prints(try KPSS(y, lags: .fixed(10)).statistic, 0.14479665, 8))
    #expect(prints(try PhillipsPerron(y, lags: 10).statistic, -43.99535192, 8))
    #expect(prints(try DickeyFullerGLS(y, lags: .fixed(5)).statistic, -13.81824031, 8))
    #expect(prints(try LjungBox(y, lags: 10).statistic, 6.97470164, 8))
    // Squares about the mean.
    let centered = y.map { $0 - y.mean }
    #expect(prints(try LjungBox(centered, lags: 10, squared: true).statistic, 392.979016, 6))
    #expect(close(try ARCHLM(centered, lags: 5).statistic, 182.42994531165718, 1e-11))
    #expect(prints(try VarianceRatio(y).statistic, -11.228708, 6))
    var sum = 0.0
    let cumulated = y.map { value -> Double in
      sum += value
      return sum
    }
    let adf = try AugmentedDickeyFuller(cumulated, lags: .fixed(5))
    #expect(prints(adf.statistic, -1.71035712, 8) && prints(adf.pValue, 0.42578, 5))
  }

  @Test(arguments: [
    (RegressionCovariance.hc0, 0.01047469, 0.03151002, 8), (.hc1, 0.01048, 0.031526, 6),
    (.hc3, 0.01052334, 0.03174611, 8), (.neweyWest(lags: 5), 0.01212544, 0.03391814, 8),
    (.neweyWest(lags: 10), 0.01306005, 0.03389917, 8),
  ])
  func absoluteReturns(_ covariance: RegressionCovariance, _ a: Double, _ b: Double, _ decimals: Int) throws {
    let size = y.map(abs)
    let fit = try OLS(Array(size.dropFirst()), [("lag", Array(size.dropLast()))], covariance: covariance)
    #expect(
      prints(fit.coefficients[0].value, 0.23951921, 8) && prints(fit.coefficients[1].value, 0.2701875, 7))
    #expect(
      prints(fit.coefficients[0].standardError, a, decimals)
        || decimals == 6 && close(fit.coefficients[0].standardError, a, 5e-6))
    #expect(prints(fit.coefficients[1].standardError, b, decimals))
  }
}
