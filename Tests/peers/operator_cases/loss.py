"""Calls of the operators of the group loss."""

import torch

from .values import flags, integers, n, positive

logits = dict(self=lambda: n(5, 3))
pair = dict(self=lambda: n(5, 3), target=lambda: n(5, 3))

CASES = {
    "cross_entropy_loss": [
        logits | dict(target=lambda: torch.tensor([0, 2, 1, -1, 2]), weight=lambda: positive(3), reduction=r,
                      ignore_index=-1, label_smoothing=0.1) for r in (0, 1, 2)] + [
            logits | dict(target=lambda: torch.softmax(n(5, 3), 1), ignore_index=-100)],
    "nll_loss": [
        logits | dict(target=lambda: torch.tensor([0, 2, 1, -1, 2]), weight=lambda: positive(3), reduction=r,
                      ignore_index=-1) for r in (0, 1, 2)] + [logits | dict(target=lambda: integers(3, 5))],
    "mse_loss": [pair | dict(reduction=r) for r in (0, 1, 2)],
    "l1_loss": [pair | dict(reduction=r) for r in (0, 1, 2)],
    "huber_loss": [pair | dict(reduction=r, delta=0.4) for r in (0, 1, 2)],
    "kl_div": [
        pair | dict(reduction=2, log_target=True),
        dict(self=lambda: n(5, 3), target=lambda: positive(5, 3), reduction=0)],
    "binary_cross_entropy_with_logits": dict(
        self=lambda: n(5, 3), target=lambda: flags(5, 3).double(), weight=lambda: positive(3),
        pos_weight=lambda: positive(3), reduction=2),
    "cosine_similarity": dict(x1=lambda: n(5, 3), x2=lambda: n(5, 3), dim=0),
}
