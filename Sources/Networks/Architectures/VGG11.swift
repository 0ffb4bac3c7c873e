/// The VGG-11 of the distillation papers (Simonyan and Zisserman 2015; names as in the MTT code). With `norm=batch` it is
/// their VGG11BN.
public typealias VGG11 = PlainNetwork<VGG11Settings>

/// Of eight convolutions 3×3 with norms, five max poolings and one linear layer.
public struct VGG11Settings: PlainNetworkSettings {
  public static let name = "vgg11"
  public static let summary = "VGG-11 with one linear layer, as the distillation papers have it"
  public static let help: [(key: String, meaning: String)] = [
    ("norm", "none, batch, layer, instance or group"),
    ("channels", "of the images: 1 or 3"),
    ("size", "side of the images in pixels, 28 or more"),
    ("classes", "number of classes"),
  ]
  /// The eight convolutions.
  public static let layers = [
    PlainNetworkLayer(64, isPooled: true), PlainNetworkLayer(128, isPooled: true), PlainNetworkLayer(256),
    PlainNetworkLayer(256, isPooled: true), PlainNetworkLayer(512), PlainNetworkLayer(512, isPooled: true),
    PlainNetworkLayer(512), PlainNetworkLayer(512, isPooled: true),
  ]
  public static let classifier = "classifier"

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
