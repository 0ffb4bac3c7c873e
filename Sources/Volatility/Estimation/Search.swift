/// Maximises ln L over a feasible set: sequential quadratic programming with damped BFGS updates of the information matrix,
/// then Newton's method on the face where the search ended.
final class Search {
  let likelihood: Likelihood
  let feasible: FeasibleSet
  let options: FitOptions
  /// Equalities of the set that are there for ridges of ln L.
  let ridges: [LinearInequality]

  struct Point {
    var theta: [Double]
    /// ln L and its gradient.
    var value: Double
    var gradient: [Double]
    var active: ActiveSet
    /// Minus the second derivatives of ln L, [n, n], zeros for parameters that do not move; nil where the search did not
    /// come so far.
    var hessian: [Double]?
    /// The largest component of the gradient an observation along the face.
    var projectedGradient = Double.infinity
    /// Where ln L has a ridge in the mean's coefficients: equalities ε_t = 0 that hold at the point.
    var ridges: [LinearInequality] = []
    /// Why the search stopped where that is not because the gradient vanished.
    var reason: String?
  }

  /// Sizes of parameters, the same in all units of returns and regressors.
  let scales: [Double]

  init(
    _ likelihood: Likelihood, _ feasible: FeasibleSet, _ options: FitOptions,
    ridges: [LinearInequality] = []
  ) {
    scales = likelihood.scales
    self.likelihood = likelihood
    self.feasible = feasible
    self.ridges = ridges
    self.options = options
  }

  var n: Int { feasible.count }

  /// The best point from a feasible start.
  ///
  /// - Parameter known: another maximum; the search gives up where it seems to end there or below.
  func run(_ start: [Double], known: Point? = nil) -> Point {
    var point = Point(
      theta: start, value: 0, gradient: [Double](repeating: 0, count: n),
      active: ActiveSet(sides: (0..<n).map { feasible.isFixed($0) ? .fixed : .free }))
    feasible.snap(&point.theta)
    point.value = likelihood.gradient(point.theta, &point.gradient)
    guard point.value > -.infinity else {
      point.reason = "the likelihood is not finite at the starting point"
      return point
    }
    guard likelihood.isStableNow(point.theta) else {
      point.reason = "the filter is not invertible at the starting point"
      return point
    }
    guard n > 0 else { return point }
    var metric = firstMetric(point.theta)
    var iterations = 0
    for _ in 0..<4 {
      descend(&point, &metric, &iterations, known: known)
      if let known, point.value < known.value - 1e-3 {
        point.reason = "another starting point led higher"
        return point
      }
      if point.reason != nil, likelihood.hasRidges, let found = onRidge(point) { return found }
      if polish(&point) {
        let found = finish(point)
        if found.reason == nil { return found }
      }
      // Beside a ridge a metric can grow until no step seems worth while.
      if likelihood.hasRidges, let nearest = likelihood.nearestToZero(point.theta),
        nearest.distance < 1e-4, let found = onRidge(point)
      {
        return found
      }
      // Not yet on the right face, or no maximum: on with what the second derivatives say.
      guard iterations < options.maximumIterations, let hessian = point.hessian else { break }
      metric = Self.definite(hessian, n, fallback: metric)
    }
    return finish(point)
  }

  private func finish(_ point: Point) -> Point {
    var point = point
    point.ridges = ridges
    point.projectedGradient = projectedGradient(point)
    if point.projectedGradient <= options.tolerance {
      point.reason = nil
    } else if point.reason == nil {
      point.reason = "no further step raised the likelihood"
    }
    return point
  }

  // MARK: Quasi-Newton steps

  private func descend(
    _ point: inout Point, _ metric: inout [Double], _ iterations: inout Int, known: Point?
  ) {
    var isFresh = true
    var isFromAfar = true
    var next = point.gradient
    // Further than this from the maximum, a hundred-thousandth of a standard error, second derivatives would be others.
    let enough = max(1e-10, 1e-15 * abs(point.value))
    let shortest = likelihood.hasRidges ? 1e-6 : 1e-12
    point.reason = nil
    while true {
      let down = point.gradient.map { -$0 }
      guard
        let solution = QuadraticProgram(
          feasible: feasible, theta: point.theta, metric: metric, gradient: down
        ).solve()
      else {
        guard !isFresh else {
          point.reason = "the quadratic model has no solution"
          return
        }
        _ = likelihood.gradient(point.theta, &point.gradient)
        metric = firstMetric(point.theta)
        isFresh = true
        continue
      }
      point.active = solution.active
      let slope = zip(down, solution.step).reduce(0) { $0 + $1.0 * $1.1 }
      if -slope < enough { return }
      if let known, iterations > 0, point.value < known.value {
        if -slope < 0.05, point.value - 10 * slope < known.value - 0.01 { return }
        if -slope < 5, distance(point.theta, known.theta, metric) < 1 { return }
      }
      guard iterations < options.maximumIterations else {
        point.reason = "\(iterations) iterations were not enough"
        return
      }
      iterations += 1
      // A step that is long enough to matter and short enough to help.
      var share = 1.0
      var found = -Double.infinity
      var theta = point.theta
      while true {
        for k in 0..<n { theta[k] = point.theta[k] + share * solution.step[k] }
        feasible.snap(&theta)
        found = likelihood.gradient(theta, &next)
        if !likelihood.isStableNow(theta) { found = -.infinity }
        if found >= point.value - 1e-4 * share * slope - 1e-14 * abs(point.value) { break }
        if found > -.infinity {
          // The vertex of the parabola through what is known.
          let best = slope * share / (2 * (slope - (point.value - found) / share))
          share = min(max(best.isFinite ? best : 0, 0.1 * share), 0.5 * share)
        } else {
          share *= 0.2
        }
        if share < shortest { break }
      }
      guard share >= shortest else {
        if isFresh {
          point.reason = "no further step raised the likelihood"
          return
        }
        _ = likelihood.gradient(point.theta, &point.gradient)
        metric = firstMetric(point.theta)
        isFresh = true
        continue
      }
      isFresh = false
      if isFromAfar, share == 1, -slope < 1 {
        // Within a standard error of a maximum the information there is better than updates of that at the start.
        isFromAfar = false
        metric = firstMetric(theta)
      } else {
        update(&metric, from: point, to: theta, next)
      }
      point.theta = theta
      point.value = found
      point.gradient = next
    }
  }

  /// ΔᵀBΔ.
  private func distance(_ a: [Double], _ b: [Double], _ metric: [Double]) -> Double {
    var sum = 0.0
    for i in 0..<n { for j in 0..<n { sum += metric[i * n + j] * (a[i] - b[i]) * (a[j] - b[j]) } }
    return sum
  }

  /// BFGS with Powell's (1978) damping.
  private func update(_ metric: inout [Double], from point: Point, to theta: [Double], _ gradient: [Double]) {
    let s = zip(theta, point.theta).map { $0 - $1 }
    var y = zip(point.gradient, gradient).map { $0 - $1 }
    var bs = [Double](repeating: 0, count: n)
    for i in 0..<n { for j in 0..<n { bs[i] += metric[i * n + j] * s[j] } }
    var sy = 0.0
    var sbs = 0.0
    for k in 0..<n {
      sy += s[k] * y[k]
      sbs += s[k] * bs[k]
    }
    guard sbs > 0 else { return }
    if sy < 0.1 * sbs {
      let mix = 0.9 * sbs / (sbs - sy)
      for k in 0..<n { y[k] = mix * y[k] + (1 - mix) * bs[k] }
      sy = 0.1 * sbs
    }
    for i in 0..<n {
      for j in 0..<n { metric[i * n + j] += y[i] * y[j] / sy - bs[i] * bs[j] / sbs }
    }
  }

  /// The expected information, made definite; after `likelihood.gradient`.
  private func firstMetric(_ theta: [Double]) -> [Double] {
    var metric = likelihood.information(theta)
    for k in 0..<n {
      let scale = scales[k]
      // A parameter that does not matter here moves by its own size at most.
      metric[k * n + k] += 1e-9 * metric[k * n + k] + 1e-3 / (scale * scale)
    }
    return metric
  }

  /// The matrix with the signs of its eigenvalues made positive, in units of its diagonal.
  static func definite(_ hessian: [Double], _ n: Int, fallback: [Double]) -> [Double] {
    let unit = (0..<n).map { k -> Double in
      let value = abs(hessian[k * n + k])
      return value > 0 ? value.squareRoot() : max(fallback[k * n + k], 1e-300).squareRoot()
    }
    var matrix = Matrix(rows: n, columns: n)
    for i in 0..<n { for j in 0..<n { matrix[i, j] = hessian[i * n + j] / (unit[i] * unit[j]) } }
    for k in 0..<n where matrix[k, k] == 0 { matrix[k, k] = 1 }
    guard let (values, vectors) = matrix.symmetricEigen else { return fallback }
    var metric = [Double](repeating: 0, count: n * n)
    for (k, value) in values.enumerated() {
      let size = max(abs(value), 1e-6)
      for i in 0..<n {
        for j in 0..<n { metric[i * n + j] += size * vectors[i, k] * vectors[j, k] * unit[i] * unit[j] }
      }
    }
    return metric
  }

  // MARK: Newton's method on a face

  /// Whether the point is a maximum on its face; leaves the second derivatives in it.
  private func polish(_ point: inout Point) -> Bool {
    guard let basis = Face.basis(feasible, point.active) else { return false }
    let m = basis.columns
    let hessian = self.hessian(point.theta, Face.moving(basis), at: point.gradient)
    point.hessian = hessian
    guard m > 0 else { return true }
    guard let inner = Face.curvature(hessian, basis).definiteInverse else { return false }
    var next = point.gradient
    var decrement = Double.infinity
    for _ in 0..<8 {
      let slope = Face.slope(point.gradient, basis)
      let move = inner * slope
      let size = zip(slope, move).reduce(0) { $0 + $1.0 * $1.1 }
      // As far as sums of this length can tell.
      guard size < 0.2 * decrement, size > 1e-24 else { break }
      decrement = size
      let step = basis * move
      var theta = zip(point.theta, step).map { $0 + $1 }
      if !feasible.contains(theta, tolerance: 1e-13) { return size < 1e-9 }
      feasible.snap(&theta)
      let value = likelihood.gradient(theta, &next)
      guard value > point.value - 1e-9 - 1e-13 * abs(value) else { break }
      point.theta = theta
      point.value = value
      point.gradient = next
    }
    return decrement < 1e-6
  }

  /// Minus the second derivatives of ln L in the parameters `moving`, by differences of the gradient: to one side, which
  /// is right to six digits or so, and to both where a matrix is so near to a singular one that these are not enough.
  func hessian(_ theta: [Double], _ moving: [Int], at gradient: [Double]) -> [Double] {
    let quick = differences(theta, moving) { k, h, found, other in
      var shifted = theta
      for sign in [1.0, -1] {
        shifted[k] = theta[k] + sign * 0.001 * h
        let step = shifted[k] - theta[k]
        guard likelihood.gradient(shifted, &other) > -.infinity else { continue }
        for j in moving { found[k * n + j] = (gradient[j] - other[j]) / step }
        return
      }
    }
    if isWellConditioned(quick, moving) { return quick }
    return hessian(theta, moving)
  }

  /// The same by central differences.
  func hessian(_ theta: [Double], _ moving: [Int]) -> [Double] {
    var below = [Double](repeating: 0, count: n)
    return differences(theta, moving) { k, h, found, above in
      var shifted = theta
      shifted[k] = theta[k] + h
      let h = shifted[k] - theta[k]
      var values = (likelihood.gradient(shifted, &above), 0.0)
      shifted[k] = theta[k] - h
      values.1 = likelihood.gradient(shifted, &below)
      if values.0 > -.infinity, values.1 > -.infinity {
        for j in moving { found[k * n + j] = (below[j] - above[j]) / (2 * h) }
        return
      }
      // At the edge of what can be worked out: differences to one side.
      let sign: Double = values.0 > -.infinity ? 1 : -1
      var centre = above
      var far = above
      shifted[k] = theta[k]
      _ = likelihood.gradient(shifted, &centre)
      shifted[k] = theta[k] + sign * h
      _ = likelihood.gradient(shifted, &above)
      shifted[k] = theta[k] + 2 * sign * h
      _ = likelihood.gradient(shifted, &far)
      for j in moving { found[k * n + j] = sign * (3 * centre[j] - 4 * above[j] + far[j]) / (2 * h) }
    }
  }

  /// A symmetric matrix whose row `k` `fill` writes, given the step for central differences and space for a gradient.
  private func differences(
    _ theta: [Double], _ moving: [Int],
    _ fill: (_ k: Int, _ h: Double, _ found: inout [Double], _ space: inout [Double]) -> Void
  ) -> [Double] {
    var found = [Double](repeating: 0, count: n * n)
    var space = [Double](repeating: 0, count: n)
    let nearest = likelihood.hasRidges ? likelihood.nearestToZero(theta) : nil
    // Shape parameters first: at the point that was looked at last, they need no recursion.
    let shapes = moving.filter { $0 >= likelihood.specification.width }
    for k in shapes + moving.filter({ $0 < likelihood.specification.width }) {
      // The cube root of the unit roundoff times the parameter's size.
      var h = 6e-6 * max(scales[k], min(abs(theta[k]), 10 * scales[k]))
      // No residual changes its sign where its absolute value matters.
      if let nearest, k < likelihood.specification.meanCount {
        h = min(h, max(0.3 * nearest.distance / nearest.size, 1e-9 * scales[k]))
      }
      fill(k, h, &found, &space)
    }
    for i in 0..<n {
      for j in 0..<i {
        let mean = 0.5 * (found[i * n + j] + found[j * n + i])
        found[i * n + j] = mean
        found[j * n + i] = mean
      }
    }
    return found
  }

  /// Whether every pivot keeps a thousandth of its diagonal's size.
  private func isWellConditioned(_ hessian: [Double], _ moving: [Int]) -> Bool {
    var rest = moving.map { i in moving.map { hessian[i * n + $0] } }
    let m = moving.count
    for k in 0..<m {
      guard rest[k][k] > 1e-3 * hessian[moving[k] * n + moving[k]], rest[k][k].isFinite else { return false }
      for i in (k + 1)..<max(m, k + 1) {
        let factor = rest[i][k] / rest[k][k]
        for j in (k + 1)..<m { rest[i][j] -= factor * rest[k][j] }
      }
    }
    return true
  }

  private func projectedGradient(_ point: Point) -> Double {
    guard let basis = Face.basis(feasible, point.active) else { return .infinity }
    let slope = Face.slope(point.gradient, basis)
    return slope.reduce(0) { max($0, abs($1)) } / Double(likelihood.count)
  }
}
