import Torch

/// The ConvNet of the distillation papers (Gidaris and Komodakis 2018; names as in the MTT code): depth blocks of
/// convolution 3×3, normalisation, activation and pooling, then one linear layer.
public struct ConvNet: ImageNetwork {
  /// What the architecture can be asked for, by the keys of `--set`.
  public struct Settings: ImageNetworkSettings, Hashable {
    public static let name = "convnet"
    public static let summary = "depth × (convolution 3×3, norm, activation, pooling), then a linear layer"
    public static let help: [(key: String, meaning: String)] = [
      ("depth", "blocks"),
      ("width", "channels of every block"),
      ("norm", "none, batch, layer, instance or group"),
      ("activation", "relu, leakyrelu, sigmoid, tanh, swish or gelu"),
      ("pooling", "none, average or max"),
      ("channels", "of the images: 1 or 3"),
      ("size", "side of the images in pixels"),
      ("classes", "number of classes"),
    ]

    /// Blocks, at least 1.
    public var depth = 3
    /// Channels of every block.
    public var width = 128
    /// After each convolution.
    public var norm = NormKind.instance
    /// After each layer but the last.
    public var activation = Activation.relu
    /// At the end of each block.
    public var pooling = Pooling.average
    /// Of the images: 1 or 3 for pictures.
    public var channels = 3
    /// Side of the square images in pixels.
    public var size = 32
    public var classes = 10

    public init() {}

    public func network() throws(NetworkError) -> any Network { try ConvNet(self) }
  }

  private struct Block: Sendable {
    let convolution: Convolution
    let norm: NormalizationLayer
  }

  /// What it was made from.
  public let settings: Settings
  /// Layouts and initialisers.
  public let blueprint: Blueprint
  private let blocks: [Block]
  private let classifier: Linear

  public init(_ settings: Settings = Settings()) throws(NetworkError) {
    try settings.check("depth", settings.depth, 1...16)
    try settings.check("width", settings.width, 1...65_536)
    try settings.checkImages()
    try settings.check(settings.norm, width: settings.width)
    self.settings = settings
    var builder = LayoutBuilder()
    var blocks: [Block] = []
    var side = settings.size
    var inputs = settings.channels
    // The reference numbers all modules of `features` in one sequence, those without parameters too.
    var module = 0
    for depth in 0..<settings.depth {
      // Gray 28×28 images grow to 32×32 in the first block, as in the reference.
      let grows = depth == 0 && settings.channels == 1 && settings.size == 28
      if grows { side += 4 }
      let shape = [settings.width, side, side]
      blocks.append(
        builder.scope("features") { builder in
          let convolution = Convolution(
            &builder, "\(module)", in: inputs, out: settings.width, kernel: 3, padding: grows ? 3 : 1)
          module += 1
          let norm = NormalizationLayer(&builder, "\(module)", settings.norm, shape: shape)
          module += settings.norm == .none ? 0 : 1
          return Block(convolution: convolution, norm: norm)
        })
      module += settings.pooling == .none ? 1 : 2
      side = settings.pooling.side(after: side)
      inputs = settings.width
      guard side > 0 else {
        throw NetworkError(
          "network convnet: \(settings.depth) poolings leave nothing of images of \(settings.size) pixels; "
            + "use a smaller depth or pooling=none")
      }
    }
    classifier = Linear(&builder, "classifier", in: settings.width * side * side, out: settings.classes)
    self.blocks = blocks
    blueprint = builder.finished()
  }

  public func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Output {
    var x = x
    for block in blocks {
      x = block.norm(
        of: block.convolution, x, weights, &pass, activation: settings.activation, pooling: settings.pooling)
    }
    let features = x.flatten(from: 1)
    return Output(
      logits: classifier(features, weights),
      probes: pass.probes.contains(.features) ? [.features: features] : [:])
  }
}
