#include "ThreadCaches.h"

#include "IdleLimit.h"
#include "Lists.h"
#include "Pages.h"
#include "SmallBlocks.h"

#include <sched.h>

#ifdef __linux__
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace ctorch_allocator {

// A cap below this can be overrun by the threads' lists to a degree that
// matters, so the lists are not used then.
constexpr int64_t front_lists_from_limit = 64 * MiB;

constinit CT_THREAD_LOCAL ThreadCache* own_cache = nullptr;
constinit CT_THREAD_LOCAL bool thread_ended = false;

// MARK: Keeping threads out

void register_barrier() {
#ifdef __linux__
  state.asymmetric_barrier =
      syscall(__NR_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
#endif
}

namespace {

// A barrier on every processor that runs a thread of this process.
void barrier_everywhere() {
#ifdef __linux__
  if (state.asymmetric_barrier) {
    syscall(__NR_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    return;
  }
#endif
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

// Under `registry`: keeps the owners out of all caches.
void stop_all() {
  for (ThreadCache* cache = state.caches; cache != nullptr; cache = cache->next) {
    cache->stopped.store(true, std::memory_order_relaxed);
  }
  barrier_everywhere();
  for (ThreadCache* cache = state.caches; cache != nullptr; cache = cache->next) {
    while (cache->busy.load(std::memory_order_acquire)) {
      sched_yield();
    }
  }
}

void resume_all() {
  for (ThreadCache* cache = state.caches; cache != nullptr; cache = cache->next) {
    cache->stopped.store(false, std::memory_order_release);
  }
}

}  // namespace

AllStopped::AllStopped() {
  pthread_mutex_lock(&state.registry);
  stop_all();
}

AllStopped::~AllStopped() {
  resume_all();
  pthread_mutex_unlock(&state.registry);
}

void enter(ThreadCache& cache) {
  while (!try_enter(cache)) {
    // Whoever stopped the cache holds `registry` until it runs again.
    Lock lock(state.registry);
  }
}

// MARK: Lists

void flush_front(FrontList& front, unsigned index, unsigned keep) {
  if (front.count <= keep) {
    return;
  }
  // The blocks freed last stay: they are the likeliest in the processor's cache.
  FreeBlock** link = &front.head;
  for (unsigned i = 0; i < keep; ++i) {
    link = &(*link)->next;
  }
  FreeBlock* first = *link;
  FreeBlock* last = first;
  while (last->next != nullptr) {
    last = last->next;
  }
  *link = nullptr;
  unsigned moved = front.count - keep;
  front.count = keep;
  front.space += moved;
  give_small(index, first, last, moved);
}

namespace {

// Under `central`, in an entered or stopped cache.
void flush_fronts(ThreadCache& cache) {
  for (unsigned index = 0; index < small_class_count; ++index) {
    flush_front(cache.fronts[index], index, 0);
  }
}

// In an entered or stopped cache with empty lists.
void use_fronts(ThreadCache& cache, bool use) {
  cache.front_lists = use;
  for (unsigned index = 0; index < small_class_count; ++index) {
    FrontList& front = cache.fronts[index];
    front.space = use ? small_classes[index].capacity - front.count : 0;
  }
}

bool fronts_wanted() {
  return effective_limit() >= front_lists_from_limit;
}

}  // namespace

void set_up_fronts(bool empties_all) {
  bool wanted = fronts_wanted();
  for (ThreadCache* cache = state.caches; cache != nullptr; cache = cache->next) {
    if (empties_all || !wanted) {
      flush_fronts(*cache);
    }
    use_fronts(*cache, wanted);
  }
}

// MARK: Counters

void push_counts(ThreadCache& cache) {
  int64_t live = cache.live.load(std::memory_order_relaxed);
  int64_t peak = cache.live_peak.load(std::memory_order_relaxed);
  int64_t before = state.live.fetch_add(live, std::memory_order_relaxed);
  cache.live.store(0, std::memory_order_relaxed);
  cache.live_peak.store(0, std::memory_order_relaxed);
  raise_to(state.peak_live, before + peak);
}

void count_block(int64_t bytes) {
  ThreadCache* cache = cache_of_thread();
  if (cache == nullptr) {
    add_live(bytes);
    if (bytes > 0) {
      add(state.allocations, 1);
    }
    return;
  }
  enter(*cache);
  count_live(*cache, bytes);
  if (bytes > 0) {
    count_allocation(*cache);
  }
  leave(*cache);
}

// MARK: Beginning and end of a thread

namespace {

// Under `registry`; the cache is nobody's any more.
void retire(ThreadCache* cache) {
  push_counts(*cache);
  add(state.allocations, cache->allocations.load(std::memory_order_relaxed));
  {
    Lock lock(state.central);
    flush_fronts(*cache);
  }
  unlink(state.caches, cache);
  push_spare(state.spare_caches, cache);
}

ThreadCache* make_cache() {
  ThreadCache* cache;
  {
    Lock registry(state.registry);
    {
      Lock central(state.central);
      cache = take_spare(state.spare_caches, &ThreadCache::next);
    }
    if (cache == nullptr) {
      return nullptr;
    }
    cache->busy.store(false, std::memory_order_relaxed);
    cache->stopped.store(false, std::memory_order_relaxed);
    cache->live.store(0, std::memory_order_relaxed);
    cache->live_peak.store(0, std::memory_order_relaxed);
    cache->allocations.store(0, std::memory_order_relaxed);
    use_fronts(*cache, fronts_wanted());
    push_front(state.caches, cache);
  }
  own_cache = cache;
  // Runs after the destructors of thread-local objects, so nearly every tensor
  // the thread still frees finds its cache.
  pthread_setspecific(state.thread_key, cache);
  return cache;
}

}  // namespace

ThreadCache* cache_of_thread() {
  if (C10_LIKELY(own_cache != nullptr)) {
    return own_cache;
  }
  return thread_ended || !state.has_thread_key ? nullptr : make_cache();
}

void thread_ends(void* value) {
  // From here on the thread works on the central lists.
  own_cache = nullptr;
  thread_ended = true;
  Unmapping unmapping;
  {
    Lock registry(state.registry);
    retire(static_cast<ThreadCache*>(value));
    Lock central(state.central);
    trim(unmapping);
  }
}

// MARK: fork

// The child has one thread, and whatever the others were about stays as it was.
// So nobody may be inside anything at that moment.
void before_fork() {
  pthread_mutex_lock(&state.registry);
  stop_all();
  pthread_mutex_lock(&state.central);
}

void after_fork_in_parent() {
  pthread_mutex_unlock(&state.central);
  resume_all();
  pthread_mutex_unlock(&state.registry);
}

void after_fork_in_child() {
  register_barrier();
  pthread_mutex_unlock(&state.central);
  for (ThreadCache* cache = state.caches; cache != nullptr;) {
    ThreadCache* next = cache->next;
    if (cache != own_cache) {
      retire(cache);
    }
    cache = next;
  }
  resume_all();
  pthread_mutex_unlock(&state.registry);
}

}  // namespace ctorch_allocator
