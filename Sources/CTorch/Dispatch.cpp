#include "Dispatch.h"

#include <ATen/ATen.h>
#include <ATen/TensorIterator.h>

#include <cstdlib>
#include <string>

namespace ctorch {

void in_parallel(int64_t tasks, c10::function_ref<void(int64_t, int64_t)> body) {
  // An iterator over as many bytes is the way in to its threads that libtorch exports on every platform.
  at::Tensor bytes = at::detail::empty_cpu({tasks}, at::kByte, std::nullopt, std::nullopt, std::nullopt, std::nullopt);
  const char *start = static_cast<const char *>(bytes.const_data_ptr());
  auto iterator = at::TensorIterator::nullary_op(bytes);
  iterator.for_each(
      [&](char **data, const int64_t *, int64_t count, int64_t) {
        body(data[0] - start, data[0] - start + count);
      },
      1);
}

Instructions instructions() {
#if defined(HAS_AVX)
  static const Instructions widest = [] {
    const char *asked = std::getenv("ATEN_CPU_CAPABILITY");
    const std::string capability = asked == nullptr ? "" : asked;
    if (capability == "default" || !__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
      return Instructions::baseline;
    }
    const bool has512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    return capability != "avx2" && has512 ? Instructions::avx512 : Instructions::avx2;
  }();
  return widest;
#else
  return Instructions::baseline;
#endif
}

}  // namespace ctorch
