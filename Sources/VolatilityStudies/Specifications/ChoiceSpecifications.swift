import Volatility

// Words for distribution, start, timing and form of regressors, and the covariance of estimates.

extension InnovationDistribution {
  private static let grammar = SpecificationGrammar(
    subject: "distribution", forms: ["normal", "t", "skewt", "ged", "snorm", "sstd"],
    synonyms: [
      "gaussian": "normal", "norm": "normal", "student": "t", "studentt": "t", "studentst": "t", "std": "t",
      "hansen": "skewt", "skewstudent": "skewt", "skewedt": "skewt", "generalizederror": "ged",
      "generalisederror": "ged", "skewnormal": "snorm", "skewednormal": "snorm",
    ])

  /// - Parameter text: `normal`, `t`, `skewt` (Hansen), `ged`, `snorm` or `sstd` (Fernández and Steel).
  /// - Throws: `VolatilityError` that names what was found, the nearest known name and all of them.
  public init(parsing text: String) throws(VolatilityError) {
    let (name, arguments) = try Self.grammar.read(text)
    try Self.grammar.none(arguments, of: text, name)
    guard let found = Self(rawValue: name) else { throw Self.grammar.unknown(name, in: text) }
    self = found
  }

  /// What ``init(parsing:)`` reads as this distribution.
  public var specification: String { rawValue }

  /// For tables.
  public var title: String {
    switch self {
    case .normal: "normal"
    case .studentT: "Student's t"
    case .skewT: "Hansen's skewed t"
    case .generalizedError: "GED"
    case .skewedNormal: "skewed normal"
    case .skewedT: "skewed t (Fernández–Steel)"
    }
  }
}

extension Initialisation {
  private static let grammar = SpecificationGrammar(
    subject: "start",
    forms: [
      "ewma", "sample-variance", "fixed-sample", "unconditional", "NUMBER (a variance, squared units)",
    ],
    synonyms: ["backcast": "ewma", "sample": "sample-variance"])

  /// - Parameter text: `ewma`, `sample-variance`, `fixed-sample`, `unconditional`, or a positive variance.
  /// - Throws: `VolatilityError` that names what was found, the nearest known name and all of them.
  public init(parsing text: String) throws(VolatilityError) {
    if let number = Double(text.trimmed) {
      guard number.isFinite, number > 0 else {
        throw Self.grammar.fail(text, "a variance to begin with is positive and finite")
      }
      self = .user(number)
      return
    }
    let (name, arguments) = try Self.grammar.read(text)
    try Self.grammar.none(arguments, of: text, name)
    switch name {
    case "ewma": self = .ewma
    case "sample-variance": self = .sampleVariance
    case "fixed-sample": self = .fixedSample
    default: self = .unconditional
    }
  }

  /// What ``init(parsing:)`` reads as this rule.
  public var specification: String {
    switch self {
    case .ewma: "ewma"
    case .sampleVariance: "sample-variance"
    case .fixedSample: "fixed-sample"
    case .unconditional: "unconditional"
    case .user(let variance): "\(variance)"
    }
  }
}

extension Regressor.Timing {
  static let grammar = SpecificationGrammar(
    subject: "timing of regressors", forms: ["same", "lagged", "lagged:K"],
    synonyms: ["contemporaneous": "same", "lag": "lagged", "predictive": "lagged"])

  /// - Parameter text: `same`, `lagged` (by one) or `lagged:K`.
  /// - Throws: `VolatilityError` that names what was found, the nearest known name and all forms.
  public init(parsing text: String) throws(VolatilityError) {
    let (name, arguments) = try Self.grammar.read(text)
    guard name == "lagged" else {
      try Self.grammar.none(arguments, of: text, name)
      self = .same
      return
    }
    let lags = try Self.grammar.wholes(arguments.isEmpty ? ["1"] : arguments, of: text, in: 1...1000)
    guard lags.count == 1 else { throw Self.grammar.fail(text, "'lagged' takes one number") }
    self = .lagged(lags[0])
  }

  /// Steps between the value and the observation in whose equation it stands.
  public var steps: Int {
    switch self {
    case .same: 0
    case .lagged(let lag): lag
    }
  }

  /// What ``init(parsing:)`` reads as this timing.
  public var specification: String {
    switch self {
    case .same: "same"
    case .lagged(1): "lagged"
    case .lagged(let lag): "lagged:\(lag)"
    }
  }
}

extension Regressor.VarianceForm {
  private static let grammar = SpecificationGrammar(
    subject: "form of regressors", forms: ["additive", "additive-sample", "exponential"],
    synonyms: ["exp": "exponential", "additiveonsample": "additive-sample"])

  /// - Parameter text: `additive`, `additive-sample` or `exponential`.
  /// - Throws: `VolatilityError` that names what was found, the nearest known name and all of them.
  public init(parsing text: String) throws(VolatilityError) {
    let (name, arguments) = try Self.grammar.read(text)
    try Self.grammar.none(arguments, of: text, name)
    guard let found = Self(rawValue: name) else { throw Self.grammar.unknown(name, in: text) }
    self = found
  }

  /// What ``init(parsing:)`` reads as this form.
  public var specification: String { rawValue }
}

/// How standard errors of a volatility model are estimated.
public enum CovarianceChoice: Sendable, Equatable {
  /// Bollerslev's and Wooldridge's sandwich.
  case robust
  /// The inverse Hessian.
  case hessian
  /// The inverse sum of outer products of scores.
  case opg
  /// The sandwich with Newey–West weights; nil: lags by the sample size.
  case hac(lags: Int?)
  /// Of parameters re-estimated on simulated series.
  case bootstrap(replications: Int)

  private static let grammar = SpecificationGrammar(
    subject: "covariance",
    forms: ["robust", "hessian", "opg", "hac", "hac:LAGS", "bootstrap", "bootstrap:SERIES"],
    synonyms: [
      "sandwich": "robust", "bollerslevwooldridge": "robust", "mle": "hessian", "classic": "hessian",
      "bhhh": "opg",
      "outerproduct": "opg", "neweywest": "hac",
    ])

  /// - Parameter text: `robust`, `hessian`, `opg`, `hac`, `hac:LAGS`, `bootstrap` (999 series) or `bootstrap:SERIES`.
  /// - Throws: `VolatilityError` that names what was found, the nearest known name and all of them.
  public init(parsing text: String) throws(VolatilityError) {
    let grammar = Self.grammar
    let (name, arguments) = try grammar.read(text)
    guard arguments.count <= 1 else { throw grammar.fail(text, "'\(name)' takes one number at most") }
    switch name {
    case "hac": self = .hac(lags: try grammar.wholes(arguments, of: text, in: 0...10000).first)
    case "bootstrap":
      self = .bootstrap(
        replications: try grammar.wholes(arguments, of: text, in: 10...1_000_000).first ?? 999)
    default:
      try grammar.none(arguments, of: text, name)
      self = name == "robust" ? .robust : name == "hessian" ? .hessian : .opg
    }
  }

  /// What ``init(parsing:)`` reads as this choice.
  public var specification: String {
    switch self {
    case .robust: "robust"
    case .hessian: "hessian"
    case .opg: "opg"
    case .hac(let lags): "hac" + (lags.map { ":\($0)" } ?? "")
    case .bootstrap(let replications): "bootstrap:\(replications)"
    }
  }

  /// For notes below tables.
  public var title: String {
    switch self {
    case .robust: "Bollerslev–Wooldridge standard errors"
    case .hessian: "standard errors from the Hessian"
    case .opg: "standard errors from the outer product of scores"
    case .hac(let lags): "Newey–West standard errors" + (lags.map { " with \($0) lags" } ?? "")
    case .bootstrap(let replications): "bootstrap standard errors of \(replications) series"
    }
  }
}
