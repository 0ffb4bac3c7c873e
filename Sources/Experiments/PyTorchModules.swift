import Command
import Networks

/// Architectures as plain PyTorch modules, `class Model` with the reference's parameter names.
enum PyTorchModules {
  /// - Throws: ``CommandError`` for an architecture that has none.
  static func text(_ choice: NetworkChoice) throws -> String {
    switch choice.name {
    case AlexNet.Settings.name: try alexNet(choice.settings.decoded())
    case ConvNet.Settings.name: try convNet(choice.settings.decoded())
    case MLP.Settings.name: try mlp(choice.settings.decoded())
    case LeNet.Settings.name: try leNet(choice.settings.decoded())
    case PyramidNet.Settings.name: try pyramidNet(choice.settings.decoded())
    case ResNet18.Settings.name: try resNet(choice.settings.decoded(as: ResNet18.Settings.self))
    case ResNet18AP.Settings.name: try pooledResNet(choice.settings.decoded())
    case ResNet50.Settings.name: try resNet(choice.settings.decoded(as: ResNet50.Settings.self))
    case ResNet101.Settings.name: try resNet(choice.settings.decoded(as: ResNet101.Settings.self))
    case VGG11.Settings.name: try vgg11(choice.settings.decoded())
    case VisionTransformer.Settings.name: try visionTransformer(choice.settings.decoded())
    case WideResNet.Settings.name: try wideResNet(choice.settings.decoded())
    default: throw CommandError("network \(choice.name): there is no PyTorch text for it yet")
    }
  }

  private static func activation(_ kind: Activation) -> String {
    switch kind {
    case .relu: "nn.ReLU()"
    case .leakyrelu: "nn.LeakyReLU(0.01)"
    case .sigmoid: "nn.Sigmoid()"
    case .tanh: "nn.Tanh()"
    case .swish: "nn.SiLU()"
    case .gelu: "nn.GELU()"
    }
  }

  private static func norm(_ kind: NormKind, _ shape: [Int]) -> String? {
    switch kind {
    case .none: nil
    case .batch: "nn.BatchNorm2d(\(shape[0]))"
    case .layer: "nn.LayerNorm(\(shape))"
    case .instance: "nn.GroupNorm(\(shape[0]), \(shape[0]))"
    case .group: "nn.GroupNorm(4, \(shape[0]))"
    }
  }

  private static func convNet(_ settings: ConvNet.Settings) throws -> String {
    var lines: [String] = []
    var side = settings.size
    var inputs = settings.channels
    for block in 0..<settings.depth {
      let grows = block == 0 && settings.channels == 1 && settings.size == 28
      side += grows ? 4 : 0
      lines.append("nn.Conv2d(\(inputs), \(settings.width), 3, padding=\(grows ? 3 : 1))")
      if let norm = norm(settings.norm, [settings.width, side, side]) { lines.append(norm) }
      lines.append(activation(settings.activation))
      switch settings.pooling {
      case .none: break
      case .average: lines.append("nn.AvgPool2d(2, 2)")
      case .max: lines.append("nn.MaxPool2d(2, 2)")
      }
      side = settings.pooling == .none ? side : side / 2
      inputs = settings.width
    }
    let body = lines.map { "            \($0),\n" }.joined()
    return """
      class Model(nn.Module):
          def __init__(self):
              super().__init__()
              self.features = nn.Sequential(
      \(body)        )
              self.classifier = nn.Linear(\(settings.width * side * side), \(settings.classes))

          def forward(self, x):
              return self.classifier(self.features(x).flatten(1))

      """
  }

  private static func alexNet(_ settings: AlexNet.Settings) -> String {
    sequence(
      [(128, 5), nil, (192, 5), nil, (256, 3), (192, 3), (192, 3), nil], settings, norm: settings.norm,
      head: "fc")
  }

  private static func vgg11(_ settings: VGG11.Settings) -> String {
    sequence(
      [
        (64, 3), nil, (128, 3), nil, (256, 3), (256, 3), nil, (512, 3), (512, 3), nil, (512, 3), (512, 3),
        nil,
      ], settings, norm: settings.norm, head: "classifier")
  }

  /// Convolutions to so many channels with such a kernel, nil for max pooling; then a linear layer.
  private static func sequence(
    _ layers: [(outputs: Int, kernel: Int)?], _ settings: some ImageNetworkSettings, norm kind: NormKind,
    head: String
  ) -> String {
    var lines: [String] = []
    var (inputs, side) = (settings.channels, settings.size)
    for (index, layer) in layers.enumerated() {
      guard let (outputs, kernel) = layer else {
        lines.append("nn.MaxPool2d(2, 2)")
        side /= 2
        continue
      }
      let grows = index == 0 && settings.channels == 1 && settings.size == 28
      side += grows ? 4 : 0
      lines.append("nn.Conv2d(\(inputs), \(outputs), \(kernel), padding=\(kernel / 2 + (grows ? 2 : 0)))")
      if let norm = norm(kind, [outputs, side, side]) { lines.append(norm) }
      lines.append("nn.ReLU()")
      inputs = outputs
    }
    let body = lines.map { "            \($0),\n" }.joined()
    return """
      class Model(nn.Module):
          def __init__(self):
              super().__init__()
              self.features = nn.Sequential(
      \(body)        )
              self.\(head) = nn.Linear(\(inputs * side * side), \(settings.classes))

          def forward(self, x):
              return self.\(head)(self.features(x).flatten(1))

      """
  }

  private static func mlp(_ settings: MLP.Settings) throws -> String {
    let widths = [settings.channels * settings.size * settings.size] + settings.hidden + [settings.classes]
    let layers = (1..<widths.count).map {
      "        self.fc_\($0) = nn.Linear(\(widths[$0 - 1]), \(widths[$0]))\n"
    }
    let calls = (1..<widths.count - 1).map { "        x = self.dropout(self.activation(self.fc_\($0)(x)))\n" }
    return """
      class Model(nn.Module):
          def __init__(self):
              super().__init__()
      \(layers.joined())        self.activation = \(activation(settings.activation))
              self.dropout = nn.Dropout(\(settings.dropout))

          def forward(self, x):
              x = x.flatten(1)
      \(calls.joined())        return self.fc_\(widths.count - 1)(x)

      """
  }

  private static func leNet(_ settings: LeNet.Settings) throws -> String {
    let padding = settings.channels == 1 ? 2 : 0
    let side = ((settings.size + 2 * padding - 4) / 2 - 4) / 2
    return """
      class Model(nn.Module):
          def __init__(self):
              super().__init__()
              self.features = nn.Sequential(
                  nn.Conv2d(\(settings.channels), 6, 5, padding=\(padding)), nn.ReLU(), nn.MaxPool2d(2, 2),
                  nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2, 2))
              self.fc_1 = nn.Linear(\(16 * side * side), 120)
              self.fc_2 = nn.Linear(120, 84)
              self.fc_3 = nn.Linear(84, \(settings.classes))

          def forward(self, x):
              x = self.features(x).flatten(1)
              return self.fc_3(F.relu(self.fc_2(F.relu(self.fc_1(x)))))

      """
  }

  private static func visionTransformer(_ settings: VisionTransformer.Settings) throws -> String {
    let (width, heads, patch) = (settings.width, settings.heads, settings.patch)
    let side = settings.size / patch
    return """
      class Attention(nn.Module):
          def __init__(self):
              super().__init__()
              self.qkv = nn.Linear(\(width), \(3 * width))
              self.proj = nn.Linear(\(width), \(width))

          def forward(self, x):
              q, k, v = self.qkv(x).unflatten(2, (3, \(heads), \(width / heads))).permute(2, 0, 3, 1, 4)
              return self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


      class Block(nn.Module):
          def __init__(self):
              super().__init__()
              self.norm1 = nn.LayerNorm(\(width), eps=1e-6)
              self.attn = Attention()
              self.norm2 = nn.LayerNorm(\(width), eps=1e-6)
              self.mlp = nn.ModuleDict({"fc1": nn.Linear(\(width), \(settings.mlp)), "fc2": nn.Linear(\(settings.mlp), \(width))})

          def forward(self, x):
              x = x + self.attn(self.norm1(x))
              return x + self.mlp["fc2"](F.gelu(self.mlp["fc1"](self.norm2(x))))


      class Model(nn.Module):
          def __init__(self):
              super().__init__()
              self.cls_token = nn.Parameter(torch.zeros(1, 1, \(width)))
              self.pos_embed = nn.Parameter(torch.zeros(1, \(side * side + 1), \(width)))
              self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(\(settings.channels), \(width), \(patch), \(patch))})
              self.blocks = nn.Sequential(*[Block() for _ in range(\(settings.depth))])
              self.norm = nn.LayerNorm(\(width), eps=1e-6)
              self.head = nn.Linear(\(width), \(settings.classes))

          def forward(self, x):
              x = self.patch_embed["proj"](x).flatten(2).transpose(1, 2)
              x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
              return self.head(self.norm(self.blocks(x)[:, 0]))

      """
  }
}
