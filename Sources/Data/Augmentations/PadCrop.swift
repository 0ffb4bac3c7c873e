import Torch

/// Zero padding on all sides, then a random window of the old size: torchvision's `RandomCrop(size, padding=k)`.
///
/// Parameters: [offsets: int64 [B, 2]], the window's top and left in the padded image, in 0…2k.
public struct PadCrop: Augmentation {
  public static let name = "crop"

  /// k, in pixels.
  public let padding: Int

  public init(_ padding: Int = 4) {
    precondition(padding >= 0, "a padding of 0 or more pixels, found \(padding)")
    self.padding = padding
  }

  public func draw(_ count: Int, shape: [Int], _ generator: Generator) -> [Tensor] {
    [Tensor.randint(0, 2 * padding + 1, [count, 2], generator: generator)]
  }

  public func apply(_ images: Tensor, _ parameters: [Tensor]) -> Tensor {
    shifted(images, by: parameters[0].to(images.device) - Scalar(padding))
  }
}

/// out[y, x] = in[y + dy, x + dx], zero outside.
///
/// - Parameter offsets: (dy, dx), int64 [B, 2] or [1, 2].
func shifted(_ images: Tensor, by offsets: Tensor) -> Tensor {
  let shape = images.shape
  let (count, height, width) = (shape[0], shape[2], shape[3])
  // Indices outside are clamped to the border of zeros, one pixel wide.
  let padded = images.pad([1, 1, 1, 1])
  func window(_ column: Int, _ length: Int) -> Tensor {
    let start = offsets.narrow(dim: 1, start: column, length: 1) + 1
    return (start + Tensor.arange(0, Scalar(length), dtype: .int64, device: images.device))
      .clamp(min: 0, max: Scalar(length + 1))
  }
  let rows = window(0, height).expand([count, height]).view([count, 1, height, 1])
  let columns = window(1, width).expand([count, width]).view([count, 1, 1, width])
  return
    padded
    .gather(dim: 2, rows.expand([count, shape[1], height, width + 2]))
    .gather(dim: 3, columns.expand([count, shape[1], height, width]))
}
