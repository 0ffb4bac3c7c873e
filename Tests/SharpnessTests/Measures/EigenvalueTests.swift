import Networks
import Testing
import Torch

@testable import Sharpness

/// A matrix that is known in full.
final class Dense: SymmetricOperator {
  let matrix: Tensor
  var products = 0
  init(_ matrix: Tensor) { self.matrix = matrix }
  var dimension: Int { matrix.size(0) }
  var dtype: DType { matrix.dtype }
  var device: Device { .cpu }
  func callAsFunction(_ vector: Tensor) -> Tensor {
    products += 1
    return matrix.mv(vector)
  }

  /// Q diag(values) Qᵀ with a random Q.
  static func of(_ values: [Double], seed: UInt64 = 1) -> Dense {
    let n = values.count
    let q = Tensor.randn([n, n], generator: Generator(seed: seed), dtype: .float64).qr().0
    return Dense(q.matmul(Tensor(values).unsqueeze(1) * q.t()))
  }
}

@Suite struct EigenvalueTests {
  @Test func theLargestOfAKnownMatrix() {
    let values = (0..<80).map { index in index < 4 ? [9.0, 5, 4.5, 3][index] : Double(40 - index) / 20 }
    let found = Eigenvalues(
      largestOf: Dense.of(values), count: 4, tolerance: 1e-9, generator: Generator(seed: 2))
    #expect(found.isConverged)
    for (one, other) in zip(found.values, [9, 5, 4.5, 3]) { #expect(abs(one - other) < 1e-10) }
    // Unit vectors, orthogonal, and eigenvectors as far as the residuals say.
    let gram = found.vectors.matmul(found.vectors.t()) - Tensor.eye(4, dtype: .float64)
    #expect(gram.abs().max().double < 1e-10)
    for index in 0..<4 {
      let vector = found.vectors[index]
      let rest = Dense.of(values)(vector) - vector * Scalar(found.values[index])
      #expect(rest.vectorNorm().double <= max(2 * found.residuals[index], 1e-9))
    }
  }

  /// The basis is too small for the whole search, so that it is begun anew many times.
  @Test func restartsKeepWhatWasFound() {
    let values = (0..<300).map { Double($0) / 100 }
    let matrix = Dense.of(values)
    let found = Eigenvalues(
      largestOf: matrix, count: 3, tolerance: 1e-6, mostProducts: 3_000, basis: 12,
      generator: Generator(seed: 3))
    #expect(found.isConverged)
    #expect(found.products == matrix.products && found.products > 12)
    for (one, other) in zip(found.values, [2.99, 2.98, 2.97]) { #expect(abs(one - other) < 1e-5) }
  }

  @Test func equalAndNegativeEigenvalues() {
    let found = Eigenvalues(
      largestOf: Dense.of([2, 2, 2, -7, -1, 0.5]), count: 6, tolerance: 1e-9, generator: Generator(seed: 4))
    #expect(found.isConverged)
    for (one, other) in zip(found.values, [2, 2, 2, 0.5, -1, -7]) { #expect(abs(one - other) < 1e-9) }
    // More than there are.
    let all = Eigenvalues(largestOf: Dense.of([3, 1]), count: 5, generator: Generator(seed: 5))
    #expect(all.values.count == 2 && all.isConverged && abs(all.values[0] - 3) < 1e-9)
    let zero = Eigenvalues(
      largestOf: Dense(.zeros([5, 5], dtype: .float64)), count: 2, generator: Generator(seed: 6))
    #expect(zero.isConverged && zero.values == [0, 0])
  }

  @Test func stoppedEarlySaysSo() {
    let found = Eigenvalues(
      largestOf: Dense.of((0..<400).map { Double($0) }), count: 5, tolerance: 1e-10, mostProducts: 6,
      generator: Generator(seed: 7))
    #expect(!found.isConverged && found.products == 6 && found.values.count == 5)
    #expect(found.residuals[0] > 1e-10)
  }

  @Test func traces() {
    // Signs make a diagonal matrix's estimate exact.
    let diagonal = Dense(Tensor([1.0, 2, 3, 4]).diagEmbed())
    let exact = TraceEstimate(of: diagonal, generator: Generator(seed: 1))
    #expect(abs(exact.value - 10) < 1e-12 && exact.standardError < 1e-12 && exact.draws == 10)

    let values: [Double] = [100, 90, 80] + (3..<100).map { 0.1 + Double($0 % 7) / 10 }
    let truth = values.reduce(0, +)
    let matrix = Dense.of(values)
    let plain = TraceEstimate(of: matrix, tolerance: 0, mostDraws: 40, generator: Generator(seed: 2))
    #expect(plain.draws == 40)
    #expect(abs(plain.value - truth) < 4 * plain.standardError)
    let known = Eigenvalues(largestOf: matrix, count: 3, tolerance: 1e-9, generator: Generator(seed: 3))
    let deflated = TraceEstimate(
      of: matrix, without: known, tolerance: 0, mostDraws: 40, generator: Generator(seed: 2))
    #expect(abs(deflated.value - truth) < 4 * deflated.standardError)
    // The few large ones make nearly all of the noise.
    #expect(deflated.standardError < plain.standardError / 10)
    let all = Eigenvalues(largestOf: Dense.of([3, 2, 1]), count: 3, generator: Generator(seed: 4))
    #expect(
      TraceEstimate(of: Dense.of([3, 2, 1]), without: all, generator: Generator(seed: 5)).standardError == 0)
  }

  /// Over many draws the standard error is that of the estimates.
  @Test func theErrorOfATraceIsItsSpread() {
    let matrix = Dense.of((0..<30).map { Double($0 * $0) / 50 })
    let truth = (0..<30).reduce(0) { $0 + Double($1 * $1) / 50 }
    let scores = (0..<200).map { seed in
      let one = TraceEstimate(
        of: matrix, tolerance: 0, mostDraws: 20, generator: Generator(seed: UInt64(seed)))
      return (one.value - truth) / one.standardError
    }
    let mean = scores.reduce(0, +) / 200
    let spread = (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 199).squareRoot()
    #expect(abs(mean) < 0.3 && (0.85...1.25).contains(spread), "\(mean), \(spread)")
  }

  @Test func densities() {
    let values = (0..<60).map { $0 < 30 ? 1.0 : 3.0 }
    let density = SpectralDensity(of: Dense.of(values), steps: 20, runs: 40, generator: Generator(seed: 1))
    #expect(abs(density.weights.reduce(0, +) - 1) < 1e-9)
    // Two eigenvalues, half of the weight each.
    let upper = zip(density.nodes, density.weights).filter { abs($0.0 - 3) < 1e-6 }.map(\.1).reduce(0, +)
    #expect(abs(upper - 0.5) < 0.05, "\(upper)")
    let places = (0...40_000).map { 0.9 + 2.2 * Double($0) / 40_000 }
    let integral = density.density(at: places).reduce(0, +) * 2.2 / 40_000
    #expect(abs(integral - 1) < 1e-3)
    // A Gauss rule of m nodes is exact for polynomials: the mean is vᵀAv.
    let spread = SpectralDensity(
      of: Dense.of((0..<50).map { Double($0) / 10 }), steps: 12, runs: 200, generator: Generator(seed: 2))
    let mean = zip(spread.nodes, spread.weights).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(mean - 2.45) < 0.1, "\(mean)")
    #expect(spread.range.upperBound <= 4.9 + 1e-9 && spread.range.lowerBound >= -1e-9)
  }
}
