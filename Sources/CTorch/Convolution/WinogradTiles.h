// The maps of Winograd's tiles, along one column or row. Included after Vectors.h, once for each instruction set.

#define ALWAYS_INLINE inline __attribute__((always_inline))

/// Tiles of side·side places out of (side+2)², which are as many points.
template <int of_side>
struct Tile;

/// 16 multiplications where a plain convolution has 36. Values at 0, 1, −1 and ∞.
template <>
struct Tile<2> {
  static constexpr int side = 2, reach = 4, points = 16;

  struct Images {
    static constexpr int from = 4, to = 4;
    static ALWAYS_INLINE void along(const Floats *d, Floats *v) {
      v[0] = d[0] - d[2];
      v[1] = d[1] + d[2];
      v[2] = d[2] - d[1];
      v[3] = d[1] - d[3];
    }
  };
  struct Products {
    static constexpr int from = 4, to = 2;
    static ALWAYS_INLINE void along(const Floats *m, Floats *y) {
      y[0] = m[0] + m[1] + m[2];
      y[1] = m[1] - m[2] - m[3];
    }
  };
  struct Filters {
    static constexpr int from = 3, to = 4;
    static ALWAYS_INLINE void along(const Floats *g, Floats *u) {
      const Floats outer = (g[0] + g[2]) * 0.5f, middle = g[1] * 0.5f;
      u[0] = g[0];
      u[1] = outer + middle;
      u[2] = outer - middle;
      u[3] = g[2];
    }
  };
  /// The transpose of Products.
  struct Gradients {
    static constexpr int from = 2, to = 4;
    static ALWAYS_INLINE void along(const Floats *y, Floats *m) {
      m[0] = y[0];
      m[1] = y[0] + y[1];
      m[2] = y[0] - y[1];
      m[3] = -y[1];
    }
  };
  /// The transpose of Filters.
  struct FilterGradients {
    static constexpr int from = 4, to = 3;
    static ALWAYS_INLINE void along(const Floats *u, Floats *g) {
      const Floats both = (u[1] + u[2]) * 0.5f;
      g[0] = u[0] + both;
      g[1] = (u[1] - u[2]) * 0.5f;
      g[2] = both + u[3];
    }
  };
};

/// 36 multiplications where a plain convolution has 144, rounded about three times as coarsely as with tiles of 2×2.
/// Values at 0, ±1/√2, ±√2 and ∞: with the usual 0, ±1, ±2 and ∞ it is twice as coarse again.
template <>
struct Tile<4> {
  static constexpr int side = 4, reach = 6, points = 36;
  static constexpr float root = 1.41421356237309504880f;

  struct Images {
    static constexpr int from = 6, to = 6;
    static ALWAYS_INLINE void along(const Floats *d, Floats *v) {
      const Floats even = d[4] - 2.0f * d[2], odd = (0.5f * root) * d[3] - root * d[1];
      const Floats even_far = d[4] - 0.5f * d[2], odd_far = root * d[3] - (0.5f * root) * d[1];
      v[0] = d[0] + (d[4] - 2.5f * d[2]);
      v[1] = even + odd;
      v[2] = even - odd;
      v[3] = even_far + odd_far;
      v[4] = even_far - odd_far;
      v[5] = d[1] + (d[5] - 2.5f * d[3]);
    }
  };
  struct Products {
    static constexpr int from = 6, to = 4;
    static ALWAYS_INLINE void along(const Floats *m, Floats *y) {
      const Floats even = m[1] + m[2], odd = m[1] - m[2], even_far = m[3] + m[4], odd_far = m[3] - m[4];
      y[0] = m[0] + (even + even_far);
      y[1] = (0.5f * root) * odd + root * odd_far;
      y[2] = 0.5f * even + 2.0f * even_far;
      y[3] = m[5] + ((0.25f * root) * odd + (2.0f * root) * odd_far);
    }
  };
  struct Filters {
    static constexpr int from = 3, to = 6;
    static ALWAYS_INLINE void along(const Floats *g, Floats *u) {
      const Floats near = (-2.0f / 3) * g[0] + (-1.0f / 3) * g[2], far = (1.0f / 6) * g[0] + (1.0f / 3) * g[2];
      const Floats near_middle = (-root / 3) * g[1], far_middle = (root / 6) * g[1];
      u[0] = g[0];
      u[1] = near + near_middle;
      u[2] = near - near_middle;
      u[3] = far + far_middle;
      u[4] = far - far_middle;
      u[5] = g[2];
    }
  };
};

#undef ALWAYS_INLINE
