// What the kernels of normalisation are given.
#pragma once

#include <algorithm>
#include <cstdint>

namespace ctorch::normalization {

/// As memory holds it; computed with in float.
struct BFloat16 {
  uint16_t bits;
};

/// What decides where a gradient passes: nothing; whether a·x + k is above zero; whether the stored output is.
enum class Gate { open, affine, output };

/// Images [batch, channels, height, width] and how they are normalised.
struct Shape {
  int64_t batch, channels, height, width;
  /// Of channels, for each image; 0: one channel over the whole batch.
  int64_t groups;
  /// Means of 2×2 places are what comes out.
  bool pooled;

  int64_t places() const { return height * width; }
  int64_t pooled_places() const { return (height / 2) * (width / 2); }
  bool across_batch() const { return groups == 0; }
  /// Groups that are normalised apart.
  int64_t tasks() const { return across_batch() ? channels : batch * groups; }
  /// Planes in each.
  int64_t planes() const { return across_batch() ? batch : channels / groups; }
  int64_t plane(int64_t task, int64_t index) const {
    return across_batch() ? index * channels + task : task * planes() + index;
  }
  /// By image and channel; so many sums are kept apart for the gradient of a scale.
  int64_t count_of_planes() const { return batch * channels; }
};

template <typename T, typename S>
struct Forward {
  const S *x, *residual;
  const T *scale, *shift;
  S *y;
  T *mean, *rstd, *variance;
  double eps;
  bool relu;
};

template <typename T, typename S>
struct Backward {
  const S *x, *y, *gradient;
  const T *scale, *shift, *mean, *rstd;
  S *x_gradient, *residual_gradient;
  /// By plane, or by channel for rows.
  T *scale_gradients, *shift_gradients;
};

template <typename T, typename S>
struct Tangent {
  const S *x, *gradient;
  const T *scale, *shift, *mean, *rstd;
  /// Along the gradients of x, scale and shift; the latter two may be null.
  const S *u;
  const T *v, *w;
  S *gradient_gradient, *x_gradient;
  T *scale_gradients;
};

/// Rows in at most 64 slices, walked in blocks that stay in cache and whose sums in float stay exact.
struct Slices {
  int64_t rows, count, block;

  Slices(int64_t rows, int64_t row_bytes)
      : rows(rows), count(rows < 64 ? rows : 64), block(std::clamp<int64_t>(65536 / row_bytes, 1, 256)) {}
  int64_t first(int64_t slice) const { return rows * slice / count; }
  int64_t size(int64_t slice) const { return first(slice + 1) - first(slice); }

  template <typename Body>
  void blocks(int64_t slice, Body body) const {
    const int64_t end = first(slice + 1);
    for (int64_t row = first(slice); row < end; row += block) body(row, row + block < end ? block : end - row);
  }
};

}  // namespace ctorch::normalization
