// From tensors to the loops, by type and by the instructions that this machine has.
#include "Passes.h"

#include <ATen/ATen.h>

#include <cmath>
#include <cstring>

#include "../Dispatch.h"
#include "../Resolved.h"
#include "Geometry.h"

namespace ctorch::normalization {
namespace {

#if defined(HAS_AVX)
#define VECTOR_BYTES 64
namespace avx512 {
BEGIN_AVX512
#include "Kernels.h"
#include "Drivers.h"
END_INSTRUCTIONS
}  // namespace avx512
#undef VECTOR_BYTES

#define VECTOR_BYTES 32
namespace avx2 {
BEGIN_AVX2
#include "Kernels.h"
#include "Drivers.h"
END_INSTRUCTIONS
}  // namespace avx2
#undef VECTOR_BYTES
#endif

#define VECTOR_BYTES 16
namespace baseline {
#include "Kernels.h"
#include "Drivers.h"
}  // namespace baseline
#undef VECTOR_BYTES

#if defined(HAS_AVX)
#define WITH_WIDEST(...)                                           \
  switch (instructions()) {                                        \
    case Instructions::avx512: avx512::__VA_ARGS__; break;         \
    case Instructions::avx2: avx2::__VA_ARGS__; break;             \
    case Instructions::baseline: baseline::__VA_ARGS__; break;     \
  }
#else
#define WITH_WIDEST(...) baseline::__VA_ARGS__
#endif

/// Calls `body(T, S)` with values of the types computed in and stored, and says whether there are kernels for them.
template <typename Body>
bool with_types(at::ScalarType stored, Body body) {
  switch (stored) {
    case at::kFloat: body(float{}, float{}); return true;
    case at::kDouble: body(double{}, double{}); return true;
    case at::kBFloat16: body(float{}, BFloat16{}); return true;
    default: return false;
  }
}

at::ScalarType computed(at::ScalarType stored) { return stored == at::kDouble ? at::kDouble : at::kFloat; }

template <typename T>
T *data(const at::Tensor &tensor) {
  return tensor.defined() ? static_cast<T *>(tensor.data_ptr()) : nullptr;
}

Shape shape_of(const at::Tensor &x, const Settings &s) {
  return {x.size(0), x.size(1), x.size(2), x.size(3), s.groups, s.pooled};
}

bool plain(const at::Tensor &t) { return is_readable(t) && !t.is_neg() && !t._is_zerotensor(); }

at::Tensor as_computed(const at::Tensor &weight, const at::Tensor &x) {
  return resolved(weight).to(computed(x.scalar_type())).contiguous();
}

at::Tensor like_output(const at::Tensor &x, const Settings &s) {
  if (!s.pooled) return at::empty_like(x);
  return at::empty({x.size(0), x.size(1), x.size(2) / 2, x.size(3) / 2}, x.options());
}

}  // namespace

bool lies_in_rows(const at::Tensor &x) { return !x.is_contiguous(); }

bool by_channel(const at::Tensor &t, const at::Tensor &x) {
  return plain(t) && t.dim() == 1 && t.size(0) == x.size(1) &&
         (t.scalar_type() == x.scalar_type() || (x.scalar_type() == at::kBFloat16 && t.scalar_type() == at::kFloat));
}

bool has_kernels(
    const at::Tensor &x, const at::Tensor &scale, const at::Tensor &shift, const at::Tensor &residual,
    const Settings &s) {
  if (!plain(x) || x.dim() != 4 || x.numel() == 0) return false;
  if (!with_types(x.scalar_type(), [](auto, auto) {})) return false;
  if (!by_channel(scale, x) || !by_channel(shift, x) || scale.scalar_type() != shift.scalar_type()) return false;
  if (s.groups > 0 && x.size(1) % s.groups != 0) return false;
  if (s.pooled && (x.size(2) < 2 || x.size(3) < 2)) return false;
  const bool contiguous = x.is_contiguous();
  if (!contiguous && (s.groups > 0 || s.pooled || !x.is_contiguous(at::MemoryFormat::ChannelsLast))) return false;
  if (residual.defined()) {
    if (!plain(residual) || residual.sizes() != x.sizes() || residual.scalar_type() != x.scalar_type() || s.pooled) {
      return false;
    }
    if (!residual.is_contiguous(contiguous ? at::MemoryFormat::Contiguous : at::MemoryFormat::ChannelsLast)) {
      return false;
    }
  }
  return true;
}

Normalized forward(
    const at::Tensor &x, const at::Tensor &scale, const at::Tensor &shift, const at::Tensor &residual,
    const Settings &s) {
  const Shape shape = shape_of(x, s);
  const auto options = x.options().dtype(computed(x.scalar_type()));
  Normalized n{
      like_output(x, s), at::empty({shape.tasks()}, options), at::empty({shape.tasks()}, options),
      at::empty({shape.tasks()}, options)};
  const at::Tensor a = as_computed(scale, x), k = as_computed(shift, x);
  with_types(x.scalar_type(), [&](auto t, auto stored) {
    using T = decltype(t);
    using S = decltype(stored);
    const Forward<T, S> f{data<S>(x), data<S>(residual), data<T>(a), data<T>(k), data<S>(n.y), data<T>(n.mean),
                          data<T>(n.rstd), data<T>(n.variance), s.eps, s.relu};
    if (lies_in_rows(x)) {
      WITH_WIDEST(normalize_rows(shape, f));
    } else {
      WITH_WIDEST(normalize_planes(shape, f));
    }
  });
  return n;
}

at::Tensor forward_by(
    const at::Tensor &mean, const at::Tensor &variance, const at::Tensor &x, const at::Tensor &scale,
    const at::Tensor &shift, const at::Tensor &residual, const Settings &s) {
  const Shape shape = shape_of(x, s);
  at::Tensor y = like_output(x, s);
  const at::Tensor a = as_computed(scale, x), k = as_computed(shift, x), centre = as_computed(mean, x),
                   rstd = as_computed(variance, x).add(s.eps).rsqrt();
  with_types(x.scalar_type(), [&](auto t, auto stored) {
    using T = decltype(t);
    using S = decltype(stored);
    const Forward<T, S> f{data<S>(x), data<S>(residual), data<T>(a), data<T>(k), data<S>(y), data<T>(centre),
                          data<T>(rstd), nullptr, s.eps, s.relu};
    if (lies_in_rows(x)) {
      WITH_WIDEST(normalize_rows_by(shape, f));
    } else {
      WITH_WIDEST(normalize_planes_by(shape, f));
    }
  });
  return y;
}

Gradients backward(
    const at::Tensor &gradient, const at::Tensor &x, const at::Tensor &scale, const at::Tensor &shift,
    const at::Tensor &mean, const at::Tensor &rstd, const at::Tensor &y, bool of_residual, const Settings &s) {
  const Shape shape = shape_of(x, s);
  const bool rows = lies_in_rows(x);
  const auto format = rows ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
  const at::Tensor given = resolved(gradient).to(x.scalar_type()).contiguous(format);
  const auto options = x.options().dtype(computed(x.scalar_type()));
  const std::vector<int64_t> sums_shape = rows ? std::vector<int64_t>{shape.channels}
                                               : std::vector<int64_t>{shape.batch, shape.channels};
  at::Tensor scale_sums = at::empty(sums_shape, options), shift_sums = at::empty(sums_shape, options);
  const at::Tensor a = as_computed(scale, x), k = as_computed(shift, x);
  Gradients g{at::empty_like(x), {}, {}, {}};
  // Without ReLU the residual's gradient is the given one.
  if (of_residual) g.residual = s.relu ? at::empty_like(x) : given;
  with_types(x.scalar_type(), [&](auto t, auto stored) {
    using T = decltype(t);
    using S = decltype(stored);
    const Backward<T, S> b{
        data<S>(x), y.defined() ? data<S>(y) : data<S>(x), data<S>(given), data<T>(a), data<T>(k), data<T>(mean),
        data<T>(rstd), data<S>(g.x), s.relu ? data<S>(g.residual) : nullptr, data<T>(scale_sums),
        data<T>(shift_sums)};
    auto run = [&]<Gate gate>() {
      if (rows) {
        WITH_WIDEST(normalize_rows_backward<T, gate>(shape, b));
      } else {
        WITH_WIDEST(normalize_planes_backward<T, gate>(shape, b));
      }
    };
    if (!s.relu) run.template operator()<Gate::open>();
    else if (y.defined()) run.template operator()<Gate::output>();
    else run.template operator()<Gate::affine>();
  });
  auto summed = [&](const at::Tensor &sums, const at::Tensor &weight) {
    return (rows ? sums : sums.sum(0)).to(weight.scalar_type());
  };
  g.scale = summed(scale_sums, scale);
  g.shift = summed(shift_sums, shift);
  return g;
}

SecondGradients tangent(
    const at::Tensor &u, const at::Tensor &v, const at::Tensor &w, const at::Tensor &gradient, const at::Tensor &x,
    const at::Tensor &scale, const at::Tensor &shift, const at::Tensor &mean, const at::Tensor &rstd,
    const Settings &s) {
  const Shape shape = shape_of(x, s);
  const at::Tensor given = resolved(gradient).to(x.scalar_type()).contiguous();
  const at::Tensor along = u.defined() ? resolved(u).to(x.scalar_type()).contiguous() : at::zeros_like(x);
  const at::Tensor along_scale = v.defined() ? as_computed(v, x) : v, along_shift = w.defined() ? as_computed(w, x) : w;
  at::Tensor sums = at::empty({shape.batch, shape.channels}, x.options().dtype(computed(x.scalar_type())));
  const at::Tensor a = as_computed(scale, x), k = as_computed(shift, x);
  SecondGradients g{like_output(x, s), at::empty_like(x), {}};
  with_types(x.scalar_type(), [&](auto t, auto stored) {
    using T = decltype(t);
    using S = decltype(stored);
    const Tangent<T, S> arguments{
        data<S>(x), data<S>(given), data<T>(a), data<T>(k), data<T>(mean), data<T>(rstd), data<S>(along),
        data<T>(along_scale), data<T>(along_shift), data<S>(g.gradient), data<S>(g.x), data<T>(sums)};
    if (s.relu) {
      WITH_WIDEST(normalize_planes_tangent<T, Gate::affine>(shape, arguments));
    } else {
      WITH_WIDEST(normalize_planes_tangent<T, Gate::open>(shape, arguments));
    }
  });
  g.scale = sums.sum(0).to(scale.scalar_type());
  return g;
}

}  // namespace ctorch::normalization
