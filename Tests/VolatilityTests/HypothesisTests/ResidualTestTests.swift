import Testing
import Volatility

/// Values printed by statsmodels 0.15.0 for 300 numbers of ``Fixture``.
struct ResidualTestTests {
  let x = Fixture.noise

  @Test func description() throws {
    let description = try Description([1, 2, 3, 4, 10])
    #expect(description.mean == 4 && close(description.standardDeviation, 12.5.squareRoot(), 1e-14))
    #expect(close(description.skewness, 36 / (10 * 10.0.squareRoot()), 1e-14))
    #expect(
      close(description.kurtosis, 278.8 / 100, 1e-14) && close(description.excessKurtosis, -0.212, 1e-12))
    #expect(description.minimum == 1 && description.maximum == 10 && description.median == 3)
    #expect(close(description.quantile(0.9), 7.6, 1e-14) && description.quantile(1) == 10)
    #expect(throws: VolatilityError.self) { try Description([3, 3, 3]) }
    #expect(throws: VolatilityError.self) { try Description([3]) }
  }

  @Test func jarqueBera() throws {
    let test = try JarqueBera(x)
    #expect(
      close(test.statistic, 1.7114280978751581, 1e-11) && close(test.pValue, 0.42497962646440623, 1e-11))
    #expect(
      close(test.skewness, 0.04876948467737534, 1e-11) && close(test.kurtosis, 2.643068077517264, 1e-11))
  }

  @Test func ljungBox() throws {
    let test = try LjungBox(x, lags: 10)
    #expect(close(test.statistic, 4.985373291109844, 1e-11) && close(test.pValue, 0.8921529507122037, 1e-11))
    let squares = try LjungBox(x, lags: 10, squared: true, modelParameters: 2)
    #expect(close(squares.statistic, 18.07190375311043, 1e-11) && squares.freedom == 8)
    #expect(close(squares.pValue, 0.020693826535399685, 1e-11))
    #expect(throws: VolatilityError.self) { try LjungBox(x, lags: 2, modelParameters: 2) }
    #expect(throws: VolatilityError.self) { try LjungBox(x, lags: 300) }
    #expect(throws: VolatilityError.self) { try LjungBox([1, -1, 1, -1, 1], lags: 2, squared: true) }
  }

  @Test func archLM() throws {
    let test = try ARCHLM(x, lags: 4)
    #expect(close(test.statistic, 7.022684442886033, 1e-11) && close(test.pValue, 0.13469430142642103, 1e-11))
    #expect(close(test.f, 1.767959856070374, 1e-11) && close(test.pValueOfF, 0.1352975709284881, 1e-11))
    #expect(test.observations == 296)
    #expect(throws: VolatilityError.self) { try ARCHLM([1, 2], lags: 1) }
  }

  @Test func signBias() throws {
    let test = try SignBias(standardized: x)
    #expect(close(test.joint.map(\.t), [0.02097156723603, 0.599385117027668, 0.00888807455833], 1e-11))
    #expect(close(test.statistic, 0.6317327992703852, 1e-11))
    #expect(
      close(test.single.map(\.t), [-0.5164621363773673, 0.7926976415868541, 0.3748885458223469], 1e-11))
    #expect(close(test.single.map(\.p), [0.6059160006365746, 0.4285867509371256, 0.7080109130717935], 1e-11))
    #expect(throws: VolatilityError.self) { try SignBias(standardized: x.map(abs)) }
  }
}
