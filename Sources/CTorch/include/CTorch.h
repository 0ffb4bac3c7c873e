// The C face of libtorch.
//
// Conventions, for every function here and in the generated CTorchOperators.h:
// - A `ct_tensor` is libtorch's own tensor object, holding one reference; whoever receives one from a call
//   releases it with `ct_release`. Arguments are borrowed.
// - Nothing throws. A call that fails returns NULL (or the failure value it names) and leaves the kind and the
//   message of the failure in thread-local storage: `ct_error_kind`, `ct_error_message`.
// - Lengths, sizes and dimensions are `ct_int`: 64 bits, and Swift's `Int`.
#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define CT_NOEXCEPT noexcept
#else
#define CT_NOEXCEPT
#endif

typedef struct ct_tensor_s *ct_tensor;
typedef struct ct_generator_s *ct_generator;
typedef ptrdiff_t ct_int;

// MARK: Values

/// A number: `kind` 0 = integer, 1 = double (its bits), 2 = boolean.
typedef struct {
  int64_t bits;
  int32_t kind;
} ct_scalar;

/// A device: libtorch's type number and index; type -1 = none.
typedef struct {
  int16_t type;
  int32_t index;
} ct_device;

/// Several tensors, each owned by the receiver; free `items` with `ct_list_free`. `items` is NULL on failure.
typedef struct {
  ct_tensor *items;
  ct_int count;
} ct_list;

void ct_list_free(ct_list list) CT_NOEXCEPT;

// MARK: Failures

enum {
  CT_OK = 0,
  CT_ERROR_INDEX,
  CT_ERROR_VALUE,
  CT_ERROR_TYPE,
  CT_ERROR_NOT_IMPLEMENTED,
  CT_ERROR_OUT_OF_MEMORY,
  CT_ERROR_LINALG,
  CT_ERROR_OTHER,
};

int32_t ct_error_kind(void) CT_NOEXCEPT;
/// Valid until the next failure on this thread. Without libtorch's backtrace.
const char *ct_error_message(void) CT_NOEXCEPT;

/// How deep this thread is inside `catchingTorchErrors`.
int32_t ct_catching_depth(void) CT_NOEXCEPT;
void ct_catching_enter(void) CT_NOEXCEPT;
void ct_catching_leave(void) CT_NOEXCEPT;

// MARK: Versions

/// The libtorch that was compiled against, as 0xMMmmpp, and where it stood then.
uint32_t ct_compiled_version(void) CT_NOEXCEPT;
const char *ct_compiled_path(void) CT_NOEXCEPT;
/// The libtorch that is loaded now, and from which file.
uint32_t ct_loaded_version(void) CT_NOEXCEPT;
const char *ct_loaded_path(void) CT_NOEXCEPT;
/// What is wrong with a program compiled against one version that has loaded another; NULL if nothing is.
/// Free with `free`.
char *ct_version_mismatch(
    uint32_t compiled, const char *compiled_path, uint32_t loaded, const char *loaded_path) CT_NOEXCEPT;

// MARK: Handles

void ct_retain(ct_tensor tensor) CT_NOEXCEPT;
void ct_release(ct_tensor tensor) CT_NOEXCEPT;
/// The handle of no tensor: what failed calls inside `catchingTorchErrors` return. Need not be released.
ct_tensor ct_undefined(void) CT_NOEXCEPT;
bool ct_is_defined(ct_tensor tensor) CT_NOEXCEPT;
/// Handles given out and not yet released, in the whole process.
int64_t ct_live_handles(void) CT_NOEXCEPT;

// MARK: What a tensor is

ct_int ct_dim(ct_tensor tensor) CT_NOEXCEPT;
ct_int ct_size(ct_tensor tensor, ct_int dim) CT_NOEXCEPT;
/// Into room for `ct_dim` numbers. False on failure: sparse and nested tensors have none.
bool ct_sizes(ct_tensor tensor, ct_int *out) CT_NOEXCEPT;
bool ct_strides(ct_tensor tensor, ct_int *out) CT_NOEXCEPT;
ct_int ct_numel(ct_tensor tensor) CT_NOEXCEPT;
/// The bytes its elements take.
ct_int ct_bytes(ct_tensor tensor) CT_NOEXCEPT;
int8_t ct_dtype(ct_tensor tensor) CT_NOEXCEPT;
ct_int ct_element_size(int8_t dtype) CT_NOEXCEPT;
ct_device ct_device_of(ct_tensor tensor) CT_NOEXCEPT;
bool ct_is_contiguous(ct_tensor tensor, int8_t memory_format) CT_NOEXCEPT;
bool ct_requires_grad(ct_tensor tensor) CT_NOEXCEPT;
/// False on failure (an integer tensor, say).
bool ct_set_requires_grad(ct_tensor tensor, bool value) CT_NOEXCEPT;
bool ct_is_leaf(ct_tensor tensor) CT_NOEXCEPT;
bool ct_is_inference(ct_tensor tensor) CT_NOEXCEPT;
ct_int ct_version_counter(ct_tensor tensor) CT_NOEXCEPT;
/// NULL for tensors whose memory this process cannot read (other devices), and on failure.
void *ct_data(ct_tensor tensor) CT_NOEXCEPT;
/// Identifies the storage two tensors may share.
const void *ct_storage(ct_tensor tensor) CT_NOEXCEPT;

// MARK: Making tensors from memory

/// A copy of `bytes` bytes at `data` as a contiguous tensor on the CPU.
ct_tensor ct_from_bytes(
    const void *data, ct_int bytes, const ct_int *sizes, ct_int dims, int8_t dtype) CT_NOEXCEPT;
/// A tensor over memory that somebody else owns; `release(context)` runs when the last reference goes, and at once on
/// failure.
ct_tensor ct_from_blob(
    void *data, const ct_int *sizes, ct_int dims, int8_t dtype, void *context,
    void (*release)(void *)) CT_NOEXCEPT;
/// Copies `tensor` as contiguous values on the CPU into `out`. False on failure.
bool ct_copy_bytes(ct_tensor tensor, void *out, ct_int bytes) CT_NOEXCEPT;
/// The only element as a number. False on failure.
bool ct_item(ct_tensor tensor, ct_scalar *out) CT_NOEXCEPT;

// MARK: Autograd

/// Gradients of the sum of `outputs`·`seeds` with respect to `inputs`, in their order. `seeds` may be NULL (ones),
/// as may each of its items. Items of the answer are undefined where `allow_unused` and nothing depends on the input.
ct_list ct_grad(
    const ct_tensor *outputs, ct_int output_count, const ct_tensor *inputs, ct_int input_count,
    const ct_tensor *seeds, bool retain_graph, bool create_graph, bool allow_unused) CT_NOEXCEPT;
/// Accumulates gradients in the `.grad` of the leaves. False on failure.
bool ct_backward(ct_tensor tensor, ct_tensor seed, bool retain_graph, bool create_graph) CT_NOEXCEPT;
/// Undefined where there is none.
ct_tensor ct_get_grad(ct_tensor tensor) CT_NOEXCEPT;
bool ct_set_grad(ct_tensor tensor, ct_tensor grad) CT_NOEXCEPT;

/// A function with its own backward. `backward(context, gradients, count, results, result_count)` receives borrowed
/// handles (undefined where no gradient arrives) and writes owned handles (or NULL: no gradient); it returns NULL, or
/// a message (allocated with malloc) to fail with. `release(context)` runs when the graph lets go of it.
typedef char *(*ct_backward_function)(
    void *context, const ct_tensor *gradients, ct_int count, ct_tensor *results, ct_int result_count);
/// `outputs` were computed from `inputs` without recording; the answer are the same values, attached to the graph
/// through `backward`. `saved` are kept by the graph, with its own check for in-place changes, and handed back by
/// `ct_saved`, only inside `backward`.
ct_list ct_custom_function(
    const ct_tensor *inputs, ct_int input_count, const ct_tensor *outputs, ct_int output_count,
    const ct_tensor *saved, ct_int saved_count, void *context, ct_backward_function backward,
    void (*release)(void *)) CT_NOEXCEPT;
ct_list ct_saved(void) CT_NOEXCEPT;

// MARK: Scopes (thread-local)

bool ct_grad_mode(void) CT_NOEXCEPT;
void ct_set_grad_mode(bool enabled) CT_NOEXCEPT;
void *ct_inference_mode_enter(bool enabled) CT_NOEXCEPT;
void ct_inference_mode_leave(void *guard) CT_NOEXCEPT;
bool ct_autocast_enabled(int16_t device_type) CT_NOEXCEPT;
int8_t ct_autocast_dtype(int16_t device_type) CT_NOEXCEPT;
/// False on failure (a device type that has no autocast).
bool ct_autocast_enter(int16_t device_type, bool enabled, int8_t dtype, bool cache) CT_NOEXCEPT;
void ct_autocast_leave(int16_t device_type, bool enabled, int8_t dtype, bool cache) CT_NOEXCEPT;
bool ct_autocast_cache(void) CT_NOEXCEPT;
bool ct_anomaly_mode(void) CT_NOEXCEPT;
void ct_set_anomaly_mode(bool enabled) CT_NOEXCEPT;
/// Whether backward passes with a graph put zeros for the gradients of convolutions' weights; see Convolution.cpp.
bool ct_leaves_weight_gradients(void) CT_NOEXCEPT;
void ct_set_leaves_weight_gradients(bool leaves) CT_NOEXCEPT;

// MARK: Random numbers

/// NULL on failure (a device this machine lacks).
ct_generator ct_generator_make(ct_device device, uint64_t seed) CT_NOEXCEPT;
/// The same with all 64 bits of the seed in effect on every device. libtorch's CPU stream, a Mersenne Twister, takes
/// 32 of them by itself; here its state is made from both halves by `init_by_array` of its authors.
ct_generator ct_generator_make_wide(ct_device device, uint64_t seed) CT_NOEXCEPT;
void ct_generator_release(ct_generator generator) CT_NOEXCEPT;
bool ct_generator_seed(ct_generator generator, uint64_t seed) CT_NOEXCEPT;
/// The state as a tensor of bytes.
ct_tensor ct_generator_state(ct_generator generator) CT_NOEXCEPT;
bool ct_generator_set_state(ct_generator generator, ct_tensor state) CT_NOEXCEPT;
/// Seeds the default generator of every device, which the few operations use that take no generator.
bool ct_manual_seed(uint64_t seed) CT_NOEXCEPT;

// MARK: The machine

int32_t ct_threads(void) CT_NOEXCEPT;
bool ct_set_threads(int32_t count) CT_NOEXCEPT;
bool ct_set_interop_threads(int32_t count) CT_NOEXCEPT;
bool ct_set_deterministic(bool enabled) CT_NOEXCEPT;
bool ct_has_cuda(void) CT_NOEXCEPT;
bool ct_has_mps(void) CT_NOEXCEPT;
int32_t ct_device_count(int16_t device_type) CT_NOEXCEPT;
bool ct_synchronize(ct_device device) CT_NOEXCEPT;
/// Whether this machine computes bf16 products in hardware (AVX512-BF16).
bool ct_cpu_has_bf16(void) CT_NOEXCEPT;

// MARK: Any operator, boxed

enum {
  CT_VALUE_NONE = 0,
  CT_VALUE_TENSOR,
  CT_VALUE_TENSORS,
  CT_VALUE_INT,
  CT_VALUE_DOUBLE,
  CT_VALUE_BOOL,
  CT_VALUE_STRING,
  CT_VALUE_INTS,
  CT_VALUE_DOUBLES,
  CT_VALUE_BOOLS,
  CT_VALUE_DEVICE,
  CT_VALUE_GENERATOR,
  CT_VALUE_OPTIONAL_TENSORS,
};

/// One argument or result of a boxed call. `count` is the length of the lists and of the string.
typedef struct {
  int32_t kind;
  ct_device device;
  int64_t integer;
  double real;
  const void *pointer;
  ct_int count;
} ct_value;

/// Looks an operator up once; the handle lives as long as the process. NULL on failure.
const void *ct_operator(const char *name, const char *overload) CT_NOEXCEPT;
/// The schema's text; free with `free`.
char *ct_operator_schema(const void *handle) CT_NOEXCEPT;
/// Calls it. Missing trailing arguments take their defaults. At most `capacity` results are written (tensors owned;
/// lists of tensors as `ct_list.items`). The count of results, or -1 on failure.
ct_int ct_call(
    const void *handle, const ct_value *arguments, ct_int count, ct_value *results,
    ct_int capacity) CT_NOEXCEPT;

// MARK: Convolution

/// The convolution of images [B, C, H, W] with a weight [O, C, h, w], by whatever is fastest here; `bias` may be NULL.
/// NULL on failure.
ct_tensor ct_convolve(
    ct_tensor x, ct_tensor weight, ct_tensor bias, const ct_int *stride, ct_int stride_count, const ct_int *padding,
    ct_int padding_count) CT_NOEXCEPT;

/// That, then `ct_normalize_by`: on the way out of the convolution where no gradients are recorded and there are kernels.
ct_tensor ct_convolve_normalized(
    ct_tensor x, ct_tensor weight, ct_tensor bias, const ct_int *stride, ct_int stride_count, const ct_int *padding,
    ct_int padding_count, ct_tensor mean, ct_tensor variance, ct_tensor scale, ct_tensor shift, ct_tensor residual,
    double eps, bool relu, bool pooled) CT_NOEXCEPT;

// MARK: Normalisation

/// act(norm(x)·scale + shift + residual), averaged over 2×2 places where `pooled`, as one operation on images
/// [B, C, H, W]: over `groups` of channels for each image, or over the batch where it is 0. `residual` may be NULL;
/// running statistics, both or neither, are moved where the norm is over the batch. NULL on failure.
ct_tensor ct_normalize(
    ct_tensor x, ct_tensor scale, ct_tensor shift, ct_tensor residual, ct_tensor running_mean,
    ct_tensor running_variance, ct_int groups, double momentum, double eps, bool relu, bool pooled) CT_NOEXCEPT;

/// The same by a mean and variance [C] that are given. Where no gradients are recorded it has kernels.
ct_tensor ct_normalize_by(
    ct_tensor mean, ct_tensor variance, ct_tensor x, ct_tensor scale, ct_tensor shift, ct_tensor residual, double eps,
    bool relu, bool pooled) CT_NOEXCEPT;

#include "CTorchOperators.h"
#include "ctorch_allocator.h"

#ifdef __cplusplus
}
#endif
#endif
