// Written by `./run generate` from libtorch's operator schemas; do not edit.
// First, as the operators' own headers declare only part of the types they name.
#include "../Support.h"

#include <ATen/ops/allclose_ops.h>
#include <ATen/ops/bitwise_and_ops.h>
#include <ATen/ops/bitwise_not_ops.h>
#include <ATen/ops/bitwise_or_ops.h>
#include <ATen/ops/eq_ops.h>
#include <ATen/ops/equal_ops.h>
#include <ATen/ops/ge_ops.h>
#include <ATen/ops/gt_ops.h>
#include <ATen/ops/isclose_ops.h>
#include <ATen/ops/le_ops.h>
#include <ATen/ops/logical_and_ops.h>
#include <ATen/ops/logical_not_ops.h>
#include <ATen/ops/logical_or_ops.h>
#include <ATen/ops/logical_xor_ops.h>
#include <ATen/ops/lt_ops.h>
#include <ATen/ops/masked_fill_ops.h>
#include <ATen/ops/masked_select_ops.h>
#include <ATen/ops/ne_ops.h>
#include <ATen/ops/where_ops.h>

using namespace ctorch;

extern "C" {

ct_tensor ct_eq_Tensor(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::eq_Tensor::call(view(self), view(other))); });
}

ct_tensor ct_eq_Scalar(ct_tensor self, ct_scalar other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::eq_Scalar::call(view(self), scalar(other))); });
}

ct_tensor ct_ne_Tensor(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::ne_Tensor::call(view(self), view(other))); });
}

ct_tensor ct_ne_Scalar(ct_tensor self, ct_scalar other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::ne_Scalar::call(view(self), scalar(other))); });
}

ct_tensor ct_lt_Tensor(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::lt_Tensor::call(view(self), view(other))); });
}

ct_tensor ct_lt_Scalar(ct_tensor self, ct_scalar other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::lt_Scalar::call(view(self), scalar(other))); });
}

ct_tensor ct_le_Tensor(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::le_Tensor::call(view(self), view(other))); });
}

ct_tensor ct_le_Scalar(ct_tensor self, ct_scalar other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::le_Scalar::call(view(self), scalar(other))); });
}

ct_tensor ct_gt_Tensor(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::gt_Tensor::call(view(self), view(other))); });
}

ct_tensor ct_gt_Scalar(ct_tensor self, ct_scalar other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::gt_Scalar::call(view(self), scalar(other))); });
}

ct_tensor ct_ge_Tensor(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::ge_Tensor::call(view(self), view(other))); });
}

ct_tensor ct_ge_Scalar(ct_tensor self, ct_scalar other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::ge_Scalar::call(view(self), scalar(other))); });
}

ct_tensor ct_logical_and(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::logical_and::call(view(self), view(other))); });
}

ct_tensor ct_logical_or(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::logical_or::call(view(self), view(other))); });
}

ct_tensor ct_logical_not(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::logical_not::call(view(self))); });
}

ct_tensor ct_logical_xor(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::logical_xor::call(view(self), view(other))); });
}

ct_tensor ct_bitwise_and_Tensor(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::bitwise_and_Tensor::call(view(self), view(other))); });
}

ct_tensor ct_bitwise_or_Tensor(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::bitwise_or_Tensor::call(view(self), view(other))); });
}

ct_tensor ct_bitwise_not(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::bitwise_not::call(view(self))); });
}

ct_tensor ct_where_self(ct_tensor condition, ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::where_self::call(view(condition), view(self), view(other))); });
}

ct_tensor ct_masked_fill_Scalar(ct_tensor self, ct_tensor mask, ct_scalar value) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::masked_fill_Scalar::call(view(self), view(mask), scalar(value))); });
}

bool ct_masked_fill__Scalar(ct_tensor self, ct_tensor mask, ct_scalar value) noexcept {
  return guarded(false, [&] { at::_ops::masked_fill__Scalar::call(mutable_view(self), view(mask), scalar(value)); return true; });
}

ct_tensor ct_masked_select(ct_tensor self, ct_tensor mask) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::masked_select::call(view(self), view(mask))); });
}

int8_t ct_equal(ct_tensor self, ct_tensor other) noexcept {
  return guarded(int8_t(-1), [&] { return int8_t(at::_ops::equal::call(view(self), view(other))); });
}

int8_t ct_allclose(ct_tensor self, ct_tensor other, double rtol, double atol, bool equal_nan) noexcept {
  return guarded(int8_t(-1), [&] { return int8_t(at::_ops::allclose::call(view(self), view(other), rtol, atol, equal_nan)); });
}

ct_tensor ct_isclose(ct_tensor self, ct_tensor other, double rtol, double atol, bool equal_nan) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::isclose::call(view(self), view(other), rtol, atol, equal_nan)); });
}

}  // extern "C"
