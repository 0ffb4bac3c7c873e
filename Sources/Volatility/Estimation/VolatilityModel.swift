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
/// `beta[j]` (`delta` of APARCH; `phi` and `d` of FIGARCH before its `beta[1]`; `decay` of EWMA), `phi[x]`; `nu`,
/// `lambda`, `xi`.
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
