import Foundation
import Torch

/// The algebraically largest eigenvalues of a symmetric operator, greatest first.
public struct Eigenvalues {
  public let values: [Double]
  /// ‖A·u − λ·u‖ of each, in whose reach a true eigenvalue lies.
  public let residuals: [Double]
  /// Unit vectors, one a row: [k, n].
  public let vectors: Tensor
  /// Products A·v that were taken.
  public let products: Int
  /// Whether every residual is below the tolerance times the largest |λ|.
  public let isConverged: Bool

  /// By Lanczos's method with full orthogonalisation (twice) and thick restarts (Wu and Simon 2000): when the basis is full
  /// it is begun anew with the best Ritz vectors, so that memory stays at `basis` vectors.
  ///
  /// - Parameters:
  ///   - a: the matrix, n × n.
  ///   - count: how many, k ≥ 1; no more than n are found.
  ///   - tolerance: of the residuals, as a share of the largest |λ|.
  ///   - mostProducts: where to stop unconverged.
  ///   - basis: vectors kept, above k + 2; nil takes 2k + 20.
  ///   - generator: draws the first vector.
  public init(
    largestOf a: some SymmetricOperator, count: Int, tolerance: Double = 1e-3, mostProducts: Int = 300,
    basis: Int? = nil, generator: Generator
  ) {
    precondition(count >= 1 && a.dimension >= 1, "at least one eigenvalue, found \(count)")
    let n = a.dimension
    let wanted = min(count, n)
    let room = min(n, max(basis ?? 2 * wanted + 20, wanted + 3))
    var lanczos = LanczosBasis(a, room: room, generator: generator)
    while true {
      while lanczos.count < room, lanczos.products < mostProducts {
        lanczos.extend()
        // Ritz values cost little beside a product.
        if lanczos.count >= wanted, lanczos.isConverged(wanted, tolerance) { break }
      }
      if lanczos.isWhole || lanczos.products >= mostProducts || lanczos.isConverged(wanted, tolerance) {
        break
      }
      lanczos.restart(keeping: wanted + (room - wanted) / 3)
    }
    let found = min(wanted, lanczos.count)
    let (values, rows, residuals) = lanczos.ritz()
    self.values = Array(values.prefix(found))
    self.residuals = Array(residuals.prefix(found))
    vectors = lanczos.vectors(Array(rows.prefix(found)))
    products = lanczos.products
    isConverged = found == wanted && (lanczos.isWhole || lanczos.isConverged(wanted, tolerance))
  }
}

/// An orthonormal basis V that grows by products with A, and the projected matrix T = V A Vᵀ.
struct LanczosBasis<Matrix: SymmetricOperator> {
  private let a: Matrix
  private let generator: Generator
  /// [room + 1, n]; the row after the last is the next to be multiplied.
  private let basis: Tensor
  /// T, by rows, as far as it is known.
  private(set) var projected: [[Double]] = []
  /// ‖r‖ of what the last product left beside the basis.
  private var rest = 0.0
  private(set) var products = 0
  private let room: Int

  var count: Int { projected.count }
  /// Whether the basis spans the whole space: the Ritz values are the eigenvalues.
  var isWhole: Bool { count == a.dimension }

  init(_ a: Matrix, room: Int, generator: Generator, first: Tensor? = nil) {
    self.a = a
    self.generator = generator
    self.room = room
    basis = .zeros([room + 1, a.dimension], dtype: a.dtype, device: a.device)
    let start = first ?? Self.gaussian(a, generator)
    withNoGrad { _ = basis[0].copy_(start / Scalar(start.vectorNorm().double)) }
  }

  private static func gaussian(_ a: Matrix, _ generator: Generator) -> Tensor {
    // Drawn in float64 on the CPU, so that every precision and device begins alike.
    Tensor.randn([a.dimension], generator: generator, dtype: .float64).to(dtype: a.dtype, device: a.device)
  }

  /// Takes the product with the next vector.
  mutating func extend() {
    precondition(count < room, "the basis is full")
    let next = count
    let product = a(basis[next])
    products += 1
    withNoGrad {
      let known = basis[0..<(next + 1)]
      var column = [Double](repeating: 0, count: next + 1)
      // Twice is enough for orthogonality up to rounding (Parlett 1998, 6.9).
      for _ in 0..<2 {
        let parts = known.mv(product)
        product.sub_(known.t().mv(parts))
        let numbers: [Double] = parts.to(.float64).array()
        for (index, number) in numbers.enumerated() { column[index] += number }
      }
      for row in 0..<next { projected[row].append(column[row]) }
      projected.append(column)
      rest = product.vectorNorm().double
      guard next + 1 < a.dimension else {
        rest = 0
        return
      }
      let scale = column.map(abs).max() ?? 0
      if rest > 1e-12 * scale, rest.isFinite {
        _ = basis[next + 1].copy_(product / Scalar(rest))
      } else {
        // An invariant subspace: any direction beside it will do.
        rest = 0
        let fresh = Self.gaussian(a, generator)
        for _ in 0..<2 { fresh.sub_(known.t().mv(known.mv(fresh))) }
        _ = basis[next + 1].copy_(fresh / Scalar(fresh.vectorNorm().double))
      }
    }
  }

  /// The eigenvalues of T, greatest first, with their vectors (coefficients of the basis) and residuals.
  func ritz() -> (values: [Double], rows: [[Double]], residuals: [Double]) {
    let size = count
    let matrix = Tensor(projected.flatMap { $0 }).view([size, size])
    let (values, vectors) = withNoGrad { ((matrix + matrix.t()) * 0.5).eigh() }
    let numbers: [Double] = values.array()
    let columns: [Double] = vectors.t().contiguous().array()
    let rows = (0..<size).reversed().map { Array(columns[($0 * size)..<(($0 + 1) * size)]) }
    return (numbers.reversed(), rows, rows.map { abs(rest * ($0.last ?? 0)) })
  }

  func isConverged(_ wanted: Int, _ tolerance: Double) -> Bool {
    guard count >= wanted else { return false }
    let (values, _, residuals) = ritz()
    let scale = values.map(abs).max() ?? 0
    return residuals.prefix(wanted).allSatisfy { $0 <= tolerance * scale }
  }

  /// Combinations of the basis, one a row of coefficients.
  func vectors(_ rows: [[Double]]) -> Tensor {
    withNoGrad {
      let coefficients = Tensor(rows.flatMap { $0 }).view([rows.count, count])
        .to(dtype: a.dtype, device: a.device)
      return coefficients.matmul(basis[0..<count])
    }
  }

  /// Keeps the greatest Ritz vectors and the vector that comes next.
  mutating func restart(keeping wanted: Int) {
    let kept = min(wanted, count - 1)
    let (values, rows, _) = ritz()
    withNoGrad {
      let next = basis[count].clone()
      _ = basis[0..<kept].copy_(vectors(Array(rows.prefix(kept))))
      _ = basis[kept].copy_(next)
    }
    projected = (0..<kept).map { row in (0..<kept).map { $0 == row ? values[row] : 0 } }
  }
}
