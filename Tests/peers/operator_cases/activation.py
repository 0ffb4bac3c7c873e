"""Calls of the operators of the group activation."""

import torch

CASES = {
    "leaky_relu": dict(negative_slope=0.2),
    "gelu": dict(approximate="tanh"),
    "softplus": dict(beta=2, threshold=3.5),
    "elu": dict(alpha=0.5, scale=1.5, input_scale=0.7),
    "hardtanh": dict(min_val=-0.3, max_val=0.4),
    "softmax.int": [dict(), dict(dtype=torch.float32)],
    "log_softmax.int": dict(dim=-1),
    "threshold_backward": dict(threshold=0.1),
    "bernoulli_.Tensor": dict(p=lambda: torch.rand(3, 4)),
    # These two take no generator: only what needs no chance.
    "dropout": [dict(p=0.0, train=True), dict(p=1.0, train=True), dict(p=0.5, train=False)],
    "native_dropout": [dict(p=0.0, train=True), dict(p=1.0, train=True), dict(p=0.5, train=False)],
}
