/// The ResNet-18 of the distillation papers whose sides are halved by average pooling, and whose classifier reads all places.
public typealias ResNet18AP = ResNet<ResNet18APSettings>

/// Of a ResNet of basic blocks with average pooling in the place of strides (names as in the MTT code).
public struct ResNet18APSettings: ResNetSettings {
  public static let name = "resnet18ap"
  public static let summary =
    "ResNet-18 with average pooling instead of strides, as the distillation papers have it"
  public static let help: [(key: String, meaning: String)] = [
    ("width", "channels of the first stage; doubled in each of the next three"),
    ("norm", "none, batch, layer, instance or group"),
    ("channels", "of the images"),
    ("size", "side of the images in pixels, 8 or more"),
    ("classes", "number of classes"),
  ]
  /// Blocks in each of the four stages.
  public static let blocks = [2, 2, 2, 2]
  /// What a block adds to its input.
  public static let branch = ResNetBranch.basic
  public static let pools = true

  /// Channels of the first stage; the later ones have 2, 4 and 8 times as many.
  public var width = 64
  /// After each convolution.
  public var norm = NormKind.instance
  /// Of the images: 1 or 3 for pictures.
  public var channels = 3
  /// Side of the square images in pixels.
  public var size = 32
  public var classes = 10

  public init() {}

  /// Convolution 3×3.
  public var stem: ResNetStem { .cifar }

  public func network() throws(NetworkError) -> any Network { try ResNet18AP(self) }
}
