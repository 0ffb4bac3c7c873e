import Foundation

/// Where searches begin: a grid of the variance's parameters beside least squares of the mean, for standardised data.
struct StartingPoints {
  let likelihood: Likelihood

  private var specification: Specification { likelihood.specification }
  private var sample: Sample { likelihood.sample }

  /// Points of the grid, mean and shape parameters the same in all of them.
  func grid() -> [[Double]] {
    let residuals = sample.startResiduals
    let count = Double(residuals.count)
    let mean = meanStart()
    let second = residuals.reduce(0) { $0 + $1 * $1 } / count
    let fourth = residuals.reduce(0) { $0 + $1 * $1 * $1 * $1 } / count
    // Part of the kurtosis is that of changing variances.
    let kurtosis = 3 + 0.7 * (fourth / (second * second) - 3)
    let shape = specification.model.distribution.start(kurtosis: kurtosis)
    var points: [[Double]] = []
    var moments: [Double: Double] = [:]
    var starts = specification.process.starts { power in
      if let known = moments[power] { return known }
      let moment = residuals.reduce(0) { $0 + absolutePower($1, power).value } / count
      moments[power] = moment
      return moment
    }
    if specification.process is HARVariance { starts = averagesStarts(second) }
    for own in starts {
      for (own, drivers) in driverStarts(own) { points.append(mean + own + drivers + shape) }
    }
    return points
  }

  /// How many points are worth a search of their own.
  var searches: Int {
    let model = specification.model
    if !specification.varianceRegressors.isEmpty { return 3 }
    switch model.variance {
    case .har: return 3
    case .egarch, .aparch: return 2
    case .garch(let p, _, let q, let power):
      if p + q > 2, q > 0 { return 9 }
      return power != 2 || model.mean.inMean != nil ? 2 : 1
    default: return model.mean.inMean != nil ? 2 : 1
    }
  }

  /// At which lag most of alpha and of beta is, as several lags can share a likelihood's maxima in several ways.
  func signature(_ theta: [Double]) -> [Int] {
    ["alpha[", "beta["].map { name in
      let lags = specification.names.indices.filter { specification.names[$0].hasPrefix(name) }
      guard lags.count > 1, let top = lags.max(by: { theta[$0] < theta[$1] }) else { return -1 }
      let mean = lags.reduce(0) { $0 + theta[$1] } / Double(lags.count)
      return theta[top] > 1.2 * mean ? top : -1
    }
  }

  // MARK: The mean

  private func meanStart() -> [Double] {
    let lags = specification.model.mean.movingAverageLags
    let rest = [Double](repeating: 0, count: specification.meanCount - specification.linearCount)
    guard lags > 0 else { return sample.startCoefficients + rest }
    // Hannan and Rissanen (1982): residuals of a long autoregression in place of the shocks.
    let y = sample.y
    let length = min(20, y.count / 8)
    guard length >= lags, y.count - length - lags > 3 * (length + specification.meanCount) else {
      return sample.startCoefficients + rest
    }
    let times = length..<y.count
    let long =
      [[Double](repeating: 1, count: times.count)] + (1...length).map { lag in times.map { y[$0 - lag] } }
    guard let first = try? LeastSquares(Matrix(columns: long), times.map { y[$0] }) else {
      return sample.startCoefficients + rest
    }
    let fitted = Matrix(columns: long) * first.coefficients
    let shocks = zip(times, fitted).map { y[$0] - $1 }
    let later = (length + lags)..<y.count
    let columns =
      sample.meanColumns.map { Array($0[later]) }
      + (1...lags).map { lag in later.map { shocks[$0 - length - lag] } }
    guard let second = try? LeastSquares(Matrix(columns: columns), Array(y[later])) else {
      return sample.startCoefficients + rest
    }
    var found = second.coefficients
    for k in specification.linearCount..<found.count { found[k] = min(max(found[k], -0.9), 0.9) }
    return found + rest.dropFirst(lags)
  }

  // MARK: Averages of a measure

  /// Shares of the level to the averages, in equal parts and to each of them alone.
  private func averagesStarts(_ level: Double) -> [[Double]] {
    let sizes = sample.measureColumns.map { $0.reduce(0, +) / Double($0.count) }
    var points: [[Double]] = []
    for share in [0.4, 0.7, 0.95] {
      let count = Double(sizes.count)
      func add(_ parts: [Double]) {
        var point = [(1 - share) * level]
        for (part, size) in zip(parts, sizes) { point.append(share * part * level / size) }
        points.append(point)
      }
      add(sizes.map { _ in 1 / count })
      guard sizes.count > 1 else { continue }
      for k in sizes.indices { add(sizes.indices.map { $0 == k ? 0.9 : 0.1 / (count - 1) }) }
    }
    return points
  }

  // MARK: Regressors of the variance

  /// The process's parameters with less ω where regressors take a share of it, and the regressors' coefficients.
  private func driverStarts(_ own: [Double]) -> [([Double], [Double])] {
    let columns = sample.varianceColumns
    guard !columns.isEmpty else { return [(own, [])] }
    let zero = [Double](repeating: 0, count: columns.count)
    var found = [(own, zero)]
    let process = specification.process
    if process.isLogarithmic || specification.varianceForm == .exponential {
      // Half of what a regression of ln ε² says.
      let logs = sample.startResiduals.map { log($0 * $0 + 0.01) }
      let ones = [Double](repeating: 1, count: logs.count)
      if let slopes = try? LeastSquares(Matrix(columns: [ones] + columns), logs) {
        let memory = process.persistence(own, lowerVariance: 0.5) ?? 0
        let factor = process.isLogarithmic ? max(0, 1 - memory) : 0.5
        let phi = slopes.coefficients.dropFirst().map { factor * $0 }
        var index = 0.0
        for (k, column) in columns.enumerated() {
          index += phi[k] * column.reduce(0, +) / Double(column.count)
        }
        var less = own
        if let omega = process.interceptIndex {
          if process.isLogarithmic { less[omega] -= index } else { less[omega] *= exp(-index) }
        }
        found.append((less, phi))
      }
      return found
    }
    let sizes = columns.map { column in column.reduce(0) { $0 + abs($1) } / Double(column.count) }
    if let omega = process.interceptIndex {
      let level = abs(own[omega])
      for share in [0.5, 0.95] {
        var less = own
        less[omega] *= 1 - share
        found.append((less, sizes.map { share * level / (Double(columns.count) * $0) }))
      }
      // All of the share to one of them.
      if columns.count > 1 {
        for k in columns.indices {
          var less = own
          less[omega] *= 0.1
          var phi = zero
          phi[k] = 0.9 * level / sizes[k]
          found.append((less, phi))
        }
      }
    } else {
      found.append((own, sizes.map { 0.02 / (Double(columns.count) * $0) }))
    }
    return found
  }
}
