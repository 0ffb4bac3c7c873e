// Tensors as the kernels of convolution see them.
#pragma once

#include "../Resolved.h"
#include "Geometry.h"

namespace ctorch::convolution {

/// Without gaps, in the layout that it has.
inline at::Tensor dense(const at::Tensor &x) { return resolved(x).contiguous(x.suggest_memory_format()); }

template <typename Value>
Images<Value> images(const at::Tensor &x) {
  return {static_cast<Value *>(x.data_ptr()), x.size(0), x.size(1), x.size(2), x.size(3), !x.is_contiguous()};
}

}  // namespace ctorch::convolution

// Calls a driver in the namespace of the widest instructions that this machine has.
#if defined(HAS_AVX)
#define WITH_WIDEST(...) instructions() == Instructions::avx512 ? avx512::__VA_ARGS__ : avx2::__VA_ARGS__
#else
#define WITH_WIDEST(...) TORCH_INTERNAL_ASSERT(false)
#endif
