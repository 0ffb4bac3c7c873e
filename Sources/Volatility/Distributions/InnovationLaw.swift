import Foundation

/// The density of an innovation with mean 0 and variance 1 at fixed shape parameters, with what the recursions over
/// many observations need of it.
protocol InnovationLaw {
  /// ln f(z).
  func logDensity(_ z: Double) -> Double
  /// ln f(z), its derivative in z, and its derivatives in the shape parameters (at most two; 0 where there are none).
  func derivatives(_ z: Double) -> LogDensityDerivatives
  /// P(Z ≤ z).
  func cdf(_ z: Double) -> Double
  /// z with P(Z ≤ z) = p, 0 < p < 1.
  func quantile(_ p: Double) -> Double
  /// Where a derivative of the density jumps; 0 for symmetric laws.
  var joint: Double { get }
  func sample(_ generator: inout some RandomNumberGenerator) -> Double

  // Over many numbers; requirements, so that each law has its own compiled loops.

  /// Σ ln f.
  func total(_ z: UnsafePointer<Double>, count: Int) -> Double
  /// Σ ln f with its derivative in each z, and sums of those in the shape parameters.
  func total(_ z: UnsafePointer<Double>, count: Int, slopes: UnsafeMutablePointer<Double>)
    -> (value: Double, shape0: Double, shape1: Double)
  /// ln f, its derivative in z, and [count, shapes] derivatives in the shape parameters.
  func evaluate(
    _ z: UnsafePointer<Double>, count: Int, values: UnsafeMutablePointer<Double>,
    slopes: UnsafeMutablePointer<Double>, shapes: Int, shapeSlopes: UnsafeMutablePointer<Double>)
}

/// ln f and its first derivatives.
struct LogDensityDerivatives {
  var value: Double
  var slope: Double
  var shape0 = 0.0
  var shape1 = 0.0
}

extension InnovationLaw {
  func total(_ z: UnsafePointer<Double>, count: Int) -> Double {
    var sum = 0.0
    for t in 0..<count { sum += logDensity(z[t]) }
    return sum
  }

  func total(_ z: UnsafePointer<Double>, count: Int, slopes: UnsafeMutablePointer<Double>)
    -> (value: Double, shape0: Double, shape1: Double)
  {
    var sums = (value: 0.0, shape0: 0.0, shape1: 0.0)
    for t in 0..<count {
      let found = derivatives(z[t])
      slopes[t] = found.slope
      sums.value += found.value
      sums.shape0 += found.shape0
      sums.shape1 += found.shape1
    }
    return sums
  }

  func evaluate(
    _ z: UnsafePointer<Double>, count: Int, values: UnsafeMutablePointer<Double>,
    slopes: UnsafeMutablePointer<Double>, shapes: Int, shapeSlopes: UnsafeMutablePointer<Double>
  ) {
    for t in 0..<count {
      let found = derivatives(z[t])
      values[t] = found.value
      slopes[t] = found.slope
      if shapes > 0 { shapeSlopes[t * shapes] = found.shape0 }
      if shapes > 1 { shapeSlopes[t * shapes + 1] = found.shape1 }
    }
  }

  /// E[g(Z) 1{Z ≤ 0}] or E[g(Z) 1{Z > 0}], by double exponential quadrature on both sides of the joint.
  func partialMoment(below: Bool, _ g: (Double) -> Double) -> Double {
    let weighted: (Double) -> Double = { z in g(z) * exp(logDensity(z)) }
    let joint = joint
    if below {
      return joint < 0
        ? Quadrature.toInfinity(joint, -1, weighted) + Quadrature.between(joint, 0, weighted)
        : Quadrature.toInfinity(0, -1, weighted)
    }
    return joint > 0
      ? Quadrature.between(0, joint, weighted) + Quadrature.toInfinity(joint, 1, weighted)
      : Quadrature.toInfinity(0, 1, weighted)
  }

  func moment(_ g: (Double) -> Double) -> Double {
    partialMoment(below: true, g) + partialMoment(below: false, g)
  }
}

/// Double exponential quadrature (Takahasi and Mori 1974).
enum Quadrature {
  /// ∫ f from `start` to ±∞, in the direction of `sign`, taken as positive.
  static func toInfinity(_ start: Double, _ sign: Double, _ f: (Double) -> Double) -> Double {
    let step = 1.0 / 32
    var sum = 0.0
    for k in -190...190 {
      let t = Double(k) * step
      let distance = exp(0.5 * Double.pi * sinh(t))
      guard distance.isFinite, distance > 0 else { continue }
      let value = f(start + sign * distance) * distance * 0.5 * Double.pi * cosh(t)
      if value.isFinite { sum += value }
    }
    return sum * step
  }

  /// ∫ f over [a, b].
  static func between(_ a: Double, _ b: Double, _ f: (Double) -> Double) -> Double {
    let step = 1.0 / 32
    let half = 0.5 * (b - a)
    var sum = 0.0
    for k in -110...110 {
      let t = Double(k) * step
      let u = 0.5 * Double.pi * sinh(t)
      let weight = 0.5 * Double.pi * cosh(t) / (cosh(u) * cosh(u))
      let value = f(0.5 * (a + b) + half * tanh(u)) * weight
      if value.isFinite { sum += value }
    }
    return sum * step * half
  }
}

/// Σ ln x for x ≥ 0 not far from 1, with one logarithm for eight numbers.
struct LogarithmSum {
  private var logs = 0.0
  private var product = 1.0
  private var pending = 0

  @inline(__always) mutating func add(_ x: Double) {
    product *= x
    pending += 1
    if pending == 8 || !(product > 1e-200 && product < 1e200) { take() }
  }
  @inline(__always) private mutating func take() {
    logs += _log(product)
    product = 1
    pending = 0
  }
  var value: Double { logs + _log(product) }
}
