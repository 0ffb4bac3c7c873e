import Foundation
import Testing

@testable import Volatility

/// Against `fix(...).forecast(...)` of arch 8.0.0 at the parameters given, on the last three origins.
@Suite(.enabled(if: FinanceData.isPresent, "needs finance/*.csv in $SALAR_DATA or ../shared/data"))
struct ReferenceForecastTests {
  private func forecast(
    _ model: VolatilityModel, _ theta: [Double], _ horizon: Int
  ) throws -> VolatilityForecast {
    let y = try FinanceData.marks()
    let named = Dictionary(uniqueKeysWithValues: zip(try model.parameterNames(), theta))
    return try model.forecast(at: named, y, horizon: horizon, origins: .from(y.count - 3))
  }

  private func expect(_ a: [[Double]], _ b: [[Double]], _ tolerance: Double = 1e-11) {
    #expect(a.count == b.count)
    for (one, other) in zip(a, b) { #expect(close(one, other, tolerance)) }
  }

  /// Of the model fitted by arch on the data at 6 decimals, at its parameters printed to 8.
  @Test func fiveSteps() throws {
    let y = try FinanceData.marks().map { ($0 * 1e6).rounded() / 1e6 }
    let found = try VolatilityModel().forecast(
      at: ["mu": -0.00607659, "omega": 0.00991424, "alpha[1]": 0.14547802, "beta[1]": 0.81684613], y,
      horizon: 5)
    #expect(
      close(found.variance[0], [0.14526924, 0.14971034, 0.15398412, 0.15809688, 0.16205468], 1e-7))
    let same = [
      0.14526928418872126, 0.14971038042801962, 0.1539841545915706, 0.15809691068080178, 0.1620547151885285,
    ]
    #expect(close(found.variance[0], same, 1e-12))
    #expect(found.origins == [1973])
    #expect(found.returnVariance == found.variance)
  }

  @Test func nextVariance() throws {
    let model = VolatilityModel(initialisation: .sampleVariance)
    let found = try model.forecast(
      at: ["mu": -0.006, "omega": 0.0108, "alpha[1]": 0.153, "beta[1]": 0.806], FinanceData.marks())
    #expect(abs(found.variance[0][0] - 0.14712775115365) < 5e-15)
  }

  @Test func asymmetricOfHigherOrders() throws {
    let found = try forecast(
      .init(variance: .garch(p: 2, o: 1, q: 2)), [-0.006, 0.0108, 0.1, 0.05, 0.06, 0.4, 0.35], 5)
    expect(
      found.variance,
      [
        [
          0.10641241113155112, 0.10870758333245367, 0.11097998361882089, 0.11310242465095655,
          0.11513627851253533,
        ],
        [
          0.10299349724024842, 0.10516824973177968, 0.1077365712539426, 0.10996768265730146,
          0.11217750030994683,
        ],
        [
          0.12029970102622706, 0.12486686854582713, 0.1250993207397792, 0.12704938741041383,
          0.128175903623431,
        ],
      ])
    expect(found.mean, [[Double]](repeating: [Double](repeating: -0.006, count: 5), count: 3))
  }

  @Test func oneStep() throws {
    expect(
      try forecast(.init(variance: .egarch(p: 1, o: 1, q: 1)), [-0.0114, -0.1215, 0.325, -0.0377, 0.9158], 1)
        .variance, [[0.13494296576024054], [0.13560883117876682], [0.1670101490360272]])
    expect(
      try forecast(.init(variance: .tarch()), [-0.0109, 0.0322, 0.1433, 0.0439, 0.8066], 1).variance,
      [[0.1339586270060616], [0.135919010607622], [0.16548777412549465]])
    expect(
      try forecast(
        .init(variance: .aparch(p: 1, o: 1, q: 1)), [-0.0109, 0.0322, 0.1433, 0.1, 0.8066, 1.3], 1
      ).variance, [[0.14928901159520933], [0.1482843160643487], [0.1744437442262204]])
  }

  @Test func autoregression() throws {
    let found = try forecast(.init(mean: .ar(1)), [-0.006, 0.1, 0.0108, 0.153, 0.806], 5)
    expect(
      found.mean,
      [
        [-0.017754581999999998, -0.0077754582, -0.0067775458200000005, -0.006677754582, -0.0066677754582],
        [-0.029127105, -0.0089127105, -0.00689127105, -0.0066891271050000005, -0.0066689127105],
        [0.046804687, -0.0013195313000000002, -0.00613195313, -0.006613195313, -0.0066613195313],
      ])
    expect(
      [found.variance[2]],
      [
        [
          0.14943317027260883, 0.15410641029143188, 0.15858804746948318, 0.16288593752323438,
          0.16700761408478176,
        ]
      ])
    expect(
      [found.returnVariance![2]],
      [
        [
          0.14943317027260883, 0.15560074199415797, 0.16014405488942476, 0.16448737807212863,
          0.16865248786550305,
        ]
      ])
  }

  @Test func heterogeneousAutoregression() throws {
    let found = try forecast(.init(mean: .har()), [-0.006, 0.1, -0.2, 0.15, 0.0108, 0.153, 0.806], 4)
    expect(
      found.mean,
      [
        [0.014212967103636362, 0.03311969453283388, 0.014816738980573238, -0.004323019815826391],
        [0.01671689884454545, 0.0218663400180219, 0.004837902314316999, -0.0016011892410285533],
        [0.05603247899977273, -0.00984603653296973, -0.02068289608219543, -0.022595344739845154],
      ])
    expect(
      found.variance,
      [
        [0.11711382692314505, 0.12311216001929612, 0.12886456145850497, 0.1343811144387063],
        [0.1144138921060157, 0.12052292252966905, 0.12638148270595262, 0.13199984191500855],
        [0.14302072296592988, 0.14795687332432678, 0.15269064151802939, 0.1572303252157902],
      ])
    expect(
      found.returnVariance!,
      [
        [0.11711382692314505, 0.12363503454119328, 0.12951079735698445, 0.13522107438049127],
        [0.1144138921060157, 0.12103374273514816, 0.12701393194723296, 0.13282282047526922],
        [0.14302072296592988, 0.14859541357279182, 0.15346916560827173, 0.15823322793790529],
      ])
  }

  @Test func longMemory() throws {
    let found = try forecast(.init(variance: .figarch()), [-0.006, 0.008, 0.2, 0.4, 0.45], 5)
    expect(
      found.variance,
      [
        [
          0.09246978646404606, 0.09502761618238717, 0.0967310182713427, 0.09884786542441674,
          0.10090653963612731,
        ],
        [
          0.08876920510799564, 0.09130706200687003, 0.09367424560291975, 0.09613345812339137,
          0.0983922793440143,
        ],
        [
          0.12077259014419021, 0.11921103665526389, 0.12049162805024273, 0.12086465547007716,
          0.12097187332211319,
        ],
      ])
  }

  @Test func exponentialWeights() throws {
    expect(
      try forecast(.init(variance: .ewma()), [-0.006], 3).variance,
      [
        [Double](repeating: 0.0833107693247923, count: 3), [Double](repeating: 0.0813569459233909, count: 3),
        [Double](repeating: 0.09358789272939527, count: 3),
      ])
  }
}
