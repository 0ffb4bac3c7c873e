import Testing
import Volatility

/// statsmodels 0.15.0 (iterated weighted least squares: six digits) and SciPy 1.17.1's linear programme.
struct QuantileRegressionTests {
  let y = Fixture.regression.y
  let x: [(String, [Double])] = [("x1", Fixture.regression.x1), ("x2", Fixture.regression.x2)]

  @Test(arguments: [
    (
      0.1, [-0.712255481271694, 0.414671506558152, -0.482083999655841], 20.75214163179622,
      [0.299812586483286, 0.414803291526001, 0.3041319602597]
    ),
    (
      0.5, [1.442760209046239, 0.933341644198348, -0.620602545970297], 45.97238883880024,
      [0.201004175440251, 0.278097709509384, 0.203900025059275]
    ),
    (
      0.9, [2.830863758938389, 0.6604763296958, -0.302249630202361], 21.345804308742714,
      [0.219741938542371, 0.3040221908721, 0.222907741479638]
    ),
  ])
  func estimates(_ tau: Double, _ values: [Double], _ objective: Double, _ errors: [Double]) throws {
    let fit = try QuantileRegression(y, x, quantile: tau, covariance: .iid)
    #expect(close(fit.coefficients.map(\.value), values, 1e-11))
    #expect(close(fit.objective, objective, 1e-12) && fit.isUnique)
    #expect(close(fit.coefficients.map(\.standardError), errors, 1e-5))
    #expect(fit.residuals.count { $0 == 0 } == 3)
  }

  @Test func bandwidths() throws {
    for (rule, width, errors) in [
      (
        QuantileRegression.Bandwidth.bofinger, 1.7462822449425066,
        [0.218232368353352, 0.301933637184146, 0.221376423044607]
      ),
      (.chamberlain, 0.6586141584727339, [0.208656692943094, 0.288685288522904, 0.21166279171414]),
    ] {
      let fit = try QuantileRegression(y, x, covariance: .iid, bandwidth: rule)
      #expect(
        close(fit.bandwidth ?? 0, width, 1e-5) && close(fit.coefficients.map(\.standardError), errors, 1e-5))
    }
  }

  @Test func covariances() throws {
    let robust = try QuantileRegression(y, x, quantile: 0.1)
    // statsmodels weighs the three observations met exactly by the sign of what its iterations leave.
    #expect(
      close(
        robust.coefficients.map(\.standardError), [0.314615411049894, 0.424938508659989, 0.268252925357293],
        0.03))
    #expect(close(robust.pseudoRSquared, 0.04004708179527661, 1e-6))
    #expect(close(robust.sparsity ?? 0, 8.830846089704963, 1e-5))
    #expect(close(robust.bandwidth ?? 0, 1.753280035664404, 1e-5))
    let powell = try QuantileRegression(y, x, covariance: .powell)
    let drawn = try QuantileRegression(y, x, covariance: .bootstrap(draws: 400, seed: 3))
    let again = try QuantileRegression(y, x, covariance: .bootstrap(draws: 400, seed: 3))
    #expect(drawn.covarianceMatrix == again.covarianceMatrix)
    for (a, b) in zip(powell.coefficients, drawn.coefficients) {
      #expect(a.standardError / b.standardError > 0.6 && a.standardError / b.standardError < 1.6)
    }
  }

  /// With an intercept alone the solution is an order statistic.
  @Test func interceptAlone() throws {
    let values = Fixture.normals(101, seed: 5)
    let fit = try QuantileRegression(values, [], quantile: 0.3)
    #expect(fit.coefficients[0].value == values.sorted()[30])
    // Any number between the two in the middle is a median of an even count.
    let even = try QuantileRegression(Array(values.prefix(100)), [])
    #expect(!even.isUnique)
  }

  /// Repeated rows, whole numbers, a dummy: many vertices tie. The optimum is compared with all vertices tried one
  /// by one.
  @Test func tiesAreSolved() throws {
    for seed in 1...25 {
      let draws = Fixture.uniforms(120, seed: UInt64(seed))
      let y = (0..<40).map { Double(Int(draws[$0] * 4)) }
      let a = (0..<40).map { Double(Int(draws[40 + $0] * 3)) }
      let dummy = (0..<40).map { draws[80 + $0] < 0.3 ? 1.0 : 0 }
      for tau in [0.25, 0.5, 0.8] {
        let fit = try QuantileRegression(
          y, [("a", a), ("dummy", dummy)], quantile: tau, covariance: .bootstrap(draws: 2, seed: 1))
        #expect(close(fit.objective, least(y, a, dummy, tau), 1e-9), "seed \(seed), \(tau)")
      }
    }
  }

  private func least(_ y: [Double], _ a: [Double], _ d: [Double], _ tau: Double) -> Double {
    var best = Double.infinity
    for i in 0..<40 {
      for j in 0..<i {
        for k in 0..<j {
          let x = Matrix(rows: 3, columns: 3, [1, a[i], d[i], 1, a[j], d[j], 1, a[k], d[k]])
          guard let b = x.solve([y[i], y[j], y[k]]) else { continue }
          var sum = 0.0
          for t in 0..<40 {
            let e = y[t] - b[0] - b[1] * a[t] - b[2] * d[t]
            sum += e < 0 ? (tau - 1) * e : tau * e
          }
          best = min(best, sum)
        }
      }
    }
    return best
  }

  /// 2,000 rows of whole numbers; objectives by SciPy's linear programme.
  @Test(arguments: [(0.1, 731.1), (0.5, 1671.2), (0.9, 713.9)])
  func manyTies(_ tau: Double, _ objective: Double) throws {
    let m = Fixture.normals(5000, seed: 1)
    let (a, b) = (Fixture.normals(5000, seed: 10), Fixture.normals(5000, seed: 11))
    let y = (0..<2000).map { (t: Int) -> Double in ((m[t] * (1 + 0.3 * abs(a[t])) + b[t]) * 2).rounded() }
    let fit = try QuantileRegression(
      y,
      [("down", m.prefix(2000).map { $0 < 0 ? 1 : 0 }), ("grid", m.prefix(2000).map { (2 * $0).rounded() })],
      quantile: tau, covariance: .iid)
    #expect(close(fit.objective, objective, 1e-12))
  }

  @Test func errors() {
    #expect(throws: VolatilityError.self) { try QuantileRegression(y, x, quantile: 1) }
    #expect(throws: VolatilityError.self) { try QuantileRegression(y, x + [("x1", x[0].1)]) }
    #expect(throws: VolatilityError.self) {
      try QuantileRegression([1, 1, 1, 1, 1, 2], [("x", [1, 2, 3, 4, 5, 6])])
    }
    #expect(throws: VolatilityError.self) {
      try QuantileRegression(y, x, covariance: .bootstrap(draws: 1, seed: 1))
    }
  }
}
