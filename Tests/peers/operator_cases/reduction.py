"""Calls of the operators of the group reduction."""

import torch

from .values import flags, integers, n

CASES = {
    "sum": [dict(), dict(dtype=torch.float32)],
    "sum.dim_IntList": [dict(dim=[0, -1]), dict(dim=None, keepdim=False), dict(dim=[1], dtype=torch.float32)],
    "mean": [dict(), dict(dtype=torch.float32)],
    "mean.dim": [dict(dim=[0]), dict(dim=None)],
    "var.correction": [dict(dim=[1], correction=0), dict(dim=[0, 1], correction=1.5)],
    "std.correction": dict(dim=[1], correction=0),
    "var_mean.correction": dict(dim=[1], correction=0),
    "amax": dict(dim=[0]),
    "amin": dict(dim=[0, 1]),
    "argmax": [dict(dim=0), dict(dim=None, keepdim=False)],
    "argmin": dict(dim=0),
    "all": dict(self=lambda: flags(3, 4)),
    "all.dim": dict(self=lambda: torch.tensor([[True, True], [True, False]])),
    "any": dict(self=lambda: flags(3, 4)),
    "any.dim": dict(self=lambda: torch.tensor([[False, False], [True, False]])),
    "logsumexp": dict(dim=[1]),
    "cumsum": [dict(dim=0), dict(dim=-1, dtype=torch.float32)],
    "linalg_vector_norm": [dict(ord=3, dim=[1]), dict(ord=float("inf")), dict(ord=1, dtype=torch.float64)],
    "dot": dict(self=lambda: n(5), tensor=lambda: n(5)),
    "vdot": dict(self=lambda: n(5), other=lambda: n(5)),
    "count_nonzero": dict(self=lambda: integers(2, 3, 4)),
    "quantile": [
        dict(q=lambda: torch.tensor([0.1, 0.5], dtype=torch.float64)),
        dict(q=lambda: torch.tensor(0.3, dtype=torch.float64), interpolation="lower")],
    "bincount": dict(self=lambda: integers(5, 12), weights=lambda: n(12), minlength=7),
    "topk": dict(k=2, dim=1, largest=False, sorted=True),
    "sort": dict(dim=0, descending=True),
    "sort.stable": dict(stable=True, dim=0, descending=True),
    "argsort": dict(dim=0, descending=True),
    "unique_dim": dict(self=lambda: integers(2, 6, 2), dim=0, return_inverse=True, return_counts=True),
    "searchsorted.Tensor": [
        dict(sorted_sequence=lambda: n(3, 6).sort()[0], self=lambda: n(3, 2), right=True),
        dict(sorted_sequence=lambda: torch.arange(5.0), self=lambda: torch.tensor([2.0, 2.5]), out_int32=True,
             side="right"),
        dict(sorted_sequence=lambda: torch.tensor([3.0, 1.0, 2.0]), self=lambda: torch.tensor([2.0, 2.5]),
             sorter=lambda: torch.tensor([1, 2, 0]))],
}
