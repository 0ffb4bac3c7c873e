import Foundation

/// What to keep of simulated paths beside moments.
struct SimulationRequest: Sendable {
  var paths: Int
  var seed: UInt64
  var isBootstrap: Bool
  var probabilities: [Double]
  var keepsPaths: Bool
}

extension ForecastPlan {
  /// Paths that are drawn together; part of what a seed means.
  private static let lanes = 512
  /// Fewer standardised residuals than this are no law to draw from.
  static let fewestResiduals = 20

  func check(_ request: SimulationRequest) throws(VolatilityError) {
    guard request.paths >= 1 else {
      throw VolatilityError(.specification, "\(request.paths) paths were asked for: give at least 1.")
    }
    if let bad = request.probabilities.first(where: { !($0 > 0 && $0 < 1) }) {
      throw VolatilityError(.specification, "a quantile at probability \(bad): it lies between 0 and 1.")
    }
    if request.isBootstrap,
      let early = origins.first(where: { $0 - history.dropped + 1 < Self.fewestResiduals })
    {
      throw VolatilityError(
        .specification,
        "origin \(early) has \(early - history.dropped + 1) standardised residuals to draw from; the bootstrap needs at least \(Self.fewestResiduals)."
      )
    }
  }

  func simulate(
    _ index: Int, _ request: SimulationRequest, standardised: [Double]
  ) throws(VolatilityError) -> (ForecastMoments, SimulatedOutcomes?) {
    let past = past(index)
    let known = origins[index] - history.dropped + 1
    let lanes = min(Self.lanes, request.paths)
    let batch = PathBatch(dynamics, lanes: lanes, steps: horizon)
    let sampler = dynamics.sampler
    let wantsReturns = request.keepsPaths || !request.probabilities.isEmpty
    var returns = [Double](repeating: 0, count: wantsReturns ? horizon * request.paths : 0)
    var variances = [Double](repeating: 0, count: request.keepsPaths ? horizon * request.paths : 0)
    var sums = [Double](repeating: 0, count: horizon)
    var centres = [Double](repeating: 0, count: horizon)
    var means = [Double](repeating: 0, count: horizon)
    var squares = [Double](repeating: 0, count: horizon)
    var done = 0
    while done < request.paths {
      let count = min(lanes, request.paths - done)
      var random = RandomStream(
        seed: request.seed, stream: UInt64(origins[index]) << 32 | UInt64(done / lanes))
      // The last batch is drawn whole and used in part.
      let failed = batch.run(past: past) { row, _ in
        if request.isBootstrap {
          for l in 0..<lanes { row[l] = standardised[random.below(known)] }
        } else {
          sampler.fill(row, lanes, &random)
        }
      }
      if let failed { throw fail(index, failed) }
      for k in 0..<horizon {
        sums[k] += total(batch.variance + k * lanes, count)
        if batch.hasOwnMeans {
          // About the first path's, so that squares do not cancel.
          if done == 0 { centres[k] = batch.means[k * lanes] }
          let row = batch.means + k * lanes
          for l in 0..<count {
            let distance = row[l] - centres[k]
            means[k] += distance
            squares[k] += distance * distance
          }
        } else {
          centres[k] = batch.means[k]
        }
        if wantsReturns {
          for l in 0..<count { returns[k * request.paths + done + l] = batch.returns[k * lanes + l] }
        }
        if request.keepsPaths {
          for l in 0..<count { variances[k * request.paths + done + l] = batch.variance[k * lanes + l] }
        }
      }
      done += count
    }
    let inverse = 1 / Double(request.paths)
    // Means over paths of conditional moments: less noise than moments of the draws have.
    let variance = sums.map { $0 * inverse }
    let moments = ForecastMoments(
      mean: (0..<horizon).map { centres[$0] + means[$0] * inverse }, variance: variance,
      returnVariance: (0..<horizon).map { k in
        variance[k] + max(0, squares[k] * inverse - means[k] * inverse * means[k] * inverse)
      })
    return (moments, wantsReturns ? outcomes(request, returns, variances) : nil)
  }

  /// With four partial sums, which go side by side.
  private func total(_ x: UnsafeMutablePointer<Double>, _ count: Int) -> Double {
    var sum = SIMD4<Double>.zero
    var l = 0
    while l + 4 <= count {
      sum += SIMD4(x[l], x[l + 1], x[l + 2], x[l + 3])
      l += 4
    }
    var rest = sum.sum()
    while l < count {
      rest += x[l]
      l += 1
    }
    return rest
  }

  private func outcomes(
    _ request: SimulationRequest, _ returns: [Double], _ variances: [Double]
  ) -> SimulatedOutcomes {
    let paths = request.paths
    var running = [Double](repeating: 0, count: paths)
    var quantiles: [[Double]] = []
    var tails: [[Double]] = []
    var cumulativeQuantiles: [[Double]] = []
    var cumulativeTails: [[Double]] = []
    if !request.probabilities.isEmpty {
      for k in 0..<horizon {
        let row = returns[(k * paths)..<((k + 1) * paths)]
        for (l, value) in row.enumerated() { running[l] += value }
        let one = Self.lowerTails(row.sorted(), request.probabilities)
        quantiles.append(one.map(\.quantile))
        tails.append(one.map(\.mean))
        let sum = k == 0 ? one : Self.lowerTails(running.sorted(), request.probabilities)
        cumulativeQuantiles.append(sum.map(\.quantile))
        cumulativeTails.append(sum.map(\.mean))
      }
    }
    func rows(_ values: [Double]) -> [[Double]]? {
      guard request.keepsPaths else { return nil }
      return (0..<paths).map { l in (0..<horizon).map { values[$0 * paths + l] } }
    }
    return SimulatedOutcomes(
      probabilities: request.probabilities, quantiles: quantiles, tailMeans: tails,
      cumulativeQuantiles: cumulativeQuantiles, cumulativeTailMeans: cumulativeTails,
      returns: rows(returns), variance: rows(variances))
  }

  /// Quantiles at 1 + (n − 1)p, and the mean of values not above them.
  static func lowerTails(_ sorted: [Double], _ probabilities: [Double]) -> [(quantile: Double, mean: Double)]
  {
    probabilities.map { p in
      let place = Double(sorted.count - 1) * p
      let below = Int(place)
      let share = place - Double(below)
      let above = min(below + 1, sorted.count - 1)
      let mean = sorted[0...below].reduce(0, +) / Double(below + 1)
      return (sorted[below] + share * (sorted[above] - sorted[below]), mean)
    }
  }
}
