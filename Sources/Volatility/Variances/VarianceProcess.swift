/// A parameter as the search sees it: in units of standardised data.
struct ParameterSpecification: Sendable {
  var name: String
  var lower: Double
  var upper: Double
  /// The size below which a change of the parameter no longer matters, for steps of numerical derivatives.
  var scale = 0.1
  /// What to call it in a formula θ = θ* · s^power, where data were divided by s.
  var power = 0.0
  /// Whether it can be zero only at the edge of what is allowed, so that a test of zero is one-sided.
  var isNonNegative: Bool { lower >= 0 && lower < 1e-4 }
}

/// Σ coefficients · θ ≤ bound.
struct LinearInequality: Sendable {
  var coefficients: [Double]
  var bound: Double
  /// Whether it is there for stationarity, not for positive variances.
  var isStationarity = false
  /// The observation at which it asks for a positive intercept.
  var time: Int?
}

/// A recursion for conditional variances: one type, one file a family.
///
/// Parameters are those of the family alone; the coefficients of regressors come after them and reach the process as an
/// intercept of each observation.
protocol VarianceProcess: Sendable {
  var parameters: [ParameterSpecification] { get }
  /// The index of ω, where there is one.
  var interceptIndex: Int? { get }
  /// Whether the state is ln σ², so that any intercept is allowed.
  var isLogarithmic: Bool { get }
  /// The recursion begins with averages of |ε| to this power.
  var presamplePower: Double { get }
  /// How many numbers an observation the process keeps in `Recursion.scratch`.
  var scratch: Int { get }

  /// Prepares scans at θ; false where that is not possible.
  func begin(_ theta: UnsafePointer<Double>, _ recursion: Recursion, gradient: Bool) -> Bool
  /// Fills state, variance and rate at the observations of `range`, with derivatives of the state where asked for.
  /// All before `range` is known. False where a variance is not positive and finite.
  func scan(
    _ range: Range<Int>, _ theta: UnsafePointer<Double>, _ recursion: Recursion, gradient: Bool
  ) -> Bool

  /// The recursion as it is written in papers: σ²_t from residuals, intercepts and the presample value, one more than
  /// there are residuals where an intercept for it is given.
  func reference(_ theta: [Double], residuals: [Double], intercepts: [Double], presample: Double) -> [Double]

  /// The inequalities between parameters, beside their bounds.
  var inequalities: [LinearInequality] { get }
  /// The sum that is below 1 where the process is covariance stationary, given E[z²1{z<0}]; nil where there is no such
  /// sum.
  func persistence(_ theta: [Double], lowerVariance: Double) -> Double?
  /// Of which moments of the innovations the stationary level is made, for which shape parameters then matter; nil where
  /// none do.
  var levelPower: Double? { get }
  /// The presample value that the unconditional rule takes, given the mean of intercepts; nil where it does not exist, or
  /// is not in closed form.
  func unconditional(_ theta: [Double], intercept: Double, _ moments: LawMoments) -> StationaryLevel?
  /// Whether `unconditional` can give a value at all.
  var hasUnconditional: Bool { get }
  /// ω with which the unconditional variance is `variance`, less the regressors' part; nil where targeting is not defined.
  func target(variance: Double, _ theta: [Double], regressors: Double, _ moments: LawMoments)
    -> TargetedIntercept?
  var hasTarget: Bool { get }

  /// Points of a grid at which the search may begin; `moment(q)` is the mean of |ε|^q.
  func starts(moment: (Double) -> Double) -> [[Double]]
  /// Parameters for data multiplied by s, from those for data as they are.
  func restore(_ theta: [Double], scale s: Double) -> [Double]
  /// Whether `restore` multiplies each parameter by a number of its own.
  var isScaledByParts: Bool { get }
}

extension VarianceProcess {
  var interceptIndex: Int? { 0 }
  var isLogarithmic: Bool { false }
  var presamplePower: Double { 2 }
  var scratch: Int { 0 }
  var levelPower: Double? { nil }
  var hasUnconditional: Bool { false }
  func unconditional(_ theta: [Double], intercept: Double, _ moments: LawMoments) -> StationaryLevel? { nil }
  var hasTarget: Bool { false }
  func target(
    variance: Double, _ theta: [Double], regressors: Double, _ moments: LawMoments
  ) -> TargetedIntercept? { nil }
  var isScaledByParts: Bool { true }
  func restore(_ theta: [Double], scale s: Double) -> [Double] {
    zip(theta, parameters).map { $0 * power(s, $1.power) }
  }
  func begin(_ theta: UnsafePointer<Double>, _ recursion: Recursion, gradient: Bool) -> Bool { true }
}

/// s^p, exactly for whole p where s is a power of two.
func power(_ s: Double, _ p: Double) -> Double {
  if p == 0 { return 1 }
  if p == 1 { return s }
  if p == 2 { return s * s }
  return _pow(s, p)
}
