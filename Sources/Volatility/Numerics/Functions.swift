import CNumerics

/// Special functions and distribution functions (Boost.Math), NaN outside their domains.
public enum Functions {
  /// ln Γ(x), x > 0.
  public static func logGamma(_ x: Double) -> Double { cn_log_gamma(x) }
  /// ψ(x) = (ln Γ)′(x), x > 0.
  public static func digamma(_ x: Double) -> Double { cn_digamma(x) }
  /// ψ′(x), x > 0.
  public static func trigamma(_ x: Double) -> Double { cn_trigamma(x) }
  /// The regularised incomplete beta function I_x(a, b), 0 ≤ x ≤ 1.
  public static func incompleteBeta(_ a: Double, _ b: Double, at x: Double) -> Double {
    cn_incomplete_beta(a, b, x)
  }
  /// The regularised lower incomplete gamma function P(a, x), x ≥ 0.
  public static func incompleteGamma(_ a: Double, at x: Double) -> Double { cn_incomplete_gamma(a, x) }
  /// x with P(a, x) = p.
  public static func inverseIncompleteGamma(_ a: Double, of p: Double) -> Double {
    cn_inverse_incomplete_gamma(a, p)
  }
}

/// Distributions that tests refer to.
public enum ReferenceDistribution: Sendable, Equatable {
  case normal
  case studentT(freedom: Double)
  case chiSquared(freedom: Double)
  case fisherF(freedom1: Double, freedom2: Double)

  /// P(X ≤ x).
  public func probability(below x: Double) -> Double { cdf(x, false) }
  /// P(X > x), exact in the far tail.
  public func probability(above x: Double) -> Double { cdf(x, true) }

  /// x with P(X ≤ x) = p, 0 ≤ p ≤ 1.
  public func quantile(_ p: Double) -> Double {
    switch self {
    case .normal: cn_normal_quantile(p)
    case .studentT(let freedom): cn_student_t_quantile(p, freedom)
    case .chiSquared(let freedom): cn_chi_squared_quantile(p, freedom)
    case .fisherF(let freedom1, let freedom2): cn_fisher_f_quantile(p, freedom1, freedom2)
    }
  }

  private func cdf(_ x: Double, _ upper: Bool) -> Double {
    switch self {
    case .normal: cn_normal_cdf(x, upper)
    case .studentT(let freedom): cn_student_t_cdf(x, freedom, upper)
    case .chiSquared(let freedom): cn_chi_squared_cdf(x, freedom, upper)
    case .fisherF(let freedom1, let freedom2): cn_fisher_f_cdf(x, freedom1, freedom2, upper)
    }
  }
}
