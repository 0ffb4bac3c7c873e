import Torch

/// What images go through between their pixels in [0, 1] and the network: fixed, and fitted to training data only.
public protocol Preprocessing: Sendable {
  /// As recipes name it.
  static var name: String { get }

  /// - Parameter images: floating point [B, C, H, W] in [0, 1].
  /// - Returns: the same shape and precision, on the same device.
  func callAsFunction(_ images: Tensor) -> Tensor

  /// Back to pixels (not clamped to [0, 1]).
  func inverse(_ images: Tensor) -> Tensor

  /// - Throws: ``DataError`` if images of that shape [C, H, W] do not fit.
  func check(shape: [Int]) throws(DataError)
}

/// float32 in [0, 1] from bytes; other types as they are.
public func unitPixels(_ images: Tensor) -> Tensor {
  images.dtype == .uint8 ? images.to(.float32) / 255 : images
}
