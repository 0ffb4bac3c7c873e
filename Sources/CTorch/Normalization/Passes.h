// The passes of the fused normalisation over tensors: values, gradients, gradients of gradients. No gradients are recorded
// here; see Normalization.cpp.
#pragma once

#include <ATen/core/Tensor.h>

namespace ctorch::normalization {

struct Settings {
  /// Of channels, for each image; 0: one channel over the whole batch.
  int64_t groups;
  double eps;
  bool relu, pooled;
};

/// Whether channels lie together, so that the places are rows of them.
bool lies_in_rows(const at::Tensor &x);

/// Whether kernels for images x can read a number of each channel.
bool by_channel(const at::Tensor &t, const at::Tensor &x);

/// Whether there are kernels for these; the residual may be undefined.
bool has_kernels(
    const at::Tensor &x, const at::Tensor &scale, const at::Tensor &shift, const at::Tensor &residual,
    const Settings &s);

struct Normalized {
  at::Tensor y, mean, rstd, variance;
};

Normalized forward(
    const at::Tensor &x, const at::Tensor &scale, const at::Tensor &shift, const at::Tensor &residual,
    const Settings &s);

/// By statistics of channels that are given.
at::Tensor forward_by(
    const at::Tensor &mean, const at::Tensor &variance, const at::Tensor &x, const at::Tensor &scale,
    const at::Tensor &shift, const at::Tensor &residual, const Settings &s);

struct Gradients {
  at::Tensor x, scale, shift, residual;
};

/// - y: the output where a residual was added, as ReLU's gate cannot be told from x then.
Gradients backward(
    const at::Tensor &gradient, const at::Tensor &x, const at::Tensor &scale, const at::Tensor &shift,
    const at::Tensor &mean, const at::Tensor &rstd, const at::Tensor &y, bool of_residual, const Settings &s);

struct SecondGradients {
  at::Tensor gradient, x, scale;
};

/// Through `backward` along u, v and w, the directions of its gradients of x, scale and shift; each may be undefined.
SecondGradients tangent(
    const at::Tensor &u, const at::Tensor &v, const at::Tensor &w, const at::Tensor &gradient, const at::Tensor &x,
    const at::Tensor &scale, const at::Tensor &shift, const at::Tensor &mean, const at::Tensor &rstd,
    const Settings &s);

}  // namespace ctorch::normalization
