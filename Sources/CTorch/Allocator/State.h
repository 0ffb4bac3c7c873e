// What the allocator knows: about blocks, about threads, about itself.
//
// What is known about a block is kept apart from it, found through a map of the
// address space in steps of 2 MiB (AddressMap.h): powers of two need not grow for
// a header, and a pointer that is not in the map came from the system's allocator.
//
// Locks, in the order they are taken: `registry`, a thread cache's `busy` flag,
// `central`. Nothing here is ever destroyed, for tensors are freed until the
// very end of the process.

#pragma once

#include "Sizes.h"

#include <pthread.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#ifdef __linux__
// The library is loaded with the program, so its thread-local pointer fits the
// static block and is reached without a call.
#define CT_THREAD_LOCAL __attribute__((tls_model("initial-exec"))) thread_local
#else
#define CT_THREAD_LOCAL thread_local
#endif

namespace ctorch_allocator __attribute__((visibility("hidden"))) {

// MARK: Big blocks

struct Region;

enum class Use : uint8_t {
  used,
  idle,  // free, with memory
  fresh,  // free, without memory
};

struct BigBlock {
  char* base;
  size_t bytes;
  Region* region;
  Use use;
  // The neighbours in the region.
  BigBlock* left;
  BigBlock* right;
  // In a bin, unless in use.
  BigBlock* previous;
  BigBlock* next;
  // Among all idle blocks, by the time since when.
  BigBlock* older;
  BigBlock* newer;
};

// A mapping of big blocks, completely covered by them. Lies in a mapping of its
// own.
struct Region {
  char* base;
  size_t bytes;
  size_t own_bytes;  // of this object with its table

  // The block in use that starts at a unit.
  BigBlock*& block_at(const void* pointer) {
    auto offset = static_cast<size_t>(static_cast<const char*>(pointer) - base);
    return reinterpret_cast<BigBlock**>(this + 1)[offset / big_unit];
  }
};

struct Bins {
  std::array<BigBlock*, bin_count> heads;
  std::array<uint64_t, (bin_count + 63) / 64> occupied;
};

// MARK: Small blocks

// Which units of a chunk belong to runs.
struct UnitMap {
  std::array<uint64_t, chunk_units / 64> used;
  unsigned free_units;
  unsigned longest;  // no free stretch is longer than this

  void clear() {
    used.fill(0);
    free_units = chunk_units;
    longest = chunk_units;
  }

  bool is_used(unsigned unit) const {
    return (used[unit / 64] >> (unit % 64) & 1) != 0;
  }

  void mark(unsigned first, unsigned count, bool as_used) {
    for (unsigned unit = first; unit < first + count; ++unit) {
      uint64_t bit = uint64_t{1} << (unit % 64);
      used[unit / 64] = as_used ? used[unit / 64] | bit : used[unit / 64] & ~bit;
    }
    free_units = as_used ? free_units - count : free_units + count;
    if (!as_used) {
      longest = free_units;
    }
  }

  // The first unit of a stretch now marked as used, or -1.
  int take(unsigned count) {
    if (count > longest || count > free_units) {
      return -1;
    }
    unsigned stretch = 0;
    for (unsigned unit = 0; unit < chunk_units; ++unit) {
      stretch = is_used(unit) ? 0 : stretch + 1;
      if (stretch == count) {
        mark(unit + 1 - count, count, true);
        return static_cast<int>(unit + 1 - count);
      }
    }
    longest = count - 1;
    return -1;
  }
};

struct SmallChunk {
  std::array<uint8_t, chunk_units> class_of_unit;
  std::array<uint16_t, chunk_units> run_of_unit;  // the first unit of its run
  std::array<uint16_t, chunk_units> idle_in_run;  // scratch of `trim_small`, by first unit
  char* base;
  UnitMap units;
  SmallChunk* previous;
  SmallChunk* next;
};

struct FreeBlock {
  FreeBlock* next;
};

// MARK: Threads

struct FrontList {
  FreeBlock* head;
  uint32_t count;
  uint32_t space;  // how many more blocks may be put in
};

// What belongs to one thread. The owner works on it between `enter` and `leave`;
// another thread may do so after `stop_all`.
//
// The flags form a Dekker pair: the owner raises `busy`, then looks at `stopped`;
// the other raises `stopped`, then looks at `busy`. The owner's two steps need a
// full barrier between them, which would cost more than all the rest, so where
// the kernel offers it the other thread makes every processor pass one
// (`membarrier`) instead.
struct alignas(64) ThreadCache {
  std::atomic<bool> busy;
  std::atomic<bool> stopped;
  bool front_lists;  // whether the lists are in use

  // Written by the owner alone, read by all.
  std::atomic<int64_t> live;  // not yet in `State::live`
  std::atomic<int64_t> live_peak;  // the highest `live` since the last push
  std::atomic<int64_t> allocations;

  std::array<FrontList, small_class_count> fronts;

  ThreadCache* previous;
  ThreadCache* next;
};

// MARK: All of it

// Blocks of one class that are in no thread's list.
struct CentralList {
  FreeBlock* head;
  // The rest of the newest run, not yet cut into blocks.
  char* fresh;
  char* fresh_end;
};

struct State {
  std::atomic<bool> enabled{true};
  std::atomic<int64_t> limit{-1};
  std::atomic<bool> reports{false};
  int64_t reserve_limit = INT64_MAX;  // idle blocks go before `reserved` passes this
  bool asymmetric_barrier = false;
  bool has_thread_key = false;
  pthread_key_t thread_key{};

  std::atomic<int64_t> live{0};
  std::atomic<int64_t> peak_live{0};
  std::atomic<int64_t> reserved{0};
  std::atomic<int64_t> peak_reserved{0};
  std::atomic<int64_t> allocations{0};  // beyond those counted by thread caches
  std::atomic<int64_t> fresh_allocations{0};  // those that asked the system
  std::atomic<int64_t> system_allocations{0};

  pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;
  // Under `registry`:
  ThreadCache* caches = nullptr;
  ThreadCache* spare_caches = nullptr;

  pthread_mutex_t central = PTHREAD_MUTEX_INITIALIZER;
  // Under `central`:
  std::array<CentralList, small_class_count> small{};
  int64_t small_idle = 0;
  // The value of `small_idle` from which it is worth looking for idle runs.
  int64_t small_trim_from = 0;
  SmallChunk* small_chunks = nullptr;
  SmallChunk* spare_small_chunks = nullptr;
  Bins idle_bins{};
  Bins fresh_bins{};
  int64_t big_idle = 0;
  BigBlock* newest = nullptr;
  BigBlock* oldest = nullptr;
  BigBlock* spare_blocks = nullptr;
  char* metadata = nullptr;
  char* metadata_end = nullptr;
};

extern constinit State state;

// The cache of this thread. Trivial on purpose: a tensor may be freed after the
// destructors of the thread have run.
extern constinit CT_THREAD_LOCAL ThreadCache* own_cache;
extern constinit CT_THREAD_LOCAL bool thread_ended;

class Lock {
 public:
  explicit Lock(pthread_mutex_t& mutex) : mutex_(mutex) {
    pthread_mutex_lock(&mutex_);
  }
  ~Lock() {
    pthread_mutex_unlock(&mutex_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  pthread_mutex_t& mutex_;
};

// MARK: Counters

inline void add(std::atomic<int64_t>& counter, int64_t amount) {
  counter.fetch_add(amount, std::memory_order_relaxed);
}

inline void raise_to(std::atomic<int64_t>& peak, int64_t value) {
  int64_t seen = peak.load(std::memory_order_relaxed);
  while (value > seen &&
         !peak.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
  }
}

inline void add_reserved(int64_t bytes) {
  int64_t now = state.reserved.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (bytes > 0) {
    raise_to(state.peak_reserved, now);
  }
}

inline void add_live(int64_t bytes) {
  int64_t now = state.live.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (bytes > 0) {
    raise_to(state.peak_live, now);
  }
}

}  // namespace ctorch_allocator
