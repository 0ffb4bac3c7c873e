import Torch

/// Where the images of a data set come from. All images of a source have one shape.
///
/// Reading is asked for by index, so that order, augmentation and storage stay apart. A source may be read from several
/// threads at once.
public protocol ImageSource: AnyObject, Sendable {
  /// The number of images.
  var count: Int { get }
  /// [C, H, W].
  var shape: [Int] { get }

  /// The images of these indices, in their order: uint8 [B, C, H, W] in 0…255, or float32 for sources that hold
  /// numbers instead of pictures (distilled images).
  ///
  /// - Throws: ``DataError`` naming the file that cannot be read.
  func images(_ indices: [Int]) throws(DataError) -> Tensor
}

/// Images that live in memory, as bytes or as float32.
public final class MemoryImages: ImageSource {
  // The tensor is never written after the source is made: that makes sharing it between threads safe.
  private nonisolated(unsafe) let pixels: Tensor

  public let count: Int
  public let shape: [Int]

  /// - Parameter pixels: uint8 or float32 [N, C, H, W]; not to be written afterwards.
  public init(_ pixels: Tensor) {
    precondition(pixels.dim == 4, "images of shape [N, C, H, W], found \(pixels.shape)")
    precondition(
      pixels.dtype == .uint8 || pixels.dtype == .float32, "uint8 or float32, found \(pixels.dtype)")
    self.pixels = pixels
    count = pixels.size(0)
    shape = Array(pixels.shape.dropFirst())
  }

  /// Every image: [N, C, H, W].
  public var all: Tensor { pixels }

  public func images(_ indices: [Int]) throws(DataError) -> Tensor {
    withNoGrad { pixels.indexSelect(dim: 0, Tensor(indices).to(pixels.device)) }
  }
}
