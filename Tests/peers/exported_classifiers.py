"""Runs the Python files that Salar writes beside weights.

    exported_classifiers.py FOLDER

For each FOLDER/NAME with model.py, model.safetensors and images.npy ([B, C, H, W] in [0, 1]): NAME/logits.npy is what its
model answers to the images as they are, NAME/probabilities.npy what its `classify` does. The file is run as a program too.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy
import torch


def main():
    torch.set_num_threads(1)
    for folder in sorted(p for p in Path(sys.argv[1]).iterdir() if (p / "model.py").exists()):
        spec = importlib.util.spec_from_file_location(f"exported_{folder.name}", folder / "model.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        images = torch.from_numpy(numpy.load(folder / "images.npy"))
        model = module.load()
        assert not model.training
        with torch.no_grad():
            numpy.save(folder / "logits.npy", model(images).numpy())
        numpy.save(folder / "probabilities.npy", module.classify(model, images).numpy())
    # As its first line says; one is enough, as the end of the file is the same in all.
    out = subprocess.run(
        [sys.executable, folder / "model.py", folder / "images.npy"], check=True, capture_output=True, text=True)
    print(out.stdout, end="")


if __name__ == "__main__":
    main()
