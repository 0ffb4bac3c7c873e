import Foundation

/// The covariance of estimates in a point that a search found, in the search's units.
struct ParameterCovariance {
  /// [n, n], zero for parameters that are fixed or on bounds; nil where it could not be worked out.
  let matrix: Matrix?
  private(set) var warnings: [String]

  /// Along active constraints, which are taken as given: with a basis Z of what they leave, Z(ZᵀHZ)⁻¹ZᵀBZ(ZᵀHZ)⁻¹Zᵀ.
  init(_ search: Search, _ point: Search.Point, _ kind: CovarianceKind) {
    guard let basis = Face.basis(search.feasible, point.active), basis.columns > 0 else {
      matrix =
        search.feasible.count == 0 ? nil : Matrix(rows: search.feasible.count, columns: search.feasible.count)
      warnings = []
      return
    }
    warnings = []
    let scores: Matrix? = kind == .hessian ? nil : search.likelihood.scores(point.theta).scores
    // Of sums of products of scores, that of the scores along the face.
    func along(_ sum: Matrix) -> Matrix { basis.transposed * (sum * basis) }
    if kind == .opg {
      guard let inner = along(Self.gram(scores!)).definiteInverse else {
        warnings = ["the outer product of gradients is singular: no standard errors"]
        matrix = nil
        return
      }
      matrix = basis * inner * basis.transposed
      return
    }
    // With a ridge, of the surface beside it.
    let hessian =
      (point.ridges.isEmpty ? point.hessian : search.hessian(search.besideRidges(point), Face.moving(basis)))
      ?? search.hessian(point.theta, Face.moving(basis))
    let reduced = Face.curvature(hessian, basis)
    guard let inner = reduced.definiteInverse else {
      warnings = [
        "the second derivatives are not those of a maximum (a parameter does not matter, or two do the same): no standard errors"
      ]
      matrix = nil
      return
    }
    if let condition = Self.condition(reduced), condition > 1e10 {
      warnings.append(
        "the second derivatives are nearly singular (condition number \(condition.formatted(digits: 2))): standard errors are uncertain"
      )
    }
    let meat: Matrix
    switch kind {
    case .hessian, .opg, .bootstrap:
      matrix = basis * inner * basis.transposed
      return
    case .robust: meat = along(Self.gram(scores!))
    case .hac(let lags):
      meat = along(
        Self.neweyWest(
          scores!, lags: lags ?? Int(4 * pow(Double(search.likelihood.count) / 100, 2.0 / 9))))
    }
    matrix = basis * (inner * meat * inner) * basis.transposed
  }

  /// XᵀX.
  static func gram(_ x: Matrix) -> Matrix {
    let k = x.columns
    var sum = Matrix(rows: k, columns: k)
    x.values.withUnsafeBufferPointer { values in
      sum.values.withUnsafeMutableBufferPointer { sum in
        for t in 0..<x.rows {
          let row = values.baseAddress! + t * k
          for i in 0..<k { for j in 0...i { sum[i * k + j] += row[i] * row[j] } }
        }
        for i in 0..<k { for j in 0..<i { sum[j * k + i] = sum[i * k + j] } }
      }
    }
    return sum
  }

  /// Σ s_t s_tᵀ + Σ_l (1 − l/(L+1)) Σ_t (s_t s_{t−l}ᵀ + its transpose).
  static func neweyWest(_ scores: Matrix, lags: Int) -> Matrix {
    let k = scores.columns
    var sum = gram(scores)
    for lag in 1..<max(1, min(lags, scores.rows - 1) + 1) {
      let weight = 1 - Double(lag) / Double(lags + 1)
      var cross = Matrix(rows: k, columns: k)
      for t in lag..<scores.rows {
        for i in 0..<k { for j in 0..<k { cross[i, j] += scores[t, i] * scores[t - lag, j] } }
      }
      for i in 0..<k { for j in 0..<k { sum[i, j] += weight * (cross[i, j] + cross[j, i]) } }
    }
    return sum
  }

  /// Of the matrix in units of its diagonal.
  private static func condition(_ matrix: Matrix) -> Double? {
    var scaled = matrix
    for i in 0..<matrix.rows {
      for j in 0..<matrix.rows { scaled[i, j] /= (matrix[i, i] * matrix[j, j]).squareRoot() }
    }
    guard let values = scaled.symmetricEigen?.values, let low = values.first, low > 0 else { return nil }
    return values.last! / low
  }
}

extension Double {
  /// With so many significant digits.
  func formatted(digits: Int) -> String { String(format: "%.\(digits)g", self) }
}
