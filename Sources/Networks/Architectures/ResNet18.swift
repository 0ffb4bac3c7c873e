import Torch

/// ResNet-18 (He et al. 2016) of any width, with one of two stems.
///
/// - `cifar`: convolution 3×3 and no pooling at the start; names as in the MTT code (`shortcut`, `classifier`), with
///   PyTorch's default initialisation.
/// - `imagenet`: convolution 7×7 with stride 2 and max pooling; names as in torchvision (`downsample`, `fc`), with its
///   initialisation (Kaiming normal over the fan-out for convolutions).
public struct ResNet18: ImageNetwork {
  public enum Stem: String, Sendable, Hashable, SettingChoice {
    case cifar, imagenet
  }

  public struct Settings: ImageNetworkSettings, Hashable {
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

    public var width = 64
    public var stem = Stem.cifar
    public var norm = NormKind.batch
    public var channels = 3
    public var size = 32
    public var classes = 10

    public init() {}

    public func network() throws(NetworkError) -> any Network { try ResNet18(self) }
  }

  public let settings: Settings
  public let blueprint: Blueprint
  private let stem: Convolution
  private let stemNorm: NormalizationLayer
  private let blocks: [BasicBlock]
  private let classifier: Linear

  public init(_ settings: Settings = Settings()) throws(NetworkError) {
    try settings.check("width", settings.width, 1...65_536)
    try settings.checkImages()
    try settings.check(settings.norm, width: settings.width)
    self.settings = settings
    let torchvision = settings.stem == .imagenet
    var builder = LayoutBuilder()
    var side = settings.size
    let kernel = torchvision ? 7 : 3
    if torchvision { side = (side + 1) / 2 }
    stem = Convolution(
      &builder, "conv1", in: settings.channels, out: settings.width, kernel: kernel,
      stride: torchvision ? 2 : 1,
      padding: kernel / 2, bias: false,
      initializer: torchvision ? .kaimingNormal(fanOut: settings.width * kernel * kernel) : nil)
    stemNorm = NormalizationLayer(&builder, "bn1", settings.norm, shape: [settings.width, side, side])
    if torchvision { side = (side + 1) / 2 }

    var blocks: [BasicBlock] = []
    var inputs = settings.width
    for stage in 0..<4 {
      let outputs = settings.width << stage
      for index in 0..<2 {
        let stride = stage > 0 && index == 0 ? 2 : 1
        blocks.append(
          builder.scope("layer\(stage + 1)") { builder in
            builder.scope("\(index)") { builder in
              BasicBlock(
                &builder, in: inputs, out: outputs, stride: stride, side: side, norm: settings.norm,
                torchvision: torchvision)
            }
          })
        side = (side + stride - 1) / stride
        inputs = outputs
      }
    }
    self.blocks = blocks
    classifier = Linear(&builder, torchvision ? "fc" : "classifier", in: inputs, out: settings.classes)
    blueprint = builder.finished()
  }

  public var prefersChannelsLast: Bool { settings.norm == .batch }

  public func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Output {
    var x = stemNorm(stem(x, weights), weights, &pass, activation: .relu)
    if settings.stem == .imagenet { x = x.maxPool2d([3, 3], stride: [2, 2], padding: [1, 1]) }
    for block in blocks { x = block(x, weights, &pass) }
    let features = x.adaptiveAvgPool2d([1, 1]).flatten(from: 1)
    return Output(
      logits: classifier(features, weights),
      probes: pass.probes.contains(.features) ? [.features: features] : [:])
  }
}

/// Two convolutions 3×3 around which the input passes unchanged, or through a 1×1 convolution where shapes change.
struct BasicBlock: Sendable {
  let first: Convolution
  let firstNorm: NormalizationLayer
  let second: Convolution
  let secondNorm: NormalizationLayer
  let shortcut: (convolution: Convolution, norm: NormalizationLayer)?

  init(
    _ builder: inout LayoutBuilder, in inputs: Int, out outputs: Int, stride: Int, side: Int, norm: NormKind,
    torchvision: Bool
  ) {
    let shape = [outputs, (side + stride - 1) / stride, (side + stride - 1) / stride]
    func initializer(_ kernel: Int) -> Initializer? {
      torchvision ? .kaimingNormal(fanOut: outputs * kernel * kernel) : nil
    }
    first = Convolution(
      &builder, "conv1", in: inputs, out: outputs, kernel: 3, stride: stride, padding: 1, bias: false,
      initializer: initializer(3))
    firstNorm = NormalizationLayer(&builder, "bn1", norm, shape: shape)
    second = Convolution(
      &builder, "conv2", in: outputs, out: outputs, kernel: 3, padding: 1, bias: false,
      initializer: initializer(3))
    secondNorm = NormalizationLayer(&builder, "bn2", norm, shape: shape)
    guard stride != 1 || inputs != outputs else {
      shortcut = nil
      return
    }
    shortcut = builder.scope(torchvision ? "downsample" : "shortcut") { builder in
      (
        Convolution(
          &builder, "0", in: inputs, out: outputs, kernel: 1, stride: stride, bias: false,
          initializer: initializer(1)),
        NormalizationLayer(&builder, "1", norm, shape: shape)
      )
    }
  }

  func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Tensor {
    let branch = firstNorm(first(x, weights), weights, &pass, activation: .relu)
    let residual =
      shortcut.map { $0.norm($0.convolution(x, weights), weights, &pass) } ?? x
    return secondNorm(second(branch, weights), weights, &pass, adding: residual, activation: .relu)
  }
}
