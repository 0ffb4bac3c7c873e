/// What a herding regression says.
public enum HerdingVerdict: String, Sendable {
  /// The coefficient that herding makes negative is, significantly.
  case herding
  /// It is positive, significantly: returns spread by more than in proportion to the market.
  case antiHerding
  /// Neither.
  case noEvidence
}

/// One coefficient of a herding regression, or a sum of some, that herding makes negative.
public struct HerdingTerm: Sendable {
  /// When it is at work: `always`, `market down`, `GI = 60`.
  public let state: String
  public let coefficient: Coefficient
  public func verdict(at level: Double = 0.05) -> HerdingVerdict {
    guard coefficient.p < level else { return .noEvidence }
    return coefficient.value < 0 ? .herding : .antiHerding
  }
}

/// A regression of return dispersion on the market that shows herding.
///
/// ```swift
/// let test = try HerdingRegression.cck(dispersion: csad, market: sector, covariance: .neweyWest(lags: 4))
/// print(test.statement())
/// ```
public struct HerdingRegression: Sendable {
  public enum Form: Sendable, Equatable {
    case christieHuang(tail: Double)
    case cck
    case asymmetricCCK
    case stateDependentCCK(state: String)
  }
  public let form: Form
  public let fit: OLS
  /// What herding makes negative.
  public let terms: [HerdingTerm]
  /// That the nonlinear terms of both signs are equal, in ``asymmetric(dispersion:market:covariance:)``.
  public let symmetry: WaldTest?
  /// Of the days that entered.
  public let panel: Panel
  public var notes: [Note] { panel.notes }
  public var coefficients: [Coefficient] { fit.coefficients }

  /// Herding where any term says so; anti-herding where none does and one says the contrary.
  public func verdict(at level: Double = 0.05) -> HerdingVerdict {
    let all = terms.map { $0.verdict(at: level) }
    return all.contains(.herding) ? .herding : all.contains(.antiHerding) ? .antiHerding : .noEvidence
  }

  /// In words, one sentence a term.
  public func statement(at level: Double = 0.05) -> String {
    var words = HerdingWords.proportion
    if case .christieHuang = form { words = .tails }
    return terms.map { words.sentence($0, level) }.joined(separator: " ")
  }

  // MARK: Forms

  /// Christie and Huang (1995): CSSD = a + b_L·D^L + b_U·D^U, with D for the days of the market's `tail` lowest and
  /// highest returns (by quantiles of type 7, both ends included). Herding: b < 0.
  ///
  /// - Throws: ``VolatilityError`` for a tail outside (0, 0.5), days that do not match, or as ``OLS``.
  public static func christieHuang(
    dispersion: Series, market: Series, tail: Double = 0.05,
    covariance: RegressionCovariance = .neweyWest(.sampleSize)
  ) throws(VolatilityError) -> HerdingRegression {
    guard tail > 0, tail < 0.5 else {
      throw VolatilityError(.specification, "A tail of \(tail): give a share between 0 and 0.5, as 0.05.")
    }
    let panel = try matched(dispersion, market)
    let m = panel.columns[1]
    let sorted = m.sorted()
    let low = quantile(sorted: sorted, tail)
    let high = quantile(sorted: sorted, 1 - tail)
    let fit = try OLS(
      panel.columns[0],
      [("lower tail", m.map { $0 <= low ? 1 : 0 }), ("upper tail", m.map { $0 >= high ? 1 : 0 })],
      covariance: covariance)
    let words = "the market's \(rounded(100 * tail, 2)) %"
    return HerdingRegression(
      form: .christieHuang(tail: tail), fit: fit,
      terms: [
        HerdingTerm(state: "\(words) lowest returns", coefficient: fit.coefficients[1]),
        HerdingTerm(state: "\(words) highest returns", coefficient: fit.coefficients[2]),
      ], symmetry: nil, panel: panel)
  }

  /// Chang, Cheng and Khorana (2000): CSAD = a + b·|r_m| + c·r_m². Herding: c < 0.
  public static func cck(
    dispersion: Series, market: Series, covariance: RegressionCovariance = .neweyWest(.sampleSize)
  ) throws(VolatilityError) -> HerdingRegression {
    let panel = try matched(dispersion, market)
    let fit = try OLS(panel.columns[0], cckRegressors(panel.columns[1]), covariance: covariance)
    return HerdingRegression(
      form: .cck, fit: fit, terms: [HerdingTerm(state: "always", coefficient: fit.coefficients[2])],
      symmetry: nil,
      panel: panel)
  }

  /// Chiang and Zheng (2010): the terms of ``cck(dispersion:market:covariance:)`` apart for days on which the
  /// market rose (or stood still) and fell.
  public static func asymmetric(
    dispersion: Series, market: Series, covariance: RegressionCovariance = .neweyWest(.sampleSize)
  ) throws(VolatilityError) -> HerdingRegression {
    let panel = try matched(dispersion, market)
    let m = panel.columns[1]
    let fit = try OLS(
      panel.columns[0],
      [
        ("|market| up", m.map { $0 < 0 ? 0 : $0 }), ("|market| down", m.map { $0 < 0 ? -$0 : 0 }),
        ("market^2 up", m.map { $0 < 0 ? 0 : $0 * $0 }), ("market^2 down", m.map { $0 < 0 ? $0 * $0 : 0 }),
      ], covariance: covariance)
    let symmetry = try fit.wald(
      Matrix(rows: 1, columns: 5, [0, 0, 0, 1, -1]), equal: [0], saying: "market^2 up = market^2 down")
    return HerdingRegression(
      form: .asymmetricCCK, fit: fit,
      terms: [
        HerdingTerm(state: "the market up", coefficient: fit.coefficients[3]),
        HerdingTerm(state: "the market down", coefficient: fit.coefficients[4]),
      ], symmetry: symmetry, panel: panel)
  }

  /// The form of ``cck(dispersion:market:covariance:)`` with a state s: CSAD = a + b·|r_m| + c·r_m² + d·s +
  /// e·s·r_m². Herding at s: c + e·s < 0, told for `at` (nil: the state's 10, 50 and 90 % quantiles; 0 and 1 for a
  /// dummy).
  public static func stateDependent(
    dispersion: Series, market: Series, state: Series, at values: [Double]? = nil,
    covariance: RegressionCovariance = .neweyWest(.sampleSize)
  ) throws(VolatilityError) -> HerdingRegression {
    let panel = try matched(dispersion, market, state)
    let (m, s) = (panel.columns[1], panel.columns[2])
    let name = state.name
    let regressors = cckRegressors(m) + [(name, s), ("\(name)·market^2", zip(s, m).map { $0 * $1 * $1 })]
    let fit = try OLS(panel.columns[0], regressors, covariance: covariance)
    let isDummy = s.allSatisfy { $0 == 0 || $0 == 1 }
    var places = values ?? (isDummy ? [0, 1] : [0.1, 0.5, 0.9].map { quantile(of: s, $0) })
    places = places.enumerated().filter { !places[..<$0.offset].contains($0.element) }.map(\.element)
    let v = fit.covarianceMatrix
    let terms = places.map { place in
      let value = fit.coefficients[2].value + place * fit.coefficients[4].value
      let variance = v[2, 2] + 2 * place * v[2, 4] + place * place * v[4, 4]
      return HerdingTerm(
        state: "\(name) = \(rounded(place, 4))",
        coefficient: Coefficient(
          "market^2 at \(rounded(place, 4))", value, max(0, variance).squareRoot(),
          fit.coefficients[2].reference))
    }
    return HerdingRegression(
      form: .stateDependentCCK(state: name), fit: fit, terms: terms, symmetry: nil, panel: panel)
  }

  static func cckRegressors(_ m: [Double]) -> [(String, [Double])] {
    [("|market|", m.map(abs)), ("market^2", m.map { $0 * $0 })]
  }

  /// The days that all have; none may be missing on them without a note.
  static func matched(_ series: Series...) throws(VolatilityError) -> Panel {
    var names: Set<String> = []
    let distinct = series.enumerated().map { place, one in
      names.insert(one.name).inserted ? one : one.renamed("\(one.name) (\(place + 1))")
    }
    let lengths = Set(series.map(\.count))
    guard series.contains(where: { $0.dates != nil }) || lengths.count == 1 else {
      throw VolatilityError(
        .data,
        "Series without dates must be of one length: "
          + series.map { "'\($0.name)' has \($0.count)" }.joined(separator: ", ") + "."
      )
    }
    return try Panel(joining: distinct).complete()
  }
}

/// How a verdict is put.
struct HerdingWords {
  let herding: String
  let contrary: String
  let none: String

  /// Of a nonlinear term in the market.
  static let proportion = HerdingWords(
    herding: "dispersion grows less than in proportion to the market",
    contrary: "dispersion grows more than in proportion to the market",
    none: "the nonlinear term does not differ from zero")
  /// Of a dummy for extreme days.
  static let tails = HerdingWords(
    herding: "returns lie closer together on those days", contrary: "returns lie further apart on those days",
    none: "dispersion does not differ on those days")

  func sentence(_ term: HerdingTerm, _ level: Double) -> String {
    let c = term.coefficient
    let p = c.p < 0.0001 ? "p < 0.0001" : "p = \(rounded(c.p, 4))"
    let numbers = "(\(c.name) = \(rounded(c.value, 6)), t = \(rounded(c.t, 2)), \(p))"
    let when = term.state == "always" ? "" : " with \(term.state)"
    switch term.verdict(at: level) {
    case .herding: return "Herding\(when): \(herding) \(numbers)."
    case .antiHerding: return "No herding\(when), the contrary: \(contrary) \(numbers)."
    case .noEvidence: return "No herding\(when): \(none) at \(rounded(100 * level, 1)) % \(numbers)."
    }
  }
}

/// For sentences: at most so many decimals.
func rounded(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let text = "\((value * scale).rounded() / scale)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
