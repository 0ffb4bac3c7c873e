// Written by `./run generate` from libtorch's operator schemas; do not edit.
// First, as the operators' own headers declare only part of the types they name.
#include "../Support.h"

#include <ATen/ops/all_ops.h>
#include <ATen/ops/amax_ops.h>
#include <ATen/ops/amin_ops.h>
#include <ATen/ops/any_ops.h>
#include <ATen/ops/argmax_ops.h>
#include <ATen/ops/argmin_ops.h>
#include <ATen/ops/argsort_ops.h>
#include <ATen/ops/bincount_ops.h>
#include <ATen/ops/count_nonzero_ops.h>
#include <ATen/ops/cumprod_ops.h>
#include <ATen/ops/cumsum_ops.h>
#include <ATen/ops/dot_ops.h>
#include <ATen/ops/linalg_vector_norm_ops.h>
#include <ATen/ops/logsumexp_ops.h>
#include <ATen/ops/max_ops.h>
#include <ATen/ops/mean_ops.h>
#include <ATen/ops/median_ops.h>
#include <ATen/ops/min_ops.h>
#include <ATen/ops/prod_ops.h>
#include <ATen/ops/quantile_ops.h>
#include <ATen/ops/searchsorted_ops.h>
#include <ATen/ops/sort_ops.h>
#include <ATen/ops/std_ops.h>
#include <ATen/ops/sum_ops.h>
#include <ATen/ops/topk_ops.h>
#include <ATen/ops/unique_dim_ops.h>
#include <ATen/ops/var_mean_ops.h>
#include <ATen/ops/var_ops.h>
#include <ATen/ops/vdot_ops.h>

using namespace ctorch;

extern "C" {

ct_tensor ct_sum(ct_tensor self, int8_t dtype_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::sum::call(view(self), optional_dtype(dtype_))); });
}

ct_tensor ct_sum_dim_IntList(ct_tensor self, const ct_int *dim, ct_int dim_count, bool keepdim, int8_t dtype_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::sum_dim_IntList::call(view(self), optional_ints(dim, dim_count), keepdim, optional_dtype(dtype_))); });
}

ct_tensor ct_mean(ct_tensor self, int8_t dtype_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::mean::call(view(self), optional_dtype(dtype_))); });
}

ct_tensor ct_mean_dim(ct_tensor self, const ct_int *dim, ct_int dim_count, bool keepdim, int8_t dtype_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::mean_dim::call(view(self), optional_ints(dim, dim_count), keepdim, optional_dtype(dtype_))); });
}

ct_tensor ct_var_correction(ct_tensor self, const ct_int *dim, ct_int dim_count, const ct_scalar *correction, bool keepdim) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::var_correction::call(view(self), optional_ints(dim, dim_count), optional_scalar(correction), keepdim)); });
}

ct_tensor ct_std_correction(ct_tensor self, const ct_int *dim, ct_int dim_count, const ct_scalar *correction, bool keepdim) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::std_correction::call(view(self), optional_ints(dim, dim_count), optional_scalar(correction), keepdim)); });
}

bool ct_var_mean_correction(ct_tensor self, const ct_int *dim, ct_int dim_count, const ct_scalar *correction, bool keepdim, ct_tensor *result0, ct_tensor *result1) noexcept {
  return guarded(false, [&] { auto results = at::_ops::var_mean_correction::call(view(self), optional_ints(dim, dim_count), optional_scalar(correction), keepdim); *result0 = give(std::get<0>(std::move(results))); *result1 = give(std::get<1>(std::move(results))); return true; });
}

ct_tensor ct_prod(ct_tensor self, int8_t dtype_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::prod::call(view(self), optional_dtype(dtype_))); });
}

ct_tensor ct_prod_dim_int(ct_tensor self, ct_int dim, bool keepdim, int8_t dtype_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::prod_dim_int::call(view(self), dim, keepdim, optional_dtype(dtype_))); });
}

ct_tensor ct_max(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::max::call(view(self))); });
}

bool ct_max_dim(ct_tensor self, ct_int dim, bool keepdim, ct_tensor *result0, ct_tensor *result1) noexcept {
  return guarded(false, [&] { auto results = at::_ops::max_dim::call(view(self), dim, keepdim); *result0 = give(std::get<0>(std::move(results))); *result1 = give(std::get<1>(std::move(results))); return true; });
}

ct_tensor ct_min(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::min::call(view(self))); });
}

bool ct_min_dim(ct_tensor self, ct_int dim, bool keepdim, ct_tensor *result0, ct_tensor *result1) noexcept {
  return guarded(false, [&] { auto results = at::_ops::min_dim::call(view(self), dim, keepdim); *result0 = give(std::get<0>(std::move(results))); *result1 = give(std::get<1>(std::move(results))); return true; });
}

ct_tensor ct_amax(ct_tensor self, const ct_int *dim, ct_int dim_count, bool keepdim) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::amax::call(view(self), ints(dim, dim_count), keepdim)); });
}

ct_tensor ct_amin(ct_tensor self, const ct_int *dim, ct_int dim_count, bool keepdim) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::amin::call(view(self), ints(dim, dim_count), keepdim)); });
}

ct_tensor ct_argmax(ct_tensor self, const ct_int *dim, bool keepdim) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::argmax::call(view(self), optional_int(dim), keepdim)); });
}

ct_tensor ct_argmin(ct_tensor self, const ct_int *dim, bool keepdim) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::argmin::call(view(self), optional_int(dim), keepdim)); });
}

ct_tensor ct_all(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::all::call(view(self))); });
}

ct_tensor ct_all_dim(ct_tensor self, ct_int dim, bool keepdim) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::all_dim::call(view(self), dim, keepdim)); });
}

ct_tensor ct_any(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::any::call(view(self))); });
}

ct_tensor ct_any_dim(ct_tensor self, ct_int dim, bool keepdim) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::any_dim::call(view(self), dim, keepdim)); });
}

ct_tensor ct_logsumexp(ct_tensor self, const ct_int *dim, ct_int dim_count, bool keepdim) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::logsumexp::call(view(self), ints(dim, dim_count), keepdim)); });
}

ct_tensor ct_cumsum(ct_tensor self, ct_int dim, int8_t dtype_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::cumsum::call(view(self), dim, optional_dtype(dtype_))); });
}

ct_tensor ct_cumprod(ct_tensor self, ct_int dim, int8_t dtype_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::cumprod::call(view(self), dim, optional_dtype(dtype_))); });
}

ct_tensor ct_linalg_vector_norm(ct_tensor self, ct_scalar ord, const ct_int *dim, ct_int dim_count, bool keepdim, int8_t dtype_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::linalg_vector_norm::call(view(self), scalar(ord), optional_ints(dim, dim_count), keepdim, optional_dtype(dtype_))); });
}

ct_tensor ct_dot(ct_tensor self, ct_tensor tensor) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::dot::call(view(self), view(tensor))); });
}

ct_tensor ct_vdot(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::vdot::call(view(self), view(other))); });
}

ct_tensor ct_count_nonzero(ct_tensor self, const ct_int *dim) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::count_nonzero::call(view(self), optional_int(dim))); });
}

ct_tensor ct_median(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::median::call(view(self))); });
}

ct_tensor ct_quantile(ct_tensor self, ct_tensor q, const ct_int *dim, bool keepdim, const char *interpolation) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::quantile::call(view(self), view(q), optional_int(dim), keepdim, interpolation)); });
}

ct_tensor ct_bincount(ct_tensor self, ct_tensor weights, ct_int minlength) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::bincount::call(view(self), optional_view(weights), minlength)); });
}

bool ct_topk(ct_tensor self, ct_int k, ct_int dim, bool largest, bool sorted, ct_tensor *result0, ct_tensor *result1) noexcept {
  return guarded(false, [&] { auto results = at::_ops::topk::call(view(self), k, dim, largest, sorted); *result0 = give(std::get<0>(std::move(results))); *result1 = give(std::get<1>(std::move(results))); return true; });
}

bool ct_sort(ct_tensor self, ct_int dim, bool descending, ct_tensor *result0, ct_tensor *result1) noexcept {
  return guarded(false, [&] { auto results = at::_ops::sort::call(view(self), dim, descending); *result0 = give(std::get<0>(std::move(results))); *result1 = give(std::get<1>(std::move(results))); return true; });
}

bool ct_sort_stable(ct_tensor self, int8_t stable, ct_int dim, bool descending, ct_tensor *result0, ct_tensor *result1) noexcept {
  return guarded(false, [&] { auto results = at::_ops::sort_stable::call(view(self), optional_bool(stable), dim, descending); *result0 = give(std::get<0>(std::move(results))); *result1 = give(std::get<1>(std::move(results))); return true; });
}

ct_tensor ct_argsort(ct_tensor self, ct_int dim, bool descending) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::argsort::call(view(self), dim, descending)); });
}

bool ct_unique_dim(ct_tensor self, ct_int dim, bool sorted, bool return_inverse, bool return_counts, ct_tensor *result0, ct_tensor *result1, ct_tensor *result2) noexcept {
  return guarded(false, [&] { auto results = at::_ops::unique_dim::call(view(self), dim, sorted, return_inverse, return_counts); *result0 = give(std::get<0>(std::move(results))); *result1 = give(std::get<1>(std::move(results))); *result2 = give(std::get<2>(std::move(results))); return true; });
}

ct_tensor ct_searchsorted_Tensor(ct_tensor sorted_sequence, ct_tensor self, bool out_int32, bool right, const char *side, ct_tensor sorter) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::searchsorted_Tensor::call(view(sorted_sequence), view(self), out_int32, right, optional_string(side), optional_view(sorter))); });
}

}  // extern "C"
