/// min gᵀd + ½ dᵀBd over steps d that keep θ + d within a feasible set: a primal active-set method (Nocedal and Wright
/// 2006, algorithm 16.3) from d = 0, θ being allowed. B is symmetric, and positive definite where constraints leave d free.
struct QuadraticProgram {
  let feasible: FeasibleSet
  let theta: [Double]
  /// [n, n].
  let metric: [Double]
  let gradient: [Double]

  struct Solution {
    var step: [Double]
    var active: ActiveSet
    /// g + Bd + Σ multiplier · row: at active bounds their multipliers, zero elsewhere.
    var residual: [Double]
    /// Of active rows.
    var multipliers: [Double]
  }

  /// nil where a system was singular.
  func solve(from start: ActiveSet? = nil) -> Solution? {
    let n = theta.count
    var active =
      start ?? ActiveSet(sides: (0..<n).map { feasible.isFixed($0) ? .fixed : .free })
    var step = [Double](repeating: 0, count: n)
    let slacks = feasible.inequalities.map { max(0, $0.bound - FeasibleSet.dot($0, theta)) }
    for _ in 0..<(50 + 10 * n) {
      var slope = gradient
      for i in 0..<n where step[i] != 0 { for j in 0..<n { slope[j] += metric[j * n + i] * step[i] } }
      guard let (move, multipliers) = direction(slope, active) else { return nil }
      // The largest part of the move that is allowed.
      var share = 1.0
      var blocking: (bound: Int, side: ActiveSet.Side)?
      var blockingRow: Int?
      for k in 0..<n where active.sides[k] == .free && move[k] != 0 {
        let room =
          move[k] < 0 ? feasible.lower[k] - theta[k] - step[k] : feasible.upper[k] - theta[k] - step[k]
        guard abs(move[k]) * share > abs(room) || room * move[k] < 0 else { continue }
        share = room * move[k] <= 0 ? 0 : room / move[k]
        blocking = (k, move[k] < 0 ? .lower : .upper)
      }
      for (r, row) in feasible.inequalities.enumerated() where !active.rows.contains(r) {
        let rate = FeasibleSet.dot(row, move)
        guard rate > 1e-14 else { continue }
        let room = max(0, slacks[r] - FeasibleSet.dot(row, step))
        guard rate * share > room else { continue }
        share = room / rate
        blocking = nil
        blockingRow = r
      }
      for k in 0..<n { step[k] += share * move[k] }
      if let r = blockingRow {
        active.rows.append(r)
        continue
      }
      if let (k, side) = blocking {
        step[k] = (side == .lower ? feasible.lower[k] : feasible.upper[k]) - theta[k]
        active.sides[k] = side
        continue
      }
      // A stationary point: is there a constraint whose multiplier has the wrong sign?
      var residual = slope
      for i in 0..<n where move[i] != 0 { for j in 0..<n { residual[j] += metric[j * n + i] * move[i] } }
      for (row, multiplier) in zip(feasible.equalities.map(\.coefficients), multipliers) {
        for k in 0..<n { residual[k] += multiplier * row[k] }
      }
      let ofRows = Array(multipliers[feasible.equalities.count...])
      for (r, multiplier) in zip(active.rows, ofRows) {
        for k in 0..<n { residual[k] += multiplier * feasible.inequalities[r].coefficients[k] }
      }
      var worst = -1e-11
      var leavingBound: Int?
      var leavingRow: Int?
      for k in 0..<n {
        let unit = metric[k * n + k] > 0 ? metric[k * n + k].squareRoot() : 1
        let multiplier =
          active.sides[k] == .lower ? residual[k] : active.sides[k] == .upper ? -residual[k] : 0
        if multiplier / unit < worst {
          worst = multiplier / unit
          leavingBound = k
        }
      }
      for (i, multiplier) in ofRows.enumerated() {
        let row = feasible.inequalities[active.rows[i]].coefficients
        var unit = 0.0
        for k in 0..<n where row[k] != 0 { unit = max(unit, metric[k * n + k].squareRoot() / abs(row[k])) }
        if multiplier / max(unit, 1e-300) < worst {
          worst = multiplier / unit
          leavingBound = nil
          leavingRow = i
        }
      }
      if let i = leavingRow {
        active.rows.remove(at: i)
      } else if let k = leavingBound {
        active.sides[k] = .free
      } else {
        for k in 0..<n where active.sides[k] == .free { residual[k] = 0 }
        return Solution(step: step, active: active, residual: residual, multipliers: ofRows)
      }
    }
    return nil
  }

  /// p with Bp + Σ λ row = −slope in the free variables and row · p = 0, and λ of equalities and active rows.
  private func direction(_ slope: [Double], _ active: ActiveSet) -> ([Double], [Double])? {
    let n = theta.count
    let free = active.free
    let rows =
      feasible.equalities.map(\.coefficients) + active.rows.map { feasible.inequalities[$0].coefficients }
    let size = free.count + rows.count
    guard size > 0 else { return ([Double](repeating: 0, count: n), []) }
    // Variables in units in which the metric's diagonal is one.
    let unit = free.map { metric[$0 * n + $0] > 0 ? 1 / metric[$0 * n + $0].squareRoot() : 1 }
    var a = [Double](repeating: 0, count: size * size)
    var b = [Double](repeating: 0, count: size)
    for (i, k) in free.enumerated() {
      for (j, l) in free.enumerated() { a[i * size + j] = metric[k * n + l] * unit[i] * unit[j] }
      b[i] = -slope[k] * unit[i]
    }
    var lengths: [Double] = []
    for (r, row) in rows.enumerated() {
      var length = 0.0
      for (i, k) in free.enumerated() { length = max(length, abs(row[k] * unit[i])) }
      if length == 0 { length = 1 }
      lengths.append(length)
      let at = free.count + r
      var isEmpty = true
      for (i, k) in free.enumerated() {
        let value = row[k] * unit[i] / length
        a[at * size + i] = value
        a[i * size + at] = value
        if value != 0 { isEmpty = false }
      }
      if isEmpty { a[at * size + at] = 1 }
    }
    guard LinearSystem.solve(&a, &b, size) else { return nil }
    var move = [Double](repeating: 0, count: n)
    for (i, k) in free.enumerated() { move[k] = b[i] * unit[i] }
    return (move, rows.indices.map { b[free.count + $0] / lengths[$0] })
  }
}

/// Systems of a few equations, where calling a library costs more than the solution.
enum LinearSystem {
  /// Gaussian elimination with partial pivoting; x in place of b. False where a pivot vanishes.
  static func solve(_ a: inout [Double], _ b: inout [Double], _ n: Int) -> Bool {
    a.withUnsafeMutableBufferPointer { a in
      b.withUnsafeMutableBufferPointer { b in
        for k in 0..<n {
          var pivot = k
          for i in k..<n where abs(a[i * n + k]) > abs(a[pivot * n + k]) { pivot = i }
          let value = a[pivot * n + k]
          guard abs(value) > 1e-14, value.isFinite else { return false }
          if pivot != k {
            for j in 0..<n { a.swapAt(k * n + j, pivot * n + j) }
            b.swapAt(k, pivot)
          }
          for i in (k + 1)..<max(n, k + 1) {
            let factor = a[i * n + k] / value
            guard factor != 0 else { continue }
            for j in k..<n { a[i * n + j] -= factor * a[k * n + j] }
            b[i] -= factor * b[k]
          }
        }
        for k in stride(from: n - 1, through: 0, by: -1) {
          var sum = b[k]
          for j in (k + 1)..<max(n, k + 1) { sum -= a[k * n + j] * b[j] }
          b[k] = sum / a[k * n + k]
          guard b[k].isFinite else { return false }
        }
        return true
      }
    }
  }
}
