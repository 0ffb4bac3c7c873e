/// Where |ε| enters a recursion with a kink (EGARCH, powers up to 1 and between 1 and 2 nearly so), ln L as a function of
/// the mean has an edge at each observation, ε_t = 0, and its maximum can lie on one: the derivative there changes sign
/// without vanishing. Such edges are hyperplanes in a linear mean's coefficients, along which the search goes on.
extension Search {
  /// The maximum along the edge next to the point where a search got stuck; nil where there is none.
  func onRidge(_ point: Point) -> Point? {
    let specification = likelihood.specification
    guard ridges.count < min(specification.linearCount, 3) else { return nil }
    var best: Point?
    for t in likelihood.smallestResiduals(point.theta, ridges.isEmpty ? 3 : 1) {
      var row = [Double](repeating: 0, count: n)
      for (k, column) in likelihood.sample.meanColumns.enumerated() { row[k] = column[t] }
      let edge = LinearInequality(coefficients: row, bound: likelihood.sample.y[t])
      var narrowed = feasible
      narrowed.equalities.append(edge)
      guard let start = Self.projected(point.theta, onto: edge, feasible),
        narrowed.contains(start, tolerance: 1e-8)
      else { continue }
      let other = Search(likelihood, narrowed, options, ridges: ridges + [edge])
      let found = other.run(start)
      guard found.reason == nil, found.value >= point.value - 1e-7, isRidge(found, edge) else { continue }
      if best == nil || found.value > best!.value { best = found }
    }
    return best
  }

  /// Moves the free coefficients of the row as little as possible, in units of their sizes.
  private static func projected(
    _ theta: [Double], onto row: LinearInequality, _ feasible: FeasibleSet
  ) -> [Double]? {
    var norm = 0.0
    for k in theta.indices where !feasible.isFixed(k) { norm += row.coefficients[k] * row.coefficients[k] }
    guard norm > 0 else { return nil }
    let share = (row.bound - FeasibleSet.dot(row, theta)) / norm
    var moved = theta
    for k in theta.indices where !feasible.isFixed(k) { moved[k] += share * row.coefficients[k] }
    return moved
  }

  /// Whether ln L falls to both sides of the edge.
  private func isRidge(_ point: Point, _ edge: LinearInequality) -> Bool {
    var norm = 0.0
    for k in 0..<n where !feasible.isFixed(k) { norm += edge.coefficients[k] * edge.coefficients[k] }
    var slopes = [Double](repeating: 0, count: n)
    for sign in [-1.0, 1] {
      var theta = point.theta
      for k in 0..<n where !feasible.isFixed(k) { theta[k] += sign * 1e-9 * edge.coefficients[k] / norm }
      guard likelihood.gradient(theta, &slopes) > -.infinity else { return false }
      var slope = 0.0
      for k in 0..<n where !feasible.isFixed(k) { slope += sign * edge.coefficients[k] * slopes[k] }
      if slope > 1e-6 * Double(likelihood.count) * norm.squareRoot() { return false }
    }
    return true
  }

  /// The point beside a ridge at which second derivatives are taken, those of ln L without the edge.
  func besideRidges(_ point: Point) -> [Double] {
    var theta = point.theta
    for edge in point.ridges {
      var norm = 0.0
      for k in 0..<n where !feasible.isFixed(k) { norm += edge.coefficients[k] * edge.coefficients[k] }
      for k in 0..<n where !feasible.isFixed(k) { theta[k] += 1e-6 * edge.coefficients[k] / norm }
    }
    return theta
  }
}

extension Likelihood {
  /// Whether ln L can have edges at ε_t = 0 that a search along hyperplanes can follow.
  var hasRidges: Bool {
    let mean = specification.model.mean
    guard specification.linearCount > 0, mean.movingAverageLags == 0, mean.inMean == nil else { return false }
    return process.isLogarithmic || process.presamplePower < 2 || process is APARCH
  }

  /// The residual nearest to zero that is none, and the size of its row in the mean.
  func nearestToZero(_ theta: [Double]) -> (distance: Double, size: Double)? {
    var best: (distance: Double, size: Double)?
    for t in 0..<count {
      let distance = abs(linearResidual(t, theta))
      guard distance > 1e-13, distance < best?.distance ?? .infinity else { continue }
      best = (distance, max(1e-3, sample.meanColumns.reduce(0) { max($0, abs($1[t])) }))
    }
    return best
  }

  func smallestResiduals(_ theta: [Double], _ number: Int) -> [Int] {
    let sizes = (0..<count).map { abs(linearResidual($0, theta)) }
    var found: [Int] = []
    for t in sizes.indices.sorted(by: { sizes[$0] < sizes[$1] }) where found.count < number {
      // Zero already: on a ridge that is followed. Equal observations are one edge.
      if sizes[t] > 1e-14, !found.contains(where: { sizes[$0] == sizes[t] }) { found.append(t) }
    }
    return found
  }

  private func linearResidual(_ t: Int, _ theta: [Double]) -> Double {
    var residual = sample.y[t]
    for (k, column) in sample.meanColumns.enumerated() { residual -= theta[k] * column[t] }
    return residual
  }
}
