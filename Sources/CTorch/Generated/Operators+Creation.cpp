// Written by `./run generate` from libtorch's operator schemas; do not edit.
// First, as the operators' own headers declare only part of the types they name.
#include "../Support.h"

#include <ATen/ops/arange_ops.h>
#include <ATen/ops/bernoulli_ops.h>
#include <ATen/ops/empty_like_ops.h>
#include <ATen/ops/empty_ops.h>
#include <ATen/ops/exponential_ops.h>
#include <ATen/ops/eye_ops.h>
#include <ATen/ops/full_like_ops.h>
#include <ATen/ops/full_ops.h>
#include <ATen/ops/linspace_ops.h>
#include <ATen/ops/multinomial_ops.h>
#include <ATen/ops/new_zeros_ops.h>
#include <ATen/ops/normal_ops.h>
#include <ATen/ops/ones_like_ops.h>
#include <ATen/ops/ones_ops.h>
#include <ATen/ops/rand_ops.h>
#include <ATen/ops/randint_ops.h>
#include <ATen/ops/randn_ops.h>
#include <ATen/ops/random_ops.h>
#include <ATen/ops/randperm_ops.h>
#include <ATen/ops/uniform_ops.h>
#include <ATen/ops/zeros_like_ops.h>
#include <ATen/ops/zeros_ops.h>

using namespace ctorch;

extern "C" {

ct_tensor ct_empty_memory_format(const ct_int *size, ct_int size_count, int8_t dtype_, ct_device device_, int8_t memory_format) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::empty_memory_format::call(symints(size, size_count), optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt, optional_memory_format(memory_format))); });
}

ct_tensor ct_zeros(const ct_int *size, ct_int size_count, int8_t dtype_, ct_device device_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::zeros::call(symints(size, size_count), optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt)); });
}

ct_tensor ct_ones(const ct_int *size, ct_int size_count, int8_t dtype_, ct_device device_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::ones::call(symints(size, size_count), optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt)); });
}

ct_tensor ct_full(const ct_int *size, ct_int size_count, ct_scalar fill_value, int8_t dtype_, ct_device device_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::full::call(symints(size, size_count), scalar(fill_value), optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt)); });
}

ct_tensor ct_eye(ct_int n, int8_t dtype_, ct_device device_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::eye::call(n, optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt)); });
}

ct_tensor ct_arange_start_step(ct_scalar start, ct_scalar end, ct_scalar step, int8_t dtype_, ct_device device_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::arange_start_step::call(scalar(start), scalar(end), scalar(step), optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt)); });
}

ct_tensor ct_linspace(ct_scalar start, ct_scalar end, ct_int steps, int8_t dtype_, ct_device device_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::linspace::call(scalar(start), scalar(end), steps, optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt)); });
}

ct_tensor ct_empty_like(ct_tensor self, int8_t dtype_, ct_device device_, int8_t memory_format) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::empty_like::call(view(self), optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt, optional_memory_format(memory_format))); });
}

ct_tensor ct_zeros_like(ct_tensor self, int8_t dtype_, ct_device device_, int8_t memory_format) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::zeros_like::call(view(self), optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt, optional_memory_format(memory_format))); });
}

ct_tensor ct_ones_like(ct_tensor self, int8_t dtype_, ct_device device_, int8_t memory_format) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::ones_like::call(view(self), optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt, optional_memory_format(memory_format))); });
}

ct_tensor ct_full_like(ct_tensor self, ct_scalar fill_value, int8_t dtype_, ct_device device_, int8_t memory_format) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::full_like::call(view(self), scalar(fill_value), optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt, optional_memory_format(memory_format))); });
}

ct_tensor ct_new_zeros(ct_tensor self, const ct_int *size, ct_int size_count, int8_t dtype_, ct_device device_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::new_zeros::call(view(self), symints(size, size_count), optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt)); });
}

ct_tensor ct_rand_generator(const ct_int *size, ct_int size_count, ct_generator generator, int8_t dtype_, ct_device device_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::rand_generator::call(symints(size, size_count), optional_generator(generator), optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt)); });
}

ct_tensor ct_randn_generator(const ct_int *size, ct_int size_count, ct_generator generator, int8_t dtype_, ct_device device_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::randn_generator::call(symints(size, size_count), optional_generator(generator), optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt)); });
}

ct_tensor ct_randint_low_generator(ct_int low, ct_int high, const ct_int *size, ct_int size_count, ct_generator generator, int8_t dtype_, ct_device device_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::randint_low_generator::call(low, high, symints(size, size_count), optional_generator(generator), optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt)); });
}

ct_tensor ct_randperm_generator(ct_int n, ct_generator generator, int8_t dtype_, ct_device device_) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::randperm_generator::call(n, optional_generator(generator), optional_dtype(dtype_), std::nullopt, optional_device(device_), std::nullopt)); });
}

bool ct_uniform_(ct_tensor self, double from, double to, ct_generator generator) noexcept {
  return guarded(false, [&] { at::_ops::uniform_::call(mutable_view(self), from, to, optional_generator(generator)); return true; });
}

bool ct_normal_(ct_tensor self, double mean, double std, ct_generator generator) noexcept {
  return guarded(false, [&] { at::_ops::normal_::call(mutable_view(self), mean, std, optional_generator(generator)); return true; });
}

ct_tensor ct_bernoulli(ct_tensor self, ct_generator generator) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::bernoulli::call(view(self), optional_generator(generator))); });
}

bool ct_bernoulli__float(ct_tensor self, double p, ct_generator generator) noexcept {
  return guarded(false, [&] { at::_ops::bernoulli__float::call(mutable_view(self), p, optional_generator(generator)); return true; });
}

ct_tensor ct_bernoulli_p(ct_tensor self, double p, ct_generator generator) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::bernoulli_p::call(view(self), p, optional_generator(generator))); });
}

ct_tensor ct_multinomial(ct_tensor self, ct_int num_samples, bool replacement, ct_generator generator) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::multinomial::call(view(self), num_samples, replacement, optional_generator(generator))); });
}

bool ct_exponential_(ct_tensor self, double lambd, ct_generator generator) noexcept {
  return guarded(false, [&] { at::_ops::exponential_::call(mutable_view(self), lambd, optional_generator(generator)); return true; });
}

bool ct_random__from(ct_tensor self, ct_int from, const ct_int *to, ct_generator generator) noexcept {
  return guarded(false, [&] { at::_ops::random__from::call(mutable_view(self), from, optional_int(to), optional_generator(generator)); return true; });
}

}  // extern "C"
