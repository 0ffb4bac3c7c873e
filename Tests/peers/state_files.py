"""Writes state dictionaries with PyTorch, and beside each the same tensors as safetensors.

    state_files.py FOLDER

NAME.pth is what torch.save makes, NAME.safetensors what it should be read as. For each network NAME, NAME.input.npy and
NAME.logits.npy are images and the logits of them in evaluation mode.
"""

import sys
from pathlib import Path

import numpy
import torch
from safetensors.torch import save_file
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Benchmarks" / "peers"))
from networks import NETWORKS  # noqa: E402

SETTINGS = {
    "alexnet": {},
    "convnet": {"width": 8, "norm": "batch"},
    "lenet": {},
    "mlp": {"hidden": [16]},
    "pyramidnet": {"depth": 14, "alpha": 20},
    "resnet18": {"width": 8},
    "resnet18ap": {"width": 4, "norm": "batch"},
    "resnet50": {"width": 4, "size": 32, "classes": 10},
    "resnet101": {"width": 4, "stem": "cifar", "norm": "group", "size": 32, "classes": 10},
    "vgg11": {"norm": "batch"},
    "vit": {"patch": 8, "width": 24, "depth": 2, "heads": 2, "mlp": 32, "size": 32, "classes": 10},
    "wrn": {"depth": 10, "widen": 1},
}


def write(folder, name, saved, state, **options):
    torch.save(saved, folder / f"{name}.pth", **options)
    save_file({k: v.detach().clone().contiguous() for k, v in state.items()}, folder / f"{name}.safetensors")


def main():
    folder = Path(sys.argv[1])
    torch.manual_seed(5)
    for name, settings in SETTINGS.items():
        model = NETWORKS[name](**settings)
        with torch.no_grad():  # a head of zeros would hide mistakes
            for weight in model.parameters():
                weight.add_(torch.randn(weight.shape) * 0.05)
        model.train()(torch.randn(4, 3, 32, 32))  # moves the statistics
        model.eval()
        state = model.state_dict()
        write(folder, name, state, state)
        images = torch.randn(3, 3, 32, 32)
        with torch.no_grad():
            numpy.save(folder / f"{name}.logits.npy", model(images).numpy())
        numpy.save(folder / f"{name}.input.npy", images.numpy())

        parallel = nn.DataParallel(model)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        checkpoint = {"epoch": 3, "best": 0.5, "state_dict": parallel.state_dict(),
                      "optimizer": optimizer.state_dict(), "big": 1 << 80, "done": False, "none": None}
        write(folder, f"{name}-checkpoint", checkpoint, state)
        write(folder, f"{name}-parameters", {"model": dict(model.named_parameters())}, dict(model.named_parameters()))

    base = torch.randn(6, 8)
    tensors = {
        "whole": base, "transposed": base.t(), "strided": base[1::2, ::3], "offset": base[2], "element": base[3, 4],
        "expanded": base[:, :1].expand(6, 5), "empty": base[:0], "scalar": torch.tensor(1.5),
        "last": torch.randn(2, 3, 4, 5).contiguous(memory_format=torch.channels_last),
    }
    for dtype in (torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
                  torch.uint8, torch.bool, torch.complex64):
        tensors[str(dtype)] = (torch.randn(4, 3) * 3).to(dtype).t()
    write(folder, "tensors", tensors, tensors)
    for protocol in (3, 4, 5):
        write(folder, f"protocol{protocol}", tensors, tensors, pickle_protocol=protocol)

    # What is no state dictionary.
    torch.save(nn.Linear(2, 2), folder / "model.bad")
    torch.save(tensors, folder / "old.bad", _use_new_zipfile_serialization=False)
    torch.save(base, folder / "tensor.bad")
    torch.save({"epoch": 3, "lr": [0.1]}, folder / "numbers.bad")
    torch.save({"weight": torch.zeros(2, dtype=torch.float8_e4m3fn)}, folder / "float8.bad")
    torch.jit.script(nn.Linear(2, 2)).save(folder / "script.bad")


if __name__ == "__main__":
    main()
