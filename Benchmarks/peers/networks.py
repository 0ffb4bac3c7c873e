"""The reference networks as plain PyTorch modules, with the names that Salar's layouts use."""

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


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride, side, norm, shortcut):
        super().__init__()
        out = -(-side // stride)
        shape = [outputs, out, out]
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = norm2d(norm, shape)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = norm2d(norm, shape)
        self.shortcut_name = shortcut if stride != 1 or inputs != outputs else None
        if self.shortcut_name:
            parts = [nn.Conv2d(inputs, outputs, 1, stride, bias=False), norm2d(norm, shape)]
            self.add_module(shortcut, nn.Sequential(*[p for p in parts if p is not None]))

    def forward(self, x):
        y = self.conv1(x)
        y = F.relu(self.bn1(y) if self.bn1 is not None else y)
        y = self.conv2(y)
        y = self.bn2(y) if self.bn2 is not None else y
        return F.relu(y + (getattr(self, self.shortcut_name)(x) if self.shortcut_name else x))


class ResNet18(nn.Module):
    def __init__(self, width=64, stem="cifar", norm="batch", channels=3, size=32, classes=10):
        super().__init__()
        self.imagenet = stem == "imagenet"
        side = -(-size // 2) if self.imagenet else size
        kernel, stride = (7, 2) if self.imagenet else (3, 1)
        self.conv1 = nn.Conv2d(channels, width, kernel, stride, kernel // 2, bias=False)
        self.bn1 = norm2d(norm, [width, side, side])
        side = -(-side // 2) if self.imagenet else side
        inputs = width
        for stage in range(4):
            blocks = []
            for index in range(2):
                stride = 2 if stage > 0 and index == 0 else 1
                shortcut = "downsample" if self.imagenet else "shortcut"
                blocks.append(BasicBlock(inputs, width << stage, stride, side, norm, shortcut))
                inputs, side = width << stage, -(-side // stride)
            self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
        self.add_module("fc" if self.imagenet else "classifier", nn.Linear(inputs, classes))

    def forward(self, x):
        x = self.conv1(x)
        x = F.relu(self.bn1(x) if self.bn1 is not None else x)
        if self.imagenet:
            x = F.max_pool2d(x, 3, 2, 1)
        for stage in range(4):
            x = getattr(self, f"layer{stage + 1}")(x)
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)
        return (self.fc if self.imagenet else self.classifier)(x)


def convnet(**settings):
    return ConvNet(**settings)


def resnet18(**settings):
    return ResNet18(**settings)


NETWORKS = {"convnet": ConvNet, "mlp": MLP, "lenet": LeNet, "resnet18": ResNet18}
