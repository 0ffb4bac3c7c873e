// Tensors whose memory kernels look at.
#pragma once

#include <ATen/ATen.h>

namespace ctorch {

/// Strided memory of the CPU, without tangents of forward-mode derivatives, which kernels would drop.
inline bool is_readable(const at::Tensor &x) {
  return x.defined() && x.is_cpu() && x.layout() == at::kStrided && !x._fw_grad(/*level=*/0).defined();
}

/// With numbers in memory that mean what they say: neither negated when read nor zeros that are not there.
inline at::Tensor resolved(const at::Tensor &x) {
  return x._is_zerotensor() ? at::zeros(x.sizes(), x.options()) : x.resolve_neg();
}

}  // namespace ctorch
