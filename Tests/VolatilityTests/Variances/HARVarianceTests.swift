import Foundation
import Testing

@testable import Volatility

/// HAR on a realised measure as the variance of a likelihood.
struct HARVarianceTests {
  static let count = 900
  /// A persistent measure, and returns whose variance is made of its averages.
  static let data: (returns: [Double], columns: [String: [Double]]) = {
    let (noise, z) = (Fixture.normals(count, seed: 31), Fixture.normals(count, seed: 32))
    let x = Fixture.normals(count, seed: 33)
    var measure: [Double] = []
    var returns: [Double] = []
    for t in 0..<count {
      func mean(_ k: Int) -> Double { t < k ? 1 : measure[(t - k)..<t].reduce(0, +) / Double(k) }
      let h = 0.3 + 0.25 * mean(1) + 0.25 * mean(5) + 0.2 * mean(22)
      returns.append(0.04 + h.squareRoot() * z[t])
      measure.append(h * exp(0.5 * noise[t] - 0.125))
    }
    return (returns, ["rv": measure, "x": x.map(abs), "y": x])
  }()

  struct Case: Sendable, CustomTestStringConvertible {
    var label: String
    var model: VolatilityModel
    var theta: [Double]
    var testDescription: String { label }
  }
  static let cases: [Case] = [
    .init(label: "HAR", model: .init(variance: .har(measure: "rv")), theta: [0.1, 0.1, 0.3, 0.2, 0.2]),
    .init(
      label: "AR(1), t, regressors in both",
      model: .init(
        mean: .ar(1), variance: .har([1, 5], measure: "rv"), distribution: .studentT,
        regressors: [Regressor("y", in: .mean), Regressor("x", timing: .lagged(1))]),
      theta: [0.1, 0.05, 0.02, 0.1, 0.3, 0.2, 0.1, 7]),
    .init(
      label: "exponential link scales omega alone",
      model: .init(
        mean: .zero, variance: .har([1, 10], measure: "rv"), distribution: .skewT,
        regressors: [Regressor("y", in: .variance(.exponential))]),
      theta: [0.1, 0.3, 0.2, 0.4, 6, -0.2]),
    .init(
      label: "in mean, negative driver",
      model: .init(
        mean: .constant.withInMean(.volatility), variance: .har([1], measure: "rv"),
        regressors: [Regressor("y", in: .variance(.additiveOnSample))]),
      theta: [0.1, 0.05, 1.2, 0.5, -0.02]),
    .init(
      label: "HAR of returns and of the measure",
      model: .init(mean: .har([1, 5]), variance: .har([1, 5], measure: "rv")),
      theta: [0.1, 0.02, 0.03, 0.1, 0.3, 0.4]),
  ]

  @Test(arguments: cases)
  func likelihoodAndGradient(_ one: Case) throws {
    let names = try one.model.parameterNames()
    func at(_ theta: [Double]) -> [String: Double] { Dictionary(uniqueKeysWithValues: zip(names, theta)) }
    func value(_ theta: [Double]) throws -> (value: Double, gradient: [Double]) {
      try one.model.logLikelihood(at: at(theta), Self.data.returns, regressors: Self.data.columns)
    }
    // The recursion as it is written, from residuals that the filter gives.
    let found = try one.model.filter(at: at(one.theta), Self.data.returns, regressors: Self.data.columns)
    guard case .har(let lengths, _) = one.model.variance else { return }
    let dropped = try one.model.conditionedObservations()
    let (measure, values) = (Self.data.columns["rv"]!, at(one.theta))
    let prefix = one.model.mean.heterogeneousLags.isEmpty ? "har" : "variance.har"
    var form = Regressor.VarianceForm.additive
    for (k, h) in found.variance.enumerated() {
      let t = k + dropped
      var (index, expected) = (0.0, values["omega"]!)
      for r in one.model.regressors {
        guard case .variance(let its) = r.equation else { continue }
        form = its
        index += values["phi[\(r.name)]"]! * Self.data.columns[r.name]![t - (r.timing == .same ? 0 : 1)]
      }
      expected = form == .exponential ? expected * exp(index) : expected + index
      for length in lengths {
        expected +=
          values["\(prefix)[\(length)]"]! * measure[(t - length)..<t].reduce(0, +) / Double(length)
      }
      #expect(abs(h / expected - 1) < 1e-12)
    }
    let here = try value(one.theta)
    for k in names.indices {
      func difference(_ step: Double) throws -> Double {
        var (up, down) = (one.theta, one.theta)
        up[k] += step
        down[k] -= step
        return try (value(up).value - value(down).value) / (2 * step)
      }
      let step = 4e-5 * max(0.1, abs(one.theta[k]))
      let expected = try (4 * difference(step / 2) - difference(step)) / 3
      #expect(abs(expected - here.gradient[k]) < 2e-7 * max(30, abs(expected)), "\(names[k])")
    }
  }

  /// Under the normal law with a constant mean the estimates are the fixed point of two least squares, both weighted by
  /// 1/σ⁴ and 1/σ²: of ε² on the averages, and of y on a constant. There the mean of z² is 1.
  @Test func normalEstimatesAreWeightedLeastSquares() throws {
    let fit = try VolatilityModel(variance: .har(measure: "rv")).fit(
      Self.data.returns, regressors: Self.data.columns)
    #expect(fit.status == .converged && fit.dropped == 22 && fit.observations == Self.count - 22)
    let z = fit.standardizedResiduals
    #expect(abs(z.reduce(0) { $0 + $1 * $1 } / Double(z.count) - 1) < 1e-8)

    let measure = Self.data.columns["rv"]!
    let times = 22..<Self.count
    let y = times.map { Self.data.returns[$0] }
    let columns =
      [[Double](repeating: 1, count: y.count)]
      + [1, 5, 22].map { k in times.map { t in measure[(t - k)..<t].reduce(0, +) / Double(k) } }
    var (mu, theta) = (0.0, [0.1, 0.3, 0.3, 0.3])
    for _ in 0..<200 {
      let h = y.indices.map { t in (0..<4).reduce(0) { $0 + theta[$1] * columns[$1][t] } }
      let weighted = columns.map { column in zip(column, h).map { $0 / $1 } }
      let squares = zip(y, h).map { ($0 - mu) * ($0 - mu) / $1 }
      theta = try LeastSquares(Matrix(columns: weighted), squares).coefficients
      mu = zip(y, h).reduce(0) { $0 + $1.0 / $1.1 } / h.reduce(0) { $0 + 1 / $1 }
    }
    for (name, value) in zip(["mu", "omega", "har[1]", "har[5]", "har[22]"], [mu] + theta) {
      let one = try #require(fit[name])
      #expect(one.value > 0 || name == "mu")
      #expect(abs(one.value - value) < 1e-7, "\(name): \(one.value), \(value)")
      #expect(one.standardError != nil)
    }
  }

  /// Coefficients belong to the measure's unit, and fall onto their bound where an average is of no use.
  @Test func unitsAndBounds() throws {
    let model = VolatilityModel(variance: .har(measure: "rv"), distribution: .studentT)
    let fit = try model.fit(Self.data.returns, regressors: Self.data.columns)
    let other = try model.fit(
      Self.data.returns.map { 10 * $0 }, regressors: ["rv": Self.data.columns["rv"]!.map { 0.003 * $0 }])
    for name in ["har[1]", "har[5]", "har[22]"] {
      #expect(abs(other[name]!.value / fit[name]!.value * 0.003 / 100 - 1) < 1e-5, "\(name)")
    }
    let noise = try VolatilityModel(variance: .har([1, 3], measure: "n")).fit(
      Self.data.returns, regressors: ["n": Fixture.uniforms(Self.count, seed: 8).map { 1 / (0.2 + $0) }])
    for one in noise.parameters where one.name.hasPrefix("har[") {
      #expect(one.value >= 0 && (one.value > 0 || (one.isOnBound && one.standardError == nil)))
    }
  }

  @Test func forecastsAskForTheMeasuresPath() throws {
    let model = VolatilityModel(variance: .har([1, 5], measure: "rv"))
    let at = ["mu": 0.04, "omega": 0.1, "har[1]": 0.3, "har[5]": 0.5]
    let measure = Self.data.columns["rv"]!
    let one = try model.forecast(at: at, Self.data.returns, regressors: Self.data.columns)
    let last = measure.suffix(5).reduce(0, +) / 5
    #expect(abs(one.variance[0][0] - (0.1 + 0.3 * measure.last! + 0.5 * last)) < 1e-14)
    // Beyond: the path by name.
    do throws(VolatilityError) {
      _ = try model.forecast(at: at, Self.data.returns, regressors: Self.data.columns, horizon: 3)
      Issue.record("no path was asked for")
    } catch {
      #expect(error.message.contains("measure 'rv'") && error.message.contains("x[T+2]"), "\(error.message)")
    }
    let three = try model.forecast(
      at: at, Self.data.returns, regressors: Self.data.columns, horizon: 3, regressorPaths: ["rv": [2, 4]])
    let second = 0.1 + 0.3 * 2 + 0.5 * (measure.suffix(4).reduce(2, +) / 5)
    let third = 0.1 + 0.3 * 4 + 0.5 * (measure.suffix(3).reduce(6, +) / 5)
    for (a, b) in zip(three.variance[0], [one.variance[0][0], second, third]) { #expect(abs(a - b) < 1e-14) }
    let drawn = try model.forecast(
      at: at, Self.data.returns, regressors: Self.data.columns, horizon: 3,
      method: .simulation(paths: 200, seed: 1), regressorPaths: ["rv": [2, 4]])
    // The path is given, so nothing is random in the variances.
    for (a, b) in zip(drawn.variance[0], three.variance[0]) { #expect(abs(a - b) < 1e-12) }
    #expect(throws: VolatilityError.self) {
      try model.forecast(
        at: at, Self.data.returns, regressors: Self.data.columns, horizon: 3, regressorPaths: ["rv": [2, -4]])
    }
    // Rolling forecasts are those of one step.
    let windows = try VolatilityModel(variance: .har([1, 5], measure: "rv")).rolling(
      Self.data.returns, regressors: Self.data.columns, window: 800, step: 100)
    let fit = try windows[1].fit.get()
    let again = try model.forecast(
      at: fit.parameterValues, Array(Self.data.returns[100..<900]),
      regressors: Self.data.columns.mapValues { Array($0[100..<900]) })
    #expect(abs(windows[1].forecast!.variance / again.variance[0][0] - 1) < 1e-12)
  }

  @Test func simulatedSeriesGiveTheTruthBack() throws {
    let model = VolatilityModel(variance: .har([1, 5], measure: "rv"))
    let truth = ["mu": 0.0, "omega": 0.4, "har[1]": 0.3, "har[5]": 0.3]
    let path = try model.simulate(
      at: truth, count: Self.count, regressors: ["rv": Self.data.columns["rv"]!], seed: 4)
    let fit = try model.fit(path.returns, regressors: Self.data.columns)
    for (name, value) in truth {
      let one = try #require(fit[name])
      #expect(abs(one.value - value) < 3.5 * (one.standardError ?? 0), "\(name)")
    }
  }

  @Test func errorsNameTheMeasure() {
    func message(_ variance: VarianceModel, _ columns: [String: [Double]]) -> String {
      do throws(VolatilityError) {
        _ = try VolatilityModel(variance: variance).fit(Self.data.returns, regressors: columns)
        return "no error"
      } catch { return error.message }
    }
    #expect(message(.har(measure: "rv"), [:]).contains("measure 'rv'"))
    #expect(message(.har(measure: "y"), Self.data.columns).contains("not negative"))
    #expect(message(.har(measure: "rv"), ["rv": [1, 2]]).contains("2 values"))
    #expect(message(.har([], measure: "rv"), Self.data.columns).contains("lengths"))
    #expect(message(.har([5, 5], measure: "rv"), Self.data.columns).contains("each once"))
    #expect(message(.har(measure: ""), Self.data.columns).contains("--measure"))
  }
}
