/// ResNet-101: 33 bottlenecks, which stride in their 3×3 convolution ("v1.5", as in torchvision).
public typealias ResNet101 = ResNet<ResNet101Settings>

/// Of a ResNet of bottlenecks, 3, 4, 23 and 3 in the stages.
public struct ResNet101Settings: ResNetSettings {
  public static let name = "resnet101"
  public static let summary = "ResNet-101 of any width, with the ImageNet or the CIFAR stem"
  public static let help: [(key: String, meaning: String)] = [
    ("width", "channels of the first stage before its fourfold expansion; doubled in each of the next three"),
    ("stem", "imagenet (7×7, stride 2, max pooling) or cifar (3×3)"),
    ("norm", "none, batch, layer, instance or group"),
    (
      "zeroInit",
      "whether each block's last norm starts at scale 0, as in ImageNet recipes; torchvision: false"
    ),
    ("channels", "of the images"),
    ("size", "side of the images in pixels"),
    ("classes", "number of classes"),
  ]
  /// Blocks in each of the four stages.
  public static let blocks = [3, 4, 23, 3]
  /// What a block adds to its input.
  public static let branch = ResNetBranch.bottleneck

  /// Channels of the first stage; the later ones have 2, 4 and 8 times as many.
  public var width = 64
  /// What the images meet first.
  public var stem = ResNetStem.imagenet
  /// After each convolution.
  public var norm = NormKind.batch
  /// Whether the last norm of each branch starts at scale 0, so that blocks begin as the identity.
  public var zeroInit = true
  /// Of the images: 1 or 3 for pictures.
  public var channels = 3
  /// Side of the square images in pixels.
  public var size = 224
  public var classes = 1000

  public init() {}

  public func network() throws(NetworkError) -> any Network { try ResNet101(self) }
}
