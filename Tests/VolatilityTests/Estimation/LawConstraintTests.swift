import Foundation
import Testing

@testable import Volatility

/// Moments of the innovations' law in stationary levels: starts, targets and the stationarity of GJR models.
struct LawConstraintTests {
  /// Moments against quadrature elsewhere and their derivatives against differences.
  @Test(arguments: [
    (InnovationDistribution.skewT, [6.0, -0.3], 2.0), (.skewedT, [7, 1.4], 2), (.skewedNormal, [0.7], 2),
    (.skewT, [6, -0.3], 1), (.studentT, [5], 1), (.generalizedError, [1.3], 1.5), (.normal, [], 1.5),
  ])
  func moments(_ law: InnovationDistribution, _ shape: [Double], _ power: Double) {
    let found = law.moments(power: power, shape: shape)
    #expect(abs(found.whole - law.expectation(shape: shape) { pow(abs($0), power) }) < 1e-12)
    if power == 2 { #expect(abs(found.below - law.lowerVariance(shape: shape)) < 1e-12) }
    if power == 1 { #expect(abs(found.whole - law.meanAbsolute(shape: shape)) < 1e-12) }
    for k in shape.indices {
      func at(_ step: Double) -> LawMoments {
        var other = shape
        other[k] += step
        return law.moments(power: power, shape: other)
      }
      let (up, down) = (at(1e-4), at(-1e-4))
      #expect(abs((up.whole - down.whole) / 2e-4 - found.wholeSlopes[k]) < 1e-7)
      #expect(abs((up.below - down.below) / 2e-4 - found.belowSlopes[k]) < 1e-7)
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var variance: VarianceModel
    var law: InnovationDistribution
    var theta: [Double]
    var testDescription: String { "\(variance) \(law)" }
  }
  static let cases: [Case] = [
    .init(variance: .gjr(), law: .skewT, theta: [0.1, 0.06, 0.1, 0.12, 0.75, 6, -0.3]),
    .init(variance: .gjr(), law: .skewedNormal, theta: [0.1, 0.06, 0.1, 0.12, 0.75, 0.7]),
    .init(variance: .tarch(), law: .normal, theta: [0.1, 0.06, 0.1, 0.12, 0.75]),
    .init(variance: .tarch(), law: .skewedT, theta: [0.1, 0.06, 0.1, 0.12, 0.75, 6, 1.3]),
    .init(variance: .garch(p: 1, q: 1, power: 1.5), law: .studentT, theta: [0.1, 0.06, 0.1, 0.75, 6]),
    .init(variance: .egarch(p: 1, o: 1, q: 1), law: .studentT, theta: [0.1, 0.02, 0.2, -0.05, 0.9, 5]),
    .init(variance: .egarch(p: 1, o: 1, q: 1), law: .skewT, theta: [0.1, 0.02, 0.2, -0.05, 0.9, 5, 0.2]),
    .init(variance: .garch(p: 1, q: 1), law: .normal, theta: [0.1, 0.06, 0.1, 0.75]),
  ]

  /// The start is the level of the recursion that simulations begin with, and its part in the gradient is right, that of
  /// shape parameters too.
  @Test(arguments: cases)
  func unconditionalStart(_ one: Case) throws {
    let model = VolatilityModel(
      variance: one.variance, distribution: one.law, regressors: [], initialisation: .unconditional)
    let returns = RecursionTests.returns
    let likelihood = try Likelihood(model, returns, [:], scaled: false)
    var gradient = one.theta
    let value = likelihood.gradient(one.theta, &gradient)
    try #require(value > -.infinity)
    let dynamics = Dynamics(likelihood.specification, one.theta)
    let level = try #require(dynamics.level(intercept: one.theta[1]))
    let power = likelihood.process.presamplePower
    #expect(abs(likelihood.recursion.presample / pow(level, power / 2) - 1) < 1e-12)
    let scores = likelihood.scores(one.theta).scores
    for k in one.theta.indices {
      func difference(_ step: Double) -> Double {
        var (up, down) = (one.theta, one.theta)
        up[k] += step
        down[k] -= step
        return (likelihood.value(up) - likelihood.value(down)) / (2 * step)
      }
      let step = 4e-5 * max(0.1, abs(one.theta[k]))
      let expected = (4 * difference(step / 2) - difference(step)) / 3
      #expect(
        abs(expected - gradient[k]) < 2e-7 * max(20, abs(expected)),
        "\(likelihood.specification.names[k]): \(gradient[k]) \(expected)")
      #expect(abs(scores.column(k).reduce(0, +) - gradient[k]) < 1e-9 * max(1, abs(gradient[k])))
    }
  }

  static let skewed: [Double] = {
    var generator = SplitMix(9)
    var (h, e) = (1.0, 0.0)
    return (0..<1500).map { t in
      if t > 0 { h = 0.04 + (0.1 + (e < 0 ? 0.12 : 0)) * e * e + 0.78 * h }
      e = h.squareRoot() * InnovationDistribution.skewT.sample(shape: [6, -0.4], using: &generator)
      return 5 * e
    }
  }()
  private func variance(_ x: [Double]) -> Double {
    let mean = x.reduce(0, +) / Double(x.count)
    return x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
  }

  /// The variance aimed at is the unconditional one of the law that was found, not of a symmetric one.
  @Test func targetingWithASkewedLaw() throws {
    let model = VolatilityModel(variance: .gjr(), distribution: .skewT)
    let fit = try model.fit(Self.skewed, options: FitOptions(targetsVariance: true))
    #expect(fit.status.hasConverged, "\(fit.status)")
    let values = fit.parameterValues
    let weight = model.distribution.lowerVariance(shape: [values["nu"]!, values["lambda"]!])
    #expect(abs(weight - 0.5) > 0.03)
    let rest = 1 - values["alpha[1]"]! - weight * values["gamma[1]"]! - values["beta[1]"]!
    #expect(abs(values["omega"]! / rest / variance(Self.skewed) - 1) < 1e-7)
    #expect(abs(fit.unconditionalVariance! / variance(Self.skewed) - 1) < 1e-7)
    // No neighbour on the constraint is better.
    let here = try model.logLikelihood(at: values, Self.skewed).value
    for name in ["mu", "alpha[1]", "gamma[1]", "beta[1]", "nu", "lambda"] {
      for sign in [-1.0, 1] {
        var other = values
        other[name]! += sign * 0.02 * (fit[name]!.standardError ?? 0.1)
        let w = model.distribution.lowerVariance(shape: [other["nu"]!, other["lambda"]!])
        other["omega"] =
          variance(Self.skewed) * (1 - other["alpha[1]"]! - w * other["gamma[1]"]! - other["beta[1]"]!)
        #expect(try model.logLikelihood(at: other, Self.skewed).value < here, "\(name)")
      }
    }
    let exponential = try VolatilityModel(variance: .egarch(p: 1, q: 1), distribution: .studentT)
      .fit(Self.skewed, options: FitOptions(targetsVariance: true))
    #expect(exponential.status.hasConverged, "\(exponential.status)")
    let found = exponential.parameterValues
    let excess =
      InnovationDistribution.studentT.meanAbsolute(shape: [found["nu"]!]) - (2 / Double.pi).squareRoot()
    let mean = (found["omega"]! + found["alpha[1]"]! * excess) / (1 - found["beta[1]"]!)
    #expect(abs(exp(mean) / variance(Self.skewed) - 1) < 1e-6)
  }

  /// Integrated data: the optimum lies where the law's own persistence is 1.
  @Test func stationarityWithASkewedLaw() throws {
    var generator = SplitMix(12)
    var (h, e) = (1.0, 0.0)
    let y = (0..<900).map { t -> Double in
      if t > 0 { h = 0.02 + (0.1 + (e < 0 ? 0.35 : 0)) * e * e + 0.8 * h }
      e = h.squareRoot() * InnovationDistribution.skewT.sample(shape: [8, -0.3], using: &generator)
      return e
    }
    let model = VolatilityModel(variance: .gjr(), distribution: .skewT)
    let fit = try model.fit(y)
    let weight = model.distribution.lowerVariance(
      shape: [fit["nu"]!.value, fit["lambda"]!.value])
    let sum = fit["alpha[1]"]!.value + weight * fit["gamma[1]"]!.value + fit["beta[1]"]!.value
    guard case .convergedOnBound(let names) = fit.status else {
      Issue.record("\(fit.status), persistence \(sum), \(fit.parameterValues)")
      return
    }
    #expect(abs(sum - 1) < 1e-7 && abs(fit.persistence! - 1) < 1e-7, "\(sum)")
    // With its weight, not a half.
    #expect(names.contains { $0.hasPrefix("alpha[1] + 0.") && $0.hasSuffix("beta[1] = 1") }, "\(names)")
    #expect(!names.contains { $0.contains("0.5 gamma") })
    // The constraint costs likelihood, and nothing feasible nearby is better.
    let free = try model.fit(y, options: FitOptions(requiresStationarity: false))
    #expect(free.logLikelihood > fit.logLikelihood)
    let here = try model.logLikelihood(at: fit.parameterValues, y).value
    for name in ["nu", "lambda", "gamma[1]"] {
      for sign in [-1.0, 1] {
        var other = fit.parameterValues
        other[name]! += sign * 0.02 * (fit[name]!.standardError ?? 0.1)
        let w = model.distribution.lowerVariance(shape: [other["nu"]!, other["lambda"]!])
        other["beta[1]"] = 1 - other["alpha[1]"]! - w * other["gamma[1]"]!
        #expect(try model.logLikelihood(at: other, y).value < here + 1e-7, "\(name)")
      }
    }
  }
}
