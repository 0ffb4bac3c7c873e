// Written by `./run generate` from libtorch's operator schemas; do not edit.
// First, as the operators' own headers declare only part of the types they name.
#include "../Support.h"

#include <ATen/ops/abs_ops.h>
#include <ATen/ops/acos_ops.h>
#include <ATen/ops/add_ops.h>
#include <ATen/ops/addcdiv_ops.h>
#include <ATen/ops/addcmul_ops.h>
#include <ATen/ops/asin_ops.h>
#include <ATen/ops/atan2_ops.h>
#include <ATen/ops/atan_ops.h>
#include <ATen/ops/ceil_ops.h>
#include <ATen/ops/clamp_min_ops.h>
#include <ATen/ops/clamp_ops.h>
#include <ATen/ops/cos_ops.h>
#include <ATen/ops/cosh_ops.h>
#include <ATen/ops/digamma_ops.h>
#include <ATen/ops/div_ops.h>
#include <ATen/ops/erf_ops.h>
#include <ATen/ops/erfinv_ops.h>
#include <ATen/ops/exp_ops.h>
#include <ATen/ops/expm1_ops.h>
#include <ATen/ops/floor_divide_ops.h>
#include <ATen/ops/floor_ops.h>
#include <ATen/ops/frac_ops.h>
#include <ATen/ops/isfinite_ops.h>
#include <ATen/ops/isinf_ops.h>
#include <ATen/ops/isnan_ops.h>
#include <ATen/ops/lerp_ops.h>
#include <ATen/ops/lgamma_ops.h>
#include <ATen/ops/log1p_ops.h>
#include <ATen/ops/log2_ops.h>
#include <ATen/ops/log_ops.h>
#include <ATen/ops/maximum_ops.h>
#include <ATen/ops/minimum_ops.h>
#include <ATen/ops/mul_ops.h>
#include <ATen/ops/nan_to_num_ops.h>
#include <ATen/ops/neg_ops.h>
#include <ATen/ops/pow_ops.h>
#include <ATen/ops/reciprocal_ops.h>
#include <ATen/ops/remainder_ops.h>
#include <ATen/ops/round_ops.h>
#include <ATen/ops/rsqrt_ops.h>
#include <ATen/ops/rsub_ops.h>
#include <ATen/ops/sign_ops.h>
#include <ATen/ops/sin_ops.h>
#include <ATen/ops/sinh_ops.h>
#include <ATen/ops/sqrt_ops.h>
#include <ATen/ops/square_ops.h>
#include <ATen/ops/sub_ops.h>
#include <ATen/ops/tan_ops.h>
#include <ATen/ops/tanh_ops.h>
#include <ATen/ops/trunc_ops.h>

using namespace ctorch;

extern "C" {

ct_tensor ct_add_Tensor(ct_tensor self, ct_tensor other, ct_scalar alpha) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::add_Tensor::call(view(self), view(other), scalar(alpha))); });
}

ct_tensor ct_add_Scalar(ct_tensor self, ct_scalar other, ct_scalar alpha) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::add_Scalar::call(view(self), scalar(other), scalar(alpha))); });
}

bool ct_add__Tensor(ct_tensor self, ct_tensor other, ct_scalar alpha) noexcept {
  return guarded(false, [&] { at::_ops::add__Tensor::call(mutable_view(self), view(other), scalar(alpha)); return true; });
}

bool ct_add__Scalar(ct_tensor self, ct_scalar other, ct_scalar alpha) noexcept {
  return guarded(false, [&] { at::_ops::add__Scalar::call(mutable_view(self), scalar(other), scalar(alpha)); return true; });
}

ct_tensor ct_sub_Tensor(ct_tensor self, ct_tensor other, ct_scalar alpha) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::sub_Tensor::call(view(self), view(other), scalar(alpha))); });
}

ct_tensor ct_sub_Scalar(ct_tensor self, ct_scalar other, ct_scalar alpha) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::sub_Scalar::call(view(self), scalar(other), scalar(alpha))); });
}

bool ct_sub__Tensor(ct_tensor self, ct_tensor other, ct_scalar alpha) noexcept {
  return guarded(false, [&] { at::_ops::sub__Tensor::call(mutable_view(self), view(other), scalar(alpha)); return true; });
}

bool ct_sub__Scalar(ct_tensor self, ct_scalar other, ct_scalar alpha) noexcept {
  return guarded(false, [&] { at::_ops::sub__Scalar::call(mutable_view(self), scalar(other), scalar(alpha)); return true; });
}

ct_tensor ct_rsub_Scalar(ct_tensor self, ct_scalar other, ct_scalar alpha) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::rsub_Scalar::call(view(self), scalar(other), scalar(alpha))); });
}

ct_tensor ct_mul_Tensor(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::mul_Tensor::call(view(self), view(other))); });
}

ct_tensor ct_mul_Scalar(ct_tensor self, ct_scalar other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::mul_Scalar::call(view(self), scalar(other))); });
}

bool ct_mul__Tensor(ct_tensor self, ct_tensor other) noexcept {
  return guarded(false, [&] { at::_ops::mul__Tensor::call(mutable_view(self), view(other)); return true; });
}

bool ct_mul__Scalar(ct_tensor self, ct_scalar other) noexcept {
  return guarded(false, [&] { at::_ops::mul__Scalar::call(mutable_view(self), scalar(other)); return true; });
}

ct_tensor ct_div_Tensor(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::div_Tensor::call(view(self), view(other))); });
}

ct_tensor ct_div_Scalar(ct_tensor self, ct_scalar other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::div_Scalar::call(view(self), scalar(other))); });
}

bool ct_div__Tensor(ct_tensor self, ct_tensor other) noexcept {
  return guarded(false, [&] { at::_ops::div__Tensor::call(mutable_view(self), view(other)); return true; });
}

bool ct_div__Scalar(ct_tensor self, ct_scalar other) noexcept {
  return guarded(false, [&] { at::_ops::div__Scalar::call(mutable_view(self), scalar(other)); return true; });
}

ct_tensor ct_div_Tensor_mode(ct_tensor self, ct_tensor other, const char *rounding_mode) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::div_Tensor_mode::call(view(self), view(other), optional_string(rounding_mode))); });
}

ct_tensor ct_neg(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::neg::call(view(self))); });
}

bool ct_neg_(ct_tensor self) noexcept {
  return guarded(false, [&] { at::_ops::neg_::call(mutable_view(self)); return true; });
}

ct_tensor ct_reciprocal(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::reciprocal::call(view(self))); });
}

ct_tensor ct_remainder_Scalar(ct_tensor self, ct_scalar other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::remainder_Scalar::call(view(self), scalar(other))); });
}

ct_tensor ct_floor_divide_Scalar(ct_tensor self, ct_scalar other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::floor_divide_Scalar::call(view(self), scalar(other))); });
}

ct_tensor ct_pow_Tensor_Scalar(ct_tensor self, ct_scalar exponent) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::pow_Tensor_Scalar::call(view(self), scalar(exponent))); });
}

ct_tensor ct_pow_Tensor_Tensor(ct_tensor self, ct_tensor exponent) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::pow_Tensor_Tensor::call(view(self), view(exponent))); });
}

ct_tensor ct_pow_Scalar(ct_scalar self, ct_tensor exponent) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::pow_Scalar::call(scalar(self), view(exponent))); });
}

ct_tensor ct_square(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::square::call(view(self))); });
}

ct_tensor ct_sqrt(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::sqrt::call(view(self))); });
}

bool ct_sqrt_(ct_tensor self) noexcept {
  return guarded(false, [&] { at::_ops::sqrt_::call(mutable_view(self)); return true; });
}

ct_tensor ct_rsqrt(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::rsqrt::call(view(self))); });
}

ct_tensor ct_exp(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::exp::call(view(self))); });
}

bool ct_exp_(ct_tensor self) noexcept {
  return guarded(false, [&] { at::_ops::exp_::call(mutable_view(self)); return true; });
}

ct_tensor ct_expm1(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::expm1::call(view(self))); });
}

ct_tensor ct_log(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::log::call(view(self))); });
}

ct_tensor ct_log1p(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::log1p::call(view(self))); });
}

ct_tensor ct_log2(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::log2::call(view(self))); });
}

ct_tensor ct_sin(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::sin::call(view(self))); });
}

ct_tensor ct_cos(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::cos::call(view(self))); });
}

ct_tensor ct_tan(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::tan::call(view(self))); });
}

ct_tensor ct_asin(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::asin::call(view(self))); });
}

ct_tensor ct_acos(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::acos::call(view(self))); });
}

ct_tensor ct_atan(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::atan::call(view(self))); });
}

ct_tensor ct_atan2(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::atan2::call(view(self), view(other))); });
}

ct_tensor ct_sinh(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::sinh::call(view(self))); });
}

ct_tensor ct_cosh(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::cosh::call(view(self))); });
}

ct_tensor ct_tanh(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::tanh::call(view(self))); });
}

bool ct_tanh_(ct_tensor self) noexcept {
  return guarded(false, [&] { at::_ops::tanh_::call(mutable_view(self)); return true; });
}

ct_tensor ct_erf(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::erf::call(view(self))); });
}

ct_tensor ct_erfinv(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::erfinv::call(view(self))); });
}

ct_tensor ct_lgamma(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::lgamma::call(view(self))); });
}

ct_tensor ct_digamma(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::digamma::call(view(self))); });
}

ct_tensor ct_abs(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::abs::call(view(self))); });
}

bool ct_abs_(ct_tensor self) noexcept {
  return guarded(false, [&] { at::_ops::abs_::call(mutable_view(self)); return true; });
}

ct_tensor ct_sign(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::sign::call(view(self))); });
}

ct_tensor ct_floor(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::floor::call(view(self))); });
}

ct_tensor ct_ceil(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::ceil::call(view(self))); });
}

ct_tensor ct_round(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::round::call(view(self))); });
}

ct_tensor ct_round_decimals(ct_tensor self, ct_int decimals) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::round_decimals::call(view(self), decimals)); });
}

ct_tensor ct_trunc(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::trunc::call(view(self))); });
}

ct_tensor ct_frac(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::frac::call(view(self))); });
}

ct_tensor ct_clamp(ct_tensor self, const ct_scalar *min, const ct_scalar *max) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::clamp::call(view(self), optional_scalar(min), optional_scalar(max))); });
}

bool ct_clamp_(ct_tensor self, const ct_scalar *min, const ct_scalar *max) noexcept {
  return guarded(false, [&] { at::_ops::clamp_::call(mutable_view(self), optional_scalar(min), optional_scalar(max)); return true; });
}

ct_tensor ct_clamp_Tensor(ct_tensor self, ct_tensor min, ct_tensor max) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::clamp_Tensor::call(view(self), optional_view(min), optional_view(max))); });
}

ct_tensor ct_clamp_min(ct_tensor self, ct_scalar min) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::clamp_min::call(view(self), scalar(min))); });
}

ct_tensor ct_maximum(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::maximum::call(view(self), view(other))); });
}

ct_tensor ct_minimum(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::minimum::call(view(self), view(other))); });
}

ct_tensor ct_addcmul(ct_tensor self, ct_tensor tensor1, ct_tensor tensor2, ct_scalar value) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::addcmul::call(view(self), view(tensor1), view(tensor2), scalar(value))); });
}

bool ct_addcmul_(ct_tensor self, ct_tensor tensor1, ct_tensor tensor2, ct_scalar value) noexcept {
  return guarded(false, [&] { at::_ops::addcmul_::call(mutable_view(self), view(tensor1), view(tensor2), scalar(value)); return true; });
}

ct_tensor ct_addcdiv(ct_tensor self, ct_tensor tensor1, ct_tensor tensor2, ct_scalar value) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::addcdiv::call(view(self), view(tensor1), view(tensor2), scalar(value))); });
}

bool ct_addcdiv_(ct_tensor self, ct_tensor tensor1, ct_tensor tensor2, ct_scalar value) noexcept {
  return guarded(false, [&] { at::_ops::addcdiv_::call(mutable_view(self), view(tensor1), view(tensor2), scalar(value)); return true; });
}

ct_tensor ct_lerp_Scalar(ct_tensor self, ct_tensor end, ct_scalar weight) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::lerp_Scalar::call(view(self), view(end), scalar(weight))); });
}

ct_tensor ct_lerp_Tensor(ct_tensor self, ct_tensor end, ct_tensor weight) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::lerp_Tensor::call(view(self), view(end), view(weight))); });
}

bool ct_lerp__Scalar(ct_tensor self, ct_tensor end, ct_scalar weight) noexcept {
  return guarded(false, [&] { at::_ops::lerp__Scalar::call(mutable_view(self), view(end), scalar(weight)); return true; });
}

ct_tensor ct_isnan(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::isnan::call(view(self))); });
}

ct_tensor ct_isinf(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::isinf::call(view(self))); });
}

ct_tensor ct_isfinite(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::isfinite::call(view(self))); });
}

ct_tensor ct_nan_to_num(ct_tensor self, const double *nan, const double *posinf, const double *neginf) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::nan_to_num::call(view(self), optional_double(nan), optional_double(posinf), optional_double(neginf))); });
}

}  // extern "C"
