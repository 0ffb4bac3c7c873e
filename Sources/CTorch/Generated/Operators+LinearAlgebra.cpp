// Written by `./run generate` from libtorch's operator schemas; do not edit.
// First, as the operators' own headers declare only part of the types they name.
#include "../Support.h"

#include <ATen/ops/addmm_ops.h>
#include <ATen/ops/addmv_ops.h>
#include <ATen/ops/baddbmm_ops.h>
#include <ATen/ops/bmm_ops.h>
#include <ATen/ops/einsum_ops.h>
#include <ATen/ops/linalg_cholesky_ops.h>
#include <ATen/ops/linalg_eigh_ops.h>
#include <ATen/ops/linalg_inv_ops.h>
#include <ATen/ops/linalg_qr_ops.h>
#include <ATen/ops/linalg_solve_ops.h>
#include <ATen/ops/linalg_svd_ops.h>
#include <ATen/ops/linear_ops.h>
#include <ATen/ops/matmul_ops.h>
#include <ATen/ops/mm_ops.h>
#include <ATen/ops/mv_ops.h>
#include <ATen/ops/outer_ops.h>
#include <ATen/ops/trace_ops.h>

using namespace ctorch;

extern "C" {

ct_tensor ct_matmul(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::matmul::call(view(self), view(other))); });
}

ct_tensor ct_mm(ct_tensor self, ct_tensor mat2) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::mm::call(view(self), view(mat2))); });
}

ct_tensor ct_bmm(ct_tensor self, ct_tensor mat2) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::bmm::call(view(self), view(mat2))); });
}

ct_tensor ct_mv(ct_tensor self, ct_tensor vec) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::mv::call(view(self), view(vec))); });
}

ct_tensor ct_addmm(ct_tensor self, ct_tensor mat1, ct_tensor mat2, ct_scalar beta, ct_scalar alpha) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::addmm::call(view(self), view(mat1), view(mat2), scalar(beta), scalar(alpha))); });
}

ct_tensor ct_addmv(ct_tensor self, ct_tensor mat, ct_tensor vec, ct_scalar beta, ct_scalar alpha) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::addmv::call(view(self), view(mat), view(vec), scalar(beta), scalar(alpha))); });
}

ct_tensor ct_baddbmm(ct_tensor self, ct_tensor batch1, ct_tensor batch2, ct_scalar beta, ct_scalar alpha) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::baddbmm::call(view(self), view(batch1), view(batch2), scalar(beta), scalar(alpha))); });
}

ct_tensor ct_outer(ct_tensor self, ct_tensor vec2) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::outer::call(view(self), view(vec2))); });
}

ct_tensor ct_einsum(const char *equation, const ct_tensor *tensors, ct_int tensors_count, const ct_int *path, ct_int path_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::einsum::call(equation, list_view(tensors, tensors_count), optional_ints(path, path_count))); });
}

ct_tensor ct_linear(ct_tensor input, ct_tensor weight, ct_tensor bias) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::linear::call(view(input), view(weight), optional_view(bias))); });
}

ct_tensor ct_linalg_solve(ct_tensor A, ct_tensor B, bool left) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::linalg_solve::call(view(A), view(B), left)); });
}

ct_tensor ct_linalg_cholesky(ct_tensor self, bool upper) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::linalg_cholesky::call(view(self), upper)); });
}

bool ct_linalg_eigh(ct_tensor self, const char *UPLO, ct_tensor *result0, ct_tensor *result1) noexcept {
  return guarded(false, [&] { auto results = at::_ops::linalg_eigh::call(view(self), UPLO); *result0 = give(std::get<0>(std::move(results))); *result1 = give(std::get<1>(std::move(results))); return true; });
}

bool ct_linalg_svd(ct_tensor A, bool full_matrices, const char *driver, ct_tensor *result0, ct_tensor *result1, ct_tensor *result2) noexcept {
  return guarded(false, [&] { auto results = at::_ops::linalg_svd::call(view(A), full_matrices, optional_string(driver)); *result0 = give(std::get<0>(std::move(results))); *result1 = give(std::get<1>(std::move(results))); *result2 = give(std::get<2>(std::move(results))); return true; });
}

bool ct_linalg_qr(ct_tensor A, const char *mode, ct_tensor *result0, ct_tensor *result1) noexcept {
  return guarded(false, [&] { auto results = at::_ops::linalg_qr::call(view(A), mode); *result0 = give(std::get<0>(std::move(results))); *result1 = give(std::get<1>(std::move(results))); return true; });
}

ct_tensor ct_linalg_inv(ct_tensor A) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::linalg_inv::call(view(A))); });
}

ct_tensor ct_trace(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::trace::call(view(self))); });
}

}  // extern "C"
