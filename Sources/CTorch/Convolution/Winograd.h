// Winograd's convolution of images [B, C, H, W] with filters 3×3, one zero around the images, stride 1. No gradients are
// recorded here; see Convolution.cpp.
#pragma once

#include <ATen/core/Tensor.h>

namespace ctorch::convolution {

/// Whether this is faster than libtorch's way, for images and filters that there are kernels for.
bool winograd_pays(const at::Tensor &x);

/// x ∗ weight + bias; the bias may be undefined.
///
/// - coarse: by tiles of 4×4 places where they are faster, which round about three times as coarsely as those of 2×2.
at::Tensor winograd(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, bool coarse);

/// act(scale·(x ∗ weight) + shift + residual) by channel, each of the three may be undefined; `coarse` as above.
at::Tensor winograd_finished(
    const at::Tensor &x, const at::Tensor &weight, const at::Tensor &scale, const at::Tensor &shift,
    const at::Tensor &residual, bool relu, bool coarse);

/// Whether a residual of the result's shape, if there is one, can be added on the way: where channels lie together.
bool winograd_adds(const at::Tensor &x, const at::Tensor &residual);

/// The gradient of x, given that of the result.
at::Tensor winograd_image_gradient(const at::Tensor &gradient, const at::Tensor &weight);

/// The gradient of the weight, given that of the result.
at::Tensor winograd_weight_gradient(const at::Tensor &x, const at::Tensor &gradient);

}  // namespace ctorch::convolution
