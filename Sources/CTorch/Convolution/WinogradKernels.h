// The loops of Winograd's convolution F(2×2, 3×3) (Lavin and Gray 2016), over memory that stays in cache. Included after
// Vectors.h, once for each instruction set.
//
// A tile d of 4×4 places becomes 16 points Bᵀ·d·B, a filter g becomes G·g·Gᵀ, their products summed over channels
// become 2×2 places Aᵀ·m·A. Each of the 16 points is one product of matrices; there are 16 multiplications where a
// plain convolution has 36.

#define ALWAYS_INLINE inline __attribute__((always_inline))

// MARK: Points

/// For each point, values of channels and tiles: channels in groups of `width`, then tiles, then the group's channels.
struct Points {
  float *data;
  int64_t tiles, width, point;

  Points(float *data, int64_t tiles, int64_t channels, int64_t width)
      : data(data), tiles(tiles), width(width), point(size_of_point(tiles, channels, width)) {}

  /// A cache line more than needed, as 16 streams a power of two apart would share places in the cache.
  static int64_t size_of_point(int64_t tiles, int64_t channels, int64_t width) {
    return tiles * ceiling(channels, width) * width + 16;
  }
  static int64_t size(int64_t tiles, int64_t channels, int64_t width) {
    return points * size_of_point(tiles, channels, width);
  }
  float *group(int64_t index) const { return data + index * tiles * width; }
};

/// Runs `body(place in an image, place among the points)` for the vectors of channels at a tile.
template <typename Body>
ALWAYS_INLINE void each_vector(const Points &points, int64_t tile, int64_t channels, Body body) {
  for (int64_t first = 0, group = 0; first < channels; first += points.width, ++group) {
    float *at = points.group(group) + tile * points.width;
    const int64_t count = std::min(points.width, channels - first);
    for (int64_t c = 0; c < count; c += lanes) body(first + c, at + c);
  }
}

/// Bᵀ·d·B for the 4×4 places of a tile, each the start of `channels` values.
inline void transform_images(
    const float *const places[16], int64_t channels, const Points &to, int64_t tile) {
  each_vector(to, tile, channels, [&](int64_t c, float *out) ALWAYS_INLINE_LAMBDA {
    Floats half[4][4];
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; ++j) {
      const Floats d0 = load(places[j] + c), d1 = load(places[4 + j] + c), d2 = load(places[8 + j] + c),
                   d3 = load(places[12 + j] + c);
      half[0][j] = d0 - d2;
      half[1][j] = d1 + d2;
      half[2][j] = d2 - d1;
      half[3][j] = d1 - d3;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; ++i) {
      const int64_t first = 4 * i;
      store(out + first * to.point, half[i][0] - half[i][2]);
      store(out + (first + 1) * to.point, half[i][1] + half[i][2]);
      store(out + (first + 2) * to.point, half[i][2] - half[i][1]);
      store(out + (first + 3) * to.point, half[i][1] - half[i][3]);
    }
  });
}

/// A·y·Aᵀ for the 2×2 places of a tile: the transpose of ``transform_products``.
inline void transform_gradients(
    const float *const places[4], int64_t channels, const Points &to, int64_t tile) {
  each_vector(to, tile, channels, [&](int64_t c, float *out) ALWAYS_INLINE_LAMBDA {
    Floats half[4][2];
#pragma clang loop unroll(full)
    for (int j = 0; j < 2; ++j) {
      const Floats y0 = load(places[j] + c), y1 = load(places[2 + j] + c);
      half[0][j] = y0;
      half[1][j] = y0 + y1;
      half[2][j] = y0 - y1;
      half[3][j] = -y1;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; ++i) {
      const int64_t first = 4 * i;
      store(out + first * to.point, half[i][0]);
      store(out + (first + 1) * to.point, half[i][0] + half[i][1]);
      store(out + (first + 2) * to.point, half[i][0] - half[i][1]);
      store(out + (first + 3) * to.point, -half[i][1]);
    }
  });
}

/// Aᵀ·m·A, finished, for `width` channels of a tile, to those of its 2×2 places that are in the image.
///
/// - origin: the first of the numbers that `finish.residual` is added to; only looked at where there is one.
inline void transform_products(
    const float *products, int64_t point, int64_t width, const Finish &finish, const float *origin,
    float *const places[4]) {
  for (int64_t c = 0; c < width; c += lanes) {
    Floats half[2][4];
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; ++j) {
      const float *m = products + j * point + c;
      const Floats m0 = load(m), m1 = load(m + 4 * point), m2 = load(m + 8 * point), m3 = load(m + 12 * point);
      half[0][j] = m0 + m1 + m2;
      half[1][j] = m1 - m2 - m3;
    }
    const Floats scale = finish.scale == nullptr ? Floats(1) : load(finish.scale + c);
    const Floats shift = finish.shift == nullptr ? Floats(0) : load(finish.shift + c);
    auto put = [&](float *place, Floats y) ALWAYS_INLINE_LAMBDA {
      if (place == nullptr) return;
      y = finish.scale == nullptr ? y + shift : y * scale + shift;
      if (finish.residual != nullptr) y += load(finish.residual + (place - origin) + c);
      // NaN passes.
      store(place + c, finish.relu ? (y <= Floats(0) ? Floats(0) : y) : y);
    };
#pragma clang loop unroll(full)
    for (int i = 0; i < 2; ++i) {
      put(places[2 * i], half[i][0] + half[i][1] + half[i][2]);
      put(places[2 * i + 1], half[i][1] - half[i][2] - half[i][3]);
    }
  }
}

/// G·g·Gᵀ for filters of `lanes` outputs, 9 vectors, to 16 places `point` apart.
ALWAYS_INLINE void transform_filters(const Floats filters[9], float *out, int64_t point) {
  Floats half[4][3];
#pragma clang loop unroll(full)
  for (int j = 0; j < 3; ++j) {
    const Floats outer = (filters[j] + filters[6 + j]) * 0.5f, middle = filters[3 + j] * 0.5f;
    half[0][j] = filters[j];
    half[1][j] = outer + middle;
    half[2][j] = outer - middle;
    half[3][j] = filters[6 + j];
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; ++i) {
    const Floats outer = (half[i][0] + half[i][2]) * 0.5f, middle = half[i][1] * 0.5f;
    const int64_t first = 4 * i;
    store(out + first * point, half[i][0]);
    store(out + (first + 1) * point, outer + middle);
    store(out + (first + 2) * point, outer - middle);
    store(out + (first + 3) * point, half[i][2]);
  }
}

/// Gᵀ·u·G for filters of `lanes` outputs: the transpose of ``transform_filters``.
ALWAYS_INLINE void transform_filter_gradients(const float *u, int64_t point, Floats filters[9]) {
  Floats half[3][4];
#pragma clang loop unroll(full)
  for (int j = 0; j < 4; ++j) {
    const float *at = u + j * point;
    const Floats u0 = load(at), u1 = load(at + 4 * point), u2 = load(at + 8 * point), u3 = load(at + 12 * point);
    const Floats both = (u1 + u2) * 0.5f;
    half[0][j] = u0 + both;
    half[1][j] = (u1 - u2) * 0.5f;
    half[2][j] = both + u3;
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 3; ++i) {
    const Floats both = (half[i][1] + half[i][2]) * 0.5f;
    filters[3 * i] = half[i][0] + both;
    filters[3 * i + 1] = (half[i][1] - half[i][2]) * 0.5f;
    filters[3 * i + 2] = both + half[i][3];
  }
}

#undef ALWAYS_INLINE
