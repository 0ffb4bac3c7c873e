// Normalisation, the sum with a residual, ReLU and 2×2 averaging as one operation with kernels of its own: forward,
// backward, and backward of backward. Memory is passed over twice or three times where separate operations pass seven
// times; what they would store is not stored. Everywhere else (other devices, types and layouts, third derivatives) the
// same operation is composed of libtorch's.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include "../Support.h"
#include "Evaluation.h"
#include "Passes.h"

namespace ctorch::normalization {
namespace {

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
  if (!at::GradMode::is_enabled() && has_kernels(x, scale, shift, residual, s) && by_channel(mean, x) &&
      by_channel(variance, x)) {
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
    if (s.groups == 0) {
      TORCH_CHECK_VALUE(
          images.dim() < 2 || images.numel() == 0 || images.numel() > images.size(1),
          "batch norm in training needs more than one value a channel, found images of shape ", images.sizes());
    }
    const bool has_statistics =
        !mean.defined() || (images.dim() == 4 && by_channel(mean, images) && by_channel(variance, images));
    if (!has_statistics || !has_kernels(images, a, k, added, s)) {
      return give(composed(images, a, k, added, mean, variance, momentum, s));
    }
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
