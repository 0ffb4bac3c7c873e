"""Sharpness-aware training in plain PyTorch, for `RuleParityTests`.

    sharpness_rules.py START.safetensors OUT.safetensors METHOD STEPS_PER_EPOCH

START has the weights (`weights.NAME`), `images` [steps, B, C, H, W], `labels` and `indices` [steps, B], and for ESAM `drawn`
[steps, tensors]. SGD with a rate of 0.05, momentum 0.9, decay 5e-4. OUT gets the state at the end and `losses` [steps]. The
formulas are written out tensor by tensor, as the papers have them.
"""

import copy
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Benchmarks" / "peers"))
from networks import ConvNet  # noqa: E402

RATE, DECAY, RHO = 0.05, 5e-4, 0.1
start, method, per_epoch = load_file(sys.argv[1]), sys.argv[3], int(sys.argv[4])
images, labels, indices = start["images"], start["labels"], start["indices"]
model = ConvNet(width=start["weights.features.0.weight"].shape[0], depth=2, norm="batch", size=images.shape[-1])
model.load_state_dict({k.removeprefix("weights."): v for k, v in start.items() if k.startswith("weights.")})
model = model.to(images.dtype).train()
parameters = list(model.parameters())
names = [name for name, _ in model.named_parameters()]
optimizer = torch.optim.SGD(
    parameters, lr=RATE, momentum=0.9, weight_decay=0 if method == "sam-loss" else DECAY)
norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]


def statistics(move):
    for norm in norms:
        norm.track_running_stats = move


def gradients(x, y, extra=None, move=True):
    """The loss of each sample, and the gradient of their mean."""
    statistics(move)
    logits = model(x)
    losses = F.cross_entropy(logits, y, reduction="none")
    if extra is not None:
        losses = losses + extra(logits)
    return losses.detach(), logits.detach(), list(torch.autograd.grad(losses.mean(), parameters))


def length(tensors):
    return torch.sqrt(sum((t * t).sum() for t in tensors))


def dot(a, b):
    return sum((x * y).sum() for x, y in zip(a, b))


@torch.no_grad()
def move(direction, sign=1):
    for p, e in zip(parameters, direction):
        p.add_(sign * e)


def apply(direction):
    for p, g in zip(parameters, direction):
        p.grad = g
    optimizer.step()


def at(direction, *arguments, **options):
    kept = [p.detach().clone() for p in parameters]
    move(direction)
    found = gradients(*arguments, move=False, **options)[2]
    with torch.no_grad():
        for p, k in zip(parameters, kept):
            p.copy_(k)
    return found


def kl(logits, target, weight, tau=5.0):
    p = F.softmax(target / tau, 1)
    return weight * tau * tau * (p * (p.log() - F.log_softmax(logits / tau, 1))).sum(1)


look, teacher, table, out = None, copy.deepcopy(model).eval(), {}, []
for step, (x, y, rows) in enumerate(zip(images, labels, indices)):
    epoch = step // per_epoch
    if method in ("sam", "sam-loss", "asam", "gsam", "gsam-adaptive", "looksam"):
        losses, _, g = gradients(x, y)
        if method == "sam-loss":
            g = [a + DECAY * p.detach() for a, p in zip(g, parameters)]
        if method == "asam":
            sizes = [p.detach().abs() + 0.01 if n.endswith("weight") else torch.ones_like(p) for n, p in zip(names, parameters)]
            scale = RHO / (length([t * a for t, a in zip(sizes, g)]) + 1e-16)
            e = [scale * t * t * a for t, a in zip(sizes, g)]
        elif method == "gsam-adaptive":
            sizes = [p.detach().abs() for p in parameters]
            scale = RHO / (length([t * a for t, a in zip(sizes, g)]) + 1e-12)
            e = [scale * t * t * a for t, a in zip(sizes, g)]
        else:
            e = [a * RHO / (length(g) + 1e-12) for a in g]
        if method == "looksam" and step % 3 != 0:
            apply([a + 0.7 * length(g) * v for a, v in zip(g, look)])
        else:
            second = at(e, x, y)
            if method == "sam-loss":
                second = [a + DECAY * (p.detach() + d) for a, p, d in zip(second, parameters, e)]
            if method.startswith("gsam"):
                share = dot(g, second) / dot(second, second)
                second = [b - 0.3 * (a - share * b) for a, b in zip(g, second)]
            if method == "looksam":
                share = dot(g, second) / dot(g, g)
                look = [b - share * a for a, b in zip(g, second)]
                size = length(look)
                look = [v / size for v in look]
            apply(second)
    elif method == "msam":
        buffers = [optimizer.state[p].get("momentum_buffer") for p in parameters]
        if buffers[0] is None:
            losses, _, g = gradients(x, y)
        else:
            kept = [p.detach().clone() for p in parameters]
            scale = -RHO / (length(buffers) + 1e-12)
            move([scale * b for b in buffers])
            losses, _, g = gradients(x, y)
            with torch.no_grad():
                for p, k in zip(parameters, kept):
                    p.copy_(k)
        apply(g)
    elif method in ("esam-official", "esam-fast"):
        drawn, official = start["drawn"][step].bool(), method == "esam-official"
        losses, _, g = gradients(x, y)
        chosen = [a if d else torch.zeros_like(a) for a, d in zip(g, drawn)]
        e = [a * RHO / (length(chosen) + 1e-7) / 0.6 for a in chosen]
        kept = [p.detach().clone() for p in parameters]
        move(e)
        statistics(official)
        with torch.no_grad():
            score = F.cross_entropy(model(x), y, reduction="none") - losses
        k = int(0.5 * len(score))
        picked = score > score.topk(k).values[-1] if official else score.topk(k).indices
        second = gradients(x[picked], y[picked], move=official)[2]
        with torch.no_grad():
            for p, w in zip(parameters, kept):
                p.copy_(w)
        apply(second)
    elif method == "mesa":
        with torch.no_grad():
            target = teacher(x)
        losses, _, g = gradients(x, y, (lambda z: kl(z, target, 0.8)) if epoch > 0 else None)
        apply(g)
        with torch.no_grad():
            for mine, theirs in zip(teacher.state_dict().values(), model.state_dict().values()):
                mine.copy_(theirs if mine.dtype == torch.int64 else 0.9 * mine + 0.1 * theirs)
    elif method in ("saf", "saf-shift"):
        at_rows = rows.tolist()
        if method == "saf-shift" and step % per_epoch < per_epoch - 1:
            at_rows = indices[step + 1].tolist()
        past = None
        if epoch > 1:
            # The shift leaves the first batch's samples without an output.
            known = torch.tensor([(epoch - 2, i) in table for i in at_rows])
            target = torch.stack([table.get((epoch - 2, i), torch.zeros(10, dtype=x.dtype)) for i in at_rows])
            past = lambda z: kl(z, target, 0.3) * known  # noqa: E731
        losses, logits, g = gradients(x, y, past)
        for i, z in zip(at_rows, logits):
            table[epoch, i] = z
        apply(g)
    else:
        raise SystemExit(f"no method {method}")
    out.append(losses.mean())
save_file({"losses": torch.stack(out)} | {k: v for k, v in model.state_dict().items()}, sys.argv[2])
