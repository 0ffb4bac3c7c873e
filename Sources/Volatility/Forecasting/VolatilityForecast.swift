/// How forecasts beyond the next observation are made.
public enum ForecastMethod: Sendable, Equatable {
  /// In closed form: the whole horizon where the recursion is in σ² (GARCH of power 2, ARCH, GJR, FIGARCH of power 2,
  /// EWMA, HAR along its measure's path, constant), one step for the others.
  case analytic
  /// Paths with innovations drawn from the model's law.
  case simulation(paths: Int = 1000, seed: UInt64)
  /// Paths with innovations drawn from the standardised residuals up to each origin: filtered historical simulation
  /// (Barone-Adesi, Giannopoulos and Vosper 1999). Residuals are taken as they are, neither centred nor scaled.
  case bootstrap(paths: Int = 1000, seed: UInt64)
}

/// The last observations known to forecasts, as indices of the returns, counted from zero.
public enum ForecastOrigins: Sendable, Equatable {
  case last
  /// This one and all after it.
  case from(Int)
  case at([Int])
}

/// Values of a regressor after an origin: x_{T+1}, x_{T+2}, …
public enum RegressorPath: Sendable, Equatable, ExpressibleByArrayLiteral {
  /// The same after every origin.
  case values([Double])
  /// A path for each origin.
  case perOrigin([[Double]])
  /// What the column itself holds after each origin, as if it had been foreseen.
  case observed

  public init(arrayLiteral elements: Double...) { self = .values(elements) }
}

/// Forecasts from one or many origins.
public struct VolatilityForecast: Sendable, Equatable {
  /// The last observation known, as an index of the returns.
  public let origins: [Int]
  public let horizon: Int
  /// E(y_{T+k}), [origins][horizon].
  public let mean: [[Double]]
  /// E(σ²_{T+k}) = E(ε²_{T+k}), [origins][horizon].
  public let variance: [[Double]]
  /// Var(y_{T+k}), in which shocks live on by the lags of the mean, [origins][horizon]; nil where it is not in closed
  /// form.
  public let returnVariance: [[Double]]?
  /// What paths gave beside moments; nil for analytic forecasts, or where nothing was asked for.
  public let simulated: [SimulatedOutcomes]?
}

/// Simulated returns after one origin.
public struct SimulatedOutcomes: Sendable, Equatable {
  /// Those asked for.
  public let probabilities: [Double]
  /// Of y_{T+k}, [horizon][probabilities]; between order statistics linearly.
  public let quantiles: [[Double]]
  /// The means of what is not above these quantiles, [horizon][probabilities].
  public let tailMeans: [[Double]]
  /// Of y_{T+1} + … + y_{T+k}.
  public let cumulativeQuantiles: [[Double]]
  public let cumulativeTailMeans: [[Double]]
  /// y_{T+k}, [paths][horizon]; nil unless they were to be kept.
  public let returns: [[Double]]?
  /// σ²_{T+k}, [paths][horizon]; nil unless they were to be kept.
  public let variance: [[Double]]?
}
