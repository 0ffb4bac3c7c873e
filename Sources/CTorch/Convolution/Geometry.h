// What the kernels of convolution are given.
#pragma once

#include <algorithm>
#include <cstdint>

namespace ctorch::convolution {

/// Channels come in multiples of this.
constexpr int64_t granule = 16;

/// Where there is nothing to read: zeros for as many channels as images may have.
constexpr int64_t most_channels = 8192;
extern const float zeros[most_channels];

/// Images [batch, channels, height, width]; `interleaved` where the channels of a place lie together.
template <typename Value>
struct Images {
  Value *data;
  int64_t batch, channels, height, width;
  bool interleaved;

  int64_t places() const { return height * width; }
  Value *image(int64_t index) const { return data + index * channels * places(); }
  // Tiles of side·side places; the last row and column may reach over the edge.
  int64_t tiles_high(int64_t side) const { return (height + side - 1) / side; }
  int64_t tiles_wide(int64_t side) const { return (width + side - 1) / side; }
  /// Rows of tiles of all images.
  int64_t strips(int64_t side) const { return batch * tiles_high(side); }

  /// Calls `body(image, first row of tiles, end)` for the strips first..<end, image by image.
  template <typename Body>
  void parts(int64_t side, int64_t first, int64_t end, Body body) const {
    while (first < end) {
      const int64_t image = first / tiles_high(side), row = first % tiles_high(side);
      const int64_t count = std::min(end - first, tiles_high(side) - row);
      body(image, row, row + count);
      first += count;
    }
  }
};

/// A weight [outputs, inputs, 3, 3], seen by steps between its numbers, so that it can be turned round.
struct Weight {
  const float *data;
  int64_t outputs, inputs, output_step, input_step, row_step, column_step;
};

/// What becomes of a result before it is stored: act(scale·y + shift + residual), by channel; each may be null.
struct Finish {
  const float *scale = nullptr, *shift = nullptr;
  /// As the result lies in memory; for interleaved channels alone.
  const float *residual = nullptr;
  bool relu = false;
};

/// Strips in chunks, as equal as they can be, of about `tiles` tiles, as many as threads or a multiple.
struct Chunks {
  int64_t strips, count;

  Chunks(int64_t strips, int64_t tiles_wide, int64_t tiles, int64_t threads) : strips(strips) {
    const int64_t size = std::max<int64_t>(1, tiles / tiles_wide);
    const int64_t least = (strips + size - 1) / size;
    count = std::min(strips, (least + threads - 1) / threads * threads);
  }
  int64_t first(int64_t chunk) const { return strips * chunk / count; }
  int64_t largest() const { return (strips + count - 1) / count; }
};

}  // namespace ctorch::convolution
