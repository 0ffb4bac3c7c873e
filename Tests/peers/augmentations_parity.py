"""What PyTorch makes of images with the parameters that were drawn for them, one image at a time.

    augmentations_parity.py IN.safetensors OUT.safetensors

IN holds `images` (float64 [B, 3, H, W] in [0, 1]) and parameters by the names used below; OUT one tensor a name.
Colour follows torchvision's functions for tensors, DSA the paper's code (Zhao and Bilen 2021), ZCA kornia's.
"""

import math
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file


def crop(x, offsets, padding):
    top, left = offsets
    padded = F.pad(x, [padding] * 4)
    return padded[:, top : top + x.shape[1], left : left + x.shape[2]]


def cutout(x, corner, applied, side):
    x = x.clone()
    if applied:
        top, left = corner
        x[:, max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)] = 0
    return x


def resized(x, window, size, antialias):
    top, left, height, width = window
    cut = x[None, :, top : top + height, left : left + width]
    return F.interpolate(cut, (size, size), mode="bilinear", align_corners=False, antialias=antialias)[0]


# torchvision.transforms.v2.functional, tensors


def gray(x):
    return 0.2989 * x[0:1] + 0.587 * x[1:2] + 0.114 * x[2:3]


def blend(a, b, ratio):
    return (ratio * a + (1 - ratio) * b).clamp(0, 1)


def rgb_to_hsv(x):
    r, g, b = x.unbind(0)
    high, low = x.max(0).values, x.min(0).values
    equal = high == low
    one = torch.ones_like(high)
    spread = high - low
    s = spread / torch.where(equal, one, high)
    divisor = torch.where(equal, one, spread)
    rc, gc, bc = (high - r) / divisor, (high - g) / divisor, (high - b) / divisor
    hr = (high == r) * (bc - gc)
    hg = ((high == g) & (high != r)) * (2.0 + rc - bc)
    hb = ((high != g) & (high != r)) * (4.0 + gc - rc)
    h = torch.fmod((hr + hg + hb) / 6.0 + 1.0, 1.0)
    return h, s, high


def hsv_to_rgb(h, s, v):
    i = torch.floor(h * 6.0)
    f = h * 6.0 - i
    i = i.long() % 6
    p = (v * (1.0 - s)).clamp(0, 1)
    q = (v * (1.0 - s * f)).clamp(0, 1)
    t = (v * (1.0 - s * (1.0 - f))).clamp(0, 1)
    choices = [(v, t, p), (q, v, p), (p, v, t), (p, q, v), (t, p, v), (v, p, q)]
    table = torch.stack([torch.stack(c) for c in choices])  # [6, 3, H, W]
    return table.gather(0, i[None, None].expand(1, 3, *i.shape))[0]


def jitter(x, factors, order):
    for change in order:
        f = factors[change]
        if change == 0:
            x = blend(x, torch.zeros_like(x), f)
        elif change == 1:
            x = blend(x, gray(x).mean(), f)
        elif change == 2:
            x = blend(x, gray(x), f)
        else:
            h, s, v = rgb_to_hsv(x)
            x = hsv_to_rgb((h + f) % 1.0, s, v)
    return x


# DSA


def dsa(x, family, v):
    height, width = x.shape[1:]
    if family == "color":
        x = x + v[0]
        m = x.mean(0, keepdim=True)
        x = (x - m) * v[1] + m
        m = x.mean()
        return (x - m) * v[2] + m
    if family == "crop":
        out = torch.zeros_like(x)
        for i in range(height):
            for j in range(width):
                a, b = i + int(v[0]), j + int(v[1])
                if 0 <= a < height and 0 <= b < width:
                    out[:, i, j] = x[:, a, b]
        return out
    if family == "cutout":
        kh, kw = int(height * 0.5 + 0.5), int(width * 0.5 + 0.5)
        rows = torch.clamp(torch.arange(kh) + int(v[0]) - kh // 2, 0, height - 1)
        columns = torch.clamp(torch.arange(kw) + int(v[1]) - kw // 2, 0, width - 1)
        mask = torch.ones(height, width, dtype=x.dtype)
        mask[rows[:, None], columns[None]] = 0
        return x * mask
    if family == "flip":
        return x.flip(2) if v[0] > 0.5 else x
    if family == "scale":
        theta = [[v[0], 0, 0], [0, v[1], 0]]
    else:
        theta = [[math.cos(v[0]), math.sin(-v[0]), 0], [math.sin(v[0]), math.cos(v[0]), 0]]
    grid = F.affine_grid(torch.tensor([theta], dtype=x.dtype), (1, *x.shape), align_corners=True)
    return F.grid_sample(x[None], grid, align_corners=True)[0]


def zca(images, epsilon):
    x = images.flatten(1)
    mean = x.mean(0)
    x = x - mean
    u, s, _ = torch.linalg.svd(x.T @ x / (len(x) - 1))
    w = u @ torch.diag((s + epsilon).rsqrt()) @ u.T
    return mean, w, (x @ w).view_as(images)


given = load_file(sys.argv[1])
images = given["images"]
count = len(images)
each = range(count)
out = {
    "crop": torch.stack([crop(images[i], given["crop.0"][i].tolist(), 3) for i in each]),
    "cutout": torch.stack(
        [cutout(images[i], given["cutout.0"][i].tolist(), given["cutout.1"][i].item(), 6) for i in each]
    ),
    "antialiased": torch.stack([resized(images[i], given["resized.0"][i].tolist(), 7, True) for i in each]),
    "grid": torch.stack([resized(images[i], given["resized.0"][i].tolist(), 7, False) for i in each]),
    "jitter": torch.stack(
        [jitter(images[i], given["jitter.0"][i].double().tolist(), given["jitter.1"][i].tolist()) for i in each]
    ),
}
for family in ("color", "crop", "cutout", "flip", "scale", "rotate"):
    values = given[f"dsa.{family}"].double()
    rows = values if len(values) == count else values.expand(count, 3)
    out[f"dsa.{family}"] = torch.stack([dsa(images[i], family, rows[i].tolist()) for i in each])
out["zca.mean"], out["zca.whitening"], out["zca.images"] = zca(images, 0.1)
save_file({k: v.contiguous() for k, v in out.items()}, sys.argv[2])
