"""Calls of the operators of the group arithmetic."""

from .values import inside, integers, n, odd, positive

CASES = {
    # Domains
    "sqrt": dict(self=lambda: positive(3, 4)),
    "sqrt_": dict(self=lambda: positive(3, 4)),
    "rsqrt": dict(self=lambda: positive(3, 4)),
    "log": dict(self=lambda: positive(3, 4)),
    "log1p": dict(self=lambda: positive(3, 4)),
    "log2": dict(self=lambda: positive(3, 4)),
    "lgamma": dict(self=lambda: positive(3, 4)),
    "digamma": dict(self=lambda: positive(3, 4)),
    "asin": dict(self=lambda: inside(3, 4)),
    "acos": dict(self=lambda: inside(3, 4)),
    "erfinv": dict(self=lambda: inside(3, 4)),
    "pow.Tensor_Scalar": dict(self=lambda: positive(3, 4), exponent=2.5),
    "pow.Tensor_Tensor": dict(self=lambda: positive(3, 4)),
    "pow.Scalar": dict(self=1.7, exponent=lambda: n(3, 4)),
    "isnan": dict(self=lambda: odd(3, 4)),
    "isinf": dict(self=lambda: odd(3, 4)),
    "isfinite": dict(self=lambda: odd(3, 4)),
    "nan_to_num": dict(self=lambda: odd(3, 4), nan=0.5, posinf=7.0, neginf=-8.0),
    # Forms
    "add.Tensor": [dict(), dict(self=lambda: integers(9, 3, 4), other=lambda: integers(9, 4), alpha=2)],
    "add.Scalar": [dict(), dict(self=lambda: integers(9, 3, 4), other=True, alpha=2)],
    "div.Tensor_mode": [dict(rounding_mode="floor"), dict(rounding_mode="trunc"), dict(rounding_mode=None)],
    "round.decimals": dict(decimals=2),
    "clamp": [dict(min=-0.5, max=0.5), dict(min=None, max=0.1)],
    "clamp_": dict(min=-0.5, max=0.5),
    "clamp.Tensor": [dict(min=lambda: n(4) - 1, max=lambda: n(4) + 1), dict(min=lambda: n(4))],
    "clamp_min": dict(min=0.2),
    "lerp.Scalar": dict(weight=0.3),
    "lerp_.Scalar": dict(weight=0.3),
}
