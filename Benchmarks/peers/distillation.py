"""Distillation by matching trajectories in plain PyTorch, on ConvNet-3/128 with images of CIFAR's shape.

An iteration as in the published code of MTT (Cazenavette et al. 2022): one graph of all the student's steps
through a flat vector of weights. The training of fresh networks on a synthetic set. An expert's epoch, by SGD
and by GSAM as FTD has it (Du et al. 2023). Everything is done by operations on whole batches; image layouts are
tried, and the faster one is used.
"""

import math

import torch
import torch.nn.functional as F
from torch.nn.utils import parameters_to_vector

from networks import convnet
from support import MEAN, STD, byte_images, fastest

LAYOUTS = {"contiguous": torch.contiguous_format, "channels last": torch.channels_last}
CLASSES = 10


# Differentiable siamese augmentation (Zhao and Bilen 2021), with values of its own for each image.


def uniform(count, low, high):
    return torch.empty(count, 1, 1, 1).uniform_(low, high)


def color(x):
    """Brightness, saturation, contrast."""
    x = x + uniform(len(x), -0.5, 0.5)
    mean = x.mean(1, keepdim=True)
    x = (x - mean) * uniform(len(x), 0, 2) + mean
    mean = x.mean((1, 2, 3), keepdim=True)
    return (x - mean) * uniform(len(x), 0.5, 1.5) + mean


def crop(x):
    """Shifts by whole pixels, with zeros from outside."""

    def places(size):
        most = int(0.125 * size + 0.5)
        shift = torch.randint(-most, most + 1, (len(x), 1))
        return (torch.arange(size) + shift + 1).clamp_(0, size + 1)

    rows, columns = places(x.shape[2]), places(x.shape[3])
    padded = F.pad(x, (1, 1, 1, 1)).permute(0, 2, 3, 1).contiguous()
    image = torch.arange(len(x))[:, None, None]
    return padded[image, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def cutout(x):
    """A square of half the side, set to zero."""

    def hidden(size):
        side = int(0.5 * size + 0.5)
        low = torch.randint(0, size + 1 - side % 2, (len(x), 1)) - side // 2
        places = torch.arange(size)
        return (places >= low) & (places < low + side)

    rows, columns = hidden(x.shape[2]), hidden(x.shape[3])
    return x.masked_fill(rows[:, None, :, None] & columns[:, None, None, :], 0)


def flip(x):
    return torch.where(torch.rand(len(x), 1, 1, 1) < 0.5, x.flip(3), x)


def sampled(x, theta):
    """Bilinearly on the grid of a matrix [2, 3] an image, with zeros from outside."""
    grid = F.affine_grid(theta, x.shape, align_corners=True)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=True)


def scale(x):
    theta = torch.zeros(len(x), 2, 3)
    theta[:, 0, 0].uniform_(1 / 1.2, 1.2)
    theta[:, 1, 1].uniform_(1 / 1.2, 1.2)
    return sampled(x, theta)


def rotate(x):
    angle = torch.empty(len(x)).uniform_(-15, 15).mul_(math.pi / 180)
    cosine, sine, zero = angle.cos(), angle.sin(), torch.zeros(len(x))
    return sampled(x, torch.stack([cosine, -sine, zero, sine, cosine, zero], 1).view(-1, 2, 3))


FAMILIES = (color, crop, cutout, flip, scale, rotate)


def dsa(x):
    """One family, drawn for the batch."""
    return FAMILIES[int(torch.randint(len(FAMILIES), ()))](x)


# An iteration of MTT.


class FlatNetwork:
    """ConvNet as a function of one flat vector, whose pieces are its weights."""

    def __init__(self, model):
        self.shapes = [parameter.shape for parameter in model.parameters()]
        self.sizes = [shape.numel() for shape in self.shapes]

    def __call__(self, x, theta):
        pieces = [piece.view(shape) for piece, shape in zip(theta.split(self.sizes), self.shapes)]
        for i in range(0, len(pieces) - 2, 4):
            kernel, bias, gain, shift = pieces[i : i + 4]
            x = F.conv2d(x, kernel, bias, padding=1)
            x = F.group_norm(x, len(gain), gain, shift)
            x = F.avg_pool2d(F.relu(x, inplace=True), 2)
        return F.linear(x.flatten(1), *pieces[-2:])


def unrolled(network, images, labels, step_size, start, end, steps, augment, bfloat16=False):
    """The matching loss of a student's steps and its gradients by the images and the step size, by one graph.

    `augment` changes the images of a step; under `bfloat16` the network's passes are autocast.
    """
    theta = start.clone().requires_grad_()
    for _ in range(steps):
        seen = augment(images)
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            loss = F.cross_entropy(network(seen, theta), labels)
        (gradient,) = torch.autograd.grad(loss, theta, create_graph=True)
        theta = theta - step_size * gradient
    loss = F.mse_loss(theta, end, reduction="sum") / F.mse_loss(start, end, reduction="sum")
    return loss, *torch.autograd.grad(loss, [images, step_size])


def synthetic(per_class):
    images = torch.randn(CLASSES * per_class, 3, 32, 32)
    return images, torch.arange(CLASSES).repeat_interleave(per_class)


def distill(per_class, steps, bfloat16):
    torch.manual_seed(0)
    model = convnet()
    network = FlatNetwork(model)
    start = parameters_to_vector(model.parameters()).detach()
    end = start + 0.01 * torch.randn_like(start)
    images, labels = synthetic(per_class)
    images.requires_grad_()
    step_size = torch.tensor(0.01, requires_grad=True)

    def make(layout, steps):
        def augment(x):
            return dsa(x).contiguous(memory_format=layout)

        def work():
            found = unrolled(network, images, labels, step_size, start, end, steps, augment, bfloat16)
            assert found[0].isfinite()

        return work

    # A few hundred images tell of the layout what all of them would.
    few = min(steps, 300 // len(images))
    return fastest(
        {name: make(layout, steps) for name, layout in LAYOUTS.items()},
        {name: make(layout, few) for name, layout in LAYOUTS.items()},
    )


# Training of networks.


def sgd(model, momentum=0.0, weight_decay=0.0):
    """A step of SGD at a rate of 0.01."""
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.01, momentum=momentum, weight_decay=weight_decay, fused=True)

    def step(x, y):
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    return step


def length(tensors):
    return torch.stack(torch._foreach_norm(tensors)).norm()


def gsam(model, rate=0.01, rho=0.01, alpha=1.0):
    """A step of GSAM (Zhuang et al. 2022) around plain SGD, its neighbourhood in proportion to the weights."""
    weights = list(model.parameters())

    def gradient(x, y):
        return list(torch.autograd.grad(F.cross_entropy(model(x), y), weights))

    def step(x, y):
        first = gradient(x, y)
        with torch.no_grad():
            sizes = torch._foreach_abs(weights)
            away = torch._foreach_mul(first, sizes)
            factor = rho / (length(away) + 1e-12)
            torch._foreach_mul_(away, sizes)
            torch._foreach_mul_(away, factor)
            kept = [weight.clone() for weight in weights]
            torch._foreach_add_(weights, away)
        second = gradient(x, y)
        with torch.no_grad():
            product = torch.stack([(a * b).sum() for a, b in zip(first, second)]).sum()
            here, there = length(first), length(second)
            cosine = product / (here * there + 1e-12)
            # g′ − α(g − c‖g‖ g′/‖g′‖)
            torch._foreach_mul_(second, 1 + alpha * cosine * here / (there + 1e-12))
            torch._foreach_add_(second, first, alpha=-alpha)
            torch._foreach_copy_(weights, kept)
            torch._foreach_add_(weights, second, alpha=-rate)

    return step


def evaluate(per_class, epochs):
    """Five fresh networks, one after another, trained on a synthetic set."""
    torch.manual_seed(0)
    images, labels = synthetic(per_class)

    def make(layout, networks, epochs):
        def work():
            for _ in range(networks):
                model = convnet().train().to(memory_format=layout)
                step = sgd(model, momentum=0.9, weight_decay=5e-4)
                for _ in range(epochs):
                    for rows in torch.randperm(len(images)).split(256):
                        step(dsa(images[rows]).contiguous(memory_format=layout), labels[rows])

        return work

    return fastest(
        {name: make(layout, 5, epochs) for name, layout in LAYOUTS.items()},
        {name: make(layout, 1, epochs) for name, layout in LAYOUTS.items()},
    )


def expert(rule):
    """An epoch of 1,280 images from bytes in memory, normalised, augmented and trained on in batches of 256."""
    torch.manual_seed(0)
    images, labels = byte_images()[:1280].clone(), torch.arange(1280) % CLASSES

    def make(layout):
        step = rule(convnet().train().to(memory_format=layout))

        def work():
            for rows in torch.randperm(len(images)).split(256):
                x = images[rows].float().div_(255).sub_(MEAN).div_(STD)
                step(dsa(x).contiguous(memory_format=layout), labels[rows])

        return work

    return fastest({name: make(layout) for name, layout in LAYOUTS.items()})


WORK = {
    "distill": lambda per_class, steps, precision: distill(int(per_class), int(steps), precision == "bf16"),
    "evaluate": lambda per_class, epochs: evaluate(int(per_class), int(epochs)),
    "expert": lambda rule: expert({"sgd": sgd, "gsam": gsam}[rule]),
}
