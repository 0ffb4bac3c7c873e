/// The constraints in which moments of the innovations' law stand: stationarity of GJR models, Σα + wΣγ + Σβ ≤ 1 with
/// w = E[z²1{z<0}], and variance targeting. Where a moment moves with shape parameters the rows are linear about a point,
/// and move with it until the search ends where they were taken.
struct LawConstraints {
  let specification: Specification
  let sample: Sample
  let options: FitOptions

  init(_ specification: Specification, _ sample: Sample, _ options: FitOptions) {
    self.specification = specification
    self.sample = sample
    self.options = options
  }

  /// Whether any row moves.
  private var moves: Bool {
    guard specification.levelDependsOnShape else { return false }
    let isAsymmetric = (specification.process as? GARCH).map { $0.power == 2 } ?? false
    return options.targetsVariance || (isAsymmetric && options.requiresStationarity)
  }

  /// Before anything is known: the law at its mildest, no effects.
  func beginning(_ feasible: FeasibleSet) -> FeasibleSet {
    var theta = [Double](repeating: 0, count: specification.parameters.count)
    for (k, value) in specification.model.distribution.start(kurtosis: 3).enumerated() {
      theta[specification.width + k] = options.fixed[specification.names[specification.width + k]] ?? value
    }
    return about(theta, feasible)
  }

  /// The set with its rows taken at θ.
  func about(_ theta: [Double], _ feasible: FeasibleSet) -> FeasibleSet {
    let process = specification.process
    let isAsymmetric = (process as? GARCH).map { $0.power == 2 && $0.o > 0 } ?? false
    guard isAsymmetric || options.targetsVariance else { return feasible }
    var found = feasible
    let moments =
      process.levelPower.map {
        specification.model.distribution.moments(power: $0, shape: Array(theta[specification.width...]))
      } ?? LawMoments()
    if isAsymmetric {
      found.inequalities = feasible.inequalities.map { $0.isStationarity ? stationarity(theta, moments) : $0 }
    }
    if options.targetsVariance { found.equalities = [targeting(theta, moments)] }
    return found
  }

  private func stationarity(_ theta: [Double], _ moments: LawMoments) -> LinearInequality {
    var row = [Double](repeating: 0, count: theta.count)
    var signs = 0.0
    for k in specification.processStart..<specification.regressorStart {
      let name = specification.names[k]
      if name.hasPrefix("gamma[") {
        row[k] = moments.below
        signs += theta[k]
      } else if name != "omega" {
        row[k] = 1
      }
    }
    return moving(
      .init(coefficients: row, bound: 1, isStationarity: true), theta, moments.belowSlopes.map { signs * $0 })
  }

  private func targeting(_ theta: [Double], _ moments: LawMoments) -> LinearInequality {
    let residuals = sample.startResiduals
    let level = residuals.reduce(0) { $0 + $1 * $1 } / Double(residuals.count)
    let own = Array(theta[specification.processStart..<specification.regressorStart])
    let target = specification.process.target(variance: level, own, regressors: 0, moments)!
    var row = [Double](repeating: 0, count: theta.count)
    var bound = target.omega
    for (k, slope) in target.slopes.enumerated() {
      row[specification.processStart + k] = -slope
      bound -= slope * own[k]
    }
    row[specification.omega!] = 1
    for (k, column) in sample.varianceColumns.enumerated() {
      row[specification.regressorStart + k] =
        -target.regressorSlope * column.reduce(0, +) / Double(column.count)
    }
    let slopes = zip(moments.wholeSlopes, moments.belowSlopes).map {
      -(target.wholeSlope * $0 + target.belowSlope * $1)
    }
    return moving(.init(coefficients: row, bound: bound), theta, slopes)
  }

  /// The row with what shape parameters add, which at θ is nothing.
  private func moving(_ row: LinearInequality, _ theta: [Double], _ slopes: [Double]) -> LinearInequality {
    var row = row
    for (k, slope) in slopes.enumerated() {
      row.coefficients[specification.width + k] = slope
      row.bound += slope * theta[specification.width + k]
    }
    return row
  }

  /// Searches again from where the search ended, with the rows of that point, until they stay. The rows lack the curvature
  /// of what they stand for, so that steps can be too long: those that do not come closer are shortened.
  func settled(_ found: (Search.Point, Search)) -> (Search.Point, Search) {
    guard moves else { return found }
    var (point, search) = found
    var place = point.theta
    var share = 1.0
    var distance = Double.infinity
    for _ in 0..<100 {
      let next = about(place, search.feasible)
      if stays(search.feasible, about(point.theta, search.feasible), point) { return (point, search) }
      guard let start = inside(next, next.repaired(point.theta, dependent: dependent)) else { break }
      let other = Search(search.likelihood, next, search.options)
      let reached = other.run(start)
      guard reached.value > -.infinity else { break }
      (point, search) = (reached, other)
      let step = zip(point.theta, place).map { $0 - $1 }
      let size = zip(step, search.scales).reduce(0) { max($0, abs($1.0 / $1.1)) }
      if size > 0.7 * distance { share = max(0.5 * share, 1.0 / 64) }
      distance = size
      for k in place.indices { place[k] += share * step[k] }
    }
    if point.reason == nil { point.reason = "the distribution's part in a constraint did not settle" }
    return (point, search)
  }

  /// Off what rounding leaves beyond the stationarity row, from which a search cannot rise.
  private func inside(_ feasible: FeasibleSet, _ theta: [Double]?) -> [Double]? {
    guard var theta else { return nil }
    for row in feasible.inequalities where row.isStationarity {
      let excess = FeasibleSet.dot(row, theta) - row.bound
      guard excess > 0,
        let k = theta.indices.filter({ row.coefficients[$0] > 0 && !feasible.isFixed($0) })
          .max(by: { theta[$0] - feasible.lower[$0] < theta[$1] - feasible.lower[$1] })
      else { continue }
      theta[k] = max(feasible.lower[k], theta[k] - 1.1 * excess / row.coefficients[k])
    }
    return theta
  }

  private var dependent: [Int] { options.targetsVariance ? specification.omega.map { [$0] } ?? [] : [] }

  private func stays(_ before: FeasibleSet, _ after: FeasibleSet, _ point: Search.Point) -> Bool {
    func isSame(_ a: LinearInequality, _ b: LinearInequality) -> Bool {
      let size = max(1, abs(a.bound))
      return abs(a.bound - b.bound) < 1e-9 * size
        && zip(a.coefficients, b.coefficients).allSatisfy { abs($0 - $1) < 1e-9 * max(1, abs($0)) }
    }
    for (k, row) in after.inequalities.enumerated() where row.isStationarity {
      let isIdle =
        !point.active.rows.contains(k) && FeasibleSet.dot(row, point.theta) <= row.bound + 1e-10
      if !isIdle, !isSame(before.inequalities[k], row) { return false }
    }
    return zip(before.equalities, after.equalities).allSatisfy(isSame)
  }
}
