"""Calls of the operators of the group comparison."""

import torch

from .values import flags, integers

CASES = {
    "logical_and": dict(self=lambda: flags(3, 4), other=lambda: flags(3, 4)),
    "logical_or": dict(self=lambda: flags(3, 4), other=lambda: flags(3, 4)),
    "logical_xor": dict(self=lambda: flags(3, 4), other=lambda: flags(3, 4)),
    "logical_not": dict(self=lambda: flags(3, 4)),
    "bitwise_and.Tensor": dict(self=lambda: integers(64, 3, 4), other=lambda: integers(64, 3, 4)),
    "bitwise_or.Tensor": dict(self=lambda: integers(64, 3, 4), other=lambda: integers(64, 3, 4)),
    "bitwise_not": dict(self=lambda: integers(64, 3, 4)),
    "where.self": dict(condition=lambda: flags(3, 4)),
    "masked_fill.Scalar": dict(mask=lambda: flags(3, 4)),
    "masked_fill_.Scalar": dict(mask=lambda: flags(3, 4)),
    "masked_select": dict(mask=lambda: flags(3, 4)),
    "eq.Tensor": dict(self=lambda: integers(2, 3, 4), other=lambda: integers(2, 3, 4)),
    "eq.Scalar": dict(self=lambda: integers(2, 3, 4), other=1),
    "ne.Tensor": dict(self=lambda: integers(2, 3, 4), other=lambda: integers(2, 3, 4)),
    "ne.Scalar": dict(self=lambda: integers(2, 3, 4), other=1),
    "le.Tensor": dict(self=lambda: integers(3, 3, 4), other=lambda: integers(3, 3, 4)),
    "ge.Tensor": dict(self=lambda: integers(3, 3, 4), other=lambda: integers(3, 3, 4)),
    "lt.Scalar": dict(other=0.1),
    "gt.Scalar": dict(other=0.1),
    "le.Scalar": dict(self=lambda: integers(3, 3, 4), other=1),
    "ge.Scalar": dict(self=lambda: integers(3, 3, 4), other=1),
    "equal": [dict(), dict(self=lambda: torch.ones(3), other=lambda: torch.ones(3))],
    "allclose": [
        dict(rtol=0.5, atol=9.0),
        dict(self=lambda: torch.tensor([float("nan")]), other=lambda: torch.tensor([float("nan")]), equal_nan=True),
        dict(rtol=1e-9, atol=1e-9)],
    "isclose": dict(rtol=0.2, atol=0.5),
}
