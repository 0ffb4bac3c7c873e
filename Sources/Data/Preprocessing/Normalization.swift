import Torch

/// (x − mean) / std in each channel.
public struct Normalization: Preprocessing, Codable, Hashable {
  public static let name = "normalize"

  /// One a channel, for pixels in [0, 1].
  public let mean: [Double]
  /// One a channel; positive.
  public let std: [Double]

  /// - Throws: ``DataError`` if there is not one mean and one positive std a channel.
  public init(mean: [Double], std: [Double]) throws(DataError) {
    guard mean.count == std.count, !mean.isEmpty else {
      throw DataError("normalisation: one mean and one std a channel, found \(mean.count) and \(std.count)")
    }
    guard mean.allSatisfy(\.isFinite), std.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw DataError("normalisation: means must be finite and stds positive, found \(mean) and \(std)")
    }
    self.mean = mean
    self.std = std
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      mean: container.decode([Double].self, forKey: .mean), std: container.decode([Double].self, forKey: .std)
    )
  }

  private init(_ mean: [Double], _ std: [Double]) {
    self.mean = mean
    self.std = std
  }

  // MARK: Published constants

  public static let mnist = Normalization([0.1307], [0.3081])
  public static let fashionMNIST = Normalization([0.2861], [0.3530])
  /// Of the distillation papers (MTT, FTD), which use it for CIFAR-100 too.
  public static let cifar10 = Normalization([0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.2010])
  /// Of the SAM papers (ESAM's code), for CIFAR-10 and CIFAR-100: stds over all pixels of the training set.
  public static let cifar = Normalization(
    [125.3 / 255, 123.0 / 255, 113.9 / 255], [63.0 / 255, 62.1 / 255, 66.7 / 255])
  /// Of the DC code.
  public static let cifar100 = Normalization([0.5071, 0.4866, 0.4409], [0.2673, 0.2564, 0.2762])
  /// torchvision's.
  public static let imagenet = Normalization([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
  /// Tiny ImageNet in the distillation papers: ImageNet's.
  public static let tiny = imagenet

  /// The published constants by the names that recipes use.
  public static let named: [(name: String, value: Normalization)] = [
    ("mnist", mnist), ("fashion-mnist", fashionMNIST), ("cifar10", cifar10), ("cifar", cifar),
    ("cifar100", cifar100), ("imagenet", imagenet), ("tiny", tiny),
  ]

  /// - Throws: ``DataError`` that lists the known names.
  public init(named name: String) throws(DataError) {
    guard let found = Self.named.first(where: { $0.name == name }) else {
      let known = Self.named.map(\.name).joined(separator: ", ")
      throw DataError("no normalisation '\(name)'; there are: \(known)")
    }
    self = found.value
  }

  // MARK: From data

  /// The mean and the standard deviation (over all pixels: the population's) of every channel of a training set.
  ///
  /// - Parameter chunk: images read at a time.
  /// - Throws: ``DataError`` if an image cannot be read or a channel is constant.
  public init(computedFrom data: DataSet, chunk: Int = 1_000) throws(DataError) {
    let channels = data.shape[0]
    var sum = Tensor.zeros([channels], dtype: .float64)
    var squares = Tensor.zeros([channels], dtype: .float64)
    var pixels = 0
    try withNoGrad { () throws(DataError) in
      for start in stride(from: 0, to: data.count, by: chunk) {
        let indices = Array(start..<min(start + chunk, data.count))
        let images = unitPixels(try data.images.images(indices)).to(dtype: .float64, device: .cpu)
        sum += images.sum(dim: [0, 2, 3])
        squares += images.square().sum(dim: [0, 2, 3])
        pixels += images.count / channels
      }
    }
    let mean = sum / Scalar(pixels)
    let std = (squares / Scalar(pixels) - mean.square()).clamp(min: 0).sqrt()
    let stds = std.array(of: Double.self)
    if let constant = stds.firstIndex(where: { $0 < 1e-7 }) {
      throw DataError(
        "\(data.name): channel \(constant) has the same value in every pixel, so it has no scale")
    }
    try self.init(mean: mean.array(of: Double.self), std: stds)
  }

  // MARK: Use

  public func callAsFunction(_ images: Tensor) -> Tensor {
    (images - column(mean, like: images)) / column(std, like: images)
  }

  public func inverse(_ images: Tensor) -> Tensor {
    images * column(std, like: images) + column(mean, like: images)
  }

  public func check(shape: [Int]) throws(DataError) {
    guard shape[0] == mean.count else {
      throw DataError(
        "normalisation: \(mean.count) channels, but the images have \(shape[0]) (shape \(shape)); "
          + "name constants for such images or compute them from the data")
    }
  }

  private func column(_ values: [Double], like images: Tensor) -> Tensor {
    precondition(images.size(1) == values.count, "\(values.count) channels, found images \(images.shape)")
    return Tensor(values, shape: [1, values.count, 1, 1], dtype: images.dtype, device: images.device)
  }
}
