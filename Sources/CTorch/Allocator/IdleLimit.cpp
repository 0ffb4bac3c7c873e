#include "IdleLimit.h"

#include "BigBlocks.h"
#include "SmallBlocks.h"
#include "ThreadCaches.h"

#include <algorithm>

namespace ctorch_allocator {

int64_t effective_limit() {
  if (!state.enabled.load(std::memory_order_relaxed)) {
    return 0;
  }
  int64_t limit = state.limit.load(std::memory_order_relaxed);
  return limit < 0 ? INT64_MAX : limit;
}

void trim(Unmapping& unmapping) {
  int64_t limit = effective_limit();
  while (state.oldest != nullptr && state.big_idle + state.small_idle > limit) {
    release_oldest(unmapping);
  }
  if (state.small_idle > limit && state.small_idle >= state.small_trim_from) {
    trim_small();
  }
}

int64_t release_all(std::optional<bool> enabled) {
  Unmapping unmapping;
  AllStopped stopped;
  Lock central(state.central);
  int64_t before = state.reserved.load(std::memory_order_relaxed);
  if (enabled.has_value()) {
    state.enabled.store(*enabled, std::memory_order_relaxed);
  }
  set_up_fronts(true);
  while (state.oldest != nullptr) {
    release_oldest(unmapping);
  }
  trim_small();
  return std::max<int64_t>(0, before - state.reserved.load(std::memory_order_relaxed));
}

}  // namespace ctorch_allocator
