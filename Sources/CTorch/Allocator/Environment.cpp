#include "Environment.h"

#include "Pages.h"
#include "State.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace ctorch_allocator {

namespace {

int64_t control_group_memory() {
#ifdef __linux__
  for (const char* path :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    if (FILE* file = std::fopen(path, "re")) {
      long long bytes = 0;
      int fields = std::fscanf(file, "%lld", &bytes);
      std::fclose(file);
      if (fields == 1 && bytes > 0) {
        return bytes;
      }
    }
  }
#endif
  return INT64_MAX;
}

int64_t machine_memory() {
  auto pages = static_cast<int64_t>(sysconf(_SC_PHYS_PAGES));
  int64_t physical = pages > 0 ? pages * static_cast<int64_t>(page_size()) : INT64_MAX;
  return std::min(physical, control_group_memory());
}

bool parse_bytes(const char* text, int64_t& bytes) {
  if (std::strcmp(text, "-1") == 0) {
    bytes = -1;
    return true;
  }
  if (*text < '0' || *text > '9') {
    return false;
  }
  char* end = nullptr;
  errno = 0;
  long long value = std::strtoll(text, &end, 10);
  unsigned shift = 0;
  switch (*end) {
    case 'k': case 'K': shift = 10; ++end; break;
    case 'm': case 'M': shift = 20; ++end; break;
    case 'g': case 'G': shift = 30; ++end; break;
    default: break;
  }
  if (errno != 0 || *end != '\0' || value > (INT64_MAX >> shift)) {
    return false;
  }
  bytes = static_cast<int64_t>(value) << shift;
  return true;
}

void read_variables() {
  const char* kind = std::getenv("SALAR_CPU_ALLOCATOR");
  if (kind != nullptr && std::strcmp(kind, "system") == 0) {
    state.enabled.store(false, std::memory_order_relaxed);
  } else if (kind != nullptr && *kind != '\0' && std::strcmp(kind, "caching") != 0) {
    std::fprintf(
        stderr,
        "SALAR_CPU_ALLOCATOR: '%s' is neither 'caching' nor 'system'; using 'caching'\n",
        kind);
  }
  const char* text = std::getenv("SALAR_CPU_CACHE_LIMIT");
  if (text == nullptr || *text == '\0') {
    return;
  }
  int64_t limit = 0;
  if (parse_bytes(text, limit)) {
    state.limit.store(limit, std::memory_order_relaxed);
  } else {
    std::fprintf(
        stderr,
        "SALAR_CPU_CACHE_LIMIT: '%s' is not a number of bytes such as 512M; using the default\n",
        text);
  }
}

}  // namespace

void read_environment() {
  int64_t memory = machine_memory();
  if (memory != INT64_MAX) {
    state.limit.store(memory / 2, std::memory_order_relaxed);
    state.reserve_limit = memory / 8 * 7;
  }
  read_variables();
}

}  // namespace ctorch_allocator
