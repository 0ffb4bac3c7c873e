// The loops of Winograd's convolution F(2×2, 3×3) (Lavin and Gray 2016), over memory that stays in cache. Included once
// for each instruction set inside a namespace of its own, with vectors of VECTOR_BYTES (see Winograd.cpp), hence
// without a guard.
//
// A tile d of 4×4 places becomes 16 points Bᵀ·d·B, a filter g becomes G·g·Gᵀ, their products summed over channels
// become 2×2 places Aᵀ·m·A. Each of the 16 points is one product of matrices; there are 16 multiplications where a
// plain convolution has 36.

#define ALWAYS_INLINE inline __attribute__((always_inline))

constexpr int64_t lanes = VECTOR_BYTES / sizeof(float);
using Floats = float __attribute__((ext_vector_type(lanes)));

/// A product of matrices is made in blocks of block_rows rows and panel_vectors vectors, that fill the registers.
constexpr int64_t block_rows = 6, panel_vectors = VECTOR_BYTES == 64 ? 4 : 2;
constexpr int64_t panel = panel_vectors * lanes;

ALWAYS_INLINE Floats load(const float *p) {
  Floats value;
  memcpy(&value, p, sizeof value);
  return value;
}
ALWAYS_INLINE void store(float *p, Floats value) { memcpy(p, &value, sizeof value); }

inline int64_t ceiling(int64_t count, int64_t unit) { return (count + unit - 1) / unit; }

// MARK: Products of matrices

/// sums[r][·] (+)= Σ_k left[r·left_row + k·left_step] · right[k·right_step + ·]
template <int rows, int vectors>
void multiply_block(
    const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t depth,
    float *sums, int64_t sums_row, bool adds) {
  Floats block[rows][vectors];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; ++r) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) block[r][v] = Floats(0);
  }
  for (int64_t k = 0; k < depth; ++k) {
    Floats values[vectors];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) values[v] = load(right + v * lanes);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; ++r) {
      const Floats factor = left[r * left_row];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; ++v) block[r][v] += factor * values[v];
    }
    left += left_step;
    right += right_step;
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; ++r) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) {
      // What was there comes last, so that rounding grows with the count of sums, not of terms.
      float *sum = sums + r * sums_row + v * lanes;
      store(sum, adds ? load(sum) + block[r][v] : block[r][v]);
    }
  }
}

template <int vectors, typename... Arguments>
ALWAYS_INLINE void multiply_rows(int64_t rows, Arguments... arguments) {
  switch (rows) {
    case 1: return multiply_block<1, vectors>(arguments...);
    case 2: return multiply_block<2, vectors>(arguments...);
    case 3: return multiply_block<3, vectors>(arguments...);
    case 4: return multiply_block<4, vectors>(arguments...);
    case 5: return multiply_block<5, vectors>(arguments...);
    default: return multiply_block<6, vectors>(arguments...);
  }
}

/// A block of at most block_rows rows and `width` columns, at most a panel.
template <typename... Arguments>
ALWAYS_INLINE void multiply(int64_t rows, int64_t width, Arguments... arguments) {
  switch (width / lanes) {
    case 1: return multiply_rows<1>(rows, arguments...);
    case 2: return multiply_rows<2>(rows, arguments...);
    case 3: return multiply_rows<panel_vectors < 3 ? 2 : 3>(rows, arguments...);
    default: return multiply_rows<panel_vectors < 4 ? 2 : 4>(rows, arguments...);
  }
}

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

/// Aᵀ·m·A + bias for `width` channels of a tile, to those of its 2×2 places that are in the image.
inline void transform_products(
    const float *products, int64_t point, int64_t width, const float *bias, float *const places[4]) {
  for (int64_t c = 0; c < width; c += lanes) {
    Floats half[2][4];
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; ++j) {
      const float *m = products + j * point + c;
      const Floats m0 = load(m), m1 = load(m + 4 * point), m2 = load(m + 8 * point), m3 = load(m + 12 * point);
      half[0][j] = m0 + m1 + m2;
      half[1][j] = m1 - m2 - m3;
    }
    const Floats added = bias == nullptr ? Floats(0) : load(bias + c);
#pragma clang loop unroll(full)
    for (int i = 0; i < 2; ++i) {
      const Floats left = half[i][0] + half[i][1] + half[i][2] + added;
      const Floats right = half[i][1] - half[i][2] - half[i][3] + added;
      if (places[2 * i] != nullptr) store(places[2 * i] + c, left);
      if (places[2 * i + 1] != nullptr) store(places[2 * i + 1] + c, right);
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

// MARK: Planes and interleaved channels

template <int64_t step, size_t... i>
ALWAYS_INLINE void exchange(Floats &a, Floats &b, std::index_sequence<i...>) {
  constexpr auto is_even = [](size_t lane) { return lane / step % 2 == 0; };
  const Floats low = __builtin_shufflevector(a, b, (is_even(i) ? i : i - step + lanes)...);
  const Floats high = __builtin_shufflevector(a, b, (is_even(i) ? i + step : i + lanes)...);
  a = low;
  b = high;
}

template <int64_t step = 1>
ALWAYS_INLINE void transpose_square(Floats (&square)[lanes]) {
  if constexpr (step < lanes) {
#pragma clang loop unroll(full)
    for (int64_t i = 0; i < lanes; ++i) {
      if ((i & step) == 0) exchange<step>(square[i], square[i + step], std::make_index_sequence<lanes>());
    }
    transpose_square<2 * step>(square);
  }
}

/// to[j·to_row + i] = from[i·from_row + j] for i < rows, j < columns.
inline void transpose(
    const float *from, int64_t from_row, float *to, int64_t to_row, int64_t rows, int64_t columns) {
  const int64_t whole_rows = rows / lanes * lanes, whole_columns = columns / lanes * lanes;
  for (int64_t i = 0; i < whole_rows; i += lanes) {
    for (int64_t j = 0; j < whole_columns; j += lanes) {
      Floats square[lanes];
#pragma clang loop unroll(full)
      for (int64_t r = 0; r < lanes; ++r) square[r] = load(from + (i + r) * from_row + j);
      transpose_square(square);
#pragma clang loop unroll(full)
      for (int64_t r = 0; r < lanes; ++r) store(to + (j + r) * to_row + i, square[r]);
    }
  }
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = i < whole_rows ? whole_columns : 0; j < columns; ++j) to[j * to_row + i] = from[i * from_row + j];
  }
}

#undef ALWAYS_INLINE
