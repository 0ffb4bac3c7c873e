import Torch

/// The AlexNet of the distillation papers (names as in the MTT code): five convolutions, three max poolings, then one
/// linear layer. Without norm as they use it; with a norm after each convolution it is their AlexNetBN.
public struct AlexNet: ImageNetwork {
  /// What the architecture can be asked for, by the keys of `--set`.
  public struct Settings: ImageNetworkSettings, Hashable {
    public static let name = "alexnet"
    public static let summary =
      "the small AlexNet of the distillation papers: five convolutions, a linear layer"
    public static let help: [(key: String, meaning: String)] = [
      ("norm", "none, batch, layer, instance or group"),
      ("channels", "of the images: 1 or 3"),
      ("size", "side of the images in pixels"),
      ("classes", "number of classes"),
    ]

    /// After each convolution.
    public var norm = NormKind.none
    /// Of the images: 1 or 3 for pictures.
    public var channels = 3
    /// Side of the square images in pixels.
    public var size = 32
    public var classes = 10

    public init() {}

    public func network() throws(NetworkError) -> any Network { try AlexNet(self) }
  }

  /// What it was made from.
  public let settings: Settings
  /// Layouts and initialisers.
  public let blueprint: Blueprint
  private let features: ConvolutionSequence
  private let classifier: Linear

  public init(_ settings: Settings = Settings()) throws(NetworkError) {
    try settings.checkImages()
    self.settings = settings
    var builder = LayoutBuilder()
    let layers: [ConvolutionSequence.Layer] = [
      .convolution(128, kernel: 5), .pool, .convolution(192, kernel: 5), .pool, .convolution(256, kernel: 3),
      .convolution(192, kernel: 3), .convolution(192, kernel: 3), .pool,
    ]
    features = try ConvolutionSequence(&builder, layers, settings, norm: settings.norm)
    classifier = Linear(&builder, "fc", in: features.outputs, out: settings.classes)
    blueprint = builder.finished()
  }

  public func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Output {
    let features = features(x, weights, &pass).flatten(from: 1)
    return Output(
      logits: classifier(features, weights),
      probes: pass.probes.contains(.features) ? [.features: features] : [:])
  }
}
