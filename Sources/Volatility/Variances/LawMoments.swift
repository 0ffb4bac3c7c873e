/// Moments of an innovation's law that stationary levels are made of, with derivatives in its shape parameters.
struct LawMoments: Sendable {
  /// E|z|^p.
  var whole = 1.0
  /// E|z|^p 1{z < 0}.
  var below = 0.5
  var wholeSlopes: [Double] = []
  var belowSlopes: [Double] = []
}

/// The stationary value of what a recursion recurs on, with derivatives in the mean intercept, in the process's
/// parameters, and in the moments of the law.
struct StationaryLevel: Sendable {
  var value: Double
  var interceptSlope: Double
  var slopes: [Double]
  var wholeSlope = 0.0
  var belowSlope = 0.0
}

/// ω that a target gives, with derivatives in the process's parameters, in the regressors' part, and in the law's moments.
struct TargetedIntercept: Sendable {
  var omega: Double
  var slopes: [Double]
  var regressorSlope: Double
  var wholeSlope = 0.0
  var belowSlope = 0.0
}

extension InnovationDistribution {
  /// E|Z|^p and E|Z|^p 1{Z < 0}; derivatives from those of ln f, ∂E g(Z) = E g(Z) ∂ln f(Z).
  func moments(power: Double, shape: [Double]) -> LawMoments {
    var found = LawMoments(
      wholeSlopes: [Double](repeating: 0, count: shape.count),
      belowSlopes: [Double](repeating: 0, count: shape.count))
    if power == 2, isSymmetric { return found }
    if self == .normal, power == 1 {
      (found.whole, found.below) = (EGARCH.centre, 0.5 * EGARCH.centre)
      return found
    }
    let size: (Double) -> Double = { absolutePower($0, power).value }
    withLaw(shape) { law in
      found.whole = power == 2 ? 1 : law.moment(size)
      found.below = isSymmetric ? 0.5 * found.whole : law.partialMoment(below: true, size)
      for k in shape.indices {
        let weighted: (Double) -> Double = { z in
          let slopes = law.derivatives(z)
          return size(z) * (k == 0 ? slopes.shape0 : slopes.shape1)
        }
        found.wholeSlopes[k] = power == 2 ? 0 : law.moment(weighted)
        found.belowSlopes[k] =
          isSymmetric ? 0.5 * found.wholeSlopes[k] : law.partialMoment(below: true, weighted)
      }
    }
    return found
  }
}
