import Testing
import Volatility

/// Values printed by arch 8.0.0 for the same two series of 300 numbers.
struct UnitRootTests {
  enum Kind: Sendable {
    case w, a
    var values: [Double] { self == .w ? Fixture.walk : Fixture.autoregression }
  }

  static let dickeyFuller: [(Kind, DeterministicTerms, LagSelection, Int, Double, Double)] = [
    (.w, .none, .aic(), 0, -0.8461648095278438, 0.3511965931020805),
    (.w, .none, .bic(), 0, -0.8461648095278438, 0.3511965931020805),
    (.w, .none, .tStatistic(), 6, -0.7969442499697522, 0.3718015249593922),
    (.w, .none, .fixed(3), 3, -0.7911314301096309, 0.3742424544702778),
    (.w, .constant, .aic(), 0, -2.017205736625492, 0.2790803096900687),
    (.w, .constant, .bic(), 0, -2.017205736625492, 0.2790803096900687),
    (.w, .constant, .tStatistic(), 5, -1.7622849020063165, 0.3993403273993384),
    (.w, .constant, .fixed(3), 3, -1.843891891259442, 0.3588984327910233),
    (.w, .constantAndTrend, .aic(), 0, -2.4735991785393026, 0.34128496309353873),
    (.w, .constantAndTrend, .bic(), 0, -2.4735991785393026, 0.34128496309353873),
    (.w, .constantAndTrend, .tStatistic(), 6, -1.894198518919823, 0.6576701278278302),
    (.w, .constantAndTrend, .fixed(3), 3, -2.3605650301351515, 0.4007826737387985),
    (.w, .constantAndQuadraticTrend, .aic(), 0, -3.966287054653821, 0.034672570969713504),
    (.w, .constantAndQuadraticTrend, .bic(), 0, -3.966287054653821, 0.034672570969713504),
    (.w, .constantAndQuadraticTrend, .tStatistic(), 16, -3.7256487099890068, 0.06596097018979773),
    (.w, .constantAndQuadraticTrend, .fixed(3), 3, -3.8448097458931145, 0.04839949652179249),
    (.a, .none, .aic(), 0, -4.4956825451749, 9.61822228273955e-06),
    (.a, .none, .bic(), 0, -4.4956825451749, 9.61822228273955e-06),
    (.a, .none, .tStatistic(), 14, -3.044329566751088, 0.0023078335295536137),
    (.a, .none, .fixed(3), 3, -4.562406638804003, 7.237658908402468e-06),
    (.a, .constant, .aic(), 0, -4.5360837967636, 0.00016913493170037837),
    (.a, .constant, .bic(), 0, -4.5360837967636, 0.00016913493170037837),
    (.a, .constant, .tStatistic(), 14, -3.0949314141046567, 0.02693056752679863),
    (.a, .constant, .fixed(3), 3, -4.654885863400045, 0.00010220208976459244),
    (.a, .constantAndTrend, .aic(), 0, -4.7922482278904175, 0.0004832511866094988),
    (.a, .constantAndTrend, .bic(), 0, -4.7922482278904175, 0.0004832511866094988),
    (.a, .constantAndTrend, .tStatistic(), 14, -3.584440316404145, 0.031186544332698695),
    (.a, .constantAndTrend, .fixed(3), 3, -5.10158265408821, 0.00013383884125924887),
    (.a, .constantAndQuadraticTrend, .aic(), 0, -4.9469295379405995, 0.0012638741089814787),
    (.a, .constantAndQuadraticTrend, .bic(), 0, -4.9469295379405995, 0.0012638741089814787),
    (.a, .constantAndQuadraticTrend, .tStatistic(), 14, -4.410714004326358, 0.008816166119999585),
    (.a, .constantAndQuadraticTrend, .fixed(3), 3, -5.499609900544954, 0.00012731958524817772),
  ]

  static let gls: [(Kind, DeterministicTerms, LagSelection, Int, Double, Double)] = [
    (.w, .constant, .aic(), 0, -0.9204748718809459, 0.32618322446793746),
    (.w, .constant, .bic(), 0, -0.9204748718809459, 0.32618322446793746),
    (.w, .constant, .tStatistic(), 5, -0.9298123555603022, 0.3221926396213899),
    (.w, .constantAndTrend, .aic(), 0, -0.8336042332185437, 0.8921911773431673),
    (.w, .constantAndTrend, .bic(), 0, -0.8336042332185437, 0.8921911773431673),
    (.w, .constantAndTrend, .tStatistic(), 5, -0.8719234117677306, 0.8804500138409451),
    (.a, .constant, .aic(), 0, -4.50256158614889, 1.0634161786466514e-05),
    (.a, .constant, .bic(), 0, -4.50256158614889, 1.0634161786466514e-05),
    (.a, .constant, .tStatistic(), 14, -3.0538324967668204, 0.0023682707224553672),
    (.a, .constantAndTrend, .aic(), 0, -4.5690062452394935, 0.00015598411910206514),
    (.a, .constantAndTrend, .bic(), 0, -4.5690062452394935, 0.00015598411910206514),
    (.a, .constantAndTrend, .tStatistic(), 14, -3.1447337533819124, 0.023033506600989684),
  ]

  static let phillipsPerron: [(Kind, DeterministicTerms, PhillipsPerron.Kind, Double, Double, [Double])] = [
    (
      .w, .none, .tau, -0.7998942055057939, 0.37056328141451056,
      [-2.5732581619892394, -1.9419347991101983, -1.6159611144234243]
    ),
    (
      .w, .none, .rho, -1.2838844870570938, 0.42389983427745836,
      [-12.291314231130048, -7.147980304628737, -5.051503191747498]
    ),
    (
      .w, .constant, .tau, -2.072796727319734, 0.25559289833241305,
      [-3.4524113009049935, -2.8712554127251764, -2.571946570731871]
    ),
    (
      .w, .constant, .rho, -8.793812406548856, 0.1802577065602815,
      [-20.231764167588977, -13.900865542511308, -11.123428996313217]
    ),
    (
      .w, .constantAndTrend, .tau, -2.3507280141787357, 0.4061195898929732,
      [-3.989370928165566, -3.425276382171434, -3.1357422321841852]
    ),
    (
      .w, .constantAndTrend, .rho, -9.099648479095618, 0.494133584071415,
      [-28.592750476328163, -21.281140212212094, -17.93623860535218]
    ),
    (
      .a, .none, .tau, -4.34537277192202, 1.8082672622239184e-05,
      [-2.5732581619892394, -1.9419347991101983, -1.6159611144234243]
    ),
    (
      .a, .none, .rho, -35.468156775576915, 2.47428477472363e-05,
      [-12.291314231130048, -7.147980304628737, -5.051503191747498]
    ),
    (
      .a, .constant, .tau, -4.371846290379643, 0.00033280289598954714,
      [-3.4524113009049935, -2.8712554127251764, -2.571946570731871]
    ),
    (
      .a, .constant, .rho, -36.05404742117396, 0.00020816504341627704,
      [-20.231764167588977, -13.900865542511308, -11.123428996313217]
    ),
    (
      .a, .constantAndTrend, .tau, -4.528344773685576, 0.0013561691954877553,
      [-3.989370928165566, -3.425276382171434, -3.1357422321841852]
    ),
    (
      .a, .constantAndTrend, .rho, -37.89963882413623, 0.0014600433794007474,
      [-28.592750476328163, -21.281140212212094, -17.93623860535218]
    ),
  ]

  static let kpss: [(Kind, DeterministicTerms, KPSS.Lags, Int, Double, Double)] = [
    (.w, .constant, .automatic, 10, 0.63902242087987, 0.018082276927321218),
    (.w, .constant, .schwert, 16, 0.4506235674416431, 0.05336763517448653),
    (.w, .constantAndTrend, .automatic, 10, 0.5096635201683817, 0.0001),
    (.w, .constantAndTrend, .schwert, 16, 0.3610453244828443, 0.0004397633225902402),
    (.a, .constant, .automatic, 10, 0.5532283110019455, 0.029299317879439003),
    (.a, .constant, .schwert, 16, 0.48319677789261045, 0.04402580552684739),
    (.a, .constantAndTrend, .automatic, 10, 0.152555786603143, 0.04474421339685699),
    (.a, .constantAndTrend, .schwert, 16, 0.14195569269567837, 0.05770042681155783),
  ]

  @Test func augmentedDickeyFuller() throws {
    for (series, terms, lags, chosen, statistic, p) in UnitRootTests.dickeyFuller {
      let test = try AugmentedDickeyFuller(series.values, terms: terms, lags: lags)
      #expect(test.lags == chosen && test.observations == 299 - chosen)
      #expect(close(test.statistic, statistic, 1e-9), "\(series) \(test.name) \(lags): \(test.statistic)")
      #expect(close(test.pValue, p, 1e-10))
      #expect(test.nullHypothesis.contains("unit root"))
    }
  }

  @Test func criticalValues() throws {
    let test = try AugmentedDickeyFuller(Fixture.walk, terms: .constantAndQuadraticTrend, lags: .fixed(0))
    #expect(
      close(
        test.criticalValues.map(\.value), [-4.410299673874418, -3.852285637617725, -3.565561047772467], 1e-12)
    )
    #expect(test.criticalValues.map(\.level) == [0.01, 0.05, 0.1])
    #expect(test.rejects() && !test.rejects(at: 0.01))
    let gls = try DickeyFullerGLS(Fixture.walk, terms: .constantAndTrend, lags: .fixed(0))
    #expect(
      close(
        gls.criticalValues.map(\.value), [-3.4791912356844112, -2.9117100266361216, -2.6226056032196983], 1e-9
      ))
    let kpss = try KPSS(Fixture.walk)
    #expect(close(kpss.criticalValues.map(\.value), [0.7428, 0.4614, 0.3475], 1e-12))
  }

  @Test func dickeyFullerGLS() throws {
    for (series, terms, lags, chosen, statistic, p) in UnitRootTests.gls {
      let test = try DickeyFullerGLS(series.values, terms: terms, lags: lags)
      #expect(test.lags == chosen)
      #expect(close(test.statistic, statistic, 1e-9) && close(test.pValue, p, 1e-9), "\(series) \(test.name)")
    }
  }

  @Test func phillipsPerron() throws {
    for (series, terms, kind, statistic, p, critical) in UnitRootTests.phillipsPerron {
      let test = try PhillipsPerron(series.values, terms: terms, kind: kind)
      #expect(test.lags == 16)
      #expect(close(test.statistic, statistic, 1e-9) && close(test.pValue, p, 1e-9), "\(series) \(test.name)")
      #expect(close(test.criticalValues.map(\.value), critical, 1e-12))
    }
  }

  @Test func kpss() throws {
    for (series, terms, lags, chosen, statistic, p) in UnitRootTests.kpss {
      let test = try KPSS(series.values, terms: terms, lags: lags)
      #expect(test.lags == chosen)
      #expect(
        close(test.statistic, statistic, 1e-10) && close(test.pValue, p, 1e-10), "\(series) \(test.name)")
    }
  }

  @Test func errors() {
    let constant = [Double](repeating: 2, count: 50)
    #expect(throws: VolatilityError.self) { try AugmentedDickeyFuller(constant) }
    #expect(throws: VolatilityError.self) { try KPSS(constant) }
    #expect(throws: VolatilityError.self) { try PhillipsPerron(constant) }
    #expect(throws: VolatilityError.self) { try DickeyFullerGLS(constant) }
    #expect(throws: VolatilityError.self) { try AugmentedDickeyFuller([1, 2]) }
    #expect(throws: VolatilityError.self) { try AugmentedDickeyFuller([1, 2, .nan, 3, 4, 5]) }
    #expect(throws: VolatilityError.self) { try AugmentedDickeyFuller(Fixture.walk, lags: .fixed(160)) }
    #expect(throws: VolatilityError.self) {
      try AugmentedDickeyFuller(Fixture.walk, lags: .aic(maximum: 500))
    }
    #expect(throws: VolatilityError.self) { try DickeyFullerGLS(Fixture.walk, terms: .none) }
    #expect(throws: VolatilityError.self) { try KPSS(Fixture.walk, terms: .none) }
    #expect(throws: VolatilityError.self) { try KPSS(Fixture.walk, lags: .fixed(300)) }
    #expect(throws: VolatilityError.self) { try PhillipsPerron(Fixture.walk, lags: -1) }
    // Constant but for one step: lags find nothing to work with and say so.
    let step = (0..<60).map { $0 < 58 ? 1.0 : 2 }
    #expect(throws: VolatilityError.self) { try AugmentedDickeyFuller(step, lags: .fixed(3)) }
  }
}
