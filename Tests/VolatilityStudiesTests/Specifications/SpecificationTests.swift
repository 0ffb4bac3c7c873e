import Testing
import Volatility

@testable import VolatilityStudies

/// What an initialiser says of a text it refuses.
func message<Value>(_ body: () throws(VolatilityError) -> Value) -> String {
  do {
    _ = try body()
    return ""
  } catch {
    return error.kind == .specification ? error.message : "kind \(error.kind.rawValue)"
  }
}

@Suite struct SpecificationTests {
  @Test func means() throws {
    let known: [(String, MeanModel)] = [
      ("constant", .constant), ("zero", .zero), ("ar:1", .ar(1)), (" AR:2 ", .ar(2)), ("ar", .ar(1)),
      ("arma:1,1", .arma(1, 1)), ("ma:2", MeanModel(ma: 2)), ("har", .har()),
      ("har:1,5,22", .har([1, 5, 22])),
      ("zero+ar:1", MeanModel(constant: false, ar: 1)),
      ("constant+in-mean:volatility", .constant.withInMean(.volatility)),
      ("ar:1+in-mean:variance", .ar(1).withInMean(.variance)),
      ("constant+in-mean:log", .constant.withInMean(.logVariance)),
      ("ar:1+har:5,22", MeanModel(ar: 1, har: [5, 22])),
      ("arma:0,2", MeanModel(ma: 2)), ("Const", .constant),
    ]
    for (text, model) in known { #expect(try MeanModel(parsing: text) == model, "\(text)") }
    #expect(try MeanSpecification(parsing: "arx:2") == MeanSpecification(.ar(2), needsRegressors: true))
    #expect(try MeanSpecification(parsing: "ls") == MeanSpecification(.constant, needsRegressors: true))
  }

  @Test func meansComeBack() throws {
    for constant in [true, false] {
      for (ar, ma) in [(0, 0), (1, 0), (3, 0), (0, 2), (2, 1)] {
        for har in [[], [1, 5, 22], [3]] {
          for form in [nil, MeanModel.InMean.volatility, .variance, .logVariance] {
            let model = MeanModel(constant: constant, ar: ar, ma: ma, har: har, inMean: form)
            #expect(try MeanModel(parsing: model.specification) == model, "\(model.specification)")
            let demanding = MeanSpecification(model, needsRegressors: true)
            if constant || ar + ma + har.count > 0 {
              #expect(try MeanSpecification(parsing: demanding.text) == demanding, "\(demanding.text)")
            }
          }
        }
      }
    }
    #expect(MeanModel.har().specification == "har:1,5,22")
    #expect(MeanModel.constant.withInMean(.logVariance).specification == "constant+in-mean:log-variance")
  }

  @Test func variances() throws {
    let known: [(String, VarianceModel)] = [
      ("constant", .constant), ("arch:5", .arch(5)), ("garch:1,1", .garch(p: 1, q: 1)),
      ("garch", .garch(p: 1, q: 1)),
      ("garch:1,1,1", .gjr()), ("gjr:1,1,1", .gjr()), ("gjr:2,1", .gjr(p: 2, o: 1, q: 1)),
      ("GJR-GARCH", .gjr()),
      ("tarch:1,1,1", .tarch()), ("zarch:1,1", .tarch()), ("egarch:1,1,1", .egarch(p: 1, q: 1)),
      ("egarch:1,0,1", .egarch(p: 1, o: 0, q: 1)), ("aparch:1,1,1", .aparch(p: 1, q: 1)),
      ("figarch:1,1", .figarch()), ("figarch:0,1", .figarch(p: 0, q: 1)),
      ("avgarch", .garch(p: 1, q: 1, power: 1)),
      ("figarch:1,1,power=1,truncation=500", .figarch(power: 1, truncation: 500)), ("ewma", .ewma()),
      ("ewma:0.94", .ewma()), ("ewma:.97", .ewma(decay: 0.97)), ("ewma:estimated", .ewma(decay: nil)),
      ("garch:1,1,power=1.5", .garch(p: 1, q: 1, power: 1.5)), ("RiskMetrics", .ewma()),
      (" garch : 1, 2 ", .garch(p: 1, q: 2)),
    ]
    for (text, model) in known { #expect(try VarianceModel(parsing: text) == model, "\(text)") }
  }

  static let someVariances: [VarianceModel] =
    [.constant, .arch(1), .arch(5), .ewma(), .ewma(decay: 0.97), .ewma(decay: nil)]
    + [1, 2, 1.5, 0.7].flatMap { power in
      [(1, 0, 1), (2, 0, 1), (1, 1, 1), (2, 1, 3), (1, 0, 0), (0, 1, 1)].map { p, o, q in
        VarianceModel.garch(p: p, o: o, q: q, power: power)
      }
    }
    + [.egarch(p: 1, q: 1), .egarch(p: 2, o: 0, q: 1), .aparch(p: 2, o: 1, q: 1), .aparch(p: 1, o: 0, q: 1)]
    + [.figarch(), .figarch(p: 0, q: 1), .figarch(p: 1, q: 0, power: 1.3, truncation: 250)]

  @Test(arguments: someVariances) func variancesComeBack(_ model: VarianceModel) throws {
    #expect(try VarianceModel(parsing: model.specification) == model, "\(model.specification)")
  }

  @Test func averagesOfAMeasure() throws {
    let model = VarianceModel.har([1, 5, 22], measure: "rv")
    #expect(try VarianceModel(parsing: "har", measure: "rv") == model)
    #expect(try VarianceModel(parsing: "HAR:1,10", measure: "rv") == .har([1, 10], measure: "rv"))
    #expect(try VarianceModel(parsing: model.specification, measure: model.measure) == model)
    let whole = ModelSpecification(
      VolatilityModel(variance: model, distribution: .studentT, regressors: [Regressor("G")]))
    #expect(whole.variance == "har:1,5,22" && whole.measure == "rv")
    #expect(whole.arguments.joined(separator: " ").contains("--variance har:1,5,22 --measure rv"))
    #expect(try whole.model().variance == model && whole.model().title == "HAR(1,5,22) on rv-X, Student's t")
    for (text, measure, part) in [
      ("har:1,5", "", "--measure COL"), ("garch:1,1", "rv", "only 'har'"), ("har:0", "rv", "from 1 to 1000"),
      ("har:5,5", "rv", "each once"),
    ] {
      let found = message { () throws(VolatilityError) in try VarianceModel(parsing: text, measure: measure) }
      #expect(found.contains(part), "\(text): \(found)")
    }
  }

  @Test func signBiasOfASeries() throws {
    // Shocks below zero double the size of what follows.
    var generator = SplitMix64(11)
    var before = 1.0
    let x = (0..<4000).map { _ in
      before =
        (before < 0 ? 2.0 : 1.0) * InnovationDistribution.normal.sample(using: &generator)
      return 3 + before
    }
    let test = try #require(try SeriesTest.parsing("sign-bias").first)
    #expect(try test.run(x).rejects(at: 1e-6))
    let plain = (0..<4000).map { _ in 3 + InnovationDistribution.normal.sample(using: &generator) }
    #expect(!(try test.run(plain).rejects(at: 1e-6)))
    #expect(SeriesTest.allCases.contains(.signBias))
    #expect(throws: VolatilityError.self) { try test.run([1, 1, 1, 1, 1, 1, 1, 1]) }
  }

  @Test func choicesComeBack() throws {
    for one in InnovationDistribution.allCases {
      #expect(try InnovationDistribution(parsing: one.specification) == one)
    }
    for one in [
      Initialisation.ewma, .sampleVariance, .fixedSample, .unconditional, .user(0.25), .user(1e-7), .user(3),
    ] {
      #expect(try Initialisation(parsing: one.specification) == one)
    }
    for one in [Regressor.Timing.same, .lagged(1), .lagged(7)] {
      #expect(try Regressor.Timing(parsing: one.specification) == one)
    }
    for one in [Regressor.VarianceForm.additive, .additiveOnSample, .exponential] {
      #expect(try Regressor.VarianceForm(parsing: one.specification) == one)
    }
    for one in [
      CovarianceChoice.robust, .hessian, .opg, .hac(lags: nil), .hac(lags: 4), .bootstrap(replications: 499),
    ] { #expect(try CovarianceChoice(parsing: one.specification) == one) }
    #expect(try CovarianceChoice(parsing: "bootstrap") == .bootstrap(replications: 999))
    #expect(try Initialisation(parsing: "1e-4") == .user(1e-4))
  }

  @Test func refusals() {
    let gach = message { () throws(VolatilityError) in try VarianceModel(parsing: "gach:1,1") }
    #expect(gach.contains("there is no variance 'gach' (did you mean 'garch'?)"))
    #expect(gach.contains("figarch:P,Q") && gach.contains("ewma:DECAY"))
    #expect(
      message { () throws(VolatilityError) in try VarianceModel(parsing: "") }.contains(
        "no variance is named"))
    for (text, part) in [
      ("garch:1", "orders P,Q or P,O,Q, found 1 numbers"), ("garch:1,x", "'x' stands where a whole number"),
      ("garch:1,", "a number is missing"), ("garch:1,1,1,1", "found 4 numbers"), ("arch:1,1", "one order P"),
      ("garch:0,0,0", "p or o is at least 1"), ("figarch:2,1", "p and q are 0 or 1"),
      ("ewma:2", "between 0 and 1"),
      ("ewma:fast", "where a number was expected"), ("constant:1", "takes no numbers"),
      ("garch:1,101", "from 0 to 100"),
      ("gjr:1,1,power=2", "has no setting 'power'"), ("garch:1,1,power=2,power=1", "set twice"),
      ("garch:1,1,power=nan", "where a number was expected"), ("aparch:1,2,1", "o at most p"),
      (":1,1", "no variance is named"),
      ("garch:99999999999999999999,1", "from 0 to 100"),
      ("figarch:1,1,truncation=2.5", "whole number of lags"),
    ] {
      let found = message { () throws(VolatilityError) in try VarianceModel(parsing: text) }
      #expect(found.contains(part), "\(text): \(found)")
    }
    for (text, part) in [
      ("arr:1", "did you mean 'ar'?"), ("ar:1+ar:2", "an autoregression stands in it twice"),
      ("ar:1,2", "one number"),
      ("ar:0", "from 1 to 1000"), ("har:5,5", "a length stands in it twice"), ("ar:1+", "no mean is named"),
      ("constant+in-mean", "in-mean takes one form"),
      ("constant+in-mean:volatilty", "did you mean 'volatility'?"),
      ("zero+constant", "the intercept stands in it twice"), ("zero:1", "takes no numbers"),
      ("arma:1", "two orders"),
    ] {
      let found = message { () throws(VolatilityError) in try MeanModel(parsing: text) }
      #expect(found.contains(part), "\(text): \(found)")
    }
    #expect(
      message { () throws(VolatilityError) in try InnovationDistribution(parsing: "skew") }.contains(
        "did you mean 'skewt'?"))
    #expect(message { () throws(VolatilityError) in try Initialisation(parsing: "-1") }.contains("positive"))
    #expect(
      message { () throws(VolatilityError) in try Initialisation(parsing: "inf") }.contains(
        "positive and finite"))
    #expect(
      message { () throws(VolatilityError) in try Initialisation(parsing: "sample-varance") }
        .contains("did you mean 'sample-variance'?"))
    #expect(
      message { () throws(VolatilityError) in try Regressor.Timing(parsing: "lagged:0") }.contains(
        "from 1 to 1000"))
    #expect(
      message { () throws(VolatilityError) in try CovarianceChoice(parsing: "robus") }.contains("'robust'"))
    #expect(
      message { () throws(VolatilityError) in try CovarianceChoice(parsing: "opg:3") }.contains(
        "takes no numbers"))
  }

  @Test func titles() {
    #expect(VolatilityModel().title == "GARCH(1,1)")
    let x = VolatilityModel(
      mean: .ar(1), variance: .gjr(), distribution: .studentT,
      regressors: [Regressor("csad"), Regressor("m", in: .mean)])
    #expect(x.title == "AR(1)X GJR(1,1,1)-X, Student's t")
  }
}

@Suite struct ModelSpecificationTests {
  @Test func flags() throws {
    let model = try ModelSpecification(
      mean: "ar:1", meanX: "oil", variance: "egarch:1,1,1", distribution: "skewt", start: "0.5",
      x: "csad, GIs",
      xTiming: "lagged:2", xForm: "exponential"
    ).model()
    #expect(
      model
        == VolatilityModel(
          mean: .ar(1), variance: .egarch(p: 1, q: 1), distribution: .skewT,
          regressors: [
            Regressor("oil", in: .mean), Regressor("csad", in: .variance(.exponential), timing: .lagged(2)),
            Regressor("GIs", in: .variance(.exponential), timing: .lagged(2)),
          ], initialisation: .user(0.5)))
    #expect(
      ModelSpecification(model).arguments == [
        "--mean", "ar:1", "--mean-x", "oil", "--variance", "egarch:1,1,1", "--distribution", "skewt",
        "--start", "0.5",
        "--x", "csad,GIs", "--x-timing", "lagged:2", "--x-form", "exponential",
      ])
    #expect(try ModelSpecification().model() == VolatilityModel())
  }

  @Test(arguments: SpecificationTests.someVariances) func modelsComeBack(_ variance: VarianceModel) throws {
    var regressors: [[Regressor]] = [
      [], [Regressor("csad")], [Regressor("oil", in: .mean), Regressor("csad", timing: .lagged(1))],
      [
        Regressor("oil", in: .mean, timing: .lagged(3)), Regressor("oil"),
        Regressor("G,I\"s", timing: .lagged(2)),
      ],
      [
        Regressor("a@lagged", in: .variance(.additiveOnSample)),
        Regressor(" b ", in: .variance(.additiveOnSample)),
      ],
    ]
    if variance != .ewma(), variance != .ewma(decay: nil), variance != .ewma(decay: 0.97) {
      regressors.append([Regressor("x", in: .variance(.exponential), timing: .lagged(1))])
    }
    for some in regressors {
      let model = VolatilityModel(
        mean: .arma(1, 1), variance: variance, distribution: .skewedT, regressors: some,
        initialisation: .sampleVariance)
      let words = ModelSpecification(model)
      #expect(try words.model() == model, "\(words.arguments)")
    }
  }

  @Test func lists() throws {
    #expect(try RegressorList(parsing: " ").entries.isEmpty)
    #expect(
      try RegressorList(parsing: "a, \"b,c\" ,d@lagged:2,e@home,\"f\"@same").entries == [
        .init("a"), .init("b,c"), .init("d", timing: .lagged(2)), .init("e@home"), .init("f", timing: .same),
      ])
    for (text, part) in [
      ("a,,b", "a name is empty"), ("a,", "a name is empty"), ("a,a", "'a' stands in it twice"),
      ("\"a", "is open"),
      ("a@lagd", "did you mean 'lagged'?"), ("\"a\"b,c", "'b' stands after a quoted name"),
    ] {
      let found = message { () throws(VolatilityError) in try RegressorList(parsing: text) }
      #expect(found.contains(part), "\(text): \(found)")
    }
    let demand = message { () throws(VolatilityError) in try ModelSpecification(mean: "arx:1").model() }
    #expect(demand.contains("--mean-x COL,COL"))
    let figarch = message { () throws(VolatilityError) in
      try ModelSpecification(variance: "figarch", start: "unconditional").model()
    }
    #expect(figarch.contains("unconditional"))
  }
}

@Suite struct ParameterValuesTests {
  @Test func values() throws {
    let text = "mu=0.1, omega=5e-2,phi[a,b=c]=-3,ar[1]=1"
    let found = try ParameterValues(parsing: text)
    #expect(
      found.entries == [.init("mu", 0.1), .init("omega", 0.05), .init("phi[a,b=c]", -3), .init("ar[1]", 1)])
    #expect(found.dictionary["phi[a,b=c]"] == -3)
    #expect(try ParameterValues(parsing: found.text) == found)
    let names = ["mu", "phi[a]=1,omega]", "omega"]
    let odd = try ParameterValues(parsing: "omega=2,phi[a]=1,omega]=4,mu=0.30000000000000004", names: names)
    #expect(odd.entries.map(\.name) == names && odd.entries.map(\.value) == [0.30000000000000004, 4, 2])
  }

  @Test func refusals() {
    for (text, names, part) in [
      ("", nil, "nothing is given"), ("mu", nil, "'mu' has no '='"),
      ("mu=", nil, "stands where the number for 'mu'"),
      ("mu=1,mu=2", nil, "'mu' is given twice"), ("mu=nan", nil, "where the number"),
      ("=1", nil, "a name is missing"),
      ("mu=1,", nil, "has no '='"),
      ("omga=1", ["mu", "omega"], "no parameter 'omga' (did you mean 'omega'?)"),
      ("phi[a=1", nil, "has no '='"),
    ] as [(String, [String]?, String)] {
      let found = message { () throws(VolatilityError) in try ParameterValues(parsing: text, names: names) }
      #expect(found.contains(part), "\(text): \(found)")
    }
  }
}
