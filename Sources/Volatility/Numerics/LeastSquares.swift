import CNumerics

/// min ‖y − X·b‖ by QR with column pivoting (Eigen).
public struct LeastSquares: Sendable {
  public let coefficients: [Double]
  /// (XᵀX)⁻¹.
  public let inverseGram: Matrix

  public enum Failure: Error, Equatable {
    /// Fewer independent columns than there are.
    case rank(Int)
    case notFinite
  }

  /// - Parameters:
  ///   - x: [n, k], n ≥ k.
  ///   - y: [n].
  ///   - tolerance: a column whose part independent of the others is shorter than this, for columns of length one, is taken
  ///     as dependent.
  public init(_ x: Matrix, _ y: [Double], tolerance: Double = 1e-11) throws(Failure) {
    precondition(x.rows == y.count, "\(x.rows) rows and \(y.count) responses")
    var b = [Double](repeating: 0, count: x.columns)
    var inverse = Matrix(rows: x.columns, columns: x.columns)
    let rank = cn_least_squares(x.values, y, x.rows, x.columns, tolerance, &b, &inverse.values)
    guard rank >= 0 else { throw .notFinite }
    guard rank == x.columns else { throw .rank(rank) }
    coefficients = b
    inverseGram = inverse
  }
}
