"""The reference networks as plain PyTorch modules, with the names that Salar's layouts use."""

import torch
import torch.nn.functional as F
from torch import nn

ACTIVATIONS = {
    "relu": nn.ReLU, "leakyrelu": lambda: nn.LeakyReLU(0.01), "sigmoid": nn.Sigmoid, "tanh": nn.Tanh,
    "swish": nn.SiLU, "gelu": nn.GELU,
}


def norm2d(kind, shape):
    channels = shape[0]
    return {
        "batch": lambda: nn.BatchNorm2d(channels),
        "layer": lambda: nn.LayerNorm(shape),
        "instance": lambda: nn.GroupNorm(channels, channels),
        "group": lambda: nn.GroupNorm(4, channels),
        "none": lambda: None,
    }[kind]()


class ConvNet(nn.Module):
    def __init__(self, depth=3, width=128, norm="instance", activation="relu", pooling="average", channels=3,
                 size=32, classes=10):
        super().__init__()
        modules, inputs, side = [], channels, size
        for block in range(depth):
            grows = block == 0 and channels == 1 and size == 28
            side += 4 if grows else 0
            modules.append(nn.Conv2d(inputs, width, 3, padding=3 if grows else 1))
            if norm != "none":
                modules.append(norm2d(norm, [width, side, side]))
            modules.append(ACTIVATIONS[activation]())
            if pooling != "none":
                modules.append(nn.AvgPool2d(2, 2) if pooling == "average" else nn.MaxPool2d(2, 2))
                side //= 2
            inputs = width
        self.features = nn.Sequential(*modules)
        self.classifier = nn.Linear(width * side * side, classes)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


class MLP(nn.Module):
    def __init__(self, hidden=(128, 128), activation="relu", dropout=0.0, channels=3, size=32, classes=10):
        super().__init__()
        widths = [channels * size * size, *hidden, classes]
        self.depth = len(widths) - 1
        for i in range(self.depth):
            self.add_module(f"fc_{i + 1}", nn.Linear(widths[i], widths[i + 1]))
        self.activation = ACTIVATIONS[activation]()

    def forward(self, x):
        x = x.flatten(1)
        for i in range(1, self.depth):
            x = self.activation(getattr(self, f"fc_{i}")(x))
        return getattr(self, f"fc_{self.depth}")(x)


class LeNet(nn.Module):
    def __init__(self, channels=3, size=32, classes=10):
        super().__init__()
        padding = 2 if channels == 1 else 0
        self.features = nn.Sequential(
            nn.Conv2d(channels, 6, 5, padding=padding), nn.ReLU(), nn.MaxPool2d(2, 2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2, 2))
        side = ((size + 2 * padding - 4) // 2 - 4) // 2
        self.fc_1 = nn.Linear(16 * side * side, 120)
        self.fc_2 = nn.Linear(120, 84)
        self.fc_3 = nn.Linear(84, classes)

    def forward(self, x):
        x = self.features(x).flatten(1)
        return self.fc_3(F.relu(self.fc_2(F.relu(self.fc_1(x)))))


def features(layers, norm, channels, size):
    """Convolutions that keep the side, each with norm and ReLU; 'pool' is max pooling. With what comes out of one image."""
    modules, inputs, side = [], channels, size
    for index, layer in enumerate(layers):
        if layer == "pool":
            modules.append(nn.MaxPool2d(2, 2))
            side //= 2
            continue
        outputs, kernel = layer
        grows = index == 0 and channels == 1 and size == 28
        side += 4 if grows else 0
        modules.append(nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2 + (2 if grows else 0)))
        if norm != "none":
            modules.append(norm2d(norm, [outputs, side, side]))
        modules.append(nn.ReLU())
        inputs = outputs
    return nn.Sequential(*modules), inputs * side * side


class AlexNet(nn.Module):
    def __init__(self, norm="none", channels=3, size=32, classes=10):
        super().__init__()
        layers = [(128, 5), "pool", (192, 5), "pool", (256, 3), (192, 3), (192, 3), "pool"]
        self.features, outputs = features(layers, norm, channels, size)
        self.fc = nn.Linear(outputs, classes)

    def forward(self, x):
        return self.fc(self.features(x).flatten(1))


class VGG11(nn.Module):
    def __init__(self, norm="instance", channels=3, size=32, classes=10):
        super().__init__()
        layers = [(64, 3), "pool", (128, 3), "pool", (256, 3), (256, 3), "pool", (512, 3), (512, 3), "pool", (512, 3),
                  (512, 3), "pool"]
        self.features, outputs = features(layers, norm, channels, size)
        self.classifier = nn.Linear(outputs, classes)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


class PooledBlock(nn.Module):
    """A basic block that halves the side by average pooling."""

    def __init__(self, inputs, width, halves, side, norm):
        super().__init__()
        out = side // 2 if halves else side
        self.halves = halves
        self.conv1 = nn.Conv2d(inputs, width, 3, 1, 1, bias=False)
        self.bn1 = norm2d(norm, [width, side, side])
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = norm2d(norm, [width, out, out])
        self.shortcut = nn.Sequential()
        if halves:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, width, 1, bias=False), nn.AvgPool2d(2), norm2d(norm, [width, out, out]))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.avg_pool2d(y, 2) if self.halves else y
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class ResNet18AP(nn.Module):
    def __init__(self, width=64, norm="instance", channels=3, size=32, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, 1, 1, bias=False)
        self.bn1 = norm2d(norm, [width, size, size])
        inputs, side = width, size
        for stage in range(4):
            blocks = []
            for index in range(2):
                halves = stage > 0 and index == 0
                blocks.append(PooledBlock(inputs, width << stage, halves, side, norm))
                inputs, side = width << stage, side // 2 if halves else side
            self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
        self.classifier = nn.Linear(inputs * side * side, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        for stage in range(4):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.classifier(x.flatten(1))


def redraw(model, convolution):
    """Draws all weights again, module by module, with `convolution` for those of convolutions.

    Constructors of published code draw PyTorch's defaults first and other numbers over them; Salar draws once.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            convolution(module)
        elif isinstance(module, nn.Linear):
            module.reset_parameters()


def kaiming_normal(convolution):
    nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")


class ResidualBlock(nn.Module):
    def __init__(self, inputs, width, stride, side, norm, shortcut, bottleneck):
        super().__init__()
        out = -(-side // stride)
        if bottleneck:
            layers = [(1, width, 1, side), (3, width, stride, out), (1, 4 * width, 1, out)]
        else:
            layers = [(3, width, stride, out), (3, width, 1, out)]
        self.depth, channels = len(layers), inputs
        for i, (kernel, outputs, step, place) in enumerate(layers, 1):
            self.add_module(f"conv{i}", nn.Conv2d(channels, outputs, kernel, step, kernel // 2, bias=False))
            self.add_module(f"bn{i}", norm2d(norm, [outputs, place, place]))
            channels = outputs
        self.shortcut_name = shortcut if stride != 1 or inputs != channels else None
        if self.shortcut_name:
            parts = [nn.Conv2d(inputs, channels, 1, stride, bias=False), norm2d(norm, [channels, out, out])]
            self.add_module(shortcut, nn.Sequential(*[p for p in parts if p is not None]))

    @property
    def last_norm(self):
        return getattr(self, f"bn{self.depth}")

    def forward(self, x):
        y = x
        for i in range(1, self.depth + 1):
            y = getattr(self, f"conv{i}")(y)
            norm = getattr(self, f"bn{i}")
            y = norm(y) if norm is not None else y
            y = F.relu(y) if i < self.depth else y
        return F.relu(y + (getattr(self, self.shortcut_name)(x) if self.shortcut_name else x))


class ResNet(nn.Module):
    def __init__(self, blocks, bottleneck, width=64, stem="cifar", norm="batch", zeroInit=False, channels=3, size=32,
                 classes=10):
        super().__init__()
        self.imagenet, self.zero_init = stem == "imagenet", zeroInit
        side = -(-size // 2) if self.imagenet else size
        kernel, stride = (7, 2) if self.imagenet else (3, 1)
        self.conv1 = nn.Conv2d(channels, width, kernel, stride, kernel // 2, bias=False)
        self.bn1 = norm2d(norm, [width, side, side])
        side = -(-side // 2) if self.imagenet else side
        inputs = width
        shortcut = "downsample" if self.imagenet else "shortcut"
        for stage, count in enumerate(blocks):
            layers = []
            for index in range(count):
                stride = 2 if stage > 0 and index == 0 else 1
                layers.append(ResidualBlock(inputs, width << stage, stride, side, norm, shortcut, bottleneck))
                inputs, side = (4 if bottleneck else 1) * width << stage, -(-side // stride)
            self.add_module(f"layer{stage + 1}", nn.Sequential(*layers))
        self.add_module("fc" if self.imagenet else "classifier", nn.Linear(inputs, classes))
        self.draw()

    def draw(self):
        redraw(self, kaiming_normal if self.imagenet else nn.Conv2d.reset_parameters)
        if self.zero_init:
            for module in self.modules():
                if isinstance(module, ResidualBlock) and module.last_norm is not None:
                    nn.init.zeros_(module.last_norm.weight)

    def forward(self, x):
        x = self.conv1(x)
        x = F.relu(self.bn1(x) if self.bn1 is not None else x)
        if self.imagenet:
            x = F.max_pool2d(x, 3, 2, 1)
        for stage in range(4):
            x = getattr(self, f"layer{stage + 1}")(x)
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)
        return (self.fc if self.imagenet else self.classifier)(x)


class WideBlock(nn.Module):
    def __init__(self, inputs, outputs, stride, dropout):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.dropout = nn.Dropout(dropout)
        self.convShortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False) if inputs != outputs else None

    def forward(self, x):
        active = F.relu(self.bn1(x))
        y = self.conv2(self.dropout(F.relu(self.bn2(self.conv1(active)))))
        return y + (x if self.convShortcut is None else self.convShortcut(active))


class WideGroup(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.layer = nn.Sequential(*blocks)

    def forward(self, x):
        return self.layer(x)


class WideResNet(nn.Module):
    def __init__(self, depth=28, widen=10, dropout=0.0, channels=3, size=32, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 16, 3, 1, 1, bias=False)
        inputs = 16
        for group in range(3):
            blocks = []
            for index in range((depth - 4) // 6):
                outputs = widen * 16 << group
                blocks.append(WideBlock(inputs, outputs, 2 if group > 0 and index == 0 else 1, dropout))
                inputs = outputs
            self.add_module(f"block{group + 1}", WideGroup(blocks))
        self.bn1 = nn.BatchNorm2d(inputs)
        self.fc = nn.Linear(inputs, classes)
        self.draw()

    def draw(self):
        redraw(self, kaiming_normal)
        nn.init.zeros_(self.fc.bias)

    def forward(self, x):
        x = self.conv1(x)
        for group in (self.block1, self.block2, self.block3):
            x = group(x)
        return self.fc(F.adaptive_avg_pool2d(F.relu(self.bn1(x)), 1).flatten(1))


class PyramidBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.stride = stride

    def forward(self, x):
        y = self.bn3(self.conv2(F.relu(self.bn2(self.conv1(self.bn1(x))))))
        if self.stride != 1:
            x = F.avg_pool2d(x, 2, 2, ceil_mode=True)
        zeros = x.new_zeros(x.shape[0], y.shape[1] - x.shape[1], *x.shape[2:])
        return y + torch.cat([x, zeros], 1)


class PyramidNet(nn.Module):
    def __init__(self, depth=110, alpha=270, channels=3, size=32, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        count = (depth - 2) // 6
        width, inputs = 16.0, 16
        for stage in range(3):
            blocks = []
            for index in range(count):
                width += alpha / (3 * count)
                blocks.append(PyramidBlock(inputs, int(round(width)), 2 if stage > 0 and index == 0 else 1))
                inputs = int(round(width))
            self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
        self.bn_final = nn.BatchNorm2d(inputs)
        self.fc = nn.Linear(inputs, classes)
        self.draw()

    def draw(self):
        redraw(self, kaiming_normal)

    def forward(self, x):
        x = self.bn1(self.conv1(x))
        for layer in (self.layer1, self.layer2, self.layer3):
            x = layer(x)
        return self.fc(F.adaptive_avg_pool2d(F.relu(self.bn_final(x)), 1).flatten(1))


class PatchEmbedding(nn.Module):
    def __init__(self, channels, width, patch):
        super().__init__()
        self.proj = nn.Conv2d(channels, width, patch, patch)

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.scale = heads, (width // heads) ** -0.5
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        q, k, v = self.qkv(x).reshape(batch, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-2, -1) * self.scale).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(batch, tokens, width))


class Perceptron(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class TransformerBlock(nn.Module):
    def __init__(self, width, heads, mlp):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = Perceptron(width, mlp)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    def __init__(self, patch=32, width=384, depth=12, heads=6, mlp=1536, channels=3, size=224, classes=1000):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, (size // patch) ** 2 + 1, width))
        self.patch_embed = PatchEmbedding(channels, width, patch)
        self.blocks = nn.Sequential(*[TransformerBlock(width, heads, mlp) for _ in range(depth)])
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, classes)
        self.draw()

    def draw(self):
        nn.init.trunc_normal_(self.cls_token, std=0.02)
        nn.init.trunc_normal_(self.pos_embed, std=0.02)
        self.patch_embed.proj.reset_parameters()
        for module in self.blocks.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                nn.init.zeros_(module.bias)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, x):
        x = self.patch_embed(x)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
        return self.head(self.norm(self.blocks(x))[:, 0])


def convnet(**settings):
    return ConvNet(**settings)


def resnet18(**settings):
    return ResNet([2, 2, 2, 2], bottleneck=False, **settings)


def resnet50(**settings):
    return ResNet([3, 4, 6, 3], bottleneck=True, **(IMAGENET | settings))


def resnet101(**settings):
    return ResNet([3, 4, 23, 3], bottleneck=True, **(IMAGENET | settings))


IMAGENET = {"stem": "imagenet", "zeroInit": True, "size": 224, "classes": 1000}
NETWORKS = {
    "alexnet": AlexNet, "resnet18ap": ResNet18AP, "vgg11": VGG11,
    "convnet": ConvNet, "mlp": MLP, "lenet": LeNet, "pyramidnet": PyramidNet, "resnet18": resnet18,
    "resnet50": resnet50, "resnet101": resnet101, "vit": VisionTransformer, "wrn": WideResNet,
}
