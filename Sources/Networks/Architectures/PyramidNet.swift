import Torch

/// PyramidNet for small images (Han et al. 2017) of basic blocks: convolution 3×3 to 16 channels and norm, three stages
/// of (depth − 2)/6 blocks, the second and third of half the side each, then norm, ReLU, means over places and one
/// linear layer. Channels grow evenly, by `alpha` over all blocks: 16, 21, 26, … 286 for PyramidNet-110.
///
/// Names and initialisation are those of dyhan0920/PyramidNet-PyTorch (`layer1.0.bn1`, `bn_final`, `fc`): convolutions
/// from N(0, 2/fan-out). No ShakeDrop.
public struct PyramidNet: ImageNetwork {
  /// What the architecture can be asked for, by the keys of `--set`.
  public struct Settings: ImageNetworkSettings, Hashable {
    public static let name = "pyramidnet"
    public static let summary = "PyramidNet-110 (α = 270) of basic blocks, for small images"
    public static let help: [(key: String, meaning: String)] = [
      ("depth", "convolutions and linear layer, 6n + 2: 20, 110"),
      ("alpha", "channels of the last block over the 16 that the blocks start from"),
      ("channels", "of the images"),
      ("size", "side of the images in pixels"),
      ("classes", "number of classes"),
    ]

    /// Convolutions on a path and the linear layer: 6n + 2.
    public var depth = 110
    /// Channels that the last block has more than the stem.
    public var alpha = 270
    /// Of the images: 1 or 3 for pictures.
    public var channels = 3
    /// Side of the square images in pixels.
    public var size = 32
    public var classes = 10

    public init() {}

    public func network() throws(NetworkError) -> any Network { try PyramidNet(self) }
  }

  /// What it was made from.
  public let settings: Settings
  /// Layouts and initialisers.
  public let blueprint: Blueprint
  private let stem: Convolution
  private let stemNorm: NormalizationLayer
  private let blocks: [Block]
  private let finalNorm: NormalizationLayer
  private let classifier: Linear

  public init(_ settings: Settings = Settings()) throws(NetworkError) {
    try settings.check("depth", settings.depth, 8...10_000)
    guard settings.depth % 6 == 2 else {
      throw NetworkError("network pyramidnet: depth must be 6n + 2 (20, 110), found \(settings.depth)")
    }
    try settings.check("alpha", settings.alpha, 0...65_536)
    try settings.checkImages()
    self.settings = settings
    var builder = LayoutBuilder()
    stem = Convolution(
      &builder, "conv1", in: settings.channels, out: 16, kernel: 3, padding: 1, bias: false,
      initializer: .kaimingNormal(fanOut: 16 * 9))
    stemNorm = .batch(BatchNorm(&builder, "bn1", channels: 16))
    let count = (settings.depth - 2) / 6
    var blocks: [Block] = []
    // Added up and rounded to even in the reference's order, so that widths are the same for every alpha.
    var width = 16.0
    var inputs = 16
    for stage in 0..<3 {
      for index in 0..<count {
        width += Double(settings.alpha) / Double(3 * count)
        let outputs = Int(width.rounded(.toNearestOrEven))
        blocks.append(
          builder.scope("layer\(stage + 1).\(index)") { builder in
            Block(&builder, in: inputs, out: outputs, stride: stage > 0 && index == 0 ? 2 : 1)
          })
        inputs = outputs
      }
    }
    self.blocks = blocks
    finalNorm = .batch(BatchNorm(&builder, "bn_final", channels: inputs))
    classifier = Linear(&builder, "fc", in: inputs, out: settings.classes)
    blueprint = builder.finished()
  }

  public var prefersChannelsLast: Bool { true }

  public func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Output {
    var x = stemNorm(of: stem, x, weights, &pass)
    for block in blocks { x = block(x, weights, &pass) }
    let features = finalNorm(x, weights, &pass, activation: .relu).adaptiveAvgPool2d([1, 1]).flatten(from: 1)
    return Output(
      logits: classifier(features, weights),
      probes: pass.probes.contains(.features) ? [.features: features] : [:])
  }

  /// Norm, convolution 3×3, norm, ReLU, convolution 3×3, norm. The input passes by without weights: averaged over 2×2
  /// places where the block strides, with channels of zeros where it has fewer.
  private struct Block: Sendable {
    let firstNorm: NormalizationLayer
    let first: Convolution
    let secondNorm: NormalizationLayer
    let second: Convolution
    let thirdNorm: NormalizationLayer
    let strides: Bool
    /// Channels that the input lacks.
    let missing: Int

    init(_ builder: inout LayoutBuilder, in inputs: Int, out outputs: Int, stride: Int) {
      firstNorm = .batch(BatchNorm(&builder, "bn1", channels: inputs))
      first = Convolution(
        &builder, "conv1", in: inputs, out: outputs, kernel: 3, stride: stride, padding: 1, bias: false,
        initializer: .kaimingNormal(fanOut: outputs * 9))
      secondNorm = .batch(BatchNorm(&builder, "bn2", channels: outputs))
      second = Convolution(
        &builder, "conv2", in: outputs, out: outputs, kernel: 3, padding: 1, bias: false,
        initializer: .kaimingNormal(fanOut: outputs * 9))
      thirdNorm = .batch(BatchNorm(&builder, "bn3", channels: outputs))
      strides = stride != 1
      missing = outputs - inputs
    }

    func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Tensor {
      var shortcut = x
      if strides { shortcut = shortcut.avgPool2d([2, 2], stride: [2, 2], ceilMode: true) }
      if missing > 0 { shortcut = shortcut.pad([0, 0, 0, 0, 0, missing]) }
      let active = secondNorm(
        of: first, firstNorm(x, weights, &pass), weights, &pass, activation: .relu)
      return thirdNorm(of: second, active, weights, &pass, adding: shortcut)
    }
  }
}
