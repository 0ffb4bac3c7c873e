import Torch

/// A wide ResNet for small images (Zagoruyko and Komodakis 2016), WRN-depth-widen: convolution 3×3 to 16 channels,
/// three groups of (depth − 4)/6 blocks with 16, 32 and 64 times `widen` channels, the second and third of half the
/// side each, then norm, ReLU, means over places and one linear layer.
///
/// Names and initialisation are those of the PyTorch version that most code shares (xternalhand/WideResNet-pytorch:
/// `block1.layer.0.conv1`, `convShortcut`, `fc`): convolutions from N(0, 2/fan-out), the last bias 0.
public struct WideResNet: ImageNetwork {
  /// What the architecture can be asked for, by the keys of `--set`.
  public struct Settings: ImageNetworkSettings, Hashable {
    public static let name = "wrn"
    public static let summary = "wide ResNet (WRN-28-10, WRN-16-4, …) for small images"
    public static let help: [(key: String, meaning: String)] = [
      ("depth", "convolutions and linear layer, 6n + 4: 16, 28, 40"),
      ("widen", "channels of the groups over 16, 32 and 64"),
      ("dropout", "probability between the convolutions of a block, in [0, 1)"),
      ("channels", "of the images"),
      ("size", "side of the images in pixels"),
      ("classes", "number of classes"),
    ]

    /// Convolutions on a path: 6n + 4.
    public var depth = 28
    /// Times the widths 16, 32 and 64 of the three groups.
    public var widen = 10
    /// Probability with which an element is zeroed in training, in [0, 1).
    public var dropout = 0.0
    /// Of the images: 1 or 3 for pictures.
    public var channels = 3
    /// Side of the square images in pixels.
    public var size = 32
    public var classes = 10

    public init() {}

    public func network() throws(NetworkError) -> any Network { try WideResNet(self) }
  }

  /// What it was made from.
  public let settings: Settings
  /// Layouts and initialisers.
  public let blueprint: Blueprint
  private let stem: Convolution
  private let blocks: [Block]
  private let finalNorm: NormalizationLayer
  private let classifier: Linear

  public init(_ settings: Settings = Settings()) throws(NetworkError) {
    try settings.check("depth", settings.depth, 10...10_000)
    guard settings.depth % 6 == 4 else {
      throw NetworkError("network wrn: depth must be 6n + 4 (16, 28, 40), found \(settings.depth)")
    }
    try settings.check("widen", settings.widen, 1...1_000)
    try settings.checkImages()
    guard (0..<1).contains(settings.dropout) else {
      throw NetworkError("network wrn: dropout must be in [0, 1), found \(settings.dropout)")
    }
    self.settings = settings
    var builder = LayoutBuilder()
    stem = Convolution(
      &builder, "conv1", in: settings.channels, out: 16, kernel: 3, padding: 1, bias: false,
      initializer: .kaimingNormal(fanOut: 16 * 9))
    var blocks: [Block] = []
    var inputs = 16
    for group in 0..<3 {
      let outputs = settings.widen * 16 << group
      for index in 0..<(settings.depth - 4) / 6 {
        blocks.append(
          builder.scope("block\(group + 1).layer.\(index)") { builder in
            Block(
              &builder, in: inputs, out: outputs, stride: group > 0 && index == 0 ? 2 : 1,
              dropout: settings.dropout)
          })
        inputs = outputs
      }
    }
    self.blocks = blocks
    finalNorm = .batch(BatchNorm(&builder, "bn1", channels: inputs))
    classifier = Linear(
      &builder, "fc", in: inputs, out: settings.classes, biasInitializer: .constant(0))
    blueprint = builder.finished()
  }

  public var prefersChannelsLast: Bool { true }

  public func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Output {
    var x = stem(x, weights)
    for block in blocks { x = block(x, weights, &pass) }
    let features = finalNorm(x, weights, &pass, activation: .relu).adaptiveAvgPool2d([1, 1]).flatten(from: 1)
    return Output(
      logits: classifier(features, weights),
      probes: pass.probes.contains(.features) ? [.features: features] : [:])
  }

  /// Norm, ReLU, convolution 3×3, twice. The input passes by unchanged; where widths differ, what passes by is its norm
  /// and ReLU, through a 1×1 convolution.
  private struct Block: Sendable {
    let firstNorm: NormalizationLayer
    let first: Convolution
    let secondNorm: NormalizationLayer
    let second: Convolution
    let shortcut: Convolution?
    let dropout: Dropout

    init(
      _ builder: inout LayoutBuilder, in inputs: Int, out outputs: Int, stride: Int, dropout: Double
    ) {
      firstNorm = .batch(BatchNorm(&builder, "bn1", channels: inputs))
      first = Convolution(
        &builder, "conv1", in: inputs, out: outputs, kernel: 3, stride: stride, padding: 1, bias: false,
        initializer: .kaimingNormal(fanOut: outputs * 9))
      secondNorm = .batch(BatchNorm(&builder, "bn2", channels: outputs))
      second = Convolution(
        &builder, "conv2", in: outputs, out: outputs, kernel: 3, padding: 1, bias: false,
        initializer: .kaimingNormal(fanOut: outputs * 9))
      shortcut =
        inputs == outputs
        ? nil
        : Convolution(
          &builder, "convShortcut", in: inputs, out: outputs, kernel: 1, stride: stride, bias: false,
          initializer: .kaimingNormal(fanOut: outputs))
      self.dropout = Dropout(dropout)
    }

    func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Tensor {
      let active = firstNorm(x, weights, &pass, activation: .relu)
      let between = secondNorm(of: first, active, weights, &pass, activation: .relu)
      // The sum overwrites what the convolution returned, which no backward pass reads.
      return second(dropout(between, &pass), weights).add_(shortcut.map { $0(active, weights) } ?? x)
    }
  }
}
