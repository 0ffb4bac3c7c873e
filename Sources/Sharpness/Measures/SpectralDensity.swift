import Foundation
import Torch

/// How the eigenvalues of a symmetric operator are spread, by stochastic Lanczos quadrature (Ghorbani et al. 2019): nodes
/// and weights of Gauss's rule, averaged over random first vectors.
public struct SpectralDensity: Sendable, Codable, Equatable {
  /// Ritz values.
  public var nodes: [Double]
  /// Their shares of the whole; they sum to 1.
  public var weights: [Double]

  /// - Parameters:
  ///   - steps: of Lanczos's method, from each first vector; as many vectors are kept in memory.
  ///   - runs: first vectors.
  public init(of a: some SymmetricOperator, steps: Int = 60, runs: Int = 1, generator: Generator) {
    precondition(steps >= 1 && runs >= 1, "at least one step and one run, found \(steps) and \(runs)")
    var nodes: [Double] = []
    var weights: [Double] = []
    for _ in 0..<runs {
      var lanczos = LanczosBasis(a, room: min(steps, a.dimension), generator: generator)
      while lanczos.count < min(steps, a.dimension) { lanczos.extend() }
      let (values, rows, _) = lanczos.ritz()
      nodes += values
      weights += rows.map { $0[0] * $0[0] / Double(runs) }
    }
    self.nodes = nodes
    self.weights = weights
  }

  /// The density at some places, each node being a Gaussian of variance 1e-5 · max(1, range), as in PyHessian (Yao et al.
  /// 2020).
  public func density(at places: [Double]) -> [Double] {
    let variance = self.variance
    let scale = 1 / (2 * Double.pi * variance).squareRoot()
    return places.map { place in
      zip(nodes, weights).reduce(0) { sum, node in
        sum + node.1 * scale * exp(-(place - node.0) * (place - node.0) / (2 * variance))
      }
    }
  }

  /// Of the Gaussian around each node.
  public var variance: Double { 1e-5 * max(1, range.upperBound - range.lowerBound) }

  /// From the least node to the greatest.
  public var range: ClosedRange<Double> { (nodes.min() ?? 0)...(nodes.max() ?? 0) }
}
