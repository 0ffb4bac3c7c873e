import Command
import Data
import Foundation
import Networks
import Torch

/// A trained network as PyTorch takes it: `model.safetensors` with the reference's parameter names, and `model.py`, which
/// has the architecture as a plain module and loads the weights.
public enum PyTorchExport {
  /// - Returns: the files written.
  /// - Throws: ``CommandError`` for an architecture that has no Python text; ``TorchError`` if a file cannot be written.
  public static func write(_ model: SavedModel, to folder: URL) throws -> [URL] {
    let text = try source(model.card)
    let weights = try SafetensorsExport.write(model, to: folder)
    let script = folder.appendingPathComponent("model.py")
    try writeAtomically(to: script) { (file) throws(TorchError) in try file.write(text) }
    return [weights, script]
  }

  static func source(_ card: SavedModel.Card) throws -> String {
    let names = card.classNames.map { "\"\(escaped($0))\"" }.joined(separator: ", ")
    let constants = card.normalization as? Normalization
    let zca = card.normalization as? ZCA
    let state =
      zca == nil
      ? "load_file(path)" : "{k: v for k, v in load_file(path).items() if not k.startswith(\"zca.\")}"
    let mean = constants.map { "\($0.mean)" } ?? "None"
    let std = constants.map { "\($0.std)" } ?? "None"
    return """
      \"\"\"\(card.network.name), trained with Salar. `python model.py IMAGE.npy` classifies images [B, C, H, W] in [0, 1].\"\"\"

      import sys
      from pathlib import Path

      import torch
      import torch.nn.functional as F
      from safetensors.torch import load_file
      from torch import nn

      CLASSES = [\(names)]
      MEAN, STD = \(mean), \(std)\(zca.map { "\nZCA_EPSILON = \($0.epsilon)  # its tensors stand beside the weights" } ?? "")


      \(try module(card.network))

      def load(path=Path(__file__).with_name("model.safetensors")):
          model = Model()
          model.load_state_dict(\(state))
          return model.eval()

      \(zca == nil ? "" : whitening)

      def classify(model, images):
          \"\"\"Class probabilities [B, classes] of images [B, C, H, W] in [0, 1].\"\"\"
          if MEAN is not None:
              images = (images - torch.tensor(MEAN).view(1, -1, 1, 1)) / torch.tensor(STD).view(1, -1, 1, 1)
      \(zca == nil ? "" : "    images = whiten(images)\n")    with torch.no_grad():
              return model(images).softmax(1)


      if __name__ == "__main__":
          import numpy

          for row in classify(load(), torch.from_numpy(numpy.load(sys.argv[1])).float()):
              print(CLASSES[int(row.argmax())], f"{float(row.max()):.4f}")

      """
  }

  /// Where images are whitened as a whole, and not by channels.
  private static let whitening = """


    def whiten(images, path=Path(__file__).with_name("model.safetensors")):
        \"\"\"x' = (x − μ) U diag((s + ε)^−½) Uᵀ of flattened images, fitted to the training images.\"\"\"
        state = load_file(path)
        vectors = state["zca.eigenvectors"]
        matrix = (vectors * (state["zca.eigenvalues"] + ZCA_EPSILON).rsqrt()) @ vectors.T
        return ((images.flatten(1) - state["zca.mean"].float()) @ matrix.float()).view_as(images)

    """

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  private static func module(_ choice: NetworkChoice) throws -> String {
    switch choice.name {
    case ConvNet.Settings.name: try convNet(choice.settings.decoded())
    case MLP.Settings.name: try mlp(choice.settings.decoded())
    case LeNet.Settings.name: try leNet(choice.settings.decoded())
    case PyramidNet.Settings.name: try pyramidNet(choice.settings.decoded())
    case ResNet18.Settings.name: try resNet(choice.settings.decoded(as: ResNet18.Settings.self))
    case ResNet50.Settings.name: try resNet(choice.settings.decoded(as: ResNet50.Settings.self))
    case ResNet101.Settings.name: try resNet(choice.settings.decoded(as: ResNet101.Settings.self))
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

  private static func resNet(_ settings: some ResNetSettings) throws -> String {
    let isImageNet = settings.stem == .imagenet
    let shortcut = isImageNet ? "downsample" : "shortcut"
    let head = isImageNet ? "fc" : "classifier"
    let (kernel, stride) = isImageNet ? (7, 2) : (3, 1)
    let norms: String =
      switch settings.norm {
      case .none: "nn.Identity()"
      case .batch: "nn.BatchNorm2d(channels)"
      case .layer: "nn.LayerNorm([channels, side, side])"
      case .instance: "nn.GroupNorm(channels, channels)"
      case .group: "nn.GroupNorm(4, channels)"
      }
    let (layers, branch, expansion) =
      switch type(of: settings).branch {
      case .basic:
        (
          """
                  self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
                  self.bn1 = norm(width, out)
                  self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
                  self.bn2 = norm(width, out)
          """, "self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))", 1
        )
      case .bottleneck:
        (
          """
                  self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
                  self.bn1 = norm(width, side)
                  self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
                  self.bn2 = norm(width, out)
                  self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
                  self.bn3 = norm(4 * width, out)
          """,
          "self.bn3(self.conv3(F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))))", 4
        )
      }
    return """
      def norm(channels, side):
          return \(norms)


      class Block(nn.Module):
          def __init__(self, inputs, width, stride, side):
              super().__init__()
              out, outputs = -(-side // stride), \(expansion) * width
      \(layers)
              self.\(shortcut) = None
              if stride != 1 or inputs != outputs:
                  self.\(shortcut) = nn.Sequential(
                      nn.Conv2d(inputs, outputs, 1, stride, bias=False), norm(outputs, out))

          def forward(self, x):
              y = \(branch)
              return F.relu(y + (x if self.\(shortcut) is None else self.\(shortcut)(x)))


      class Model(nn.Module):
          def __init__(self):
              super().__init__()
              side = \(isImageNet ? "-(-\(settings.size) // 2)" : "\(settings.size)")
              self.conv1 = nn.Conv2d(\(settings.channels), \(settings.width), \(kernel), \(stride), \(kernel / 2), bias=False)
              self.bn1 = norm(\(settings.width), side)
      \(isImageNet ? "        side = -(-side // 2)\n" : "")        inputs = \(settings.width)
              for stage, count in enumerate(\(type(of: settings).blocks)):
                  blocks = []
                  for index in range(count):
                      width, stride = \(settings.width) << stage, 2 if stage > 0 and index == 0 else 1
                      blocks.append(Block(inputs, width, stride, side))
                      inputs, side = \(expansion) * width, -(-side // stride)
                  self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
              self.\(head) = nn.Linear(inputs, \(settings.classes))

          def forward(self, x):
              x = F.relu(self.bn1(self.conv1(x)))
      \(isImageNet ? "        x = F.max_pool2d(x, 3, 2, 1)\n" : "")        for stage in range(4):
                  x = getattr(self, f"layer{stage + 1}")(x)
              return self.\(head)(F.adaptive_avg_pool2d(x, 1).flatten(1))

      """
  }

  private static func wideResNet(_ settings: WideResNet.Settings) throws -> String {
    """
    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.bn1 = nn.BatchNorm2d(inputs)
            self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outputs)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.dropout = nn.Dropout(\(settings.dropout))
            self.convShortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False) if inputs != outputs else None

        def forward(self, x):
            active = F.relu(self.bn1(x))
            y = self.conv2(self.dropout(F.relu(self.bn2(self.conv1(active)))))
            return y + (x if self.convShortcut is None else self.convShortcut(active))


    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(\(settings.channels), 16, 3, 1, 1, bias=False)
            inputs = 16
            for group in range(3):
                blocks, outputs = [], \(settings.widen * 16) << group
                for index in range(\((settings.depth - 4) / 6)):
                    blocks.append(Block(inputs, outputs, 2 if group > 0 and index == 0 else 1))
                    inputs = outputs
                self.add_module(f"block{group + 1}", nn.ModuleDict({"layer": nn.Sequential(*blocks)}))
            self.bn1 = nn.BatchNorm2d(inputs)
            self.fc = nn.Linear(inputs, \(settings.classes))

        def forward(self, x):
            x = self.conv1(x)
            for group in (self.block1, self.block2, self.block3):
                x = group["layer"](x)
            return self.fc(F.adaptive_avg_pool2d(F.relu(self.bn1(x)), 1).flatten(1))

    """
  }

  private static func pyramidNet(_ settings: PyramidNet.Settings) throws -> String {
    let count = (settings.depth - 2) / 6
    return """
      class Block(nn.Module):
          def __init__(self, inputs, outputs, stride):
              super().__init__()
              self.bn1 = nn.BatchNorm2d(inputs)
              self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
              self.bn2 = nn.BatchNorm2d(outputs)
              self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
              self.bn3 = nn.BatchNorm2d(outputs)
              self.stride, self.missing = stride, outputs - inputs

          def forward(self, x):
              y = self.bn3(self.conv2(F.relu(self.bn2(self.conv1(self.bn1(x))))))
              if self.stride != 1:
                  x = F.avg_pool2d(x, 2, 2, ceil_mode=True)
              return y + F.pad(x, (0, 0, 0, 0, 0, self.missing))


      class Model(nn.Module):
          def __init__(self):
              super().__init__()
              self.conv1 = nn.Conv2d(\(settings.channels), 16, 3, 1, 1, bias=False)
              self.bn1 = nn.BatchNorm2d(16)
              width, inputs = 16.0, 16
              for stage in range(3):
                  blocks = []
                  for index in range(\(count)):
                      width += \(settings.alpha) / \(3 * count)
                      blocks.append(Block(inputs, round(width), 2 if stage > 0 and index == 0 else 1))
                      inputs = round(width)
                  self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
              self.bn_final = nn.BatchNorm2d(inputs)
              self.fc = nn.Linear(inputs, \(settings.classes))

          def forward(self, x):
              x = self.bn1(self.conv1(x))
              for layer in (self.layer1, self.layer2, self.layer3):
                  x = layer(x)
              return self.fc(F.adaptive_avg_pool2d(F.relu(self.bn_final(x)), 1).flatten(1))

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
