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
#include <string>
#include <string_view>

namespace ctorch_allocator {

namespace {

// The number in a file; INT64_MAX where there is no such file or it says `max`.
int64_t limit_in(const std::string& path) {
  long long bytes = 0;
  if (FILE* file = std::fopen(path.c_str(), "re")) {
    if (std::fscanf(file, "%lld", &bytes) != 1) {
      bytes = 0;
    }
    std::fclose(file);
  }
  return bytes > 0 ? bytes : INT64_MAX;
}

// The smallest limit of a group and of all above it. Folders that are not there
// are passed over: inside a container the mount may begin at the container's own
// group, while the path tells of it from the outside.
int64_t smallest_limit(const std::string& mount, std::string group, const char* limit_file) {
  int64_t smallest = INT64_MAX;
  // A path that leads out of the mount leads nowhere in it.
  if (group.find("/..") != std::string::npos || group == "/") {
    group.clear();
  }
  while (true) {
    smallest = std::min(smallest, limit_in(mount + group + "/" + limit_file));
    size_t slash = group.rfind('/');
    if (slash == std::string::npos) {
      return smallest;
    }
    group.resize(slash);
  }
}

bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    size_t comma = list.find(',');
    if (list.substr(0, comma) == word) {
      return true;
    }
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return false;
}

int64_t machine_memory() {
  auto pages = static_cast<int64_t>(sysconf(_SC_PHYS_PAGES));
  int64_t physical = pages > 0 ? pages * static_cast<int64_t>(page_size()) : INT64_MAX;
  return std::min(physical, control_group_memory("/proc/self/cgroup", "/sys/fs/cgroup"));
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

// A line is `number:controllers:path`; version 2 has the number 0 and no
// controllers.
int64_t control_group_memory(const char* groups, const char* root) {
  int64_t smallest = INT64_MAX;
  FILE* file = std::fopen(groups, "re");
  if (file == nullptr) {
    return smallest;
  }
  char* text = nullptr;
  size_t space = 0;
  while (getline(&text, &space, file) > 0) {
    std::string_view line(text);
    if (line.ends_with('\n')) {
      line.remove_suffix(1);
    }
    size_t first = line.find(':');
    size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) {
      continue;
    }
    std::string_view controllers = line.substr(first + 1, second - first - 1);
    std::string group(line.substr(second + 1));
    if (controllers.empty()) {
      smallest = std::min(smallest, smallest_limit(root, group, "memory.max"));
    } else if (has_word(controllers, "memory")) {
      std::string mount = std::string(root) + "/memory";
      smallest = std::min(smallest, smallest_limit(mount, group, "memory.limit_in_bytes"));
    }
  }
  std::free(text);
  std::fclose(file);
  return smallest;
}

void read_environment() {
  int64_t memory = machine_memory();
  if (memory != INT64_MAX) {
    state.limit.store(memory / 2, std::memory_order_relaxed);
    state.reserve_limit = memory / 8 * 7;
  }
  read_variables();
}

}  // namespace ctorch_allocator
