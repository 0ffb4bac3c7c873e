"""Calls of the operators of the group creation."""

import torch

from .values import positive

CASES = {
    "empty.memory_format": dict(size=[2, 3], dtype=torch.float64, device=torch.device("cpu")),
    "zeros": dict(size=[2, 3], dtype=torch.int16),
    "ones": dict(size=[2, 0], dtype=torch.bool),
    "full": [dict(size=[2, 3], fill_value=1.5), dict(size=[], fill_value=4), dict(size=[1], fill_value=True)],
    "eye": dict(n=3, dtype=torch.float64),
    "arange.start_step": [dict(start=1, end=9, step=2), dict(start=0, end=1, step=0.3, dtype=torch.float64)],
    "linspace": dict(start=-1, end=2.5, steps=7, dtype=torch.float64),
    "empty_like": dict(dtype=torch.int8),
    "full_like": dict(fill_value=2.5, dtype=torch.float32),
    "new_zeros": dict(size=[2]),
    "rand.generator": dict(size=[2, 3], dtype=torch.float64),
    "randn.generator": [dict(size=[2, 3], dtype=torch.float64), dict(size=[33])],
    "randint.low_generator": dict(low=-5, high=100, size=[7]),
    "randperm.generator": dict(n=9),
    "uniform_": {"from": -2.0, "to": 3.0},
    "normal_": dict(mean=3.0, std=0.5),
    "bernoulli": dict(self=lambda: torch.rand(4, 4)),
    "bernoulli_.float": dict(p=0.3),
    "bernoulli.p": dict(p=0.3),
    "multinomial": [dict(self=lambda: positive(3, 5), num_samples=4), dict(
        self=lambda: positive(5), num_samples=9, replacement=True)],
    "exponential_": dict(lambd=2.0),
    "random_.from": [{"self": lambda: torch.zeros(5, dtype=torch.int64), "from": 3, "to": 50}],
}
