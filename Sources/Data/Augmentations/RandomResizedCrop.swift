import Foundation
import Torch

/// A window of random area and aspect ratio, resized to one size: torchvision's `RandomResizedCrop` with its algorithm
/// (ten attempts, then the largest central window whose ratio is allowed).
///
/// Parameters: [windows: int64 [B, 4]]: top, left, height, width in pixels.
public struct RandomResizedCrop: Augmentation {
  public static let name = "resized-crop"

  public enum Sampling: String, Sendable, Codable, CaseIterable {
    /// Each window by itself, bilinear with antialiasing: torchvision's result on tensors.
    case antialiased
    /// All windows in one bilinear `grid_sampler`: torchvision's with `antialias=False`. Shrunk windows are rougher,
    /// enlarged ones the same.
    case grid
  }

  /// Side of the result, in pixels.
  public let size: Int
  /// The window's share of the image's area.
  public let scale: ClosedRange<Double>
  /// Width over height of the window; the logarithm is uniform.
  public let ratio: ClosedRange<Double>
  public let sampling: Sampling

  public init(
    _ size: Int, scale: ClosedRange<Double> = 0.08...1, ratio: ClosedRange<Double> = 3.0 / 4...4.0 / 3,
    sampling: Sampling = .antialiased
  ) {
    precondition(size > 0, "a size of 1 or more pixels, found \(size)")
    precondition(scale.lowerBound > 0 && scale.upperBound <= 1, "shares of the area in 0…1, found \(scale)")
    precondition(ratio.lowerBound > 0, "positive ratios, found \(ratio)")
    self.size = size
    self.scale = scale
    self.ratio = ratio
    self.sampling = sampling
  }

  public func shape(after shape: [Int]) -> [Int] { [shape[0], size, size] }

  public func draw(_ count: Int, shape: [Int], _ generator: Generator) -> [Tensor] {
    // Ten attempts of four numbers for everyone, so that an image's window hangs on no other image's luck.
    let numbers: [Double] = Tensor.rand([count * 40], generator: generator, dtype: .float64).array()
    let windows = (0..<count).flatMap { window(numbers[($0 * 40)...].prefix(40), shape[1], shape[2]) }
    return [Tensor(windows, shape: [count, 4])]
  }

  private func window(_ numbers: ArraySlice<Double>, _ height: Int, _ width: Int) -> [Int] {
    let (low, high) = (log(ratio.lowerBound), log(ratio.upperBound))
    for attempt in stride(from: numbers.startIndex, to: numbers.endIndex, by: 4) {
      let share = scale.lowerBound + (scale.upperBound - scale.lowerBound) * numbers[attempt]
      let area = Double(height * width) * share
      let aspect = exp(low + (high - low) * numbers[attempt + 1])
      let w = Int((area * aspect).squareRoot().rounded(.toNearestOrEven))
      let h = Int((area / aspect).squareRoot().rounded(.toNearestOrEven))
      guard w > 0, w <= width, h > 0, h <= height else { continue }
      return [
        Int(numbers[attempt + 2] * Double(height - h + 1)), Int(numbers[attempt + 3] * Double(width - w + 1)),
        h, w,
      ]
    }
    let natural = Double(width) / Double(height)
    var (h, w) = (height, width)
    if natural < ratio.lowerBound {
      h = Int((Double(width) / ratio.lowerBound).rounded(.toNearestOrEven))
    } else if natural > ratio.upperBound {
      w = Int((Double(height) * ratio.upperBound).rounded(.toNearestOrEven))
    }
    return [(height - h) / 2, (width - w) / 2, h, w]
  }

  public func apply(_ images: Tensor, _ parameters: [Tensor]) -> Tensor {
    switch sampling {
    case .antialiased:
      let windows: [Int] = parameters[0].array()
      let resized = (0..<images.size(0)).map { index in
        let window = windows[(4 * index)...].prefix(4)
        let at = window.startIndex
        return
          images
          .narrow(dim: 0, start: index, length: 1)
          .narrow(dim: 2, start: window[at], length: window[at + 2])
          .narrow(dim: 3, start: window[at + 1], length: window[at + 3])
          .upsampleBilinear2dAntialiased([size, size], alignCorners: false)
      }
      return .concatenated(resized, dim: 0)
    case .grid: return sampled(images, parameters[0].to(images.device))
    }
  }

  /// Bilinear without antialiasing. A window's own border is repeated outwards, as resizing the cut window does.
  private func sampled(_ images: Tensor, _ windows: Tensor) -> Tensor {
    let windows = windows.to(images.dtype)
    func coordinates(_ start: Int, _ length: Int, _ side: Int) -> Tensor {
      let first = windows.narrow(dim: 1, start: start, length: 1)
      let extent = windows.narrow(dim: 1, start: length, length: 1)
      let at = Tensor.arange(0, Scalar(size), dtype: images.dtype, device: images.device) + 0.5
      let inside = (extent * (at / Scalar(size)) - 0.5).clamp(min: 0).minimum(extent - 1)
      // From pixels to grid_sampler's −1…1 with aligned corners.
      return (inside + first) * Scalar(2 / Double(max(side - 1, 1))) - 1
    }
    let shape = [images.size(0), size, size]
    let rows = coordinates(0, 2, images.size(2)).unsqueeze(2).expand(shape)
    let columns = coordinates(1, 3, images.size(3)).unsqueeze(1).expand(shape)
    return images.gridSampler(
      .stacked([columns, rows], dim: 3), interpolation: 0, padding: 1, alignCorners: true)
  }
}
