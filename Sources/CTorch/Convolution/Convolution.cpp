// Convolution with derivatives of every order. The result, the gradient of the images and that of the weight are three
// linear maps of two things each, and the derivatives of each are the other two:
//
//     y = C(x, w),   ∂x = X(g, w),   ∂w = W(x, g)
//
//     of C along g:  X(g, w) for x,   W(x, g) for w
//     of X along u:  C(u, w) for g,   W(u, g) for w
//     of W along v:  X(g, v) for x,   C(x, v) for g
#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "../Dispatch.h"
#include "../Normalization/Evaluation.h"
#include "../Resolved.h"
#include "../Support.h"
#include "Direct.h"
#include "Geometry.h"
#include "Winograd.h"

namespace ctorch::convolution {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// MARK: Values

bool has_few_channels(const at::Tensor &x) { return x.size(1) <= few_channels; }

/// x ∗ weight + bias; the bias may be undefined. `margin` zeros all round, one where there are more channels. `coarse`
/// as in Winograd.h.
at::Tensor value(
    const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, int64_t margin, bool coarse = false) {
  return has_few_channels(x) ? direct(x, weight, bias, margin) : winograd(x, weight, bias, coarse);
}

at::Tensor image_gradient_value(const at::Tensor &gradient, const at::Tensor &weight, int64_t margin) {
  return weight.size(1) <= few_channels ? direct_image_gradient(gradient, weight, margin)
                                        : winograd_image_gradient(gradient, weight);
}

at::Tensor weight_gradient_value(const at::Tensor &x, const at::Tensor &gradient) {
  return has_few_channels(x) ? direct_weight_gradient(x, gradient) : winograd_weight_gradient(x, gradient);
}

/// Whether gradients of weights that are made with a graph stay zeros, as nobody will read them.
thread_local bool leaves_weight_gradients = false;

// MARK: Derivatives

at::Tensor convolved(
    const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias, int64_t margin);
at::Tensor image_gradient(const at::Tensor &gradient, const at::Tensor &weight, int64_t margin);
at::Tensor weight_gradient(const at::Tensor &x, const at::Tensor &gradient);

struct Convolve : torch::autograd::Function<Convolve> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
      int64_t margin) {
    context->save_for_backward({x, weight});
    context->saved_data["margin"] = margin;
    context->saved_data["bias"] = bias.has_value();
    context->set_materialize_grads(false);
    return value(x, weight, bias.value_or(at::Tensor()), margin);
  }

  static variable_list backward(AutogradContext *context, const variable_list &gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &g = gradients[0];
    if (!g.defined()) return variable_list(4);
    return {
        context->needs_input_grad(0) ? image_gradient(g, saved[1], context->saved_data["margin"].toInt()) : at::Tensor(),
        context->needs_input_grad(1) ? weight_gradient(saved[0], g) : at::Tensor(),
        // A bias that is not there is no input that could be asked for.
        context->saved_data["bias"].toBool() && context->needs_input_grad(2) ? g.sum({0, 2, 3}) : at::Tensor(),
        at::Tensor()};
  }
};

struct ImageGradient : torch::autograd::Function<ImageGradient> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &gradient, const at::Tensor &weight, int64_t margin) {
    context->save_for_backward({gradient, weight});
    context->saved_data["margin"] = margin;
    context->set_materialize_grads(false);
    return image_gradient_value(gradient, weight, margin);
  }

  static variable_list backward(AutogradContext *context, const variable_list &tangents) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &u = tangents[0];
    if (!u.defined()) return variable_list(3);
    const int64_t margin = context->saved_data["margin"].toInt();
    return {
        context->needs_input_grad(0) ? convolved(u, saved[1], std::nullopt, margin) : at::Tensor(),
        context->needs_input_grad(1) ? weight_gradient(u, saved[0]) : at::Tensor(), at::Tensor()};
  }
};

struct WeightGradient : torch::autograd::Function<WeightGradient> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &gradient) {
    context->save_for_backward({x, gradient});
    context->set_materialize_grads(false);
    if (leaves_weight_gradients) return at::zeros({gradient.size(1), x.size(1), 3, 3}, x.options());
    return weight_gradient_value(x, gradient);
  }

  static variable_list backward(AutogradContext *context, const variable_list &tangents) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &v = tangents[0];
    if (!v.defined()) return variable_list(2);
    const at::Tensor &x = saved[0], &gradient = saved[1];
    const int64_t margin = (gradient.size(2) - x.size(2)) / 2 + 1;
    return {
        context->needs_input_grad(0) ? image_gradient(gradient, v, margin) : at::Tensor(),
        context->needs_input_grad(1) ? convolved(x, v, std::nullopt, margin) : at::Tensor()};
  }
};

at::Tensor convolved(
    const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias, int64_t margin) {
  if (at::GradMode::is_enabled()) return Convolve::apply(x, weight, bias, margin);
  return value(x, weight, bias.value_or(at::Tensor()), margin);
}

at::Tensor image_gradient(const at::Tensor &gradient, const at::Tensor &weight, int64_t margin) {
  if (at::GradMode::is_enabled()) return ImageGradient::apply(gradient, weight, margin);
  return image_gradient_value(gradient, weight, margin);
}

at::Tensor weight_gradient(const at::Tensor &x, const at::Tensor &gradient) {
  if (at::GradMode::is_enabled()) return WeightGradient::apply(x, gradient);
  return weight_gradient_value(x, gradient);
}

// MARK: Which way

/// Zeros around images; the code of the distillation papers has three around MNIST's.
constexpr int64_t most_margin = 3;

/// Numbers that the kernels can read.
bool plain(const at::Tensor &t, int64_t dimensions) {
  return is_readable(t) && t.scalar_type() == at::kFloat && t.dim() == dimensions;
}

/// Whether there are kernels for these, and they are faster than libtorch's.
bool has_kernels(const at::Tensor &x, const at::Tensor &weight, int64_t margin) {
  if (instructions() == Instructions::baseline || !plain(x, 4) || !plain(weight, 4)) return false;
  const int64_t outputs = weight.size(0), inputs = weight.size(1);
  if (weight.size(2) != 3 || weight.size(3) != 3 || x.size(1) != inputs || x.numel() == 0) return false;
  auto whole = [](int64_t channels) { return channels > 0 && channels % granule == 0 && channels <= most_channels; };
  return whole(outputs) && (has_few_channels(x) ? direct_pays(x, margin)
                                               : margin == 1 && whole(inputs) && winograd_pays(x));
}

bool suits(
    const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias, at::IntArrayRef stride,
    at::IntArrayRef padding) {
  auto same = [](at::IntArrayRef values) {
    return values.size() == 1 || (values.size() == 2 && values[0] == values[1]);
  };
  // Autocast computes convolutions in fewer bits.
  if (at::autocast::is_autocast_enabled(at::kCPU)) return false;
  if (!same(stride) || stride[0] != 1 || !same(padding) || padding[0] < 0 || padding[0] > most_margin) return false;
  if (!has_kernels(x, weight, padding[0])) return false;
  return !bias || (plain(*bias, 1) && bias->size(0) == weight.size(0));
}

/// The fastest way there is; coarsely only where no gradients are recorded.
at::Tensor any_convolved(
    const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias, at::IntArrayRef stride,
    at::IntArrayRef padding) {
  if (!suits(x, weight, bias, stride, padding)) return at::conv2d(x, weight, bias, stride, padding);
  if (at::GradMode::is_enabled()) return convolved(x, weight, bias, padding[0]);
  return value(x, weight, bias.value_or(at::Tensor()), padding[0], true);
}

}  // namespace
}  // namespace ctorch::convolution

extern "C" ct_tensor ct_convolve(
    ct_tensor x, ct_tensor weight, ct_tensor bias, const ct_int *stride, ct_int stride_count, const ct_int *padding,
    ct_int padding_count) noexcept {
  using namespace ctorch;
  return guarded(static_cast<ct_tensor>(nullptr), [&] {
    return give(convolution::any_convolved(
        view(x), view(weight), optional_view(bias), ints(stride, stride_count), ints(padding, padding_count)));
  });
}

extern "C" ct_tensor ct_convolve_normalized(
    ct_tensor x, ct_tensor weight, ct_tensor bias, const ct_int *stride, ct_int stride_count, const ct_int *padding,
    ct_int padding_count, ct_tensor mean, ct_tensor variance, ct_tensor scale, ct_tensor shift, ct_tensor residual,
    double eps, bool relu, bool pooled) noexcept {
  using namespace ctorch;
  using namespace ctorch::convolution;
  return guarded(static_cast<ct_tensor>(nullptr), [&] {
    const at::IntArrayRef steps = ints(stride, stride_count), margins = ints(padding, padding_count);
    const at::Tensor &images = view(x), &filters = view(weight), &centre = view(mean), &spread = view(variance),
                     &a = view(scale), &k = view(shift);
    const std::optional<at::Tensor> added = optional_view(bias);
    const at::Tensor rest = optional_view(residual).value_or(at::Tensor());
    const bool finishes = !at::GradMode::is_enabled() && !pooled && suits(images, filters, added, steps, margins) &&
                          !has_few_channels(images);
    auto by_channel = [&](const at::Tensor &t) { return plain(t, 1) && t.size(0) == filters.size(0); };
    auto fits = [&](const at::Tensor &t) {
      return !t.defined() ||
             (plain(t, 4) &&
              t.sizes() == at::IntArrayRef{images.size(0), filters.size(0), images.size(2), images.size(3)});
    };
    if (finishes && by_channel(centre) && by_channel(spread) && by_channel(a) && by_channel(k) && fits(rest) &&
        winograd_adds(images, rest)) {
      const at::Tensor factor = (spread + eps).rsqrt_().mul_(a);
      const at::Tensor addend = k - (added ? centre - *added : centre) * factor;
      return give(winograd_finished(images, filters, factor, addend, rest, relu, true));
    }
    const at::Tensor y = any_convolved(images, filters, added, steps, margins);
    return give(normalization::normalized_by(centre, spread, y, a, k, rest, eps, relu, pooled));
  });
}

extern "C" bool ct_leaves_weight_gradients(void) noexcept { return ctorch::convolution::leaves_weight_gradients; }

extern "C" void ct_set_leaves_weight_gradients(bool leaves) noexcept {
  ctorch::convolution::leaves_weight_gradients = leaves;
}
