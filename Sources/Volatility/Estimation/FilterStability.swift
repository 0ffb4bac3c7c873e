extension Likelihood {
  /// Whether errors in ln σ² die out along the sample (Wintenberger 2013): with EGARCH of one lag
  /// ∂ln σ²_t/∂ln σ²_{t−1} = β − ½(α|z_{t−1}| + γz_{t−1}), whose mean logarithm is then below zero. True for other variances.
  /// A search that enters the other region finds maxima by the dozen, none of them the model's.
  func isStable(_ theta: [Double]) -> Bool {
    guard process is EGARCH, value(theta) > -.infinity else { return true }
    return isStableNow(theta)
  }

  /// The same at the point that was worked out last.
  func isStableNow(_ theta: [Double]) -> Bool {
    guard let egarch = process as? EGARCH, egarch.p <= 1, egarch.o <= 1, egarch.q == 1 else { return true }
    let own = specification.processStart
    let alpha = egarch.p == 1 ? theta[own + 1] : 0
    let gamma = egarch.o == 1 ? theta[own + 1 + egarch.p] : 0
    let beta = theta[own + 1 + egarch.p + egarch.o]
    var sum = 0.0
    var product = 1.0
    let inverse = recursion.scratch[0]
    for t in 0..<count {
      let z = recursion.residuals[t] * inverse[t]
      product *= max(abs(beta - 0.5 * (alpha * abs(z) + gamma * z)), 1e-8)
      if t & 7 == 7 {
        sum += _log(product)
        product = 1
      }
    }
    return sum + _log(product) < 0
  }
}
