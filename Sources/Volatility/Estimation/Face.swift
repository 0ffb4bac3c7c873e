/// The directions that active constraints leave.
enum Face {
  /// [n, m] with orthonormal columns: zero in parameters on bounds, orthogonal to equalities and active rows.
  static func basis(_ feasible: FeasibleSet, _ active: ActiveSet) -> Matrix? {
    let n = feasible.count
    let free = active.free
    let rows =
      feasible.equalities.map(\.coefficients) + active.rows.map { feasible.inequalities[$0].coefficients }
    var normals: [[Double]] = []
    func remove(_ from: inout [Double]) {
      for _ in 0..<2 {
        for normal in normals {
          let part = zip(normal, from).reduce(0) { $0 + $1.0 * $1.1 }
          for k in from.indices { from[k] -= part * normal[k] }
        }
      }
    }
    func append(_ vector: [Double]) -> Bool {
      var rest = vector
      remove(&rest)
      let length = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 1e-9 else { return false }
      normals.append(rest.map { $0 / length })
      return true
    }
    for row in rows {
      let part = free.map { row[$0] }
      let length = part.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { continue }
      _ = append(part.map { $0 / length })
    }
    let rank = normals.count
    var basis = Matrix(rows: n, columns: free.count - rank)
    var column = 0
    if rank == 0 {
      for (i, k) in free.enumerated() { basis[k, i] = 1 }
      return basis
    }
    for i in free.indices {
      guard column < basis.columns else { break }
      var unit = [Double](repeating: 0, count: free.count)
      unit[i] = 1
      guard append(unit) else { continue }
      for (j, k) in free.enumerated() { basis[k, column] = normals[normals.count - 1][j] }
      column += 1
    }
    return column == basis.columns ? basis : nil
  }

  /// Parameters that change along the face.
  static func moving(_ basis: Matrix) -> [Int] {
    (0..<basis.rows).filter { basis.row($0).contains { $0 != 0 } }
  }

  static func curvature(_ hessian: [Double], _ basis: Matrix) -> Matrix {
    let n = basis.rows
    return basis.transposed * (Matrix(rows: n, columns: n, hessian) * basis)
  }

  static func slope(_ gradient: [Double], _ basis: Matrix) -> [Double] { basis.transposed * gradient }
}

extension Matrix {
  /// The inverse of a positive definite matrix, worked out in units of its diagonal; nil where it is not definite.
  var definiteInverse: Matrix? {
    let n = rows
    if n == 0 { return self }
    guard diagonal.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    let unit = diagonal.map { 1 / $0.squareRoot() }
    var scaled = self
    for i in 0..<n { for j in 0..<n { scaled[i, j] *= unit[i] * unit[j] } }
    guard scaled.cholesky != nil, var inverse = scaled.inverse else { return nil }
    for i in 0..<n { for j in 0..<n { inverse[i, j] *= unit[i] * unit[j] } }
    guard inverse.diagonal.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    return inverse
  }
}
