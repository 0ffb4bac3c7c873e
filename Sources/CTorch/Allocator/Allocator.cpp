// The caching allocator for CPU tensors.
//
// Blocks come in two tiers, both on memory mapped in multiples of 2 MiB that is
// marked for huge pages:
//
//   small   up to 1 MiB (SmallBlocks.h). Eight sizes per octave, multiples of
//           64 bytes. Every thread keeps short lists of free blocks
//           (ThreadCaches.h), so the usual allocation takes no lock.
//   big     above (BigBlocks.h). Multiples of 128 KiB cut from large regions; a
//           freed block joins its idle neighbours. So a block of 2.1 MiB is on
//           huge pages without wasting the rest of the last one, and memory freed
//           as one size serves another: what is reserved stays close to what is
//           live, also where the sizes change from one step to the next.
//
// This file joins them: allocating, freeing, and the face towards libtorch.

#include "../include/ctorch_allocator.h"

#include "AddressMap.h"
#include "BigBlocks.h"
#include "Environment.h"
#include "IdleLimit.h"
#include "SmallBlocks.h"
#include "State.h"
#include "ThreadCaches.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>

#include <pthread.h>

#include <cstdlib>
#include <new>

#ifdef __linux__
#include <malloc.h>
#else
#include <malloc/malloc.h>
#endif

namespace ctorch_allocator {

constinit State state;

namespace {

// MARK: The system's allocator

int64_t system_block_bytes(void* pointer) {
#ifdef __linux__
  return static_cast<int64_t>(malloc_usable_size(pointer));
#else
  return static_cast<int64_t>(malloc_size(pointer));
#endif
}

void* allocate_from_system(size_t bytes) {
  void* pointer = nullptr;
  if (posix_memalign(&pointer, block_alignment, bytes) != 0) {
    return nullptr;
  }
  int64_t block = system_block_bytes(pointer);
  add_reserved(block);
  add(state.system_allocations, 1);
  add(state.fresh_allocations, 1);
  count_block(block);
  return pointer;
}

void free_to_system(void* pointer) {
  int64_t block = system_block_bytes(pointer);
  count_block(-block);
  add_reserved(-block);
  free(pointer);
}

// MARK: Allocating

// Small blocks where the thread's list has none. Null when there is no memory.
C10_NOINLINE void* allocate_small_slowly(unsigned index) {
  const SmallClass& c = small_classes[index];
  ThreadCache* cache = cache_of_thread();
  bool asked_system = false;
  FreeBlock* block = nullptr;
  if (cache == nullptr) {
    {
      Lock lock(state.central);
      take_small(index, 1, block, asked_system);
    }
    if (block != nullptr) {
      count_block(c.bytes);
    }
  } else {
    enter(*cache);
    FrontList& front = cache->fronts[index];
    if (front.head == nullptr) {
      Lock lock(state.central);
      // One block passes through the list even where lists are not in use.
      unsigned wanted = cache->front_lists ? c.batch : 1;
      unsigned taken = take_small(index, wanted, front.head, asked_system);
      front.count += taken;
      front.space -= taken;
    }
    if (front.head != nullptr) {
      block = pop_block(front);
      count_live(*cache, c.bytes);
      count_allocation(*cache);
    }
    leave(*cache);
  }
  if (asked_system && block != nullptr) {
    add(state.fresh_allocations, 1);
  }
  return block;
}

void* allocate_big(size_t wanted) {
  bool is_fresh = false;
  BigBlock* block;
  {
    Unmapping unmapping;
    Lock lock(state.central);
    block = take_big(big_block_bytes(wanted), is_fresh, unmapping);
  }
  if (block == nullptr) {
    return nullptr;
  }
  if (is_fresh) {
    add(state.fresh_allocations, 1);
  }
  count_block(static_cast<int64_t>(block->bytes));
  return block->base;
}

C10_NOINLINE void* allocate_slowly(size_t bytes) {
  if (bytes > largest_request) {
    return nullptr;
  }
  for (int attempt = 0; attempt < 2; ++attempt) {
    void* pointer;
    if (!state.enabled.load(std::memory_order_relaxed)) {
      pointer = allocate_from_system(bytes);
    } else if (bytes <= small_limit) {
      pointer = allocate_small_slowly(small_class(bytes));
    } else {
      pointer = allocate_big(bytes);
    }
    if (pointer != nullptr) {
      return pointer;
    }
    release_all();
  }
  return nullptr;
}

// Null when there is no memory. `bytes` is not 0.
inline void* allocate_block(size_t bytes) {
  ThreadCache* cache = own_cache;
  if (C10_LIKELY(bytes <= small_limit && cache != nullptr)) {
    unsigned index = small_class(bytes);
    if (C10_LIKELY(try_enter(*cache))) {
      FrontList& front = cache->fronts[index];
      if (C10_LIKELY(front.head != nullptr)) {
        FreeBlock* block = pop_block(front);
        count_live(*cache, small_classes[index].bytes);
        count_allocation(*cache);
        leave(*cache);
        return block;
      }
      leave(*cache);
    }
  }
  return allocate_slowly(bytes);
}

// MARK: Freeing

// Small blocks for which the thread's list has no space.
C10_NOINLINE void free_small_slowly(void* pointer, unsigned index) {
  const SmallClass& c = small_classes[index];
  ThreadCache* cache = cache_of_thread();
  auto* block = new (pointer) FreeBlock;
  bool is_listed = false;
  if (cache == nullptr) {
    count_block(-int64_t{c.bytes});
  } else {
    enter(*cache);
    count_live(*cache, -int64_t{c.bytes});
    if (cache->front_lists) {
      FrontList& front = cache->fronts[index];
      if (front.space == 0) {
        Lock lock(state.central);
        flush_front(front, index, c.capacity / 2);
      }
      push_block(front, block);
      is_listed = true;
    }
    leave(*cache);
  }
  Unmapping unmapping;
  Lock lock(state.central);
  if (!is_listed) {
    give_small(index, block, block, 1);
  }
  trim(unmapping);
}

inline void free_small(void* pointer, SmallChunk* chunk) {
  auto offset = static_cast<size_t>(static_cast<char*>(pointer) - chunk->base);
  unsigned index = chunk->class_of_unit[offset / small_unit];
  ThreadCache* cache = own_cache;
  if (C10_LIKELY(cache != nullptr) && C10_LIKELY(try_enter(*cache))) {
    FrontList& front = cache->fronts[index];
    if (C10_LIKELY(front.space != 0)) {
      push_block(front, new (pointer) FreeBlock);
      count_live(*cache, -int64_t{small_classes[index].bytes});
      leave(*cache);
      return;
    }
    leave(*cache);
  }
  free_small_slowly(pointer, index);
}

C10_NOINLINE void free_big(void* pointer, Region* region) {
  BigBlock* block = region->block_at(pointer);
  auto bytes = static_cast<int64_t>(block->bytes);
  count_block(-bytes);
  Unmapping unmapping;
  Lock lock(state.central);
  if (bytes > effective_limit()) {
    // Kept, it would push out everything else and then itself.
    release_block(block, unmapping);
  } else {
    keep_big(block);
  }
  trim(unmapping);
}

inline void free_block(void* pointer) {
  uintptr_t entry = entry_of(pointer);
  if (C10_LIKELY(entry != 0 && (entry & region_tag) == 0)) {
    free_small(pointer, reinterpret_cast<SmallChunk*>(entry));
  } else if (entry != 0) {
    free_big(pointer, reinterpret_cast<Region*>(entry & ~region_tag));
  } else {
    free_to_system(pointer);
  }
}

// MARK: The face towards libtorch

[[noreturn]] C10_NOINLINE void throw_out_of_memory(size_t bytes) {
  c10::profiledCPUMemoryReporter().OutOfMemory(bytes);
  ct_allocator_stats now;
  ct_allocator_statistics(&now);

  TORCH_CHECK_WITH(
      OutOfMemoryError,
      false,
      "out of memory: tried to allocate ",
      bytes,
      " bytes (live ",
      now.live,
      ", cached ",
      now.idle,
      ")");
  std::abort();  // not reached; the macro does not say so to the compiler
}

// Asking libtorch whether its profiler listens takes longer than the allocation,
// hence the switch.
inline bool is_watched() {
  return C10_UNLIKELY(state.reports.load(std::memory_order_relaxed));
}

void delete_block(void* pointer) {
  if (pointer == nullptr) {
    return;
  }
  if (is_watched()) {
    c10::profiledCPUMemoryReporter().Delete(pointer);
  }
  free_block(pointer);
}

class CachingCPUAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    void* pointer = nullptr;
    if (C10_LIKELY(bytes != 0)) {
      pointer = allocate_block(bytes);
      if (C10_UNLIKELY(pointer == nullptr)) {
        throw_out_of_memory(bytes);
      }
      if (is_watched()) {
        c10::profiledCPUMemoryReporter().New(pointer, bytes);
      }
    }
    return {pointer, pointer, &delete_block, c10::Device(c10::DeviceType::CPU)};
  }

  c10::DeleterFnPtr raw_deleter() const override {
    return &delete_block;
  }

  void copy_data(void* destination, const void* source, size_t count) const override {
    default_copy_data(destination, source, count);
  }
};

// libtorch looks the allocator up for every tensor and may do so until the very
// end, so the object is never destroyed.
alignas(CachingCPUAllocator) unsigned char allocator_place[sizeof(CachingCPUAllocator)];

__attribute__((constructor)) void install() {
  read_environment();
  register_barrier();
  state.has_thread_key = pthread_key_create(&state.thread_key, &thread_ends) == 0;
  pthread_atfork(&before_fork, &after_fork_in_parent, &after_fork_in_child);
  // The highest priority: registrations of equal priority replace each other,
  // and libtorch's own has 0.
  c10::SetCPUAllocator(new (allocator_place) CachingCPUAllocator, 255);
}

}  // namespace

}  // namespace ctorch_allocator
