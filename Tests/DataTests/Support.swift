import Foundation
import Testing
import Torch

@testable import Data

/// [B, C, H, W] floats in [0, 1], the same on every call.
func randomImages(_ shape: [Int], seed: UInt64 = 1, dtype: DType = .float32) -> Tensor {
  Tensor.rand(shape, generator: Generator(seed: seed), dtype: dtype)
}

func randomBytes(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
  Tensor.randint(0, 256, shape, generator: Generator(seed: seed)).to(.uint8)
}

/// Bytes in memory with labels 0, 1, 2, 0, ….
func memoryData(_ count: Int, shape: [Int] = [3, 8, 8], classes: Int = 3) throws -> DataSet {
  try DataSet(
    name: "memory", split: .train, format: "memory", images: MemoryImages(randomBytes([count] + shape)),
    labels: (0..<count).map { $0 % classes }, classNames: (0..<classes).map { "class \($0)" })
}

func difference(_ a: Tensor, _ b: Tensor) -> Double {
  guard a.shape == b.shape else { return .infinity }
  return (a.to(.float64) - b.to(.float64)).abs().amax().double
}

/// The largest difference between the gradient of Σ w·f(x) and central differences along random directions, in
/// float64, as a share of the latter.
func gradientError(_ images: Tensor, _ f: (Tensor) -> Tensor) -> Double {
  let x = images.to(.float64).detach().requiresGrad_()
  let output = f(x)
  let weights = Tensor.randn(output.shape, generator: Generator(seed: 11), dtype: .float64)
  let gradient = grad(of: (output * weights).sum(), wrt: x)
  var worst = 0.0
  for seed in 0..<3 {
    let direction = Tensor.randn(x.shape, generator: Generator(seed: 20 + UInt64(seed)), dtype: .float64)
    let step = 1e-6
    func value(_ t: Double) -> Double { withNoGrad { (f(x + direction * Scalar(t)) * weights).sum().double } }
    let expected = (value(step) - value(-step)) / (2 * step)
    let found = (gradient * direction).sum().double
    worst = max(worst, abs(found - expected) / max(1, abs(expected)))
  }
  return worst
}
