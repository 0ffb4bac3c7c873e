// Gradients, and functions whose backward is written in Swift.
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/custom_class.h>

#include "Support.h"

using namespace ctorch;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

variable_list copies(const ct_tensor *handles, ct_int count) {
  variable_list list;
  list.reserve(static_cast<size_t>(count));
  for (ct_int i = 0; i < count; ++i) {
    list.push_back(handles[i] == nullptr ? at::Tensor() : view(handles[i]));
  }
  return list;
}

/// Owns the Swift side of a custom function for as long as the graph needs it.
struct SwiftBackward : torch::CustomClassHolder {
  void *context;
  ct_backward_function backward;
  void (*release)(void *);

  SwiftBackward(void *context, ct_backward_function backward, void (*release)(void *))
      : context(context), backward(backward), release(release) {}
  ~SwiftBackward() override { release(context); }
};

/// The saved tensors of the custom function whose backward runs on this thread now (innermost last).
thread_local std::vector<const variable_list *> saved_in_flight;

struct Recorded {
  variable_list outputs;
  variable_list saved;
  c10::intrusive_ptr<SwiftBackward> function;
};

struct CustomFunction : torch::autograd::Function<CustomFunction> {
  // The inputs must be an at::TensorList: a vector would not be tracked.
  static variable_list forward(AutogradContext *context, at::TensorList inputs, Recorded *recorded) {
    context->saved_data["function"] = c10::IValue::make_capsule(recorded->function);
    context->saved_data["inputs"] = static_cast<int64_t>(inputs.size());
    context->save_for_backward(recorded->saved);
    context->set_materialize_grads(false);
    return recorded->outputs;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto capsule = context->saved_data["function"].toCapsule();
    auto *function = static_cast<SwiftBackward *>(capsule.get());
    auto count = static_cast<size_t>(context->saved_data["inputs"].toInt());
    variable_list saved = context->get_saved_variables();

    std::vector<ct_tensor> results(count, nullptr);
    saved_in_flight.push_back(&saved);
    char *message = function->backward(
        function->context, reinterpret_cast<const ct_tensor *>(gradients.data()),
        static_cast<ct_int>(gradients.size()), results.data(), static_cast<ct_int>(count));
    saved_in_flight.pop_back();

    variable_list answer;
    for (ct_tensor handle : results) {
      if (handle == nullptr) {
        answer.emplace_back();
        continue;
      }
      answer.push_back(view(handle));
      ct_release(handle);
    }
    if (message != nullptr) {
      std::string text = message;
      free(message);
      TORCH_CHECK(false, text);
    }
    answer.emplace_back();  // the `recorded` argument has no gradient
    return answer;
  }
};

}  // namespace

extern "C" {

ct_list ct_grad(
    const ct_tensor *outputs, ct_int output_count, const ct_tensor *inputs, ct_int input_count,
    const ct_tensor *seeds, bool retain_graph, bool create_graph, bool allow_unused) noexcept {
  return guarded(ct_list{}, [&] {
    variable_list seed_list = seeds == nullptr ? variable_list() : copies(seeds, output_count);
    return give_list(torch::autograd::grad(
        copies(outputs, output_count), copies(inputs, input_count), seed_list, retain_graph, create_graph,
        allow_unused));
  });
}

bool ct_backward(ct_tensor tensor, ct_tensor seed, bool retain_graph, bool create_graph) noexcept {
  return guarded(false, [&] {
    torch::autograd::backward({view(tensor)}, copies(&seed, 1), retain_graph, create_graph);
    return true;
  });
}

ct_tensor ct_get_grad(ct_tensor tensor) noexcept {
  return guarded(static_cast<ct_tensor>(nullptr), [&] {
    return give(ct_is_defined(tensor) ? view(tensor).grad() : at::Tensor());
  });
}

bool ct_set_grad(ct_tensor tensor, ct_tensor grad) noexcept {
  return guarded(false, [&] {
    TORCH_CHECK(ct_is_defined(tensor), "the undefined tensor cannot have a gradient");
    view(tensor).mutable_grad() = grad == nullptr ? at::Tensor() : view(grad);
    return true;
  });
}

ct_list ct_custom_function(
    const ct_tensor *inputs, ct_int input_count, const ct_tensor *outputs, ct_int output_count,
    const ct_tensor *saved, ct_int saved_count, void *context, ct_backward_function backward,
    void (*release)(void *)) noexcept {
  return guarded(ct_list{}, [&] {
    Recorded recorded{
        copies(outputs, output_count), copies(saved, saved_count),
        c10::make_intrusive<SwiftBackward>(context, backward, release)};
    return give_list(CustomFunction::apply(list_view(inputs, input_count), &recorded));
  });
}

ct_list ct_saved(void) noexcept {
  return guarded(ct_list{}, [&] {
    TORCH_CHECK(!saved_in_flight.empty(), "saved tensors can be read inside a custom function's backward only");
    return give_list(*saved_in_flight.back());
  });
}

}  // extern "C"
