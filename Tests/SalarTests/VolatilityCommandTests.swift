import Foundation
import PeerSupport
import Testing

/// `salar volatility` as scripts use it.
@Suite struct VolatilityCommandTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("r.csv").path
    let made = try Program.run([
      "volatility", "simulate", "--at", "mu=0.05,omega=0.05,alpha[1]=0.1,beta[1]=0.85", "--count", "1500",
      "--seed", "3",
      "--out", path,
    ])
    #expect(made.code == 0, "\(made.errors)")
  }

  private func json(_ arguments: String...) throws -> [String: Any] {
    let result = try Program.run(["volatility"] + arguments + ["--json"])
    #expect(result.code == 0, "\(result.errors)")
    return try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  private func fails(_ arguments: String..., saying words: String..., code: Int32 = 1) throws {
    let result = try Program.run(["volatility"] + arguments)
    #expect(result.code == code, "\(arguments): \(result.code) \(result.errors)")
    #expect(result.output.isEmpty)
    for word in words { #expect(result.errors.contains(word), "\(arguments): \(result.errors)") }
  }

  @Test func fitHasTheKeysOfTheInterface() throws {
    let answer = try json("fit", path, "--column", "r")
    #expect(answer["logLikelihood"] is Double && answer["status"] as? String == "converged")
    #expect(answer["observations"] as? Int == 1500)
    let parameters = try #require(answer["parameters"] as? [[String: Any]])
    #expect(parameters.map { $0["name"] as? String } == ["mu", "omega", "alpha[1]", "beta[1]"])
    for (one, truth) in zip(parameters, [0.05, 0.05, 0.1, 0.85]) {
      let value = try #require(one["value"] as? Double)
      let error = try #require(one["se"] as? Double)
      #expect(abs(value - truth) < 4 * error && one["onBound"] as? Bool == false)
    }
    // Other errors, the same estimates.
    for covariance in ["hessian", "opg", "hac:4"] {
      let other = try json("fit", path, "--column", "r", "--covariance", covariance)
      #expect(other["logLikelihood"] as? Double == answer["logLikelihood"] as? Double)
      let errors = (other["parameters"] as? [[String: Any]])?.compactMap { $0["se"] as? Double }
      #expect(errors?.count == 4 && errors != parameters.compactMap { $0["se"] as? Double })
    }
    // The gradient at the estimates is zero, and the likelihood there the one that was found.
    let at = parameters.map { "\($0["name"]!)=\($0["value"]!)" }.joined(separator: ",")
    let there = try json("likelihood", path, "--column", "r", "--at", at)
    #expect(abs((there["logLikelihood"] as! Double) - (answer["logLikelihood"] as! Double)) < 1e-8)
    let gradient = try #require(there["gradient"] as? [Double])
    #expect(gradient.count == 4 && gradient.allSatisfy { abs($0) < 1e-3 })
    #expect(there["parameters"] as? [String] == ["mu", "omega", "alpha[1]", "beta[1]"])
  }

  /// The reference vector of a GARCH with two regressors.
  @Test(.enabled(if: SharedData.has("finance"), "\(SharedData.missing("finance"))"))
  func likelihoodWithRegressors() throws {
    let panel = SharedData.path("finance/panel_health_energy_2020.csv")
    let answer = try json(
      "likelihood", panel, "--column", "rHC", "--x", "csadHC,GIs", "--start", "sample-variance", "--at",
      "mu=0.1,omega=0.05,alpha[1]=0.2,beta[1]=0.4,phi[csadHC]=0.1,phi[GIs]=3")
    #expect(abs((answer["logLikelihood"] as! Double) + 209.42338699154507) < 1e-9)
    let expected = [
      -0.47697167124485, -8.78533556764409, 38.23559420784222, 25.54485466980761, 1.45816888725962,
      3.13388020406650,
    ]
    for (found, expected) in zip(answer["gradient"] as! [Double], expected) {
      #expect(abs(found - expected) < 1e-9)
    }
    let fit = try json("fit", panel, "--column", "rHC", "--x", "csadHC,GIs", "--start", "sample-variance")
    #expect(abs((fit["logLikelihood"] as! Double) + 204.303152) < 1e-5)
    let omega = try #require((fit["parameters"] as? [[String: Any]])?[1])
    #expect(omega["onBound"] as? Bool == true && omega["se"] is NSNull)
    let herding = try json("herding", panel, "--market", "ewHC", "--dispersion", "csadHC", "--hac", "4")
    let c = try #require(herding["coefficients"] as? [[String: Any]])
    for (found, expected) in zip(c, [(1.066833, 9.8594), (0.237667, 3.0383), (0.003602, 0.4969)]) {
      #expect(abs((found["value"] as! Double) - expected.0) < 1e-6)
      #expect(abs((found["t"] as! Double) - expected.1) < 1e-3)
    }
    let tests = try json("test", panel, "--column", "rHC", "--tests", "adf,jb")
    let adf = try #require((tests["tests"] as? [[String: Any]])?.first)
    #expect(abs((adf["statistic"] as! Double) + 2.46528) < 1e-5 && adf["lags"] as? Int == 8)
  }

  @Test func forecasts() throws {
    let at = "mu=0.05,omega=0.05,alpha[1]=0.1,beta[1]=0.85"
    let analytic = try json("forecast", path, "--column", "r", "--at", at, "--horizon", "40")
    let variance = try #require(analytic["variance"] as? [Double])
    #expect(variance.count == 40)
    // h_{T+k} − σ̄² falls by α + β a step.
    for k in 1..<40 { #expect(abs((variance[k] - 1) - 0.95 * (variance[k - 1] - 1)) < 1e-12) }
    let simulated = try json(
      "forecast", path, "--column", "r", "--at", at, "--horizon", "5", "--method", "simulation", "--paths",
      "40000")
    for (a, b) in zip(simulated["variance"] as! [Double], variance) { #expect(abs(a - b) < 0.03 * b) }
    #expect((simulated["expectedShortfall"] as! [Double])[4] > (simulated["valueAtRisk"] as! [Double])[4])
    let again = try json(
      "forecast", path, "--column", "r", "--at", at, "--horizon", "5", "--method", "simulation", "--paths",
      "40000")
    #expect(again["variance"] as! [Double] == simulated["variance"] as! [Double])
  }

  @Test func backtests() throws {
    let answer = try json(
      "backtest", path, "--column", "r", "--window", "1000", "--refit", "100", "--level", "0.05")
    #expect(answer["forecasts"] as? Int == 500 && answer["refits"] as? Int == 5)
    #expect(answer["expected"] as? Double == 25 && (answer["failures"] as? [Any])?.isEmpty == true)
    let tests = try #require(answer["tests"] as? [[String: Any]])
    #expect(tests.count == 6)
    // The model is the one that made the series.
    for one in tests { #expect((one["p"] as! Double) > 0.005, "\(one)") }
    let folder = folder.file("backtest").path
    let result = try Program.run([
      "volatility", "backtest", path, "--column", "r", "--window", "1400", "--refit", "50", "--out", folder,
    ])
    #expect(result.code == 0 && result.output.contains("Kupiec"))
    for name in ["forecasts.csv", "value-at-risk.png"] {
      #expect(FileManager.default.fileExists(atPath: folder + "/" + name), "\(name)")
    }
    try fails("backtest", path, "--column", "r", "--window", "1500", saying: "1500")
    try fails("backtest", path, "--column", "r", "--level", "0.7", saying: "0.7", code: 64)
  }

  @Test func regressorsOfForecastsAreAskedForByName() throws {
    let panel = folder.file("x.csv").path
    var text = "r,x\n"
    for (t, row) in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst()
      .enumerated()
    {
      text += "\(row.split(separator: ",")[0]),\(1 + Double(t % 7) / 7)\n"
    }
    try text.write(toFile: panel, atomically: true, encoding: .utf8)
    try fails("forecast", panel, "--column", "r", "--x", "x", saying: "--x-path", "x", code: 64)
    let future = folder.file("future.csv").path
    try "x\n1\n2\n".write(toFile: future, atomically: true, encoding: .utf8)
    let two = try json("forecast", panel, "--column", "r", "--x", "x", "--horizon", "2", "--x-path", future)
    #expect((two["variance"] as? [Double])?.count == 2)
    try fails(
      "forecast", panel, "--column", "r", "--x", "x", "--horizon", "3", "--x-path", future, saying: "x", "3")
    // A regressor of the day before needs nothing for one step.
    #expect(
      (try json("forecast", panel, "--column", "r", "--x", "x", "--x-timing", "lagged")["variance"]
        as? [Double])?.count == 1)
  }

  @Test func tablesInEveryFormat() throws {
    for (format, mark) in [
      ("text", "──"), ("markdown", "| ---"), ("latex", "\\toprule"), ("csv", "parameter,"),
    ] {
      let result = try Program.run(["volatility", "fit", path, "--column", "r", "--format", format])
      #expect(
        result.code == 0 && result.output.contains(mark) && result.output.contains("omega"), "\(format)")
    }
  }

  @Test func compareRanksModels() throws {
    let result = try Program.run([
      "volatility", "compare", path, "--column", "r", "--variance", "garch:1,1", "arch:1", "constant",
      "--distribution",
      "normal", "--json",
    ])
    let answers = try #require(
      JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    #expect(answers.map { $0["model"] as? String } == ["GARCH(1,1)", "ARCH(1)", "Constant variance"])
    let bic = answers.compactMap { $0["bic"] as? Double }
    #expect(bic == bic.sorted() && Set(answers.map { $0["observations"] as? Int }) == [1500])
  }

  @Test func studyOfASimulatedMarket() throws {
    let market = folder.file("market").path
    #expect(
      try Program.run([
        "volatility", "simulate", "--market", "--count", "400", "--members", "12", "--out", market,
      ]).code == 0)
    let answer = try json("study", market, "--sector", "Health Care", "--out", folder.file("study").path)
    #expect((answer["claims"] as? [[String: Any]])?.count == 4 && answer["days"] as? Int == 400)
    #expect((answer["members"] as? [String])?.count == 12)
    try fails("study", market, "--sector", "Utilities", saying: "Utilities", "Health Care")
    try fails("study", folder.url.path, "--sector", "Health Care", saying: "prices")
  }

  @Test func badInputNamesTheCause() throws {
    func write(_ name: String, _ text: String) throws -> String {
      let place = folder.file(name).path
      try text.write(toFile: place, atomically: true, encoding: .utf8)
      return place
    }
    let noise = (0..<60).map { "\(Double(($0 * 7919) % 101) / 50 - 1)" }
    let constant = try write("constant.csv", "r\n" + String(repeating: "0.5\n", count: 60))
    try fails("fit", constant, saying: "constant")
    try fails("fit", try write("two.csv", "r\n1\n2\n"), saying: "2 observations")
    try fails("fit", try write("inf.csv", "r\n" + noise.joined(separator: "\n") + "\ninf\n"), saying: "inf")
    let rows = noise.enumerated().map { "\($1),\($0 % 5),\(2 * ($0 % 5)),\($0 % 5 - 2)" }.joined(
      separator: "\n")
    let panel = try write("panel.csv", "r,a,b,c\n" + rows + "\n")
    try fails("fit", panel, "--column", "r", "--x", "a,b", saying: "collinear")
    try fails("fit", panel, "--column", "r", "--x", "c", saying: "'c'", "negative")
    try fails("fit", panel, "--column", "r", "--x", "q", saying: "'q'")
    try fails("fit", panel, "--column", "r", "--variance", "grach:1,1", saying: "grach", "garch")
    try fails("fit", panel, "--column", "r", "--distribution", "cauchy", saying: "cauchy", "normal")
    try fails("fit", panel, "--column", "r", "--fixed", "omga=1", saying: "omga", "omega")
    try fails("likelihood", panel, "--column", "r", "--at", "mu=0", saying: "omega")
    try fails("test", panel, "--column", "r", "--tests", "adff", saying: "adff", "adf")
    try fails("herding", panel, "--market", "r", "--dispersion", "zz", saying: "zz")
    try fails("fit", folder.file("none.csv").path, saying: "none.csv")
    try fails(
      "simulate", "--at", "mu=0,omega=1,alpha[1]=0.5,beta[1]=0.6", "--out", folder.file("o.csv").path,
      saying: "stationary")
    #expect(!FileManager.default.fileExists(atPath: folder.file("o.csv").path))
  }
}
