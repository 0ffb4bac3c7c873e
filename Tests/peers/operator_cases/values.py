"""What operators are called with."""

import torch


def n(*shape):
    return torch.randn(shape, dtype=torch.float64)


def positive(*shape):
    return torch.rand(shape, dtype=torch.float64) + 0.1


def inside(*shape):
    """Strictly between -0.9 and 0.9."""
    return 1.8 * torch.rand(shape, dtype=torch.float64) - 0.9


def integers(high, *shape):
    return torch.randint(high, shape)


def flags(*shape):
    return torch.randint(2, shape).bool()


def definite(*shape):
    a = n(*shape)
    return a @ a.mT + torch.eye(shape[-1], dtype=torch.float64)


def odd(*shape):
    """With NaN and both infinities."""
    a = n(*shape)
    a.view(-1)[:3] = torch.tensor([float("nan"), float("inf"), -float("inf")])
    return a


def generator():
    return torch.Generator().manual_seed(17)
