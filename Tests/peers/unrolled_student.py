"""The matching loss of a student's T steps and its gradients in plain PyTorch: one graph of all steps, and TESLA's.

    unrolled_student.py IN.safetensors OUT.safetensors T
"""

import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

tensors = load_file(sys.argv[1])
steps = int(sys.argv[3])
start = {k[6:]: v for k, v in tensors.items() if k.startswith("start.")}
end = {k[4:]: v for k, v in tensors.items() if k.startswith("end.")}
names = list(start)
labels = tensors["labels"]


def logits(x, weights):
    # Convolution, instance norm with scale and shift, ReLU, average pooling; then a linear layer.
    blocks = sorted({int(k.split(".")[1]) for k in names if k.startswith("features")})
    for convolution, norm in zip(blocks[::2], blocks[1::2]):
        x = F.conv2d(
            x, weights[f"features.{convolution}.weight"], weights[f"features.{convolution}.bias"], padding=1)
        x = F.group_norm(x, x.shape[1], weights[f"features.{norm}.weight"], weights[f"features.{norm}.bias"])
        x = F.avg_pool2d(F.relu(x), 2)
    return F.linear(x.flatten(1), weights["classifier.weight"], weights["classifier.bias"])


def distance(a, b):
    return sum(((a[k] - b[k]) ** 2).sum() for k in names)


images = tensors["images"].clone().requires_grad_()
alpha = tensors["step"].clone().requires_grad_()
weights = {k: v.clone().requires_grad_() for k, v in start.items()}
for _ in range(steps):
    gradients = torch.autograd.grad(
        F.cross_entropy(logits(images, weights), labels), [weights[k] for k in names], create_graph=True)
    weights = {k: weights[k] - alpha * g for k, g in zip(names, gradients)}
loss = distance(weights, end) / distance(start, end)
of_images, of_alpha = torch.autograd.grad(loss, [images, alpha])

# TESLA: each step's gradient with a graph to the images alone.
images = tensors["images"].clone().requires_grad_()
weights = {k: v.clone() for k, v in start.items()}
total = {k: torch.zeros_like(v) for k, v in start.items()}
for _ in range(steps):
    leaves = {k: v.detach().requires_grad_() for k, v in weights.items()}
    gradients = torch.autograd.grad(
        F.cross_entropy(logits(images, leaves), labels), [leaves[k] for k in names], create_graph=True)
    total = {k: total[k] + g for k, g in zip(names, gradients)}
    weights = {k: weights[k] - tensors["step"] * g.detach() for k, g in zip(names, gradients)}
moved = {k: start[k] - tensors["step"] * total[k] for k in names}
tesla = torch.autograd.grad(distance(moved, end) / distance(start, end), images)[0]

save_file(
    {"loss": loss.detach().reshape(1), "images": of_images.contiguous(), "stepSize": of_alpha.reshape(1),
     "tesla": tesla.contiguous()}, sys.argv[2])
