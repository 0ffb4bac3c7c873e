import Networks

/// Residual networks.
extension PyTorchModules {
  static func resNet(_ settings: some ResNetSettings) throws -> String {
    let isImageNet = settings.stem == .imagenet
    let shortcut = isImageNet ? "downsample" : "shortcut"
    let head = isImageNet ? "fc" : "classifier"
    let (kernel, stride) = isImageNet ? (7, 2) : (3, 1)
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
          return \(norms(settings.norm))


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

  static func wideResNet(_ settings: WideResNet.Settings) throws -> String {
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

  static func pyramidNet(_ settings: PyramidNet.Settings) throws -> String {
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

  static func pooledResNet(_ settings: ResNet18AP.Settings) -> String {
    """
    def norm(channels, side):
        return \(norms(settings.norm))


    class Block(nn.Module):
        def __init__(self, inputs, width, halves, side):
            super().__init__()
            self.halves, out = halves, side // 2 if halves else side
            self.conv1 = nn.Conv2d(inputs, width, 3, 1, 1, bias=False)
            self.bn1 = norm(width, side)
            self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
            self.bn2 = norm(width, out)
            self.shortcut = None
            if halves:
                self.shortcut = nn.Sequential(
                    nn.Conv2d(inputs, width, 1, bias=False), nn.AvgPool2d(2), norm(width, out))

        def forward(self, x):
            y = F.relu(self.bn1(self.conv1(x)))
            y = self.bn2(self.conv2(F.avg_pool2d(y, 2) if self.halves else y))
            return F.relu(y + (x if self.shortcut is None else self.shortcut(x)))


    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            inputs, side = \(settings.width), \(settings.size)
            self.conv1 = nn.Conv2d(\(settings.channels), inputs, 3, 1, 1, bias=False)
            self.bn1 = norm(inputs, side)
            for stage in range(4):
                blocks, width = [], \(settings.width) << stage
                for index in range(2):
                    halves = stage > 0 and index == 0
                    blocks.append(Block(inputs, width, halves, side))
                    inputs, side = width, side // 2 if halves else side
                self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
            self.classifier = nn.Linear(inputs * side * side, \(settings.classes))

        def forward(self, x):
            x = F.relu(self.bn1(self.conv1(x)))
            for stage in range(4):
                x = getattr(self, f"layer{stage + 1}")(x)
            return self.classifier(x.flatten(1))

    """
  }

  /// The norm of `channels` channels on `side` places a side.
  private static func norms(_ kind: NormKind) -> String {
    switch kind {
    case .none: "nn.Identity()"
    case .batch: "nn.BatchNorm2d(channels)"
    case .layer: "nn.LayerNorm([channels, side, side])"
    case .instance: "nn.GroupNorm(channels, channels)"
    case .group: "nn.GroupNorm(4, channels)"
    }
  }
}
