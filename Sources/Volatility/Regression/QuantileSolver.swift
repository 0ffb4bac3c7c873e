/// min Σ ρ_τ(y_t − x_tᵀb) by the simplex method on its vertices: k observations are met exactly, and as long as moving off
/// one of them lowers the sum, the move goes on to the best of its breakpoints (Barrodale and Roberts 1974, Koenker and
/// d'Orey 1987). Exact up to rounding.
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
    /// Whether other coefficients give the same sum.
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
    for jitter in [0, 1e-10, 1e-12, 1e-8] {
      var generator = SplitMix64(seed: 1)
      y = exact.map { jitter == 0 ? $0 : $0 + jitter * scale * (generator.uniform() - 0.5) }
      guard let found = descend(from: basis, moves: &moves) else { continue }
      basis = found
      y = exact
      if let certified = certify(basis, moves) { return certified }
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

  private func descend(from start: [Int], moves: inout Int) -> [Int]? {
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
      guard best.column >= 0 else { return basis }
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

  /// Weights in [τ−1, τ] on the rows met exactly that balance the others prove the vertex optimal.
  private func certify(_ basis: [Int], _ moves: Int) -> Solution? {
    guard let (_, values) = coefficients(basis) else { return nil }
    let residuals = zip(exact, x * values).map { $0 - $1 }
    let tolerance = 1e-9 * max(exact.map(abs).max() ?? 0, .leastNormalMagnitude)
    var isBasic = [Bool](repeating: false, count: x.rows)
    for row in basis { isBasic[row] = true }
    let tied = residuals.indices.filter { !isBasic[$0] && abs(residuals[$0]) <= tolerance }
    let rows = Matrix(rows: basis.count, columns: basis.count, basis.flatMap { Array(x.row($0)) })
    guard let inverse = rows.inverse else { return nil }
    let total = pull(residuals, isBasic)
    let duals = (0..<basis.count).map { dot(total, inverse.column($0)) }
    let slack = 1e-8
    let isOptimal = duals.allSatisfy { $0 >= -tau - slack && $0 <= 1 - tau + slack }
    // Tied rows may take any weight between: their share is bounded, so a vertex with some is accepted with that slack.
    let share = tied.isEmpty ? 0 : (0..<basis.count).map { j in
      tied.reduce(0) { $0 + abs(dot(Array(x.row($1)), inverse.column(j))) }
    }.max()!
    guard isOptimal || duals.allSatisfy({ $0 >= -tau - slack - share && $0 <= 1 - tau + slack + share }) else {
      return nil
    }
    let isUnique = duals.allSatisfy { $0 > -tau + slack && $0 < 1 - tau - slack }
    return Solution(coefficients: values, basis: basis, moves: moves, isUnique: isUnique)
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
