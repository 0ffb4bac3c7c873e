import Foundation

/// Linear regression of a conditional quantile (Koenker and Bassett 1978), solved exactly.
///
/// ```swift
/// let fit = try QuantileRegression(csad, [("market", x)], quantile: 0.9)
/// ```
public struct QuantileRegression: Sendable {
  /// How standard errors are estimated. The density at zero of the errors is a kernel estimate with Epanechnikov's
  /// kernel.
  public enum Covariance: Sendable, Equatable {
    /// Of heteroskedastic errors, D(XᵀX)⁻¹… as Greene has it: what `statsmodels` takes by default.
    case robust
    /// τ(1 − τ)f(0)⁻²(XᵀX)⁻¹.
    case iid
    /// Powell's (1991) sandwich, with the density estimated at each x_t: what R's `quantreg` calls `ker`, by this
    /// kernel.
    case powell
    /// Of coefficients over pairs (x_t, y_t) drawn with replacement.
    case bootstrap(draws: Int, seed: UInt64)
  }
  /// The width in probability over which the density is estimated.
  public enum Bandwidth: Sendable, Equatable { case hallSheather, bofinger, chamberlain }

  public let quantile: Double
  public let coefficients: [Coefficient]
  /// [k, k].
  public let covarianceMatrix: Matrix
  public let covariance: Covariance
  public let observations: Int
  public let freedom: Int
  /// [T].
  public let fitted: [Double]
  /// [T].
  public let residuals: [Double]
  /// Σ ρ_τ(residual).
  public let objective: Double
  /// 1 − objective / that of the response's own quantile (Koenker and Machado 1999).
  public let pseudoRSquared: Double
  /// One over the density of the errors at zero; nil with the bootstrap.
  public let sparsity: Double?
  /// In units of the response; nil with the bootstrap.
  public let bandwidth: Double?
  /// False where other coefficients may have the same objective: the ones given are then one of many.
  public let isUnique: Bool

  /// - Parameters:
  ///   - y: [T].
  ///   - regressors: a name and [T] values each.
  ///   - quantile: between 0 and 1, both excluded.
  /// - Throws: ``VolatilityError`` as ``OLS``, and where the residuals have no density at zero to estimate.
  public init(
    _ y: [Double], _ regressors: [(String, [Double])], intercept: Bool = true, quantile tau: Double = 0.5,
    covariance: Covariance = .robust, bandwidth rule: Bandwidth = .hallSheather
  ) throws(VolatilityError) {
    guard tau > 0, tau < 1 else {
      throw VolatilityError(.specification, "A quantile of \(tau): give one between 0 and 1, both excluded.")
    }
    let design = try Design(y, regressors, intercept: intercept)
    let start = try design.solve(y)
    let values = try QuantileRegression.solve(design.matrix, y, tau, from: start.coefficients)
    let fitted = design.matrix * values.coefficients
    var residuals = zip(y, fitted).map { $0 - $1 }
    for row in values.basis { residuals[row] = 0 }
    let count = y.count
    switch covariance {
    case .bootstrap(let draws, let seed):
      (sparsity, bandwidth) = (nil, nil)
      covarianceMatrix = try QuantileRegression.bootstrap(
        design.matrix, y, tau, values.coefficients, draws, seed)
    case .robust, .iid, .powell:
      let h = try QuantileRegression.width(y, residuals, tau, rule)
      let kernels = residuals.map { abs($0) <= h ? 0.75 * (1 - $0 / h * ($0 / h)) : 0 }
      let density = kernels.reduce(0, +) / (Double(count) * h)
      (sparsity, bandwidth) = (1 / density, h)
      let bread = start.inverseGram
      switch covariance {
      case .iid: covarianceMatrix = tau * (1 - tau) / (density * density) * bread
      case .robust:
        let weights = residuals.map { ($0 > 0 ? tau : 1 - tau) / density }
        covarianceMatrix = bread * QuantileRegression.gram(design.matrix, weights.map { $0 * $0 }) * bread
      default:
        guard let inverse = QuantileRegression.gram(design.matrix, kernels.map { $0 / h }).inverse else {
          throw VolatilityError(
            .regression,
            "Too few residuals within \(h) of zero for Powell's covariance: take .iid or .bootstrap.")
        }
        let ones = [Double](repeating: 1, count: count)
        covarianceMatrix =
          tau * (1 - tau) * (inverse * QuantileRegression.gram(design.matrix, ones) * inverse)
      }
    }
    let reference = ReferenceDistribution.studentT(freedom: Double(count - design.columns))
    coefficients = zip(design.names, zip(values.coefficients, covarianceMatrix.diagonal)).map {
      Coefficient($0, $1.0, max(0, $1.1).squareRoot(), reference)
    }
    func check(_ errors: [Double]) -> Double { errors.reduce(0) { $0 + ($1 < 0 ? tau - 1 : tau) * $1 } }
    objective = check(residuals)
    let middle = Volatility.quantile(of: y, tau)
    let total = check(y.map { $0 - middle })
    guard total > 0 else {
      throw VolatilityError(.data, "The response is \(y[0]) in all \(count) rows: it has no other quantiles.")
    }
    pseudoRSquared = 1 - objective / total
    (quantile, observations, freedom) = (tau, count, count - design.columns)
    self.covariance = covariance
    self.fitted = fitted
    self.residuals = residuals
    isUnique = values.isUnique
  }

  private static func solve(
    _ x: Matrix, _ y: [Double], _ tau: Double, from start: [Double]
  ) throws(VolatilityError) -> QuantileSolver.Solution {
    // Columns of one length: the solver compares rows and slopes.
    let lengths = (0..<x.columns).map { x.column($0).norm / Double(x.rows).squareRoot() }
    var scaled = x
    for t in 0..<x.rows { for j in 0..<x.columns { scaled[t, j] /= lengths[j] } }
    var solver = QuantileSolver(scaled, y, tau: tau)
    guard let found = solver.solve(from: zip(start, lengths).map { $0 * $1 }) else {
      throw VolatilityError(
        .estimation,
        "No optimal vertex was found for the quantile \(tau): check the regressors for near-collinearity.")
    }
    return QuantileSolver.Solution(
      coefficients: zip(found.coefficients, lengths).map { $0 / $1 }, basis: found.basis, moves: found.moves,
      isUnique: found.isUnique)
  }

  private static func width(
    _ y: [Double], _ residuals: [Double], _ tau: Double, _ rule: Bandwidth
  ) throws(VolatilityError) -> Double {
    let count = Double(y.count)
    let z = ReferenceDistribution.normal.quantile(tau)
    let bell = { (x: Double) in exp(-x * x / 2) / (2 * Double.pi).squareRoot() }
    let tail = ReferenceDistribution.normal.quantile(0.975)
    var h =
      switch rule {
      case .hallSheather: cbrt(tail * tail * 1.5 * pow(bell(z), 2) / (2 * z * z + 1) / count)
      case .bofinger: pow(4.5 * pow(bell(2 * z), 4) / pow(2 * z * z + 1, 2) / count, 0.2)
      case .chamberlain: tail * (tau * (1 - tau) / count).squareRoot()
      }
    // Far out or in small samples the window would leave (0, 1).
    h = min(h, 0.999 * min(tau, 1 - tau))
    let mean = y.mean
    let deviation = (y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    let sorted = residuals.sorted()
    let range = Volatility.quantile(sorted: sorted, 0.75) - Volatility.quantile(sorted: sorted, 0.25)
    let normal = ReferenceDistribution.normal
    let width = min(deviation, range / 1.34) * (normal.quantile(tau + h) - normal.quantile(tau - h))
    guard width > 0 else {
      throw VolatilityError(
        .regression,
        "More than half of the residuals are equal, so their density at zero cannot be estimated: take .bootstrap."
      )
    }
    return width
  }

  /// Xᵀ·diag(weights)·X.
  private static func gram(_ x: Matrix, _ weights: [Double]) -> Matrix {
    var sum = Matrix(rows: x.columns, columns: x.columns)
    for t in 0..<x.rows where weights[t] != 0 {
      for a in 0..<x.columns { for b in 0..<x.columns { sum[a, b] += weights[t] * x[t, a] * x[t, b] } }
    }
    return sum
  }

  private static func bootstrap(
    _ x: Matrix, _ y: [Double], _ tau: Double, _ center: [Double], _ draws: Int, _ seed: UInt64
  ) throws(VolatilityError) -> Matrix {
    guard draws >= 2 else {
      throw VolatilityError(.specification, "\(draws) bootstrap draws: give at least 2, better 1000.")
    }
    var generator = SplitMix64(seed: seed)
    var found: [[Double]] = []
    var failures = 0
    while found.count < draws {
      let rows = (0..<y.count).map { _ in generator.below(y.count) }
      let sample = Matrix(rows: y.count, columns: x.columns, rows.flatMap { Array(x.row($0)) })
      if let solution = try? solve(sample, rows.map { y[$0] }, tau, from: center) {
        found.append(solution.coefficients)
      } else {
        // A draw may leave a dummy regressor empty.
        failures += 1
        guard failures <= draws else {
          throw VolatilityError(
            .estimation,
            "More than half of the bootstrap draws leave the regressors collinear: take .iid or .robust.")
        }
      }
    }
    var covariance = Matrix(rows: x.columns, columns: x.columns)
    let means = (0..<x.columns).map { j in found.map { $0[j] }.mean }
    for draw in found {
      for a in 0..<x.columns {
        for b in 0..<x.columns { covariance[a, b] += (draw[a] - means[a]) * (draw[b] - means[b]) }
      }
    }
    return 1 / Double(draws - 1) * covariance
  }
}
