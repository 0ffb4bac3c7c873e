import Torch

/// Independent normal noise on every value.
///
/// Parameters: [noise: float32 [B, C, H, W], of standard deviation 1].
public struct GaussianNoise: Augmentation {
  public static let name = "noise"

  /// Standard deviation, in the images' unit.
  public let sigma: Double

  public init(_ sigma: Double) {
    precondition(sigma >= 0, "a standard deviation of 0 or more, found \(sigma)")
    self.sigma = sigma
  }

  public func draw(_ count: Int, shape: [Int], _ generator: Generator) -> [Tensor] {
    [Tensor.randn([count] + shape, generator: generator)]
  }

  public func apply(_ images: Tensor, _ parameters: [Tensor]) -> Tensor {
    images + parameters[0].to(dtype: images.dtype, device: images.device) * Scalar(sigma)
  }
}
