"""PyTorch's optimisers on a tiny network, float64, for `OptimizerTests`: weights after each of ten steps.

    optimizers.py FOLDER

Writes FOLDER/start.safetensors (weights, images, labels) and FOLDER/NAME.safetensors (`step0` … `step9`, flat vectors).
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Benchmarks" / "peers"))
from networks import ConvNet  # noqa: E402

SETTINGS = dict(width=8, depth=2, size=8, norm="batch")


def flat(model):
    return torch.cat([p.detach().reshape(-1) for p in model.parameters()])


def groups(model, decay):
    weights = [p for n, p in model.named_parameters() if p.dim() > 1]
    others = [p for n, p in model.named_parameters() if p.dim() <= 1]
    return [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]


CASES = {
    "sgd": lambda m: torch.optim.SGD(m.parameters(), lr=0.1),
    "momentum": lambda m: torch.optim.SGD(m.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-2),
    "nesterov": lambda m: torch.optim.SGD(m.parameters(), lr=0.1, momentum=0.9, nesterov=True),
    "masked": lambda m: torch.optim.SGD(groups(m, 1e-2), lr=0.1, momentum=0.9),
    "clipped": lambda m: torch.optim.SGD(m.parameters(), lr=0.5, momentum=0.9),
    "adam": lambda m: torch.optim.Adam(m.parameters(), lr=1e-2, weight_decay=1e-2),
    "adamw": lambda m: torch.optim.AdamW(m.parameters(), lr=1e-2, weight_decay=1e-1, betas=(0.8, 0.99)),
    "smoothed": lambda m: torch.optim.SGD(m.parameters(), lr=0.1),
}


def main():
    torch.set_num_threads(1)
    torch.manual_seed(3)
    folder = Path(sys.argv[1])
    start = {k: v.clone() for k, v in ConvNet(**SETTINGS).double().state_dict().items()}
    images, labels = torch.randn(10, 6, 3, 8, 8, dtype=torch.float64), torch.randint(0, 10, (10, 6))
    save_file({**{f"weights.{k}": v for k, v in start.items()}, "images": images, "labels": labels},
              folder / "start.safetensors")
    for name, make in CASES.items():
        model = ConvNet(**SETTINGS).double()
        model.load_state_dict(start)
        optimizer = make(model)
        out = {}
        for step in range(10):
            optimizer.zero_grad()
            smoothing = 0.1 if name == "smoothed" else 0.0
            F.cross_entropy(model(images[step]), labels[step], label_smoothing=smoothing).backward()
            if name == "clipped":
                torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            optimizer.step()
            out[f"step{step}"] = flat(model)
        save_file(out, folder / f"{name}.safetensors")


if __name__ == "__main__":
    main()
