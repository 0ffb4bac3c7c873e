// Vectors, products of matrices and transposes, which the kernels of convolution share. Included first, once for each
// instruction set inside a namespace of its own, with vectors of VECTOR_BYTES, hence without a guard.

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

// MARK: Memory

/// Memory for one thread, from libtorch's allocator.
inline at::Tensor scratch(int64_t count) {
  return at::detail::empty_cpu({count}, at::kFloat, std::nullopt, std::nullopt, std::nullopt, std::nullopt);
}
inline float *values(const at::Tensor &tensor) { return static_cast<float *>(tensor.mutable_data_ptr()); }

#undef ALWAYS_INLINE
