import Foundation

extension FIGARCH {
  /// The weights at one θ and the scan with them.
  struct Filter {
    let process: FIGARCH
    let phi: Double
    let d: Double
    let beta: Double
    /// δ and ∂δ/∂d backwards, so that a convolution runs over both arrays forwards.
    let delta: [Double]
    let deltaSlope: [Double]
    /// Σ_{i>t} of δ, ∂δ/∂d, λ and ∂λ in (φ, d, β), for t = 0 … truncation.
    var tails: [[Double]]
    /// λ and its derivatives at the last lag.
    let last: (value: Double, phi: Double, d: Double, beta: Double)

    init(_ process: FIGARCH, _ theta: UnsafePointer<Double>) {
      self.process = process
      phi = process.p == 1 ? theta[1] : 0
      d = theta[1 + process.p]
      beta = process.q == 1 ? theta[2 + process.p] : 0
      let n = process.truncation
      var delta = [Double](repeating: 0, count: n)
      var slope = delta
      var lambda = [[Double]](repeating: delta, count: 4)
      delta[0] = d
      slope[0] = 1
      lambda[0][0] = phi - beta + d
      lambda[1][0] = 1
      lambda[2][0] = 1
      lambda[3][0] = -1
      for i in 1..<n {
        let ratio = (Double(i) - d) / Double(i + 1)
        delta[i] = delta[i - 1] * ratio
        slope[i] = slope[i - 1] * ratio - delta[i - 1] / Double(i + 1)
        lambda[0][i] = beta * lambda[0][i - 1] + delta[i] - phi * delta[i - 1]
        lambda[1][i] = beta * lambda[1][i - 1] - delta[i - 1]
        lambda[2][i] = beta * lambda[2][i - 1] + slope[i] - phi * slope[i - 1]
        lambda[3][i] = beta * lambda[3][i - 1] + lambda[0][i - 1]
      }
      last = (lambda[0][n - 1], lambda[1][n - 1], lambda[2][n - 1], lambda[3][n - 1])
      tails = ([delta, slope] + lambda).map { values in
        var sums = [Double](repeating: 0, count: n + 1)
        for i in stride(from: n - 1, through: 0, by: -1) { sums[i] = sums[i + 1] + values[i] }
        return sums
      }
      self.delta = delta.reversed()
      deltaSlope = slope.reversed()
    }

    /// Σ_{i ≤ min(t, n)} weight_i x_{t−i} for backward weights.
    @inline(__always)
    static func dot(_ weights: UnsafePointer<Double>, _ x: UnsafePointer<Double>, _ count: Int) -> Double {
      var sums = (SIMD4<Double>.zero, SIMD4<Double>.zero)
      let left = UnsafeRawPointer(weights)
      let right = UnsafeRawPointer(x)
      var i = 0
      while i + 8 <= count {
        sums.0 +=
          left.loadUnaligned(fromByteOffset: 8 * i, as: SIMD4<Double>.self)
          * right.loadUnaligned(fromByteOffset: 8 * i, as: SIMD4<Double>.self)
        sums.1 +=
          left.loadUnaligned(fromByteOffset: 8 * i + 32, as: SIMD4<Double>.self)
          * right.loadUnaligned(fromByteOffset: 8 * i + 32, as: SIMD4<Double>.self)
        i += 8
      }
      var sum = (sums.0 + sums.1).sum()
      while i < count {
        sum += weights[i] * x[i]
        i += 1
      }
      return sum
    }

    func scan(_ range: Range<Int>, _ r: Recursion, gradient: Bool) -> Bool {
      delta.withUnsafeBufferPointer { delta in
        deltaSlope.withUnsafeBufferPointer { slope in
          scan(range, r, gradient, delta.baseAddress!, slope.baseAddress!)
        }
      }
    }

    private func scan(
      _ range: Range<Int>, _ r: Recursion, _ gradient: Bool, _ delta: UnsafePointer<Double>,
      _ deltaSlope: UnsafePointer<Double>
    ) -> Bool {
      let n = process.truncation
      let power = process.power
      let (x, xSlope, sum, sumSlope) = (r.scratch[0], r.scratch[1], r.scratch[2], r.scratch[3])
      let (filtered, ofPhi, ofD, ofBeta) = (r.scratch[4], r.scratch[5], r.scratch[6], r.scratch[7])
      let (level, levelBeta) = (r.scratch[8], r.scratch[9])
      let mean = (0..<r.count).reduce(0) { $0 + r.intercept[$1] } / Double(r.count)
      let pre = r.presample
      let deltaLast = delta[0]
      let slopeLast = deltaSlope[0]
      let (columnPhi, columnD) = (1, 1 + process.p)
      let columnBeta = columnD + 1
      // Σ over what precedes the sample.
      func tail(_ which: Int, _ t: Int) -> Double { tails[which][min(max(t, 0), n)] }

      for t in range {
        if t > 0 {
          let found = absolutePower(r.residuals[t - 1], power)
          x[t - 1] = found.value
          xSlope[t - 1] = found.slope
        }
        let inside = min(t, n)
        let from = x + (t - inside)
        sum[t] = Self.dot(delta + (n - inside), from, inside) + pre * tail(0, t)
        let newest = t > 0 ? x[t - 1] : pre
        let oldest = t > n ? x[t - n - 1] : pre
        let sumBefore = t > 0 ? sum[t - 1] : pre * tail(0, 0)
        let before = t > 0 ? filtered[t - 1] : pre * tail(2, 0)
        let older = sumBefore - deltaLast * oldest
        filtered[t] =
          beta * before + (phi - beta) * newest + sum[t] - phi * older - beta * last.value * oldest
        let levelBefore = t > 0 ? level[t - 1] : mean / (1 - beta)
        level[t] = r.intercept[t] + beta * levelBefore
        let s = level[t] + filtered[t]
        guard s > 0, s < .infinity else { return false }
        r.state[t] = s
        r.variance[t] = power == 2 ? s : pow(s, 2 / power)
        r.rate[t] = 2 / (power * s)
        guard gradient else { continue }
        sumSlope[t] = Self.dot(deltaSlope + (n - inside), from, inside) + pre * tail(1, t)
        let slopeBefore = t > 0 ? sumSlope[t - 1] : pre * tail(1, 0)
        ofPhi[t] =
          beta * (t > 0 ? ofPhi[t - 1] : pre * tail(3, 0)) + newest - older - beta * last.phi * oldest
        ofD[t] =
          beta * (t > 0 ? ofD[t - 1] : pre * tail(4, 0)) + sumSlope[t]
          - phi * (slopeBefore - slopeLast * oldest) - beta * last.d * oldest
        ofBeta[t] =
          beta * (t > 0 ? ofBeta[t - 1] : pre * tail(5, 0)) + before - newest
          - (last.value + beta * last.beta) * oldest
        levelBeta[t] =
          levelBefore + beta * (t > 0 ? levelBeta[t - 1] : mean / ((1 - beta) * (1 - beta)))
        let row = r.stateRow(t)
        r.clear(row)
        // The level's derivatives in ω and regressors' coefficients obey its own recursion.
        let columns = r.varianceColumns(row)
        if process.p == 1 { columns[columnPhi] = ofPhi[t] }
        columns[columnD] = ofD[t]
        if process.q == 1 { columns[columnBeta] = ofBeta[t] + levelBeta[t] }
      }
      guard gradient else { return true }
      addLevel(range, r)
      addResiduals(range, r, delta)
      return true
    }

    /// ∂g_t in what the intercepts depend on. A second pass, as earlier rows hold other derivatives too.
    private func addLevel(_ range: Range<Int>, _ r: Recursion) {
      for (k, column) in r.interceptColumns.enumerated() {
        var slope: Double
        if range.lowerBound == 0 {
          slope =
            (0..<r.count).reduce(0) { $0 + r.interceptSlope($1, k) } / Double(r.count) / (1 - beta)
        } else {
          // Nothing but intercepts moves these columns of earlier rows, save in-mean effects, which are not allowed.
          slope = r.varianceColumns(r.stateRow(range.lowerBound - 1))[column]
        }
        for t in range {
          slope = r.interceptSlope(t, k) + beta * slope
          r.varianceColumns(r.stateRow(t))[column] += slope
        }
      }
    }

    /// What the residuals and the presample value pass on.
    private func addResiduals(_ range: Range<Int>, _ r: Recursion, _ delta: UnsafePointer<Double>) {
      let n = process.truncation
      let width = 4 * r.blocks
      let residual = UnsafeMutableRawPointer(r.residualSlopes).assumingMemoryBound(to: Double.self)
      let state = UnsafeMutableRawPointer(r.stateSlopes).assumingMemoryBound(to: Double.self)
      var x = [Double](repeating: 0, count: r.count)
      for column in 0..<r.residualWidth {
        var sumBefore = 0.0
        var before = 0.0
        for t in 0..<r.count { x[t] = r.scratch[1][t] * residual[t * width + column] }
        x.withUnsafeBufferPointer { x in
          for t in range {
            let inside = min(t, n)
            let sum = Self.dot(delta + (n - inside), x.baseAddress! + (t - inside), inside)
            let newest = t > 0 ? x[t - 1] : 0
            let oldest = t > n ? x[t - n - 1] : 0
            let filtered =
              beta * before + (phi - beta) * newest + sum - phi * (sumBefore - delta[0] * oldest)
              - beta * last.value * oldest
            state[t * width + column] += filtered
            sumBefore = sum
            before = filtered
          }
        }
      }
      for t in range where t < n { r.add(tails[2][t], r.presampleSlopes, to: r.stateRow(t)) }
    }
  }
}
