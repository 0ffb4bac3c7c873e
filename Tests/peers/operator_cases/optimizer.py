"""Calls of the operators of the group optimizer."""

import torch

from .values import n, positive


def parameters():
    return [n(3, 2), n(5)]


adam = dict(
    self=parameters, grads=parameters, exp_avgs=parameters,
    exp_avg_sqs=lambda: [positive(3, 2), positive(5)], max_exp_avg_sqs=lambda: [positive(3, 2), positive(5)],
    state_steps=lambda: [torch.tensor(3.0), torch.tensor(3.0)], beta1=0.9, beta2=0.99, amsgrad=True, maximize=False)

CASES = {
    "_fused_sgd_": [
        dict(
            self=parameters, grads=parameters, momentum_buffer_list=parameters, momentum=0.9, dampening=0.1,
            nesterov=False, maximize=False, is_first_step=first) for first in (True, False)] + [
        dict(
            self=parameters, grads=parameters, momentum_buffer_list=[], momentum=0.0, dampening=0.0,
            nesterov=False, maximize=True, is_first_step=False, grad_scale=lambda: torch.tensor(4.0),
            found_inf=lambda: torch.tensor(0.0))],
    "_fused_adam_": adam,
    "_fused_adamw_": adam | dict(amsgrad=False, max_exp_avg_sqs=[], maximize=True),
}
