/// ResNet-50: 16 bottlenecks, which stride in their 3×3 convolution ("v1.5", as in torchvision).
public typealias ResNet50 = ResNet<ResNet50Settings>

public struct ResNet50Settings: ResNetSettings {
  public static let name = "resnet50"
  public static let summary = "ResNet-50 of any width, with the ImageNet or the CIFAR stem"
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
  public static let blocks = [3, 4, 6, 3]
  public static let branch = ResNetBranch.bottleneck

  public var width = 64
  public var stem = ResNetStem.imagenet
  public var norm = NormKind.batch
  public var zeroInit = true
  public var channels = 3
  public var size = 224
  public var classes = 1000

  public init() {}

  public func network() throws(NetworkError) -> any Network { try ResNet50(self) }
}
