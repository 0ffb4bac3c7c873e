import Volatility

/// One of the paper's claims, judged by the coefficients that bear on it.
public struct Claim: Sendable {
  /// What one specification says.
  public struct Evidence: Sendable {
    /// The specification and the coefficient: `GARCH-X, same day: phi[csad]`.
    public let label: String
    public let value: Double
    public let standardError: Double?
    /// One-sided where the coefficient cannot be negative, otherwise two-sided; nil where there is none.
    public let p: Double?
    public let outcome: Outcome
  }

  public enum Outcome: String, Sendable {
    /// As claimed, and significantly so.
    case supports
    /// Of the other sign, significantly.
    case contradicts
    /// Neither.
    case undecided
  }

  public enum Verdict: String, Sendable {
    /// The paper's own specification supports it.
    case holds
    /// Others do, the paper's own does not.
    case partly = "holds in part"
    /// None does.
    case unsupported = "is not supported"
    /// The paper's own specification says the contrary.
    case contradicted = "is contradicted"
    /// Nothing could be computed.
    case untested = "could not be tested"
  }

  /// 1 … 4.
  public let number: Int
  public let title: String
  /// The paper's own specification first.
  public let evidence: [Evidence]
  public let verdict: Verdict
  /// In words, with numbers.
  public let statement: String
}

extension Claim {
  /// The sign that a claim gives a coefficient.
  private enum Expected {
    case positive, negative
    /// Not below zero: a claim that something is absent.
    case notNegative
  }

  private static func evidence(
    _ label: String, _ value: Double, _ error: Double?, _ p: Double?, _ expected: Expected, _ level: Double
  ) -> Evidence {
    let isSignificant = p.map { $0 < level } ?? false
    let outcome: Outcome =
      switch expected {
      case .positive: !isSignificant ? .undecided : value > 0 ? .supports : .contradicts
      case .negative: !isSignificant ? .undecided : value < 0 ? .supports : .contradicts
      case .notNegative: isSignificant && value < 0 ? .contradicts : .supports
      }
    return Evidence(label: label, value: value, standardError: error, p: p, outcome: outcome)
  }

  private init(_ number: Int, _ title: String, _ evidence: [Evidence], _ expected: Expected, _ level: Double)
  {
    self.number = number
    self.title = title
    self.evidence = evidence
    let supporting = evidence.count { $0.outcome == .supports }
    guard let first = evidence.first else {
      verdict = .untested
      statement = "Claim \(number), \(title), could not be tested: no specification could be computed."
      return
    }
    switch first.outcome {
    case .supports: verdict = .holds
    case .contradicts: verdict = .contradicted
    case .undecided: verdict = supporting > 0 ? .partly : .unsupported
    }
    let at = rounded(100 * level, 1)
    let numbers =
      first.p.map { "\(rounded(first.value, 4)), \(pText($0))" } ?? "\(rounded(first.value, 4)), on its bound"
    let smallest = first.p.flatMap { p in [0.01, 0.05, 0.1].first { p < $0 } }
    let significance =
      smallest.map { "significant at \(rounded(100 * $0, 1)) %" } ?? "not significant at 10 %"
    var text = "Claim \(number), \(title), \(verdict.rawValue)"
    text += expected == .notNegative ? " at \(at) %: " : ": "
    text += "\(first.label) is \(numbers)"
    text += expected == .notNegative ? "" : ", \(significance)"
    text +=
      evidence.count > 1 ? "; \(supporting) of \(evidence.count) specifications support it at \(at) %." : "."
    statement = text
  }

  static func judged(
    models: [SectorStudy.VolatilityFitting], volatility: [SectorStudy.NamedRegression],
    herding: [(sector: String, regression: HerdingRegression)], returns: [SectorStudy.NamedRegression],
    settings: SectorStudy.Settings
  ) -> [Claim] {
    let level = settings.level
    func inVariance(_ column: String) -> [Evidence] {
      var found: [Evidence] = []
      for one in models {
        guard let parameter = one.fit?["phi[\(column)]"] else { continue }
        let when = one.timing == .same ? "same day" : "day before"
        found.append(
          evidence(
            "\(one.label), \(when): phi[\(column)]", parameter.value, parameter.standardError,
            parameter.pValue,
            .positive, level))
      }
      for one in volatility {
        guard let c = one.fit.coefficients[column] else { continue }
        found.append(evidence("\(one.label): \(column)", c.value, c.standardError, c.p, .positive, level))
      }
      return found
    }
    var absence: [Evidence] = []
    for one in herding where one.sector == settings.sector {
      for term in one.regression.terms {
        let c = term.coefficient
        let state = term.state == "always" ? "" : " (\(term.state))"
        absence.append(
          evidence(
            "\(one.regression.form.title): \(c.name)\(state)", c.value, c.standardError, c.p, .notNegative,
            level))
      }
    }
    var fall: [Evidence] = []
    for one in returns where one.label == settings.other {
      for column in ["G", "dG"] {
        guard let c = one.fit.coefficients[column] else { continue }
        let names = one.fit.coefficients.map(\.name).filter { $0 != "const" && $0 != column }
        let beside = names.isEmpty ? "" : " beside \(names.joined(separator: ", "))"
        fall.append(
          evidence("\(one.label) on \(column)\(beside)", c.value, c.standardError, c.p, .negative, level))
      }
    }
    // The level of the index alone is the paper's regression.
    if let own = fall.firstIndex(where: { $0.label.hasSuffix(" on G") }) {
      fall.insert(fall.remove(at: own), at: 0)
    }
    return [
      Claim(
        1, "dispersion raises volatility", inVariance("csad"), .positive, level),
      Claim(
        2, "the epidemic raises volatility", inVariance("G"), .positive, level),
      Claim(3, "there is no herding", absence, .notNegative, level),
      Claim(
        4, "the epidemic lowers the returns of \(settings.other ?? "the other sector")", fall, .negative,
        level),
    ]
  }
}

/// `p = 0.012`.
func pText(_ p: Double) -> String { p < 0.0001 ? "p < 0.0001" : "p = \(rounded(p, 4))" }

/// At most so many decimals, without zeros at the end.
func rounded(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let text = "\((value * scale).rounded() / scale)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
