// What the program may ask of the allocator; see ctorch_allocator.h.

#include "../include/ctorch_allocator.h"

#include "Environment.h"
#include "IdleLimit.h"
#include "State.h"
#include "ThreadCaches.h"

#include <algorithm>

using namespace ctorch_allocator;

extern "C" {

bool ct_allocator_enabled(void) {
  return state.enabled.load(std::memory_order_relaxed);
}

void ct_allocator_set_enabled(bool enabled) {
  if (enabled != ct_allocator_enabled()) {
    release_all(enabled);
  }
}

void ct_allocator_set_cache_limit(int64_t bytes) {
  Unmapping unmapping;
  AllStopped stopped;
  Lock central(state.central);
  state.limit.store(std::max<int64_t>(bytes, -1), std::memory_order_relaxed);
  set_up_fronts(false);
  state.small_trim_from = 0;
  trim(unmapping);
}

int64_t ct_allocator_cache_limit(void) {
  return state.limit.load(std::memory_order_relaxed);
}

int64_t ct_allocator_empty_cache(void) {
  return release_all();
}

void ct_allocator_statistics(ct_allocator_stats* statistics) {
  Lock registry(state.registry);
  int64_t live = state.live.load(std::memory_order_relaxed);
  int64_t allocations = state.allocations.load(std::memory_order_relaxed);
  for (ThreadCache* cache = state.caches; cache != nullptr; cache = cache->next) {
    live += cache->live.load(std::memory_order_relaxed);
    allocations += cache->allocations.load(std::memory_order_relaxed);
  }
  int64_t peak = state.peak_live.load(std::memory_order_relaxed);
  for (ThreadCache* cache = state.caches; cache != nullptr; cache = cache->next) {
    int64_t own = cache->live.load(std::memory_order_relaxed);
    peak = std::max(peak, live - own + cache->live_peak.load(std::memory_order_relaxed));
  }
  int64_t reserved = state.reserved.load(std::memory_order_relaxed);
  *statistics = {
      .live = live,
      .peak_live = peak,
      .reserved = reserved,
      .peak_reserved = state.peak_reserved.load(std::memory_order_relaxed),
      .idle = std::max<int64_t>(0, reserved - live),
      .allocations = allocations,
      .reuses = allocations - state.fresh_allocations.load(std::memory_order_relaxed),
      .system_allocations = state.system_allocations.load(std::memory_order_relaxed),
  };
}

void ct_allocator_set_reports(bool reports) {
  state.reports.store(reports, std::memory_order_relaxed);
}

void ct_allocator_reset_peak(void) {
  AllStopped stopped;
  for (ThreadCache* cache = state.caches; cache != nullptr; cache = cache->next) {
    cache->live_peak.store(0, std::memory_order_relaxed);
    push_counts(*cache);
  }
  state.peak_live.store(
      state.live.load(std::memory_order_relaxed), std::memory_order_relaxed);
  state.peak_reserved.store(
      state.reserved.load(std::memory_order_relaxed), std::memory_order_relaxed);
}

int64_t ct_allocator_control_group_memory(const char* groups, const char* root) {
  return control_group_memory(groups, root);
}

}  // extern "C"
