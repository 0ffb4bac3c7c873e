import Foundation

extension VolatilityModel {
  /// Forecasts of mean and variance at given parameters.
  ///
  /// The sample is filtered once; each origin knows what came up to it, except that starting values of the recursion are
  /// those of the whole sample.
  ///
  /// ```swift
  /// let next = try model.forecast(at: fit, returns, horizon: 5)
  /// let fan = try model.forecast(
  ///   at: fit, returns, regressors: columns, horizon: 10, origins: .from(1000),
  ///   method: .simulation(paths: 1000, seed: 1), regressorPaths: ["csad": .observed], quantiles: [0.01, 0.99])
  /// ```
  ///
  /// - Parameters:
  ///   - parameters: a value for each of `parameterNames()`.
  ///   - returns: [n].
  ///   - columns: [n] for each regressor, by name.
  ///   - horizon: steps, at least 1.
  ///   - method: with the same seed an origin's forecasts are the same, alone or beside others, on any number of threads.
  ///   - paths: x_{T+1} … of each regressor. One that enters with lag L needs its first horizon − L values (none where
  ///     that is not positive); up to the horizon's may be given. The measure of a HAR variance, which has no equation of
  ///     its own, is asked for in the same way beyond one step, with lag 1.
  ///   - quantiles: probabilities at which simulated returns are described.
  ///   - keepsPaths: whether all simulated returns and variances are given back: 16 bytes an origin, path and step.
  /// - Throws: ``VolatilityError`` for bad data and parameters, origins outside the sample, missing regressor paths or
  ///   ones of another length, analytic forecasts of models that have none, quantiles or paths of an analytic forecast.
  public func forecast(
    at parameters: [String: Double], _ returns: [Double], regressors columns: [String: [Double]] = [:],
    horizon: Int = 1, origins: ForecastOrigins = .last, method: ForecastMethod = .analytic,
    regressorPaths paths: [String: RegressorPath] = [:], quantiles: [Double] = [], keepsPaths: Bool = false
  ) throws(VolatilityError) -> VolatilityForecast {
    let plan = try ForecastPlan(self, parameters, returns, columns, horizon, origins, paths)
    let request: SimulationRequest
    switch method {
    case .analytic:
      try plan.checkAnalytic()
      guard quantiles.isEmpty, !keepsPaths else {
        throw VolatilityError(
          .specification,
          "an analytic forecast has no paths for quantiles or to keep; use the method simulation or bootstrap."
        )
      }
      let lower = plan.dynamics.gamma.isEmpty ? 0 : distribution.lowerVariance(shape: plan.dynamics.shape)
      var found: [ForecastMoments] = []
      for index in plan.origins.indices { found.append(try plan.analytic(index, lowerVariance: lower)) }
      return VolatilityForecast(plan, found, nil)
    case .simulation(let paths, let seed):
      request = .init(
        paths: paths, seed: seed, isBootstrap: false, probabilities: quantiles, keepsPaths: keepsPaths)
    case .bootstrap(let paths, let seed):
      request = .init(
        paths: paths, seed: seed, isBootstrap: true, probabilities: quantiles, keepsPaths: keepsPaths)
    }
    try plan.check(request)
    let standardised =
      request.isBootstrap
      ? zip(plan.history.residuals, plan.history.variance).map { $0 / $1.squareRoot() } : []
    let found = try Parallel.map(plan.origins.count) { index throws(VolatilityError) in
      try plan.simulate(index, request, standardised: standardised)
    }
    let outcomes = found.compactMap(\.1)
    return VolatilityForecast(plan, found.map(\.0), outcomes.isEmpty ? nil : outcomes)
  }
}

extension VolatilityForecast {
  init(_ plan: ForecastPlan, _ moments: [ForecastMoments], _ simulated: [SimulatedOutcomes]?) {
    origins = plan.origins
    horizon = plan.horizon
    mean = moments.map(\.mean)
    variance = moments.map(\.variance)
    let wider = moments.compactMap(\.returnVariance)
    returnVariance = wider.count == moments.count ? wider : nil
    self.simulated = simulated
  }
}
