import Testing
import Volatility

/// Values printed by arch 8.0.0.
struct VarianceRatioTests {
  @Test func randomWalkAndNoise() throws {
    let walk = Fixture.walk
    func check(_ test: VarianceRatio, _ ratio: Double, _ statistic: Double, _ p: Double) {
      #expect(close(test.ratio, ratio, 1e-11) && close(test.statistic, statistic, 1e-10), "\(test.statistic)")
      #expect(close(test.pValue, p, 1e-10))
    }
    try check(VarianceRatio(walk), 0.9884383370698235, -0.1850478581175614, 0.8531914983721871)
    try check(VarianceRatio(walk, steps: 5), 0.9355079328920943, -0.5069832137713918, 0.6121665967334091)
    try check(
      VarianceRatio(walk, steps: 5, robust: false), 0.9355079328920943, -0.5090040907733724,
      0.6107493567276852)
    try check(
      VarianceRatio(walk, steps: 5, drift: false), 0.9354945134007895, -0.5070110255248965, 0.6121470824959172
    )
    try check(
      VarianceRatio(walk, steps: 5, debiased: false), 0.9106036118126568, -0.7027603582149462,
      0.4822051056098666)
    try check(
      VarianceRatio(walk, steps: 13, overlapping: false), 0.8585525753718919, -0.49925798300425195,
      0.6175976512498353)
    try check(
      VarianceRatio(Fixture.noise, steps: 5), 0.21467126216334964, -5.8604095008105945, 4.6172712320213805e-09
    )
  }

  @Test func errors() {
    #expect(throws: VolatilityError.self) { try VarianceRatio(Fixture.walk, steps: 1) }
    #expect(throws: VolatilityError.self) { try VarianceRatio([1, 2, 3], steps: 2) }
    #expect(throws: VolatilityError.self) { try VarianceRatio((0..<20).map(Double.init)) }
  }
}
