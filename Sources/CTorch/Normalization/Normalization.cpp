// Normalisation, the sum with a residual, ReLU and 2×2 averaging as one operation with kernels of its own: forward,
// backward, and backward of backward. Memory is passed over twice or three times where separate operations pass seven
// times; what they would store is not stored. Everywhere else (other devices, types and layouts, third derivatives) the
// same operation is composed of libtorch's.
#include "Normalization.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <cstring>

#include "../Dispatch.h"
#include "../Support.h"
#include "Evaluation.h"

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

// MARK: One normalisation

struct Settings {
  /// Of channels, for each image; 0: one channel over the whole batch.
  int64_t groups;
  double eps;
  bool relu, pooled;
};

/// What comes after the norm.
at::Tensor finished(at::Tensor y, const at::Tensor &residual, const Settings &s) {
  // Nobody else has y, and without a graph nobody reads it later.
  const bool overwrites = !at::GradMode::is_enabled();
  if (residual.defined()) {
    const bool fits = overwrites && residual.sizes() == y.sizes() && residual.scalar_type() == y.scalar_type();
    y = fits ? y.add_(residual) : y + residual;
  }
  if (s.relu) y = overwrites ? y.relu_() : at::relu(y);
  return s.pooled ? at::avg_pool2d(y, {2, 2}, {2, 2}) : y;
}

at::Tensor batch_norm(
    const at::Tensor &x, const at::Tensor &scale, const at::Tensor &shift, const at::Tensor &mean,
    const at::Tensor &variance, bool training, double momentum, double eps) {
  return at::batch_norm(
      x, scale, shift, mean, variance, training, momentum, eps, at::globalContext().userEnabledCuDNN());
}

/// The same, composed of libtorch's operations.
at::Tensor composed(
    const at::Tensor &x, const at::Tensor &scale, const at::Tensor &shift, const at::Tensor &residual,
    const at::Tensor &running_mean, const at::Tensor &running_variance, double momentum, const Settings &s) {
  return finished(
      s.groups > 0 ? at::group_norm(x, s.groups, scale, shift, s.eps)
                   : batch_norm(x, scale, shift, running_mean, running_variance, true, momentum, s.eps),
      residual, s);
}

bool lies_in_rows(const at::Tensor &x) { return !x.is_contiguous(); }

/// With numbers in memory that mean what they say.
bool plain(const at::Tensor &t) {
  return t.defined() && t.is_cpu() && t.layout() == at::kStrided && !t.is_neg() && !t._is_zerotensor();
}

bool has_kernels(
    const at::Tensor &x, const at::Tensor &scale, const at::Tensor &shift, const at::Tensor &residual,
    const Settings &s) {
  if (!plain(x) || !plain(scale) || !plain(shift) || x.dim() != 4 || x.numel() == 0) return false;
  if (!with_types(x.scalar_type(), [](auto, auto) {})) return false;
  for (const auto &weight : {scale, shift}) {
    if (weight.dim() != 1 || weight.size(0) != x.size(1) || !weight.is_floating_point()) return false;
  }
  if (s.groups > 0 && x.size(1) % s.groups != 0) return false;
  // One value a channel has no variance: libtorch's own words say so.
  if (s.groups == 0 && x.numel() == x.size(1)) return false;
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

Shape shape_of(const at::Tensor &x, const Settings &s) {
  return {x.size(0), x.size(1), x.size(2), x.size(3), s.groups, s.pooled};
}

at::Tensor as_computed(const at::Tensor &weight, const at::Tensor &x) {
  return weight.to(computed(x.scalar_type())).contiguous();
}

at::Tensor like_output(const at::Tensor &x, const Settings &s) {
  if (!s.pooled) return at::empty_like(x);
  return at::empty({x.size(0), x.size(1), x.size(2) / 2, x.size(3) / 2}, x.options());
}

struct Normalized {
  at::Tensor y, mean, rstd, variance;
};

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

/// By statistics of channels that are given.
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

struct Gradients {
  at::Tensor x, scale, shift, residual;
};

/// - y: the output where a residual was added, as ReLU's gate cannot be told from x then.
Gradients backward(
    const at::Tensor &gradient, const at::Tensor &x, const at::Tensor &scale, const at::Tensor &shift,
    const at::Tensor &mean, const at::Tensor &rstd, const at::Tensor &y, bool of_residual, const Settings &s) {
  const Shape shape = shape_of(x, s);
  const bool rows = lies_in_rows(x);
  const auto format = rows ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
  const at::Tensor given = gradient.to(x.scalar_type()).contiguous(format);
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

struct SecondGradients {
  at::Tensor gradient, x, scale;
};

SecondGradients tangent(
    const at::Tensor &u, const at::Tensor &v, const at::Tensor &w, const at::Tensor &gradient, const at::Tensor &x,
    const at::Tensor &scale, const at::Tensor &shift, const at::Tensor &mean, const at::Tensor &rstd,
    const Settings &s) {
  const Shape shape = shape_of(x, s);
  const at::Tensor given = gradient.to(x.scalar_type()).contiguous();
  const at::Tensor along = u.defined() ? u.to(x.scalar_type()).contiguous() : at::zeros_like(x);
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

// MARK: Gradients

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

void keep(AutogradContext *context, const Settings &s) {
  context->saved_data["groups"] = s.groups;
  context->saved_data["eps"] = s.eps;
  context->saved_data["relu"] = s.relu;
  context->saved_data["pooled"] = s.pooled;
}

Settings kept(AutogradContext *context) {
  auto &data = context->saved_data;
  return {data["groups"].toInt(), data["eps"].toDouble(), data["relu"].toBool(), data["pooled"].toBool()};
}

/// Other names for tensors: gradients for these are partial derivatives, also where one tensor was made from another.
variable_list aliases(at::ArrayRef<at::Tensor> tensors) {
  variable_list others;
  for (const auto &tensor : tensors) others.push_back(tensor.defined() ? tensor.view_as(tensor) : tensor);
  return others;
}

/// Partial derivatives of outputs for inputs, along `seeds` and with a graph; undefined where there is none.
variable_list partial_derivatives(
    const variable_list &outputs, const variable_list &inputs, const variable_list &seeds) {
  variable_list from, along, of;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!outputs[i].defined() || !outputs[i].requires_grad() || !seeds[i].defined()) continue;
    from.push_back(outputs[i]);
    along.push_back(seeds[i]);
  }
  auto counts = [](const at::Tensor &input) { return input.defined() && input.requires_grad(); };
  std::copy_if(inputs.begin(), inputs.end(), std::back_inserter(of), counts);
  if (from.empty() || of.empty()) return variable_list(inputs.size());
  variable_list found = torch::autograd::grad(
      from, of, along, /*retain_graph=*/true, /*create_graph=*/true, /*allow_unused=*/true);
  variable_list all;
  size_t next = 0;
  for (const auto &input : inputs) all.push_back(counts(input) ? found[next++] : at::Tensor());
  return all;
}

struct NormalizeBackward : torch::autograd::Function<NormalizeBackward> {
  static variable_list forward(
      AutogradContext *context, const at::Tensor &gradient, const at::Tensor &x, const at::Tensor &scale,
      const at::Tensor &shift, const at::Tensor &mean, const at::Tensor &rstd, Settings s) {
    keep(context, s);
    context->set_materialize_grads(false);
    context->save_for_backward({gradient, x, scale, shift, mean, rstd});
    Gradients g = normalization::backward(gradient, x, scale, shift, mean, rstd, {}, false, s);
    return {g.x, g.scale, g.shift};
  }

  static variable_list backward_of(const variable_list &tangents, const variable_list &saved, const Settings &s) {
    const auto &[gradient, x, scale, shift] = std::tie(saved[0], saved[1], saved[2], saved[3]);
    if (!at::GradMode::is_enabled()) {
      SecondGradients g =
          tangent(tangents[0], tangents[1], tangents[2], gradient, x, scale, shift, saved[4], saved[5], s);
      return {g.gradient, g.x, g.scale, {}};
    }
    // A third derivative is wanted.
    const variable_list inputs = aliases({x, scale, shift, gradient});
    const at::Tensor y = composed(inputs[0], inputs[1], inputs[2], {}, {}, {}, 0, s);
    const variable_list first = partial_derivatives({y}, {inputs[0], inputs[1], inputs[2]}, {inputs[3]});
    const variable_list second = partial_derivatives(first, inputs, tangents);
    return {second[3], second[0], second[1], second[2]};
  }

  static variable_list backward(AutogradContext *context, const variable_list &tangents) {
    variable_list found = backward_of(tangents, context->get_saved_variables(), kept(context));
    found.resize(7);  // none for mean, rstd (x counts for them) and the settings
    return found;
  }
};

struct Normalize : torch::autograd::Function<Normalize> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &x, const at::Tensor &scale, const at::Tensor &shift,
      const std::optional<at::Tensor> &added, Settings s, Normalized *normalized) {
    const at::Tensor residual = added.value_or(at::Tensor());
    keep(context, s);
    context->set_materialize_grads(false);
    *normalized = normalization::forward(x, scale, shift, residual, s);
    const at::Tensor gate = residual.defined() && s.relu ? normalized->y : at::Tensor();
    context->save_for_backward({x, scale, shift, normalized->mean, normalized->rstd, gate, residual});
    return normalized->y;
  }

  static variable_list backward(AutogradContext *context, const variable_list &gradients) {
    const Settings s = kept(context);
    const variable_list saved = context->get_saved_variables();
    const auto &[x, scale, shift, mean, rstd] = std::tie(saved[0], saved[1], saved[2], saved[3], saved[4]);
    const at::Tensor &gate = saved[5], &residual = saved[6], &gradient = gradients[0];
    if (!gradient.defined()) return variable_list(6);
    variable_list found;
    if (!at::GradMode::is_enabled()) {
      Gradients g = normalization::backward(
          gradient, x, scale, shift, mean, rstd, gate,
          residual.defined() && context->needs_input_grad(3), s);
      found = {g.x, g.scale, g.shift, g.residual};
    } else if (!residual.defined() && !lies_in_rows(x)) {
      found = NormalizeBackward::apply(gradient, x, scale, shift, mean, rstd, s);
    } else {
      const variable_list inputs = aliases({x, scale, shift, residual});
      const at::Tensor y = composed(inputs[0], inputs[1], inputs[2], inputs[3], {}, {}, 0, s);
      found = partial_derivatives({y}, inputs, {gradient});
    }
    found.resize(6);
    return found;
  }
};

void move_statistics(
    const Normalized &normalized, const at::Tensor &x, at::Tensor running_mean, at::Tensor running_variance,
    double momentum) {
  at::NoGradGuard guard;
  const double count = static_cast<double>(x.numel() / x.size(1));
  running_mean.mul_(1 - momentum).add_(normalized.mean.to(running_mean.scalar_type()), momentum);
  running_variance.mul_(1 - momentum)
      .add_(normalized.variance.to(running_variance.scalar_type()), momentum * count / (count - 1));
}

}  // namespace

at::Tensor normalized_by(
    const at::Tensor &mean, const at::Tensor &variance, const at::Tensor &x, const at::Tensor &scale,
    const at::Tensor &shift, const at::Tensor &residual, double eps, bool relu, bool pooled) {
  const Settings s{0, eps, relu, pooled};
  const bool has_statistics = plain(mean) && plain(variance) && x.dim() == 4 &&
                              mean.sizes() == at::IntArrayRef{x.size(1)} && variance.sizes() == mean.sizes();
  if (!at::GradMode::is_enabled() && has_statistics && has_kernels(x, scale, shift, residual, s)) {
    return forward_by(mean, variance, x, scale, shift, residual, s);
  }
  return finished(batch_norm(x, scale, shift, mean, variance, false, 0, eps), residual, s);
}

}  // namespace ctorch::normalization

extern "C" ct_tensor ct_normalize(
    ct_tensor x, ct_tensor scale, ct_tensor shift, ct_tensor residual, ct_tensor running_mean,
    ct_tensor running_variance, ct_int groups, double momentum, double eps, bool relu, bool pooled) noexcept {
  using namespace ctorch;
  using namespace ctorch::normalization;
  return guarded(static_cast<ct_tensor>(nullptr), [&] {
    const Settings s{groups, eps, relu, pooled};
    const at::Tensor &images = view(x), &a = view(scale), &k = view(shift);
    const at::Tensor added = optional_view(residual).value_or(at::Tensor()),
                     mean = optional_view(running_mean).value_or(at::Tensor()),
                     variance = optional_view(running_variance).value_or(at::Tensor());
    if (!has_kernels(images, a, k, added, s)) return give(composed(images, a, k, added, mean, variance, momentum, s));
    Normalized normalized;
    at::Tensor y;
    if (at::GradMode::is_enabled()) {
      y = Normalize::apply(images, a, k, optional_view(residual), s, &normalized);
    } else {
      normalized = forward(images, a, k, added, s);
      y = normalized.y;
    }
    if (mean.defined()) move_statistics(normalized, images, mean, variance, momentum);
    return give(y);
  });
}

extern "C" ct_tensor ct_normalize_by(
    ct_tensor mean, ct_tensor variance, ct_tensor x, ct_tensor scale, ct_tensor shift, ct_tensor residual, double eps,
    bool relu, bool pooled) noexcept {
  using namespace ctorch;
  return guarded(static_cast<ct_tensor>(nullptr), [&] {
    return give(normalization::normalized_by(
        view(mean), view(variance), view(x), view(scale), view(shift),
        optional_view(residual).value_or(at::Tensor()), eps, relu, pooled));
  });
}
