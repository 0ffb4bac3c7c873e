import Torch

/// A multi-layer perceptron on the flattened image (names `fc_1`, `fc_2`, … as in the MTT code).
public struct MLP: ImageNetwork {
  /// What the architecture can be asked for, by the keys of `--set`.
  public struct Settings: ImageNetworkSettings, Hashable {
    public static let name = "mlp"
    public static let summary = "linear layers with an activation between them, on the flattened image"
    public static let help: [(key: String, meaning: String)] = [
      ("hidden", "widths of the hidden layers: 128,128"),
      ("activation", "relu, leakyrelu, sigmoid, tanh, swish or gelu"),
      ("dropout", "probability after each hidden layer, in [0, 1)"),
      ("channels", "of the images"),
      ("size", "side of the images in pixels"),
      ("classes", "number of classes"),
    ]

    /// Widths of the hidden layers; empty for a linear model.
    public var hidden = [128, 128]
    /// After each layer but the last.
    public var activation = Activation.relu
    /// Probability with which an element is zeroed in training, in [0, 1).
    public var dropout = 0.0
    /// Of the images: 1 or 3 for pictures.
    public var channels = 3
    /// Side of the square images in pixels.
    public var size = 32
    public var classes = 10

    public init() {}

    public func network() throws(NetworkError) -> any Network { try MLP(self) }
  }

  /// What it was made from.
  public let settings: Settings
  /// Layouts and initialisers.
  public let blueprint: Blueprint
  private let layers: [Linear]
  private let dropout: Dropout

  public init(_ settings: Settings = Settings()) throws(NetworkError) {
    for width in settings.hidden { try settings.check("hidden", width, 1...1_000_000) }
    try settings.checkImages()
    guard (0..<1).contains(settings.dropout) else {
      throw NetworkError("network mlp: dropout must be in [0, 1), found \(settings.dropout)")
    }
    self.settings = settings
    dropout = Dropout(settings.dropout)
    var builder = LayoutBuilder()
    let widths = [settings.channels * settings.size * settings.size] + settings.hidden + [settings.classes]
    layers = (1..<widths.count).map { Linear(&builder, "fc_\($0)", in: widths[$0 - 1], out: widths[$0]) }
    blueprint = builder.finished()
  }

  public func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Output {
    var x = x.flatten(from: 1)
    for layer in layers.dropLast() { x = dropout(settings.activation(layer(x, weights)), &pass) }
    return Output(
      logits: layers.last!(x, weights), probes: pass.probes.contains(.features) ? [.features: x] : [:])
  }
}
