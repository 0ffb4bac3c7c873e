/// The conditional mean: y_t = mu + Σ ar[i] y_{t−i} + Σ har[l] · mean(y_{t−1} … y_{t−l}) + Σ theta[x] x_t + Σ ma[j] ε_{t−j}
/// + kappa g(σ²_t) + ε_t. `mu` is the intercept of this equation, as in `arch`, not the unconditional mean.
///
/// The first observations, as many as the longest lag of y, are conditioned on: they have no residual. Before them ε is 0.
public struct MeanModel: Sendable, Equatable {
  /// How the variance enters the mean.
  public enum InMean: String, Sendable, Equatable {
    case volatility, variance, logVariance
  }

  public var hasConstant: Bool
  public var autoregressiveLags: Int
  public var movingAverageLags: Int
  /// Lengths of the averages of past values.
  public var heterogeneousLags: [Int]
  public var inMean: InMean?

  public init(
    constant: Bool = true, ar: Int = 0, ma: Int = 0, har: [Int] = [], inMean: InMean? = nil
  ) {
    hasConstant = constant
    autoregressiveLags = ar
    movingAverageLags = ma
    heterogeneousLags = har
    self.inMean = inMean
  }

  public static let zero = MeanModel(constant: false)
  public static let constant = MeanModel()
  public static func ar(_ lags: Int) -> MeanModel { MeanModel(ar: lags) }
  public static func arma(_ ar: Int, _ ma: Int) -> MeanModel { MeanModel(ar: ar, ma: ma) }
  public static func har(_ lags: [Int] = [1, 5, 22]) -> MeanModel { MeanModel(har: lags) }
  public func withInMean(_ form: InMean) -> MeanModel {
    var model = self
    model.inMean = form
    return model
  }

  /// How many observations are conditioned on.
  public var presample: Int { max(autoregressiveLags, heterogeneousLags.max() ?? 0) }

  /// Names of the linear part's coefficients, regressors aside.
  var linearNames: [String] {
    (hasConstant ? ["mu"] : []) + lagged("ar", autoregressiveLags) + heterogeneousLags.map { "har[\($0)]" }
  }

  /// The columns of `linearNames` at observations `from` … .
  func columns(_ y: [Double], from: Int) -> [[Double]] {
    var columns: [[Double]] = []
    let times = from..<y.count
    if hasConstant { columns.append([Double](repeating: 1, count: times.count)) }
    for lag in 0..<autoregressiveLags { columns.append(times.map { y[$0 - lag - 1] }) }
    for length in heterogeneousLags {
      columns.append(times.map { t in y[(t - length)..<t].reduce(0, +) / Double(length) })
    }
    return columns
  }
}

extension MeanModel.InMean {
  /// g(σ²) and dg/d ln σ².
  @inline(__always) func value(_ variance: Double) -> (value: Double, slope: Double) {
    switch self {
    case .variance: (variance, variance)
    case .volatility:
      { ($0, 0.5 * $0) }(variance.squareRoot())
    case .logVariance: (_log(variance), 1)
    }
  }
}
