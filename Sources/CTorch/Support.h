// What every C++ file here shares: seeing handles as tensors, and keeping exceptions inside.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/List.h>
#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/Scalar.h>
#include <c10/core/SymIntArrayRef.h>
#include <c10/util/Exception.h>
#include <torch/headeronly/version.h>

#include <array>
#include <atomic>
#include <bit>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CTorch.h"

#if TORCH_VERSION_MAJOR < 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR < 11)
#error "CTorch needs libtorch 2.11 or later"
#endif

static_assert(sizeof(ct_int) == sizeof(int64_t), "ct_int must be 64 bits");
static_assert(sizeof(at::Tensor) == sizeof(void *), "a tensor must be one pointer to be seen as a handle");
static_assert(sizeof(at::Generator) == sizeof(void *), "a generator must be one pointer to be seen as a handle");

namespace ctorch {

extern std::atomic<int64_t> live_handles;

void record_failure(int32_t kind, const char *message) noexcept;
/// Called inside a catch block: sorts the exception in flight by kind and keeps its text.
void record_current_exception() noexcept;

/// Runs `body`; an exception becomes a recorded failure and `failure` is returned.
template <typename Result, typename Body>
inline Result guarded(Result failure, Body &&body) noexcept {
  try {
    return body();
  } catch (...) {
    record_current_exception();
    return failure;
  }
}

// MARK: Handles to libtorch's values. A handle variable holds what an at::Tensor holds: the pointer.

inline const at::Tensor &view(const ct_tensor &handle) {
  return reinterpret_cast<const at::Tensor &>(handle);
}

inline at::Tensor &mutable_view(ct_tensor &handle) { return reinterpret_cast<at::Tensor &>(handle); }

inline std::optional<at::Tensor> optional_view(const ct_tensor &handle) {
  if (handle == nullptr) return std::nullopt;
  return view(handle);
}

inline at::TensorList list_view(const ct_tensor *handles, ct_int count) {
  return {reinterpret_cast<const at::Tensor *>(handles), static_cast<size_t>(count)};
}

inline c10::List<std::optional<at::Tensor>> optional_list(const ct_tensor *handles, ct_int count) {
  c10::List<std::optional<at::Tensor>> list;
  list.reserve(count);
  for (ct_int i = 0; i < count; ++i) list.push_back(optional_view(handles[i]));
  return list;
}

/// Gives the reference to the caller.
inline ct_tensor give(at::Tensor tensor) {
  live_handles.fetch_add(1, std::memory_order_relaxed);
  return reinterpret_cast<ct_tensor>(tensor.unsafeReleaseTensorImpl());
}

template <typename Tensors>
inline ct_list give_list(Tensors &&tensors) {
  ct_list list{};
  list.count = static_cast<ct_int>(tensors.size());
  // At least one item, so that an empty list differs from a failed one.
  list.items = static_cast<ct_tensor *>(malloc(sizeof(ct_tensor) * (tensors.size() + 1)));
  for (size_t i = 0; i < tensors.size(); ++i) list.items[i] = give(tensors[i]);
  return list;
}

inline const at::Generator &generator_view(const ct_generator &handle) {
  return reinterpret_cast<const at::Generator &>(handle);
}

inline std::optional<at::Generator> optional_generator(const ct_generator &handle) {
  if (handle == nullptr) return std::nullopt;
  return generator_view(handle);
}

// MARK: Plain values

inline c10::Scalar scalar(ct_scalar value) {
  switch (value.kind) {
    case 0: return c10::Scalar(static_cast<int64_t>(value.bits));
    case 1: return c10::Scalar(std::bit_cast<double>(value.bits));
    default: return c10::Scalar(value.bits != 0);
  }
}

inline std::optional<c10::Scalar> optional_scalar(const ct_scalar *value) {
  if (value == nullptr) return std::nullopt;
  return scalar(*value);
}

inline at::IntArrayRef ints(const ct_int *values, ct_int count) {
  return {reinterpret_cast<const int64_t *>(values), static_cast<size_t>(count)};
}

inline c10::SymIntArrayRef symints(const ct_int *values, ct_int count) {
  return c10::fromIntArrayRefSlow(ints(values, count));
}

/// A NULL list is no list; an empty one is passed as any pointer with the count 0.
inline at::OptionalIntArrayRef optional_ints(const ct_int *values, ct_int count) {
  if (count < 0) return std::nullopt;
  return ints(values, count);
}

inline at::OptionalSymIntArrayRef optional_symints(const ct_int *values, ct_int count) {
  if (count < 0) return std::nullopt;
  return symints(values, count);
}

inline at::ArrayRef<double> doubles(const double *values, ct_int count) {
  return {values, static_cast<size_t>(count)};
}

inline std::optional<at::ArrayRef<double>> optional_doubles(const double *values, ct_int count) {
  if (count < 0) return std::nullopt;
  return doubles(values, count);
}

inline std::optional<int64_t> optional_int(const ct_int *value) {
  if (value == nullptr) return std::nullopt;
  return *value;
}

inline std::optional<c10::SymInt> optional_symint(const ct_int *value) {
  if (value == nullptr) return std::nullopt;
  return c10::SymInt(*value);
}

inline std::optional<double> optional_double(const double *value) {
  if (value == nullptr) return std::nullopt;
  return *value;
}

inline std::optional<bool> optional_bool(int8_t value) {
  if (value < 0) return std::nullopt;
  return value != 0;
}

template <size_t N>
inline std::array<bool, N> bools(const bool *values) {
  std::array<bool, N> result;
  for (size_t i = 0; i < N; ++i) result[i] = values[i];
  return result;
}

inline std::optional<c10::string_view> optional_string(const char *value) {
  if (value == nullptr) return std::nullopt;
  return c10::string_view(value);
}

inline at::ScalarType dtype(int8_t value) { return static_cast<at::ScalarType>(value); }

inline std::optional<at::ScalarType> optional_dtype(int8_t value) {
  if (value < 0) return std::nullopt;
  return dtype(value);
}

inline std::optional<at::MemoryFormat> optional_memory_format(int8_t value) {
  if (value < 0) return std::nullopt;
  return static_cast<at::MemoryFormat>(value);
}

inline at::Device device(ct_device value) {
  // libtorch's own index is narrower.
  TORCH_CHECK_VALUE(
      value.index >= -1 && value.index <= std::numeric_limits<at::DeviceIndex>::max(),
      "the index of a device must be in 0…", static_cast<int>(std::numeric_limits<at::DeviceIndex>::max()),
      ", found ", value.index);
  return at::Device(
      static_cast<at::DeviceType>(value.type), static_cast<at::DeviceIndex>(value.index));
}

inline std::optional<at::Device> optional_device(ct_device value) {
  if (value.type < 0) return std::nullopt;
  return device(value);
}

}  // namespace ctorch
