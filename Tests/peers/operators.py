"""Calls ATen operators and writes what they were given and what they gave.

    operators.py NAMES FOLDER

NAMES is a file with one operator a line (`add.Tensor`). Into FOLDER go `cases.json` and `tensors.bin`, which
Tests/TorchTests/Support/PeerOperators.swift reads. Tensors stand in `tensors.bin` as contiguous bytes; doubles
stand in the JSON as their 64 bits, since JSON has no NaN.
"""

import json
import pathlib
import struct
import sys

import torch

SEED = 20260728


# MARK: Arguments. Most follow from the type and the name of the parameter; CASES has the operators that need others.


def n(*shape):
    return torch.randn(shape, dtype=torch.float64)


def positive(*shape):
    return torch.rand(shape, dtype=torch.float64) + 0.1


def inside(*shape):
    """Strictly between -0.9 and 0.9."""
    return 1.8 * torch.rand(shape, dtype=torch.float64) - 0.9


def integers(high, *shape):
    return torch.randint(high, shape)


def flags(*shape):
    return torch.randint(2, shape).bool()


def definite(*shape):
    a = n(*shape)
    return a @ a.mT + torch.eye(shape[-1], dtype=torch.float64)


def odd(*shape):
    """With NaN and both infinities."""
    a = n(*shape)
    a.view(-1)[:3] = torch.tensor([float("nan"), float("inf"), -float("inf")])
    return a


def generator():
    return torch.Generator().manual_seed(17)


BY_NAME = {
    "alpha": 1.5,
    "beta": 0.5,
    "value": 0.7,
    "dim": 1,
    "keepdim": True,
    "eps": 1e-4,
    "momentum": 0.2,
    "cudnn_enabled": False,
    "cudnn_enable": False,
    "align_corners": True,
    "lr": 0.1,
    "weight_decay": 0.01,
    "non_blocking": False,
}

images = dict(self=lambda: n(2, 3, 8, 8))
conv = dict(
    input=lambda: n(2, 4, 9, 8), weight=lambda: n(6, 2, 3, 3), bias=lambda: n(6), stride=[2, 1], padding=[1, 2],
    dilation=[1, 2], groups=2)
norm = dict(input=lambda: n(2, 4, 3, 3), weight=lambda: n(4), bias=lambda: n(4))
running = dict(running_mean=lambda: n(4), running_var=lambda: positive(4))
rows = dict(index=lambda: torch.tensor([2, 0, 2]))
logits = dict(self=lambda: n(5, 3))
pair = dict(self=lambda: n(5, 3), target=lambda: n(5, 3))


def parameters():
    return [n(3, 2), n(5)]


adam = dict(
    self=parameters, grads=parameters, exp_avgs=parameters,
    exp_avg_sqs=lambda: [positive(3, 2), positive(5)], max_exp_avg_sqs=lambda: [positive(3, 2), positive(5)],
    state_steps=lambda: [torch.tensor(3.0), torch.tensor(3.0)], beta1=0.9, beta2=0.99, amsgrad=True, maximize=False)

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
    # Arithmetic
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
    # Comparison
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
    # Reduction
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
    # Shape
    "reshape": dict(shape=[2, -1]),
    "view": dict(size=[2, 6]),
    "view_as": dict(other=lambda: n(2, 6)),
    "flatten.using_ints": dict(self=lambda: n(2, 3, 4), start_dim=1, end_dim=2),
    "unflatten.int": dict(sizes=[2, -1]),
    "squeeze": dict(self=lambda: n(1, 3, 1)),
    "squeeze.dim": dict(self=lambda: n(3, 1, 1)),
    "permute": dict(self=lambda: n(2, 3, 4), dims=[2, 0, 1]),
    "transpose.int": dict(self=lambda: n(2, 3, 4), dim0=0, dim1=-1),
    "movedim.int": dict(self=lambda: n(2, 3, 4), source=0, destination=-1),
    "expand": dict(self=lambda: n(3, 1), size=[2, 3, 4]),
    "expand_as": dict(self=lambda: n(3, 1)),
    "broadcast_to": dict(self=lambda: n(3, 1), size=[2, 3, 4]),
    "repeat": dict(repeats=[2, 1, 3]),
    "repeat_interleave.self_int": [dict(repeats=2), dict(repeats=3, dim=0, output_size=9)],
    "tile": dict(dims=[2, 3]),
    "flip": dict(dims=[0, 1]),
    "roll": [dict(shifts=[1, -2], dims=[0, 1]), dict(shifts=[2], dims=[1])],
    "cat": [dict(tensors=lambda: [n(3, 2), n(3, 4)]), dict(tensors=lambda: [n(3, 2), n(3, 2)])],
    "stack": dict(tensors=lambda: [n(3, 2), n(3, 2)]),
    "split.Tensor": dict(split_size=3),
    "split_with_sizes": dict(self=lambda: n(4, 4), split_sizes=[1, 3]),
    "chunk": dict(chunks=2),
    "narrow": dict(start=1, length=2),
    "select.int": dict(index=-1),
    "slice.Tensor": dict(start=1, end=-1, step=2, self=lambda: n(2, 9)),
    "index_select": rows | dict(self=lambda: n(2, 3)),
    "index_select_backward": rows | dict(grad=lambda: n(2, 3), self_sizes=[2, 4]),
    "gather": dict(index=lambda: integers(4, 3, 2)),
    "scatter.src": dict(index=lambda: torch.tensor([[0, 2], [1, 3], [2, 0]]), src=lambda: n(3, 2)),
    "scatter.value": dict(index=lambda: integers(4, 3, 2)),
    "scatter_add": dict(index=lambda: integers(4, 3, 2), src=lambda: n(3, 2)),
    "index_add": rows | dict(source=lambda: n(3, 3)),
    "index_add_": rows | dict(source=lambda: n(3, 3)),
    "index_copy_": dict(index=lambda: torch.tensor([3, 0]), source=lambda: n(3, 2)),
    "index.Tensor": [
        dict(indices=lambda: [torch.tensor([2, 0]), None]), dict(indices=lambda: [None, torch.tensor([1, 1, 3])]),
        dict(indices=lambda: [torch.tensor([[True, False, True, True]] * 3)])],
    "index_put_": [
        dict(indices=lambda: [torch.tensor([2, 2]), torch.tensor([1, 1])], values=lambda: n(2), accumulate=True),
        dict(indices=lambda: [None, torch.tensor([1])], values=lambda: n(3, 1))],
    "nonzero": dict(self=lambda: integers(2, 3, 4)),
    "tril": dict(diagonal=1),
    "triu": dict(diagonal=-1),
    "diagonal": dict(self=lambda: n(3, 4, 5), offset=1, dim1=2, dim2=0),
    "diag_embed": dict(offset=-1, dim1=0, dim2=2),
    "as_strided": dict(size=[2, 3], stride=[1, 4], storage_offset=1),
    "unfold": dict(dimension=1, size=2, step=2),
    "one_hot": dict(self=lambda: integers(4, 5), num_classes=6),
    "t": dict(),
    "contiguous": dict(self=lambda: n(2, 3, 4, 4), memory_format=torch.channels_last),
    "clone": dict(self=lambda: n(2, 3, 4, 4), memory_format=torch.channels_last),
    "copy_": dict(src=lambda: n(4)),
    "fill_.Tensor": dict(value=lambda: torch.tensor(0.3, dtype=torch.float64)),
    "to.dtype": [dict(dtype=torch.int32), dict(dtype=torch.float64, copy=True), dict(dtype=torch.bfloat16)],
    "to.dtype_layout": dict(dtype=torch.float32, device=torch.device("cpu"), copy=True),
    # Creation
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
    "bernoulli_.Tensor": dict(p=lambda: torch.rand(3, 4)),
    "bernoulli.p": dict(p=0.3),
    "multinomial": [dict(self=lambda: positive(3, 5), num_samples=4), dict(
        self=lambda: positive(5), num_samples=9, replacement=True)],
    "exponential_": dict(lambd=2.0),
    "random_.from": [{"self": lambda: torch.zeros(5, dtype=torch.int64), "from": 3, "to": 50}],
    # Linear algebra
    "matmul": [dict(self=lambda: n(2, 3, 4), other=lambda: n(4, 5)), dict(self=lambda: n(4), other=lambda: n(4))],
    "mm": dict(mat2=lambda: n(4, 2)),
    "bmm": dict(self=lambda: n(2, 3, 4), mat2=lambda: n(2, 4, 5)),
    "mv": dict(vec=lambda: n(4)),
    "addmm": dict(self=lambda: n(2), mat1=lambda: n(3, 4), mat2=lambda: n(4, 2)),
    "addmv": dict(self=lambda: n(3), mat=lambda: n(3, 4), vec=lambda: n(4)),
    "baddbmm": dict(self=lambda: n(2, 3, 5), batch1=lambda: n(2, 3, 4), batch2=lambda: n(2, 4, 5)),
    "outer": dict(self=lambda: n(3), vec2=lambda: n(4)),
    "einsum": [
        dict(equation="bij,bjk->bik", tensors=lambda: [n(2, 3, 4), n(2, 4, 5)]),
        dict(equation="ij,jk,kl->il", tensors=lambda: [n(2, 3), n(3, 4), n(4, 2)], path=[1, 2, 0, 1])],
    "linear": dict(weight=lambda: n(2, 4), bias=lambda: n(2), input=lambda: n(3, 4)),
    "linalg_solve": [dict(A=lambda: definite(3, 3), B=lambda: n(3, 2)), dict(
        A=lambda: definite(3, 3), B=lambda: n(2, 3), left=False)],
    "linalg_cholesky": dict(self=lambda: definite(3, 3), upper=True),
    "linalg_eigh": dict(self=lambda: definite(3, 3), UPLO="U"),
    "linalg_svd": dict(A=lambda: n(4, 3), full_matrices=False),
    "linalg_qr": dict(A=lambda: n(4, 3), mode="complete"),
    "linalg_inv": dict(A=lambda: definite(3, 3)),
    # Activation
    "leaky_relu": dict(negative_slope=0.2),
    "gelu": dict(approximate="tanh"),
    "softplus": dict(beta=2, threshold=3.5),
    "elu": dict(alpha=0.5, scale=1.5, input_scale=0.7),
    "hardtanh": dict(min_val=-0.3, max_val=0.4),
    "softmax.int": [dict(), dict(dtype=torch.float32)],
    "log_softmax.int": dict(dim=-1),
    "threshold_backward": dict(threshold=0.1),
    # These two take no generator: only what needs no chance.
    "dropout": [dict(p=0.0, train=True), dict(p=1.0, train=True), dict(p=0.5, train=False)],
    "native_dropout": [dict(p=0.0, train=True), dict(p=1.0, train=True), dict(p=0.5, train=False)],
    # Network
    "conv1d": [
        conv | dict(input=lambda: n(2, 4, 9), weight=lambda: n(6, 2, 3), stride=[2], padding=[1], dilation=[2]),
        dict(input=lambda: n(1, 2, 9), weight=lambda: n(3, 2, 3))],
    "conv2d": [conv, dict(input=lambda: n(1, 2, 5, 5), weight=lambda: n(3, 2, 3, 3))],
    "conv_transpose2d.input": conv | dict(
        weight=lambda: n(4, 3, 3, 3), stride=[2, 3], output_padding=[1, 0]),
    "convolution": conv | dict(transposed=False, output_padding=[0, 0]),
    "convolution_backward": [
        dict(
            grad_output=lambda: n(2, 6, 5, 8), input=lambda: n(2, 4, 9, 8), weight=lambda: n(6, 2, 3, 3),
            bias_sizes=[6], stride=[2, 1], padding=[1, 2], dilation=[1, 2], transposed=False, output_padding=[0, 0],
            groups=2, output_mask=[True, True, True]),
        dict(
            grad_output=lambda: n(1, 3, 3, 3), input=lambda: n(1, 2, 5, 5), weight=lambda: n(3, 2, 3, 3),
            bias_sizes=None, stride=[1, 1], padding=[0, 0], dilation=[1, 1], transposed=False,
            output_padding=[0, 0], groups=1, output_mask=[False, True, False])],
    "batch_norm": [norm | running | dict(training=True), norm | running | dict(training=False)],
    "native_batch_norm": norm | running | dict(training=True),
    "group_norm": norm | dict(num_groups=2),
    "native_group_norm": norm | dict(N=2, C=4, HxW=9, group=2),
    "layer_norm": dict(
        input=lambda: n(3, 4, 5), normalized_shape=[4, 5], weight=lambda: n(4, 5), bias=lambda: n(4, 5)),
    "instance_norm": norm | dict(running_mean=None, running_var=None, use_input_stats=True),
    "avg_pool2d": images | dict(
        kernel_size=[3, 2], stride=[2, 1], padding=[1, 0], ceil_mode=True, count_include_pad=False,
        divisor_override=5),
    "max_pool2d": images | dict(kernel_size=[3, 2], stride=[2, 1], padding=[1, 0], dilation=[1, 2], ceil_mode=True),
    "max_pool2d_with_indices": images | dict(
        kernel_size=[3, 2], stride=[2, 1], padding=[1, 0], dilation=[1, 2], ceil_mode=True),
    "adaptive_avg_pool2d": images | dict(output_size=[3, 2]),
    "pixel_shuffle": dict(self=lambda: n(1, 8, 2, 3), upscale_factor=2),
    "upsample_nearest2d": images | dict(output_size=[12, 5], scales_h=1.5, scales_w=None),
    "upsample_bilinear2d": images | dict(output_size=[12, 5]),
    "upsample_bicubic2d": images | dict(output_size=[12, 5], align_corners=False, scales_h=1.5, scales_w=0.625),
    "_upsample_bilinear2d_aa": images | dict(output_size=[12, 5], align_corners=False),
    "grid_sampler": dict(
        input=lambda: n(2, 3, 5, 5), grid=lambda: inside(2, 4, 4, 2), interpolation_mode=0, padding_mode=1,
        align_corners=False),
    "affine_grid_generator": dict(theta=lambda: n(2, 2, 3), size=[2, 3, 4, 5]),
    "pad": [images | dict(pad=[1, 2, 3, 4], value=0.5), images | dict(pad=[1, 2, 2, 1], mode="circular", value=None)],
    "reflection_pad2d": images | dict(padding=[1, 2, 3, 4]),
    "im2col": images | dict(kernel_size=[3, 2], dilation=[1, 2], padding=[1, 0], stride=[2, 1]),
    "col2im": dict(
        self=lambda: n(2, 12, 9), output_size=[4, 4], kernel_size=[2, 2], dilation=[1, 1], padding=[0, 0],
        stride=[1, 1]),
    "embedding": dict(weight=lambda: n(5, 3), indices=lambda: integers(5, 2, 4), padding_idx=1),
    "scaled_dot_product_attention": [
        dict(
            query=lambda: n(2, 4, 5, 8), key=lambda: n(2, 2, 6, 8), value=lambda: n(2, 2, 6, 8),
            attn_mask=lambda: flags(5, 6) | torch.eye(5, 6).bool(), scale=0.3, enable_gqa=True),
        dict(query=lambda: n(2, 4, 5, 8), key=lambda: n(2, 4, 5, 8), value=lambda: n(2, 4, 5, 8), is_causal=True)],
    # Loss
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
    # Optimizer
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

# What cannot be called with its defaults alone: one of the bounds must be given.
NEEDS_MORE_THAN_DEFAULTS = {"clamp", "clamp_", "clamp.Tensor"}

# What has no defined numbers: only shapes and types are compared.
UNDEFINED_VALUES = {"empty.memory_format", "empty_like"}


def argument(parameter, case):
    name, kind = parameter.name, str(parameter.type)
    if name in case:
        value = case[name]
        return value() if callable(value) else value
    if "Generator" in kind:
        return generator()
    if kind == "Tensor":
        return n(3, 4)
    if name in BY_NAME and not kind.startswith(("Optional[List", "List")):
        return BY_NAME[name]
    if parameter.has_default_value():
        return parameter.default_value
    if kind.startswith("Optional"):
        return None
    if kind == "number":
        return 1.7
    raise ValueError(f"no value for '{name}' ({kind}); add the operator to CASES")


# MARK: Writing

DTYPES = {
    torch.uint8: 0, torch.int8: 1, torch.int16: 2, torch.int32: 3, torch.int64: 4, torch.float16: 5,
    torch.float32: 6, torch.float64: 7, torch.bool: 11, torch.bfloat16: 15}
FORMATS = {torch.contiguous_format: 0, torch.preserve_format: 1, torch.channels_last: 2}


class Writer:
    def __init__(self, path):
        self.file = open(path, "wb")
        self.offset = 0

    def tensor(self, value):
        plain = value.detach().contiguous()
        data = bytes(plain.reshape(-1).view(torch.uint8).numpy()) if plain.numel() else b""
        self.file.write(data)
        self.offset += len(data)
        return {
            "kind": "tensor", "dtype": DTYPES[value.dtype], "shape": list(value.shape),
            "offset": self.offset - len(data), "bytes": len(data)}

    def value(self, value, kind=""):
        """`kind` is the schema's type, which alone tells what an empty list is a list of."""
        if value is None or (isinstance(value, torch.layout)):
            return {"kind": "none"}
        if isinstance(value, torch.Tensor):
            return self.tensor(value)
        if isinstance(value, torch.dtype):
            return {"kind": "int", "int": DTYPES[value]}
        if isinstance(value, torch.memory_format):
            return {"kind": "int", "int": FORMATS[value]}
        if isinstance(value, torch.device):
            return {"kind": "device", "text": str(value)}
        if isinstance(value, torch.Generator):
            return {"kind": "generator", "int": value.initial_seed()}
        if isinstance(value, bool):
            return {"kind": "bool", "int": int(value)}
        if isinstance(value, int):
            # The boxed call takes the schema's type to the letter.
            return self.value(float(value)) if kind in ("float", "Optional[float]") else {"kind": "int", "int": value}
        if isinstance(value, float):
            return {"kind": "double", "int": struct.unpack("<q", struct.pack("<d", value))[0]}
        if isinstance(value, str):
            return {"kind": "string", "text": value}
        if isinstance(value, (list, tuple)):
            items = [self.value(item) for item in value]
            if "Optional[Tensor]" in kind:
                return {"kind": "optionalTensors", "items": items}
            for mark, name in (("Tensor", "tensors"), ("float", "doubles"), ("bool", "bools"), ("int", "ints")):
                if mark in kind:
                    return {"kind": name, "items": items}
        raise TypeError(f"cannot write {type(value)} of kind '{kind}'")


def copied(value):
    if isinstance(value, torch.Tensor):
        return value.clone()
    if isinstance(value, list):
        return [copied(item) for item in value]
    if isinstance(value, torch.Generator):
        return generator()
    return value


def results(schema, output, writer):
    if not schema.returns:
        return []
    outputs = output if len(schema.returns) > 1 else [output]
    return [writer.value(value, str(r.type)) for value, r in zip(outputs, schema.returns)]


def called(operator, schema, parameters, values, writer):
    """One call and what it wrote: (results, what its arguments hold afterwards where it may write)."""
    values = [copied(value) for value in values]
    positional = [v for p, v in zip(parameters, values) if not p.kwarg_only]
    named = {p.name: v for p, v in zip(parameters, values) if p.kwarg_only}
    written = results(schema, operator(*positional, **named), writer)
    after = [
        {"index": index, "value": writer.value(value, str(p.type))}
        for index, (p, value) in enumerate(zip(parameters, values))
        if value is not None and (
            # The running statistics carry no mark in the schema, yet training changes them.
            p.name in ("running_mean", "running_var") or (p.alias_info is not None and p.alias_info.is_write))]
    return written, after


def cases_of(full_name, writer):
    name, _, overload = full_name.partition(".")
    schema = torch._C._get_schema("aten::" + name, overload)
    operator = getattr(getattr(torch.ops.aten, name), overload or "default")
    parameters = schema.arguments
    described = CASES.get(full_name, {})
    has_defaults = any(p.has_default_value() for p in parameters)
    random = any("Generator" in str(p.type) for p in parameters)
    called_with_defaults = False
    for number, case in enumerate(described if isinstance(described, list) else [described]):
        unknown = set(case) - {p.name for p in parameters}
        assert not unknown, f"{full_name} has no parameters {unknown}"
        torch.manual_seed(SEED + number)
        values = [argument(p, case) for p in parameters]
        required = [not p.has_default_value() for p in parameters]
        # Before the call, which may change them.
        arguments = [
            {
                "name": p.name, "required": r, "value": writer.value(v, str(p.type))
            } for p, r, v in zip(parameters, required, values)]
        written, after = called(operator, schema, parameters, values, writer)
        entry = {
            "operator": full_name, "number": number, "arguments": arguments, "results": written, "after": after,
            "comparesValues": full_name not in UNDEFINED_VALUES}
        if has_defaults and not random:
            few = [(p, v) for p, r, v in zip(parameters, required, values) if r]
            try:
                entry["resultsWithDefaults"], _ = called(
                    operator, schema, [p for p, _ in few], [v for _, v in few], writer)
                called_with_defaults = True
            except (RuntimeError, IndexError):
                pass  # the values of this case do not suit the defaults: another case must
        yield entry
    assert (called_with_defaults or random or not has_defaults or full_name in NEEDS_MORE_THAN_DEFAULTS
            ), "no case that can be called with the defaults alone"


def main():
    names = pathlib.Path(sys.argv[1]).read_text().split()
    folder = pathlib.Path(sys.argv[2])
    torch.set_num_threads(1)
    writer = Writer(folder / "tensors.bin")
    cases, failures = [], []
    for name in names:
        try:
            cases += cases_of(name, writer)
        except Exception as error:  # every one that is missing is named at once
            failures.append(f"{name}: {error}")
    if failures:
        sys.exit("\n".join(failures))
    writer.file.close()
    (folder / "cases.json").write_text(json.dumps(cases))
    print(len(cases))


if __name__ == "__main__":
    main()
