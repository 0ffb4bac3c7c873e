"""Measures of flatness in plain PyTorch, for `SurfaceTests`: the whole Hessian by `torch.autograd.functional.hessian`.

    sharpness_measures.py START.safetensors RHO

START has the weights (`weights.NAME`) of a ConvNet of depth 1 with batch norm, `images` and `labels`. Prints loss, the
largest eigenvalues, the trace and SAM's sharpness, in evaluation mode, as JSON.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Benchmarks" / "peers"))
from networks import ConvNet  # noqa: E402

start, rho = load_file(sys.argv[1]), float(sys.argv[2])
images, labels = start["images"], start["labels"]
weights = {k.removeprefix("weights."): v for k, v in start.items() if k.startswith("weights.")}
width, channels = weights["features.0.weight"].shape[:2]
model = ConvNet(
    width=width, depth=1, norm="batch", size=images.shape[-1], channels=channels,
    classes=weights["classifier.weight"].shape[0])
model = model.to(images.dtype).eval()  # before the weights, which it would round
model.load_state_dict(weights)
names = [name for name, _ in model.named_parameters()]
shapes = [p.shape for p in model.parameters()]


def loss(theta):
    pieces = torch.split(theta, [s.numel() for s in shapes])
    state = {n: p.view(s) for n, p, s in zip(names, pieces, shapes)}
    return F.cross_entropy(torch.func.functional_call(model, state, images), labels)


theta = torch.cat([p.detach().reshape(-1) for p in model.parameters()])
matrix = torch.autograd.functional.hessian(loss, theta)
moving = theta.clone().requires_grad_()
value = loss(moving)
(gradient,) = torch.autograd.grad(value, moving)
print(json.dumps({
    "loss": value.item(),
    "eigenvalues": torch.linalg.eigvalsh(matrix).flip(0)[:5].tolist(),
    "trace": matrix.trace().item(),
    "sam": (loss(theta + rho * gradient / gradient.norm()) - value).item(),
}))
