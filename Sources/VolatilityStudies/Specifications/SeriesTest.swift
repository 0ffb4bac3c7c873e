import Command
import Volatility

/// A test of one series, by the name that commands have for it.
public enum SeriesTest: String, Sendable, CaseIterable {
  case jarqueBera = "jb"
  case ljungBox = "lb"
  case ljungBoxOfSquares = "lb-squares"
  case archLM = "arch-lm"
  case signBias = "sign-bias"
  case adf, pp, kpss
  case dfGLS = "df-gls"
  case zivotAndrews = "za"
  case varianceRatio = "vr"

  public struct Options: Sendable {
    /// nil: each test's own rule.
    public var lags: Int?
    /// Of unit root tests.
    public var terms: DeterministicTerms

    public init(lags: Int? = nil, terms: DeterministicTerms = .constant) {
      self.lags = lags
      self.terms = terms
    }
  }

  /// - Parameter text: names with commas between, or `all`.
  /// - Throws: `VolatilityError` for a name that is none.
  public static func parsing(_ text: String) throws(VolatilityError) -> [SeriesTest] {
    let words = text.split(separator: ",").map { $0.filter { !$0.isWhitespace }.lowercased() }
    if words == ["all"] { return allCases }
    var found: [SeriesTest] = []
    for word in words {
      guard let test = SeriesTest(rawValue: word == "arch" ? "arch-lm" : word) else {
        let known = allCases.map(\.rawValue)
        throw VolatilityError(
          .specification,
          "there is no test '\(word)'\(suggestion(for: word, among: known)); there are \(known.joined(separator: ", "))"
        )
      }
      if !found.contains(test) { found.append(test) }
    }
    guard !found.isEmpty else {
      throw VolatilityError(
        .specification,
        "no test is named; there are \(allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return found
  }

  /// - Parameter text: `n`, `c` or `ct`.
  public static func terms(_ text: String) throws(VolatilityError) -> DeterministicTerms {
    guard let found = DeterministicTerms(rawValue: text.lowercased()) else {
      throw VolatilityError(
        .specification,
        "terms '\(text)' are unknown; there are \(DeterministicTerms.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    return found
  }

  /// Runs the test. ARCH-LM and the sign bias test are of the series less its mean, as of a model with a constant variance.
  ///
  /// - Throws: `VolatilityError` where the series does not allow the test.
  public func run(_ x: [Double], _ options: Options = Options()) throws(VolatilityError) -> any HypothesisTest
  {
    let lags = options.lags
    let terms = options.terms
    switch self {
    case .jarqueBera: return try JarqueBera(x)
    case .ljungBox: return try LjungBox(x, lags: lags ?? 10)
    case .ljungBoxOfSquares: return try LjungBox(x, lags: lags ?? 10, squared: true)
    case .archLM: return try ARCHLM(x.lessMean, lags: lags ?? 5)
    case .signBias:
      let centred = x.lessMean
      let spread = centred.map { $0 * $0 }.mean.squareRoot()
      return try SignBias(standardized: spread > 0 ? centred.map { $0 / spread } : x)
    case .adf: return try AugmentedDickeyFuller(x, terms: terms, lags: lags.map { .fixed($0) } ?? .aic())
    case .pp: return try PhillipsPerron(x, terms: terms, lags: lags)
    case .kpss:
      return try KPSS(
        x, terms: terms == .none ? .constant : terms, lags: lags.map { .fixed($0) } ?? .automatic)
    case .dfGLS:
      return try DickeyFullerGLS(
        x, terms: terms == .none ? .constant : terms, lags: lags.map { .fixed($0) } ?? .aic())
    case .zivotAndrews: return try ZivotAndrews(x)
    case .varianceRatio: return try VarianceRatio(x, steps: lags ?? 2)
    }
  }
}

extension [Double] {
  var lessMean: [Double] {
    let mean = mean
    return map { $0 - mean }
  }
}
