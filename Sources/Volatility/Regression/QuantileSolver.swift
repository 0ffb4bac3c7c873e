/// min Σ ρ_τ(y_t − x_tᵀb) by the simplex method on its vertices: k observations are met exactly, and as long as
/// moving off one of them lowers the sum, the move goes on to the best of its breakpoints (Barrodale and Roberts
/// 1974, Koenker and d'Orey 1987). Exact up to rounding.
struct QuantileSolver {
  private let x: Matrix
  private let tau: Double
  /// What moves are decided on: y, and y made unlike enough that no vertex is degenerate.
  private var y: [Double]
  private let exact: [Double]

  struct Solution {
    let coefficients: [Double]
    /// Observations that are met exactly.
    let basis: [Int]
    let moves: Int
    /// False where other coefficients may give the same sum.
    let isUnique: Bool
  }

  init(_ x: Matrix, _ y: [Double], tau: Double) {
    (self.x, exact, self.tau) = (x, y, tau)
    self.y = y
  }

  /// - Parameter start: coefficients near the solution.
  /// - Returns: nil if no vertex was found to be optimal.
  mutating func solve(from start: [Double]) -> Solution? {
    let scale = max(exact.map(abs).max() ?? 0, .leastNormalMagnitude)
    var basis = startBasis(start)
    guard basis.count == x.columns else { return nil }
    var moves = 0
    // Ties (repeated observations, residuals of zero) let a simplex method circle. Numbers far below any difference
    // that matters part them; the vertex found is checked on the values themselves.
    for jitter in [1e-10, 1e-12, 1e-8, 0] {
      var generator = SplitMix64(seed: 1)
      y = exact.map { jitter == 0 ? $0 : $0 + jitter * scale * (generator.uniform() - 0.5) }
      guard let found = descend(from: basis, moves: &moves) else { continue }
      basis = found.basis
      y = exact
      if let certified = certify(found, moves) { return certified }
    }
    return nil
  }

  private func coefficients(_ basis: [Int]) -> (inverse: Matrix, values: [Double])? {
    let rows = Matrix(rows: basis.count, columns: basis.count, basis.flatMap { Array(x.row($0)) })
    guard let inverse = rows.inverse else { return nil }
    return (inverse, inverse * basis.map { y[$0] })
  }

  /// Independent rows with residuals nearest to their τ-quantile.
  private func startBasis(_ start: [Double]) -> [Int] {
    let residuals = zip(exact, x * start).map { $0 - $1 }
    let middle = quantile(of: residuals, tau)
    var directions: [[Double]] = []
    var chosen: [Int] = []
    for row in residuals.indices.sorted(by: { abs(residuals[$0] - middle) < abs(residuals[$1] - middle) }) {
      var rest = Array(x.row(row))
      let length = rest.norm
      guard length > 0 else { continue }
      for direction in directions {
        let part = dot(direction, rest)
        for j in rest.indices { rest[j] -= part * direction[j] }
      }
      let left = rest.norm
      if left > 1e-6 * length {
        directions.append(rest.map { $0 / left })
        chosen.append(row)
        if chosen.count == x.columns { break }
      }
    }
    return chosen
  }

  /// The sum of ψ_τ(r_t)·x_t over rows outside the basis, ψ_τ = τ above the fit and τ − 1 below.
  private func pull(_ residuals: [Double], _ isBasic: [Bool]) -> [Double] {
    var sum = [Double](repeating: 0, count: x.columns)
    for t in 0..<x.rows where !isBasic[t] {
      let weight = residuals[t] >= 0 ? tau : tau - 1
      for j in 0..<x.columns { sum[j] += weight * x[t, j] }
    }
    return sum
  }

  /// An optimal vertex of the values as they are moved on.
  private struct Vertex {
    let basis: [Int]
    let isBasic: [Bool]
    /// What each row lies above or on, of those outside the basis.
    let isAbove: [Bool]
    /// Weights on the basic rows that balance the others, in [−τ, 1 − τ].
    let duals: [Double]
  }

  private func descend(from start: [Int], moves: inout Int) -> Vertex? {
    var basis = start
    var isBasic = [Bool](repeating: false, count: x.rows)
    for row in basis { isBasic[row] = true }
    let limit = moves + 50 * x.columns + 5 * x.rows
    while moves < limit {
      guard let (inverse, values) = coefficients(basis) else { return nil }
      let residuals = zip(y, x * values).map { $0 - $1 }
      let total = pull(residuals, isBasic)
      // Of moving b by ±(column j of the inverse): the fit of row j moves, those of the other basic rows do not.
      var best = (slope: -1e-10, column: -1, sign: 0.0)
      for j in basis.indices {
        let v = dot(total, inverse.column(j))
        if 1 - tau - v < best.slope { best = (1 - tau - v, j, 1) }
        if tau + v < best.slope { best = (tau + v, j, -1) }
      }
      guard best.column >= 0 else {
        return Vertex(
          basis: basis, isBasic: isBasic, isAbove: residuals.map { $0 >= 0 },
          duals: basis.indices.map { dot(total, inverse.column($0)) })
      }
      let direction = inverse.column(best.column).map { $0 * best.sign }
      let speeds = x * direction
      let breaks = (0..<x.rows).filter { !isBasic[$0] && speeds[$0] != 0 }
        .compactMap { t -> (step: Double, row: Int)? in
          let above = residuals[t] >= 0
          return (above ? speeds[t] > 1e-13 : speeds[t] < -1e-13) ? (residuals[t] / speeds[t], t) : nil
        }
        .sorted { $0.step < $1.step }
      var slope = best.slope
      var entering: Int?
      for (_, row) in breaks {
        slope += abs(speeds[row])
        if slope >= 0 {
          entering = row
          break
        }
      }
      guard let entering else { return nil }
      isBasic[basis[best.column]] = false
      isBasic[entering] = true
      basis[best.column] = entering
      moves += 1
    }
    return nil
  }

  /// A vertex that is optimal for moved values is so for the values themselves if no row that is not tied there has
  /// changed sides: the same weights then balance, as a tied row may take either.
  private func certify(_ vertex: Vertex, _ moves: Int) -> Solution? {
    guard let (_, values) = coefficients(vertex.basis) else { return nil }
    let residuals = zip(exact, x * values).map { $0 - $1 }
    let tolerance = 1e-11 * max(exact.map(abs).max() ?? 0, .leastNormalMagnitude)
    for row in residuals.indices where !vertex.isBasic[row] && abs(residuals[row]) > tolerance {
      guard (residuals[row] > 0) == vertex.isAbove[row] else { return nil }
    }
    let isUnique = vertex.duals.allSatisfy { $0 > -tau + 1e-9 && $0 < 1 - tau - 1e-9 }
    return Solution(coefficients: values, basis: vertex.basis, moves: moves, isUnique: isUnique)
  }
}

/// Linear between order statistics at (n − 1)·p, as NumPy's and R's default (type 7). Of at least one value.
func quantile(of values: [Double], _ p: Double) -> Double { quantile(sorted: values.sorted(), p) }

func quantile(sorted values: [Double], _ p: Double) -> Double {
  let place = Double(values.count - 1) * p
  let low = Int(place)
  guard low + 1 < values.count else { return values[values.count - 1] }
  return values[low] + (place - Double(low)) * (values[low + 1] - values[low])
}

/// Steele, Lea and Flood's SplitMix64: for resampling, where a seed must give the same draws everywhere.
struct SplitMix64 {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  /// In [0, 1).
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
  /// In 0..<bound, without bias (Lemire 2019).
  mutating func below(_ bound: Int) -> Int {
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }
}
