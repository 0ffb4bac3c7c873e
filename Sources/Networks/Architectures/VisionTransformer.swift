import Torch

/// A vision transformer (Dosovitskiy et al. 2021), ViT-S/32 by default: patches as tokens of `width` numbers, a class
/// token before them, learned positions, `depth` blocks of attention and MLP with layer norm before each (ε = 1e-6), a
/// last norm and one linear layer on the class token.
///
/// Names are those of timm's `VisionTransformer` (`cls_token`, `blocks.0.attn.qkv`, `head`). Tokens, positions and
/// linear weights are drawn from N(0, 0.02²), biases and the head start at 0, and the patches' convolution is PyTorch's
/// default. timm cuts the normal distribution off at ±2, a hundred standard deviations, where nothing ever is.
public struct VisionTransformer: ImageNetwork {
  /// What the architecture can be asked for, by the keys of `--set`.
  public struct Settings: ImageNetworkSettings, Hashable {
    public static let name = "vit"
    public static let summary = "vision transformer with class token, ViT-S/32 unless set otherwise"
    public static let help: [(key: String, meaning: String)] = [
      ("patch", "side of a patch in pixels; divides the size"),
      ("width", "numbers of a token"),
      ("depth", "blocks"),
      ("heads", "of the attention; divides the width"),
      ("mlp", "hidden width of a block's MLP"),
      ("channels", "of the images"),
      ("size", "side of the images in pixels"),
      ("classes", "number of classes"),
    ]

    /// Side of a patch in pixels.
    public var patch = 32
    /// Length of a token.
    public var width = 384
    /// Transformer blocks.
    public var depth = 12
    /// Attention heads, a divisor of the width.
    public var heads = 6
    /// Width of the hidden layer in each block.
    public var mlp = 1536
    /// Of the images: 1 or 3 for pictures.
    public var channels = 3
    /// Side of the square images in pixels.
    public var size = 224
    public var classes = 1000

    public init() {}

    public func network() throws(NetworkError) -> any Network { try VisionTransformer(self) }
  }

  /// What it was made from.
  public let settings: Settings
  /// Layouts and initialisers.
  public let blueprint: Blueprint
  private let classToken: Int
  private let positions: Int
  private let patches: Convolution
  private let blocks: [Block]
  private let norm: LayerNorm
  private let head: Linear

  public init(_ settings: Settings = Settings()) throws(NetworkError) {
    try settings.checkImages()
    try settings.check("patch", settings.patch, 1...settings.size)
    guard settings.size % settings.patch == 0 else {
      throw NetworkError(
        "network vit: patch must divide the size, found patches of \(settings.patch) in images of \(settings.size)"
      )
    }
    try settings.check("width", settings.width, 1...65_536)
    try settings.check("depth", settings.depth, 1...1_000)
    try settings.check("heads", settings.heads, 1...settings.width)
    guard settings.width % settings.heads == 0 else {
      throw NetworkError(
        "network vit: heads must divide the width, found \(settings.heads) heads for width \(settings.width)")
    }
    try settings.check("mlp", settings.mlp, 1...1_000_000)
    self.settings = settings
    var builder = LayoutBuilder()
    let width = settings.width
    let side = settings.size / settings.patch
    classToken = builder.parameter("cls_token", [1, 1, width], .weight, Self.narrow)
    positions = builder.parameter("pos_embed", [1, side * side + 1, width], .weight, Self.narrow)
    patches = Convolution(
      &builder, "patch_embed.proj", in: settings.channels, out: width, kernel: settings.patch,
      stride: settings.patch)
    blocks = (0..<settings.depth).map { index in
      builder.scope("blocks.\(index)") { Block(&$0, settings) }
    }
    norm = LayerNorm(&builder, "norm", shape: [width], eps: Self.eps)
    head = Linear(
      &builder, "head", in: width, out: settings.classes, initializer: .constant(0),
      biasInitializer: .constant(0))
    blueprint = builder.finished()
  }

  private static var narrow: Initializer { .normal(std: 0.02) }
  private static var eps: Double { 1e-6 }

  public func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Output {
    let tokens = patches(x, weights).flatten(from: 2).transpose(1, 2)
    let first = weights[classToken].expand([x.size(0), 1, settings.width])
    var x = Tensor.concatenated([first, tokens], dim: 1) + weights[positions]
    for block in blocks { x = block(x, weights) }
    let features = norm(x.select(dim: 1, index: 0), weights)
    return Output(
      logits: head(features, weights),
      probes: pass.probes.contains(.features) ? [.features: features] : [:])
  }

  /// x + attention(norm(x)), then x + MLP(norm(x)) with GELU: [B, N, width] → [B, N, width].
  private struct Block: Sendable {
    let firstNorm: LayerNorm
    let attention: Attention
    let secondNorm: LayerNorm
    let expansion: Linear
    let contraction: Linear

    init(_ builder: inout LayoutBuilder, _ settings: Settings) {
      let width = settings.width
      firstNorm = LayerNorm(&builder, "norm1", shape: [width], eps: eps)
      attention = builder.scope("attn") { Attention(&$0, width: width, heads: settings.heads) }
      secondNorm = LayerNorm(&builder, "norm2", shape: [width], eps: eps)
      expansion = Linear(
        &builder, "mlp.fc1", in: width, out: settings.mlp, initializer: narrow, biasInitializer: .constant(0))
      contraction = Linear(
        &builder, "mlp.fc2", in: settings.mlp, out: width, initializer: narrow, biasInitializer: .constant(0))
    }

    func callAsFunction(_ x: Tensor, _ weights: Parameters) -> Tensor {
      let x = x + attention(firstNorm(x, weights), weights)
      let hidden = Activation.gelu(expansion(secondNorm(x, weights), weights))
      return x + contraction(hidden, weights)
    }
  }

  /// softmax(QKᵀ/√d) V in each head, d numbers wide, and a linear layer on all of them. In products and softmax,
  /// because libtorch's fused attention has no second derivative on the CPU.
  private struct Attention: Sendable {
    let heads: Int
    let headWidth: Int
    let queriesKeysValues: Linear
    let output: Linear

    init(_ builder: inout LayoutBuilder, width: Int, heads: Int) {
      self.heads = heads
      headWidth = width / heads
      queriesKeysValues = Linear(
        &builder, "qkv", in: width, out: 3 * width, initializer: narrow, biasInitializer: .constant(0))
      output = Linear(
        &builder, "proj", in: width, out: width, initializer: narrow, biasInitializer: .constant(0))
    }

    func callAsFunction(_ x: Tensor, _ weights: Parameters) -> Tensor {
      // [B, N, 3·width] → [3, B, heads, N, d].
      let parts = queriesKeysValues(x, weights).unflatten(dim: 2, sizes: [3, heads, headWidth])
        .permute([2, 0, 3, 1, 4])
      let (queries, keys, values) = (parts[0], parts[1], parts[2])
      let scores = queries.matmul(keys.transpose(-2, -1)) * Scalar(1 / Double(headWidth).squareRoot())
      return output(scores.softmax(dim: -1).matmul(values).transpose(1, 2).flatten(from: 2), weights)
    }
  }
}
