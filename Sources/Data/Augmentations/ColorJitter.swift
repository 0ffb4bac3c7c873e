import Torch

/// Brightness, contrast, saturation and hue changed in random order: torchvision's `ColorJitter` with its formulas for
/// tensors, each image with factors and an order of its own. Saturation and hue leave gray images as they are.
///
/// Parameters: [factors: float32 [B, 4] in the order of ``Change``, order: int64 [B, 4], the change made first, second…].
public struct ColorJitter: Augmentation {
  public static let name = "jitter"

  public enum Change: Int, CaseIterable, Sendable {
    case brightness, contrast, saturation, hue
  }

  /// Half widths: factors are uniform in max(0, 1 − b)…1 + b, the hue's shift in −h…h (turns, h ≤ 0.5).
  public let brightness, contrast, saturation, hue: Double

  public init(brightness: Double = 0, contrast: Double = 0, saturation: Double = 0, hue: Double = 0) {
    precondition(min(brightness, contrast, saturation) >= 0, "half widths of 0 or more")
    precondition((0...0.5).contains(hue), "a hue's half width in 0…0.5, found \(hue)")
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
  }

  public func draw(_ count: Int, shape: [Int], _ generator: Generator) -> [Tensor] {
    let u = Tensor.rand([count, 4], generator: generator)
    let ranges = [brightness, contrast, saturation].map { (max(0, 1 - $0), 1 + $0) } + [(-hue, hue)]
    let low = Tensor(ranges.map(\.0), dtype: .float32)
    let high = Tensor(ranges.map(\.1), dtype: .float32)
    // The order of four uniform numbers is a uniform permutation.
    let order = Tensor.rand([count, 4], generator: generator, dtype: .float64).argsort(dim: 1)
    return [low + (high - low) * u, order]
  }

  /// - Parameter images: in [0, 1], one or three channels. So are the results.
  public func apply(_ images: Tensor, _ parameters: [Tensor]) -> Tensor {
    precondition([1, 3].contains(images.size(1)), "one or three channels, found \(images.shape)")
    let factors = parameters[0].to(dtype: images.dtype, device: images.device)
    let order: [Int] = parameters[1].array()
    let isGray = images.size(1) == 1
    var result = images
    for position in 0..<4 {
      // Images are grouped by the change that is theirs now.
      var places: [Int] = []
      var parts: [Tensor] = []
      for change in Change.allCases {
        let chosen = (0..<images.size(0)).filter { order[4 * $0 + position] == change.rawValue }
        guard !chosen.isEmpty else { continue }
        let at = Tensor(chosen).to(images.device)
        let part = result.indexSelect(dim: 0, at)
        places += chosen
        let isIdle = isGray && (change == .saturation || change == .hue)
        let factor = factors.indexSelect(dim: 0, at).narrow(dim: 1, start: change.rawValue, length: 1)
        parts.append(isIdle ? part : Self.changed(part, change, factor.view([-1, 1, 1, 1])))
      }
      var inverse = places
      for (index, place) in places.enumerated() { inverse[place] = index }
      result = Tensor.concatenated(parts, dim: 0).indexSelect(dim: 0, Tensor(inverse).to(images.device))
    }
    return result
  }

  /// - Parameter factor: [B, 1, 1, 1].
  static func changed(_ images: Tensor, _ change: Change, _ factor: Tensor) -> Tensor {
    func blended(with other: Tensor) -> Tensor {
      (factor * images + (1 - factor) * other).clamp(min: 0, max: 1)
    }
    switch change {
    case .brightness: return (factor * images).clamp(min: 0, max: 1)
    case .contrast: return blended(with: gray(images).mean(dim: [1, 2, 3], keepdim: true))
    case .saturation: return blended(with: gray(images))
    case .hue: return turned(images, by: factor)
    }
  }

  /// [B, 1, H, W] (ITU-R 601-2 as torchvision rounds it).
  static func gray(_ images: Tensor) -> Tensor {
    guard images.size(1) == 3 else { return images }
    let channels = images.split(1, dim: 1)
    return channels[0] * 0.2989 + channels[1] * 0.587 + channels[2] * 0.114
  }

  /// To hue, saturation and value, the hue turned, and back.
  private static func turned(_ images: Tensor, by shift: Tensor) -> Tensor {
    let channels = images.split(1, dim: 1)
    let (r, g, b) = (channels[0], channels[1], channels[2])
    let value = images.amax(dim: [1], keepdim: true)
    let low = images.amin(dim: [1], keepdim: true)
    let isGray = value .== low
    let one = value.onesLike()
    let range = value - low
    let saturation = range / isGray.select(one, value)
    let divisor = isGray.select(one, range)
    let (rc, gc, bc) = ((value - r) / divisor, (value - g) / divisor, (value - b) / divisor)
    let isRed = value .== r
    let isGreen = (value .== g).logicalAnd(isRed.logicalNot())
    let sixth = isRed.select(bc - gc, isGreen.select(rc - bc + 2, gc - rc + 4))
    // One turn is 1 from here on; remainder is never negative.
    let hue = ((sixth / 6 + 1).remainder(1) + shift).remainder(1)

    let scaled = hue * 6
    let sector = scaled.floor()
    let f = scaled - sector
    let p = (value * (1 - saturation)).clamp(min: 0, max: 1)
    let q = (value * (1 - saturation * f)).clamp(min: 0, max: 1)
    let t = (value * (1 - saturation * (1 - f))).clamp(min: 0, max: 1)
    let number = sector.to(.int64).remainder(6)
    func pick(_ choices: [Tensor]) -> Tensor { Tensor.concatenated(choices, dim: 1).gather(dim: 1, number) }
    return .concatenated(
      [
        pick([value, q, p, p, t, value]), pick([t, value, value, q, p, p]), pick([p, p, t, value, value, q]),
      ], dim: 1)
  }
}
