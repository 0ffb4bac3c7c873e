import Torch

/// ∇f(x) by central differences: (f(x + h·eᵢ) - f(x - h·eᵢ)) / 2h in every direction.
func finiteDifferences(of f: (Tensor) -> Tensor, at x: Tensor, step: Double = 1e-6) -> Tensor {
  let values = x.array(of: Double.self)
  let slopes = values.indices.map { index -> Double in
    func moved(_ by: Double) -> Double {
      var there = values
      there[index] += by
      return f(Tensor(there, shape: x.shape)).double
    }
    return (moved(step) - moved(-step)) / (2 * step)
  }
  return Tensor(slopes, shape: x.shape)
}

/// The largest |a - b| / max(1, |b|); infinite where the shapes differ or a number is not one.
func distance(_ a: Tensor, _ b: Tensor) -> Double {
  guard a.isDefined, b.isDefined, a.shape == b.shape else { return .infinity }
  return zip(a.array(of: Double.self), b.array(of: Double.self)).reduce(0) { worst, pair in
    let gap = abs(pair.0 - pair.1) / max(1, abs(pair.1))
    return gap.isNaN ? .infinity : max(worst, gap)
  }
}

/// Standard normal float64 numbers that are the same in every run.
func normal(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
  Tensor.randn(shape, generator: Generator(seed: seed), dtype: .float64)
}
