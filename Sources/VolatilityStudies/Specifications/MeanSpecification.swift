import Command
import Volatility

/// The mean's equation in words: `constant`, `ar:1`, `arma:1,1`, `har:1,5,22`, `ar:1+in-mean:volatility`.
///
/// Terms are joined by `+`. The intercept is in every mean that has not the term `zero`: `zero+ar:1` is an AR(1)
/// without one. `ls`, `arx`, `armax` and `harx` are `constant`, `ar`, `arma` and `har` which demand regressors of the mean.
public struct MeanSpecification: Sendable, Equatable {
  public var model: MeanModel
  /// Whether the text names an equation that makes no sense without regressors.
  public var needsRegressors: Bool

  static let grammar = SpecificationGrammar(
    subject: "mean",
    forms: [
      "constant", "zero", "ar:P", "ma:Q", "arma:P,Q", "har:LENGTH,…", "ls", "arx:P", "armax:P,Q",
      "harx:LENGTH,…",
      "in-mean:volatility|variance|log-variance (joined by +, as in ar:1+in-mean:volatility)",
    ],
    synonyms: ["const": "constant", "none": "zero", "archinmean": "in-mean", "inmean": "in-mean"])

  static let inMeanGrammar = SpecificationGrammar(
    subject: "form of the variance in the mean", forms: ["volatility", "variance", "log-variance"],
    synonyms: ["vol": "volatility", "sigma": "volatility", "var": "variance", "log": "log-variance"])

  public init(_ model: MeanModel, needsRegressors: Bool = false) {
    self.model = model
    self.needsRegressors = needsRegressors
  }

  /// - Throws: `VolatilityError` that names what was found, the nearest known name and all forms.
  public init(parsing text: String) throws(VolatilityError) {
    let grammar = Self.grammar
    var model = MeanModel(constant: true)
    var needsRegressors = false
    var seen: Set<String> = []
    func claim(_ what: String) throws(VolatilityError) {
      guard seen.insert(what).inserted else { throw grammar.fail(text.trimmed, "\(what) stands in it twice") }
    }
    for term in text.split(separator: "+", omittingEmptySubsequences: false) {
      let (word, arguments) = try grammar.read(term)
      var name = word
      if ["ls", "arx", "armax", "harx"].contains(name) {
        needsRegressors = true
        name = name == "ls" ? "constant" : String(name.dropLast())
      }
      switch name {
      case "constant", "zero":
        try grammar.none(arguments, of: term, word)
        try claim("the intercept")
        model.hasConstant = name == "constant"
      case "ar", "ma":
        let lags = try grammar.wholes(arguments.isEmpty ? ["1"] : arguments, of: term, in: 1...Self.longest)
        guard lags.count == 1 else { throw grammar.fail(term, "'\(word)' takes one number of lags") }
        try claim(name == "ar" ? "an autoregression" : "a moving average")
        if name == "ar" { model.autoregressiveLags = lags[0] } else { model.movingAverageLags = lags[0] }
      case "arma":
        let orders = try grammar.wholes(
          arguments.isEmpty ? ["1", "1"] : arguments, of: term, in: 0...Self.longest)
        guard orders.count == 2 else { throw grammar.fail(term, "'\(word)' takes two orders, P and Q") }
        try claim("an autoregression")
        try claim("a moving average")
        (model.autoregressiveLags, model.movingAverageLags) = (orders[0], orders[1])
      case "har":
        let lengths = try grammar.wholes(
          arguments.isEmpty ? ["1", "5", "22"] : arguments, of: term, in: 1...Self.longest)
        guard Set(lengths).count == lengths.count else {
          throw grammar.fail(term, "a length stands in it twice")
        }
        try claim("a heterogeneous autoregression")
        model.heterogeneousLags = lengths
      default:
        guard arguments.count == 1 else { throw grammar.fail(term, "in-mean takes one form") }
        try claim("in-mean")
        let (form, more) = try Self.inMeanGrammar.read(arguments[0])
        try Self.inMeanGrammar.none(more, of: term, form)
        model.inMean = form == "log-variance" ? .logVariance : .init(rawValue: form)
      }
    }
    self.init(model, needsRegressors: needsRegressors)
  }

  /// Lags beyond it are mistakes.
  private static let longest = 1000

  /// What ``init(parsing:)`` reads as this.
  public var text: String {
    var terms: [String] = []
    let (p, q) = (model.autoregressiveLags, model.movingAverageLags)
    let x = needsRegressors ? "x" : ""
    if p > 0, q > 0 { terms.append("arma\(x):\(p),\(q)") }
    if p > 0, q == 0 { terms.append("ar\(x):\(p)") }
    if p == 0, q > 0 { terms.append(needsRegressors ? "armax:0,\(q)" : "ma:\(q)") }
    if !model.heterogeneousLags.isEmpty {
      terms.append("har\(x):" + model.heterogeneousLags.map(String.init).joined(separator: ","))
    }
    if !model.hasConstant {
      terms.insert("zero", at: 0)
    } else if terms.isEmpty {
      terms.append(needsRegressors ? "ls" : "constant")
    }
    switch model.inMean {
    case nil: break
    case .logVariance: terms.append("in-mean:log-variance")
    case .some(let form): terms.append("in-mean:\(form.rawValue)")
    }
    return terms.joined(separator: "+")
  }
}

extension MeanModel {
  /// As ``MeanSpecification`` reads it, without demands on regressors.
  public init(parsing text: String) throws(VolatilityError) {
    self = try MeanSpecification(parsing: text).model
  }

  /// What ``init(parsing:)`` reads as this model.
  public var specification: String { MeanSpecification(self).text }

  /// For tables: `AR(1)`, `ARMA(1,1)-in-mean`, `Constant`.
  public var title: String {
    var parts: [String] = []
    switch (autoregressiveLags, movingAverageLags) {
    case (0, 0): break
    case (let p, 0): parts.append("AR(\(p))")
    case (0, let q): parts.append("MA(\(q))")
    case (let p, let q): parts.append("ARMA(\(p),\(q))")
    }
    if !heterogeneousLags.isEmpty {
      parts.append("HAR(\(heterogeneousLags.map(String.init).joined(separator: ",")))")
    }
    if parts.isEmpty { parts.append(hasConstant ? "Constant" : "Zero") }
    return parts.joined(separator: " + ") + (inMean == nil ? "" : " in-mean")
  }
}
