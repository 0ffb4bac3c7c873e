"""The losses of PyTorch's training steps, for `TrainingParityTests`.

    training_losses.py START.safetensors OUT.safetensors RATE

START has the weights (`weights.NAME`), `images` [steps, B, C, H, W] and `labels` [steps, B]; SGD with momentum 0.9, decay
5e-4. OUT gets `losses` [steps] and the weights at the end (`end.NAME`).
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Benchmarks" / "peers"))
from networks import ConvNet  # noqa: E402

start = load_file(sys.argv[1])
model = ConvNet(width=start["weights.classifier.weight"].shape[1] // 16)
model.load_state_dict({k.removeprefix("weights."): v for k, v in start.items() if k.startswith("weights.")})
model = model.to(start["images"].dtype)
optimizer = torch.optim.SGD(model.parameters(), lr=float(sys.argv[3]), momentum=0.9, weight_decay=5e-4)
losses = []
for images, labels in zip(start["images"], start["labels"]):
    optimizer.zero_grad(set_to_none=True)
    loss = F.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    losses.append(loss.detach())
save_file(
    {"losses": torch.stack(losses)} | {f"end.{k}": v for k, v in model.state_dict().items()}, sys.argv[2])
