// Direct convolution of few channels and its gradients on the CPU, in float.
#include "Direct.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cstring>
#include <utility>

#include "../Dispatch.h"
#include "Tensors.h"

namespace ctorch::convolution {
namespace {

#if defined(HAS_AVX)
#define VECTOR_BYTES 64
namespace avx512 {
BEGIN_AVX512
#include "Vectors.h"
#include "DirectDrivers.h"
END_INSTRUCTIONS
}  // namespace avx512
#undef VECTOR_BYTES

#define VECTOR_BYTES 32
namespace avx2 {
BEGIN_AVX2
#include "Vectors.h"
#include "DirectDrivers.h"
END_INSTRUCTIONS
}  // namespace avx2
#undef VECTOR_BYTES
#endif

/// An image is one thread's work; a small one leaves spans unfilled.
constexpr int64_t fewest_places = 64;

const float *numbers(const at::Tensor &x) { return static_cast<const float *>(x.const_data_ptr()); }

/// How much higher and wider the result is than the image: one zero all round keeps the size.
int64_t growth(int64_t margin) { return 2 * (margin - 1); }

}  // namespace

bool direct_pays(const at::Tensor &x, int64_t margin) {
  const int64_t height = x.size(2) + growth(margin), width = x.size(3) + growth(margin);
  return height > 0 && width > 0 && height * width >= fewest_places && x.size(0) >= at::get_num_threads();
}

at::Tensor direct(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, int64_t margin) {
  const at::Tensor from = dense(x), w = resolved(weight).contiguous();
  const at::Tensor added = bias.defined() ? resolved(bias).contiguous() : bias;
  at::Tensor y = at::empty(
      {x.size(0), weight.size(0), x.size(2) + growth(margin), x.size(3) + growth(margin)},
      x.options().memory_format(from.suggest_memory_format()));
  WITH_WIDEST(convolve_directly(
      images<const float>(from), numbers(w), added.defined() ? numbers(added) : nullptr, images<float>(y)));
  return y;
}

at::Tensor direct_image_gradient(const at::Tensor &gradient, const at::Tensor &weight, int64_t margin) {
  const at::Tensor given = dense(gradient), w = resolved(weight).contiguous();
  at::Tensor x = at::empty(
      {given.size(0), weight.size(1), given.size(2) - growth(margin), given.size(3) - growth(margin)},
      given.options().memory_format(given.suggest_memory_format()));
  WITH_WIDEST(image_gradient_directly(images<const float>(given), numbers(w), images<float>(x)));
  return x;
}

at::Tensor direct_weight_gradient(const at::Tensor &x, const at::Tensor &gradient) {
  const at::Tensor from = dense(x), given = dense(gradient);
  at::Tensor weight = at::empty({given.size(1), from.size(1), 3, 3}, from.options());
  WITH_WIDEST(weight_gradient_directly(
      images<const float>(from), images<const float>(given), static_cast<float *>(weight.data_ptr())));
  return weight;
}

}  // namespace ctorch::convolution
