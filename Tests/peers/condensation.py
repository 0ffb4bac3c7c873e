"""DM's and DC's losses and their gradients for the images in plain PyTorch.

    condensation.py dm|dc IN.safetensors OUT.safetensors [instance|batch|none]
"""

import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

method = sys.argv[1]
tensors = load_file(sys.argv[2])
weights = {k[8:]: v.requires_grad_(method == "dc") for k, v in tensors.items() if k.startswith("weights.")}
synthetic = tensors["synthetic"].requires_grad_()
norm = sys.argv[4] if len(sys.argv) > 4 else "instance"
classes = 10
per_class = len(synthetic) // classes
FAMILIES = ["crop", "flip", "cutout"]  # as the strategy crop_flip_cutout lists them


def features(x):
    places = sorted({int(k.split(".")[1]) for k in weights if k.startswith("features") and k.endswith("weight")})
    layers = [(weights[f"features.{p}.weight"], weights[f"features.{p}.bias"]) for p in places]
    for place, (weight, bias) in enumerate(layers):
        if weight.dim() == 4:
            x = F.conv2d(x, weight, bias, padding=1)
        elif norm == "batch":
            x = F.batch_norm(x, None, None, weight, bias, training=True)
        else:
            x = F.group_norm(x, x.shape[1], weight, bias)
        if place + 1 == len(layers) or layers[place + 1][0].dim() == 4:
            x = F.avg_pool2d(F.relu(x), 2)
    return x.flatten(1)


def augment(x, label):
    if f"family.{label}" not in tensors:
        return x
    family = FAMILIES[int(tensors[f"family.{label}"])]
    a, b, _ = tensors[f"values.{label}"][0].tolist()
    if family == "flip":
        return x.flip(3) if a > 0.5 else x
    if family == "crop":  # by whole pixels, zeros outside
        dy, dx = int(a), int(b)
        padded = F.pad(x, (4, 4, 4, 4))
        return padded[:, :, 4 + dy:36 + dy, 4 + dx:36 + dx]
    mask = torch.ones(32, 32)
    mask[max(int(a) - 8, 0):max(int(a) + 8, 0), max(int(b) - 8, 0):max(int(b) + 8, 0)] = 0
    return x * mask


loss = 0.0
if method == "dm" and norm == "batch":  # all classes in one pass, as statistics are those of a pass
    reals = [augment(tensors[f"real.{c}"], c) for c in range(classes)]
    real = features(torch.cat(reals)).detach().split([len(r) for r in reals])
    ours = features(torch.cat([augment(s, c) for c, s in enumerate(synthetic.split(per_class))])).split(per_class)
    loss = sum(((r.mean(0) - o.mean(0)) ** 2).sum() for r, o in zip(real, ours))
elif method == "dm":
    for c in range(classes):
        real = features(augment(tensors[f"real.{c}"], c)).mean(0).detach()
        ours = features(augment(synthetic[c * per_class:(c + 1) * per_class], c)).mean(0)
        loss = loss + ((real - ours) ** 2).sum()
else:
    names = [k for k in weights]

    def gradients(x, c, **options):
        logits = F.linear(features(x), weights["classifier.weight"], weights["classifier.bias"])
        labels = torch.full((len(x),), c)
        return torch.autograd.grad(F.cross_entropy(logits, labels), [weights[k] for k in names], **options)

    for c in range(classes):
        goal = gradients(augment(tensors[f"real.{c}"], c), c)
        ours = gradients(augment(synthetic[c * per_class:(c + 1) * per_class], c), c, create_graph=True)
        for g, h in zip(ours, goal):
            if g.dim() == 1:
                continue
            g, h = g.flatten(1), h.detach().flatten(1)
            loss = loss + (1 - (g * h).sum(1) / (g.norm(dim=1) * h.norm(dim=1) + 1e-6)).sum()
gradient = torch.autograd.grad(loss, synthetic)[0]
save_file({"loss": loss.detach().reshape(1), "gradient": gradient.contiguous()}, sys.argv[3])
