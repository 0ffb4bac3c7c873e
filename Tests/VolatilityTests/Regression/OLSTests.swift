import Testing
import Volatility

/// Values printed by statsmodels 0.15.0 for the same numbers.
struct OLSTests {
  let y = Fixture.regression.y
  let x: [(String, [Double])] = [("x1", Fixture.regression.x1), ("x2", Fixture.regression.x2)]

  @Test func estimatesAndFit() throws {
    let fit = try OLS(y, x)
    #expect(fit.coefficients.map(\.name) == ["const", "x1", "x2"])
    #expect(close(fit.coefficients.map(\.value), [1.319760789797834, 0.740982716716104, -0.498975905722231]))
    #expect(
      close(fit.coefficients.map(\.standardError), [0.172369306090949, 0.238480166437457, 0.174852615645498]))
    #expect(close(fit.coefficients.map(\.t), [7.656588169482283, 3.107104157906697, -2.853694260621595]))
    #expect(close(fit.coefficients[0].p, 4.650328405003721e-11, 1e-18))
    #expect(close(fit.coefficients["x2"]?.p ?? 0, 5.548467948788764e-03, 1e-12))
    #expect(close(fit.rSquared, 0.12976639819735813) && close(fit.adjustedRSquared, 0.10716292802066618))
    #expect(close(fit.logLikelihood, -145.64701505085907))
    #expect(close(fit.aic, 297.29403010171814) && close(fit.bic, 304.44011000573977))
    let test = try #require(fit.jointTest)
    #expect(close(test.f, 5.74099451026636) && close(test.pValueOfF, 0.004742203257985204))
    #expect(test.restrictions == 2 && test.freedom == 77 && fit.freedom == 77 && fit.observations == 80)
    let bare = try OLS(y, x, intercept: false)
    #expect(close(bare.coefficients.map(\.value), [0.844234921700604, -0.380861266388792]))
    #expect(close(bare.rSquared, 0.08513841518404242) && close(bare.adjustedRSquared, 0.06168042582977717))
    #expect(close(bare.jointTest?.f ?? 0, 3.6293995149502516))
  }

  @Test(arguments: [
    (RegressionCovariance.hc0, [0.16129124454983, 0.218621381668996, 0.168312710782097]),
    (.hc1, [0.1644032595766, 0.222839546311634, 0.171560200666698]),
    (.hc2, [0.16460628165314, 0.225637225150814, 0.173065475960078]),
    (.hc3, [0.168037513909575, 0.233002719922029, 0.178021330727873]),
    (.neweyWest(lags: 0), [0.16129124454983, 0.218621381668996, 0.168312710782097]),
    (.neweyWest(lags: 4), [0.218268116388753, 0.223321203743803, 0.149424180478326]),
    (.neweyWest(lags: 4, smallSample: true), [0.222479464995817, 0.227630048552997, 0.152307227827296]),
  ])
  func robustErrors(_ covariance: RegressionCovariance, _ errors: [Double]) throws {
    let fit = try OLS(y, x, covariance: covariance)
    #expect(close(fit.coefficients.map(\.standardError), errors, 1e-11))
  }

  @Test func inferenceWithRobustErrors() throws {
    let normal = try OLS(y, x, covariance: .neweyWest(lags: 4), inference: .normal)
    #expect(close(normal.coefficients[1].p, 9.066017833660785e-04, 1e-12))
    #expect(close(normal.jointTest?.statistic ?? 0, 16.746851960587836))
    let student = try OLS(y, x, covariance: .neweyWest(lags: 4))
    #expect(close(student.coefficients[1].p, 1.386157485300911e-03, 1e-12))
    #expect(close(student.jointTest?.pValue ?? 0, 0.0005123423321751201, 1e-12))
    let interval = student.coefficients[1].interval()
    #expect(close(interval.lower, 0.296293388177832) && close(interval.upper, 1.185672045254375))
    let equal = try student.wald(
      Matrix(rows: 1, columns: 3, [0, 1, 1]), equal: [0], saying: "x1 + x2 = 0")
    let c = student.covarianceMatrix
    let expected = 0.740982716716104 - 0.498975905722231
    #expect(close(equal.statistic, expected * expected / (c[1, 1] + c[2, 2] + 2 * c[1, 2])))
  }

  /// The plug-in bandwidth in NumPy: 6.1169 from 3 autocovariances; from 4 (arch rounds up) 5.3379, as arch 8.0.0
  /// prints.
  @Test func automaticLags() throws {
    #expect(try OLS(y, x, covariance: .neweyWest(.neweyWest1994)).lags == 6)
    #expect(try OLS(y, x, covariance: .neweyWest(.sampleSize)).lags == 3)
    let andrews = try OLS(y, x, covariance: .neweyWest(.andrews1991))
    // Andrews' (6.4) by hand from the two scores.
    var (above, below) = (0.0, 0.0)
    for column in [Fixture.regression.x1, Fixture.regression.x2] {
      let v = zip(column, andrews.residuals).map { $0 * $1 }
      let before = v.dropLast()
      let rho = zip(before, v.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / before.reduce(0) { $0 + $1 * $1 }
      let s2 = zip(before, v.dropFirst()).reduce(0) { $0 + ($1.1 - rho * $1.0) * ($1.1 - rho * $1.0) } / 79
      let away = (1 - rho) * (1 - rho)
      above += 4 * rho * rho * s2 * s2 / (away * away * away * (1 + rho) * (1 + rho))
      below += s2 * s2 / (away * away)
    }
    let lags = try #require(andrews.lags)
    let bandwidth = 1.1447 * pow3(above / below * 80)
    #expect(lags == Int(bandwidth))
    #expect(throws: VolatilityError.self) { try OLS(y, x, covariance: .neweyWest(lags: 80)) }
    #expect(throws: VolatilityError.self) { try OLS(y, x, covariance: .neweyWest(lags: -1)) }
  }

  private func pow3(_ x: Double) -> Double {
    var root = x
    for _ in 0..<200 { root -= (root * root * root - x) / (3 * root * root) }
    return root
  }

  @Test func diagnostics() throws {
    let fit = try OLS(y, x)
    #expect(close(fit.varianceInflation.map(\.value), [1.4499984552652307, 1.4499984552652307]))
    #expect(close(fit.durbinWatson, 1.0239269438888976))
    let godfrey = try BreuschGodfrey(fit, lags: 3)
    #expect(
      close(godfrey.statistic, 21.514034444643713) && close(godfrey.pValue, 8.23236553013894e-05, 1e-13))
    #expect(close(godfrey.f, 9.073621530603443) && close(godfrey.pValueOfF, 3.4443126360021034e-05, 1e-13))
    let reset = try RESET(fit, highestPower: 3)
    #expect(
      close(reset.statistic, 0.44854976763833143, 1e-8) && close(reset.pValue, 0.6402552563250017, 1e-8))
    let robust = try RESET(fit, highestPower: 3, covariance: .hc1)
    #expect(close(robust.statistic, 0.6818015438587709, 1e-8))
    #expect(throws: VolatilityError.self) { try BreuschGodfrey(fit, lags: 0) }
    #expect(throws: VolatilityError.self) { try RESET(fit, highestPower: 1) }
  }

  private func message(_ body: () throws(VolatilityError) -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return error.message }
  }

  @Test func errorsNameTheCause() {
    let sum = zip(x[0].1, x[1].1).map { $0 - 2 * $1 }
    let collinear = message { () throws(VolatilityError) in _ = try OLS(y, x + [("sum", sum)]) }
    #expect(collinear.contains("'sum' is a combination of 'x1', 'x2'"), "\(collinear)")
    let constant = message { () throws(VolatilityError) in
      _ = try OLS(y, [("level", [Double](repeating: 7, count: 80))])
    }
    #expect(constant.contains("'level' is constant"), "\(constant)")
    let zero = message { () throws(VolatilityError) in
      _ = try OLS(y, [("none", [Double](repeating: 0, count: 80))])
    }
    #expect(zero.contains("'none' is zero"), "\(zero)")
    var hole = x[0].1
    hole[16] = .nan
    #expect(message { () throws(VolatilityError) in _ = try OLS(y, [("x1", hole)]) }.contains("row 17 of 80"))
    hole[16] = -.infinity
    #expect(
      message { () throws(VolatilityError) in _ = try OLS(hole, x) }.contains("response is -inf in row 17"))
    let short = message { () throws(VolatilityError) in _ = try OLS(y, [("x1", [1, 2])]) }
    #expect(short.contains("2 values") && short.contains("80"))
    #expect(
      message { () throws(VolatilityError) in _ = try OLS([1, 2], [("x", [3, 5])]) }.contains("at least 3"))
    #expect(
      message { () throws(VolatilityError) in _ = try OLS([4, 4, 4, 4], [("x", [3, 5, 7, 8])]) }
        .contains("4.0 in all 4"))
    #expect(message { () throws(VolatilityError) in _ = try OLS(y, x + [x[0]]) }.contains("called 'x1'"))
    #expect(
      message { () throws(VolatilityError) in _ = try OLS(y, [], intercept: false) }.contains("intercept"))
    let spike = (0..<80).map { $0 == 3 ? 1.0 : 0 }
    #expect(
      message { () throws(VolatilityError) in _ = try OLS(y, [("spike", spike)], covariance: .hc3) }
        .contains("Row 4"))
  }

  @Test func fromPanels() throws {
    let days = (0..<80).map { Day("2020-01-01")! + $0 }
    var hole = y
    hole[4] = .nan
    let panel = try Panel(
      dates: days, names: ["y", "x1", "x2", "hole"], columns: [y, x[0].1, x[1].1, hole])
    #expect(try OLS("y", on: ["x1", "x2"], in: panel).coefficients == OLS(y, x).coefficients)
    let error = message { () throws(VolatilityError) in _ = try OLS("hole", on: ["x1"], in: panel) }
    #expect(error.contains("'hole' at 2020-01-05"))
    #expect(try OLS("hole", on: ["x1"], in: panel.complete()).observations == 79)
    #expect(message { () throws(VolatilityError) in _ = try OLS("y", on: ["z"], in: panel) }.contains("'z'"))
  }

  @Test func exactFitHasNoNaN() throws {
    let line = x[0].1.map { 2 + 3 * $0 }
    let fit = try OLS(line, [x[0]])
    #expect(close(fit.coefficients.map(\.value), [2, 3], 1e-12) && close(fit.rSquared, 1))
    #expect(fit.coefficients.allSatisfy { !$0.t.isNaN && !$0.p.isNaN })
  }
}
