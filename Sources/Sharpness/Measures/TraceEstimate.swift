import Torch

/// The trace of a symmetric operator, estimated.
public struct TraceEstimate: Sendable, Codable, Equatable {
  public var value: Double
  /// Of the estimate; 0 where it is exact.
  public var standardError: Double
  /// Random vectors that were drawn.
  public var draws: Int

  /// Hutchinson's estimate (1990): the mean of zᵀAz over vectors of random signs. Known eigenvectors are taken out first and
  /// their eigenvalues added exactly, as in Hutch++ (Meyer et al. 2021), since a few large eigenvalues make most of the
  /// noise.
  ///
  /// - Parameters:
  ///   - known: eigenvalues with their vectors; nil for none.
  ///   - tolerance: where to stop: the standard error as a share of the trace, not before ten draws.
  ///   - mostDraws: at least 2.
  public init(
    of a: some SymmetricOperator, without known: Eigenvalues? = nil, tolerance: Double = 0.02,
    mostDraws: Int = 100, generator: Generator
  ) {
    precondition(mostDraws >= 2, "an error needs two draws, found \(mostDraws)")
    let offset = known?.values.reduce(0, +) ?? 0
    if let known, known.values.count == a.dimension {
      self.init(value: offset, standardError: 0, draws: 0)
      return
    }
    var samples: [Double] = []
    var estimate = (mean: 0.0, error: Double.infinity)
    while samples.count < mostDraws {
      let signs = withNoGrad {
        var z = Tensor.rand([a.dimension], generator: generator, dtype: .float64).ge(0.5)
          .to(dtype: a.dtype, device: a.device).mul_(2).sub_(1)
        if let known { z = z - known.vectors.t().mv(known.vectors.mv(z)) }
        return z
      }
      samples.append(a(signs).dot(signs).double)
      let n = Double(samples.count)
      let mean = samples.reduce(0, +) / n
      let variance = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, n - 1)
      estimate = (mean, (variance / n).squareRoot())
      if samples.count >= 10, estimate.error <= tolerance * abs(estimate.mean + offset) { break }
    }
    self.init(value: estimate.mean + offset, standardError: estimate.error, draws: samples.count)
  }

  public init(value: Double, standardError: Double, draws: Int) {
    self.value = value
    self.standardError = standardError
    self.draws = draws
  }
}
