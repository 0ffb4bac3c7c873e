// Direct convolution of images [B, C, H, W] of few channels with filters 3×3, `margin` zeros around the images, stride 1: of
// what a network's first layer sees. No gradients are recorded here; see Convolution.cpp.
#pragma once

#include <ATen/core/Tensor.h>

namespace ctorch::convolution {

/// Images of at most so many channels go this way.
constexpr int64_t few_channels = 4;

/// Whether this is faster than libtorch's way, for images and filters that there are kernels for.
bool direct_pays(const at::Tensor &x, int64_t margin);

/// x ∗ weight + bias; the bias may be undefined.
at::Tensor direct(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, int64_t margin);

/// The gradient of x, given that of the result.
at::Tensor direct_image_gradient(const at::Tensor &gradient, const at::Tensor &weight, int64_t margin);

/// The gradient of the weight, given that of the result.
at::Tensor direct_weight_gradient(const at::Tensor &x, const at::Tensor &gradient);

}  // namespace ctorch::convolution
