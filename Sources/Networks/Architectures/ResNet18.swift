/// ResNet-18: two basic blocks in each stage.
public typealias ResNet18 = ResNet<ResNet18Settings>

/// Of a ResNet of basic blocks, 2 in each stage.
public struct ResNet18Settings: ResNetSettings {
  public static let name = "resnet18"
  public static let summary = "ResNet-18 of any width, with the CIFAR or the ImageNet stem"
  public static let help: [(key: String, meaning: String)] = [
    ("width", "channels of the first stage; doubled in each of the next three"),
    ("stem", "cifar (3×3) or imagenet (7×7, stride 2, max pooling)"),
    ("norm", "none, batch, layer, instance or group"),
    ("channels", "of the images"),
    ("size", "side of the images in pixels"),
    ("classes", "number of classes"),
  ]
  /// Blocks in each of the four stages.
  public static let blocks = [2, 2, 2, 2]
  /// What a block adds to its input.
  public static let branch = ResNetBranch.basic

  /// Channels of the first stage; the later ones have 2, 4 and 8 times as many.
  public var width = 64
  /// What the images meet first.
  public var stem = ResNetStem.cifar
  /// After each convolution.
  public var norm = NormKind.batch
  /// Of the images: 1 or 3 for pictures.
  public var channels = 3
  /// Side of the square images in pixels.
  public var size = 32
  public var classes = 10

  public init() {}

  public func network() throws(NetworkError) -> any Network { try ResNet18(self) }
}
