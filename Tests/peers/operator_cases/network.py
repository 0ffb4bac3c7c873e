"""Calls of the operators of the group network."""

import torch

from .values import flags, inside, integers, n, positive

images = dict(self=lambda: n(2, 3, 8, 8))
conv = dict(
    input=lambda: n(2, 4, 9, 8), weight=lambda: n(6, 2, 3, 3), bias=lambda: n(6), stride=[2, 1], padding=[1, 2],
    dilation=[1, 2], groups=2)
norm = dict(input=lambda: n(2, 4, 3, 3), weight=lambda: n(4), bias=lambda: n(4))
running = dict(running_mean=lambda: n(4), running_var=lambda: positive(4))

CASES = {
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
}
