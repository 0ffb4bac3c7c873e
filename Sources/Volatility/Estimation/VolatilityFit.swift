/// A parameter of a fitted model, in the user's units.
public struct EstimatedParameter: Sendable, Equatable {
  public let name: String
  public let value: Double
  /// nil where the parameter is fixed, lies on a bound, or its standard error could not be worked out.
  public let standardError: Double?
  public let isOnBound: Bool
  public let isFixed: Bool
  /// Whether zero is the edge of what is allowed (ω, α, β, φ ≥ 0), so that a test against zero has one side.
  public let isNonNegative: Bool

  /// value / standard error.
  public var t: Double? { standardError.map { value / $0 } }

  /// Of the test that the parameter is zero, from the normal distribution: two-sided, or P(Z > t) where zero is the edge of
  /// what is allowed, as then the statistic t² is half a χ²₁ and half zero (Andrews 2001; Francq and Thieu 2019). 1 on the
  /// bound at zero.
  public var pValue: Double? {
    if isOnBound, isNonNegative, value == 0 { return 1 }
    guard let t else { return nil }
    return isNonNegative
      ? ReferenceDistribution.normal.probability(above: t)
      : 2 * ReferenceDistribution.normal.probability(above: abs(t))
  }

  /// value ± quantile · standard error, cut at zero where the parameter cannot be negative.
  public func interval(_ level: Double = 0.95) -> ClosedRange<Double>? {
    guard let standardError, level > 0, level < 1 else { return nil }
    let half = ReferenceDistribution.normal.quantile(0.5 + 0.5 * level) * standardError
    return (isNonNegative ? max(0, value - half) : value - half)...(value + half)
  }
}

/// How a search ended.
public enum FitStatus: Sendable, Equatable, CustomStringConvertible {
  /// The gradient vanishes.
  case converged
  /// It vanishes along what the bounds and inequalities named here, which hold with equality, leave free.
  case convergedOnBound([String])
  /// The largest ln L that was found is no optimum.
  case stoppedEarly(String)

  public var hasConverged: Bool {
    if case .stoppedEarly = self { false } else { true }
  }

  /// `converged`, `converged-on-bound` or `stopped-early`.
  public var name: String {
    switch self {
    case .converged: "converged"
    case .convergedOnBound: "converged-on-bound"
    case .stoppedEarly: "stopped-early"
    }
  }

  public var description: String {
    switch self {
    case .converged: name
    case .convergedOnBound(let names): "\(name) (\(names.joined(separator: ", ")))"
    case .stoppedEarly(let reason): "\(name): \(reason)"
    }
  }
}

/// What came out of fitting a ``VolatilityModel`` by maximum likelihood; all of it in the user's units.
public struct VolatilityFit: Sendable {
  public let model: VolatilityModel
  public let options: FitOptions
  public let logLikelihood: Double
  /// In the order of `VolatilityModel.parameterNames()`.
  public let parameters: [EstimatedParameter]
  public let status: FitStatus
  /// The largest component of the gradient of ln L an observation, for standardised data, along what the active
  /// constraints leave free.
  public let projectedGradient: Double
  /// Observations with a residual; `dropped` ones before them were conditioned on.
  public let observations: Int
  public let dropped: Int
  /// σ²_t and ε_t, [observations]; empty where the options do not keep series.
  public let conditionalVariance: [Double]
  public let residuals: [Double]
  /// y_t − ε_t.
  public let fittedMean: [Double]
  /// Of the parameters `covarianceNames`: those with a standard error.
  public let covarianceMatrix: Matrix
  public let covarianceNames: [String]
  public let covarianceKind: CovarianceKind
  /// The sum that is below 1 where the variance is stationary, with E[z²1{z<0}] of the fitted distribution as the weight of
  /// asymmetric terms; nil where there is no such sum (FIGARCH).
  public let persistence: Double?
  /// The unconditional variance, with regressors at their means over the sample; nil where it is infinite or has no closed
  /// form.
  public let unconditionalVariance: Double?
  /// How often the likelihood was worked out.
  public let evaluations: Int
  public let warnings: [String]

  /// ε_t/σ_t.
  public var standardizedResiduals: [Double] {
    zip(residuals, conditionalVariance).map { $0 / $1.squareRoot() }
  }
  public var parameterValues: [String: Double] {
    Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.value) })
  }
  public subscript(_ name: String) -> EstimatedParameter? { parameters.first { $0.name == name } }

  /// Parameters that were estimated, those on bounds with them.
  public var estimatedCount: Int {
    parameters.filter { !$0.isFixed }.count - (options.targetsVariance ? 1 : 0)
  }
  /// −2 ln L + 2k.
  public var aic: Double { -2 * logLikelihood + 2 * Double(estimatedCount) }
  /// −2 ln L + k ln T.
  public var bic: Double { -2 * logLikelihood + Double(estimatedCount) * _log(Double(observations)) }
  /// −2 ln L + 2k ln ln T.
  public var hqic: Double {
    -2 * logLikelihood + 2 * Double(estimatedCount) * _log(_log(Double(observations)))
  }
}
