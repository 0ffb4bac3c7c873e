// What kernels of our own share: libtorch's threads, and the widest instructions that this machine has.
#pragma once

#include <c10/util/FunctionRef.h>

#include <cstdint>

namespace ctorch {

/// Calls `body(begin, end)` for pieces of 0..<tasks on libtorch's own threads.
void in_parallel(int64_t tasks, c10::function_ref<void(int64_t, int64_t)> body);

enum class Instructions { baseline, avx2, avx512 };

/// The widest that this machine has; libtorch's ATEN_CPU_CAPABILITY lowers it.
Instructions instructions();

}  // namespace ctorch

// A lambda takes on the instruction set of the function it is inlined into.
#define ALWAYS_INLINE_LAMBDA __attribute__((always_inline))

// Around kernels: #if defined(HAS_AVX), with VECTOR_BYTES 64 and 32, in namespaces avx512 and avx2.
#if defined(__x86_64__)
#define HAS_AVX
#define BEGIN_AVX512               \
  _Pragma("clang attribute push( \
      __attribute__((target(\"avx512f,avx512bw,avx512dq,avx512vl,avx2,fma\"))), apply_to = function)")
#define BEGIN_AVX2 \
  _Pragma("clang attribute push(__attribute__((target(\"avx2,fma\"))), apply_to = function)")
#define END_INSTRUCTIONS _Pragma("clang attribute pop")
#endif
