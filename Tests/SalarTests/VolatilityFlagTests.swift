import Foundation
import PeerSupport
import Reports
import Testing

/// The flags of `salar volatility`, each where it says something.
@Suite struct VolatilityFlagTests {
  let folder: TemporaryFolder
  /// Columns r, x (positive), y (any sign), rv (a measure of r's variance) of 700 rows.
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("panel.csv").path
    let made = folder.file("r.csv").path
    let result = try Program.run([
      "volatility", "simulate", "--at", "mu=0.05,omega=0.05,alpha[1]=0.1,beta[1]=0.85", "--count", "700",
      "--seed", "3", "--out", made,
    ])
    #expect(result.code == 0, "\(result.errors)")
    var text = "r,x,y,rv\n"
    for (t, row) in try String(contentsOfFile: made, encoding: .utf8).split(separator: "\n").dropFirst()
      .enumerated()
    {
      let cells = row.split(separator: ",")
      let (a, b) = (Double(t * 7919 % 101) / 50, Double(t * 104_729 % 97) / 48 - 1)
      text += "\(cells[0]),\(0.2 + a),\(b),\(Double(cells[1])! * (0.6 + 0.4 * a))\n"
    }
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  private func run(_ arguments: [String]) throws -> [String: Any] {
    let result = try Program.run(["volatility"] + arguments + ["--json"])
    try #require(result.code == 0, "\(arguments): \(result.errors)")
    return try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }
  private func json(_ arguments: String...) throws -> [String: Any] { try run(arguments) }

  private func fails(_ arguments: [String], saying words: [String], code: Int32 = 1) throws {
    let result = try Program.run(["volatility"] + arguments)
    #expect(result.code == code && result.output.isEmpty, "\(arguments): \(result.code) \(result.errors)")
    for word in words { #expect(result.errors.contains(word), "\(arguments): \(result.errors)") }
  }

  private func values(_ answer: [String: Any]) throws -> [(name: String, value: Double)] {
    try #require(answer["parameters"] as? [[String: Any]]).map {
      ($0["name"] as! String, $0["value"] as! Double)
    }
  }

  /// One line of flags for all three verbs.
  @Test func fitLikelihoodAndForecastTakeTheSameFlags() throws {
    let line = [
      path, "--column", "r", "--mean", "ar:1", "--mean-x", "y", "--variance", "gjr:1,1,1", "--distribution",
      "t", "--start", "sample-variance", "--x", "x,y", "--x-timing", "lagged", "--x-form", "exponential",
      "--covariance", "hessian", "--fixed", "mu=0.05", "--seed", "4",
    ]
    let fit = try run(["fit"] + line)
    let found = try values(fit)
    #expect(
      found.map(\.name) == [
        "mu", "ar[1]", "theta[y]", "omega", "alpha[1]", "gamma[1]", "beta[1]", "phi[x]", "phi[y]", "nu",
      ])
    #expect(found[0].value == 0.05 && fit["covariance"] as? String == "hessian")
    let at = found.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
    let likelihood = try run(["likelihood"] + line + ["--at", at])
    #expect(abs((likelihood["logLikelihood"] as! Double) - (fit["logLikelihood"] as! Double)) < 1e-8)
    // What --fixed says need not be said again.
    let rest = found.dropFirst().map { "\($0.name)=\($0.value)" }.joined(separator: ",")
    #expect(
      try run(["likelihood"] + line + ["--at", rest])["logLikelihood"] as? Double
        == likelihood["logLikelihood"] as? Double)
    #expect(likelihood["observations"] as? Int == fit["observations"] as? Int)
    #expect(fit["observations"] as? Int == 699)
    let future = folder.file("future.csv").path
    try "x,y\n1,0.2\n".write(toFile: future, atomically: true, encoding: .utf8)
    let fitted = try run(["forecast"] + line + ["--x-path", future])
    let given = try run(["forecast"] + line + ["--x-path", future, "--at", at])
    // The printed parameters are those of the fit to the last digit, but not in the units that it works in.
    let (ours, theirs) = (fitted["variance"] as! [Double], given["variance"] as! [Double])
    #expect(ours.count == theirs.count && zip(ours, theirs).allSatisfy { abs($0 - $1) < 1e-12 * $1 })
    #expect(fitted["status"] as? String == fit["status"] as? String && given["status"] is NSNull)
    // The options reach the fit.
    let targeted = try json("forecast", path, "--column", "r", "--targeting", "--horizon", "3")
    let free = try json("forecast", path, "--column", "r", "--horizon", "3")
    #expect(targeted["variance"] as? [Double] != free["variance"] as? [Double])
    #expect(
      targeted["parameters"] as? [String: Double]
        == Dictionary(
          uniqueKeysWithValues: try values(json("fit", path, "--column", "r", "--targeting")).map {
            ($0.name, $0.value)
          }))
  }

  @Test func observationsOfTheLikelihoodAreThoseOfTheFit() throws {
    let fit = try json("fit", path, "--column", "r", "--mean", "ar:1")
    let at = try values(fit).map { "\($0.name)=\($0.value)" }.joined(separator: ",")
    let there = try json("likelihood", path, "--column", "r", "--mean", "ar:1", "--at", at)
    #expect(there["observations"] as? Int == 699 && fit["observations"] as? Int == 699)
  }

  @Test(arguments: [
    (["--variance", "aparch:1,1,1"], ["mu", "omega", "alpha[1]", "gamma[1]", "beta[1]", "delta"]),
    (["--variance", "figarch:1,1"], ["mu", "omega", "phi", "d", "beta[1]"]),
    (
      ["--variance", "gjr:1,1,1", "--distribution", "skewt"],
      ["mu", "omega", "alpha[1]", "gamma[1]", "beta[1]", "nu", "lambda"]
    ),
    (
      ["--variance", "egarch:1,1,1", "--x", "y", "--distribution", "ged"],
      ["mu", "omega", "alpha[1]", "gamma[1]", "beta[1]", "phi[y]", "nu"]
    ),
    (
      ["--variance", "har:1,5", "--measure", "rv", "--x", "x"],
      ["mu", "omega", "har[1]", "har[5]", "phi[x]"]
    ),
    (["--mean", "arma:1,1", "--variance", "ewma:estimated"], ["mu", "ar[1]", "ma[1]", "decay"]),
    (
      ["--mean", "constant+in-mean:log-variance", "--distribution", "sstd"],
      ["mu", "kappa", "omega", "alpha[1]", "beta[1]", "nu", "xi"]
    ),
  ])
  func namesOfParameters(_ flags: [String], _ names: [String]) throws {
    let answer = try run(["fit", path, "--column", "r"] + flags)
    #expect(try values(answer).map(\.name) == names)
    #expect((answer["logLikelihood"] as! Double).isFinite)
  }

  @Test func formsOfRegressors() throws {
    func fit(_ flags: String...) throws -> Double {
      try run(["fit", path, "--column", "r"] + flags)["logLikelihood"] as! Double
    }
    let plain = try fit()
    let additive = try fit("--x", "x", "--x-form", "additive")
    let sample = try fit("--x", "y", "--x-form", "additive-sample")
    let exponential = try fit("--x", "y", "--x-form", "exponential")
    for one in [additive, sample, exponential] { #expect(one >= plain - 1e-6) }
    #expect(sample != exponential)
    try fails(["fit", path, "--column", "r", "--x", "y"], saying: ["'y'", "negative"])
    try fails(
      ["fit", path, "--column", "r", "--x", "x", "--x-form", "cubic"], saying: ["cubic", "additive-sample"])
    #expect(try fit("--mean-x", "y") > plain - 1e-6)
  }

  @Test func targetingAndNonStationary() throws {
    let targeted = try json("fit", path, "--column", "r", "--targeting")
    let numbers = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst().map {
      Double($0.prefix { $0 != "," })!
    }
    let mean = numbers.reduce(0, +) / 700
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 700
    #expect(abs((targeted["unconditionalVariance"] as! Double) / variance - 1) < 1e-8)
    // A series whose variance only grows.
    let growing = folder.file("growing.csv").path
    let text = (0..<400).map { t in
      "\((Double(t * 7919 % 101) / 50 - 1) * exp(Double(t) / 60))"
    }
    try ("r\n" + text.joined(separator: "\n") + "\n").write(
      toFile: growing, atomically: true, encoding: .utf8)
    let bound = try json("fit", growing)
    let free = try json("fit", growing, "--non-stationary")
    #expect((bound["persistence"] as! Double) <= 1 + 1e-9)
    #expect((free["persistence"] as! Double) > 1)
    #expect((free["logLikelihood"] as! Double) > (bound["logLikelihood"] as! Double))
    #expect((free["warnings"] as! [String]).contains { $0.contains("not stationary") })
    // Warnings reach scripts from forecasts and comparisons too.
    let forecast = try json("forecast", growing, "--non-stationary")
    #expect((forecast["warnings"] as! [String]).contains { $0.contains("not stationary") })
    #expect(forecast["status"] as? String == free["status"] as? String)
    let compared = try Program.run([
      "volatility", "compare", growing, "--variance", "garch:1,1", "--distribution", "normal", "--json",
    ])
    let entries = try #require(
      JSONSerialization.jsonObject(with: Data(compared.output.utf8)) as? [[String: Any]])
    #expect(entries[0]["warnings"] as? [String] == bound["warnings"] as? [String])
    #expect(!(bound["warnings"] as! [String]).isEmpty)
  }

  @Test(arguments: ["cck", "asymmetric", "state", "christie-huang", "rolling", "quantile"])
  func formsOfHerding(_ form: String) throws {
    var flags = ["herding", path, "--market", "r", "--dispersion", "x", "--form", form, "--hac", "4"]
    if form == "state" { flags += ["--state", "y"] }
    let answer = try run(flags)
    let terms = try #require(answer["terms"] as? [[String: Any]])
    let counts = [
      "cck": 1, "asymmetric": 2, "christie-huang": 2, "rolling": 700 - 60 + 1, "quantile": 5,
    ]
    if let count = counts[form] { #expect(terms.count == count, "\(form): \(terms.count)") }
    #expect(terms.allSatisfy { $0["value"] is Double && $0["p"] is Double && $0["verdict"] is String })
    #expect((answer["statement"] as? String)?.isEmpty == false)
    let table = try Program.run(["volatility"] + flags)
    #expect(table.code == 0 && table.output.contains("──"))
    if form == "state" {
      try fails(Array(flags.dropLast(2)), saying: ["--state"], code: 64)
    }
  }

  /// Dispersion that is exactly a + b|m| + cm²: errors of zero, t of infinity.
  @Test func anExactFitIsStillJSON() throws {
    let exact = folder.file("exact.csv").path
    let rows = (0..<64).map { t -> String in
      let m = Double(t % 16) - 8
      return "\(m),\(1 + 0.5 * abs(m) + 0.25 * m * m)"
    }
    try ("m,d\n" + rows.joined(separator: "\n") + "\n").write(
      toFile: exact, atomically: true, encoding: .utf8)
    let answer = try json("herding", exact, "--market", "m", "--dispersion", "d", "--hac", "0")
    let c = try #require((answer["coefficients"] as? [[String: Any]])?.last)
    #expect(abs((c["value"] as! Double) - 0.25) < 1e-9)
    #expect(c["t"] is NSNull || (c["t"] as! Double) > 1e6)
  }

  @Test(.enabled(if: Gnuplot.isInstalled)) func figures() throws {
    let places = ["fit", "forecast"].map { folder.file($0).path }
    let fit = try Program.run([
      "volatility", "fit", path, "--column", "r", "--variance", "gjr:1,1,1", "--figures", places[0],
    ])
    #expect(fit.code == 0, "\(fit.errors)")
    let forecast = try Program.run([
      "volatility", "forecast", path, "--column", "r", "--horizon", "10", "--method", "simulation",
      "--paths", "2000", "--figures", places[1],
    ])
    #expect(forecast.code == 0, "\(forecast.errors)")
    for (place, name) in [(0, "returns"), (0, "news-impact"), (0, "diagnostics"), (1, "forecast")] {
      let file = "\(places[place])/\(name).png"
      let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
      #expect((size ?? 0) > 5000, "\(file)")
    }
    #expect(forecast.errors.contains("forecast.png"))
  }

  @Test func averagesOfAMeasure() throws {
    let flags = [path, "--column", "r", "--variance", "har:1,5", "--measure", "rv"]
    let fit = try run(["fit"] + flags)
    #expect(fit["observations"] as? Int == 695 && (fit["model"] as? String) == "HAR(1,5) on rv")
    #expect((try run(["forecast"] + flags)["variance"] as? [Double])?.count == 1)
    try fails(["forecast"] + flags + ["--horizon", "3"], saying: ["--x-path", "rv"], code: 64)
    let future = folder.file("rv.csv").path
    try "rv\n1\n1.5\n".write(toFile: future, atomically: true, encoding: .utf8)
    let ahead = try run(["forecast"] + flags + ["--horizon", "3", "--x-path", future])
    #expect((ahead["variance"] as? [Double])?.count == 3)
    try fails(["fit", path, "--column", "r", "--variance", "har:1,5"], saying: ["--measure"])
    try fails(["fit", path, "--column", "r", "--measure", "rv"], saying: ["only 'har'"])
    let compared = try Program.run([
      "volatility", "compare", path, "--column", "r", "--variance", "garch:1,1", "har:1,5", "--measure", "rv",
      "--distribution", "normal", "--json",
    ])
    let entries = try #require(
      JSONSerialization.jsonObject(with: Data(compared.output.utf8)) as? [[String: Any]])
    #expect(entries.count == 2 && Set(entries.map { $0["observations"] as? Int }) == [695])
  }

  @Test func signBiasIsATest() throws {
    let answer = try json("test", path, "--column", "r", "--tests", "sign-bias")
    let test = try #require((answer["tests"] as? [[String: Any]])?.first)
    #expect(test["test"] as? String == "sign-bias" && test["observations"] as? Int == 699)
  }

  @Test func monteCarlo() throws {
    func answers(_ seed: String) throws -> [[String: Any]] {
      let result = try Program.run([
        "volatility", "monte-carlo", "--at", "mu=0,omega=0.05,alpha[1]=0.1,beta[1]=0.85", "--lengths",
        "1000", "--series", "60", "--seed", seed, "--json",
      ])
      #expect(result.code == 0, "\(result.errors)")
      return try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    }
    let first = try #require(try answers("1").first)
    #expect(first["length"] as? Int == 1000)
    #expect((first["fitted"] as! Int) + (first["failed"] as! Int) == 60)
    let parameters = try #require(first["parameters"] as? [[String: Any]])
    for one in parameters {
      #expect(abs(one["score"] as! Double) < 4 && (one["coverage"] as! Double) > 0.8, "\(one)")
    }
    func biases(_ answer: [String: Any]) -> [Double] {
      (answer["parameters"] as! [[String: Any]]).map { $0["bias"] as! Double }
    }
    let (again, other) = (try answers("1")[0], try answers("2")[0])
    #expect(biases(again) == biases(first) && biases(other) != biases(first))
    try fails(
      ["monte-carlo", "--at", "mu=0,omega=1,alpha[1]=0.5,beta[1]=0.6", "--lengths", "10"], saying: ["10"],
      code: 64)
  }

  @Test(.enabled(if: Gnuplot.isInstalled)) func studyWritesItsPageWhereNothingIsSaid() throws {
    let market = folder.file("market").path
    #expect(
      try Program.run([
        "volatility", "simulate", "--market", "--count", "200", "--members", "8", "--out", market,
      ]).code == 0)
    let result = try Program.run(
      ["volatility", "study", market, "--sector", "Health Care", "--json"], in: folder.url)
    #expect(result.code == 0, "\(result.errors)")
    let answer = try #require(
      JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let page = folder.url.appendingPathComponent("runs/study-health-care/report.html").path
    #expect(FileManager.default.fileExists(atPath: page))
    #expect((answer["report"] as? String)?.hasSuffix("runs/study-health-care/report.html") == true)
    let rolling = try #require(answer["rollingHerding"] as? [[String: Any]])
    #expect(rolling.count == 200 - 66 + 1 && rolling.allSatisfy { $0["value"] is Double })
    #expect((answer["quantileHerding"] as? [[String: Any]])?.count == 5)
    let model = try #require((answer["models"] as? [[String: Any]])?.first)
    #expect((model["residualTests"] as? [[String: Any]])?.count == 4)
    try fails(
      ["study", market, "--sector", "Health Care", "--weights", "cap"], saying: ["--weights cap", "'cap'"],
      code: 64)
  }
}
