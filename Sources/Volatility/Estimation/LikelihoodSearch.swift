import Foundation

/// What a search asks of a likelihood beside its value and gradient.
extension Likelihood {
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
    for (k, column) in sample.measureColumns.enumerated() { found[s.processStart + 1 + k] /= size(column) }
    return found
  }

  /// Expected second derivatives of −ln L in the parameters of mean and variance, Σ a ∂ln σ²_t ∂ln σ²_tᵀ + b ∂ε_t ∂ε_tᵀ/σ²_t
  /// with a = ½, b = 1 under the normal and means of squared scores otherwise, and outer products of scores for the
  /// distribution's parameters; after `gradient` at the same point. [n, n].
  func information(_ theta: [Double]) -> [Double] {
    let r = recursion
    let n = specification.parameters.count
    let width = specification.width
    let shapes = n - width
    var sum = [Double](repeating: 0, count: n * n)
    let extra = r.extraColumn
    let isNormal = specification.model.distribution == .normal
    var (ofScale, ofPlace) = (0.5, 1.0)
    if !isNormal {
      if shapes > 0 {
        specification.model.distribution.withLaw(theta[width...]) { law in
          law.evaluate(
            z, count: count, values: values, slopes: slopes, shapes: shapes, shapeSlopes: shapeSlopes)
        }
      }
      (ofScale, ofPlace) = (0, 0)
      for t in 0..<count {
        let score = 0.5 * (1 + slopes[t] * z[t])
        ofScale += score * score
        ofPlace += slopes[t] * slopes[t]
      }
      ofScale /= Double(count)
      ofPlace /= Double(count)
    }
    // Whole rows of four at once, though half of a symmetric matrix would do.
    let blocks = r.blocks
    withUnsafeTemporaryAllocation(of: Block.self, capacity: (width + 1) * blocks) { space in
      space.initialize(repeating: .zero)
      // Σ b/σ²_t where all rows of residuals are the same.
      var ofEqualRows = 0.0
      let rows = space.baseAddress!
      let sums = rows + blocks
      let ofRows = UnsafeMutableRawPointer(rows).assumingMemoryBound(to: Double.self)
      for t in 0..<count {
        let (state, residual) = (r.stateRow(t), r.residualRow(t))
        let rate = r.rate[t]
        for k in 0..<blocks { rows[k] = rate * state[k] }
        if let extra { ofRows[extra] += r.extra[t] }
        let inverse = ofPlace / r.variance[t]
        let ofResidual = UnsafeMutableRawPointer(residual).assumingMemoryBound(to: Double.self)
        for i in 0..<width {
          let scaled = ofScale * ofRows[i]
          for k in 0..<blocks { sums[i &* blocks &+ k] += scaled * rows[k] }
        }
        if r.residualStep == 0 {
          ofEqualRows += inverse
        } else {
          for i in 0..<r.residualWidth {
            let placed = inverse * ofResidual[i]
            for k in 0..<blocks { sums[i &* blocks &+ k] += placed * residual[k] }
          }
        }
        guard shapes > 0 else { continue }
        let score = -0.5 * (1 + slopes[t] * z[t])
        for i in 0..<shapes {
          let shape = shapeSlopes[t * shapes + i]
          let at = (width + i) * n
          for j in 0..<width { sum[at + j] += shape * score * ofRows[j] }
          for j in 0...i { sum[at + width + j] += shape * shapeSlopes[t * shapes + j] }
        }
      }
      if r.residualStep == 0 {
        let residual = UnsafeMutableRawPointer(r.residualRow(0)).assumingMemoryBound(to: Double.self)
        for i in 0..<r.residualWidth {
          for k in 0..<blocks { sums[i * blocks + k] += (ofEqualRows * residual[i]) * r.residualRow(0)[k] }
        }
      }
      for i in 0..<width { for j in 0...i { sum[i * n + j] = sums[i * blocks + j / 4][j % 4] } }
    }
    for i in 0..<n { for j in 0..<i { sum[j * n + i] = sum[i * n + j] } }
    return sum
  }

  /// ln L under normal innovations of the first `last` observations, or −∞ as soon as it has fallen behind: `checkpoints`
  /// holds the sums of the best point so far after each block of observations, and takes those of a better one. For
  /// comparing starting points.
  func score(_ theta: [Double], _ checkpoints: inout [Double], last: Int) -> Double {
    let block = 256
    let margin = 10.0
    let r = recursion
    evaluations += 1
    self.last = nil
    return theta.withUnsafeBufferPointer { pointer in
      let theta = pointer.baseAddress!
      let isWhole = specification.model.mean.inMean != nil || process is FIGARCH
      guard filter(theta, gradient: false, to: isWhole ? last : 0) else { return -.infinity }
      let own = theta + specification.processStart
      var sums: [Double] = []
      let (residuals, variance) = (r.residuals, r.variance)
      var sum = 0.0
      var from = 0
      while from < last {
        let to = min(from + block, last)
        if !isWhole {
          guard process.scan(from..<to, own, r, gradient: false) else { return -.infinity }
        }
        var logs = LogarithmSum()
        var squares = 0.0
        for t in from..<to {
          squares += residuals[t] * residuals[t] / variance[t]
          logs.add(variance[t])
        }
        sum -= 0.5 * (squares + logs.value)
        if sums.count < checkpoints.count, !(sum > checkpoints[sums.count] - margin) { return -.infinity }
        sums.append(sum)
        from = to
      }
      sum -= Double(last) * NormalLaw.logRootTwoPi
      guard sum.isFinite else { return -.infinity }
      if checkpoints.isEmpty || sums.last! > checkpoints.last! { checkpoints = sums }
      return sum
    }
  }
}
