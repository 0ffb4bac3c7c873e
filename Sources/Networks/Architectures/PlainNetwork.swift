import Torch

/// Convolutions one after another, each with norm and ReLU, max poolings between them, then one linear layer: ``AlexNet``
/// and ``VGG11`` of the distillation papers. Gray images of 28 pixels grow to 32 in the first convolution, as in the
/// references.
public struct PlainNetwork<Settings: PlainNetworkSettings>: ImageNetwork {
  /// What it was made from.
  public let settings: Settings
  /// Layouts and initialisers.
  public let blueprint: Blueprint
  private let blocks: [Block]
  private let classifier: Linear

  private struct Block: Sendable {
    let convolution: Convolution
    let norm: NormalizationLayer
    let pooling: Pooling
  }

  /// - Throws: ``NetworkError`` where nothing of the images is left, or the norm cannot be laid over the channels.
  public init(_ settings: Settings = Settings()) throws(NetworkError) {
    try settings.checkImages()
    self.settings = settings
    var builder = LayoutBuilder()
    var blocks: [Block] = []
    var (inputs, side) = (settings.channels, settings.size)
    // The references number all modules of `features` in one sequence, those without parameters too.
    var module = 0
    for layer in Settings.layers {
      let grows = blocks.isEmpty && settings.channels == 1 && settings.size == 28
      if grows { side += 4 }
      blocks.append(
        builder.scope("features") { builder in
          let convolution = Convolution(
            &builder, "\(module)", in: inputs, out: layer.channels, kernel: layer.kernel,
            padding: layer.kernel / 2 + (grows ? 2 : 0))
          let norm = NormalizationLayer(
            &builder, "\(module + 1)", settings.norm, shape: [layer.channels, side, side])
          return Block(convolution: convolution, norm: norm, pooling: layer.isPooled ? .max : .none)
        })
      module += settings.norm == .none ? 2 : 3
      inputs = layer.channels
      guard layer.isPooled else { continue }
      module += 1
      side /= 2
      guard side > 0 else {
        throw NetworkError(
          "network \(Settings.name): its poolings leave nothing of images of \(settings.size) pixels")
      }
    }
    self.blocks = blocks
    classifier = Linear(&builder, Settings.classifier, in: inputs * side * side, out: settings.classes)
    blueprint = builder.finished()
  }

  public func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Output {
    var x = x
    for block in blocks {
      x = block.norm(
        of: block.convolution, x, weights, &pass, activation: .relu, pooling: block.pooling)
    }
    let features = x.flatten(from: 1)
    return Output(
      logits: classifier(features, weights),
      probes: pass.probes.contains(.features) ? [.features: features] : [:])
  }
}

/// What a ``PlainNetwork`` can be asked for.
public protocol PlainNetworkSettings: ImageNetworkSettings, Hashable {
  static var layers: [PlainNetworkLayer] { get }
  /// The linear layer's name in the reference.
  static var classifier: String { get }
  /// After each convolution.
  var norm: NormKind { get }
}

/// A convolution that keeps the side, with what comes after it.
public struct PlainNetworkLayer: Sendable {
  /// How many it makes.
  public var channels: Int
  /// The side of the kernel, odd.
  public var kernel = 3
  /// Whether max pooling over 2×2 follows.
  public var isPooled = false

  /// 3×3 and no pooling, unless told otherwise.
  public init(_ channels: Int, kernel: Int = 3, isPooled: Bool = false) {
    (self.channels, self.kernel, self.isPooled) = (channels, kernel, isPooled)
  }
}
