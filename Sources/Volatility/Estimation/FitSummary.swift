extension Estimator {
  /// What the user sees of the point that a search ended in.
  func summary(of point: Search.Point, _ search: Search) throws(VolatilityError) -> VolatilityFit {
    guard point.value > -.infinity else {
      throw VolatilityError(
        .estimation,
        "the likelihood is not finite at the starting point; give other starting values, or look for outliers"
      )
    }
    let names = specification.names
    var warnings: [String] = []
    let values = specification.restore(point.theta, sample)
    let found = try covariance(point, search, values)
    warnings += found.warnings

    let active = activeNames(point.active, search.feasible)
    let status: FitStatus =
      point.reason.map { .stoppedEarly($0) } ?? (active.isEmpty ? .converged : .convergedOnBound(active))
    if let reason = point.reason {
      warnings.append("the search stopped before the gradient vanished: \(reason)")
    }
    let persistence = persistence(point.theta)
    warnings += remarks(point, persistence)

    // The arrays of the likelihood hold the last point that was worked out.
    _ = likelihood.value(point.theta)
    let s = sample.scale
    var unconditional: Double?
    if let persistence, persistence < 1, case let garch as GARCH = specification.process, garch.power == 2 {
      var level = 0.0
      for t in 0..<likelihood.count { level += likelihood.recursion.intercept[t] }
      unconditional = s * s * level / Double(likelihood.count) / (1 - persistence)
    }
    var variance: [Double] = []
    var residuals: [Double] = []
    var mean: [Double] = []
    if options.keepsSeries {
      variance = likelihood.recursion.varianceValues
      residuals = likelihood.recursion.residualValues
      for t in residuals.indices {
        variance[t] *= s * s
        residuals[t] *= s
        mean.append(sample.y[t] * s - residuals[t])
      }
    }
    let parameters = names.indices.map { k in
      let isFixed = feasible.isFixed(k)
      let isOnBound = point.active.sides[k] == .lower || point.active.sides[k] == .upper
      return EstimatedParameter(
        name: names[k], value: values[k], standardError: found.errors[k], isOnBound: isOnBound,
        isFixed: isFixed, isNonNegative: specification.parameters[k].isNonNegative)
    }
    let kept = names.indices.filter { found.errors[$0] != nil }
    var matrix = Matrix(rows: kept.count, columns: kept.count)
    if let whole = found.matrix {
      for (i, k) in kept.enumerated() { for (j, l) in kept.enumerated() { matrix[i, j] = whole[k, l] } }
    }
    return VolatilityFit(
      model: specification.model, options: options,
      logLikelihood: point.value - Double(likelihood.count) * _log(s), parameters: parameters,
      status: status, projectedGradient: point.projectedGradient, observations: likelihood.count,
      dropped: specification.dropped, conditionalVariance: variance, residuals: residuals, fittedMean: mean,
      covarianceMatrix: matrix, covarianceNames: kept.map { names[$0] }, covarianceKind: options.covariance,
      persistence: persistence, unconditionalVariance: unconditional, evaluations: likelihood.evaluations,
      warnings: warnings)
  }

  private func covariance(_ point: Search.Point, _ search: Search, _ values: [Double]) throws(VolatilityError)
    -> (
      matrix: Matrix?, errors: [Double?], warnings: [String]
    )
  {
    let none = [Double?](repeating: nil, count: values.count)
    if case .bootstrap(let replications, let seed) = options.covariance {
      return try bootstrapped(point, values, replications, seed)
    }
    let found = ParameterCovariance(search, point, options.covariance)
    guard let inner = found.matrix else { return (nil, none, found.warnings) }
    let slopes = restoreSlopes(point.theta)
    let matrix = slopes * inner * slopes.transposed
    return (matrix, errors(matrix, point), found.warnings)
  }

  private func errors(_ matrix: Matrix, _ point: Search.Point) -> [Double?] {
    (0..<matrix.rows).map { k -> Double? in
      guard !feasible.isFixed(k), point.active.sides[k] == .free, matrix[k, k] > 0, matrix[k, k].isFinite
      else {
        return nil
      }
      return matrix[k, k].squareRoot()
    }
  }

  private func bootstrapped(
    _ point: Search.Point, _ values: [Double], _ replications: Int, _ seed: UInt64
  ) throws(VolatilityError) -> (matrix: Matrix?, errors: [Double?], warnings: [String]) {
    let bootstrap = try ResidualBootstrap(self, point.theta, replications: replications, seed: seed)
    let estimates = bootstrap.estimates().map { specification.restore($0, sample) }
    let n = values.count
    guard estimates.count >= 2 else {
      return (
        nil, [Double?](repeating: nil, count: n),
        ["no replication of the bootstrap converged: no standard errors"]
      )
    }
    let means = (0..<n).map { k in estimates.reduce(0) { $0 + $1[k] } / Double(estimates.count) }
    var matrix = Matrix(rows: n, columns: n)
    for estimate in estimates {
      for i in 0..<n {
        for j in 0..<n { matrix[i, j] += (estimate[i] - means[i]) * (estimate[j] - means[j]) }
      }
    }
    matrix = (1 / Double(estimates.count - 1)) * matrix
    let lost = replications - estimates.count
    let warnings =
      lost > 0
      ? ["\(lost) of \(replications) replications of the bootstrap did not converge and are left out"] : []
    return (matrix, errors(matrix, point), warnings)
  }

  /// ∂ values in the user's units / ∂ θ.
  func restoreSlopes(_ theta: [Double]) -> Matrix {
    let n = theta.count
    var slopes = Matrix(rows: n, columns: n)
    for k in 0..<n {
      let h = 1e-5 * max(abs(theta[k]), 1)
      var above = theta
      var below = theta
      above[k] += h
      below[k] -= h
      let a = specification.restore(above, sample)
      let b = specification.restore(below, sample)
      for i in 0..<n { slopes[i, k] = (a[i] - b[i]) / (above[k] - below[k]) }
    }
    return slopes
  }

  func persistence(_ theta: [Double]) -> Double? {
    let own = Array(theta[specification.processStart..<specification.regressorStart])
    let distribution = specification.model.distribution
    let isWeighted = specification.names.contains { $0.hasPrefix("gamma[") } && specification.process is GARCH
    let lower = isWeighted ? distribution.lowerVariance(shape: Array(theta[specification.width...])) : 0.5
    return specification.process.persistence(own, lowerVariance: lower)
  }

  private func activeNames(_ active: ActiveSet, _ feasible: FeasibleSet) -> [String] {
    var names: [String] = []
    for (k, side) in active.sides.enumerated() where side == .lower || side == .upper {
      let bound = side == .lower ? feasible.lower[k] : feasible.upper[k]
      names.append("\(specification.names[k]) = \(bound.formatted(digits: 6))")
    }
    return names + active.rows.map { specification.describe(feasible.inequalities[$0], "=") }
  }

  private func remarks(_ point: Search.Point, _ persistence: Double?) -> [String] {
    var remarks: [String] = []
    for (k, side) in point.active.sides.enumerated() where side == .lower || side == .upper {
      let name = specification.names[k]
      if k >= specification.width {
        remarks.append("'\(name)' is at the limit of its range: the data do not determine it")
      } else if specification.process is EGARCH, name.hasPrefix("alpha[") {
        remarks.append(
          "'\(name)' is held at zero: the searches that let it fall further ended where the filter is not invertible"
        )
      } else {
        remarks.append(
          "'\(name)' is on its bound: it has no standard error, and those of the others take it as known")
      }
    }
    for row in point.active.rows {
      let text = specification.describe(feasible.inequalities[row], "=")
      remarks.append(
        feasible.inequalities[row].isStationarity
          ? "the optimum lies on \(text): the variance is integrated and has no unconditional value; standard errors hold along that line"
          : "the optimum lies on \(text); standard errors hold along it")
    }
    if !likelihood.isStable(point.theta) {
      remarks.append(
        "the filter is not invertible at the optimum: small errors in a variance grow through |z|, so that this maximum may be one of many"
      )
    }
    let isIntegrated = point.active.rows.contains { feasible.inequalities[$0].isStationarity }
    let isEWMA = specification.process is EWMA
    if let persistence, !isEWMA, !isIntegrated {
      if persistence >= 1 {
        remarks.append(
          "persistence is \(persistence.formatted(digits: 6)): the variance is not stationary, and its forecasts do not settle"
        )
      } else if persistence > 0.9995 {
        remarks.append(
          "persistence is \(persistence.formatted(digits: 6)), nearly 1: the unconditional variance is hardly determined"
        )
      }
    }
    return remarks
  }
}
