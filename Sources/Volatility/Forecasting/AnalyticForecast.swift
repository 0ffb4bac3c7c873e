import Foundation

/// Means and variances at each step after one origin.
struct ForecastMoments: Sendable {
  var mean: [Double]
  var variance: [Double]
  var returnVariance: [Double]?
}

extension ForecastPlan {
  /// - Throws: ``VolatilityError`` where more than one step has no closed form.
  func checkAnalytic() throws(VolatilityError) {
    guard horizon > 1 else { return }
    guard case .linear(2) = dynamics.recurrence else {
      throw VolatilityError(
        .specification,
        "beyond one step this variance, whose recursion is not in σ², has no analytic forecast; use the method simulation or bootstrap."
      )
    }
    if let form = dynamics.inMean, form != .variance {
      throw VolatilityError(
        .specification,
        "beyond one step a mean with \(form.rawValue) in it has no analytic forecast; use the method simulation or bootstrap."
      )
    }
  }

  func analytic(_ index: Int, lowerVariance: Double) throws(VolatilityError) -> ForecastMoments {
    let past = past(index)
    var h = past.state
    if horizon == 1 {
      h[0] = dynamics.variance(past.state[0])
    } else {
      for k in 1..<horizon {
        for i in 0..<min(k, dynamics.alpha.count) { h[k] += dynamics.alpha[i] * h[k - 1 - i] }
        for i in 0..<min(k, dynamics.gamma.count) {
          h[k] += dynamics.gamma[i] * lowerVariance * h[k - 1 - i]
        }
        for j in 0..<min(k, dynamics.beta.count) { h[k] += dynamics.beta[j] * h[k - 1 - j] }
      }
    }
    if let bad = h.firstIndex(where: { !($0 > 0 && $0 < .infinity) }) { throw fail(index, bad) }
    var mean = past.mean
    for k in 0..<horizon {
      for i in 0..<min(k, dynamics.autoregression.count) {
        mean[k] += dynamics.autoregression[i] * mean[k - 1 - i]
      }
      if let form = dynamics.inMean { mean[k] += dynamics.kappa * form.value(h[k]).value }
    }
    return .init(mean: mean, variance: h, returnVariance: returnVariance(h))
  }

  /// Σ ψ_j² h_{k−j}, ψ the responses of y to a shock. With the variance in the mean only the first step has this form.
  private func returnVariance(_ h: [Double]) -> [Double]? {
    guard dynamics.inMean == nil || horizon == 1 else { return nil }
    var responses = [1.0]
    for j in 1..<max(2, horizon) {
      var sum = j <= dynamics.movingAverage.count ? dynamics.movingAverage[j - 1] : 0
      for i in 0..<min(j, dynamics.autoregression.count) {
        sum += dynamics.autoregression[i] * responses[j - 1 - i]
      }
      responses.append(sum)
    }
    return h.indices.map { k in (0...k).reduce(0) { $0 + responses[$1] * responses[$1] * h[k - $1] } }
  }
}
