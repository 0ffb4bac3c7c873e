import Torch

/// Left and right exchanged, with a probability.
///
/// Parameters: [flips: bool [B]].
public struct HorizontalFlip: Augmentation {
  public static let name = "flip"

  public let probability: Double

  public init(_ probability: Double = 0.5) {
    precondition((0...1).contains(probability), "a probability, found \(probability)")
    self.probability = probability
  }

  public func draw(_ count: Int, shape: [Int], _ generator: Generator) -> [Tensor] {
    [Tensor.rand([count], generator: generator) .< Scalar(probability)]
  }

  public func apply(_ images: Tensor, _ parameters: [Tensor]) -> Tensor {
    parameters[0].to(images.device).view([-1, 1, 1, 1]).select(images.flip([3]), images)
  }
}
