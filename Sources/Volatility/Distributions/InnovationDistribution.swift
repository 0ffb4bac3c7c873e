import Foundation

/// The law of the standardised innovations z = ε/σ: mean 0, variance 1.
public enum InnovationDistribution: String, Sendable, Equatable, CaseIterable {
  case normal
  /// Student's t; `nu` > 2.
  case studentT = "t"
  /// Hansen's (1994) skewed t; `nu` > 2, −1 < `lambda` < 1, `lambda` < 0 skewed to the left.
  case skewT = "skewt"
  /// The normal skewed as Fernández and Steel (1998) do; `xi` > 0, 1 is symmetric, below it skewed to the left.
  case skewedNormal = "snorm"
  /// Student's t skewed as Fernández and Steel do; `nu` > 2, `xi` > 0.
  case skewedT = "sstd"
  /// The generalised error distribution; `nu` > 1, 2 is the normal.
  case generalizedError = "ged"

  /// Names of the shape parameters, in the order in which every function here takes them.
  public var parameterNames: [String] {
    switch self {
    case .normal: []
    case .studentT, .generalizedError: ["nu"]
    case .skewT: ["nu", "lambda"]
    case .skewedNormal: ["xi"]
    case .skewedT: ["nu", "xi"]
    }
  }

  /// The range in which each shape parameter is sought.
  public var bounds: [ClosedRange<Double>] {
    switch self {
    case .normal: []
    case .studentT: [2.05...500]
    case .generalizedError: [1.01...500]
    case .skewT: [2.05...300, -0.999...0.999]
    case .skewedNormal: [0.1...10]
    case .skewedT: [2.05...300, 0.1...10]
    }
  }

  /// Where the search begins, from standardised residuals.
  ///
  /// - Parameter kurtosis: their kurtosis (3 for the normal).
  public func start(kurtosis: Double) -> [Double] {
    // Matches the kurtosis of a t where that exists.
    let freedom = kurtosis > 3.75 ? max(4, (4 * kurtosis - 6) / (kurtosis - 3)) : 12
    return switch self {
    case .normal: []
    case .studentT: [freedom]
    case .generalizedError: [1.5]
    case .skewT: [freedom, 0]
    case .skewedNormal: [1]
    case .skewedT: [freedom, 1]
    }
  }

  public var isSymmetric: Bool {
    switch self {
    case .normal, .studentT, .generalizedError: true
    case .skewT, .skewedNormal, .skewedT: false
    }
  }

  /// Calls `body` with the law at these shape parameters. Traps where their number is not that of the names.
  func withLaw<Result>(_ shape: some Collection<Double>, _ body: (any InnovationLaw) -> Result) -> Result {
    let shape = Array(shape)
    precondition(shape.count == parameterNames.count, "\(shape.count) shape parameters for \(self)")
    return switch self {
    case .normal: body(NormalLaw())
    case .studentT: body(StudentTLaw(nu: shape[0]))
    case .generalizedError: body(GeneralizedErrorLaw(nu: shape[0]))
    case .skewT: body(HansenSkewTLaw(nu: shape[0], lambda: shape[1]))
    case .skewedNormal: body(FernandezSteelLaw(NormalLaw(), xi: shape[0], hasBaseShape: false))
    case .skewedT: body(FernandezSteelLaw(StudentTLaw(nu: shape[0]), xi: shape[1], hasBaseShape: true))
    }
  }

  // MARK: Functions of one number

  /// ln f(z).
  public func logDensity(_ z: Double, shape: [Double] = []) -> Double {
    withLaw(shape) { $0.logDensity(z) }
  }

  /// ln f(z) with its derivatives in z and in each shape parameter.
  public func logDensityDerivatives(
    _ z: Double, shape: [Double] = []
  ) -> (value: Double, slope: Double, shapeSlopes: [Double]) {
    let found = withLaw(shape) { $0.derivatives(z) }
    return (found.value, found.slope, Array([found.shape0, found.shape1].prefix(parameterNames.count)))
  }

  /// P(Z ≤ z).
  public func cdf(_ z: Double, shape: [Double] = []) -> Double { withLaw(shape) { $0.cdf(z) } }

  /// z with P(Z ≤ z) = p; ±∞ at 1 and 0, NaN outside [0, 1].
  public func quantile(_ p: Double, shape: [Double] = []) -> Double {
    guard p > 0, p < 1 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
    return withLaw(shape) { $0.quantile(p) }
  }

  /// One draw.
  public func sample(shape: [Double] = [], using generator: inout some RandomNumberGenerator) -> Double {
    var copy = generator
    defer { generator = copy }
    return withLaw(shape) { $0.sample(&copy) }
  }

  // MARK: Moments

  /// E|Z|.
  public func meanAbsolute(shape: [Double] = []) -> Double { withLaw(shape) { $0.moment { abs($0) } } }

  /// E[Z² 1{Z < 0}]: ½ for symmetric laws. What the asymmetric term adds to persistence.
  public func lowerVariance(shape: [Double] = []) -> Double {
    isSymmetric ? 0.5 : withLaw(shape) { $0.partialMoment(below: true) { $0 * $0 } }
  }

  /// P(Z < 0).
  public func lowerProbability(shape: [Double] = []) -> Double { isSymmetric ? 0.5 : cdf(0, shape: shape) }

  /// E[g(Z)], by quadrature; for g that make it finite.
  public func expectation(shape: [Double] = [], of g: (Double) -> Double) -> Double {
    withLaw(shape) { $0.moment(g) }
  }

  /// E[Z³]; nil where it does not exist (ν ≤ 3).
  public func skewness(shape: [Double] = []) -> Double? {
    if isSymmetric { return hasMoment(3, shape) ? 0 : nil }
    return hasMoment(3, shape) ? expectation(shape: shape) { $0 * $0 * $0 } : nil
  }

  /// E[Z⁴]; nil where it does not exist (ν ≤ 4).
  public func kurtosis(shape: [Double] = []) -> Double? {
    hasMoment(4, shape) ? expectation(shape: shape) { $0 * $0 * $0 * $0 } : nil
  }

  private func hasMoment(_ order: Double, _ shape: [Double]) -> Bool {
    switch self {
    case .studentT, .skewT, .skewedT: shape[0] > order
    case .normal, .skewedNormal, .generalizedError: true
    }
  }

  /// E[Z | Z ≤ quantile(p)] for 0 < p < 1: what expected shortfall is made of.
  public func tailMean(_ p: Double, shape: [Double] = []) -> Double {
    let edge = quantile(p, shape: shape)
    return withLaw(shape) { law in
      let weighted: (Double) -> Double = { $0 * exp(law.logDensity($0)) }
      let joint = law.joint
      guard edge > joint else { return Quadrature.toInfinity(edge, -1, weighted) / p }
      return (Quadrature.toInfinity(joint, -1, weighted) + Quadrature.between(joint, edge, weighted)) / p
    }
  }
}
