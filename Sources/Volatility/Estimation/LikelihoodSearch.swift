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
    sum.withUnsafeMutableBufferPointer { sum in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * width) { rows in
        for t in 0..<count {
          let state = UnsafeMutableRawPointer(r.stateRow(t)).assumingMemoryBound(to: Double.self)
          let residual = UnsafeMutableRawPointer(r.residualRow(t)).assumingMemoryBound(to: Double.self)
          let a = r.rate[t]
          let b = 1 / r.variance[t].squareRoot()
          for k in 0..<width {
            rows[k] = a * state[k]
            rows[width + k] = b * residual[k]
          }
          if let extra { rows[extra] += r.extra[t] }
          for i in 0..<width {
            let (scaled, placed) = (ofScale * rows[i], ofPlace * rows[width + i])
            for j in 0...i { sum[i * n + j] += scaled * rows[j] + placed * rows[width + j] }
          }
          guard shapes > 0 else { continue }
          let score = -0.5 * (1 + slopes[t] * z[t])
          for i in 0..<shapes {
            let shape = shapeSlopes[t * shapes + i]
            let at = (width + i) * n
            for j in 0..<width { sum[at + j] += shape * score * rows[j] }
            for j in 0...i { sum[at + width + j] += shape * shapeSlopes[t * shapes + j] }
          }
        }
      }
      for i in 0..<n { for j in 0..<i { sum[j * n + i] = sum[i * n + j] } }
    }
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
