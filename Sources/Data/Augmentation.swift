import Torch

/// A random change of images whose parameters are drawn first and applied after, so that the same draw can be replayed
/// or shared between batches (Siamese use).
///
/// Parameters are tensors with one row an image (one row in all where a draw is shared), so that checkpoints and unrolls
/// can keep them. Applying is a batched tensor operation in the images' own precision and on their device,
/// differentiable in the images where the change is. It leaves the images it is given as they were.
public protocol Augmentation: Sendable {
  /// As recipes name it.
  static var name: String { get }

  /// The shape [C, H, W] of what comes out for images of that shape.
  func shape(after shape: [Int]) -> [Int]

  /// Parameters for `count` images of `shape` [C, H, W]. Draws depend on these and the generator alone.
  ///
  /// - Parameter generator: on the CPU, so that draws are the same whatever the images are computed on.
  func draw(_ count: Int, shape: [Int], _ generator: Generator) -> [Tensor]

  /// - Parameter images: floating point [B, C, H, W].
  func apply(_ images: Tensor, _ parameters: [Tensor]) -> Tensor
}

extension Augmentation {
  public func shape(after shape: [Int]) -> [Int] { shape }

  public func callAsFunction(_ images: Tensor, _ generator: Generator) -> Tensor {
    apply(images, draw(images.size(0), shape: Array(images.shape.dropFirst()), generator))
  }
}

/// A random change that mixes the samples of a batch, so that labels become class probabilities.
public protocol BatchAugmentation: Sendable {
  /// As recipes name it.
  static var name: String { get }

  /// Parameters for a batch of `count` images of `shape` [C, H, W]; see ``Augmentation/draw(_:shape:_:)``.
  func draw(_ count: Int, shape: [Int], _ generator: Generator) -> [Tensor]

  /// - Parameters:
  ///   - batch: labels as class numbers or as class probabilities.
  ///   - classes: how many there are.
  /// - Returns: labels are class probabilities [B, classes] in the images' precision. Indices stay those of the first
  ///   of the samples that were mixed.
  func apply(_ batch: Batch, classes: Int, _ parameters: [Tensor]) -> Batch
}

extension BatchAugmentation {
  public func callAsFunction(_ batch: Batch, classes: Int, _ generator: Generator) -> Batch {
    let shape = Array(batch.images.shape.dropFirst())
    return apply(batch, classes: classes, draw(batch.count, shape: shape, generator))
  }
}
