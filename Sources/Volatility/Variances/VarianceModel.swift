/// The conditional variance; the formulas are in <doc:PartsOfAModel>.
public enum VarianceModel: Sendable, Equatable {
  /// The same variance at all times (before regressors).
  case constant
  /// σ²_t = ω + Σ α_i ε²_{t−i}.
  case arch(Int)
  /// GARCH(p, o, q) in σ^power: power 2 with o > 0 is GJR, power 1 with o > 0 TARCH.
  case garch(p: Int, o: Int = 0, q: Int, power: Double = 2)
  /// Names: alpha, the size effect centred at √(2/π); gamma, the sign effect.
  case egarch(p: Int, o: Int = 1, q: Int)
  case aparch(p: Int, o: Int = 1, q: Int)
  /// Orders 0 or 1.
  case figarch(p: Int = 1, q: Int = 1, power: Double = 2, truncation: Int = 1000)
  /// nil: the decay is estimated.
  case ewma(decay: Double? = 0.94)
  /// Averages of a measure of the realised variance (Corsi 2009) over the last values up to the day before, one of each
  /// length; `measure` is the name of its column. Names: har[length].
  case har([Int] = [1, 5, 22], measure: String)

  public static func gjr(p: Int = 1, o: Int = 1, q: Int = 1) -> VarianceModel { .garch(p: p, o: o, q: q) }
  public static func tarch(p: Int = 1, o: Int = 1, q: Int = 1) -> VarianceModel {
    .garch(p: p, o: o, q: q, power: 1)
  }

  func process() throws(VolatilityError) -> any VarianceProcess {
    func orders(_ p: Int, _ o: Int, _ q: Int, _ name: String) throws(VolatilityError) {
      guard p >= 0, o >= 0, q >= 0, p + o > 0, max(p, o, q) <= 100 else {
        throw VolatilityError(
          .specification,
          "\(name) of orders p = \(p), o = \(o), q = \(q): orders are from 0 to 100 and p or o is at least 1, as otherwise no shock moves the variance"
        )
      }
    }
    switch self {
    case .constant: return GARCH(p: 0, o: 0, q: 0, power: 2)
    case .arch(let p):
      try orders(p, 0, 0, "ARCH")
      return GARCH(p: p, o: 0, q: 0, power: 2)
    case .garch(let p, let o, let q, let power):
      try orders(p, o, q, "GARCH")
      guard power > 0, power <= 10 else {
        throw VolatilityError(
          .specification, "GARCH with power \(power): the power is above 0 and at most 10")
      }
      return GARCH(p: p, o: o, q: q, power: power)
    case .egarch(let p, let o, let q):
      try orders(p, o, q, "EGARCH")
      return EGARCH(p: p, o: o, q: q)
    case .aparch(let p, let o, let q):
      try orders(p, o, q, "APARCH")
      guard p >= 1, o <= p else {
        throw VolatilityError(
          .specification, "APARCH with p = \(p), o = \(o): p is at least 1 and o at most p")
      }
      return APARCH(p: p, o: o, q: q)
    case .figarch(let p, let q, let power, let truncation):
      guard (0...1).contains(p), (0...1).contains(q), power > 0, truncation >= 2 else {
        throw VolatilityError(
          .specification,
          "FIGARCH with p = \(p), q = \(q), power \(power), truncation \(truncation): p and q are 0 or 1, the power is positive, at least 2 lags are kept"
        )
      }
      return FIGARCH(p: p, q: q, power: power, truncation: truncation)
    case .ewma(let decay):
      if let decay, !(decay > 0 && decay < 1) {
        throw VolatilityError(.specification, "EWMA with decay \(decay): the decay is between 0 and 1")
      }
      return EWMA(decay: decay)
    case .har(let lengths, let measure):
      guard !lengths.isEmpty, lengths.allSatisfy({ (1...1000).contains($0) }),
        Set(lengths).count == lengths.count
      else {
        throw VolatilityError(
          .specification,
          "HAR variance over averages of \(lengths) values: lengths from 1 to 1000, each once, are needed")
      }
      guard !measure.isEmpty else {
        throw VolatilityError(
          .specification,
          "a HAR variance is over a measure of the realised variance: name its column (--measure COL)")
      }
      return HARVariance(lengths: lengths)
    }
  }
}
