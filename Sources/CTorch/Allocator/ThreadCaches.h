// What belongs to one thread: short lists of free small blocks, so that the usual
// allocation takes no lock, and its part of the counters.

#pragma once

#include "State.h"

#include <c10/macros/Macros.h>

#include <atomic>
#include <cstdint>

namespace ctorch_allocator __attribute__((visibility("hidden"))) {

// Finds out how threads can be kept out of their caches. Once at the start, and in
// a child process.
void register_barrier();

// From `enter` to `leave` the thread has its cache to itself. It must not take
// `registry` in that time.
inline bool try_enter(ThreadCache& cache) {
  cache.busy.store(true, std::memory_order_relaxed);
  if (C10_LIKELY(state.asymmetric_barrier)) {
    std::atomic_signal_fence(std::memory_order_seq_cst);
  } else {
    std::atomic_thread_fence(std::memory_order_seq_cst);
  }
  if (C10_LIKELY(!cache.stopped.load(std::memory_order_acquire))) {
    return true;
  }
  cache.busy.store(false, std::memory_order_release);
  return false;
}

inline void leave(ThreadCache& cache) {
  cache.busy.store(false, std::memory_order_release);
}

void enter(ThreadCache& cache);

// Adds the counts of an entered or stopped cache to the common ones.
void push_counts(ThreadCache& cache);

// A thread adds its own count of live bytes to the common one when it has
// changed by this much.
constexpr int64_t push_bytes = 256 * KiB;

// Counts live bytes; only in an entered cache.
inline void count_live(ThreadCache& cache, int64_t bytes) {
  int64_t live = cache.live.load(std::memory_order_relaxed) + bytes;
  cache.live.store(live, std::memory_order_relaxed);
  if (live > cache.live_peak.load(std::memory_order_relaxed)) {
    cache.live_peak.store(live, std::memory_order_relaxed);
  }
  if (C10_UNLIKELY(live > push_bytes || live < -push_bytes)) {
    push_counts(cache);
  }
}

inline void count_allocation(ThreadCache& cache) {
  cache.allocations.store(
      cache.allocations.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

// Gives the blocks of a list but for `keep` of them to the centre.
void flush_front(FrontList& front, unsigned index, unsigned keep);

// Only in an entered cache: with a list that has a block, with one that has space.
inline FreeBlock* pop_block(FrontList& front) {
  FreeBlock* block = front.head;
  front.head = block->next;
  front.count -= 1;
  front.space += 1;
  return block;
}

inline void push_block(FrontList& front, FreeBlock* block) {
  block->next = front.head;
  front.head = block;
  front.count += 1;
  front.space -= 1;
}

// Keeps all threads out of their caches, and further threads from getting one.
class AllStopped {
 public:
  AllStopped();
  ~AllStopped();
  AllStopped(const AllStopped&) = delete;
  AllStopped& operator=(const AllStopped&) = delete;
};

// Under `central`, while all are stopped: whether the caches have lists, as the
// limit on idle bytes has it. Lists no longer in use are emptied, or all.
void set_up_fronts(bool empties_all);

// This thread's cache; null when the thread is about to end.
ThreadCache* cache_of_thread();

// Counts a block of any kind that is now in use (bytes > 0) or free (bytes < 0).
void count_block(int64_t bytes);

void before_fork();
void after_fork_in_parent();
void after_fork_in_child();

// For the key whose destructor it is.
void thread_ends(void* value);

}  // namespace ctorch_allocator
