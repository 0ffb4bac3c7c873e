// Tensors whose memory kernels look at.
#pragma once

#include <ATen/ATen.h>

namespace ctorch {

/// With numbers in memory that mean what they say: neither negated when read nor zeros that are not there.
inline at::Tensor resolved(const at::Tensor &x) {
  return x._is_zerotensor() ? at::zeros(x.sizes(), x.options()) : x.resolve_neg();
}

}  // namespace ctorch
