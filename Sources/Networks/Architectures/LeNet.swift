import Torch

/// LeNet-5 with ReLU and max pooling (LeCun et al. 1998; names as in the MTT code): convolutions 5×5 of 6 and 16
/// channels, linear layers of 120 and 84.
public struct LeNet: ImageNetwork {
  /// What the architecture can be asked for, by the keys of `--set`.
  public struct Settings: ImageNetworkSettings, Hashable {
    public static let name = "lenet"
    public static let summary = "LeNet-5: two convolutions 5×5 with max pooling, three linear layers"
    public static let help: [(key: String, meaning: String)] = [
      ("channels", "of the images: 1 (28×28, padded) or 3 (32×32)"),
      ("size", "side of the images in pixels"),
      ("classes", "number of classes"),
    ]

    /// Of the images: 1 or 3 for pictures.
    public var channels = 3
    /// Side of the square images in pixels.
    public var size = 32
    public var classes = 10

    public init() {}

    public func network() throws(NetworkError) -> any Network { try LeNet(self) }
  }

  /// What it was made from.
  public let settings: Settings
  /// Layouts and initialisers.
  public let blueprint: Blueprint
  private let convolutions: [Convolution]
  private let layers: [Linear]

  public init(_ settings: Settings = Settings()) throws(NetworkError) {
    try settings.checkImages()
    // Gray images are padded by 2 in the first convolution, so that 28×28 and 32×32 meet.
    let padding = settings.channels == 1 ? 2 : 0
    let first = (settings.size + 2 * padding - 4) / 2
    let side = (first - 4) / 2
    guard settings.size + 2 * padding > 4, first > 4, side > 0 else {
      throw NetworkError(
        "network lenet: images of \(settings.size) pixels are too small for two convolutions 5×5")
    }
    self.settings = settings
    var builder = LayoutBuilder()
    convolutions = builder.scope("features") { builder in
      [
        Convolution(&builder, "0", in: settings.channels, out: 6, kernel: 5, padding: padding),
        Convolution(&builder, "3", in: 6, out: 16, kernel: 5),
      ]
    }
    layers = [
      Linear(&builder, "fc_1", in: 16 * side * side, out: 120),
      Linear(&builder, "fc_2", in: 120, out: 84),
      Linear(&builder, "fc_3", in: 84, out: settings.classes),
    ]
    blueprint = builder.finished()
  }

  public func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Output {
    var x = x
    for convolution in convolutions { x = Pooling.max(convolution(x, weights).relu()) }
    x = x.flatten(from: 1)
    for layer in layers.dropLast() { x = layer(x, weights).relu() }
    return Output(
      logits: layers.last!(x, weights), probes: pass.probes.contains(.features) ? [.features: x] : [:])
  }
}
