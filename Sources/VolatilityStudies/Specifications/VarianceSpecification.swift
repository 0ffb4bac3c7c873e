import Volatility

/// The variance in words: `garch:1,1`, `gjr:1,1,1`, `figarch:1,1`, `ewma:0.94`.
///
/// Orders are P (size of shocks), O (their sign) and Q (past variances). `garch` takes P,Q or P,O,Q; `gjr`, `tarch`,
/// `egarch` and `aparch` take P,O,Q, or P,Q with O = 1. Without numbers all orders are 1. `power=` and `truncation=`
/// follow the orders where a form has them. `har` takes lengths of averages, 1,5,22 if none are given; its measure is named
/// apart.
enum VarianceGrammar {
  static let grammar = SpecificationGrammar(
    subject: "variance",
    forms: [
      "constant", "arch:P", "garch:P,Q", "garch:P,O,Q[,power=…]", "gjr:P,O,Q", "tarch:P,O,Q", "avgarch:P,Q",
      "egarch:P,O,Q", "aparch:P,O,Q", "figarch:P,Q[,power=…][,truncation=…]", "ewma", "ewma:DECAY",
      "ewma:estimated", "har:1,5,22",
    ],
    synonyms: [
      "gjrgarch": "gjr", "zarch": "tarch", "zgarch": "tarch", "apgarch": "aparch",
      "riskmetrics": "ewma", "const": "constant",
    ])

  static func read(_ text: String, measure: String) throws(VolatilityError) -> VarianceModel {
    let (name, all) = try grammar.read(text)
    var arguments = all
    var options: [String: Double] = [:]
    while let last = arguments.last, let equals = last.firstIndex(of: "=") {
      let option = last[..<equals].trimmed.lowercased()
      let allowed = ["figarch": ["power", "truncation"], "garch": ["power"]][name] ?? []
      guard allowed.contains(option) else {
        throw grammar.fail(text, "'\(name)' has no setting '\(option)'")
      }
      guard options[option] == nil else { throw grammar.fail(text, "'\(option)' is set twice") }
      options[option] = try grammar.number(last[last.index(after: equals)...].trimmed, of: text)
      arguments.removeLast()
    }
    if name == "har" {
      let lengths = try grammar.wholes(arguments, of: text, in: 1...1000)
      guard !measure.isEmpty else {
        throw grammar.fail(
          text, "it is over a measure of the realised variance: name its column, --measure COL")
      }
      let model = VarianceModel.har(lengths.isEmpty ? [1, 5, 22] : lengths, measure: measure)
      _ = try VolatilityModel(variance: model).parameterNames()
      return model
    }
    guard measure.isEmpty else {
      throw grammar.fail(text, "only 'har' is over a measure, and '\(measure)' is given as one")
    }
    let model = try model(name, arguments, options, text)
    // Orders that do not fit are the model's to refuse.
    _ = try VolatilityModel(variance: model).parameterNames()
    return model
  }

  private static func model(
    _ name: String, _ arguments: [String], _ options: [String: Double], _ text: String
  ) throws(VolatilityError) -> VarianceModel {
    if name == "constant" {
      try grammar.none(arguments, of: text, name)
      return .constant
    }
    if name == "ewma" {
      guard arguments.count <= 1 else { throw grammar.fail(text, "'ewma' takes one decay") }
      guard let decay = arguments.first else { return .ewma() }
      return decay.lowercased() == "estimated"
        ? .ewma(decay: nil) : .ewma(decay: try grammar.number(decay, of: text))
    }
    let orders = try grammar.wholes(arguments, of: text, in: 0...100)
    func count(_ allowed: ClosedRange<Int>, _ what: String) throws(VolatilityError) {
      guard orders.isEmpty || allowed.contains(orders.count) else {
        throw grammar.fail(text, "'\(name)' takes \(what), found \(orders.count) numbers")
      }
    }
    switch name {
    case "arch":
      try count(1...1, "one order P")
      return .arch(orders.first ?? 1)
    case "avgarch":
      try count(2...2, "two orders, P and Q")
      return orders.isEmpty
        ? .garch(p: 1, q: 1, power: 1) : .garch(p: orders[0], q: orders[1], power: 1)
    case "figarch":
      try count(2...2, "two orders, P and Q")
      let truncation = options["truncation"] ?? 1000
      guard truncation == truncation.rounded(), (2...1e6).contains(truncation) else {
        throw grammar.fail(text, "the truncation is a whole number of lags from 2 to 1000000")
      }
      return .figarch(
        p: orders.first ?? 1, q: orders.last ?? 1, power: options["power"] ?? 2, truncation: Int(truncation))
    default: break
    }
    try count(2...3, "orders P,Q or P,O,Q")
    let sign = orders.count == 3 ? orders[1] : name == "garch" ? 0 : 1
    let (p, q) = (orders.first ?? 1, orders.last ?? 1)
    switch name {
    case "garch": return .garch(p: p, o: sign, q: q, power: options["power"] ?? 2)
    case "gjr": return .gjr(p: p, o: sign, q: q)
    case "tarch": return .tarch(p: p, o: sign, q: q)
    case "egarch": return .egarch(p: p, o: sign, q: q)
    default: return .aparch(p: p, o: sign, q: q)
    }
  }
}

extension VarianceModel {
  /// - Parameters:
  ///   - text: `garch:1,1`, `gjr:1,1,1`, `figarch:1,1`, `ewma:0.94`, `har:1,5,22`; names of the field, orders after a
  ///     colon.
  ///   - measure: the column of realised variances that `har` averages.
  /// - Throws: `VolatilityError` that names what was found, the nearest known name and all forms; for `har` without a
  ///   measure and others with one.
  public init(parsing text: String, measure: String = "") throws(VolatilityError) {
    self = try VarianceGrammar.read(text, measure: measure)
  }

  /// The measure of `har`, else nothing.
  public var measure: String {
    if case .har(_, let measure) = self { measure } else { "" }
  }

  /// What ``init(parsing:measure:)`` reads as this model, with its ``measure``.
  public var specification: String {
    switch self {
    case .constant: "constant"
    case .arch(let p): "arch:\(p)"
    case .garch(let p, 0, let q, 2): "garch:\(p),\(q)"
    case .garch(let p, let o, let q, 2): "gjr:\(p),\(o),\(q)"
    case .garch(let p, 0, let q, 1): "avgarch:\(p),\(q)"
    case .garch(let p, let o, let q, 1): "tarch:\(p),\(o),\(q)"
    case .garch(let p, let o, let q, let power):
      "garch:\(p),\(o),\(q),power=\(specificationNumber(power))"
    case .egarch(let p, let o, let q): "egarch:\(p),\(o),\(q)"
    case .aparch(let p, let o, let q): "aparch:\(p),\(o),\(q)"
    case .figarch(let p, let q, let power, let truncation):
      "figarch:\(p),\(q)" + (power == 2 ? "" : ",power=\(specificationNumber(power))")
        + (truncation == 1000 ? "" : ",truncation=\(truncation)")
    case .ewma(let decay?): decay == 0.94 ? "ewma" : "ewma:\(specificationNumber(decay))"
    case .ewma(nil): "ewma:estimated"
    case .har(let lengths, _): "har:" + lengths.map(String.init).joined(separator: ",")
    }
  }

  /// For tables: `GARCH(1,1)`, `GJR(1,1,1)`.
  public var title: String {
    switch self {
    case .constant: "Constant variance"
    case .arch(let p): "ARCH(\(p))"
    case .garch(let p, 0, let q, 2): "GARCH(\(p),\(q))"
    case .garch(let p, let o, let q, 2): "GJR(\(p),\(o),\(q))"
    case .garch(let p, 0, let q, 1): "AVGARCH(\(p),\(q))"
    case .garch(let p, let o, let q, 1): "TARCH(\(p),\(o),\(q))"
    case .garch(let p, let o, let q, let power):
      "GARCH(\(p),\(o),\(q)) of power \(specificationNumber(power))"
    case .egarch(let p, let o, let q): "EGARCH(\(p),\(o),\(q))"
    case .aparch(let p, let o, let q): "APARCH(\(p),\(o),\(q))"
    case .figarch(let p, let q, let power, _):
      "FIGARCH(\(p),d,\(q))" + (power == 2 ? "" : " of power \(specificationNumber(power))")
    case .ewma(let decay?): "EWMA(\(specificationNumber(decay)))"
    case .ewma(nil): "EWMA"
    case .har(let lengths, let measure):
      "HAR(\(lengths.map(String.init).joined(separator: ","))) on \(measure)"
    }
  }
}
