// Winograd's convolutions F(2×2, 3×3), with its gradients, and F(4×4, 3×3) on the CPU, in float, with all that stands
// between in cache.
#include "Winograd.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cstring>
#include <utility>

#include "../Dispatch.h"
#include "Tensors.h"

namespace ctorch::convolution {

const float zeros[most_channels] = {};

namespace {

#if defined(HAS_AVX)
#define VECTOR_BYTES 64
namespace avx512 {
BEGIN_AVX512
#include "Vectors.h"
#include "WinogradTiles.h"
#include "WinogradKernels.h"
#include "WinogradDrivers.h"
END_INSTRUCTIONS
}  // namespace avx512
#undef VECTOR_BYTES

#define VECTOR_BYTES 32
namespace avx2 {
BEGIN_AVX2
#include "Vectors.h"
#include "WinogradTiles.h"
#include "WinogradKernels.h"
#include "WinogradDrivers.h"
END_INSTRUCTIONS
}  // namespace avx2
#undef VECTOR_BYTES
#endif

/// Tiles that are worked on at a time: their points and one panel of products fit a second-level cache.
[[maybe_unused]] constexpr int64_t tiles_at_once = 48, large_tiles_at_once = 24;
/// For the gradient of a weight: bytes of points of images and gradients at a time, which fit a third-level cache; and
/// how many tiles it takes at least to make up for reading and writing the sums.
constexpr int64_t bytes_at_once = 8 << 20, tiles_at_least = 256;
/// With fewer tiles in all, transforming the filters costs more than is won.
constexpr int64_t tiles_worth_it = 16;
/// A row of tiles is worked on at once: a wider one does not stay in cache.
constexpr int64_t widest = 1024;

/// Of a tile of 2×2 places.
constexpr int64_t points = 16;
/// A filter's transformation costs as much as so many tiles.
constexpr int64_t tiles_a_filter = 64;

int64_t tiles_of(const at::Tensor &x, int64_t side) {
  return ((x.size(2) + side - 1) / side) * ((x.size(3) + side - 1) / side);
}

/// Multiplications of a plain convolution that meets no zero around the image, over those of tiles of 2×2 places.
double saved(const at::Tensor &x) {
  return static_cast<double>((3 * x.size(2) - 2) * (3 * x.size(3) - 2)) / static_cast<double>(points * tiles_of(x, 2));
}

/// Whether tiles of 4×4 places, with their 36 points, are faster than those of 2×2 with 16.
bool large_tiles_pay(const at::Tensor &x) {
  auto cost = [&](int64_t side) {
    return (side + 2) * (side + 2) * (x.size(0) * tiles_of(x, side) + tiles_a_filter);
  };
  return cost(4) < cost(2);
}

at::Tensor convolve(const at::Tensor &x, const Weight &weight, const Finish &finish, bool coarse) {
  const at::Tensor from = dense(x);
  at::Tensor y = at::empty(
      {x.size(0), weight.outputs, x.size(2), x.size(3)},
      x.options().memory_format(from.is_contiguous() ? at::MemoryFormat::Contiguous : at::MemoryFormat::ChannelsLast));
  Images<float> to = images<float>(y);
  to.interleaved = !from.is_contiguous();
  [[maybe_unused]] const Images<const float> given = images<const float>(from);
  [[maybe_unused]] const int64_t threads = at::get_num_threads();
  if (coarse && large_tiles_pay(x)) {
    WITH_WIDEST(convolve_in_tiles<4>(given, weight, finish, to, large_tiles_at_once, threads));
  } else {
    WITH_WIDEST(convolve_in_tiles<2>(given, weight, finish, to, tiles_at_once, threads));
  }
  return y;
}

}  // namespace

bool winograd_pays(const at::Tensor &x) {
  return x.size(3) <= widest && saved(x) >= 1.15 && x.size(0) * tiles_of(x, 2) >= tiles_worth_it;
}

at::Tensor winograd(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, bool coarse) {
  return winograd_finished(x, weight, {}, bias, {}, false, coarse);
}

at::Tensor winograd_finished(
    const at::Tensor &x, const at::Tensor &weight, const at::Tensor &scale, const at::Tensor &shift,
    const at::Tensor &residual, bool relu, bool coarse) {
  const at::Tensor w = resolved(weight);
  const Weight filters{
      static_cast<const float *>(w.const_data_ptr()), w.size(0), w.size(1), w.stride(0), w.stride(1), w.stride(2),
      w.stride(3)};
  const at::Tensor a = scale.defined() ? resolved(scale).contiguous() : scale,
                   k = shift.defined() ? resolved(shift).contiguous() : shift,
                   added = residual.defined() ? resolved(residual).contiguous(x.suggest_memory_format()) : residual;
  auto numbers = [](const at::Tensor &tensor) {
    return tensor.defined() ? static_cast<const float *>(tensor.const_data_ptr()) : nullptr;
  };
  return convolve(x, filters, {numbers(a), numbers(k), numbers(added), relu}, coarse);
}

bool winograd_adds(const at::Tensor &x, const at::Tensor &residual) {
  return !residual.defined() || x.suggest_memory_format() == at::MemoryFormat::ChannelsLast;
}

at::Tensor winograd_image_gradient(const at::Tensor &gradient, const at::Tensor &weight) {
  // The convolution with the filters turned by half a circle, from outputs to inputs.
  const at::Tensor w = resolved(weight);
  const float *last = static_cast<const float *>(w.const_data_ptr()) + 2 * w.stride(2) + 2 * w.stride(3);
  const Weight turned{last, w.size(1), w.size(0), w.stride(1), w.stride(0), -w.stride(2), -w.stride(3)};
  return convolve(gradient, turned, {}, false);
}

at::Tensor winograd_weight_gradient(const at::Tensor &x, const at::Tensor &gradient) {
  const at::Tensor from = dense(x), given = dense(gradient);
  at::Tensor weight = at::empty({given.size(1), from.size(1), 3, 3}, from.options());
  const int64_t tile = points * (from.size(1) + given.size(1)) * static_cast<int64_t>(sizeof(float));
  [[maybe_unused]] const int64_t tiles = std::max(bytes_at_once / tile, tiles_at_least);
  WITH_WIDEST(weight_gradient(
      images<const float>(from), images<const float>(given), static_cast<float *>(weight.data_ptr()), tiles));
  return weight;
}

}  // namespace ctorch::convolution
