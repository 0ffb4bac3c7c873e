// Written by `./run generate` from libtorch's operator schemas; do not edit.
// First, as the operators' own headers declare only part of the types they name.
#include "../Support.h"

#include <ATen/ops/binary_cross_entropy_with_logits_ops.h>
#include <ATen/ops/cosine_similarity_ops.h>
#include <ATen/ops/cross_entropy_loss_ops.h>
#include <ATen/ops/huber_loss_ops.h>
#include <ATen/ops/kl_div_ops.h>
#include <ATen/ops/l1_loss_ops.h>
#include <ATen/ops/mse_loss_ops.h>
#include <ATen/ops/nll_loss_ops.h>

using namespace ctorch;

extern "C" {

ct_tensor ct_cross_entropy_loss(ct_tensor self, ct_tensor target, ct_tensor weight, ct_int reduction, ct_int ignore_index, double label_smoothing) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::cross_entropy_loss::call(view(self), view(target), optional_view(weight), reduction, ignore_index, label_smoothing)); });
}

ct_tensor ct_nll_loss(ct_tensor self, ct_tensor target, ct_tensor weight, ct_int reduction, ct_int ignore_index) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::nll_loss::call(view(self), view(target), optional_view(weight), reduction, ignore_index)); });
}

ct_tensor ct_mse_loss(ct_tensor self, ct_tensor target, ct_int reduction) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::mse_loss::call(view(self), view(target), reduction)); });
}

ct_tensor ct_l1_loss(ct_tensor self, ct_tensor target, ct_int reduction) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::l1_loss::call(view(self), view(target), reduction)); });
}

ct_tensor ct_huber_loss(ct_tensor self, ct_tensor target, ct_int reduction, double delta) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::huber_loss::call(view(self), view(target), reduction, delta)); });
}

ct_tensor ct_kl_div(ct_tensor self, ct_tensor target, ct_int reduction, bool log_target) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::kl_div::call(view(self), view(target), reduction, log_target)); });
}

ct_tensor ct_binary_cross_entropy_with_logits(ct_tensor self, ct_tensor target, ct_tensor weight, ct_tensor pos_weight, ct_int reduction) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::binary_cross_entropy_with_logits::call(view(self), view(target), optional_view(weight), optional_view(pos_weight), reduction)); });
}

ct_tensor ct_cosine_similarity(ct_tensor x1, ct_tensor x2, ct_int dim, double eps) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::cosine_similarity::call(view(x1), view(x2), dim, eps)); });
}

}  // extern "C"
