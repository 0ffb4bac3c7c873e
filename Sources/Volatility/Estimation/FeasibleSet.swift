/// The parameters that a search may visit: bounds, linear equalities and linear inequalities.
struct FeasibleSet: Sendable {
  var lower: [Double]
  var upper: [Double]
  /// coefficients · θ = bound.
  var equalities: [LinearInequality] = []
  /// coefficients · θ ≤ bound.
  var inequalities: [LinearInequality] = []

  var count: Int { lower.count }

  func isFixed(_ k: Int) -> Bool { lower[k] == upper[k] }

  static func dot(_ row: LinearInequality, _ theta: [Double]) -> Double {
    var sum = 0.0
    for k in theta.indices { sum += row.coefficients[k] * theta[k] }
    return sum
  }

  func contains(_ theta: [Double], tolerance: Double = 1e-9) -> Bool {
    for k in theta.indices
    where !(theta[k] >= lower[k] - tolerance && theta[k] <= upper[k] + tolerance) { return false }
    return inequalities.allSatisfy { Self.dot($0, theta) <= $0.bound + tolerance }
      && equalities.allSatisfy { abs(Self.dot($0, theta) - $0.bound) <= tolerance }
  }

  /// A point near θ that is allowed, inside of the inequalities by `margin` of their bound where there is room; nil where
  /// none was found. What equalities determine is `dependent`.
  func repaired(_ theta: [Double], dependent: [Int] = [], margin: Double = 0) -> [Double]? {
    var point = zip(theta, zip(lower, upper)).map { min(max($0, $1.0), $1.1) }
    for _ in 0..<60 {
      for (row, k) in zip(equalities, dependent) where row.coefficients[k] != 0 {
        point[k] += (row.bound - Self.dot(row, point)) / row.coefficients[k]
      }
      for k in point.indices where !dependent.contains(k) {
        point[k] = min(max(point[k], lower[k]), upper[k])
      }
      if contains(point) { return point }
      // Beyond a row: what adds to it gives way in proportion to its room.
      for row in inequalities {
        let excess = Self.dot(row, point) - row.bound
        guard excess > 0 else { continue }
        var room = 0.0
        for k in point.indices where row.coefficients[k] != 0 && !isFixed(k) && !dependent.contains(k) {
          let c = row.coefficients[k]
          room += abs(c) * (c > 0 ? point[k] - lower[k] : upper[k] - point[k])
        }
        guard room > 0 else { continue }
        let share = min(1, (excess + margin * max(1e-3, abs(row.bound))) / room)
        for k in point.indices where row.coefficients[k] != 0 && !isFixed(k) && !dependent.contains(k) {
          point[k] -=
            row.coefficients[k] > 0 ? share * (point[k] - lower[k]) : -share * (upper[k] - point[k])
        }
      }
      // What an equality determines fell beyond a bound: the others of its row move it back.
      for (row, k) in zip(equalities, dependent) {
        let beyond = point[k] < lower[k] ? lower[k] - point[k] : point[k] > upper[k] ? upper[k] - point[k] : 0
        guard beyond != 0 else { continue }
        let change = row.coefficients[k] * beyond
        var room = 0.0
        for j in point.indices where j != k && row.coefficients[j] != 0 && !isFixed(j) {
          let down = row.coefficients[j] * change > 0
          room += abs(row.coefficients[j]) * (down ? point[j] - lower[j] : upper[j] - point[j])
        }
        guard room > 0 else { continue }
        let share = min(1, 1.001 * abs(change) / room)
        for j in point.indices where j != k && row.coefficients[j] != 0 && !isFixed(j) {
          let down = row.coefficients[j] * change > 0
          point[j] -= down ? share * (point[j] - lower[j]) : -share * (upper[j] - point[j])
        }
      }
    }
    return contains(point) ? point : nil
  }

  /// Puts what rounding left beside a bound onto it.
  func snap(_ theta: inout [Double]) {
    for k in theta.indices {
      if theta[k] < lower[k] || abs(theta[k] - lower[k]) <= 1e-14 * max(1e-3, abs(lower[k])) {
        theta[k] = lower[k]
      } else if theta[k] > upper[k] || abs(theta[k] - upper[k]) <= 1e-14 * max(1e-3, abs(upper[k])) {
        theta[k] = upper[k]
      }
    }
  }
}

/// Which bounds and rows hold with equality.
struct ActiveSet: Sendable, Equatable {
  enum Side: Int, Sendable { case free, lower, upper, fixed }
  var sides: [Side]
  /// Indices of inequalities.
  var rows: [Int] = []

  var isEmpty: Bool { rows.isEmpty && sides.allSatisfy { $0 == .free || $0 == .fixed } }
  var free: [Int] { sides.indices.filter { sides[$0] == .free } }
}
