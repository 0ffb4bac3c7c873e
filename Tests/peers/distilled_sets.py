"""Trains on an exported distilled set as the README shows, and says what became of real images on their way in.

    distilled_sets.py SET.npz REAL.npy OUT.npz
"""

import sys

import numpy
import torch
import torch.nn.functional as F

data = {k: torch.from_numpy(v) for k, v in numpy.load(sys.argv[1]).items()}


def preprocess(x):  # pixels in [0, 1], [B, C, H, W]
    if "mean" in data:
        return (x - data["mean"].float().view(1, -1, 1, 1)) / data["std"].float().view(1, -1, 1, 1)
    if "zcaMean" in data:
        return ((x.flatten(1) - data["zcaMean"]) @ data["zcaWhitening"]).view_as(x)
    return x


torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(data["images"][0].numel(), 10))
optimizer = torch.optim.SGD(model.parameters(), lr=float(data.get("stepSize", 0.01)), momentum=0.9)
losses = []
for _ in range(20):
    loss = F.cross_entropy(model(data["images"]), data["labels"])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
numpy.savez(
    sys.argv[3], seen=preprocess(torch.from_numpy(numpy.load(sys.argv[2]))).numpy(), losses=numpy.array(losses))
