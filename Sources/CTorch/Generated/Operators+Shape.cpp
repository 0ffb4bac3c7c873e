// Written by `./run generate` from libtorch's operator schemas; do not edit.
// First, as the operators' own headers declare only part of the types they name.
#include "../Support.h"

#include <ATen/ops/alias_ops.h>
#include <ATen/ops/as_strided_ops.h>
#include <ATen/ops/broadcast_to_ops.h>
#include <ATen/ops/cat_ops.h>
#include <ATen/ops/chunk_ops.h>
#include <ATen/ops/clone_ops.h>
#include <ATen/ops/contiguous_ops.h>
#include <ATen/ops/copy_ops.h>
#include <ATen/ops/detach_ops.h>
#include <ATen/ops/diag_embed_ops.h>
#include <ATen/ops/diagonal_ops.h>
#include <ATen/ops/expand_as_ops.h>
#include <ATen/ops/expand_ops.h>
#include <ATen/ops/fill_ops.h>
#include <ATen/ops/flatten_ops.h>
#include <ATen/ops/flip_ops.h>
#include <ATen/ops/gather_ops.h>
#include <ATen/ops/index_add_ops.h>
#include <ATen/ops/index_copy_ops.h>
#include <ATen/ops/index_ops.h>
#include <ATen/ops/index_put_ops.h>
#include <ATen/ops/index_select_backward_ops.h>
#include <ATen/ops/index_select_ops.h>
#include <ATen/ops/lift_fresh_ops.h>
#include <ATen/ops/movedim_ops.h>
#include <ATen/ops/narrow_ops.h>
#include <ATen/ops/nonzero_ops.h>
#include <ATen/ops/one_hot_ops.h>
#include <ATen/ops/permute_ops.h>
#include <ATen/ops/repeat_interleave_ops.h>
#include <ATen/ops/repeat_ops.h>
#include <ATen/ops/reshape_ops.h>
#include <ATen/ops/roll_ops.h>
#include <ATen/ops/scatter_add_ops.h>
#include <ATen/ops/scatter_ops.h>
#include <ATen/ops/select_ops.h>
#include <ATen/ops/slice_ops.h>
#include <ATen/ops/split_ops.h>
#include <ATen/ops/split_with_sizes_ops.h>
#include <ATen/ops/squeeze_ops.h>
#include <ATen/ops/stack_ops.h>
#include <ATen/ops/t_ops.h>
#include <ATen/ops/tile_ops.h>
#include <ATen/ops/to_ops.h>
#include <ATen/ops/transpose_ops.h>
#include <ATen/ops/tril_ops.h>
#include <ATen/ops/triu_ops.h>
#include <ATen/ops/unbind_ops.h>
#include <ATen/ops/unflatten_ops.h>
#include <ATen/ops/unfold_ops.h>
#include <ATen/ops/unsqueeze_ops.h>
#include <ATen/ops/view_as_ops.h>
#include <ATen/ops/view_ops.h>
#include <ATen/ops/zero_ops.h>

using namespace ctorch;

extern "C" {

ct_tensor ct_reshape(ct_tensor self, const ct_int *shape, ct_int shape_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::reshape::call(view(self), symints(shape, shape_count))); });
}

ct_tensor ct_view(ct_tensor self, const ct_int *size, ct_int size_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::view::call(view(self), symints(size, size_count))); });
}

ct_tensor ct_view_as(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::view_as::call(view(self), view(other))); });
}

ct_tensor ct_flatten_using_ints(ct_tensor self, ct_int start_dim, ct_int end_dim) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::flatten_using_ints::call(view(self), start_dim, end_dim)); });
}

ct_tensor ct_unflatten_int(ct_tensor self, ct_int dim, const ct_int *sizes, ct_int sizes_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::unflatten_int::call(view(self), dim, symints(sizes, sizes_count))); });
}

ct_tensor ct_squeeze(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::squeeze::call(view(self))); });
}

ct_tensor ct_squeeze_dim(ct_tensor self, ct_int dim) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::squeeze_dim::call(view(self), dim)); });
}

ct_tensor ct_unsqueeze(ct_tensor self, ct_int dim) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::unsqueeze::call(view(self), dim)); });
}

ct_tensor ct_permute(ct_tensor self, const ct_int *dims, ct_int dims_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::permute::call(view(self), ints(dims, dims_count))); });
}

ct_tensor ct_transpose_int(ct_tensor self, ct_int dim0, ct_int dim1) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::transpose_int::call(view(self), dim0, dim1)); });
}

ct_tensor ct_t(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::t::call(view(self))); });
}

ct_tensor ct_movedim_int(ct_tensor self, ct_int source, ct_int destination) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::movedim_int::call(view(self), source, destination)); });
}

ct_tensor ct_expand(ct_tensor self, const ct_int *size, ct_int size_count, bool implicit) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::expand::call(view(self), symints(size, size_count), implicit)); });
}

ct_tensor ct_expand_as(ct_tensor self, ct_tensor other) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::expand_as::call(view(self), view(other))); });
}

ct_tensor ct_broadcast_to(ct_tensor self, const ct_int *size, ct_int size_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::broadcast_to::call(view(self), symints(size, size_count))); });
}

ct_tensor ct_repeat(ct_tensor self, const ct_int *repeats, ct_int repeats_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::repeat::call(view(self), symints(repeats, repeats_count))); });
}

ct_tensor ct_repeat_interleave_self_int(ct_tensor self, ct_int repeats, const ct_int *dim, const ct_int *output_size) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::repeat_interleave_self_int::call(view(self), repeats, optional_int(dim), optional_symint(output_size))); });
}

ct_tensor ct_tile(ct_tensor self, const ct_int *dims, ct_int dims_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::tile::call(view(self), symints(dims, dims_count))); });
}

ct_tensor ct_flip(ct_tensor self, const ct_int *dims, ct_int dims_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::flip::call(view(self), ints(dims, dims_count))); });
}

ct_tensor ct_roll(ct_tensor self, const ct_int *shifts, ct_int shifts_count, const ct_int *dims, ct_int dims_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::roll::call(view(self), symints(shifts, shifts_count), ints(dims, dims_count))); });
}

ct_tensor ct_cat(const ct_tensor *tensors, ct_int tensors_count, ct_int dim) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::cat::call(list_view(tensors, tensors_count), dim)); });
}

ct_tensor ct_stack(const ct_tensor *tensors, ct_int tensors_count, ct_int dim) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::stack::call(list_view(tensors, tensors_count), dim)); });
}

ct_list ct_split_Tensor(ct_tensor self, ct_int split_size, ct_int dim) noexcept {
  return guarded(ct_list{}, [&] { return give_list(at::_ops::split_Tensor::call(view(self), split_size, dim)); });
}

ct_list ct_split_with_sizes(ct_tensor self, const ct_int *split_sizes, ct_int split_sizes_count, ct_int dim) noexcept {
  return guarded(ct_list{}, [&] { return give_list(at::_ops::split_with_sizes::call(view(self), symints(split_sizes, split_sizes_count), dim)); });
}

ct_list ct_chunk(ct_tensor self, ct_int chunks, ct_int dim) noexcept {
  return guarded(ct_list{}, [&] { return give_list(at::_ops::chunk::call(view(self), chunks, dim)); });
}

ct_list ct_unbind_int(ct_tensor self, ct_int dim) noexcept {
  return guarded(ct_list{}, [&] { return give_list(at::_ops::unbind_int::call(view(self), dim)); });
}

ct_tensor ct_narrow(ct_tensor self, ct_int dim, ct_int start, ct_int length) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::narrow::call(view(self), dim, start, length)); });
}

ct_tensor ct_select_int(ct_tensor self, ct_int dim, ct_int index) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::select_int::call(view(self), dim, index)); });
}

ct_tensor ct_slice_Tensor(ct_tensor self, ct_int dim, const ct_int *start, const ct_int *end, ct_int step) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::slice_Tensor::call(view(self), dim, optional_symint(start), optional_symint(end), step)); });
}

ct_tensor ct_index_select(ct_tensor self, ct_int dim, ct_tensor index) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::index_select::call(view(self), dim, view(index))); });
}

ct_tensor ct_index_select_backward(ct_tensor grad, const ct_int *self_sizes, ct_int self_sizes_count, ct_int dim, ct_tensor index) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::index_select_backward::call(view(grad), symints(self_sizes, self_sizes_count), dim, view(index))); });
}

ct_tensor ct_gather(ct_tensor self, ct_int dim, ct_tensor index, bool sparse_grad) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::gather::call(view(self), dim, view(index), sparse_grad)); });
}

ct_tensor ct_scatter_src(ct_tensor self, ct_int dim, ct_tensor index, ct_tensor src) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::scatter_src::call(view(self), dim, view(index), view(src))); });
}

ct_tensor ct_scatter_value(ct_tensor self, ct_int dim, ct_tensor index, ct_scalar value) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::scatter_value::call(view(self), dim, view(index), scalar(value))); });
}

ct_tensor ct_scatter_add(ct_tensor self, ct_int dim, ct_tensor index, ct_tensor src) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::scatter_add::call(view(self), dim, view(index), view(src))); });
}

ct_tensor ct_index_add(ct_tensor self, ct_int dim, ct_tensor index, ct_tensor source, ct_scalar alpha) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::index_add::call(view(self), dim, view(index), view(source), scalar(alpha))); });
}

bool ct_index_add_(ct_tensor self, ct_int dim, ct_tensor index, ct_tensor source, ct_scalar alpha) noexcept {
  return guarded(false, [&] { at::_ops::index_add_::call(mutable_view(self), dim, view(index), view(source), scalar(alpha)); return true; });
}

bool ct_index_copy_(ct_tensor self, ct_int dim, ct_tensor index, ct_tensor source) noexcept {
  return guarded(false, [&] { at::_ops::index_copy_::call(mutable_view(self), dim, view(index), view(source)); return true; });
}

ct_tensor ct_index_Tensor(ct_tensor self, const ct_tensor *indices, ct_int indices_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::index_Tensor::call(view(self), optional_list(indices, indices_count))); });
}

bool ct_index_put_(ct_tensor self, const ct_tensor *indices, ct_int indices_count, ct_tensor values, bool accumulate) noexcept {
  return guarded(false, [&] { at::_ops::index_put_::call(mutable_view(self), optional_list(indices, indices_count), view(values), accumulate); return true; });
}

ct_tensor ct_nonzero(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::nonzero::call(view(self))); });
}

ct_tensor ct_tril(ct_tensor self, ct_int diagonal) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::tril::call(view(self), diagonal)); });
}

ct_tensor ct_triu(ct_tensor self, ct_int diagonal) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::triu::call(view(self), diagonal)); });
}

ct_tensor ct_diagonal(ct_tensor self, ct_int offset, ct_int dim1, ct_int dim2) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::diagonal::call(view(self), offset, dim1, dim2)); });
}

ct_tensor ct_diag_embed(ct_tensor self, ct_int offset, ct_int dim1, ct_int dim2) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::diag_embed::call(view(self), offset, dim1, dim2)); });
}

ct_tensor ct_as_strided(ct_tensor self, const ct_int *size, ct_int size_count, const ct_int *stride, ct_int stride_count, const ct_int *storage_offset) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::as_strided::call(view(self), symints(size, size_count), symints(stride, stride_count), optional_symint(storage_offset))); });
}

ct_tensor ct_unfold(ct_tensor self, ct_int dimension, ct_int size, ct_int step) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::unfold::call(view(self), dimension, size, step)); });
}

ct_tensor ct_one_hot(ct_tensor self, ct_int num_classes) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::one_hot::call(view(self), num_classes)); });
}

ct_tensor ct_detach(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::detach::call(view(self))); });
}

ct_tensor ct_alias(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::alias::call(view(self))); });
}

ct_tensor ct_contiguous(ct_tensor self, int8_t memory_format) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::contiguous::call(view(self), static_cast<at::MemoryFormat>(memory_format))); });
}

ct_tensor ct_clone(ct_tensor self, int8_t memory_format) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::clone::call(view(self), optional_memory_format(memory_format))); });
}

bool ct_copy_(ct_tensor self, ct_tensor src, bool non_blocking) noexcept {
  return guarded(false, [&] { at::_ops::copy_::call(mutable_view(self), view(src), non_blocking); return true; });
}

bool ct_fill__Scalar(ct_tensor self, ct_scalar value) noexcept {
  return guarded(false, [&] { at::_ops::fill__Scalar::call(mutable_view(self), scalar(value)); return true; });
}

bool ct_fill__Tensor(ct_tensor self, ct_tensor value) noexcept {
  return guarded(false, [&] { at::_ops::fill__Tensor::call(mutable_view(self), view(value)); return true; });
}

bool ct_zero_(ct_tensor self) noexcept {
  return guarded(false, [&] { at::_ops::zero_::call(mutable_view(self)); return true; });
}

ct_tensor ct_to_dtype(ct_tensor self, int8_t dtype_, bool non_blocking, bool copy, int8_t memory_format) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::to_dtype::call(view(self), dtype(dtype_), non_blocking, copy, optional_memory_format(memory_format))); });
}

ct_tensor ct_to_dtype_layout(ct_tensor self, int8_t dtype_, ct_device device_, bool non_blocking, bool copy, int8_t memory_format) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::to_dtype_layout::call(view(self), optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt, non_blocking, copy, optional_memory_format(memory_format))); });
}

ct_tensor ct_lift_fresh(ct_tensor self) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::lift_fresh::call(view(self))); });
}

}  // extern "C"
