import Foundation
import Testing

@testable import Volatility

/// NLopt's SLSQP, which takes over where the search ends short of a maximum, from poor starts.
struct RescueTests {
  static let returns = FitOptionTests.returns

  private func rescued(
    _ model: VolatilityModel, _ returns: [Double], _ start: [String: Double],
    options: FitOptions = FitOptions(), columns: [String: [Double]] = [:]
  ) throws -> (found: Search.Point, alone: Double, fit: VolatilityFit, offset: Double) {
    let estimator = try Estimator(model, returns, columns, options)
    let s = estimator.specification
    let inner = s.standardise(s.names.map { start[$0]! }, estimator.sample)
    let theta = try #require(
      estimator.feasible.repaired(inner, dependent: options.targetsVariance ? [s.omega!] : []))
    let search = Search(estimator.likelihood, estimator.feasible, options)
    let poor = Search.Point(
      theta: theta, value: estimator.likelihood.value(theta), gradient: theta,
      active: ActiveSet(sides: theta.map { _ in .free }))
    let alone = try #require(Rescue.slsqp(search, from: theta))
    #expect(estimator.feasible.contains(alone, tolerance: 1e-8))
    return (
      try #require(Rescue.run(search, from: poor)), estimator.likelihood.value(alone),
      try model.fit(returns, regressors: columns, options: options),
      Double(estimator.likelihood.count) * log(estimator.sample.scale)
    )
  }

  private func check(
    _ found: (found: Search.Point, alone: Double, fit: VolatilityFit, offset: Double)
  ) {
    #expect(found.found.reason == nil, "\(found.found.reason ?? "")")
    #expect(abs(found.found.value - found.offset - found.fit.logLikelihood) < 1e-7)
    // Nearly there without the search's refinement.
    #expect(abs(found.alone - found.offset - found.fit.logLikelihood) < 1e-3, "\(found.alone)")
  }

  @Test func interior() throws {
    check(
      try rescued(
        VolatilityModel(), Self.returns, ["mu": -0.5, "omega": 0.9, "alpha[1]": 0.3, "beta[1]": 0.05]))
  }

  /// Shocks do not matter: α ends at zero, where the start is far away.
  @Test func bounds() throws {
    let y = Fixture.normals(60, seed: 5).enumerated().map { t, z in
      (t % 2 == 0 ? 0.2 : 2) * (z < 0 ? -1.0 : 1)
    }
    let found = try rescued(
      VolatilityModel(mean: .zero, variance: .arch(1)), y, ["omega": 4, "alpha[1]": 0.7])
    check(found)
    #expect(found.found.theta[1] == 0 && found.found.active.sides[1] == .lower)
  }

  /// Integrated data: α + β = 1 holds with equality.
  @Test func inequality() throws {
    let z = Fixture.normals(1200, seed: 3)
    var (h, e) = (1.0, 0.0)
    let y = z.enumerated().map { t, z -> Double in
      if t > 0 { h = 0.02 + 0.16 * e * e + 0.86 * h }
      e = h.squareRoot() * z
      return e
    }
    let found = try rescued(
      VolatilityModel(), y, ["mu": 0.3, "omega": 1, "alpha[1]": 0.02, "beta[1]": 0.1])
    check(found)
    #expect(!found.found.active.rows.isEmpty)
    #expect(abs(found.found.theta[2] + found.found.theta[3] - 1) < 1e-9)
  }

  /// Why the search comes first: from the same start it needs fewer evaluations, and ends nearer to the maximum.
  @Test(.enabled(if: FinanceData.isPresent, "\(FinanceData.missing)"))
  func evaluationsOnMarksAndPounds() throws {
    let y = try FinanceData.marks()
    for (name, model) in [
      ("GARCH", VolatilityModel()), ("GJR-t", VolatilityModel(variance: .gjr(), distribution: .studentT)),
      ("EGARCH-t", VolatilityModel(variance: .egarch(p: 1, q: 1), distribution: .studentT)),
    ] {
      func counted(_ body: (Search, [Double]) -> [Double]?) throws -> (evaluations: Int, value: Double) {
        let estimator = try Estimator(model, y, [:], FitOptions())
        let likelihood = estimator.likelihood
        let points = StartingPoints(likelihood: likelihood).grid().compactMap {
          estimator.feasible.repaired($0, margin: 0.02)
        }
        let start = points.max { likelihood.value($0) < likelihood.value($1) }!
        let search = Search(likelihood, estimator.feasible, FitOptions())
        let before = likelihood.evaluations
        let end = try #require(body(search, start), "\(name)")
        return (likelihood.evaluations - before, likelihood.value(end))
      }
      let own = try counted { $0.run($1).theta }
      let other = try counted { Rescue.slsqp($0, from: $1) }
      #expect(own.value > other.value - 1e-9, "\(name): \(own.value), \(other.value)")
      #expect(own.evaluations < other.evaluations, "\(name): \(own.evaluations), \(other.evaluations)")
    }
  }

  /// ω is what the sample's variance makes it.
  @Test func equality() throws {
    let found = try rescued(
      VolatilityModel(variance: .gjr(), distribution: .studentT), Self.returns,
      ["mu": 0.4, "omega": 0.9, "alpha[1]": 0.01, "gamma[1]": 0.4, "beta[1]": 0.2, "nu": 40],
      options: FitOptions(targetsVariance: true))
    check(found)
  }
}
