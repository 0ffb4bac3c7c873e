import Testing

@testable import Volatility

struct HerdingTests {
  private let market = Fixture.normals(300, seed: 21).map { 1.5 * $0 }
  private func series(_ name: String, _ values: [Double]) throws -> Series {
    try Series(name, dates: values.indices.map { Day("2019-01-01")! + $0 }, values: values)
  }
  /// CSAD = 1 + 0.4|m| + c·m² + noise.
  private func dispersion(_ c: (Double, Int) -> Double) throws -> Series {
    let noise = Fixture.normals(300, seed: 22)
    return try series(
      "csad",
      market.indices.map { t in
        1 + 0.4 * abs(market[t]) + c(market[t], t) * market[t] * market[t] + 0.1 * noise[t]
      })
  }

  @Test func herdingIsFoundWhereItIs() throws {
    let m = try series("m", market)
    let herd = try HerdingRegression.cck(dispersion: dispersion { _, _ in -0.05 }, market: m)
    #expect(herd.verdict() == .herding && abs(herd.terms[0].coefficient.value + 0.05) < 0.02)
    #expect(herd.statement().hasPrefix("Herding: dispersion grows less"))
    #expect(herd.fit.lags == 5)
    let spread = try HerdingRegression.cck(dispersion: dispersion { _, _ in 0.05 }, market: m)
    #expect(spread.verdict() == .antiHerding && spread.statement().contains("contrary"))
    let none = try HerdingRegression.cck(dispersion: dispersion { _, _ in 0 }, market: m)
    #expect(none.verdict() == .noEvidence && none.statement().contains("does not differ from zero at 5 %"))
  }

  @Test func asymmetricForm() throws {
    let test = try HerdingRegression.asymmetric(
      dispersion: dispersion { m, _ in m < 0 ? -0.06 : 0.04 }, market: series("m", market))
    #expect(test.terms.map { $0.verdict() } == [.antiHerding, .herding] && test.verdict() == .herding)
    #expect(try #require(test.symmetry).pValue < 1e-6)
    #expect(
      test.coefficients.map(\.name) == [
        "const", "|market| up", "|market| down", "market^2 up", "market^2 down",
      ])
  }

  @Test func stateDependentForm() throws {
    let state = try series("GI", (0..<300).map { Double($0 % 100) })
    let test = try HerdingRegression.stateDependent(
      dispersion: dispersion { _, t in 0.05 - 0.001 * Double(t % 100) }, market: series("m", market),
      state: state,
      at: [0, 100])
    #expect(test.terms.map { $0.verdict() } == [.antiHerding, .herding])
    // The sum's error is that of the coefficient itself where the state is measured from there.
    let shifted = try HerdingRegression.stateDependent(
      dispersion: dispersion { _, t in 0.05 - 0.001 * Double(t % 100) }, market: series("m", market),
      state: state.map { $0 - 100 }, at: [0])
    #expect(close(shifted.terms[0].coefficient.value, test.terms[1].coefficient.value, 1e-9))
    #expect(close(shifted.coefficients[2].standardError, test.terms[1].coefficient.standardError, 1e-9))
    let dummy = try HerdingRegression.stateDependent(
      dispersion: dispersion { _, _ in 0 }, market: series("m", market), state: state.map { $0 < 50 ? 0 : 1 })
    #expect(dummy.terms.map(\.state) == ["GI = 0", "GI = 1"])
  }

  @Test func christieHuang() throws {
    let m = try series("m", (1...100).map { Double($0) - 50.5 })
    let cssd = try series("cssd", m.values.map { abs($0) > 47 ? 1 : 2 + 0.01 * $0 })
    let test = try HerdingRegression.christieHuang(dispersion: cssd, market: m, tail: 0.03)
    let dummies = test.fit.design.matrix
    #expect(dummies.column(1).reduce(0, +) == 3 && dummies.column(2).reduce(0, +) == 3)
    // Coefficients on dummies are differences of means.
    let inside = Array(cssd.values[3..<97]).mean
    #expect(close(test.coefficients.map(\.value), [inside, 1 - inside, 1 - inside], 1e-12))
    #expect(test.verdict() == .herding && test.terms[0].state == "the market's 3 % lowest returns")
    #expect(throws: VolatilityError.self) {
      try HerdingRegression.christieHuang(dispersion: cssd, market: m, tail: 0.5)
    }
  }

  @Test func rollingAndQuantileForms() throws {
    let m = try series("m", market)
    let turning = try dispersion { _, t in t < 150 ? 0.05 : -0.06 }
    let rolling = try RollingHerding(dispersion: turning, market: m, window: 60, step: 10)
    #expect(rolling.windows.count == 25 && rolling.failures.isEmpty)
    #expect(
      rolling.windows.first?.term.verdict() == .antiHerding
        && rolling.windows.last?.term.verdict() == .herding)
    #expect(rolling.windows.last?.end == "\(Day("2019-01-01")! + 299)" && rolling.share(.herding) > 0.3)
    #expect(rolling.statement().hasPrefix("Herding in"))
    let whole = try HerdingRegression.cck(dispersion: turning, market: m)
    let one = try RollingHerding(dispersion: turning, market: m, window: 300)
    #expect(one.windows[0].term.coefficient == whole.terms[0].coefficient)
    let quantiles = try QuantileHerding(dispersion: dispersion { _, _ in -0.05 }, market: m)
    #expect(quantiles.terms.count == 5 && quantiles.terms.allSatisfy { $0.verdict() == .herding })
    #expect(quantiles.statement().contains("dispersion at its 25 % quantile"))
    #expect(throws: VolatilityError.self) { try RollingHerding(dispersion: turning, market: m, window: 5) }
  }

  @Test func daysAreMatched() throws {
    let m = try series("m", market)
    let d = try dispersion { _, _ in 0 }
    let later = try Series("csad", dates: d.dates?.map { $0 + 10 }, values: d.values)
    let test = try HerdingRegression.cck(dispersion: later, market: m)
    #expect(test.fit.observations == 290)
    var holes = d.values
    holes[7] = .nan
    let gap = try HerdingRegression.cck(dispersion: series("csad", holes), market: m)
    #expect(gap.fit.observations == 299 && gap.notes.contains { $0.text.contains("2019-01-08") })
    #expect(throws: VolatilityError.self) {
      try HerdingRegression.cck(dispersion: Series("d", dates: nil, values: [1, 2]), market: m)
    }
    #expect(throws: VolatilityError.self) {
      try HerdingRegression.cck(
        dispersion: Series("d", dates: nil, values: [1, 2]),
        market: Series("m", dates: nil, values: [1, 2, 3]))
    }
  }
}
