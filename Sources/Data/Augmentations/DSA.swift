import Torch

/// Differentiable siamese augmentation (Zhao and Bilen 2021), as the distillation papers use it: each call draws one
/// family, the same for the whole batch, and applies it.
///
/// With u ~ U(0, 1) and size the side of the image:
///
/// | family | definition |
/// |---|---|
/// | color | brightness x + (u − 0.5); then saturation (x − m)·2u + m, m the mean over channels of each pixel; then contrast (x − m)·(u + 0.5) + m, m the mean over C, H, W |
/// | crop | shifts dy, dx ~ U{−k…k}, k = ⌊0.125·size + 0.5⌋, zero outside |
/// | cutout | a square of side k = ⌊0.5·size + 0.5⌋ set to zero; centre ~ U{0…size} for even k, U{0…size − 1} for odd |
/// | flip | left and right exchanged with probability 0.5 |
/// | scale | sx, sy ~ U(1/1.2, 1.2), grid diag(sx, sy): above 1 the content shrinks |
/// | rotate | a ~ U(−15°, 15°), grid [[cos a, −sin a], [sin a, cos a]] |
///
/// Scale and rotate sample bilinearly with zeros outside and corners aligned. Images are normalised or whitened, so that
/// zero is the mean colour. All families are differentiable in the images.
///
/// Parameters: [family: int64 [1], the position in ``families``; values: float32 [B, 3], or [1, 3] in Siamese mode]. The
/// values are, by family: the brightness's summand, the saturation's and the contrast's factor; dy, dx; the square's
/// centre (row, column); 1 where flipped; sx, sy; a in radians. A Siamese draw fits batches of any size.
public struct DSA: Augmentation {
  public static let name = "dsa"

  public enum Family: String, CaseIterable, Sendable, Codable {
    case color, crop, cutout, flip, scale, rotate
  }

  public enum Mode: String, CaseIterable, Sendable, Codable {
    /// Every image has values of its own (seed −1 in the papers' code): MTT, FTD, training and evaluation.
    case perImage = "per-image"
    /// One draw for the batch, to be applied to a real and a synthetic one: DSA, DM.
    case siamese
  }

  /// What a call chooses from, each equally likely.
  public let families: [Family]
  public let mode: Mode

  public init(_ families: [Family] = Family.allCases, mode: Mode = .perImage) {
    precondition(!families.isEmpty, "at least one family")
    self.families = families
    self.mode = mode
  }

  /// A strategy as the papers write it: `color_crop_cutout_flip_scale_rotate`.
  ///
  /// - Throws: ``DataError`` that lists the families.
  public init(strategy: String, mode: Mode = .perImage) throws(DataError) {
    var families: [Family] = []
    for word in strategy.split(separator: "_", omittingEmptySubsequences: false) {
      guard let family = Family(rawValue: String(word)) else {
        let known = Family.allCases.map(\.rawValue).joined(separator: ", ")
        throw DataError("DSA strategy '\(strategy)': no family '\(word)'; join with _ some of: \(known)")
      }
      families.append(family)
    }
    self.init(families, mode: mode)
  }

  public var strategy: String { families.map(\.rawValue).joined(separator: "_") }

  /// All families but flip, which would make other digits.
  public static let digits = DSA(Family.allCases.filter { $0 != .flip })

  public func draw(_ count: Int, shape: [Int], _ generator: Generator) -> [Tensor] {
    let choice = Tensor.randint(0, families.count, [1], generator: generator)
    let rows = mode == .siamese ? 1 : count
    return [choice, Self.values(families[choice.int], rows, shape, generator)]
  }

  static func values(_ family: Family, _ rows: Int, _ shape: [Int], _ generator: Generator) -> Tensor {
    func uniform(_ low: Double, _ high: Double) -> Tensor {
      Tensor.rand([rows], generator: generator) * Scalar(high - low) + Scalar(low)
    }
    func whole(_ low: Int, through high: Int) -> Tensor {
      Tensor.randint(low, high + 1, [rows], generator: generator).to(.float32)
    }
    let (height, width) = (shape[1], shape[2])
    let columns: [Tensor]
    switch family {
    case .color: columns = [uniform(-0.5, 0.5), uniform(0, 2), uniform(0.5, 1.5)]
    case .crop:
      columns = [height, width].map { size in
        let most = Self.side(0.125, size)
        return whole(-most, through: most)
      }
    case .cutout:
      columns = [height, width].map { size in whole(0, through: size - Self.side(0.5, size) % 2) }
    case .flip: columns = [(Tensor.rand([rows], generator: generator) .< 0.5).to(.float32)]
    case .scale: columns = [uniform(1 / 1.2, 1.2), uniform(1 / 1.2, 1.2)]
    case .rotate: columns = [uniform(-15 * .pi / 180, 15 * .pi / 180)]
    }
    let unused = [Tensor](repeating: Tensor.zeros([rows]), count: 3 - columns.count)
    return .stacked(columns + unused, dim: 1)
  }

  /// ⌊share·size + 0.5⌋.
  static func side(_ share: Double, _ size: Int) -> Int { Int(share * Double(size) + 0.5) }

  public func apply(_ images: Tensor, _ parameters: [Tensor]) -> Tensor {
    let values = parameters[1].to(dtype: images.dtype, device: images.device)
    precondition(
      values.size(0) == 1 || values.size(0) == images.size(0),
      "parameters of \(values.size(0)) images for \(images.size(0))")
    return Self.apply(families[parameters[0].int], images, values)
  }

  /// - Parameter values: [B, 3] or [1, 3], in the images' precision and on their device.
  static func apply(_ family: Family, _ images: Tensor, _ values: Tensor) -> Tensor {
    func value(_ index: Int) -> Tensor { values.select(dim: 1, index: index) }
    func column(_ index: Int) -> Tensor { value(index).view([-1, 1, 1, 1]) }
    switch family {
    case .color:
      let brightened = images + column(0)
      let pixel = brightened.mean(dim: [1], keepdim: true)
      let saturated = (brightened - pixel) * column(1) + pixel
      let whole = saturated.mean(dim: [1, 2, 3], keepdim: true)
      return (saturated - whole) * column(2) + whole
    case .crop: return shifted(images, by: values.narrow(dim: 1, start: 0, length: 2).to(.int64))
    case .cutout:
      let (height, width) = (images.size(2), images.size(3))
      func edges(_ index: Int, _ size: Int) -> (Tensor, Tensor) {
        let side = Self.side(0.5, size)
        let low = value(index).to(.int64) - Scalar(side / 2)
        return (low, low + Scalar(side))
      }
      let (top, bottom) = edges(0, height)
      let (left, right) = edges(1, width)
      let hidden = rectangles(
        top: top, left: left, bottom: bottom, right: right, height: height, width: width)
      return images.maskedFill(hidden, 0)
    case .flip: return (column(0) .> 0.5).select(images.flip([3]), images)
    case .scale:
      let zero = value(0).zerosLike()
      return sampled(images, [value(0), zero, zero, value(1)])
    case .rotate:
      let (cosine, sine) = (value(0).cos(), value(0).sin())
      return sampled(images, [cosine, -sine, sine, cosine])
    }
  }

  /// Sampled on the grid of the matrix [[a, b], [c, d]] without shift.
  private static func sampled(_ images: Tensor, _ matrix: [Tensor]) -> Tensor {
    let zero = matrix[0].zerosLike()
    let rows = [matrix[0], matrix[1], zero, matrix[2], matrix[3], zero]
    let theta = Tensor.stacked(rows, dim: 1).view([-1, 2, 3]).expand([images.size(0), 2, 3])
    return images.gridSampler(
      theta.affineGrid(images.shape, alignCorners: true), interpolation: 0, padding: 0, alignCorners: true)
  }
}
