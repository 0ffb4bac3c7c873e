import Testing
import Volatility

/// Values printed by arch 8.0.0.
struct ZivotAndrewsTests {
  static let broken = Fixture.noise.enumerated().map { $1 + ($0 >= 180 ? 4 : 0) + 0.01 * Double($0) }

  @Test(arguments: [
    (ZivotAndrews.Break.level, -3.53229742075262, 0.6587316213446585, 76),
    (.trend, -3.6893283431035524, 0.25447023208099767, 164),
    (.levelAndTrend, -3.9876418195825405, 0.5118073524215905, 178),
  ])
  func randomWalk(_ kind: ZivotAndrews.Break, _ statistic: Double, _ p: Double, _ place: Int) throws {
    let test = try ZivotAndrews(Fixture.walk, break: kind, lags: .fixed(2))
    #expect(close(test.statistic, statistic, 1e-10) && close(test.pValue, p, 1e-10), "\(test.statistic)")
    #expect(test.breakIndex == place && !test.rejects())
  }

  @Test(arguments: [
    (ZivotAndrews.Break.level, -8.572706021000545, 1e-05, 180, -5.27644),
    (.trend, -4.2548385454764395, 0.07456095511576864, 128, -5.03421),
    (.levelAndTrend, -8.589067658529576, 0.0009327047471379349, 181, -5.57556),
  ])
  func brokenLevel(
    _ kind: ZivotAndrews.Break, _ statistic: Double, _ p: Double, _ place: Int, _ critical: Double
  ) throws {
    let test = try ZivotAndrews(ZivotAndrewsTests.broken, break: kind, lags: .bic(), trim: 0.1)
    #expect(test.lags == 3 && close(test.statistic, statistic, 1e-10), "\(test.statistic)")
    #expect(close(test.pValue, p, 1e-10) && test.breakIndex == place, "\(test.pValue) \(test.breakIndex)")
    #expect(close(test.criticalValues[0].value, critical, 1e-12))
  }

  @Test func errors() {
    #expect(throws: VolatilityError.self) { try ZivotAndrews(Fixture.walk, trim: 0.5) }
    #expect(throws: VolatilityError.self) { try ZivotAndrews([1, 2, 3]) }
    #expect(throws: VolatilityError.self) { try ZivotAndrews([Double](repeating: 1, count: 50)) }
    #expect(throws: VolatilityError.self) { try ZivotAndrews(Fixture.walk, lags: .fixed(60), trim: 0.1) }
  }
}
