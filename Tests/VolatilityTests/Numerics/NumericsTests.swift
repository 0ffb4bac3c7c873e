import Foundation
import Testing
import Volatility

/// Values of tables and closed forms.
struct NumericsTests {
  private func close(_ a: Double, _ b: Double, _ tolerance: Double = 1e-13) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(b))
  }

  @Test func specialFunctions() {
    #expect(close(Functions.logGamma(0.5), 0.5 * log(Double.pi)))
    #expect(close(Functions.digamma(1), -0.57721566490153286))
    #expect(close(Functions.trigamma(1), Double.pi * Double.pi / 6))
    #expect(close(Functions.incompleteBeta(2, 3, at: 0.4), 0.5248))
    #expect(close(Functions.incompleteGamma(1, at: 2), 1 - exp(-2.0)))
    #expect(close(Functions.inverseIncompleteGamma(1, of: 1 - exp(-2.0)), 2))
    #expect(Functions.logGamma(-1).isNaN && Functions.incompleteBeta(1, 1, at: 2).isNaN)
  }

  @Test func distributions() {
    #expect(close(ReferenceDistribution.normal.quantile(0.975), 1.959963984540054))
    #expect(close(ReferenceDistribution.normal.probability(above: 10), 7.61985302416047e-24, 1e-35))
    #expect(close(ReferenceDistribution.studentT(freedom: 1).probability(below: 1), 0.75))
    #expect(close(ReferenceDistribution.chiSquared(freedom: 2).probability(above: 3), exp(-1.5)))
    #expect(close(ReferenceDistribution.fisherF(freedom1: 2, freedom2: 2).probability(below: 3), 0.75))
    for distribution: ReferenceDistribution in [
      .normal, .studentT(freedom: 4.5), .chiSquared(freedom: 3), .fisherF(freedom1: 3, freedom2: 17),
    ] {
      for p in [0.001, 0.3, 0.99] {
        #expect(close(distribution.probability(below: distribution.quantile(p)), p, 1e-12))
      }
      #expect(distribution.probability(below: .infinity) == 1)
      #expect(distribution.probability(below: .nan).isNaN && distribution.quantile(1.5).isNaN)
    }
  }

  @Test func leastSquares() throws {
    let x = Matrix(columns: [[1, 1, 1, 1], [1e-6, 2e-6, 3e-6, 4e-6]])
    let fit = try LeastSquares(x, [1, 3, 2, 5])
    #expect(close(fit.coefficients[0], 0, 1e-12) && close(fit.coefficients[1], 1.1e6, 1e-12))
    let gram = x.transposed * x
    #expect((gram * fit.inverseGram).values.enumerated().allSatisfy { close($1, $0 % 3 == 0 ? 1 : 0, 1e-6) })
    #expect(throws: LeastSquares.Failure.rank(1)) {
      try LeastSquares(Matrix(columns: [[1, 2], [2, 4]]), [1, 2])
    }
    #expect(throws: LeastSquares.Failure.notFinite) { try LeastSquares(x, [1, .nan, 2, 5]) }
  }

  @Test func matrices() throws {
    let a = Matrix(rows: 2, columns: 2, [4, 1, 1, 3])
    let inverse = try #require(a.inverse)
    #expect(zip((a * inverse).values, Matrix.identity(2).values).allSatisfy { close($0, $1) })
    #expect(a.solve([1, 2]).map { close($0[0], 1 / 11.0) && close($0[1], 7 / 11.0) } == true)
    let lower = try #require(a.cholesky)
    #expect(zip((lower * lower.transposed).values, a.values).allSatisfy { close($0, $1) })
    let eigen = try #require(a.symmetricEigen)
    #expect(
      close(eigen.values[0], (7 - 5.0.squareRoot()) / 2) && close(eigen.values[1], (7 + 5.0.squareRoot()) / 2)
    )
    #expect(Matrix(rows: 2, columns: 2, [0, 1, -1, 0]).eigenvalues?.map { abs($0.imaginary) } == [1, 1])
    #expect(Matrix(rows: 2, columns: 2, [3, 0, 0, -4]).singularValues == [4, 3])
    #expect(Matrix(rows: 2, columns: 2, [1, 2, 2, 4]).inverse == nil)
    #expect(Matrix(rows: 2, columns: 2, [1, 2, 2, 1]).cholesky == nil)
    #expect(Matrix(rows: 1, columns: 1, [.nan]).inverse == nil)
  }
}
