"""The same work with PyTorch eager, by its documented fast path, for `./run bench`.

Reads requests from standard input (`prepare NAME ARGS…`, `run REPETITIONS`, `peak`) and answers each with one
JSON line. Networks are plain PyTorch modules. Where an image layout is to be chosen, both are tried and the
faster one is used.
"""

import sys

import torch
import torch.nn.functional as F

import distillation
from answering import answer
from networks import convnet, resnet18
from support import MEAN, STD, byte_images, fastest


def add():
    count = 100_000
    a, b = torch.ones(8), torch.ones(8)

    def work():
        with torch.no_grad():
            for _ in range(count):
                a + b

    return work, ""


def gradient_step(build, batch, bfloat16):
    torch.manual_seed(0)
    images = torch.randn(batch, 3, 32, 32)
    labels = torch.randint(0, 10, (batch,))

    def make(memory_format):
        model = build().train().to(memory_format=memory_format)
        x = images.to(memory_format=memory_format)

        def work():
            model.zero_grad(set_to_none=True)
            with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
                loss = F.cross_entropy(model(x), labels)
            loss.backward()

        return work

    return fastest(
        {"contiguous": make(torch.contiguous_format), "channels last": make(torch.channels_last)}
    )


def crops_by_index(padded, offsets):
    """All crops in one advanced indexing."""
    count, channels = padded.shape[:2]
    rows = offsets[:, :1] + torch.arange(32)
    columns = offsets[:, 1:] + torch.arange(32)
    return padded[
        torch.arange(count)[:, None, None, None],
        torch.arange(channels)[None, :, None, None],
        rows[:, None, :, None],
        columns[:, None, None, :],
    ]


def crops_by_shift(padded, offsets):
    """One copy for each of the 9 + 9 shifts, as fast training scripts for CIFAR do."""
    count, channels = padded.shape[:2]
    half = torch.empty(count, channels, 32, 40, dtype=padded.dtype)
    out = torch.empty(count, channels, 32, 32, dtype=padded.dtype)
    for shift in range(9):
        mask = offsets[:, 0] == shift
        half[mask] = padded[mask, :, shift : shift + 32]
    for shift in range(9):
        mask = offsets[:, 1] == shift
        out[mask] = half[mask, :, :, shift : shift + 32]
    return out


def training(bfloat16):
    """1,280 images cropped, flipped and normalised as tensor operations on each batch, and trained on by fused SGD."""
    images, labels = byte_images()[:1280], torch.arange(1280) % 10

    def make(memory_format):
        torch.manual_seed(0)
        model = convnet().train().to(memory_format=memory_format)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4, fused=True)

        def work():
            for indices in torch.randperm(len(images)).split(256):
                x, y = images[indices], labels[indices]
                x = crops_by_shift(F.pad(x, (4, 4, 4, 4)), torch.randint(0, 9, (len(x), 2)))
                x = torch.where(torch.rand(len(x), 1, 1, 1) < 0.5, x.flip(3), x)
                x = x.float().div_(255).sub_(MEAN).div_(STD).contiguous(memory_format=memory_format)
                optimizer.zero_grad(set_to_none=True)
                with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
                    loss = F.cross_entropy(model(x), y)
                loss.backward()
                optimizer.step()

        return work

    return fastest(
        {"contiguous": make(torch.contiguous_format), "channels last": make(torch.channels_last)}
    )


def loader(cutout):
    """An epoch of CIFAR's size from bytes in memory, every step as tensor operations on the whole batch."""
    images, labels = byte_images(), torch.arange(50_000) % 10

    def make(crops, crops_floats):
        def work():
            order = torch.randperm(len(images))
            for indices in order.split(128):
                x, y = images[indices], labels[indices]
                if crops_floats:
                    x = x.float().div_(255)
                offsets = torch.randint(0, 9, (len(x), 2))
                x = crops(F.pad(x, (4, 4, 4, 4)), offsets)
                x = torch.where(torch.rand(len(x), 1, 1, 1) < 0.5, x.flip(3), x)
                if not crops_floats:
                    x = x.float().div_(255)
                x = x.sub_(MEAN).div_(STD)
                if cutout:
                    corner = torch.randint(-8, 24, (len(x), 2, 1))
                    inside = (torch.arange(32) >= corner) & (torch.arange(32) < corner + 16)
                    hidden = inside[:, 0, :, None] & inside[:, 1, None, :] & (torch.rand(len(x), 1, 1) < 0.5)
                    x = x.masked_fill_(hidden[:, None], 0)
            return x, y

        return work

    candidates = {
        f"crops {name} of {'floats' if floats else 'bytes'}": make(crops, floats)
        for name, crops in {"by index": crops_by_index, "by shift": crops_by_shift}.items()
        for floats in (False, True)
    }
    return fastest(candidates)


class Samples(torch.utils.data.Dataset):
    """Image by image, as data sets with transforms are usually written."""

    def __init__(self):
        self.images, self.mean, self.std = byte_images(), MEAN[0], STD[0]

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        x = F.pad(self.images[index], (4, 4, 4, 4))
        top, left = torch.randint(0, 9, (2,)).tolist()
        x = x[:, top : top + 32, left : left + 32]
        if torch.rand(()) < 0.5:
            x = x.flip(2)
        return x.float().div_(255).sub_(self.mean).div_(self.std), index % 10


def dataloader():
    data = Samples()

    def work():
        for _ in torch.utils.data.DataLoader(
            data, batch_size=128, shuffle=True, num_workers=torch.get_num_threads()
        ):
            pass

    return work, f"image by image, DataLoader with {torch.get_num_threads()} workers"


WORK = {
    "add": add,
    "convnet": lambda bfloat16: gradient_step(convnet, 256, bfloat16 == "true"),
    "loader": lambda cutout: loader(cutout == "true"),
    "dataloader": dataloader,
    "training": lambda bfloat16: training(bfloat16 == "true"),
    "resnet18": lambda bfloat16: gradient_step(resnet18, 128, bfloat16 == "true"),
    **distillation.WORK,
}


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[1]))
    answer(WORK)
