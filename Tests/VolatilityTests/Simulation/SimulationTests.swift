import Foundation
import Testing

@testable import Volatility

struct SimulationTests {
  private func moments(_ x: [Double]) -> (mean: Double, variance: Double, skewness: Double, kurtosis: Double)
  {
    let n = Double(x.count)
    let mean = x.reduce(0, +) / n
    let centred = x.map { $0 - mean }
    let variance = centred.reduce(0) { $0 + $1 * $1 } / n
    let third = centred.reduce(0) { $0 + $1 * $1 * $1 } / n
    let fourth = centred.reduce(0) { $0 + $1 * $1 * $1 * $1 } / n
    return (mean, variance, third / pow(variance, 1.5), fourth / (variance * variance))
  }

  /// Four million draws: moments to their standard errors, and a fine histogram against the distribution function.
  @Test func normalDraws() {
    let count = 4_000_000
    var z = [Double](repeating: 0, count: count)
    var stream = RandomStream(seed: 11, stream: 3)
    InnovationSampler(distribution: .normal, shape: []).fill(&z, count, &stream)
    let found = moments(z)
    let root = Double(count).squareRoot()
    #expect(abs(found.mean) < 4 / root)
    #expect(abs(found.variance - 1) < 4 * 2.0.squareRoot() / root)
    #expect(abs(found.skewness) < 4 * 6.0.squareRoot() / root)
    #expect(abs(found.kurtosis - 3) < 4 * 24.0.squareRoot() / root)
    var bins = [Double](repeating: 0, count: 200)
    for value in z {
      bins[min(199, Int(200 * ReferenceDistribution.normal.probability(below: value)))] += 1
    }
    let expected = Double(count) / 200
    let statistic = bins.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    #expect(ReferenceDistribution.chiSquared(freedom: 199).probability(above: statistic) > 0.001)
    // The tail beyond the ziggurat's base.
    let beyond = z.filter { abs($0) > 3.6541528853610088 }
    let share = 2 * ReferenceDistribution.normal.probability(above: 3.6541528853610088)
    #expect(abs(Double(beyond.count) - share * Double(count)) < 4 * (share * Double(count)).squareRoot())
    let far = beyond.filter { abs($0) > 4.2 }
    let farShare = 2 * ReferenceDistribution.normal.probability(above: 4.2)
    #expect(abs(Double(far.count) - farShare * Double(count)) < 4 * (farShare * Double(count)).squareRoot())
  }

  @Test(arguments: [
    (InnovationDistribution.studentT, [5.0]), (.studentT, [2.2]), (.skewT, [6, -0.4]), (.skewedNormal, [0.8]),
    (.skewedT, [7, 1.3]), (.generalizedError, [1.3]),
  ])
  func drawsOfOtherLaws(_ law: InnovationDistribution, _ shape: [Double]) {
    let count = 400_000
    var z = [Double](repeating: 0, count: count)
    var stream = RandomStream(seed: 5, stream: 1)
    InnovationSampler(distribution: law, shape: shape).fill(&z, count, &stream)
    var bins = [Double](repeating: 0, count: 100)
    for value in z { bins[min(99, max(0, Int(100 * law.cdf(value, shape: shape))))] += 1 }
    let expected = Double(count) / 100
    let statistic = bins.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    #expect(ReferenceDistribution.chiSquared(freedom: 99).probability(above: statistic) > 0.001)
  }

  @Test func streamsDiffer() {
    var a = RandomStream(seed: 1, stream: 0)
    var b = RandomStream(seed: 1, stream: 1)
    var c = RandomStream(seed: 2, stream: 0)
    let n = 10000
    var together = (0.0, 0.0)
    for _ in 0..<n {
      let x = a.uniform() - 0.5
      together.0 += x * (b.uniform() - 0.5)
      together.1 += x * (c.uniform() - 0.5)
    }
    let error = 4 / 12.0 * Double(n).squareRoot()
    #expect(abs(together.0) < error && abs(together.1) < error)
  }

  /// E ε² = ω/(1 − α − β), kurtosis 3(1 − (α + β)²)/(1 − (α + β)² − 2α²), ρ₁(ε²) = α(1 − αβ − β²)/(1 − 2αβ − β²)
  /// (Bollerslev 1986, 1988).
  @Test func longSampleOfGARCH() throws {
    let (alpha, beta) = (0.1, 0.8)
    let model = VolatilityModel(mean: .zero)
    let path = try model.simulate(
      at: ["omega": 0.1, "alpha[1]": alpha, "beta[1]": beta], count: 2_000_000, seed: 3)
    let found = moments(path.returns)
    #expect(abs(found.variance - 1) < 0.012)
    let sum = (alpha + beta) * (alpha + beta)
    #expect(abs(found.kurtosis - 3 * (1 - sum) / (1 - sum - 2 * alpha * alpha)) < 0.1)
    let squares = path.returns.map { $0 * $0 }
    let rho = try autocorrelations(squares, lags: 1)[1]
    let expected = alpha * (1 - alpha * beta - beta * beta) / (1 - 2 * alpha * beta - beta * beta)
    #expect(abs(rho - expected) < 0.012)
  }

  /// Levels of recursions in other powers: E σ of TARCH, E ln σ² of EGARCH, E σ^δ of APARCH; GJR with a skewed law.
  @Test func levels() throws {
    func check(
      _ model: VolatilityModel, _ theta: [Double], _ transform: (Double) -> Double, _ tolerance: Double
    )
      throws
    {
      let specification = try Specification(model)
      let named = Dictionary(uniqueKeysWithValues: zip(specification.names, theta))
      let dynamics = Dynamics(specification, theta)
      let level = try #require(dynamics.level(intercept: dynamics.varianceIntercept { _ in 0 }))
      let path = try model.simulate(at: named, count: 500_000, seed: 8)
      let mean = path.variance.reduce(0) { $0 + transform($1) } / Double(path.variance.count)
      #expect(abs(mean / transform(level) - 1) < tolerance, "\(model.variance): \(mean) \(transform(level))")
    }
    try check(.init(mean: .zero, variance: .tarch()), [0.06, 0.08, 0.06, 0.82], { $0.squareRoot() }, 0.01)
    try check(
      .init(mean: .zero, variance: .gjr(), distribution: .skewT), [0.06, 0.04, 0.1, 0.8, 7, -0.3], { $0 },
      0.02)
    try check(
      .init(mean: .zero, variance: .egarch(p: 1, o: 1, q: 1), distribution: .studentT),
      [0.05, 0.2, -0.05, 0.9, 6], { log($0) }, 0.02)
    try check(
      .init(mean: .zero, variance: .aparch(p: 1, o: 1, q: 1)), [0.07, 0.1, 0.3, 0.8, 1.3], { pow($0, 0.65) },
      0.01)
  }

  /// Means of ARMA, HAR and in-mean paths.
  @Test func levelsOfMeans() throws {
    let variance: [String: Double] = ["omega": 1.0]
    func mean(_ model: MeanModel, _ theta: [String: Double]) throws -> Double {
      let path = try VolatilityModel(mean: model, variance: .constant).simulate(
        at: theta.merging(variance) { a, _ in a }, count: 400_000, seed: 4)
      return path.returns.reduce(0, +) / 400_000
    }
    #expect(abs(try mean(.arma(1, 1), ["mu": 0.5, "ar[1]": 0.5, "ma[1]": 0.3]) - 1) < 0.02)
    #expect(
      abs(try mean(.har(), ["mu": 0.2, "har[1]": 0.3, "har[5]": 0.2, "har[22]": 0.1]) - 0.5) < 0.02)
    #expect(abs(try mean(.constant.withInMean(.variance), ["mu": 0.2, "kappa": 0.1]) - 0.3) < 0.01)
  }

  /// Filtering a path with the parameters it was drawn at gives its variances back.
  @Test(arguments: RecursionTests.cases)
  func filterRecoversThePath(_ one: RecursionTests.Case) throws {
    var model = one.model
    model.initialisation = .user(1.5)
    let named = Dictionary(uniqueKeysWithValues: zip(try model.parameterNames(), one.theta))
    let columns = RecursionTests.columns
    let count = RecursionTests.count
    let path = try model.simulate(
      at: named, count: count, burnIn: 0, regressors: columns, seed: 12, initialVariance: 1.5)
    let found = try model.filter(at: named, path.returns, regressors: columns)
    let dropped = count - found.variance.count
    // Where observations are dropped the filter begins later; the difference dies out, slowly in FIGARCH.
    if dropped > 0, case .figarch = one.model.variance { return }
    let first = dropped > 0 ? 300 : 0
    for t in first..<found.variance.count {
      #expect(abs(found.variance[t] / path.variance[t + dropped] - 1) < 1e-10, "\(one.label) at \(t)")
      let residual = path.innovations[t + dropped] * path.variance[t + dropped].squareRoot()
      #expect(abs(found.residuals[t] - residual) < 1e-9)
    }
  }

  @Test func seedsAndGivenShocks() throws {
    let model = VolatilityModel(mean: .ar(1), distribution: .studentT)
    let at = ["mu": 0.1, "ar[1]": 0.2, "omega": 0.1, "alpha[1]": 0.1, "beta[1]": 0.8, "nu": 6]
    let path = try model.simulate(at: at, count: 200, seed: 9)
    #expect(try model.simulate(at: at, count: 200, seed: 9) == path)
    #expect(try model.simulate(at: at, count: 200, seed: 10) != path)
    let many = try model.simulatePaths(at: at, count: 200, paths: 20, seed: 9)
    #expect(many[0] == path)
    #expect(try model.simulatePaths(at: at, count: 200, paths: 20, seed: 9) == many)
    #expect(many[1] != many[2])
    let shocks = [Double](repeating: 0, count: 200)
    let quiet = try model.simulate(at: at, count: 200, seed: 9, innovations: shocks)
    #expect(abs(quiet.returns[199] - 0.1 / 0.8) < 1e-12)
    #expect(abs(quiet.variance[199] - 0.1 / 0.2) < 1e-12)
    #expect(quiet.innovations == shocks)
  }

  @Test func errors() throws {
    let model = VolatilityModel(regressors: [Regressor("x")])
    let at = ["mu": 0, "omega": 0.1, "alpha[1]": 0.1, "beta[1]": 0.8, "phi[x]": 0.1]
    #expect(throws: VolatilityError.self) { try model.simulate(at: at, count: 10, seed: 1) }
    #expect(throws: VolatilityError.self) {
      try model.simulate(at: at, count: 10, regressors: ["x": [1, 2]], seed: 1)
    }
    let plain = VolatilityModel()
    let integrated = ["mu": 0, "omega": 0.1, "alpha[1]": 0.2, "beta[1]": 0.8]
    #expect(throws: VolatilityError.self) { try plain.simulate(at: integrated, count: 10, seed: 1) }
    #expect(throws: Never.self) {
      try plain.simulate(at: integrated, count: 10, seed: 1, initialVariance: 1)
    }
    #expect(throws: VolatilityError.self) {
      try plain.simulate(at: integrated, count: 10, seed: 1, initialVariance: 1, innovations: [1])
    }
    // ω + φx below zero.
    let free = VolatilityModel(
      variance: .constant, regressors: [Regressor("x", in: .variance(.additiveOnSample))])
    #expect(throws: VolatilityError.self) {
      try free.simulate(
        at: ["mu": 0, "omega": 0.1, "phi[x]": 1], count: 2, burnIn: 0, regressors: ["x": [1, -1]], seed: 1,
        initialVariance: 1)
    }
  }
}
