import Torch

/// A random change of images whose parameters are drawn first and applied after, so that the same draw can be replayed
/// or shared between batches (Siamese use).
///
/// Parameters are tensors (one row an image), so that checkpoints and unrolls can keep them. Applying is a batched
/// tensor operation, differentiable in the images where the change is.
public protocol Augmentation: Sendable {
  /// As recipes name it.
  static var name: String { get }

  /// Parameters for `count` images of `shape` [C, H, W]. Draws depend on these and the generator alone.
  func draw(_ count: Int, shape: [Int], _ generator: Generator) -> [Tensor]

  /// - Parameter images: float32 [B, C, H, W].
  func apply(_ images: Tensor, _ parameters: [Tensor]) -> Tensor
}

extension Augmentation {
  public func callAsFunction(_ images: Tensor, _ generator: Generator) -> Tensor {
    apply(images, draw(images.size(0), shape: Array(images.shape.dropFirst()), generator))
  }
}
