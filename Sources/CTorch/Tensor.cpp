// Handles: their life, what they say of themselves, and the ways between memory and tensors.
#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

#include <cstring>
#include <memory>

#include "Support.h"

using namespace ctorch;

std::atomic<int64_t> ctorch::live_handles{0};

// Swift's enumerations carry these numbers.
static_assert(static_cast<int>(at::ScalarType::Byte) == 0 && static_cast<int>(at::ScalarType::Char) == 1);
static_assert(static_cast<int>(at::ScalarType::Short) == 2 && static_cast<int>(at::ScalarType::Int) == 3);
static_assert(static_cast<int>(at::ScalarType::Long) == 4 && static_cast<int>(at::ScalarType::Half) == 5);
static_assert(static_cast<int>(at::ScalarType::Float) == 6 && static_cast<int>(at::ScalarType::Double) == 7);
static_assert(static_cast<int>(at::ScalarType::ComplexFloat) == 9);
static_assert(static_cast<int>(at::ScalarType::ComplexDouble) == 10);
static_assert(static_cast<int>(at::ScalarType::Bool) == 11 && static_cast<int>(at::ScalarType::BFloat16) == 15);
static_assert(static_cast<int>(at::MemoryFormat::Contiguous) == 0);
static_assert(static_cast<int>(at::MemoryFormat::Preserve) == 1);
static_assert(static_cast<int>(at::MemoryFormat::ChannelsLast) == 2);
static_assert(static_cast<int>(at::DeviceType::CPU) == 0 && static_cast<int>(at::DeviceType::CUDA) == 1);
static_assert(static_cast<int>(at::DeviceType::MPS) == 13);

namespace {
at::TensorOptions cpu_options(int8_t type) { return at::TensorOptions().dtype(dtype(type)).device(at::kCPU); }

bool is_undefined(ct_tensor handle) { return handle == ct_undefined(); }
}  // namespace

extern "C" {

void ct_retain(ct_tensor handle) noexcept {
  at::Tensor copy = view(handle);
  live_handles.fetch_add(1, std::memory_order_relaxed);
  copy.unsafeReleaseTensorImpl();
}

void ct_release(ct_tensor handle) noexcept {
  if (handle == nullptr) return;
  live_handles.fetch_sub(1, std::memory_order_relaxed);
  c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(
      reinterpret_cast<c10::TensorImpl *>(handle));
}

ct_tensor ct_undefined(void) noexcept {
  return reinterpret_cast<ct_tensor>(c10::UndefinedTensorImpl::singleton());
}

bool ct_is_defined(ct_tensor handle) noexcept { return !is_undefined(handle); }
int64_t ct_live_handles(void) noexcept { return live_handles.load(std::memory_order_relaxed); }

void ct_list_free(ct_list list) noexcept { free(list.items); }

ct_int ct_dim(ct_tensor handle) noexcept {
  return is_undefined(handle) ? 0 : static_cast<ct_int>(view(handle).dim());
}

ct_int ct_size(ct_tensor handle, ct_int dim) noexcept {
  return guarded(ct_int(-1), [&] { return static_cast<ct_int>(view(handle).size(dim)); });
}

bool ct_sizes(ct_tensor handle, ct_int *out) noexcept {
  return guarded(false, [&] {
    if (is_undefined(handle)) return true;
    for (int64_t size : view(handle).sizes()) *out++ = size;
    return true;
  });
}

bool ct_strides(ct_tensor handle, ct_int *out) noexcept {
  return guarded(false, [&] {
    if (is_undefined(handle)) return true;
    for (int64_t stride : view(handle).strides()) *out++ = stride;
    return true;
  });
}

ct_int ct_numel(ct_tensor handle) noexcept {
  return guarded(ct_int(0), [&] { return is_undefined(handle) ? ct_int(0) : ct_int(view(handle).numel()); });
}

ct_int ct_bytes(ct_tensor handle) noexcept {
  return guarded(ct_int(0), [&] { return is_undefined(handle) ? ct_int(0) : ct_int(view(handle).nbytes()); });
}

int8_t ct_dtype(ct_tensor handle) noexcept {
  return is_undefined(handle) ? static_cast<int8_t>(-1) : static_cast<int8_t>(view(handle).scalar_type());
}

ct_int ct_element_size(int8_t type) noexcept { return static_cast<ct_int>(c10::elementSize(dtype(type))); }

ct_device ct_device_of(ct_tensor handle) noexcept {
  if (is_undefined(handle)) return {-1, -1};
  at::Device place = view(handle).device();
  return {static_cast<int16_t>(place.type()), static_cast<int32_t>(place.index())};
}

bool ct_is_contiguous(ct_tensor handle, int8_t memory_format) noexcept {
  return guarded(false, [&] {
    return view(handle).is_contiguous(static_cast<at::MemoryFormat>(memory_format));
  });
}

bool ct_requires_grad(ct_tensor handle) noexcept {
  return guarded(false, [&] { return view(handle).requires_grad(); });
}

bool ct_set_requires_grad(ct_tensor handle, bool value) noexcept {
  return guarded(false, [&] {
    // All undefined tensors are one object, which must stay as it is.
    TORCH_CHECK(!is_undefined(handle), "the undefined tensor cannot require gradients");
    view(handle).set_requires_grad(value);
    return true;
  });
}

bool ct_is_leaf(ct_tensor handle) noexcept {
  return guarded(true, [&] { return view(handle).is_leaf(); });
}

bool ct_is_inference(ct_tensor handle) noexcept {
  return guarded(false, [&] { return view(handle).is_inference(); });
}

ct_int ct_version_counter(ct_tensor handle) noexcept {
  return guarded(ct_int(-1), [&] { return static_cast<ct_int>(view(handle)._version()); });
}

void *ct_data(ct_tensor handle) noexcept {
  return guarded(static_cast<void *>(nullptr), [&]() -> void * {
    if (is_undefined(handle) || !view(handle).device().is_cpu()) return nullptr;
    return view(handle).data_ptr();
  });
}

const void *ct_storage(ct_tensor handle) noexcept {
  return guarded(static_cast<const void *>(nullptr), [&]() -> const void * {
    if (is_undefined(handle)) return nullptr;
    return view(handle).storage().unsafeGetStorageImpl();
  });
}

ct_tensor ct_from_bytes(
    const void *data, ct_int bytes, const ct_int *sizes, ct_int dims, int8_t type) noexcept {
  return guarded(static_cast<ct_tensor>(nullptr), [&] {
    at::Tensor result = at::empty(ints(sizes, dims), cpu_options(type));
    TORCH_CHECK(
        static_cast<ct_int>(result.nbytes()) == bytes, "a tensor of shape ", result.sizes(), " takes ",
        result.nbytes(), " bytes, but ", bytes, " were given");
    if (bytes > 0) memcpy(result.data_ptr(), data, static_cast<size_t>(bytes));
    return give(std::move(result));
  });
}

ct_tensor ct_from_blob(
    void *data, const ct_int *sizes, ct_int dims, int8_t type, void *context,
    void (*release)(void *)) noexcept {
  return guarded(static_cast<ct_tensor>(nullptr), [&] {
    // Released with the last copy of the deleter, whether or not libtorch has come to the point of calling it.
    std::shared_ptr<void> owner(context, release);
    return give(at::from_blob(data, ints(sizes, dims), [owner](void *) {}, cpu_options(type)));
  });
}

bool ct_copy_bytes(ct_tensor handle, void *out, ct_int bytes) noexcept {
  return guarded(false, [&] {
    at::AutoGradMode recording(false);
    at::Tensor source = view(handle).detach().to(at::kCPU).resolve_conj().resolve_neg().contiguous();
    TORCH_CHECK(
        static_cast<ct_int>(source.nbytes()) == bytes, "the tensor has ", source.nbytes(), " bytes, not ", bytes);
    if (bytes > 0) memcpy(out, source.data_ptr(), static_cast<size_t>(bytes));
    return true;
  });
}

bool ct_item(ct_tensor handle, ct_scalar *out) noexcept {
  return guarded(false, [&] {
    c10::Scalar value = view(handle).item();
    if (value.isBoolean()) {
      *out = {value.toBool() ? 1 : 0, 2};
    } else if (value.isIntegral(false)) {
      *out = {value.toLong(), 0};
    } else {
      TORCH_CHECK_TYPE(!value.isComplex(), "a complex element cannot be read as one real number");
      *out = {std::bit_cast<int64_t>(value.toDouble()), 1};
    }
    return true;
  });
}

}  // extern "C"
