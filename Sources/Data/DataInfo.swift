import Torch

/// What a data set is, for people and programs.
public struct DataInfo: Codable, Sendable, Equatable {
  public var name: String
  public var format: String
  /// Images of the training split.
  public var train: Int
  /// Images of the test split; nil if there is none.
  public var test: Int?
  /// One name a class, in order of the numbers.
  public var classes: [String]
  /// [C, H, W].
  public var shape: [Int]
  /// One number a channel over all pixels of the training split, bytes divided by 255.
  public var mean: [Double]
  /// As ``mean``: the population's standard deviation (divided by the number of pixels).
  public var std: [Double]

  public init(train: DataSet, test: DataSet?) throws(DataError) {
    name = train.name
    format = train.format
    self.train = train.count
    self.test = test?.count
    classes = train.classNames
    shape = train.shape
    (mean, std) = try Self.moments(train.images)
  }

  /// Mean and standard deviation of each channel. For bytes all sums are exact whole numbers, and only the last division
  /// and root are rounded.
  public static func moments(_ images: any ImageSource) throws(DataError) -> (mean: [Double], std: [Double]) {
    let channels = images.shape[0]
    let perImage = images.shape[1] * images.shape[2]
    let part = max(1, (1 << 22) / max(1, channels * perImage))
    var sums = [Int](repeating: 0, count: channels)
    var squares = sums
    var shifted = [Double](repeating: 0, count: channels)
    var shiftedSquares = shifted
    var center: [Double]?
    for start in stride(from: 0, to: images.count, by: part) {
      let batch = try images.images(Array(start..<min(start + part, images.count)))
      if batch.dtype == .uint8 {
        let numbers = withNoGrad { batch.to(.int64) }
        for (channel, value) in withNoGrad({ numbers.sum(dim: [0, 2, 3]).array(of: Int.self) }).enumerated() {
          sums[channel] += value
        }
        let products = withNoGrad { (numbers * numbers).sum(dim: [0, 2, 3]).array(of: Int.self) }
        for (channel, value) in products.enumerated() { squares[channel] += value }
      } else {
        // Sums around the first batch's mean, so that little is lost to cancellation.
        let numbers = withNoGrad { batch.to(.float64) }
        let around = center ?? withNoGrad { numbers.mean(dim: [0, 2, 3]).array(of: Double.self) }
        center = around
        let apart = withNoGrad { numbers - Tensor(around, shape: [1, channels, 1, 1]) }
        let first = withNoGrad { apart.sum(dim: [0, 2, 3]).array(of: Double.self) }
        let second = withNoGrad { (apart * apart).sum(dim: [0, 2, 3]).array(of: Double.self) }
        for channel in 0..<channels {
          shifted[channel] += first[channel]
          shiftedSquares[channel] += second[channel]
        }
      }
    }
    let count = images.count * perImage
    if let center {
      let means = shifted.map { $0 / Double(count) }
      return (
        (0..<channels).map { center[$0] + means[$0] },
        (0..<channels).map { (shiftedSquares[$0] / Double(count) - means[$0] * means[$0]).squareRoot() }
      )
    }
    let mean = sums.map { Double($0) / (255 * Double(count)) }
    let std = (0..<channels).map { channel in
      // count · Σx² − (Σx)², in 128 bits: both are beyond 64 for large sets.
      let spread = Int128(count) * Int128(squares[channel]) - Int128(sums[channel]) * Int128(sums[channel])
      return Double(spread).squareRoot() / (255 * Double(count))
    }
    return (mean, std)
  }
}
