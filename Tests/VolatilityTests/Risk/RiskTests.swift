import Foundation
import Testing

@testable import Volatility

/// Numbers of the tests were worked out with numpy and scipy 1.18.
@Suite struct RiskTests {
  static let returns = (0..<400).map { t -> Double in
    let t = Double(t)
    return 2 * sin(1.7 * t) + cos(0.37 * t * t) + 0.4 * sin(0.011 * t * t)
  }
  static let valueAtRisk = (0..<400).map { 2 + 0.5 * sin(0.1 * Double($0)) }
  let hits: Exceedances

  init() throws {
    hits = try Exceedances(Self.returns, valueAtRisk: Self.valueAtRisk, probability: 0.05)
  }

  private func near(_ a: Double, _ b: Double, _ digits: Double = 1e-9) -> Bool {
    abs(a - b) <= digits * max(1, abs(b))
  }

  @Test func counts() {
    #expect(hits.count == 47 && near(hits.expected, 20) && hits.observations == 400)
    let first: [Int] = hits.hits.indices.filter { hits.hits[$0] }.prefix(8).map { $0 }
    #expect(first == [3, 14, 29, 32, 36, 39, 40, 62])
  }

  @Test func kupiec() throws {
    let test = KupiecTest(hits)
    #expect(near(test.statistic, 28.280584620953327) && near(test.pValue, 1.0494330726453551e-07, 1e-15))
    // As many as expected: nothing to reject. None at all: −2n ln(1 − p).
    let even = try Exceedances(
      (0..<100).map { $0 % 20 == 0 ? -2 : 0 }, valueAtRisk: [Double](repeating: 1, count: 100),
      probability: 0.05)
    #expect(KupiecTest(even).statistic < 1e-12 && KupiecTest(even).pValue > 0.999)
    let none = try Exceedances(
      [Double](repeating: 0, count: 250), valueAtRisk: [Double](repeating: 1, count: 250), probability: 0.01)
    #expect(near(KupiecTest(none).statistic, -500 * log(0.99)))
  }

  @Test func christoffersen() throws {
    let independence = try ChristoffersenIndependenceTest(hits)
    let moves = independence.transitions
    #expect(moves.n00 == 307 && moves.n01 == 45 && moves.n10 == 45 && moves.n11 == 2)
    #expect(
      near(independence.statistic, 3.6271202139357683) && near(independence.pValue, 0.056845097900106945))
    let coverage = try ChristoffersenCoverageTest(hits)
    #expect(
      near(coverage.statistic, 32.055444680541285) && near(coverage.pValue, 1.0945828269115266e-07, 1e-15))
    // Conditional coverage is independence and coverage of the last n − 1 together.
    let rest = KupiecTest(
      try Exceedances(
        Array(Self.returns.dropFirst()), valueAtRisk: Array(Self.valueAtRisk.dropFirst()), probability: 0.05))
    #expect(near(coverage.statistic, independence.statistic + rest.statistic))
  }

  @Test func dynamicQuantile() throws {
    let plain = try DynamicQuantileTest(hits)
    #expect(near(plain.statistic, 118.38377068166571) && plain.freedom == 6 && plain.observations == 396)
    let other = try DynamicQuantileTest(hits, lags: 2, valueAtRiskLags: 1)
    #expect(near(other.statistic, 89.88089316118756) && other.freedom == 5 && other.observations == 398)
    let names: [String] = other.coefficients.map(\.name)
    #expect(names == ["const", "hit[1]", "hit[2]", "var", "var[1]"])
    // A constant value at risk says what the constant says already.
    let flat = try DynamicQuantileTest(
      try Exceedances(Self.returns, valueAtRisk: [Double](repeating: 2, count: 400), probability: 0.05))
    #expect(flat.freedom == 5)
  }

  @Test func berkowitz() throws {
    let u = Self.returns.map { ReferenceDistribution.normal.probability(below: ($0 - 0.1) / 1.6) }
    let test = try BerkowitzTest(u)
    #expect(near(test.statistic, 6.054009746067095, 1e-8) && near(test.pValue, 0.10901189725169771, 1e-8))
    #expect(near(test.mean, -0.037121100698334235) && near(test.autocorrelation, -0.11200212673249493))
    #expect(near(test.variance, 0.9358997083537526))
    #expect(try BerkowitzTest([0, 1, 0.2, 0.7, 0.4, 0.9]).statistic.isFinite)
  }

  @Test func expectedShortfall() throws {
    let shortfall = Self.valueAtRisk.map { 1.2 * $0 }
    let deviations = (0..<400).map { 1 + 0.1 * cos(Double($0)) }
    let test = try ExpectedShortfallTest(hits, expectedShortfall: shortfall, deviations: deviations)
    #expect(near(test.meanExcess, 0.13714487862931374) && near(test.statistic, 2.334752921799074))
    #expect(test.observations == 47)
    // 200,000 replications of another stream gave 0.01006.
    #expect(abs(test.pValue - 0.01006) < 0.004)
    let same = try ExpectedShortfallTest(hits, expectedShortfall: shortfall, deviations: deviations)
    #expect(same.pValue == test.pValue)
    #expect(
      try ExpectedShortfallTest(
        hits, expectedShortfall: Self.valueAtRisk.map { 3 * $0 }, deviations: deviations
      ).pValue > 0.99)
  }

  /// Each test rejects a true null hypothesis about as often as its level says.
  @Test func sizes() throws {
    var rejections = [0, 0, 0, 0, 0]
    var stream = RandomStream(seed: 5)
    let (series, days, p) = (400, 1000, 0.05)
    let z = InnovationDistribution.normal.quantile(p)
    let tail = InnovationDistribution.normal.tailMean(p)
    let risk = [Double](repeating: -z, count: days)
    for _ in 0..<series {
      let y = (0..<days).map { _ in InnovationDistribution.normal.sample(using: &stream) }
      let hits = try Exceedances(y, valueAtRisk: risk, probability: p)
      let tests: [any HypothesisTest] = [
        KupiecTest(hits), try ChristoffersenCoverageTest(hits), try DynamicQuantileTest(hits, lags: 2),
        try BerkowitzTest(y.map { ReferenceDistribution.normal.probability(below: $0) }),
        try ExpectedShortfallTest(
          hits, expectedShortfall: [Double](repeating: -tail, count: days),
          deviations: [Double](repeating: 1, count: days), replications: 200),
      ]
      for (k, test) in tests.enumerated() where test.rejects(at: 0.1) { rejections[k] += 1 }
    }
    // 0.1 ± 3.3 standard errors, and a little for what is right only with many observations.
    for count in rejections { #expect(abs(Double(count) / Double(series) - 0.1) < 0.06, "\(rejections)") }
  }

  @Test func tailRisk() throws {
    let normal = try TailRisk(probability: 0.01, mean: 0.1, variance: 4)
    #expect(near(normal.valueAtRisk, -(0.1 + 2 * -2.3263478740408408)))
    #expect(near(normal.expectedShortfall, -(0.1 + 2 * -2.665214220345808), 1e-8))
    let heavy = try TailRisk(probability: 0.01, mean: 0, variance: 1, distribution: .studentT, shape: [5])
    #expect(
      near(heavy.valueAtRisk, 2.6064635693842795) && near(heavy.expectedShortfall, 3.4488367600480188, 1e-8))
  }

  @Test func whatCannotBeTested() {
    func fails(_ word: String, _ make: () throws -> Any) {
      do {
        _ = try make()
        Issue.record("no error about \(word)")
      } catch { #expect("\(error)".contains(word), "\(error)") }
    }
    fails("probability of 1.5") { try Exceedances([1], valueAtRisk: [1], probability: 1.5) }
    fails("2 returns and 1 values") { try Exceedances([1, 2], valueAtRisk: [1], probability: 0.05) }
    fails("returns") { try Exceedances([1, .nan], valueAtRisk: [1, 1], probability: 0.05) }
    fails("at least 2") {
      try ChristoffersenCoverageTest(try Exceedances([1], valueAtRisk: [1], probability: 0.05))
    }
    fails("at least") {
      try DynamicQuantileTest(try Exceedances([1, 2, 3], valueAtRisk: [1, 1, 1], probability: 0.05))
    }
    fails("at least 3") {
      try ExpectedShortfallTest(
        try Exceedances([-2, 0, -3], valueAtRisk: [1, 1, 1], probability: 0.05),
        expectedShortfall: [1, 1, 1],
        deviations: [1, 1, 1])
    }
    fails("deviation 2") {
      try ExpectedShortfallTest(
        hits, expectedShortfall: Self.valueAtRisk, deviations: [1, 0] + [Double](repeating: 1, count: 398))
    }
    fails("probability 2") { try BerkowitzTest([0.1, 1.2, 0.3, 0.4, 0.5]) }
    fails("all 6 values") { try BerkowitzTest([Double](repeating: 0.5, count: 6)) }
    fails("variance 1") { try TailRisk(probability: 0.05, mean: 0, variance: -1) }
    fails("nu") { try TailRisk(probability: 0.05, mean: 0, variance: 1, distribution: .studentT, shape: [1]) }
  }
}
