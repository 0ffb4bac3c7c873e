import Foundation

extension FIGARCH {
  /// The weights at one θ and the scan with them.
  final class Filter {
    let process: FIGARCH
    let phi: Double
    let d: Double
    let beta: Double
    /// δ and ∂δ/∂d backwards, so that a convolution runs over both arrays forwards.
    private let delta: [Double]
    private let deltaSlope: [Double]
    /// Σ_{i>t} of δ, ∂δ/∂d, λ and ∂λ in (φ, d, β), for t = 0 … truncation.
    private let tails: [[Double]]
    /// λ and its derivatives at the last lag.
    private let last: (value: Double, phi: Double, d: Double, beta: Double)
    /// The mean of intercepts.
    private let mean: Double

    init(_ process: FIGARCH, _ theta: UnsafePointer<Double>, _ r: Recursion) {
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
      var now = (phi - beta + d, 1.0, 1.0, -1.0)
      (lambda[0][0], lambda[1][0], lambda[2][0], lambda[3][0]) = now
      for i in 1..<n {
        let ratio = (Double(i) - d) / Double(i + 1)
        let before = delta[i - 1]
        delta[i] = before * ratio
        slope[i] = slope[i - 1] * ratio - before / Double(i + 1)
        now = (
          beta * now.0 + delta[i] - phi * before, beta * now.1 - before,
          beta * now.2 + slope[i] - phi * slope[i - 1], beta * now.3 + now.0
        )
        lambda[0][i] = now.0
        lambda[1][i] = now.1
        lambda[2][i] = now.2
        lambda[3][i] = now.3
      }
      last = now
      tails = ([delta, slope] + lambda).map { values in
        var sums = [Double](repeating: 0, count: n + 1)
        for i in stride(from: n - 1, through: 0, by: -1) { sums[i] = sums[i + 1] + values[i] }
        return sums
      }
      self.delta = delta.reversed()
      deltaSlope = slope.reversed()
      var sum = 0.0
      for t in 0..<r.count { sum += r.intercept[t] }
      mean = sum / Double(r.count)
    }

    func scan(_ range: Range<Int>, _ r: Recursion, gradient: Bool) -> Bool {
      fillPowers(range, r)
      convolve(range, r, gradient)
      guard fillStates(range, r) else { return false }
      guard gradient else { return true }
      fillSlopes(range, r)
      addLevel(range, r)
      addResiduals(range, r)
      return true
    }

    /// |ε|^v and its derivative up to the observation before the last of the range.
    private func fillPowers(_ range: Range<Int>, _ r: Recursion) {
      for t in range where t > 0 {
        let found = absolutePower(r.residuals[t - 1], process.power)
        r.scratch[0][t - 1] = found.value
        r.scratch[1][t - 1] = found.slope
      }
    }

    // MARK: Convolutions

    /// Σ_{i ≤ min(t, n)} weight_i x_{t−i} for backward weights.
    private static func dot(
      _ weights: UnsafePointer<Double>, _ x: UnsafePointer<Double>, _ count: Int
    ) -> Double {
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

    private static func convolve(
      _ weights: [Double], _ x: UnsafePointer<Double>, _ range: Range<Int>,
      _ result: UnsafeMutablePointer<Double>
    ) {
      let n = weights.count
      weights.withUnsafeBufferPointer { weights in
        for t in range {
          let inside = min(t, n)
          result[t] = dot(weights.baseAddress! + (n - inside), x + (t - inside), inside)
        }
      }
    }

    /// Convolutions with the part of x inside the sample: of δ and ∂δ/∂d in scratch 2 and 3, of δ with the first column
    /// of ∂x in scratch 10. All residuals of the range are known.
    private func convolve(_ range: Range<Int>, _ r: Recursion, _ gradient: Bool) {
      let columns = gradient ? r.residualWidth : 0
      // Where the sums are short, Fourier transforms do not pay.
      guard range.lowerBound == 0, range.count >= 256 else {
        Self.convolve(delta, r.scratch[0], range, r.scratch[2])
        if gradient { Self.convolve(deltaSlope, r.scratch[0], range, r.scratch[3]) }
        return
      }
      let n = delta.count
      let inside = range.count - 1
      let lags = min(n, inside)
      let fourier = FourierTransform.atLeast(inside + lags + 1)
      let size = fourier.count
      let buffer = Workspace.take(8 * size)
      defer { Workspace.giveBack(buffer) }
      let (re, im) = (buffer.numbers, buffer.numbers + size)
      let (kernelRe, kernelIm) = (im + size, im + 2 * size)
      let (outRe, outIm) = (im + 3 * size, im + 4 * size)
      let work = im + 5 * size
      re.update(from: r.scratch[0], count: inside)
      (re + inside).update(repeating: 0, count: size - inside)
      im.update(repeating: 0, count: size)
      kernelRe.update(repeating: 0, count: size)
      kernelIm.update(repeating: 0, count: size)
      for i in 1..<(lags + 1) { kernelRe[i] = delta[n - i] }
      if gradient {
        for i in 1..<(lags + 1) { kernelIm[i] = deltaSlope[n - i] }
        if columns > 0 { residualColumn(0, 0..<inside, r, im) }
      }
      fourier.transform(re, im, work: work)
      fourier.transform(kernelRe, kernelIm, work: work)
      // The transform of a real kernel: the even part, of an imaginary one the odd part over i.
      let scale = 1 / Double(size)
      func back(_ slope: Bool) {
        for k in 0..<size {
          let l = k == 0 ? 0 : size - k
          let (a, b) =
            slope
            ? (0.5 * (kernelIm[k] + kernelIm[l]), -0.5 * (kernelRe[k] - kernelRe[l]))
            : (0.5 * (kernelRe[k] + kernelRe[l]), 0.5 * (kernelIm[k] - kernelIm[l]))
          outRe[k] = scale * (re[k] * a - im[k] * b)
          outIm[k] = scale * (re[k] * b + im[k] * a)
        }
        fourier.transform(outIm, outRe, work: work)
      }
      back(false)
      r.scratch[2].update(from: outRe, count: range.count)
      guard gradient else { return }
      r.scratch[10].update(from: outIm, count: range.count)
      back(true)
      r.scratch[3].update(from: outRe, count: range.count)
    }

    /// ∂x_t in a parameter.
    private func residualColumn(
      _ column: Int, _ range: Range<Int>, _ r: Recursion, _ result: UnsafeMutablePointer<Double>
    ) {
      let width = 4 * r.blocks
      let residual = UnsafeMutableRawPointer(r.residualSlopes).assumingMemoryBound(to: Double.self)
      for t in range { result[t] = r.scratch[1][t] * residual[t * width + column] }
    }

    // MARK: The recursion in β

    private func fillStates(_ range: Range<Int>, _ r: Recursion) -> Bool {
      let n = process.truncation
      let power = process.power
      let (x, sum, filtered, level) = (r.scratch[0], r.scratch[2], r.scratch[4], r.scratch[8])
      let pre = r.presample
      let deltaLast = delta[0]
      return tails[0].withUnsafeBufferPointer { tail in
        // What precedes the sample comes after the convolution, as that may have been worked out at once.
        for t in range {
          sum[t] += pre * tail[min(t, n)]
          let newest = t > 0 ? x[t - 1] : pre
          let oldest = t > n ? x[t - n - 1] : pre
          let sumBefore = t > 0 ? sum[t - 1] : pre * tail[0]
          let before = t > 0 ? filtered[t - 1] : pre * tails[2][0]
          let older = sumBefore - deltaLast * oldest
          filtered[t] =
            beta * before + (phi - beta) * newest + sum[t] - phi * older - beta * last.value * oldest
          level[t] = r.intercept[t] + beta * (t > 0 ? level[t - 1] : mean / (1 - beta))
          let s = level[t] + filtered[t]
          guard s > 0, s < .infinity else { return false }
          r.state[t] = s
          r.variance[t] = power == 2 ? s : pow(s, 2 / power)
          r.rate[t] = 2 / (power * s)
        }
        return true
      }
    }

    private func fillSlopes(_ range: Range<Int>, _ r: Recursion) {
      let n = process.truncation
      let (x, sum, sumSlope) = (r.scratch[0], r.scratch[2], r.scratch[3])
      let (filtered, ofPhi, ofD, ofBeta) = (r.scratch[4], r.scratch[5], r.scratch[6], r.scratch[7])
      let (level, levelBeta) = (r.scratch[8], r.scratch[9])
      let pre = r.presample
      let deltaLast = delta[0]
      let slopeLast = deltaSlope[0]
      let (columnPhi, columnD) = (1, 1 + process.p)
      let columnBeta = columnD + 1
      tails[1].withUnsafeBufferPointer { tail in
        for t in range {
          sumSlope[t] += pre * tail[min(t, n)]
          let newest = t > 0 ? x[t - 1] : pre
          let oldest = t > n ? x[t - n - 1] : pre
          let sumBefore = t > 0 ? sum[t - 1] : pre * tails[0][0]
          let older = sumBefore - deltaLast * oldest
          let slopeBefore = t > 0 ? sumSlope[t - 1] : pre * tail[0]
          ofPhi[t] =
            beta * (t > 0 ? ofPhi[t - 1] : pre * tails[3][0]) + newest - older - beta * last.phi * oldest
          ofD[t] =
            beta * (t > 0 ? ofD[t - 1] : pre * tails[4][0]) + sumSlope[t]
            - phi * (slopeBefore - slopeLast * oldest) - beta * last.d * oldest
          ofBeta[t] =
            beta * (t > 0 ? ofBeta[t - 1] : pre * tails[5][0]) + (t > 0 ? filtered[t - 1] : pre * tails[2][0])
            - newest - (last.value + beta * last.beta) * oldest
          levelBeta[t] =
            (t > 0 ? level[t - 1] : mean / (1 - beta))
            + beta * (t > 0 ? levelBeta[t - 1] : mean / ((1 - beta) * (1 - beta)))
          let row = r.stateRow(t)
          r.clear(row)
          // The level's derivatives in ω and regressors' coefficients obey its own recursion.
          let columns = r.varianceColumns(row)
          if process.p == 1 { columns[columnPhi] = ofPhi[t] }
          columns[columnD] = ofD[t]
          if process.q == 1 { columns[columnBeta] = ofBeta[t] + levelBeta[t] }
        }
      }
    }

    /// ∂g_t in what the intercepts depend on.
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
    private func addResiduals(_ range: Range<Int>, _ r: Recursion) {
      let n = process.truncation
      let width = 4 * r.blocks
      let state = UnsafeMutableRawPointer(r.stateSlopes).assumingMemoryBound(to: Double.self)
      let buffer = Workspace.take(2 * (r.count + 1))
      defer { Workspace.giveBack(buffer) }
      let (x, sums) = (buffer.numbers, buffer.numbers + r.count + 1)
      let isTransformed = range.lowerBound == 0 && range.count >= 256
      for column in 0..<r.residualWidth {
        var sumBefore = 0.0
        var before = 0.0
        residualColumn(column, 0..<max(0, range.upperBound - 1), r, x)
        if isTransformed, column == 0 {
          sums.update(from: r.scratch[10], count: range.upperBound)
        } else {
          Self.convolve(delta, x, range, sums)
        }
        for t in range {
          let newest = t > 0 ? x[t - 1] : 0
          let oldest = t > n ? x[t - n - 1] : 0
          let filtered =
            beta * before + (phi - beta) * newest + sums[t] - phi * (sumBefore - delta[0] * oldest)
            - beta * last.value * oldest
          state[t * width + column] += filtered
          sumBefore = sums[t]
          before = filtered
        }
      }
      for t in range where t < n { r.add(tails[2][t], r.presampleSlopes, to: r.stateRow(t)) }
    }
  }
}
