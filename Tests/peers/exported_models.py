"""Runs the Python files that `salar export --to pytorch` wrote.

    exported_models.py FOLDER NAME…

Of each FOLDER/NAME-pytorch/model.py the logits of the images FOLDER/NAME.input.npy go to FOLDER/NAME.exported.npy.
"""

import runpy
import sys
from pathlib import Path

import numpy
import torch


def main():
    folder = Path(sys.argv[1])
    for name in sys.argv[2:]:
        model = runpy.run_path(str(folder / f"{name}-pytorch" / "model.py"))["load"]()
        with torch.no_grad():
            logits = model(torch.from_numpy(numpy.load(folder / f"{name}.input.npy")))
        numpy.save(folder / f"{name}.exported.npy", logits.numpy())


if __name__ == "__main__":
    main()
