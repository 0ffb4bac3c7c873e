// Batch norm by statistics that are given.
#pragma once

#include <ATen/core/Tensor.h>

namespace ctorch::normalization {

/// act((x − mean)·scale/√(variance + eps) + shift + residual), averaged over 2×2 places where `pooled`; the residual may be
/// undefined. Kernels where no gradients are recorded, libtorch's operations elsewhere.
at::Tensor normalized_by(
    const at::Tensor &mean, const at::Tensor &variance, const at::Tensor &x, const at::Tensor &scale,
    const at::Tensor &shift, const at::Tensor &residual, double eps, bool relu, bool pooled);

}  // namespace ctorch::normalization
