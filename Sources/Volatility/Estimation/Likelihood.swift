import Foundation

/// ln L of a model on data, with gradient and scores. Its arrays are allocated once; not for several threads at once.
final class Likelihood {
  let specification: Specification
  let sample: Sample
  let recursion: Recursion
  /// How many times it was worked out.
  var evaluations = 0
  /// The point that the arrays belong to.
  var last: (theta: [Double], value: Double)?
  /// The parameters for which the recursion holds states and their derivatives; nil where it holds something else.
  private var filtered: [Double]?

  let fixedPresample: Double
  /// The law's moments at the shape parameters of the last evaluation that needed them.
  var knownMoments: (shape: [Double], moments: LawMoments)?
  private let buffer: Workspace.Buffer
  let z: UnsafeMutablePointer<Double>
  /// 1/σ_t.
  let inverses: UnsafeMutablePointer<Double>
  let values: UnsafeMutablePointer<Double>
  let slopes: UnsafeMutablePointer<Double>
  let shapeSlopes: UnsafeMutablePointer<Double>

  var count: Int { sample.count }
  var process: any VarianceProcess { specification.process }

  convenience init(
    _ model: VolatilityModel, _ returns: [Double], _ columns: [String: [Double]], scaled: Bool
  ) throws(VolatilityError) {
    let specification = try Specification(model)
    self.init(specification, try Sample(specification, returns, columns, scaled: scaled))
  }

  init(_ specification: Specification, _ sample: Sample) {
    self.specification = specification
    self.sample = sample
    let count = sample.count
    let hasInMean = specification.model.mean.inMean != nil
    let drivers = (0..<specification.varianceRegressors.count).map { specification.processCount + $0 }
    // Where the presample value depends on shape parameters, rows go on to these, which follow in θ.
    let width =
      specification.startDependsOnShape ? specification.parameters.count : specification.width
    recursion = Recursion(
      count: count, width: width, varianceStart: specification.meanCount,
      residualWidth: hasInMean ? width : specification.meanCount,
      interceptColumns: (specification.process.interceptIndex.map { [$0] } ?? []) + drivers,
      scratch: specification.process.scratch)
    let shapes = specification.shapeCount
    buffer = Workspace.take(count * (4 + shapes) + 1)
    z = buffer.numbers
    inverses = z + count
    values = inverses + count
    slopes = values + count
    shapeSlopes = slopes + count
    // Least squares' residuals do not move, nor what is taken from them.
    let power = specification.process.presamplePower
    let moment = { (weight: (Int) -> Double, length: Int) -> Double in
      var sum = 0.0
      var total = 0.0
      for t in 0..<length {
        sum += weight(t) * absolutePower(sample.startResiduals[t], power).value
        total += weight(t)
      }
      return sum / total
    }
    fixedPresample =
      switch specification.model.initialisation {
      case .ewma: moment({ pow(0.94, Double($0)) }, min(75, count))
      case .fixedSample, .sampleVariance, .unconditional: moment({ _ in 1 }, count)
      case .user(let variance): pow(variance / (sample.scale * sample.scale), power / 2)
      }
    for (k, column) in sample.measureColumns.enumerated() {
      // One more than there are observations: the step beyond them.
      recursion.scratch[k].update(from: column, count: column.count)
    }
    fillResidualSlopes()
    fillIntercept()
  }

  deinit { Workspace.giveBack(buffer) }

  // MARK: Values

  /// ln L; −∞ where a variance is not positive and finite. Arrays of the recursion then hold this point.
  func value(_ theta: [Double]) -> Double {
    if let last, last.theta == theta { return last.value }
    return evaluate(theta, gradient: nil, scores: nil)
  }

  /// ln L and its gradient, zeros where ln L is −∞.
  func gradient(_ theta: [Double], _ gradient: inout [Double]) -> Double {
    gradient.withUnsafeMutableBufferPointer { evaluate(theta, gradient: $0.baseAddress!, scores: nil) }
  }

  /// ln L and the gradient of each observation, [count, parameters].
  func scores(_ theta: [Double]) -> (value: Double, scores: Matrix) {
    var matrix = Matrix(rows: count, columns: theta.count)
    var gradient = theta
    let value = gradient.withUnsafeMutableBufferPointer { gradient in
      matrix.values.withUnsafeMutableBufferPointer {
        evaluate(theta, gradient: gradient.baseAddress!, scores: $0.baseAddress!)
      }
    }
    return (value, matrix)
  }

  private func evaluate(
    _ theta: [Double], gradient: UnsafeMutablePointer<Double>?, scores: UnsafeMutablePointer<Double>?
  ) -> Double {
    evaluations += 1
    last = nil
    let value = theta.withUnsafeBufferPointer { theta -> Double in
      if let gradient { gradient.update(repeating: 0, count: theta.count) }
      guard refilter(theta, gradient: gradient != nil) else { return -.infinity }
      let value =
        specification.model.distribution == .normal && scores == nil
        ? normal(gradient) : general(theta.baseAddress!, gradient, scores)
      guard value.isFinite else {
        gradient?.update(repeating: 0, count: theta.count)
        return -.infinity
      }
      return value
    }
    last = (theta, value)
    return value
  }

  // MARK: The recursion

  /// ``filter(_:gradient:to:)``, unless all is there already: a law's shape moves no state.
  private func refilter(_ theta: UnsafeBufferPointer<Double>, gradient: Bool) -> Bool {
    let own = theta.prefix(recursion.width)
    if let filtered, filtered.elementsEqual(own) { return true }
    guard filter(theta.baseAddress!, gradient: gradient) else { return false }
    if gradient { filtered = Array(own) }
    return true
  }

  func filter(_ theta: UnsafePointer<Double>, gradient: Bool, to last: Int? = nil) -> Bool {
    filtered = nil
    let last = last ?? count
    let own = theta + specification.processStart
    fillIntercept(theta)
    let inMean = specification.model.mean.inMean
    linearResiduals(theta)
    if inMean == nil, specification.model.mean.movingAverageLags > 0 {
      for t in 0..<count { movingAverage(t, theta, gradient) }
    }
    guard fillPresample(theta, gradient) else { return false }
    guard process.begin(own, recursion, gradient: gradient) else { return false }
    guard let inMean else { return last == 0 || process.scan(0..<last, own, recursion, gradient: gradient) }
    let kappa = theta[specification.meanCount - 1]
    for t in 0..<last {
      guard process.scan(t..<(t + 1), own, recursion, gradient: gradient) else { return false }
      if gradient { resetSlopes(t) }
      let found = inMean.value(recursion.variance[t])
      recursion.residuals[t] -= kappa * found.value
      if gradient {
        let row = recursion.residualRow(t)
        recursion.add(-kappa * found.slope * recursion.rate[t], recursion.stateRow(t), to: row)
        let columns = UnsafeMutableRawPointer(row).assumingMemoryBound(to: Double.self)
        if let extra = recursion.extraColumn { columns[extra] -= kappa * found.slope * recursion.extra[t] }
        columns[specification.meanCount - 1] -= found.value
      }
      if specification.model.mean.movingAverageLags > 0 { movingAverage(t, theta, gradient, isReset: true) }
    }
    return true
  }

  func linearResiduals(_ theta: UnsafePointer<Double>) {
    let residuals = recursion.residuals
    guard let first = sample.meanColumns.first else {
      sample.y.withUnsafeBufferPointer { residuals.update(from: $0.baseAddress!, count: count) }
      return
    }
    let b = theta[0]
    sample.y.withUnsafeBufferPointer { y in
      first.withUnsafeBufferPointer { x in for t in 0..<count { residuals[t] = y[t] - b * x[t] } }
    }
    for (k, column) in sample.meanColumns.enumerated().dropFirst() {
      let b = theta[k]
      column.withUnsafeBufferPointer { x in for t in 0..<count { residuals[t] -= b * x[t] } }
    }
  }

  /// ∂ε_t of the linear part, which no parameter moves.
  private func fillResidualSlopes() {
    for t in 0..<count { resetSlopes(t) }
    let mean = specification.model.mean
    let isConstant = sample.meanColumns.allSatisfy { column in column.allSatisfy { $0 == column[0] } }
    if isConstant, mean.movingAverageLags == 0, mean.inMean == nil { recursion.residualStep = 0 }
  }

  func resetSlopes(_ t: Int) {
    let row = recursion.residualRow(t)
    recursion.clear(row)
    let columns = UnsafeMutableRawPointer(row).assumingMemoryBound(to: Double.self)
    for (k, column) in sample.meanColumns.enumerated() { columns[k] = -column[t] }
  }

  func movingAverage(
    _ t: Int, _ theta: UnsafePointer<Double>, _ gradient: Bool, isReset: Bool = false
  ) {
    let lags = specification.model.mean.movingAverageLags
    let first = specification.linearCount
    if gradient, !isReset { resetSlopes(t) }
    let row = recursion.residualRow(t)
    let columns = UnsafeMutableRawPointer(row).assumingMemoryBound(to: Double.self)
    for j in 0..<min(lags, t) {
      let earlier = recursion.residuals[t - 1 - j]
      recursion.residuals[t] -= theta[first + j] * earlier
      guard gradient else { continue }
      recursion.add(-theta[first + j], recursion.residualRow(t - 1 - j), to: row)
      columns[first + j] -= earlier
    }
  }

  // MARK: Intercepts

  private func fillIntercept() {
    // Additive slopes do not move; exponential ones are written with the values.
    let offset = process.interceptIndex == nil ? 0 : 1
    for t in 0..<count {
      if offset == 1 { recursion.setInterceptSlope(t, 0, 1) }
      for (k, column) in sample.varianceColumns.enumerated() {
        recursion.setInterceptSlope(t, offset + k, column[t])
      }
    }
    if sample.varianceColumns.isEmpty { recursion.interceptStep = 0 }
  }

  func fillIntercept(_ theta: UnsafePointer<Double>) {
    let intercept = recursion.intercept
    let omega = specification.omega.map { theta[$0] } ?? 0
    let first = theta + specification.regressorStart
    guard specification.varianceForm == .exponential, !sample.varianceColumns.isEmpty else {
      for t in 0..<count { intercept[t] = omega }
      for (k, column) in sample.varianceColumns.enumerated() {
        let phi = first[k]
        column.withUnsafeBufferPointer { x in for t in 0..<count { intercept[t] += phi * x[t] } }
      }
      return
    }
    for t in 0..<count {
      var index = 0.0
      for (k, column) in sample.varianceColumns.enumerated() { index += first[k] * column[t] }
      let factor = exp(index)
      intercept[t] = omega * factor
      recursion.setInterceptSlope(t, 0, factor)
      for (k, column) in sample.varianceColumns.enumerated() {
        recursion.setInterceptSlope(t, 1 + k, omega * factor * column[t])
      }
    }
  }

  // MARK: Distributions

  private func normal(_ gradient: UnsafeMutablePointer<Double>?) -> Double {
    let r = recursion
    let (residuals, variance, rate) = (r.residuals, r.variance, r.rate)
    var logs = LogarithmSum()
    var squares = 0.0
    if let gradient, r.blocks == 1 {
      let (state, ofResiduals, residualStep) = (r.stateSlopes, r.residualSlopes, r.residualStep)
      var sum = Block.zero
      for t in 0..<count {
        let inverse = 1 / variance[t]
        let b = residuals[t] * inverse
        let square = residuals[t] * b
        squares += square
        logs.add(variance[t])
        sum += (-0.5 * (1 - square) * rate[t]) * state[t] - b * ofResiduals[t &* residualStep]
      }
      for k in 0..<specification.width { gradient[k] += sum[k] }
      addExtra(gradient) { t in -0.5 * (1 - residuals[t] * residuals[t] / variance[t]) }
    } else {
      for t in 0..<count {
        squares += residuals[t] * residuals[t] / variance[t]
        logs.add(variance[t])
      }
      if let gradient {
        accumulate(gradient) { t in
          let inverse = 1 / variance[t]
          let residual = residuals[t]
          return (-0.5 * (1 - residual * residual * inverse), -residual * inverse)
        }
      }
    }
    return -Double(count) * NormalLaw.logRootTwoPi - 0.5 * (logs.value + squares)
  }

  private func general(
    _ theta: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>?,
    _ scores: UnsafeMutablePointer<Double>?
  ) -> Double {
    let r = recursion
    let (residuals, variance) = (r.residuals, r.variance)
    let (z, slopes, inverses) = (self.z, self.slopes, self.inverses)
    let shapes = specification.shapeCount
    let shape = UnsafeBufferPointer(start: theta + specification.width, count: shapes)
    var logs = LogarithmSum()
    var sumOfLogs = 0.0
    if process.isLogarithmic {
      // 1/σ_t and ln σ²_t are there.
      let found = r.scratch[0]
      for t in 0..<count {
        let inverse = found[t]
        inverses[t] = inverse
        z[t] = residuals[t] * inverse
        sumOfLogs += r.state[t]
      }
    } else {
      for t in 0..<count {
        let inverse = 1 / variance[t].squareRoot()
        inverses[t] = inverse
        z[t] = residuals[t] * inverse
        logs.add(variance[t])
      }
      sumOfLogs = logs.value
    }
    let sum = specification.model.distribution.withLaw(shape) { law -> Double in
      guard let gradient else { return law.total(z, count: count) }
      guard scores != nil else {
        let found = law.total(z, count: count, slopes: slopes)
        if shapes > 0 { gradient[specification.width] += found.shape0 }
        if shapes > 1 { gradient[specification.width + 1] += found.shape1 }
        return found.value
      }
      law.evaluate(z, count: count, values: values, slopes: slopes, shapes: shapes, shapeSlopes: shapeSlopes)
      for t in 0..<count {
        for k in 0..<shapes { gradient[specification.width + k] += shapeSlopes[t * shapes + k] }
      }
      return (0..<count).reduce(0) { $0 + values[$1] }
    }
    guard let gradient else { return sum - 0.5 * sumOfLogs }
    let weights = { (t: Int) -> (Double, Double) in
      (-0.5 * (1 + slopes[t] * z[t]), slopes[t] * inverses[t])
    }
    accumulate(gradient, weights)
    if let scores {
      let total = specification.parameters.count
      for t in 0..<count {
        let (a, b) = weights(t)
        let state = UnsafeMutableRawPointer(r.stateRow(t)).assumingMemoryBound(to: Double.self)
        let residual = UnsafeMutableRawPointer(r.residualRow(t)).assumingMemoryBound(to: Double.self)
        let row = scores + t * total
        for k in 0..<r.width { row[k] = a * r.rate[t] * state[k] + b * residual[k] }
        if let extra = r.extraColumn { row[extra] += a * r.extra[t] }
        for k in 0..<shapes { row[specification.width + k] += shapeSlopes[t * shapes + k] }
      }
    }
    return sum - 0.5 * sumOfLogs
  }

  /// gradient += Σ a_t ∂ln σ²_t + b_t ∂ε_t.
  @inline(__always)
  private func accumulate(_ gradient: UnsafeMutablePointer<Double>, _ weights: (Int) -> (Double, Double)) {
    let r = recursion
    let blocks = r.blocks
    let (rate, state, residual, step) = (r.rate, r.stateSlopes, r.residualSlopes, r.residualStep)
    if blocks <= 2 {
      var sums = (Block.zero, Block.zero)
      let last = blocks - 1
      for t in 0..<count {
        let (a, b) = weights(t)
        let ofState = a * rate[t]
        let (at, row) = (t &* blocks, residual + t &* step)
        sums.0 += ofState * state[at] + b * row[0]
        if last == 1 { sums.1 += ofState * state[at &+ 1] + b * row[1] }
      }
      for k in 0..<r.width { gradient[k] += k < 4 ? sums.0[k] : sums.1[k - 4] }
    } else {
      withUnsafeTemporaryAllocation(of: Block.self, capacity: blocks) { sums in
        sums.initialize(repeating: .zero)
        for t in 0..<count {
          let (a, b) = weights(t)
          let ofState = a * rate[t]
          let (at, row) = (t &* blocks, residual + t &* step)
          for k in 0..<blocks { sums[k] += ofState * state[at &+ k] + b * row[k] }
        }
        for k in 0..<r.width { gradient[k] += sums[k / 4][k % 4] }
      }
    }
    addExtra(gradient) { weights($0).0 }
  }

  @inline(__always)
  private func addExtra(_ gradient: UnsafeMutablePointer<Double>, _ weight: (Int) -> Double) {
    guard let extra = recursion.extraColumn else { return }
    for t in 0..<count { gradient[extra] += weight(t) * recursion.extra[t] }
  }
}
