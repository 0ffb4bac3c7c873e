import Foundation
import Testing

@testable import Volatility

/// Scans against the recursions as papers write them, and gradients against finite differences.
struct RecursionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var label: String
    var model: VolatilityModel
    var theta: [Double]
    var testDescription: String { label }
  }

  static let count = 400
  static let returns: [Double] = {
    var generator = SplitMix(5)
    var h = 1.0
    return (0..<count).map { _ in
      let e = h.squareRoot() * InnovationDistribution.studentT.sample(shape: [6], using: &generator)
      h = 0.1 + 0.1 * e * e + 0.8 * h
      return e + 0.05
    }
  }()
  static let columns: [String: [Double]] = {
    var generator = SplitMix(6)
    return [
      "a": (0..<count).map { _ in abs(InnovationDistribution.normal.sample(using: &generator)) },
      "b": (0..<count).map { _ in InnovationDistribution.normal.sample(using: &generator) },
    ]
  }()

  /// One of each kind, which other suites go through too.
  static var cases: [Case] { built.cases }
  /// Every layout of rows that the loops of one lag know, and those that they do not.
  static var layouts: [Case] { built.layouts }

  private static let built: (cases: [Case], layouts: [Case]) = {
    var cases: [Case] = []
    let drivers = [
      Regressor("a"), Regressor("b", in: .mean),
    ]
    func add(
      _ label: String, _ mean: MeanModel, _ variance: VarianceModel, _ theta: [Double],
      _ distribution: InnovationDistribution = .normal, _ regressors: [Regressor] = [],
      _ start: Initialisation = .ewma
    ) {
      cases.append(
        .init(
          label: label,
          model: .init(
            mean: mean, variance: variance, distribution: distribution, regressors: regressors,
            initialisation: start), theta: theta))
    }
    add("ARCH(3)", .constant, .arch(3), [0.1, 0.4, 0.2, 0.1, 0.15])
    add("GARCH", .constant, .garch(p: 1, q: 1), [0.1, 0.1, 0.12, 0.8], .normal, [], .sampleVariance)
    add("GARCH unconditional", .constant, .gjr(), [0.1, 0.1, 0.06, 0.1, 0.8], .studentT, [], .unconditional)
    cases[2].theta.append(5)
    add(
      "GARCH-X unconditional", .constant, .garch(p: 1, q: 1), [0.1, 0.1, 0.12, 0.7, 0.1], .normal,
      [Regressor("a")], .unconditional)
    add(
      "GARCH(2,1,2)", .zero, .garch(p: 2, o: 1, q: 2), [0.1, 0.05, 0.04, 0.06, 0.4, 0.3], .normal, [],
      .fixedSample)
    add("GARCH(1,2,1)", .zero, .garch(p: 1, o: 2, q: 1), [0.1, 0.05, 0.06, 0.02, 0.7], .normal, [], .user(2))
    add("TARCH", .constant, .tarch(), [0.06, 0.1, 0.06, 0.1, 0.8], .generalizedError, [], .sampleVariance)
    cases[cases.count - 1].theta.append(1.4)
    add(
      "power 1.5", .constant, .garch(p: 1, o: 1, q: 1, power: 1.5), [0.06, 0.1, 0.06, 0.1, 0.8], .normal, [],
      .sampleVariance)
    add(
      "GARCH-X", .constant, .garch(p: 1, q: 1), [0.1, 0.02, 0.1, 0.1, 0.7, 0.2], .skewT, drivers,
      .sampleVariance)
    cases[cases.count - 1].theta += [7, -0.2]
    add(
      "GARCH exponential", .constant, .gjr(), [0.1, 0.1, 0.06, 0.1, 0.7, 0.3, -0.4], .normal,
      [
        Regressor("a", in: .variance(.exponential)),
        Regressor("b", in: .variance(.exponential), timing: .lagged(2)),
      ])
    let linked = [Regressor("b", in: .variance(.exponential))]
    add(
      "ARCH exponential", .constant, .arch(2), [0.1, 0.5, 0.15, 0.1, 0.3], .normal, linked, .sampleVariance)
    add("TARCH exponential", .constant, .tarch(), [0.1, 0.1, 0.06, 0.1, 0.75, -0.3], .normal, linked)
    add(
      "APARCH exponential", .constant, .aparch(p: 1, o: 1, q: 1), [0.1, 0.1, 0.1, 0.3, 0.75, 1.3, 0.3],
      .studentT, linked, .sampleVariance)
    cases[cases.count - 1].theta.append(6)
    add(
      "FIGARCH exponential", .constant, .figarch(p: 1, q: 1, truncation: 120),
      [0.1, 0.08, 0.2, 0.4, 0.45, -0.3], .normal, linked, .sampleVariance)
    // ω + φx_t stays positive with φ < 0 at every observation.
    let signed = [Regressor("a", in: .variance(.additiveOnSample))]
    add("TARCH-X below", .constant, .tarch(), [0.1, 0.3, 0.06, 0.1, 0.7, -0.05], .normal, signed)
    add(
      "FIGARCH-X below", .constant, .figarch(p: 1, q: 1, truncation: 120),
      [0.1, 0.3, 0.2, 0.4, 0.45, -0.06], .studentT, signed, .sampleVariance)
    cases[cases.count - 1].theta.append(7)
    add("EWMA-X below", .constant, .ewma(decay: nil), [0.1, 0.9, -0.0001], .normal, signed)
    add("EGARCH", .constant, .egarch(p: 1, o: 1, q: 1), [0.1, 0.02, 0.2, -0.05, 0.9], .studentT)
    cases[cases.count - 1].theta.append(6)
    add(
      "EGARCH(2,1,2)-X", .ar(1), .egarch(p: 2, o: 1, q: 2),
      [0.1, 0.05, 0.02, 0.15, 0.05, -0.05, 0.5, 0.3, -0.2],
      .skewedT, [Regressor("b", timing: .lagged(1))], .sampleVariance)
    cases[cases.count - 1].theta += [6, 0.9]
    add(
      "EGARCH unconditional", .constant, .egarch(p: 1, o: 1, q: 1), [0.1, 0.02, 0.2, -0.05, 0.9], .normal, [],
      .unconditional)
    add(
      "APARCH", .constant, .aparch(p: 1, o: 1, q: 1), [0.1, 0.07, 0.1, 0.3, 0.8, 1.3], .normal, [],
      .sampleVariance)
    add(
      "APARCH(2,1,1)-X", .zero, .aparch(p: 2, o: 1, q: 1), [0.07, 0.1, 0.05, -0.3, 0.7, 1.7, 0.1],
      .skewedNormal,
      [Regressor("a")])
    cases[cases.count - 1].theta.append(1.1)
    add(
      "FIGARCH", .constant, .figarch(p: 1, q: 1, truncation: 150), [0.1, 0.08, 0.2, 0.4, 0.45], .normal, [],
      .sampleVariance)
    add("FIGARCH long", .ar(1), .figarch(p: 1, q: 1), [0.1, 0.1, 0.08, 0.2, 0.4, 0.45], .studentT)
    cases[cases.count - 1].theta.append(7)
    add("FIGARCH(0,d,0)", .constant, .figarch(p: 0, q: 0, truncation: 60), [0.1, 0.08, 0.4])
    add(
      "FIGARCH-X power", .constant, .figarch(p: 0, q: 1, power: 1.4, truncation: 100),
      [0.1, 0.08, 0.5, 0.4, 0.1],
      .normal, [Regressor("a")], .sampleVariance)
    add("EWMA", .constant, .ewma(), [0.1], .studentT)
    cases[cases.count - 1].theta.append(6)
    add(
      "EWMA-X", .constant, .ewma(decay: nil), [0.1, 0.93, 0.05], .normal, [Regressor("a")], .sampleVariance)
    add("constant", .constant, .constant, [0.1, 1.2])
    add(
      "ARMA", .arma(1, 2), .garch(p: 1, q: 1), [0.1, 0.2, -0.15, 0.1, 0.1, 0.12, 0.8], .normal, [],
      .sampleVariance)
    add("HAR", .har([1, 5, 22]), .gjr(), [0.1, 0.2, -0.15, 0.1, 0.1, 0.12, 0.04, 0.8])
    for (form, kappa) in [(MeanModel.InMean.volatility, 0.1), (.variance, 0.05), (.logVariance, 0.1)] {
      add(
        "GARCH in mean, \(form)", .constant.withInMean(form), .gjr(), [0.1, kappa, 0.1, 0.08, 0.05, 0.8],
        .normal,
        [], .sampleVariance)
    }
    add(
      "ARMA-EGARCH-X in mean", MeanModel(ar: 1, ma: 1, inMean: .volatility), .egarch(p: 1, o: 1, q: 1),
      [0.1, 0.3, 0.05, -0.2, 0.1, 0.02, 0.15, -0.05, 0.9, 0.1], .studentT,
      [Regressor("a"), Regressor("b", in: .mean)], .ewma)
    cases[cases.count - 1].theta.append(6)
    add(
      "APARCH in mean", .constant.withInMean(.variance), .aparch(p: 1, o: 1, q: 1),
      [0.1, 0.05, 0.07, 0.1, 0.3, 0.8, 1.3])
    let kinds = cases
    cases = []
    add("EGARCH zero mean", .zero, .egarch(p: 1, o: 1, q: 1), [0.02, 0.2, -0.05, 0.9])
    add(
      "EGARCH-X zero mean", .zero, .egarch(p: 1, o: 1, q: 1), [0.02, 0.2, -0.05, 0.9, 0.1], .normal,
      [Regressor("a")])
    add("EGARCH symmetric", .constant, .egarch(p: 1, o: 0, q: 1), [0.1, 0.02, 0.2, 0.9])
    add(
      "EGARCH-X", .constant, .egarch(p: 1, o: 1, q: 1), [0.1, 0.02, 0.2, -0.05, 0.9, 0.1, -0.1], .normal,
      [Regressor("a"), Regressor("b", in: .variance(.additive))])
    add("EGARCH of one lag", .ar(1), .egarch(p: 1, o: 1, q: 1), [0.1, 0.05, 0.02, 0.2, -0.05, 0.9])
    add(
      "EGARCH-t unconditional", .constant, .egarch(p: 1, o: 1, q: 1), [0.1, 0.02, 0.2, -0.05, 0.9, 6],
      .studentT, [], .unconditional)
    add("GARCH zero mean", .zero, .garch(p: 1, q: 1), [0.1, 0.12, 0.8])
    add("GJR zero mean", .zero, .gjr(), [0.1, 0.06, 0.1, 0.8])
    add("GJR-X", .constant, .gjr(), [0.1, 0.1, 0.06, 0.1, 0.75, 0.1], .normal, [Regressor("a")])
    add("GARCH of moving average", .arma(0, 1), .garch(p: 1, q: 1), [0.1, 0.2, 0.1, 0.12, 0.8])
    return (kinds, cases)
  }()

  @Test(arguments: cases + layouts)
  func scanEqualsTheReference(_ one: Case) throws {
    let likelihood = try Likelihood(one.model, Self.returns, Self.columns, scaled: false)
    let value = likelihood.value(one.theta)
    try #require(value > -.infinity)
    let s = likelihood.specification
    let r = likelihood.recursion
    let intercepts = (0..<r.count).map { r.intercept[$0] }
    let own = Array(one.theta[s.processStart..<s.regressorStart])
    let reference = s.process.reference(
      own, residuals: r.residualValues, intercepts: intercepts, presample: r.presample)
    for (a, b) in zip(r.varianceValues, reference) { #expect(abs(a / b - 1) < 1e-12) }
    // The plain sum of log-densities.
    let shape = Array(one.theta[s.width...])
    let plain = zip(r.residualValues, reference).reduce(0) {
      $0 + one.model.distribution.logDensity($1.0 / $1.1.squareRoot(), shape: shape) - 0.5 * log($1.1)
    }
    #expect(abs(value - plain) < 1e-10 * abs(plain))
  }

  @Test(arguments: cases + layouts)
  func gradientEqualsFiniteDifferences(_ one: Case) throws {
    let likelihood = try Likelihood(one.model, Self.returns, Self.columns, scaled: false)
    var gradient = one.theta
    let value = likelihood.gradient(one.theta, &gradient)
    let (again, scores) = likelihood.scores(one.theta)
    #expect(abs(value - likelihood.value(one.theta)) < 1e-11 * abs(value))
    #expect(abs(value - again) < 1e-11 * abs(value))
    for k in one.theta.indices {
      let sum = scores.column(k).reduce(0, +)
      #expect(abs(sum - gradient[k]) < 1e-9 * max(1, abs(gradient[k])))
      // Richardson's extrapolation of central differences.
      func difference(_ step: Double) -> Double {
        var up = one.theta
        var down = one.theta
        up[k] += step
        down[k] -= step
        return (likelihood.value(up) - likelihood.value(down)) / (2 * step)
      }
      let step = 4e-5 * max(0.1, abs(one.theta[k]))
      let expected = (4 * difference(step / 2) - difference(step)) / 3
      #expect(
        abs(expected - gradient[k]) < 2e-7 * max(1, abs(expected), scoreSize(scores, k)),
        "\(one.label): \(likelihood.specification.names[k]) \(gradient[k]) \(expected)")
    }
  }

  /// Where the shape alone is another one, states and rows are taken from before: to the bits of a fresh likelihood.
  @Test(arguments: (cases + layouts).filter { $0.model.distribution != .normal })
  func whatIsKeptIsWhatWouldBeWorkedOut(_ one: Case) throws {
    func fresh() throws -> Likelihood { try Likelihood(one.model, Self.returns, Self.columns, scaled: false) }
    let used = try fresh()
    var (found, expected) = (one.theta, one.theta)
    var theta = one.theta
    for k in [theta.count - 1, 0, theta.count - 1] {
      _ = used.gradient(theta, &found)
      theta[k] *= 1.01
      let value = used.gradient(theta, &found)
      #expect(try value == fresh().gradient(theta, &expected))
      #expect(found == expected)
      #expect(try used.scores(theta).scores == fresh().scores(theta).scores)
    }
  }

  private func scoreSize(_ scores: Matrix, _ k: Int) -> Double {
    scores.column(k).reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// Conrad and Haag (2006) print λ for φ = 0.2, d = 0.4, β = 0.3.
  @Test func fractionalWeights() {
    let weights = FIGARCH(p: 1, q: 1, power: 2, truncation: 5).weights([0, 0.2, 0.4, 0.3])
    for (a, b) in zip(weights, [0.3, 0.13, 0.079, 0.0525, 0.037382]) { #expect(abs(a - b) < 1e-6) }
  }
}
