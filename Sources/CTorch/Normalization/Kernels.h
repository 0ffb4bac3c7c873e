// The loops of normalisation, over memory. Included once for each instruction set inside a namespace of its own, with
// vectors of VECTOR_BYTES (see Passes.cpp), hence without a guard. T is what is computed in, S what memory holds (T, or
// bfloat16 for float).
//
// A plane is the places of one channel of one image, with one scale and one shift: z = a·x + k. In a group of n values
// x̂ = (x − mean)·rstd, and g is the gradient that reaches z: that of the output where z > 0 (or everywhere, without
// activation).

#define ALWAYS_INLINE inline __attribute__((always_inline))

constexpr int64_t floats = VECTOR_BYTES / sizeof(float), doubles = VECTOR_BYTES / sizeof(double);
using Floats = float __attribute__((ext_vector_type(floats)));
using Doubles = double __attribute__((ext_vector_type(doubles)));
using Halves = uint16_t __attribute__((ext_vector_type(floats)));
using Bits = uint32_t __attribute__((ext_vector_type(floats)));

// MARK: Packs of values: whole vectors, and single values for what is left over

template <typename T>
struct Wide;
template <>
struct Wide<float> {
  using Value = Floats;
  static constexpr int64_t count = floats;
};
template <>
struct Wide<double> {
  using Value = Doubles;
  static constexpr int64_t count = doubles;
};
template <typename T>
struct Single {
  using Value = T;
};

template <typename T>
ALWAYS_INLINE typename Wide<T>::Value load(Wide<T>, const T *p) {
  typename Wide<T>::Value value;
  memcpy(&value, p, sizeof value);
  return value;
}
ALWAYS_INLINE Floats load(Wide<float>, const BFloat16 *p) {
  Halves halves;
  memcpy(&halves, p, sizeof halves);
  Bits bits = __builtin_convertvector(halves, Bits) << 16;
  Floats value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
template <typename T>
ALWAYS_INLINE T load(Single<T>, const T *p) {
  return *p;
}
ALWAYS_INLINE float load(Single<float>, const BFloat16 *p) {
  return std::bit_cast<float>(static_cast<uint32_t>(p->bits) << 16);
}

template <typename T>
ALWAYS_INLINE void store(Wide<T>, T *p, typename Wide<T>::Value value) {
  memcpy(p, &value, sizeof value);
}
ALWAYS_INLINE void store(Wide<float>, BFloat16 *p, Floats value) {
  Bits bits;
  memcpy(&bits, &value, sizeof bits);
  Bits rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  auto isNaN = value != value;
  rounded = isNaN ? Bits(0x7fc0u) : rounded;
  Halves halves = __builtin_convertvector(rounded, Halves);
  memcpy(p, &halves, sizeof halves);
}
template <typename T>
ALWAYS_INLINE void store(Single<T>, T *p, T value) {
  *p = value;
}
ALWAYS_INLINE void store(Single<float>, BFloat16 *p, float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  p->bits = static_cast<uint16_t>(value != value ? 0x7fc0u : (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

template <typename T, typename Body>
ALWAYS_INLINE void packs(int64_t count, Body body) {
  int64_t i = 0;
  for (; i + Wide<T>::count <= count; i += Wide<T>::count) body(Wide<T>{}, i);
  for (; i < count; ++i) body(Single<T>{}, i);
}

/// A sum of values of T, in T over short runs and in double over all of them: float alone would lose terms of long sums.
template <typename T>
struct Sum {
  using Totals = double __attribute__((ext_vector_type(Wide<T>::count)));
  typename Wide<T>::Value wide = 0;
  T single = 0;
  Totals wide_runs = 0;
  double single_runs = 0;

  ALWAYS_INLINE void add(typename Wide<T>::Value value) { wide += value; }
  ALWAYS_INLINE void add(T value) { single += value; }
  ALWAYS_INLINE void end_run() {
    wide_runs += __builtin_convertvector(wide, Totals);
    single_runs += single;
    wide = 0;
    single = 0;
  }
  ALWAYS_INLINE double total() const {
    Totals left = wide_runs;
    double sum = single_runs;
    for (int64_t i = 0; i < Wide<T>::count; ++i) sum += left[i];
    return sum;
  }
};

/// Values in a run.
constexpr int64_t run_length = 1024;

/// As ``packs``, for a body that adds to these sums.
template <typename T, typename Body, typename... Sums>
ALWAYS_INLINE void summed(int64_t count, Body body, Sums &...sums) {
  for (int64_t first = 0; first < count; first += run_length) {
    const int64_t size = count - first < run_length ? count - first : run_length;
    packs<T>(size, [&](auto pack, int64_t i) ALWAYS_INLINE_LAMBDA { body(pack, first + i); });
    (sums.end_run(), ...);
  }
}

// NaN passes, as in libtorch's ReLU.
template <bool relu, typename V>
ALWAYS_INLINE V activated(V z) {
  if constexpr (relu) return z <= V(0) ? V(0) : z;
  return z;
}
template <Gate gate, typename V>
ALWAYS_INLINE V gated(V gradient, V decides) {
  if constexpr (gate == Gate::open) return gradient;
  return decides <= V(0) ? V(0) : gradient;
}

// MARK: One plane

template <typename T, typename S>
double sum(const S *x, int64_t count) {
  Sum<T> sum;
  summed<T>(count, [&](auto pack, int64_t i) ALWAYS_INLINE_LAMBDA { sum.add(load(pack, x + i)); }, sum);
  return sum.total();
}

template <typename T, typename S>
double squared_deviations(const S *x, int64_t count, T mean) {
  Sum<T> sum;
  summed<T>(count, [&](auto pack, int64_t i) ALWAYS_INLINE_LAMBDA {
    auto d = load(pack, x + i) - mean;
    sum.add(d * d);
  }, sum);
  return sum.total();
}

/// y = act(a·x + k + residual)
template <typename T, bool relu, typename S, typename Out>
void affine(const S *x, const S *residual, Out *y, int64_t count, T a, T k) {
  if (residual == nullptr) {
    packs<T>(count, [&](auto pack, int64_t i) ALWAYS_INLINE_LAMBDA {
      store(pack, y + i, activated<relu>(load(pack, x + i) * a + k));
    });
  } else {
    packs<T>(count, [&](auto pack, int64_t i) ALWAYS_INLINE_LAMBDA {
      store(pack, y + i, activated<relu>(load(pack, x + i) * a + k + load(pack, residual + i)));
    });
  }
}

/// Means of 2×2 places, those of an odd last row and column left out.
template <typename T, typename S>
void pool(const T *plane, S *out, int64_t height, int64_t width) {
  for (int64_t i = 0; i + 1 < height; i += 2) {
    const T *upper = plane + i * width, *lower = upper + width;
    for (int64_t j = 0; j < width / 2; ++j) {
      T mean = (upper[2 * j] + upper[2 * j + 1] + lower[2 * j] + lower[2 * j + 1]) * T(0.25);
      store(Single<T>{}, out + j, mean);
    }
    out += width / 2;
  }
}

/// The gradient of ``pool``: a quarter to each of four places.
template <typename T, typename S>
void unpool(const S *gradient, T *plane, int64_t height, int64_t width) {
  if (height % 2 != 0) memset(plane + (height - 1) * width, 0, width * sizeof(T));
  for (int64_t i = 0; i + 1 < height; i += 2) {
    T *upper = plane + i * width, *lower = upper + width;
    for (int64_t j = 0; j < width / 2; ++j) {
      T quarter = load(Single<T>{}, gradient + j) * T(0.25);
      upper[2 * j] = upper[2 * j + 1] = lower[2 * j] = lower[2 * j + 1] = quarter;
    }
    if (width % 2 != 0) upper[width - 1] = lower[width - 1] = 0;
    gradient += width / 2;
  }
}

/// What decides whether the gradient passes: nothing, z, or the stored output.
template <typename T, Gate gate, typename Pack, typename S>
ALWAYS_INLINE auto decider(Pack pack, const S *y, int64_t i, typename Pack::Value x, T a, T k) {
  if constexpr (gate == Gate::output) return load(pack, y + i);
  else return x * a + k;
}

struct Sums {
  double g = 0, gx = 0;
};

/// Σ g and Σ g·x̂
template <typename T, Gate gate, typename S, typename G>
Sums gradient_sums(const S *x, const S *y, const G *gradient, int64_t count, T a, T k, T mean, T rstd) {
  Sum<T> g_sum, gx_sum;
  summed<T>(count, [&](auto pack, int64_t i) ALWAYS_INLINE_LAMBDA {
    auto value = load(pack, x + i);
    auto g = gated<gate>(load(pack, gradient + i), decider<T, gate>(pack, y, i, value, a, k));
    g_sum.add(g);
    gx_sum.add(g * (value - mean));
  }, g_sum, gx_sum);
  return {g_sum.total(), gx_sum.total() * rstd};
}

/// The gradient of x: α·g + β·x + γ; that of the residual is g.
template <typename T, Gate gate, typename S, typename G>
void gradient(
    const S *x, const S *y, const G *gradient, S *x_gradient, S *residual_gradient, int64_t count, T a, T k, T alpha,
    T beta, T gamma) {
  packs<T>(count, [&](auto pack, int64_t i) ALWAYS_INLINE_LAMBDA {
    auto value = load(pack, x + i);
    auto g = gated<gate>(load(pack, gradient + i), decider<T, gate>(pack, y, i, value, a, k));
    store(pack, x_gradient + i, g * alpha + value * beta + gamma);
    if (residual_gradient != nullptr) store(pack, residual_gradient + i, g);
  });
}

struct TangentSums {
  double g = 0, gx = 0, u = 0, ux = 0, ug = 0;
};

/// Σ g, Σ g·x̂, Σ u, Σ u·x̂ and Σ u·g
template <typename T, Gate gate, typename S, typename G>
TangentSums tangent_sums(const S *x, const G *gradient, const S *u, int64_t count, T a, T k, T mean, T rstd) {
  Sum<T> g_sum, gx_sum, u_sum, ux_sum, ug_sum;
  summed<T>(count, [&](auto pack, int64_t i) ALWAYS_INLINE_LAMBDA {
    auto value = load(pack, x + i);
    auto g = gated<gate>(load(pack, gradient + i), value * a + k);
    auto tangent = load(pack, u + i);
    auto centred = value - mean;
    g_sum.add(g);
    gx_sum.add(g * centred);
    u_sum.add(tangent);
    ux_sum.add(tangent * centred);
    ug_sum.add(tangent * g);
  }, g_sum, gx_sum, u_sum, ux_sum, ug_sum);
  return {g_sum.total(), gx_sum.total() * rstd, u_sum.total(), ux_sum.total() * rstd, ug_sum.total()};
}

/// A linear combination of what stands at one place, with constant `one`.
template <typename T>
struct Combination {
  T u = 0, x = 0, g = 0, one = 0;
};

/// Through the gradient a second time: `for_gradient` where the gate is open, and `for_x`.
template <typename T, Gate gate, typename S, typename G, typename Out>
void tangent(
    const S *x, const G *gradient, const S *u, Out *gradient_gradient, S *x_gradient, int64_t count, T a, T k,
    Combination<T> for_gradient, Combination<T> for_x) {
  packs<T>(count, [&](auto pack, int64_t i) ALWAYS_INLINE_LAMBDA {
    auto value = load(pack, x + i);
    auto z = value * a + k;
    auto g = gated<gate>(load(pack, gradient + i), z);
    auto tangent = load(pack, u + i);
    auto to_gradient = tangent * for_gradient.u + value * for_gradient.x + for_gradient.one;
    store(pack, gradient_gradient + i, gated<gate>(to_gradient, z));
    store(pack, x_gradient + i, tangent * for_x.u + value * for_x.x + g * for_x.g + for_x.one);
  });
}

// MARK: Rows of interleaved channels: every value of a row has its own scale and shift

/// The mean, and the sum of squared deviations from it, over rows that stay in cache, merged into those of the `before`
/// rows that were counted already (Chan et al. 1983).
template <typename T, typename S>
void merge_moments(
    const S *rows, int64_t count, int64_t channels, double before, double *mean, double *squares, T *scratch) {
  T *sums = scratch, *deviations = scratch + channels;
  for (int64_t c = 0; c < 2 * channels; ++c) scratch[c] = 0;
  for (int64_t r = 0; r < count; ++r) {
    const S *row = rows + r * channels;
    packs<T>(channels, [&](auto pack, int64_t c) ALWAYS_INLINE_LAMBDA {
      store(pack, sums + c, load(pack, sums + c) + load(pack, row + c));
    });
  }
  for (int64_t c = 0; c < channels; ++c) sums[c] /= static_cast<T>(count);
  for (int64_t r = 0; r < count; ++r) {
    const S *row = rows + r * channels;
    packs<T>(channels, [&](auto pack, int64_t c) ALWAYS_INLINE_LAMBDA {
      auto d = load(pack, row + c) - load(pack, sums + c);
      store(pack, deviations + c, load(pack, deviations + c) + d * d);
    });
  }
  double all = before + static_cast<double>(count);
  for (int64_t c = 0; c < channels; ++c) {
    double step = sums[c] - mean[c];
    mean[c] += step * static_cast<double>(count) / all;
    squares[c] += deviations[c] + step * step * before * static_cast<double>(count) / all;
  }
}

template <typename T, bool relu, typename S>
void affine_rows(
    const S *x, const S *residual, S *y, int64_t count, int64_t channels, const T *a, const T *k) {
  for (int64_t r = 0; r < count; ++r) {
    int64_t at = r * channels;
    packs<T>(channels, [&](auto pack, int64_t c) ALWAYS_INLINE_LAMBDA {
      auto z = load(pack, x + at + c) * load(pack, a + c) + load(pack, k + c);
      if (residual != nullptr) z += load(pack, residual + at + c);
      store(pack, y + at + c, activated<relu>(z));
    });
  }
}

/// Adds Σ g and Σ g·(x − mean) to the channels' sums.
template <typename T, Gate gate, typename S>
void gradient_sums_rows(
    const S *x, const S *y, const S *gradient, int64_t count, int64_t channels, const T *a, const T *k, const T *mean,
    T *g_sums, T *gx_sums) {
  for (int64_t r = 0; r < count; ++r) {
    int64_t at = r * channels;
    packs<T>(channels, [&](auto pack, int64_t c) ALWAYS_INLINE_LAMBDA {
      auto value = load(pack, x + at + c);
      auto g = load(pack, gradient + at + c);
      if constexpr (gate == Gate::output) g = gated<gate>(g, load(pack, y + at + c));
      if constexpr (gate == Gate::affine) g = gated<gate>(g, value * load(pack, a + c) + load(pack, k + c));
      store(pack, g_sums + c, load(pack, g_sums + c) + g);
      store(pack, gx_sums + c, load(pack, gx_sums + c) + g * (value - load(pack, mean + c)));
    });
  }
}

template <typename T, Gate gate, typename S>
void gradient_rows(
    const S *x, const S *y, const S *gradient, S *x_gradient, S *residual_gradient, int64_t count, int64_t channels,
    const T *a, const T *k, const T *alpha, const T *beta, const T *gamma) {
  for (int64_t r = 0; r < count; ++r) {
    int64_t at = r * channels;
    packs<T>(channels, [&](auto pack, int64_t c) ALWAYS_INLINE_LAMBDA {
      auto value = load(pack, x + at + c);
      auto g = load(pack, gradient + at + c);
      if constexpr (gate == Gate::output) g = gated<gate>(g, load(pack, y + at + c));
      if constexpr (gate == Gate::affine) g = gated<gate>(g, value * load(pack, a + c) + load(pack, k + c));
      store(
          pack, x_gradient + at + c,
          g * load(pack, alpha + c) + value * load(pack, beta + c) + load(pack, gamma + c));
      if (residual_gradient != nullptr) store(pack, residual_gradient + at + c, g);
    });
  }
}

#undef ALWAYS_INLINE
