// Written by `./run generate` from libtorch's operator schemas; do not edit.
// First, as the operators' own headers declare only part of the types they name.
#include "../Support.h"

#include <ATen/ops/bernoulli_ops.h>
#include <ATen/ops/dropout_ops.h>
#include <ATen/ops/elu_ops.h>
#include <ATen/ops/gelu_ops.h>
#include <ATen/ops/hardtanh_ops.h>
#include <ATen/ops/leaky_relu_ops.h>
#include <ATen/ops/log_softmax_ops.h>
#include <ATen/ops/native_dropout_ops.h>
#include <ATen/ops/relu_ops.h>
#include <ATen/ops/sigmoid_ops.h>
#include <ATen/ops/silu_ops.h>
#include <ATen/ops/softmax_ops.h>
#include <ATen/ops/softplus_ops.h>
#include <ATen/ops/threshold_backward_ops.h>

using namespace ctorch;

extern "C" {

ct_tensor ct_relu(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::relu::call(view(self))); });
}

bool ct_relu_(ct_tensor self) noexcept {
  return guarded(false, [&] { at::_ops::relu_::call(mutable_view(self)); return true; });
}

ct_tensor ct_leaky_relu(ct_tensor self, ct_scalar negative_slope) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::leaky_relu::call(view(self), scalar(negative_slope))); });
}

ct_tensor ct_sigmoid(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::sigmoid::call(view(self))); });
}

ct_tensor ct_silu(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::silu::call(view(self))); });
}

ct_tensor ct_gelu(ct_tensor self, const char *approximate) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::gelu::call(view(self), approximate)); });
}

ct_tensor ct_softplus(ct_tensor self, ct_scalar beta, ct_scalar threshold) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::softplus::call(view(self), scalar(beta), scalar(threshold))); });
}

ct_tensor ct_elu(ct_tensor self, ct_scalar alpha, ct_scalar scale, ct_scalar input_scale) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::elu::call(view(self), scalar(alpha), scalar(scale), scalar(input_scale))); });
}

ct_tensor ct_hardtanh(ct_tensor self, ct_scalar min_val, ct_scalar max_val) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::hardtanh::call(view(self), scalar(min_val), scalar(max_val))); });
}

ct_tensor ct_softmax_int(ct_tensor self, ct_int dim, int8_t dtype_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::softmax_int::call(view(self), dim, optional_dtype(dtype_))); });
}

ct_tensor ct_log_softmax_int(ct_tensor self, ct_int dim, int8_t dtype_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::log_softmax_int::call(view(self), dim, optional_dtype(dtype_))); });
}

ct_tensor ct_threshold_backward(ct_tensor grad_output, ct_tensor self, ct_scalar threshold) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::threshold_backward::call(view(grad_output), view(self), scalar(threshold))); });
}

ct_tensor ct_dropout(ct_tensor input, double p, bool train) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::dropout::call(view(input), p, train)); });
}

bool ct_native_dropout(ct_tensor input, double p, int8_t train, ct_tensor *result0, ct_tensor *result1) noexcept {
  return guarded(false, [&] { auto results = at::_ops::native_dropout::call(view(input), p, optional_bool(train)); *result0 = give(std::get<0>(std::move(results))); *result1 = give(std::get<1>(std::move(results))); return true; });
}

bool ct_bernoulli__Tensor(ct_tensor self, ct_tensor p, ct_generator generator) noexcept {
  return guarded(false, [&] { at::_ops::bernoulli__Tensor::call(mutable_view(self), view(p), optional_generator(generator)); return true; });
}

}  // extern "C"
