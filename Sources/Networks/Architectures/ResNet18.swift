/// ResNet-18: two basic blocks in each stage.
public typealias ResNet18 = ResNet<ResNet18Settings>

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
  public static let blocks = [2, 2, 2, 2]
  public static let branch = ResNetBranch.basic

  public var width = 64
  public var stem = ResNetStem.cifar
  public var norm = NormKind.batch
  public var channels = 3
  public var size = 32
  public var classes = 10

  public init() {}

  public func network() throws(NetworkError) -> any Network { try ResNet18(self) }
}
