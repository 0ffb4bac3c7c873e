/// How the covariance of estimates is worked out. H is minus the second derivatives of ln L, S the scores of observations.
public enum CovarianceKind: Sendable, Equatable {
  /// H⁻¹ SᵀS H⁻¹, right also where the innovations' distribution is another one (Bollerslev and Wooldridge 1992).
  case robust
  /// H⁻¹.
  case hessian
  /// (SᵀS)⁻¹, the outer product of gradients (Berndt, Hall, Hall and Hausman 1974).
  case opg
  /// H⁻¹ Ω H⁻¹ with Newey and West's (1987) covariance of scores; nil: ⌊4(T/100)^(2/9)⌋ lags.
  case hac(lags: Int?)
  /// The covariance of estimates from series simulated with the fitted model and innovations drawn from its standardised
  /// residuals (Pascual, Romo and Ruiz 2006: the recursive residual bootstrap); regressors stay as they are.
  case bootstrap(replications: Int, seed: UInt64)

  public var name: String {
    switch self {
    case .robust: "robust"
    case .hessian: "hessian"
    case .opg: "opg"
    case .hac: "hac"
    case .bootstrap: "bootstrap"
    }
  }
}

/// How a model is fitted.
public struct FitOptions: Sendable, Equatable {
  /// Parameters that are not estimated, in the user's units.
  public var fixed: [String: Double]
  /// Where the search begins, in the user's units: with all parameters given there is no grid of starting points; those
  /// that are missing come from the grid.
  public var starting: [String: Double]?
  public var covariance: CovarianceKind
  /// Variance targeting (Engle and Mezrich 1996): ω is what gives the unconditional variance, at the regressors' means,
  /// the value of the mean squared residual of least squares. Standard errors take that value as known.
  public var targetsVariance: Bool
  /// Keeps Σα + wΣγ + Σβ ≤ 1, w = E[z²1{z<0}] of the law that is fitted; ½, as in `arch`, for powers other than 2.
  public var requiresStationarity: Bool
  /// Of the search from one starting point.
  public var maximumIterations: Int
  /// The projected gradient of ln L an observation, for standardised data, below which the search has converged.
  public var tolerance: Double
  /// Whether the fit keeps conditional variances and residuals.
  public var keepsSeries: Bool

  public init(
    fixed: [String: Double] = [:], starting: [String: Double]? = nil, covariance: CovarianceKind = .robust,
    targetsVariance: Bool = false, requiresStationarity: Bool = true, maximumIterations: Int = 200,
    tolerance: Double = 1e-7, keepsSeries: Bool = true
  ) {
    self.fixed = fixed
    self.starting = starting
    self.covariance = covariance
    self.targetsVariance = targetsVariance
    self.requiresStationarity = requiresStationarity
    self.maximumIterations = maximumIterations
    self.tolerance = tolerance
    self.keepsSeries = keepsSeries
  }
}
