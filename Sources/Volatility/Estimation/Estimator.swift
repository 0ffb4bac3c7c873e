extension VolatilityModel {
  /// Maximum likelihood, quasi maximum likelihood where the innovations are not what the model says.
  ///
  /// The data are divided by powers of two near their standard deviations, a grid of starting points is compared by its
  /// likelihood, and from the best of them (several where the likelihood can have several maxima: with regressors in the
  /// variance, in EGARCH, APARCH, powers and in-mean models) ln L is maximised under bounds and inequalities with analytic
  /// gradients. The estimates are a zero of the gradient along the active constraints as far as rounding allows.
  ///
  /// - Parameters:
  ///   - returns: [n], finite.
  ///   - columns: [n] for each regressor, by name.
  /// - Throws: ``VolatilityError`` for data that cannot be used (constant, too short, not finite, collinear or negative
  ///   regressors), options that contradict each other or the model, and where no starting point has a likelihood.
  public func fit(
    _ returns: [Double], regressors columns: [String: [Double]] = [:], options: FitOptions = FitOptions()
  ) throws(VolatilityError) -> VolatilityFit {
    try Estimator(self, returns, columns, options).fit()
  }
}

/// A model, its data in standardised units, and what the options make of them.
struct Estimator {
  let options: FitOptions
  let specification: Specification
  let sample: Sample
  let likelihood: Likelihood
  let returns: [Double]
  let columns: [String: [Double]]
  let feasible: FeasibleSet
  /// What the equalities determine.
  let dependent: [Int]

  init(
    _ model: VolatilityModel, _ returns: [Double], _ columns: [String: [Double]], _ options: FitOptions
  ) throws(VolatilityError) {
    let specification = try Specification(model)
    try Self.check(options, specification)
    // Where a fixed value has no counterpart for scaled data, data stay as they are.
    let isTied =
      !specification.process.isScaledByParts
      && options.fixed.keys.contains {
        $0 == "omega" || (specification.process is APARCH && $0.hasPrefix("phi["))
      }
    let sample = try Sample(specification, returns, columns, scaled: !isTied)
    self.options = options
    self.specification = specification
    self.sample = sample
    self.returns = returns
    self.columns = columns
    likelihood = Likelihood(specification, sample)
    (feasible, dependent) = try Self.feasibleSet(specification, sample, options)
  }

  private static func check(_ options: FitOptions, _ specification: Specification) throws(VolatilityError) {
    func fail(_ message: String) -> VolatilityError { VolatilityError(.specification, message) }
    let names = specification.names
    for (name, value) in options.fixed.merging(options.starting ?? [:], uniquingKeysWith: { a, _ in a })
      .sorted(by: { $0.key < $1.key })
    {
      guard let k = names.firstIndex(of: name) else {
        throw fail("there is no parameter '\(name)'; this model has \(names.joined(separator: ", "))")
      }
      try specification.check(value, of: specification.parameters[k])
    }
    guard options.maximumIterations >= 1, options.tolerance > 0 else {
      throw fail("at least one iteration and a positive tolerance are needed")
    }
    if case .hac(let lags?) = options.covariance, lags < 0 { throw fail("HAC with \(lags) lags: 0 or more") }
    if case .bootstrap(let count, _) = options.covariance, count < 2 {
      throw fail("a bootstrap of \(count) replications: at least 2 are needed")
    }
    if options.targetsVariance {
      guard specification.process.hasTarget,
        specification.varianceForm != .exponential || specification.varianceRegressors.isEmpty
      else {
        throw fail(
          "variance targeting is defined for ARCH, GARCH and GJR with power 2 and EGARCH, with additive regressors"
        )
      }
      guard options.fixed["omega"] == nil else {
        throw fail("omega is fixed and also what variance targeting determines; drop one of the two")
      }
    }
  }

  static func feasibleSet(
    _ specification: Specification, _ sample: Sample, _ options: FitOptions
  ) throws(VolatilityError) -> (FeasibleSet, [Int]) {
    let parameters = specification.parameters
    var feasible = FeasibleSet(lower: parameters.map(\.lower), upper: parameters.map(\.upper))
    feasible.inequalities = specification.inequalities
    if !options.requiresStationarity {
      feasible.inequalities.removeAll(where: \.isStationarity)
      for (k, one) in parameters.enumerated() where one.name.hasPrefix("alpha[") && one.upper == 1 {
        feasible.upper[k] = 10
      }
    }
    feasible.inequalities += positivity(specification, sample)
    let dependent = options.targetsVariance ? specification.omega.map { [$0] } ?? [] : []
    feasible = LawConstraints(specification, sample, options).beginning(feasible)
    if !options.fixed.isEmpty {
      let values = parameters.map { options.fixed[$0.name] ?? 0.5 * (max(-1, $0.lower) + min(1, $0.upper)) }
      let inner = specification.standardise(values, sample)
      for (k, one) in parameters.enumerated() where options.fixed[one.name] != nil {
        feasible.lower[k] = inner[k]
        feasible.upper[k] = inner[k]
      }
    }
    return (feasible, dependent)
  }

  /// ω + φ′x_t ≥ 0 where φ may be negative: at the sample's extreme points, which imply all others.
  private static func positivity(_ specification: Specification, _ sample: Sample) -> [LinearInequality] {
    guard specification.varianceForm == .additiveOnSample, !specification.process.isLogarithmic,
      !sample.varianceColumns.isEmpty
    else { return [] }
    return ExtremePoints.of(sample.varianceColumns).map { t in
      var row = [Double](repeating: 0, count: specification.parameters.count)
      if let omega = specification.omega { row[omega] = -1 }
      for (k, column) in sample.varianceColumns.enumerated() {
        row[specification.regressorStart + k] = -column[t]
      }
      return .init(coefficients: row, bound: 0, time: t + specification.dropped)
    }
  }

  // MARK: Fitting

  func fit() throws(VolatilityError) -> VolatilityFit {
    let (point, search) = try best()
    return try summary(of: point, search)
  }

  /// The best point that searches found, and the search that knows the constraints there.
  func best() throws(VolatilityError) -> (Search.Point, Search) {
    let found = try bestOfFixedLaw()
    return LawConstraints(specification, sample, options).settled(found)
  }

  private func bestOfFixedLaw() throws(VolatilityError) -> (Search.Point, Search) {
    let search = Search(likelihood, feasible, options)
    let points = try starts()
    let found = best(search, points)
    if found.reason == nil { return (found, search) }
    if let (tamed, other) = withSizeEffects(points) { return (tamed, other) }
    guard let rescued = Rescue.run(search, from: found), rescued.value >= found.value - 1e-9 else {
      return (found, search)
    }
    return (rescued, search)
  }

  private func best(_ search: Search, _ starts: [[Double]]) -> Search.Point {
    // The grid knows nothing of likelihoods' other maxima: the best point and those far from it each get a search.
    var best = search.run(starts[0])
    for start in starts.dropFirst() {
      let other = search.run(start, known: best.reason == nil ? best : nil)
      let isBetter =
        (best.reason == nil) == (other.reason == nil)
        ? other.value > best.value + 1e-7 : other.reason == nil && other.value > best.value - 2
      if isBetter { best = other }
    }
    return best
  }

  /// EGARCH in small samples, where large negative size effects lead to where the filter is not invertible: the maximum
  /// among α ≥ 0, or the one that a search from there finds without that bound.
  private func withSizeEffects(_ starts: [[Double]]) -> (Search.Point, Search)? {
    guard specification.process is EGARCH else { return nil }
    var narrowed = feasible
    for (k, one) in specification.parameters.enumerated()
    where one.name.hasPrefix("alpha[") && !feasible.isFixed(k) { narrowed.lower[k] = 0 }
    let inside = starts.filter { narrowed.contains($0) }
    guard !inside.isEmpty else { return nil }
    let search = Search(likelihood, narrowed, options)
    let point = best(search, inside)
    guard point.reason == nil else { return nil }
    let free = Search(likelihood, feasible, options)
    let further = free.run(point.theta)
    return further.reason == nil && further.value >= point.value - 1e-9 ? (further, free) : (point, search)
  }

  private func starts() throws(VolatilityError) -> [[Double]] {
    let points = StartingPoints(likelihood: likelihood)
    let names = specification.names
    var candidates: [[Double]]
    if let given = options.starting, names.allSatisfy({ given[$0] != nil || options.fixed[$0] != nil }) {
      let values = names.map { given[$0] ?? options.fixed[$0]! }
      candidates = [specification.standardise(values, sample)]
    } else {
      candidates = points.grid()
      if let given = options.starting, !given.isEmpty {
        candidates = candidates.map { point in
          var values = specification.restore(point, sample)
          for (k, name) in names.enumerated() { values[k] = given[name] ?? values[k] }
          return specification.standardise(values, sample)
        }
      }
    }
    let repaired = candidates.compactMap { feasible.repaired($0, dependent: dependent, margin: 0.02) }
    guard !repaired.isEmpty else { throw contradiction() }
    guard repaired.count > 1 else { return repaired }
    let scored = scored(repaired, points.searches)
    guard let first = scored.first else {
      throw VolatilityError(
        .estimation,
        "no starting point has a finite likelihood: look for outliers in the returns and regressors, or give starting values"
      )
    }
    var found = [first.theta]
    let behind = (points.searches > 2 ? 0.05 : 0.005) * Double(likelihood.count) + 3
    let near = scored.dropFirst().filter { $0.value > first.value - behind }
    var signatures: Set = [points.signature(first.theta)]
    for (_, theta) in near where found.count < points.searches {
      if signatures.insert(points.signature(theta)).inserted { found.append(theta) }
    }
    if signatures.count > 1 { return found }
    for (_, theta) in near where found.count < points.searches {
      if found.allSatisfy({ distance($0, theta) > 3 }) { found.append(theta) }
    }
    return found
  }

  /// Points with a finite likelihood, the best first. In long series those that are far behind after the first part of the
  /// sample are left out.
  private func scored(_ points: [[Double]], _ searches: Int) -> [(value: Double, theta: [Double])] {
    func all(_ points: [[Double]], _ last: Int) -> [(value: Double, theta: [Double])] {
      var checkpoints: [Double] = []
      var found: [(value: Double, theta: [Double])] = []
      for point in points {
        let value = likelihood.score(point, &checkpoints, last: last)
        if value > -.infinity { found.append((value, point)) }
      }
      return found.sorted { $0.value > $1.value }
    }
    let beginning = 300
    guard likelihood.count >= 2 * beginning, searches <= 2, points.count > 6 else {
      return all(points, likelihood.count)
    }
    let first = all(points, beginning).prefix(max(3, points.count / 8)).map(\.theta)
    let found = all(first, likelihood.count)
    return found.isEmpty ? all(points, likelihood.count) : found
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for k in a.indices {
      let scale = specification.parameters[k].scale
      sum += (a[k] - b[k]) * (a[k] - b[k]) / (scale * scale)
    }
    return sum.squareRoot()
  }

  private func contradiction() -> VolatilityError {
    var point = StartingPoints(likelihood: likelihood).grid()[0]
    for k in point.indices { point[k] = min(max(point[k], feasible.lower[k]), feasible.upper[k]) }
    let broken = feasible.inequalities.filter { row in
      // What the row is at least, over the bounds.
      var least = 0.0
      for k in point.indices {
        let c = row.coefficients[k]
        if c != 0 { least += c * (c > 0 ? feasible.lower[k] : feasible.upper[k]) }
      }
      return least > row.bound
    }
    let rows = (broken.isEmpty ? feasible.inequalities : broken).prefix(2).map {
      specification.describe($0, "≤")
    }
    let fixed = options.fixed.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
    return VolatilityError(
      .specification,
      "no parameters satisfy \(rows.joined(separator: " and ")) with \(fixed.isEmpty ? "these options" : fixed.joined(separator: ", ")); change the fixed values\(options.requiresStationarity ? " or drop the requirement of stationarity" : "")"
    )
  }
}

extension Specification {
  func restore(_ theta: [Double], _ sample: Sample) -> [Double] {
    restore(theta, scale: sample.scale, regressorScales: sample.regressorScales)
  }

  /// What `restore` undoes.
  func standardise(_ values: [Double], _ sample: Sample) -> [Double] {
    restore(values, scale: 1 / sample.scale, regressorScales: sample.regressorScales.mapValues { 1 / $0 })
  }

  /// `alpha[1] + 0.5 gamma[1] + beta[1] = 1`.
  func describe(_ row: LinearInequality, _ relation: String) -> String {
    if let time = row.time {
      let drivers = varianceRegressors.map { "phi[\($0.name)] \($0.name)" }
      return
        "\(((omega == nil ? [] : ["omega"]) + drivers).joined(separator: " + ")) \(relation == "≤" ? "≥" : relation) 0 at observation \(time + 1)"
    }
    var text = ""
    // How a moment of the law moves with its shape belongs to the search, not to the constraint's name.
    for (k, c) in row.coefficients.enumerated() where c != 0 && k < width {
      let size =
        abs(c) == 1
        ? "" : "\(abs(c) == abs(c).rounded() ? String(Int(abs(c))) : abs(c).formatted(digits: 4)) "
      text += text.isEmpty ? (c < 0 ? "−" : "") : (c < 0 ? " − " : " + ")
      text += size + parameters[k].name
    }
    let limit = row.isStationarity ? row.bound.rounded() : row.bound
    let bound = limit == limit.rounded() ? String(Int(limit)) : String(limit)
    return "\(text) \(relation) \(bound)"
  }
}

/// Points of which all others are convex combinations.
enum ExtremePoints {
  /// Indices of rows of the columns; with three or more columns, of all rows that differ.
  static func of(_ columns: [[Double]]) -> [Int] {
    let times = columns[0].indices
    if columns.count == 1 {
      let x = columns[0]
      let low = times.min { x[$0] < x[$1] }!
      let high = times.max { x[$0] < x[$1] }!
      return low == high ? [low] : [low, high]
    }
    if columns.count == 2 {
      // Andrew's monotone chain.
      let (x, y) = (columns[0], columns[1])
      let order = times.sorted { (x[$0], y[$0]) < (x[$1], y[$1]) }
      func half(_ order: [Int]) -> [Int] {
        var hull: [Int] = []
        for t in order {
          while hull.count >= 2 {
            let a = hull[hull.count - 2]
            let b = hull[hull.count - 1]
            let turn = (x[b] - x[a]) * (y[t] - y[a]) - (y[b] - y[a]) * (x[t] - x[a])
            if turn > 0 { break }
            hull.removeLast()
          }
          hull.append(t)
        }
        return hull
      }
      return Array(Set(half(order) + half(order.reversed()))).sorted()
    }
    var seen: Set<[Double]> = []
    return times.filter { t in seen.insert(columns.map { $0[t] }).inserted }
  }
}
