import CNumerics

/// A dense matrix of doubles, row by row.
public struct Matrix: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  public var values: [Double]

  /// Traps where the count of values is not rows × columns.
  public init(rows: Int, columns: Int, _ values: [Double]) {
    precondition(values.count == rows * columns, "\(values.count) values for \(rows) × \(columns)")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  public init(rows: Int, columns: Int, repeating value: Double = 0) {
    self.init(rows: rows, columns: columns, Array(repeating: value, count: rows * columns))
  }

  /// Columns of equal length beside each other.
  public init(columns: [[Double]]) {
    let rows = columns.first?.count ?? 0
    precondition(columns.allSatisfy { $0.count == rows }, "columns of different lengths")
    self.init(rows: rows, columns: columns.count)
    for (j, column) in columns.enumerated() {
      for (i, value) in column.enumerated() { values[i * self.columns + j] = value }
    }
  }

  public static func identity(_ n: Int) -> Matrix {
    var matrix = Matrix(rows: n, columns: n)
    for i in 0..<n { matrix[i, i] = 1 }
    return matrix
  }

  public subscript(_ row: Int, _ column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  public func row(_ index: Int) -> ArraySlice<Double> { values[index * columns..<(index + 1) * columns] }
  public func column(_ index: Int) -> [Double] { (0..<rows).map { self[$0, index] } }
  public var diagonal: [Double] { (0..<min(rows, columns)).map { self[$0, $0] } }
  public var transposed: Matrix {
    var other = Matrix(rows: columns, columns: rows)
    for i in 0..<rows { for j in 0..<columns { other[j, i] = self[i, j] } }
    return other
  }

  public static func * (a: Matrix, b: Matrix) -> Matrix {
    precondition(a.columns == b.rows, "\(a.rows) × \(a.columns) times \(b.rows) × \(b.columns)")
    var product = Matrix(rows: a.rows, columns: b.columns)
    let (inner, width) = (a.columns, b.columns)
    product.values.withUnsafeMutableBufferPointer { product in
      a.values.withUnsafeBufferPointer { left in
        b.values.withUnsafeBufferPointer { right in
          for i in 0..<a.rows {
            for k in 0..<inner {
              let factor = left[i * inner + k]
              for j in 0..<width { product[i * width + j] += factor * right[k * width + j] }
            }
          }
        }
      }
    }
    return product
  }

  public static func * (a: Matrix, x: [Double]) -> [Double] {
    precondition(a.columns == x.count, "\(a.rows) × \(a.columns) times \(x.count)")
    return (0..<a.rows).map { i in zip(a.row(i), x).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  public static func * (factor: Double, a: Matrix) -> Matrix {
    Matrix(rows: a.rows, columns: a.columns, a.values.map { factor * $0 })
  }

  public static func + (a: Matrix, b: Matrix) -> Matrix {
    precondition(a.rows == b.rows && a.columns == b.columns, "a sum of matrices of different shapes")
    return Matrix(rows: a.rows, columns: a.columns, zip(a.values, b.values).map(+))
  }

  // MARK: Solving; nil where that is not possible (singular, not definite, a number that is none)

  public var inverse: Matrix? {
    precondition(rows == columns, "the inverse of a matrix that is not square")
    var result = Matrix(rows: rows, columns: rows)
    return cn_inverse(values, rows, &result.values) ? result : nil
  }

  public func solve(_ right: [Double]) -> [Double]? {
    precondition(rows == columns && right.count == rows, "\(rows) × \(columns) and \(right.count)")
    var x = [Double](repeating: 0, count: rows)
    return cn_solve(values, right, rows, 1, &x) ? x : nil
  }

  /// L with L·Lᵀ = self.
  public var cholesky: Matrix? {
    precondition(rows == columns, "the Cholesky factor of a matrix that is not square")
    var lower = Matrix(rows: rows, columns: rows)
    return cn_cholesky(values, rows, &lower.values) ? lower : nil
  }

  /// In rising order, with eigenvectors in columns; the matrix is taken to be symmetric.
  public var symmetricEigen: (values: [Double], vectors: Matrix)? {
    precondition(rows == columns, "eigenvalues of a matrix that is not square")
    var eigenvalues = [Double](repeating: 0, count: rows)
    var vectors = Matrix(rows: rows, columns: rows)
    return cn_symmetric_eigen(values, rows, &eigenvalues, &vectors.values) ? (eigenvalues, vectors) : nil
  }

  /// Of any square matrix, in no order.
  public var eigenvalues: [(real: Double, imaginary: Double)]? {
    precondition(rows == columns, "eigenvalues of a matrix that is not square")
    var real = [Double](repeating: 0, count: rows)
    var imaginary = real
    guard cn_eigenvalues(values, rows, &real, &imaginary) else { return nil }
    return Array(zip(real, imaginary)).map { (real: $0.0, imaginary: $0.1) }
  }

  /// In falling order.
  public var singularValues: [Double]? {
    var found = [Double](repeating: 0, count: min(rows, columns))
    return cn_singular_values(values, rows, columns, &found) ? found : nil
  }
}
