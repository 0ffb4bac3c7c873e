import Foundation
import Torch

/// Weighted means of pairs of samples (Zhang et al. 2018): λ·x + (1 − λ)·x', labels likewise, λ ~ Beta(α, α), one for
/// the batch.
///
/// Parameters: [λ: float64 [1], partners: int64 [B]].
public struct Mixup: BatchAugmentation {
  public static let name = "mixup"

  public let alpha: Double

  public init(_ alpha: Double = 0.2) {
    precondition(alpha > 0, "a positive α, found \(alpha)")
    self.alpha = alpha
  }

  public func draw(_ count: Int, shape: [Int], _ generator: Generator) -> [Tensor] {
    [Tensor([generator.beta(alpha, alpha)]), Tensor.randperm(count, generator: generator)]
  }

  public func apply(_ batch: Batch, classes: Int, _ parameters: [Tensor]) -> Batch {
    let lambda = Scalar(parameters[0].double)
    let partners = parameters[1].to(batch.images.device)
    func mixed(_ values: Tensor) -> Tensor {
      values.indexSelect(dim: 0, partners).lerp(values, lambda)
    }
    return Batch(
      indices: batch.indices, images: mixed(batch.images),
      labels: mixed(batch.probabilities(classes: classes)))
  }
}

/// A rectangle of each image replaced by its partner's (Yun et al. 2019), labels by the areas. Its sides are √(1 − λ) of
/// the image's, λ ~ Beta(α, α); its centre is uniform, and what lies outside the image is cut off, after which λ is
/// the area that stayed.
///
/// Parameters: [rectangle: int64 [4] (top, left, bottom, right), partners: int64 [B]].
public struct CutMix: BatchAugmentation {
  public static let name = "cutmix"

  public let alpha: Double

  public init(_ alpha: Double = 1) {
    precondition(alpha > 0, "a positive α, found \(alpha)")
    self.alpha = alpha
  }

  public func draw(_ count: Int, shape: [Int], _ generator: Generator) -> [Tensor] {
    let share = (1 - generator.beta(alpha, alpha)).squareRoot()
    let sides = [shape[1], shape[2]]
    let centres = sides.map { Tensor.randint(0, $0, [1], generator: generator).int }
    let halves = sides.map { Int(Double($0) * share) / 2 }
    let low = zip(centres, halves).map { max(0, $0 - $1) }
    let high = zip(zip(centres, halves), sides).map { min($1, $0.0 + $0.1) }
    return [Tensor(low + high), Tensor.randperm(count, generator: generator)]
  }

  public func apply(_ batch: Batch, classes: Int, _ parameters: [Tensor]) -> Batch {
    let corners: [Int] = parameters[0].array()
    let device = batch.images.device
    let partners = parameters[1].to(device)
    let (height, width) = (batch.images.size(2), batch.images.size(3))
    let edges = corners.map { Tensor([$0]).to(device) }
    let inside = rectangles(
      top: edges[0], left: edges[1], bottom: edges[2], right: edges[3], height: height, width: width)
    let area = Double((corners[2] - corners[0]) * (corners[3] - corners[1]))
    let lambda = 1 - area / Double(height * width)
    let labels = batch.probabilities(classes: classes)
    return Batch(
      indices: batch.indices,
      images: inside.select(batch.images.indexSelect(dim: 0, partners), batch.images),
      labels: labels.indexSelect(dim: 0, partners).lerp(labels, Scalar(lambda)))
  }
}

extension Batch {
  /// Labels as class probabilities, in the images' precision: [B, classes].
  public func probabilities(classes: Int) -> Tensor {
    if labels.dim == 2 {
      precondition(labels.size(1) == classes, "\(classes) probabilities a sample, found \(labels.shape)")
      return labels.to(images.dtype)
    }
    return labels.oneHot(classes).to(images.dtype)
  }
}

extension Generator {
  /// One number of Beta(a, b): two gamma numbers' share.
  func beta(_ a: Double, _ b: Double) -> Double {
    // As logarithms, because gamma numbers of small shapes fall below what a Double can hold.
    let (x, y) = (logGamma(a), logGamma(b))
    return 1 / (1 + exp(y - x))
  }

  /// The logarithm of one number of Gamma(shape, 1) (Marsaglia and Tsang 2000).
  private func logGamma(_ shape: Double) -> Double {
    func uniform() -> Double {
      1 - Tensor.rand([1], generator: self, dtype: .float64).double
    }
    if shape < 1 { return logGamma(shape + 1) + log(uniform()) / shape }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = Tensor.randn([1], generator: self, dtype: .float64).double
      let v = 1 + c * x
      guard v > 0 else { continue }
      let cube = v * v * v
      if log(uniform()) < 0.5 * x * x + d - d * cube + d * log(cube) { return log(d) + log(cube) }
    }
  }
}
