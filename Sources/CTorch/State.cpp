// Thread-local scopes, generators, versions, and what the machine offers.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <ATen/detail/AcceleratorHooksInterface.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/inductor/aoti_torch/c/shim.h>

#include <cstring>

#include "Support.h"

using namespace ctorch;

namespace {

uint32_t packed(int major, int minor, int patch) {
  return static_cast<uint32_t>(major << 16 | minor << 8 | patch);
}

std::string dotted(uint32_t version) {
  return std::to_string(version >> 16) + "." + std::to_string(version >> 8 & 255) + "." +
         std::to_string(version & 255);
}

/// Runs before main: a program that would compute with structures of another layout must not start.
__attribute__((constructor)) void check_versions() {
  char *problem = ct_version_mismatch(
      ct_compiled_version(), ct_compiled_path(), ct_loaded_version(), ct_loaded_path());
  if (problem == nullptr) return;
  fprintf(stderr, "%s\n", problem);
  _exit(1);
}

at::DeviceType device_type(int16_t type) { return static_cast<at::DeviceType>(type); }

}  // namespace

extern "C" {

// MARK: Versions

uint32_t ct_compiled_version(void) noexcept {
  return packed(TORCH_VERSION_MAJOR, TORCH_VERSION_MINOR, TORCH_VERSION_PATCH);
}

const char *ct_compiled_path(void) noexcept { return CTORCH_COMPILED_AGAINST; }

uint32_t ct_loaded_version(void) noexcept {
  // Packed by libtorch as bytes from the top: major, minor, patch.
  uint64_t version = aoti_torch_abi_version();
  return packed(
      static_cast<int>(version >> 56 & 255), static_cast<int>(version >> 48 & 255),
      static_cast<int>(version >> 40 & 255));
}

const char *ct_loaded_path(void) noexcept {
  Dl_info info;
  if (dladdr(reinterpret_cast<const void *>(&aoti_torch_abi_version), &info) == 0) return "an unknown file";
  return info.dli_fname;
}

char *ct_version_mismatch(
    uint32_t compiled, const char *compiled_path, uint32_t loaded, const char *loaded_path) noexcept {
  // Releases of one minor version share their layout; patches do not change it.
  if (compiled >> 8 == loaded >> 8) return nullptr;
  std::string text = "libtorch mismatch: this program was compiled against libtorch " + dotted(compiled) + " (" +
                     compiled_path + "), but libtorch " + dotted(loaded) + " is loaded (" + loaded_path +
                     "). Build again against the one that is loaded, or take the other out of LD_LIBRARY_PATH.";
  return strdup(text.c_str());
}

// MARK: Scopes

bool ct_grad_mode(void) noexcept { return at::GradMode::is_enabled(); }
void ct_set_grad_mode(bool enabled) noexcept { at::GradMode::set_enabled(enabled); }

void *ct_inference_mode_enter(bool enabled) noexcept { return new c10::InferenceMode(enabled); }
void ct_inference_mode_leave(void *guard) noexcept { delete static_cast<c10::InferenceMode *>(guard); }

bool ct_autocast_enabled(int16_t type) noexcept {
  return guarded(false, [&] { return at::autocast::is_autocast_enabled(device_type(type)); });
}

int8_t ct_autocast_dtype(int16_t type) noexcept {
  return guarded(static_cast<int8_t>(-1), [&] {
    return static_cast<int8_t>(at::autocast::get_autocast_dtype(device_type(type)));
  });
}

bool ct_autocast_cache(void) noexcept { return at::autocast::is_autocast_cache_enabled(); }

bool ct_autocast_enter(int16_t type, bool enabled, int8_t precision, bool cache) noexcept {
  return guarded(false, [&] {
    at::autocast::set_autocast_dtype(device_type(type), dtype(precision));
    at::autocast::set_autocast_enabled(device_type(type), enabled);
    at::autocast::set_autocast_cache_enabled(cache);
    at::autocast::increment_nesting();
    return true;
  });
}

void ct_autocast_leave(int16_t type, bool enabled, int8_t precision, bool cache) noexcept {
  guarded(false, [&] {
    // The cache holds casts of the weights, and goes with the outermost scope.
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(device_type(type), enabled);
    at::autocast::set_autocast_dtype(device_type(type), dtype(precision));
    at::autocast::set_autocast_cache_enabled(cache);
    return true;
  });
}

bool ct_anomaly_mode(void) noexcept { return torch::autograd::AnomalyMode::is_enabled(); }
void ct_set_anomaly_mode(bool enabled) noexcept { torch::autograd::AnomalyMode::set_enabled(enabled, true); }

// MARK: Random numbers

namespace {

// Matsumoto and Nishimura's `init_by_array` (mt19937ar, 2002) with the key {low half, high half}.
at::mt19937_data_pod mersenne_state(uint64_t seed) {
  constexpr uint32_t n = at::MERSENNE_STATE_N;
  const uint32_t key[2] = {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)};
  at::mt19937_data_pod data{};
  data.seed_ = seed;
  data.left_ = 1;
  data.seeded_ = true;
  auto &state = data.state_;
  state[0] = 19650218;
  for (uint32_t i = 1; i < n; ++i) state[i] = 1812433253u * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
  uint32_t i = 1;
  auto advance = [&] {
    if (++i == n) {
      state[0] = state[n - 1];
      i = 1;
    }
  };
  for (uint32_t k = 0; k < n; ++k) {
    state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1664525u)) + key[k % 2] + k % 2;
    advance();
  }
  for (uint32_t k = 0; k < n - 1; ++k) {
    state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1566083941u)) - i;
    advance();
  }
  state[0] = 0x80000000u;
  return data;
}

}  // namespace

ct_generator ct_generator_make(ct_device place, uint64_t seed) noexcept {
  return guarded(static_cast<ct_generator>(nullptr), [&] {
    at::Device where = device(place);
    at::Generator generator;
    if (where.is_cpu()) {
      generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    } else {
      generator = at::globalContext().getAcceleratorHooksInterface(where.type()).getNewGenerator(where.index());
      generator.set_current_seed(seed);
    }
    return reinterpret_cast<ct_generator>(generator.unsafeReleaseGeneratorImpl());
  });
}

ct_generator ct_generator_make_wide(ct_device place, uint64_t seed) noexcept {
  ct_generator handle = ct_generator_make(place, seed);
  if (handle != nullptr && place.type == static_cast<int16_t>(at::kCPU)) {
    at::mt19937 engine;
    engine.set_data(mersenne_state(seed));
    at::check_generator<at::CPUGeneratorImpl>(generator_view(handle))->set_engine(engine);
  }
  return handle;
}

void ct_generator_release(ct_generator handle) noexcept {
  c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(reinterpret_cast<c10::GeneratorImpl *>(handle));
}

bool ct_generator_seed(ct_generator handle, uint64_t seed) noexcept {
  return guarded(false, [&] {
    at::Generator generator = generator_view(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_current_seed(seed);
    return true;
  });
}

ct_tensor ct_generator_state(ct_generator handle) noexcept {
  return guarded(static_cast<ct_tensor>(nullptr), [&] {
    at::Generator generator = generator_view(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    return give(generator.get_state());
  });
}

bool ct_generator_set_state(ct_generator handle, ct_tensor state) noexcept {
  return guarded(false, [&] {
    at::Generator generator = generator_view(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(view(state));
    return true;
  });
}

bool ct_manual_seed(uint64_t seed) noexcept {
  return guarded(false, [&] {
    at::manual_seed(seed);
    return true;
  });
}

// MARK: The machine

int32_t ct_threads(void) noexcept { return at::get_num_threads(); }

bool ct_set_threads(int32_t count) noexcept {
  return guarded(false, [&] {
    at::set_num_threads(count);
    return true;
  });
}

bool ct_set_interop_threads(int32_t count) noexcept {
  return guarded(false, [&] {
    at::set_num_interop_threads(count);
    return true;
  });
}

bool ct_set_deterministic(bool enabled) noexcept {
  return guarded(false, [&] {
    at::globalContext().setDeterministicAlgorithms(enabled, false);
    return true;
  });
}

bool ct_has_cuda(void) noexcept {
  return guarded(false, [] { return at::hasCUDA(); });
}

bool ct_has_mps(void) noexcept {
  return guarded(false, [] { return at::hasMPS(); });
}

int32_t ct_device_count(int16_t type) noexcept {
  return guarded(0, [&]() -> int32_t {
    if (device_type(type) == at::kCPU) return 1;
    if (device_type(type) == at::kCUDA && !at::hasCUDA()) return 0;
    if (device_type(type) == at::kMPS && !at::hasMPS()) return 0;
    return at::globalContext().getAcceleratorHooksInterface(device_type(type)).deviceCount();
  });
}

bool ct_synchronize(ct_device place) noexcept {
  return guarded(false, [&] {
    at::Device where = device(place);
    if (where.is_cpu()) return true;
    c10::impl::VirtualGuardImpl(where.type()).synchronizeDevice(where.index());
    return true;
  });
}

bool ct_cpu_has_bf16(void) noexcept {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

}  // extern "C"
