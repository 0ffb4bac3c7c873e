import Foundation
import Reports
import Volatility

/// Series drawn from a model and fitted with it: is the score zero at the truth, how biased are estimates, how often do
/// intervals cover?
///
/// Each regressor is drawn anew for every series: x_t = exp(u_t/2), u_t a first-order autoregression with coefficient 0.9
/// and variance 1.
public struct MonteCarlo: Sendable {
  public struct Settings: Sendable, Equatable {
    /// Observations of each series.
    public var lengths: [Int]
    /// Series of each length.
    public var series: Int
    public var seed: UInt64
    /// Probability of the intervals.
    public var confidence: Double

    public init(
      lengths: [Int] = [2000, 5000, 8000], series: Int = 1000, seed: UInt64 = 1, confidence: Double = 0.95
    ) {
      self.lengths = lengths
      self.series = series
      self.seed = seed
      self.confidence = confidence
    }
  }

  public struct Parameter: Sendable {
    public let name: String
    public let truth: Double
    /// Mean estimate less the truth.
    public let bias: Double
    /// Of the estimates, over series.
    public let standardDeviation: Double
    /// The bias over its Monte Carlo error, the standard deviation over the square root of the series fitted.
    public let biasInErrors: Double
    /// Of the series without a parameter on a bound, the share whose interval covers the truth.
    public let coverage: Double
    /// The mean derivative of ln L at the truth, in its Monte Carlo errors; with the variance before the sample known.
    public let score: Double
  }

  public struct Result: Sendable {
    public let length: Int
    /// Series that were fitted: those that failed or stopped early are left out.
    public let fitted: Int
    public let failed: Int
    /// Series with a parameter on a bound: in the bias, not in the coverage.
    public let onBound: Int
    public let parameters: [Parameter]
    public let seconds: Double
  }

  public let model: VolatilityModel
  public let truth: [String: Double]
  public let settings: Settings
  public let results: [Result]

  /// - Parameters:
  ///   - truth: a value for each of the model's parameters.
  ///   - progress: called with the length that begins.
  /// - Throws: `VolatilityError` for parameters without a stationary variance, fewer than 2 series, or a length on which
  ///   no series could be fitted.
  public init(
    _ model: VolatilityModel, truth: [String: Double], settings: Settings = Settings(),
    progress: (Int) -> Void = { _ in }
  ) throws(VolatilityError) {
    guard settings.series >= 2, !settings.lengths.isEmpty, settings.confidence > 0, settings.confidence < 1
    else {
      throw VolatilityError(
        .specification,
        "\(settings.series) series of \(settings.lengths) observations: at least 2 of one length are needed.")
    }
    self.model = model
    self.truth = truth
    self.settings = settings
    let names = try model.parameterNames()
    var results: [Result] = []
    for length in settings.lengths {
      progress(length)
      results.append(try Self.run(model, truth, names, length, settings))
    }
    self.results = results
  }

  private static func run(
    _ model: VolatilityModel, _ truth: [String: Double], _ names: [String], _ length: Int,
    _ settings: Settings
  ) throws(VolatilityError) -> Result {
    let start = ContinuousClock.now
    // Where the recursion begins: known, so that the likelihood at the truth is the exact one.
    let columns = (0..<settings.series).map { regressors(model, length, settings.seed, $0) }
    let level = try model.simulate(
      at: truth, count: 20_000, regressors: regressors(model, 20_000, settings.seed, -1), seed: settings.seed
    ).variance.mean
    var exact = model
    exact.initialisation = .user(level)
    var series: [[Double]] = []
    var scores = [[Double]](repeating: [], count: names.count)
    for i in 0..<settings.series {
      let path = try model.simulate(
        at: truth, count: length, burnIn: 0, regressors: columns[i],
        seed: settings.seed &* 1_000_003 &+ UInt64(length) &* 65_537 &+ UInt64(i), initialVariance: level)
      series.append(path.returns)
      let found = try exact.logLikelihood(at: truth, path.returns, regressors: columns[i])
      for k in names.indices { scores[k].append(found.gradient[k]) }
    }
    let fits = model.fitEach(series, regressors: columns).compactMap { result -> VolatilityFit? in
      guard case .success(let fit) = result, fit.status.hasConverged else { return nil }
      return fit
    }
    guard fits.count >= 2 else {
      throw VolatilityError(
        .estimation, "of \(settings.series) series of \(length) observations \(fits.count) could be fitted.")
    }
    let interior = fits.filter { $0.status == .converged }
    let parameters = names.enumerated().map { k, name in
      let estimates = fits.map { $0.parameters[k].value }
      let covering = interior.count {
        $0.parameters[k].interval(settings.confidence)?.contains(truth[name]!) ?? false
      }
      let (mean, deviation) = moments(estimates)
      let (score, spread) = moments(scores[k])
      return Parameter(
        name: name, truth: truth[name]!, bias: mean - truth[name]!, standardDeviation: deviation,
        biasInErrors: (mean - truth[name]!) / (deviation / Double(fits.count).squareRoot()),
        coverage: interior.isEmpty ? .nan : Double(covering) / Double(interior.count),
        score: score / (spread / Double(settings.series).squareRoot()))
    }
    let took = ContinuousClock.now - start
    return Result(
      length: length, fitted: fits.count, failed: settings.series - fits.count,
      onBound: fits.count - interior.count,
      parameters: parameters,
      seconds: Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18)
  }

  private static func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
    let mean = values.mean
    let sum = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (sum / Double(values.count - 1)).squareRoot())
  }

  private static func regressors(
    _ model: VolatilityModel, _ length: Int, _ seed: UInt64, _ series: Int
  ) -> [String: [Double]] {
    var columns: [String: [Double]] = [:]
    for (k, name) in model.columnNames.sorted().enumerated() {
      var random = SplitMix64(seed &* 7_919 &+ UInt64(bitPattern: Int64(series * 64 + k + 64)))
      var u = InnovationDistribution.normal.sample(using: &random)
      columns[name] = (0..<length).map { _ in
        u = 0.9 * u + (1 - 0.81).squareRoot() * InnovationDistribution.normal.sample(using: &random)
        return exp(0.5 * u)
      }
    }
    return columns
  }
}
