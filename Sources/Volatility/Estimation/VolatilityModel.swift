/// mean × variance × distribution, with regressors in either equation.
///
/// ```swift
/// let model = VolatilityModel(
///   mean: .constant, variance: .garch(p: 1, q: 1), distribution: .studentT,
///   regressors: [Regressor("csad")])
/// let fit = try model.fit(returns, regressors: ["csad": dispersion])
/// ```
///
/// Parameters, in their order: `mu`, `ar[i]`, `har[l]`, `theta[x]`, `ma[j]`, `kappa`; `omega`, `alpha[i]`, `gamma[i]`,
/// `beta[j]` (`delta` of APARCH; `phi` and `d` of FIGARCH before its `beta[1]`; `decay` of EWMA; `har[l]` of HAR, which is
/// `variance.har[l]` beside a HAR mean), `phi[x]`; `nu`, `lambda`, `xi`.
public struct VolatilityModel: Sendable, Equatable {
  public var mean: MeanModel
  public var variance: VarianceModel
  public var distribution: InnovationDistribution
  public var regressors: [Regressor]
  public var initialisation: Initialisation

  public init(
    mean: MeanModel = .constant, variance: VarianceModel = .garch(p: 1, q: 1),
    distribution: InnovationDistribution = .normal, regressors: [Regressor] = [],
    initialisation: Initialisation = .ewma
  ) {
    self.mean = mean
    self.variance = variance
    self.distribution = distribution
    self.regressors = regressors
    self.initialisation = initialisation
  }

  /// Names of all parameters, in their order.
  ///
  /// - Throws: ``VolatilityError`` where the parts do not fit.
  public func parameterNames() throws(VolatilityError) -> [String] { try Specification(self).names }

  /// How many observations at the beginning of a sample have no residual, as the longest lag needs them.
  ///
  /// - Throws: ``VolatilityError`` where the parts do not fit.
  public func conditionedObservations() throws(VolatilityError) -> Int { try Specification(self).dropped }

  /// Columns that the model reads beside the returns, each once: regressors, and the measure of a HAR variance.
  public var columnNames: [String] {
    var names: [String] = []
    for one in regressors where !names.contains(one.name) { names.append(one.name) }
    if case .har(_, let measure) = variance, !names.contains(measure) { names.append(measure) }
    return names
  }

  /// ln L and its gradient at given parameters.
  ///
  /// - Parameters:
  ///   - parameters: a value for each of `parameterNames()`.
  ///   - returns: [n].
  ///   - columns: [n] for each regressor, by name.
  /// - Returns: ln L, −∞ where a variance is not positive; the gradient in the order of `parameterNames()`.
  /// - Throws: ``VolatilityError`` for bad data, missing or unknown names, values outside a parameter's range.
  public func logLikelihood(
    at parameters: [String: Double], _ returns: [Double], regressors columns: [String: [Double]] = [:]
  ) throws(VolatilityError) -> (value: Double, gradient: [Double]) {
    let likelihood = try Likelihood(self, returns, columns, scaled: false)
    let theta = try likelihood.specification.values(parameters)
    var gradient = [Double](repeating: 0, count: theta.count)
    let value = likelihood.gradient(theta, &gradient)
    return (value, gradient)
  }

  /// σ²_t and ε_t at given parameters; as in `logLikelihood(at:_:regressors:)`.
  ///
  /// - Throws: ``VolatilityError`` also where a variance is not positive.
  public func filter(
    at parameters: [String: Double], _ returns: [Double], regressors columns: [String: [Double]] = [:]
  ) throws(VolatilityError) -> (variance: [Double], residuals: [Double]) {
    let likelihood = try Likelihood(self, returns, columns, scaled: false)
    let theta = try likelihood.specification.values(parameters)
    guard likelihood.value(theta) > -.infinity else {
      throw VolatilityError(
        .specification,
        "at these parameters a variance is not positive and finite; stay within the bounds of the model")
    }
    return (likelihood.recursion.varianceValues, likelihood.recursion.residualValues)
  }
}
