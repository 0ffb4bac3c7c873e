// Any operator by name, for the long tail that has no generated face.
#include <ATen/core/dispatch/Dispatcher.h>

#include <cstring>
#include <mutex>
#include <unordered_map>

#include "Support.h"

using namespace ctorch;

namespace {

template <typename Element>
std::vector<Element> elements(const ct_value &value) {
  const auto *start = static_cast<const Element *>(value.pointer);
  return std::vector<Element>(start, start + value.count);
}

c10::IValue boxed(const ct_value &value) {
  switch (value.kind) {
    case CT_VALUE_NONE: return {};
    case CT_VALUE_TENSOR: {
      auto handle = reinterpret_cast<ct_tensor>(const_cast<void *>(value.pointer));
      return view(handle);
    }
    case CT_VALUE_TENSORS: {
      auto list = list_view(static_cast<const ct_tensor *>(value.pointer), value.count);
      return c10::List<at::Tensor>(list.vec());
    }
    case CT_VALUE_OPTIONAL_TENSORS:
      return optional_list(static_cast<const ct_tensor *>(value.pointer), value.count);
    case CT_VALUE_INT: return value.integer;
    case CT_VALUE_DOUBLE: return value.real;
    case CT_VALUE_BOOL: return value.integer != 0;
    case CT_VALUE_STRING:
      return std::string(static_cast<const char *>(value.pointer), static_cast<size_t>(value.count));
    case CT_VALUE_INTS: return c10::List<int64_t>(elements<int64_t>(value));
    case CT_VALUE_DOUBLES: return c10::List<double>(elements<double>(value));
    case CT_VALUE_BOOLS: {
      c10::List<bool> list;
      for (ct_int i = 0; i < value.count; ++i) list.push_back(static_cast<const bool *>(value.pointer)[i]);
      return list;
    }
    case CT_VALUE_DEVICE: return device(value.device);
    case CT_VALUE_GENERATOR: {
      auto handle = reinterpret_cast<ct_generator>(const_cast<void *>(value.pointer));
      return generator_view(handle);
    }
    default: TORCH_CHECK_TYPE(false, "an argument of unknown kind ", value.kind);
  }
}

ct_value unboxed(const c10::IValue &value) {
  ct_value result{};
  if (value.isNone()) {
    result.kind = CT_VALUE_NONE;
  } else if (value.isTensor()) {
    result.kind = CT_VALUE_TENSOR;
    result.pointer = give(value.toTensor());
  } else if (value.isTensorList()) {
    ct_list list = give_list(value.toTensorVector());
    result.kind = CT_VALUE_TENSORS;
    result.pointer = list.items;
    result.count = list.count;
  } else if (value.isInt()) {
    result.kind = CT_VALUE_INT;
    result.integer = value.toInt();
  } else if (value.isDouble()) {
    result.kind = CT_VALUE_DOUBLE;
    result.real = value.toDouble();
  } else if (value.isBool()) {
    result.kind = CT_VALUE_BOOL;
    result.integer = value.toBool() ? 1 : 0;
  } else {
    TORCH_CHECK_TYPE(false, "a result of type ", value.tagKind(), " cannot be handed to Swift");
  }
  return result;
}

const c10::OperatorHandle &operator_of(const void *handle) {
  return *static_cast<const c10::OperatorHandle *>(handle);
}

/// Tensors among `results` belong to nobody yet when a later one fails.
void release(ct_value *results, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (results[i].kind == CT_VALUE_TENSOR) {
      ct_release(reinterpret_cast<ct_tensor>(const_cast<void *>(results[i].pointer)));
    } else if (results[i].kind == CT_VALUE_TENSORS) {
      auto *items = static_cast<ct_tensor *>(const_cast<void *>(results[i].pointer));
      for (ct_int k = 0; k < results[i].count; ++k) ct_release(items[k]);
      free(items);
    }
  }
}

}  // namespace

extern "C" {

const void *ct_operator(const char *name, const char *overload) noexcept {
  return guarded(static_cast<const void *>(nullptr), [&]() -> const void * {
    auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK_NOT_IMPLEMENTED(
        found.has_value(), "libtorch has no operator ", name, *overload == 0 ? "" : ".", overload);
    // One entry an operator, kept for the life of the process.
    static std::mutex mutex;
    static auto *handles = new std::unordered_map<std::string, c10::OperatorHandle>();
    std::lock_guard<std::mutex> lock(mutex);
    return &handles->try_emplace(std::string(name) + "." + overload, *found).first->second;
  });
}

char *ct_operator_schema(const void *handle) noexcept {
  return guarded(static_cast<char *>(nullptr), [&] {
    return strdup(c10::toString(operator_of(handle).schema()).c_str());
  });
}

ct_int ct_call(
    const void *handle, const ct_value *arguments, ct_int count, ct_value *results,
    ct_int capacity) noexcept {
  return guarded(ct_int(-1), [&] {
    const c10::OperatorHandle &op = operator_of(handle);
    const auto &schema = op.schema();
    TORCH_CHECK_TYPE(
        count <= static_cast<ct_int>(schema.arguments().size()), "operator ", schema.name(), " takes ",
        schema.arguments().size(), " arguments, but ", count, " were given");
    torch::jit::Stack stack;
    stack.reserve(schema.arguments().size());
    for (ct_int i = 0; i < count; ++i) stack.push_back(boxed(arguments[i]));
    for (size_t i = static_cast<size_t>(count); i < schema.arguments().size(); ++i) {
      const auto &argument = schema.arguments()[i];
      TORCH_CHECK_TYPE(
          argument.default_value().has_value(), "operator ", schema.name(), " needs a value for its argument '",
          argument.name(), "'");
      stack.push_back(*argument.default_value());
    }
    // The boxed call trusts its stack: a wrong type would end in an assertion deep inside.
    for (size_t i = 0; i < stack.size(); ++i) {
      const auto &argument = schema.arguments()[i];
      bool integer_for_number = argument.type()->isSubtypeOf(*c10::NumberType::get()) && stack[i].isScalar();
      TORCH_CHECK_TYPE(
          integer_for_number || stack[i].type()->isSubtypeOf(*argument.type()), "operator ", schema.name(),
          ", argument '", argument.name(), "': expected ", argument.type()->str(), ", found ",
          stack[i].type()->str());
    }
    op.callBoxed(stack);
    TORCH_CHECK(
        static_cast<ct_int>(stack.size()) <= capacity, "operator ", schema.name(), " returns ", stack.size(),
        " values, more than there is room for");
    for (size_t i = 0; i < stack.size(); ++i) {
      try {
        results[i] = unboxed(stack[i]);
      } catch (...) {
        release(results, i);
        throw;
      }
    }
    return static_cast<ct_int>(stack.size());
  });
}

}  // extern "C"
