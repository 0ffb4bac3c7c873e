import Foundation

/// ln L of a model on data, with gradient and scores. Its arrays are allocated once; not for several threads at once.
final class Likelihood {
  let specification: Specification
  let sample: Sample
  let recursion: Recursion
  /// How many times it was worked out.
  private(set) var evaluations = 0

  private let fixedPresample: Double
  private let z: UnsafeMutablePointer<Double>
  private let values: UnsafeMutablePointer<Double>
  private let slopes: UnsafeMutablePointer<Double>
  private let shapeSlopes: UnsafeMutablePointer<Double>

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
    recursion = Recursion(
      count: count, width: specification.width, varianceStart: specification.meanCount,
      residualWidth: hasInMean ? specification.width : specification.meanCount,
      interceptColumns: (specification.process.interceptIndex.map { [$0] } ?? []) + drivers,
      scratch: specification.process.scratch)
    func numbers(_ n: Int) -> UnsafeMutablePointer<Double> {
      let pointer = UnsafeMutablePointer<Double>.allocate(capacity: max(1, n))
      pointer.initialize(repeating: 0, count: max(1, n))
      return pointer
    }
    z = numbers(count)
    values = numbers(count)
    slopes = numbers(count)
    shapeSlopes = numbers(count * specification.shapeCount)
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
    fillResidualSlopes()
    fillIntercept()
  }

  deinit {
    z.deallocate()
    values.deallocate()
    slopes.deallocate()
    shapeSlopes.deallocate()
  }

  /// The size of each parameter below which a change hardly matters, in the sample's units.
  var scales: [Double] {
    let s = specification
    func size(_ values: [Double]) -> Double {
      (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }
    let spread = size(sample.startResiduals)
    var found = s.parameters.map { $0.scale * power(spread, $0.power) }
    for k in s.meanRegressors.indices {
      let at = s.linearCount - s.meanRegressors.count + k
      found[at] /= size(sample.meanColumns[at])
    }
    for (k, column) in sample.varianceColumns.enumerated() { found[s.regressorStart + k] /= size(column) }
    return found
  }

  // MARK: Values

  /// ln L; −∞ where a variance is not positive and finite.
  func value(_ theta: [Double]) -> Double { evaluate(theta, gradient: nil, scores: nil) }

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
    return theta.withUnsafeBufferPointer { theta in
      if let gradient { gradient.update(repeating: 0, count: theta.count) }
      guard filter(theta.baseAddress!, gradient: gradient != nil) else { return -.infinity }
      let value =
        specification.model.distribution == .normal && scores == nil
        ? normal(gradient) : general(theta.baseAddress!, gradient, scores)
      guard value.isFinite else {
        gradient?.update(repeating: 0, count: theta.count)
        return -.infinity
      }
      return value
    }
  }

  // MARK: The recursion

  private func filter(_ theta: UnsafePointer<Double>, gradient: Bool) -> Bool {
    let own = theta + specification.processStart
    fillIntercept(theta)
    let inMean = specification.model.mean.inMean
    linearResiduals(theta)
    if inMean == nil, specification.model.mean.movingAverageLags > 0 {
      for t in 0..<count { movingAverage(t, theta, gradient) }
    }
    guard fillPresample(theta, gradient) else { return false }
    guard process.begin(own, recursion, gradient: gradient) else { return false }
    guard let inMean else { return process.scan(0..<count, own, recursion, gradient: gradient) }
    let kappa = theta[specification.meanCount - 1]
    for t in 0..<count {
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

  private func linearResiduals(_ theta: UnsafePointer<Double>) {
    let residuals = recursion.residuals
    sample.y.withUnsafeBufferPointer { y in for t in 0..<count { residuals[t] = y[t] } }
    for (k, column) in sample.meanColumns.enumerated() {
      let b = theta[k]
      column.withUnsafeBufferPointer { x in for t in 0..<count { residuals[t] -= b * x[t] } }
    }
  }

  /// ∂ε_t of the linear part, which no parameter moves.
  private func fillResidualSlopes() { for t in 0..<count { resetSlopes(t) } }

  private func resetSlopes(_ t: Int) {
    let row = recursion.residualRow(t)
    recursion.clear(row)
    let columns = UnsafeMutableRawPointer(row).assumingMemoryBound(to: Double.self)
    for (k, column) in sample.meanColumns.enumerated() { columns[k] = -column[t] }
  }

  private func movingAverage(
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
    let n = recursion.interceptColumns.count
    let offset = process.interceptIndex == nil ? 0 : 1
    for t in 0..<count {
      if offset == 1 { recursion.interceptSlopes[t * n] = 1 }
      for (k, column) in sample.varianceColumns.enumerated() {
        recursion.interceptSlopes[t * n + offset + k] = column[t]
      }
    }
  }

  private func fillIntercept(_ theta: UnsafePointer<Double>) {
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
    let n = recursion.interceptColumns.count
    for t in 0..<count {
      var index = 0.0
      for (k, column) in sample.varianceColumns.enumerated() { index += first[k] * column[t] }
      let factor = exp(index)
      intercept[t] = omega * factor
      recursion.interceptSlopes[t * n] = factor
      for (k, column) in sample.varianceColumns.enumerated() {
        recursion.interceptSlopes[t * n + 1 + k] = omega * factor * column[t]
      }
    }
  }

  // MARK: Before the sample

  private func fillPresample(_ theta: UnsafePointer<Double>, _ gradient: Bool) -> Bool {
    let r = recursion
    r.clear(r.presampleSlopes)
    switch specification.model.initialisation {
    case .ewma, .fixedSample, .user:
      r.presample = fixedPresample
    case .sampleVariance:
      let power = process.presamplePower
      let inverse = 1 / Double(count)
      var sum = 0.0
      for t in 0..<count {
        let found = absolutePower(r.residuals[t], power)
        sum += found.value
        guard gradient else { continue }
        // With in-mean effects a row of the last evaluation may still be here.
        if specification.model.mean.inMean != nil { resetSlopes(t) }
        r.add(found.slope * inverse, r.residualRow(t), to: r.presampleSlopes)
      }
      r.presample = sum * inverse
    case .unconditional:
      let own = (0..<specification.processCount).map { theta[specification.processStart + $0] }
      var mean = 0.0
      for t in 0..<count { mean += r.intercept[t] }
      mean /= Double(count)
      guard let found = process.unconditional(own, intercept: mean) else { return false }
      r.presample = found.value
      guard gradient else { break }
      let columns = r.varianceColumns(r.presampleSlopes)
      for (k, slope) in found.slopes.enumerated() { columns[k] += slope }
      let n = r.interceptColumns.count
      for (k, column) in r.interceptColumns.enumerated() {
        var slope = 0.0
        for t in 0..<count { slope += r.interceptSlopes[t * n + k] }
        columns[column] += found.interceptSlope * slope / Double(count)
      }
    }
    return r.presample > 0 && r.presample < .infinity
  }

  // MARK: Distributions

  /// Logarithms of products of eight variances: one call of `log` for eight.
  private func normal(_ gradient: UnsafeMutablePointer<Double>?) -> Double {
    let r = recursion
    var logs = 0.0
    var squares = 0.0
    var product = 1.0
    for t in 0..<count {
      let h = r.variance[t]
      squares += r.residuals[t] * r.residuals[t] / h
      product *= h
      if t & 7 == 7 || product < 1e-200 || product > 1e200 {
        logs += log(product)
        product = 1
      }
    }
    logs += log(product)
    if let gradient {
      accumulate(gradient) { t in
        let inverse = 1 / r.variance[t]
        let residual = r.residuals[t]
        return (-0.5 * (1 - residual * residual * inverse), -residual * inverse)
      }
    }
    return -Double(count) * NormalLaw.logRootTwoPi - 0.5 * (logs + squares)
  }

  private func general(
    _ theta: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>?,
    _ scores: UnsafeMutablePointer<Double>?
  ) -> Double {
    let r = recursion
    let shapes = specification.shapeCount
    let shape = UnsafeBufferPointer(start: theta + specification.width, count: shapes)
    var logs = 0.0
    for t in 0..<count {
      let h = r.variance[t]
      z[t] = r.residuals[t] / h.squareRoot()
    }
    specification.model.distribution.withLaw(shape) { law in
      if gradient == nil {
        law.evaluate(z, count: count, values: values)
      } else {
        law.evaluate(
          z, count: count, values: values, slopes: slopes, shapes: shapes, shapeSlopes: shapeSlopes)
      }
    }
    var sum = 0.0
    var product = 1.0
    for t in 0..<count {
      sum += values[t]
      product *= r.variance[t]
      if t & 7 == 7 || product < 1e-200 || product > 1e200 {
        logs += log(product)
        product = 1
      }
    }
    logs += log(product)
    guard let gradient else { return sum - 0.5 * logs }
    let weights = { [z, slopes] (t: Int) -> (Double, Double) in
      (-0.5 * (1 + slopes[t] * z[t]), slopes[t] / r.variance[t].squareRoot())
    }
    accumulate(gradient, weights)
    for t in 0..<count {
      for k in 0..<shapes { gradient[specification.width + k] += shapeSlopes[t * shapes + k] }
    }
    if let scores {
      let total = specification.parameters.count
      for t in 0..<count {
        let (a, b) = weights(t)
        let state = UnsafeMutableRawPointer(r.stateRow(t)).assumingMemoryBound(to: Double.self)
        let residual = UnsafeMutableRawPointer(r.residualRow(t)).assumingMemoryBound(to: Double.self)
        let row = scores + t * total
        for k in 0..<specification.width { row[k] = a * r.rate[t] * state[k] + b * residual[k] }
        if let extra = r.extraColumn { row[extra] += a * r.extra[t] }
        for k in 0..<shapes { row[specification.width + k] = shapeSlopes[t * shapes + k] }
      }
    }
    return sum - 0.5 * logs
  }

  // MARK: Information

  /// Σ ½ ∂ln σ²_t ∂ln σ²_tᵀ + ∂ε_t ∂ε_tᵀ/σ²_t, the expected second derivatives under the normal, with the outer product of
  /// scores for the distribution's parameters; after `gradient` at the same point. [n, n].
  func information() -> [Double] {
    let r = recursion
    let n = specification.parameters.count
    let width = specification.width
    let shapes = n - width
    var sum = [Double](repeating: 0, count: n * n)
    let extra = r.extraColumn
    sum.withUnsafeMutableBufferPointer { sum in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * width) { rows in
        for t in 0..<count {
          let state = UnsafeMutableRawPointer(r.stateRow(t)).assumingMemoryBound(to: Double.self)
          let residual = UnsafeMutableRawPointer(r.residualRow(t)).assumingMemoryBound(to: Double.self)
          let a = 0.5.squareRoot() * r.rate[t]
          let b = 1 / r.variance[t].squareRoot()
          for k in 0..<width {
            rows[k] = a * state[k]
            rows[width + k] = b * residual[k]
          }
          if let extra { rows[extra] += 0.5.squareRoot() * r.extra[t] }
          for i in 0..<width {
            for j in 0...i { sum[i * n + j] += rows[i] * rows[j] + rows[width + i] * rows[width + j] }
          }
          for i in 0..<shapes {
            for j in 0...i {
              sum[(width + i) * n + width + j] += shapeSlopes[t * shapes + i] * shapeSlopes[t * shapes + j]
            }
          }
        }
      }
      for i in 0..<n { for j in 0..<i { sum[j * n + i] = sum[i * n + j] } }
    }
    return sum
  }

  /// ln L under normal innovations, or −∞ as soon as it has fallen behind: `checkpoints` holds the sums of the best
  /// point so far after each block of observations, and takes those of a better one. For comparing starting points.
  func score(_ theta: [Double], _ checkpoints: inout [Double]) -> Double {
    let block = 256
    let margin = 20.0
    let r = recursion
    evaluations += 1
    return theta.withUnsafeBufferPointer { pointer in
      let theta = pointer.baseAddress!
      let isWhole = specification.model.mean.inMean != nil || process is FIGARCH
      let own = theta + specification.processStart
      if isWhole {
        guard filter(theta, gradient: false) else { return -.infinity }
      } else {
        fillIntercept(theta)
        linearResiduals(theta)
        for t in 0..<(specification.model.mean.movingAverageLags > 0 ? count : 0) {
          movingAverage(t, theta, false)
        }
        guard fillPresample(theta, false), process.begin(own, r, gradient: false) else { return -.infinity }
      }
      var sums: [Double] = []
      var sum = 0.0
      var product = 1.0
      var from = 0
      while from < count {
        let to = min(from + block, count)
        if !isWhole {
          guard process.scan(from..<to, own, r, gradient: false) else { return -.infinity }
        }
        for t in from..<to {
          let h = r.variance[t]
          sum -= 0.5 * r.residuals[t] * r.residuals[t] / h
          product *= h
          if t & 7 == 7 || product < 1e-200 || product > 1e200 {
            sum -= 0.5 * log(product)
            product = 1
          }
        }
        if sums.count < checkpoints.count, !(sum > checkpoints[sums.count] - margin) { return -.infinity }
        sums.append(sum)
        from = to
      }
      sum -= 0.5 * log(product) + Double(count) * NormalLaw.logRootTwoPi
      guard sum.isFinite else { return -.infinity }
      if checkpoints.isEmpty || sums.last! > checkpoints.last! { checkpoints = sums }
      return sum
    }
  }

  /// gradient += Σ a_t ∂ln σ²_t + b_t ∂ε_t.
  @inline(__always)
  private func accumulate(_ gradient: UnsafeMutablePointer<Double>, _ weights: (Int) -> (Double, Double)) {
    let r = recursion
    let blocks = r.blocks
    if blocks == 1 {
      var sum = Block.zero
      for t in 0..<count {
        let (a, b) = weights(t)
        sum += a * r.rate[t] * r.stateSlopes[t] + b * r.residualSlopes[t]
      }
      for k in 0..<specification.width { gradient[k] += sum[k] }
    } else {
      withUnsafeTemporaryAllocation(of: Block.self, capacity: blocks) { sums in
        sums.initialize(repeating: .zero)
        for t in 0..<count {
          let (a, b) = weights(t)
          let state = r.stateRow(t)
          let residual = r.residualRow(t)
          for k in 0..<blocks { sums[k] += (a * r.rate[t]) * state[k] + b * residual[k] }
        }
        for k in 0..<specification.width { gradient[k] += sums[k / 4][k % 4] }
      }
    }
    if let extra = r.extraColumn {
      for t in 0..<count { gradient[extra] += weights(t).0 * r.extra[t] }
    }
  }
}
