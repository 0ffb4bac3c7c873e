import Torch

/// The VGG-11 of the distillation papers (Simonyan and Zisserman 2015; names as in the MTT code): eight convolutions 3×3
/// with norms, five max poolings, then one linear layer. With `norm=batch` it is their VGG11BN.
public struct VGG11: ImageNetwork {
  /// What the architecture can be asked for, by the keys of `--set`.
  public struct Settings: ImageNetworkSettings, Hashable {
    public static let name = "vgg11"
    public static let summary = "VGG-11 with one linear layer, as the distillation papers have it"
    public static let help: [(key: String, meaning: String)] = [
      ("norm", "none, batch, layer, instance or group"),
      ("channels", "of the images: 1 or 3"),
      ("size", "side of the images in pixels, 28 or more"),
      ("classes", "number of classes"),
    ]

    /// After each convolution.
    public var norm = NormKind.instance
    /// Of the images: 1 or 3 for pictures.
    public var channels = 3
    /// Side of the square images in pixels.
    public var size = 32
    public var classes = 10

    public init() {}

    public func network() throws(NetworkError) -> any Network { try VGG11(self) }
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
      .convolution(64, kernel: 3), .pool, .convolution(128, kernel: 3), .pool, .convolution(256, kernel: 3),
      .convolution(256, kernel: 3), .pool, .convolution(512, kernel: 3), .convolution(512, kernel: 3), .pool,
      .convolution(512, kernel: 3), .convolution(512, kernel: 3), .pool,
    ]
    features = try ConvolutionSequence(&builder, layers, settings, norm: settings.norm)
    classifier = Linear(&builder, "classifier", in: features.outputs, out: settings.classes)
    blueprint = builder.finished()
  }

  public func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Output {
    let features = features(x, weights, &pass).flatten(from: 1)
    return Output(
      logits: classifier(features, weights),
      probes: pass.probes.contains(.features) ? [.features: features] : [:])
  }
}
