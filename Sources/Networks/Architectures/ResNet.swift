import Torch

/// A ResNet (He et al. 2016) of any width, with one of two stems; ``ResNet18``, ``ResNet50`` and ``ResNet101`` are its
/// depths, ``ResNet18AP`` the one with average pooling.
///
/// - `cifar`: convolution 3×3 and no pooling at the start; names as in the MTT code (`shortcut`, `classifier`), with
///   PyTorch's default initialisation.
/// - `imagenet`: convolution 7×7 with stride 2 and max pooling; names as in torchvision (`downsample`, `fc`), with its
///   initialisation (Kaiming normal over the fan-out for convolutions).
///
/// The four stages have w, 2w, 4w and 8w channels between convolutions 3×3 (w is the width, 64 in the paper); each but
/// the first halves the side. The classifier reads the means over places of 8w channels, of 32w with bottlenecks.
public struct ResNet<Settings: ResNetSettings>: ImageNetwork {
  /// What it was made from.
  public let settings: Settings
  /// Layouts and initialisers.
  public let blueprint: Blueprint
  private let stem: Convolution
  private let stemNorm: NormalizationLayer
  private let blocks: [ResidualBlock]
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

    var blocks: [ResidualBlock] = []
    var inputs = settings.width
    for (stage, count) in Settings.blocks.enumerated() {
      for index in 0..<count {
        let block = builder.scope("layer\(stage + 1)") { builder in
          builder.scope("\(index)") { builder in
            ResidualBlock(
              &builder, settings, in: inputs, width: settings.width << stage,
              stride: stage > 0 && index == 0 ? 2 : 1, side: side)
          }
        }
        blocks.append(block)
        (inputs, side) = (block.outputs, block.side)
      }
    }
    self.blocks = blocks
    if Settings.pools {
      guard side > 0 else {
        throw NetworkError(
          "network \(Settings.name): its poolings leave nothing of images of \(settings.size) pixels")
      }
      inputs *= side * side
    }
    classifier = Linear(&builder, torchvision ? "fc" : "classifier", in: inputs, out: settings.classes)
    blueprint = builder.finished()
  }

  public var prefersChannelsLast: Bool { settings.norm == .batch }

  public func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Output {
    var x = stemNorm(of: stem, x, weights, &pass, activation: .relu)
    if settings.stem == .imagenet { x = x.maxPool2d([3, 3], stride: [2, 2], padding: [1, 1]) }
    for block in blocks { x = block(x, weights, &pass) }
    let features = (Settings.pools ? x : x.adaptiveAvgPool2d([1, 1])).flatten(from: 1)
    return Output(
      logits: classifier(features, weights),
      probes: pass.probes.contains(.features) ? [.features: features] : [:])
  }
}

/// What a ResNet of some depth can be asked for.
public protocol ResNetSettings: ImageNetworkSettings, Hashable {
  /// How many blocks each of the four stages has.
  static var blocks: [Int] { get }
  /// What a block's branch is made of.
  static var branch: ResNetBranch { get }
  /// Whether sides are halved by average pooling instead of strides, and the classifier reads all places instead of their
  /// means.
  static var pools: Bool { get }

  /// Channels of the first stage, before a bottleneck's expansion.
  var width: Int { get }
  var stem: ResNetStem { get }
  var norm: NormKind { get }
  /// Whether the last norm of every block starts with scales of 0, so that fresh blocks pass their input on.
  var zeroInit: Bool { get }
}

extension ResNetSettings {
  public static var pools: Bool { false }
  public var zeroInit: Bool { false }
}

/// What a ResNet does before its first block.
public enum ResNetStem: String, Sendable, Hashable, SettingChoice {
  /// Convolution 3×3.
  case cifar
  /// Convolution 7×7 with stride 2 and max pooling.
  case imagenet
}

/// The convolutions of a residual block.
public enum ResNetBranch: Sendable {
  /// 3×3, 3×3; the first one strides.
  case basic
  /// 1×1, 3×3, 1×1 to four times the channels; the one 3×3 strides ("v1.5").
  case bottleneck

  func convolutions(width: Int, stride: Int) -> [(kernel: Int, outputs: Int, stride: Int)] {
    switch self {
    case .basic: [(3, width, stride), (3, width, 1)]
    case .bottleneck: [(1, width, 1), (3, width, stride), (1, 4 * width, 1)]
    }
  }
}

/// Convolutions around which the input passes unchanged, or through a 1×1 convolution where shapes change.
struct ResidualBlock: Sendable {
  typealias Layer = (convolution: Convolution, norm: NormalizationLayer)

  /// Channels and side of the result.
  let outputs: Int
  let side: Int
  private let branch: [Layer]
  private let shortcut: Layer?
  /// After the first norm of the branch, and before that of the shortcut.
  private let pooling: Pooling

  init(
    _ builder: inout LayoutBuilder, _ settings: some ResNetSettings, in inputs: Int, width: Int, stride: Int,
    side: Int
  ) {
    let torchvision = settings.stem == .imagenet
    func layer(
      _ builder: inout LayoutBuilder, _ names: (String, String), in inputs: Int, out outputs: Int,
      kernel: Int, stride: Int, side: Int, scale: Double = 1
    ) -> Layer {
      let convolution = Convolution(
        &builder, names.0, in: inputs, out: outputs, kernel: kernel, stride: stride, padding: kernel / 2,
        bias: false, initializer: torchvision ? .kaimingNormal(fanOut: outputs * kernel * kernel) : nil)
      let norm = NormalizationLayer(
        &builder, names.1, settings.norm, shape: [outputs, side, side], scale: scale)
      return (convolution, norm)
    }

    let pools = type(of: settings).pools && stride == 2
    pooling = pools ? .average : .none
    let convolutions = type(of: settings).branch.convolutions(width: width, stride: pools ? 1 : stride)
    var branch: [Layer] = []
    var (channels, place) = (inputs, side)
    for (index, convolution) in convolutions.enumerated() {
      place = (place + convolution.stride - 1) / convolution.stride
      let isLast = index == convolutions.count - 1
      branch.append(
        layer(
          &builder, ("conv\(index + 1)", "bn\(index + 1)"), in: channels, out: convolution.outputs,
          kernel: convolution.kernel, stride: convolution.stride, side: place,
          scale: isLast && settings.zeroInit ? 0 : 1))
      channels = convolution.outputs
      if index == 0 { place = pooling.side(after: place) }
    }
    self.branch = branch
    (outputs, self.side) = (channels, place)
    guard stride != 1 || inputs != channels else {
      shortcut = nil
      return
    }
    shortcut = builder.scope(torchvision ? "downsample" : "shortcut") { builder in
      layer(
        &builder, ("0", pools ? "2" : "1"), in: inputs, out: channels, kernel: 1, stride: pools ? 1 : stride,
        side: place)
    }
  }

  func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Tensor {
    var result = x
    for (index, layer) in branch.dropLast().enumerated() {
      result = layer.norm(
        of: layer.convolution, result, weights, &pass, activation: .relu,
        pooling: index == 0 ? pooling : .none)
    }
    let residual =
      shortcut.map {
        pooling == .none
          ? $0.norm(of: $0.convolution, x, weights, &pass)
          : $0.norm(pooling($0.convolution(x, weights)), weights, &pass)
      } ?? x
    let last = branch[branch.count - 1]
    return last.norm(
      of: last.convolution, result, weights, &pass, adding: residual, activation: .relu)
  }
}
