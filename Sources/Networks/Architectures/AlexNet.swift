/// The AlexNet of the distillation papers (names as in the MTT code). Without norm as they use it; with a norm after each
/// convolution it is their AlexNetBN.
public typealias AlexNet = PlainNetwork<AlexNetSettings>

/// Of five convolutions, three max poolings and one linear layer.
public struct AlexNetSettings: PlainNetworkSettings {
  public static let name = "alexnet"
  public static let summary =
    "the small AlexNet of the distillation papers: five convolutions, a linear layer"
  public static let help: [(key: String, meaning: String)] = [
    ("norm", "none, batch, layer, instance or group"),
    ("channels", "of the images: 1 or 3"),
    ("size", "side of the images in pixels"),
    ("classes", "number of classes"),
  ]
  /// The five convolutions.
  public static let layers = [
    PlainNetworkLayer(128, kernel: 5, isPooled: true), PlainNetworkLayer(192, kernel: 5, isPooled: true),
    PlainNetworkLayer(256), PlainNetworkLayer(192), PlainNetworkLayer(192, isPooled: true),
  ]
  public static let classifier = "fc"

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
