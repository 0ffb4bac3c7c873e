/// σ²_t = ω_t + Σ har[k] · mean(m_{t−1} … m_{t−k}) with m a measure of the realised variance, har[k] ≥ 0: Corsi's (2009)
/// regression as the variance of a likelihood. Shocks of the returns themselves do not enter.
///
/// The averages are columns of the sample, which a likelihood puts into the recursion's scratch.
struct HARVariance: VarianceProcess {
  /// How many past values each average is over.
  let lengths: [Int]

  var scratch: Int { lengths.count }

  var parameters: [ParameterSpecification] {
    [.init(name: "omega", lower: 0, upper: 100, scale: 0.01, power: 2)]
      + lengths.map { .init(name: "har[\($0)]", lower: 0, upper: 1e4, scale: 0.1, power: 2) }
  }
  var inequalities: [LinearInequality] { [] }

  func scan(
    _ range: Range<Int>, _ theta: UnsafePointer<Double>, _ r: Recursion, gradient: Bool
  ) -> Bool {
    for t in range {
      var s = r.intercept[t]
      for k in lengths.indices { s += theta[1 + k] * r.scratch[k][t] }
      guard s > 0, s < .infinity else { return false }
      r.state[t] = s
      r.variance[t] = s
      r.rate[t] = 1 / s
      guard gradient else { continue }
      let row = r.stateRow(t)
      r.beginRow(t, row)
      let columns = r.varianceColumns(row)
      for k in lengths.indices { columns[1 + k] += r.scratch[k][t] }
    }
    return true
  }

  /// With averages of zero: it is not told others.
  func reference(_ theta: [Double], residuals: [Double], intercepts: [Double], presample: Double) -> [Double]
  { intercepts }

  func persistence(_ theta: [Double], lowerVariance: Double) -> Double? { nil }

  /// None: they depend on the measure's size, which ``StartingPoints`` knows.
  func starts(moment: (Double) -> Double) -> [[Double]] { [] }
}
