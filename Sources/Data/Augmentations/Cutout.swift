import Torch

/// A square set to zero, with a probability (DeVries and Taylor 2017, in the form of the ESAM code: the square's corner
/// is uniform in −side/2 ..< size − side/2, and what lies outside the image is cut off).
///
/// After normalisation zero is the mean colour, so that pipelines place it there.
///
/// Parameters: [corners: int64 [B, 2] (top, left), applied: bool [B]].
public struct Cutout: Augmentation {
  public static let name = "cutout"

  /// In pixels.
  public let side: Int
  public let probability: Double

  public init(_ side: Int = 16, probability: Double = 0.5) {
    precondition(side > 0, "a side of 1 or more pixels, found \(side)")
    precondition((0...1).contains(probability), "a probability, found \(probability)")
    self.side = side
    self.probability = probability
  }

  public func draw(_ count: Int, shape: [Int], _ generator: Generator) -> [Tensor] {
    let corners = [shape[1], shape[2]].map { size in
      Tensor.randint(-(side / 2), size - side / 2, [count], generator: generator)
    }
    return [.stacked(corners, dim: 1), Tensor.rand([count], generator: generator) .< Scalar(probability)]
  }

  public func apply(_ images: Tensor, _ parameters: [Tensor]) -> Tensor {
    let corners = parameters[0].to(images.device)
    let applied = parameters[1].to(images.device).view([-1, 1, 1, 1])
    let hidden = rectangles(
      top: corners.select(dim: 1, index: 0), left: corners.select(dim: 1, index: 1),
      bottom: corners.select(dim: 1, index: 0) + Scalar(side),
      right: corners.select(dim: 1, index: 1) + Scalar(side), height: images.size(2), width: images.size(3))
    return images.maskedFill(hidden.logicalAnd(applied), 0)
  }
}

/// Which pixels lie in top..<bottom, left..<right of their image: bool [B, 1, H, W]. The four are int64 [B] or [1].
func rectangles(top: Tensor, left: Tensor, bottom: Tensor, right: Tensor, height: Int, width: Int) -> Tensor {
  func inside(_ low: Tensor, _ high: Tensor, _ length: Int, _ shape: [Int]) -> Tensor {
    let at = Tensor.arange(0, Scalar(length), dtype: .int64, device: low.device)
    return (at .>= low.view([-1, 1])).logicalAnd(at .< high.view([-1, 1])).view(shape)
  }
  return inside(top, bottom, height, [-1, 1, height, 1]).logicalAnd(
    inside(left, right, width, [-1, 1, 1, width]))
}
