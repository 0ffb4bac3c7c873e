// The loops of Winograd's convolutions F(2×2, 3×3) and F(4×4, 3×3) (Lavin and Gray 2016), over memory that stays in
// cache. Included after Vectors.h and WinogradTiles.h, once for each instruction set.
//
// A tile d of (side+2)² places becomes as many points Bᵀ·d·B, a filter g becomes G·g·Gᵀ, their products summed over
// channels become side² places Aᵀ·m·A. Each of the points is one product of matrices.

#define ALWAYS_INLINE inline __attribute__((always_inline))

// MARK: Points

/// For each point, values of channels and tiles: channels in groups of `width`, then tiles, then the group's channels.
struct Points {
  float *data;
  int64_t tiles, width, point;

  Points(float *data, int64_t tiles, int64_t channels, int64_t width)
      : data(data), tiles(tiles), width(width), point(size_of_point(tiles, channels, width)) {}

  /// A cache line more than needed, as streams a power of two apart would share places in the cache.
  static int64_t size_of_point(int64_t tiles, int64_t channels, int64_t width) {
    return tiles * ceiling(channels, width) * width + 16;
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

/// Applies a map of columns and rows to both: down every column, then along every row of what that gave.
template <typename Map, typename Load, typename Put>
ALWAYS_INLINE void both_ways(Load load, Put put) {
  Floats half[Map::to][Map::from];
#pragma clang loop unroll(full)
  for (int j = 0; j < Map::from; ++j) {
    Floats column[Map::from], mapped[Map::to];
#pragma clang loop unroll(full)
    for (int i = 0; i < Map::from; ++i) column[i] = load(i, j);
    Map::along(column, mapped);
#pragma clang loop unroll(full)
    for (int i = 0; i < Map::to; ++i) half[i][j] = mapped[i];
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < Map::to; ++i) {
    Floats mapped[Map::to];
    Map::along(half[i], mapped);
#pragma clang loop unroll(full)
    for (int j = 0; j < Map::to; ++j) put(i, j, mapped[j]);
  }
}

/// The points of a tile's places, row by row, each the start of `channels` values: Bᵀ·d·B for those that go in, by
/// Tile::Images; A·y·Aᵀ for those that come out, by Tile::Gradients, the transpose of ``transform_products``.
template <typename Map>
void transform_places(
    const float *const places[Map::from * Map::from], int64_t channels, const Points &to, int64_t tile) {
  each_vector(to, tile, channels, [&](int64_t c, float *out) ALWAYS_INLINE_LAMBDA {
    both_ways<Map>(
        [&](int i, int j) ALWAYS_INLINE_LAMBDA { return load(places[i * Map::from + j] + c); },
        [&](int i, int j, Floats v) ALWAYS_INLINE_LAMBDA { store(out + (i * Map::to + j) * to.point, v); });
  });
}

/// Aᵀ·m·A, finished, for `width` channels of a tile, to those of the places that are in the image.
///
/// - origin: the first of the numbers that `finish.residual` is added to; only looked at where there is one.
template <typename Tile>
void transform_products(
    const float *products, int64_t point, int64_t width, const Finish &finish, const float *origin,
    float *const places[Tile::side * Tile::side]) {
  for (int64_t c = 0; c < width; c += lanes) {
    const Floats scale = finish.scale == nullptr ? Floats(1) : load(finish.scale + c);
    const Floats shift = finish.shift == nullptr ? Floats(0) : load(finish.shift + c);
    both_ways<typename Tile::Products>(
        [&](int i, int j) ALWAYS_INLINE_LAMBDA { return load(products + (i * Tile::reach + j) * point + c); },
        [&](int i, int j, Floats y) ALWAYS_INLINE_LAMBDA {
          float *place = places[i * Tile::side + j];
          if (place == nullptr) return;
          y = finish.scale == nullptr ? y + shift : y * scale + shift;
          if (finish.residual != nullptr) y += load(finish.residual + (place - origin) + c);
          // NaN passes.
          store(place + c, finish.relu ? (y <= Floats(0) ? Floats(0) : y) : y);
        });
  }
}

/// G·g·Gᵀ for filters of `lanes` outputs, 9 vectors, to places `point` apart.
template <typename Tile>
ALWAYS_INLINE void transform_filters(const Floats filters[9], float *out, int64_t point) {
  both_ways<typename Tile::Filters>(
      [&](int i, int j) ALWAYS_INLINE_LAMBDA { return filters[3 * i + j]; },
      [&](int i, int j, Floats u) ALWAYS_INLINE_LAMBDA { store(out + (i * Tile::reach + j) * point, u); });
}

/// Gᵀ·u·G for filters of `lanes` outputs: the transpose of ``transform_filters``.
template <typename Tile>
ALWAYS_INLINE void transform_filter_gradients(const float *u, int64_t point, Floats filters[9]) {
  both_ways<typename Tile::FilterGradients>(
      [&](int i, int j) ALWAYS_INLINE_LAMBDA { return load(u + (i * Tile::reach + j) * point); },
      [&](int i, int j, Floats g) ALWAYS_INLINE_LAMBDA { filters[3 * i + j] = g; });
}

#undef ALWAYS_INLINE
