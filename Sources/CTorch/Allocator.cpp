// The caching allocator for CPU tensors.
//
// Blocks come in two tiers, both on memory mapped in multiples of 2 MiB that is
// marked for huge pages:
//
//   small   up to 1 MiB. Runs of 4 KiB units in 2 MiB chunks; a run holds blocks
//           of one class (eight classes per octave, multiples of 64 bytes).
//           Every thread keeps short lists of free blocks, so the usual
//           allocation takes no lock.
//   big     above. Multiples of 128 KiB cut from regions of 256 MiB or more by
//           best fit; a freed block joins its idle neighbours. So a block of
//           2.1 MiB is on huge pages without wasting the rest of the last one,
//           and memory freed as one size serves another: what is reserved stays
//           close to what is live, also where the sizes change from one step to
//           the next.
//
// The part of a region that was never used, or was given back, is `fresh`: it
// takes addresses but no memory, and counts for nothing.
//
// What is known about a block is kept apart from it, found through a map of the
// address space in steps of 2 MiB: powers of two need not grow for a header, and
// a pointer that is not in the map came from the system's allocator.
//
// Locks, in the order they are taken: `registry`, a thread cache's `busy` flag,
// `central`. Nothing here is ever destroyed, for tensors are freed until the
// very end of the process.

#include "include/ctorch_allocator.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#ifdef __linux__
#include <linux/membarrier.h>
#include <malloc.h>
#include <sys/syscall.h>
#else
#include <malloc/malloc.h>
#endif

#ifdef __linux__
// The library is loaded with the program, so its one thread-local pointer fits
// the static block and is reached without a call.
#define CT_THREAD_LOCAL __attribute__((tls_model("initial-exec"))) thread_local
#else
#define CT_THREAD_LOCAL thread_local
#endif

namespace {

constexpr size_t KiB = size_t{1} << 10;
constexpr size_t MiB = size_t{1} << 20;

constexpr size_t block_alignment = 64;
constexpr size_t huge_page = 2 * MiB;
constexpr unsigned huge_page_shift = 21;

constexpr size_t small_limit = 1 * MiB;
constexpr size_t small_unit = 4 * KiB;
constexpr size_t small_chunk_bytes = huge_page;
constexpr size_t big_unit = 128 * KiB;
constexpr size_t region_bytes = 256 * MiB;
constexpr size_t largest_request = size_t{1} << 46;

constexpr unsigned chunk_units = 512;
static_assert(small_chunk_bytes / small_unit == chunk_units);

// A cap below this can be overrun by the threads' lists to a degree that
// matters, so the lists are not used then.
constexpr int64_t front_lists_from_limit = 64 * MiB;

// A thread adds its own count of live bytes to the common one when it has
// changed by this much.
constexpr int64_t push_bytes = 256 * KiB;

// ---------------------------------------------------------------------------
// Sizes

constexpr unsigned small_class_count = 96;

// Classes 0..7 are the multiples of 64 up to 512; then eight per octave.
inline unsigned small_class(size_t bytes) {
  if (bytes <= 512) {
    return static_cast<unsigned>((bytes + 63) >> 6) - 1;
  }
  unsigned octave = 63 - static_cast<unsigned>(std::countl_zero(bytes - 1));
  unsigned step = static_cast<unsigned>((bytes - 1) >> (octave - 3)) - 8;
  return 8 + 8 * (octave - 9) + step;
}

struct SmallClass {
  uint32_t bytes = 0;
  uint32_t run_units = 0;  // units of one run
  uint32_t run_blocks = 0;  // blocks in one run
  uint32_t capacity = 0;  // the most blocks in a thread's list
  uint32_t batch = 0;  // blocks a thread's list is filled with
};

constexpr uint32_t small_class_bytes(unsigned index) {
  if (index < 8) {
    return 64 * (index + 1);
  }
  unsigned octave = 9 + (index - 8) / 8;
  return (9 + (index - 8) % 8) << (octave - 3);
}

// The run length between 64 and 128 KiB that wastes least; one block from 32 KiB
// on, where the class sizes are multiples of the unit.
constexpr uint32_t run_units_for(uint32_t bytes) {
  if (bytes > 32 * KiB) {
    return (bytes + small_unit - 1) / small_unit;
  }
  uint32_t best = 16;
  for (uint32_t units = 16; units <= 32; ++units) {
    uint64_t waste = units * small_unit % bytes;
    uint64_t best_waste = best * small_unit % bytes;
    if (waste * best < best_waste * units) {
      best = units;
    }
  }
  return best;
}

constexpr std::array<SmallClass, small_class_count> make_small_classes() {
  std::array<SmallClass, small_class_count> classes;
  for (unsigned i = 0; i < small_class_count; ++i) {
    SmallClass& c = classes[i];
    c.bytes = small_class_bytes(i);
    c.run_units = run_units_for(c.bytes);
    c.run_blocks = static_cast<uint32_t>(c.run_units * small_unit / c.bytes);
    c.capacity = std::clamp<uint32_t>(256 * KiB / c.bytes, 2, 256);
    c.batch = std::max<uint32_t>(1, c.capacity / 4);
  }
  return classes;
}

constexpr std::array<SmallClass, small_class_count> small_classes = make_small_classes();
static_assert(small_classes[small_class_count - 1].bytes == small_limit);

inline size_t big_block_bytes(size_t bytes) {
  return (bytes + big_unit - 1) & ~(big_unit - 1);
}

// Bins of big blocks that are not in use: 16 per octave from one unit on; a
// block is in the last bin whose lower end it reaches.
constexpr unsigned first_bin_octave = 17;
constexpr unsigned bin_count = (48 - first_bin_octave) * 16;
static_assert(size_t{1} << first_bin_octave == big_unit);

inline unsigned bin_of(size_t block_bytes) {
  unsigned octave = 63 - static_cast<unsigned>(std::countl_zero(block_bytes));
  return (octave - first_bin_octave) * 16 + static_cast<unsigned>(block_bytes >> (octave - 4)) - 16;
}

// ---------------------------------------------------------------------------
// What is known about blocks

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

// ---------------------------------------------------------------------------
// Locks

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

// ---------------------------------------------------------------------------
// State

struct FreeBlock {
  FreeBlock* next;
};

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

// Blocks of one class that are in no thread's list.
struct CentralList {
  FreeBlock* head;
  uint64_t count;
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

constinit State state;

// The cache of this thread. Trivial on purpose: a tensor may be freed after the
// destructors of the thread have run.
constinit CT_THREAD_LOCAL ThreadCache* own_cache = nullptr;
constinit CT_THREAD_LOCAL bool thread_ended = false;

void raise_to(std::atomic<int64_t>& peak, int64_t value) {
  int64_t seen = peak.load(std::memory_order_relaxed);
  while (value > seen &&
         !peak.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
  }
}

void add_reserved(int64_t bytes) {
  int64_t now = state.reserved.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (bytes > 0) {
    raise_to(state.peak_reserved, now);
  }
}

void add_live(int64_t bytes) {
  int64_t now = state.live.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (bytes > 0) {
    raise_to(state.peak_live, now);
  }
}

inline void add(std::atomic<int64_t>& counter, int64_t amount) {
  counter.fetch_add(amount, std::memory_order_relaxed);
}

// ---------------------------------------------------------------------------
// The operating system

size_t page_size() {
  static const size_t size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

void* map_pages(size_t bytes) {
  void* base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  return base == MAP_FAILED ? nullptr : base;
}

// Fresh memory on 2 MiB boundaries, or null. `bytes` is a multiple of 2 MiB.
char* map_huge(size_t bytes) {
  char* base = static_cast<char*>(map_pages(bytes));
  if (base == nullptr) {
    return nullptr;
  }
  if ((reinterpret_cast<uintptr_t>(base) & (huge_page - 1)) != 0) {
    munmap(base, bytes);
    base = static_cast<char*>(map_pages(bytes + huge_page));
    if (base == nullptr) {
      return nullptr;
    }
    size_t head = -reinterpret_cast<uintptr_t>(base) & (huge_page - 1);
    if (head != 0) {
      munmap(base, head);
    }
    munmap(base + head + bytes, huge_page - head);
    base += head;
  }
#ifdef __linux__
  // Only a wish; kernels without huge pages refuse it.
  madvise(base, bytes, MADV_HUGEPAGE);
#endif
  add(state.system_allocations, 1);
  return base;
}

// Gives the pages back and keeps the addresses.
void discard(char* base, size_t bytes) {
  size_t mask = page_size() - 1;
  auto first = (reinterpret_cast<uintptr_t>(base) + mask) & ~mask;
  auto end = (reinterpret_cast<uintptr_t>(base) + bytes) & ~mask;
  if (first >= end) {
    return;
  }
#ifdef __linux__
  madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED);
#else
  madvise(reinterpret_cast<void*>(first), end - first, MADV_FREE);
#endif
}

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

bool register_barrier() {
#ifdef __linux__
  return syscall(__NR_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
#else
  return false;
#endif
}

// ---------------------------------------------------------------------------
// The map from addresses to what is known

// An entry covers 2 MiB. It is a SmallChunk, or a Region with its lowest bit set;
// 0 where the memory is not ours.
constexpr uintptr_t region_tag = 1;

constexpr unsigned address_bits = 48;
constexpr unsigned leaf_bits = 14;
constexpr unsigned root_bits = address_bits - huge_page_shift - leaf_bits;

using Entry = std::atomic<uintptr_t>;

constinit std::array<std::atomic<Entry*>, size_t{1} << root_bits> address_map{};

inline uintptr_t entry_of(const void* pointer) {
  uintptr_t page = reinterpret_cast<uintptr_t>(pointer) >> huge_page_shift;
  if (C10_UNLIKELY(page >> (root_bits + leaf_bits) != 0)) {
    return 0;
  }
  Entry* leaf = address_map[page >> leaf_bits].load(std::memory_order_acquire);
  if (leaf == nullptr) {
    return 0;
  }
  return leaf[page & ((1u << leaf_bits) - 1)].load(std::memory_order_acquire);
}

// Whether the entries are set. Fails only when a leaf is needed and there is no
// memory for it, or for addresses beyond the map.
bool set_entries(const void* base, size_t bytes, uintptr_t value) {
  uintptr_t first = reinterpret_cast<uintptr_t>(base) >> huge_page_shift;
  uintptr_t end = first + (bytes >> huge_page_shift);
  if (end >> (root_bits + leaf_bits) != 0) {
    return false;
  }
  for (uintptr_t page = first; page < end; ++page) {
    std::atomic<Entry*>& slot = address_map[page >> leaf_bits];
    Entry* leaf = slot.load(std::memory_order_acquire);
    if (leaf == nullptr) {
      size_t leaf_bytes = sizeof(Entry) << leaf_bits;
      // Fresh pages are zero, and a zero entry is an empty one.
      auto* made = static_cast<Entry*>(map_pages(leaf_bytes));
      if (made == nullptr) {
        return false;
      }
      if (slot.compare_exchange_strong(leaf, made, std::memory_order_acq_rel)) {
        leaf = made;
      } else {
        munmap(made, leaf_bytes);
      }
    }
    leaf[page & ((1u << leaf_bits) - 1)].store(value, std::memory_order_release);
  }
  return true;
}

// ---------------------------------------------------------------------------
// Metadata (under `central`, but for thread caches, see there)

// Zeroed memory that is never given back; what is no longer used goes to a list
// of spares.
void* new_metadata(size_t bytes) {
  bytes = (bytes + 63) & ~size_t{63};
  if (static_cast<size_t>(state.metadata_end - state.metadata) < bytes) {
    constexpr size_t piece = 256 * KiB;
    auto* base = static_cast<char*>(map_pages(piece));
    if (base == nullptr) {
      return nullptr;
    }
    state.metadata = base;
    state.metadata_end = base + piece;
  }
  void* result = state.metadata;
  state.metadata += bytes;
  return result;
}

template <typename T>
T* take_spare(T*& spares, T* T::*link) {
  if (T* spare = spares; spare != nullptr) {
    spares = spare->*link;
    return spare;
  }
  return static_cast<T*>(new_metadata(sizeof(T)));
}

template <typename T>
void push_front(T*& head, T* item) {
  item->previous = nullptr;
  item->next = head;
  if (head != nullptr) {
    head->previous = item;
  }
  head = item;
}

template <typename T>
void unlink(T*& head, T* item) {
  (item->previous != nullptr ? item->previous->next : head) = item->next;
  if (item->next != nullptr) {
    item->next->previous = item->previous;
  }
}

// A chunk with its memory mapped and entered, or null.
SmallChunk* map_chunk() {
  SmallChunk* chunk = take_spare(state.spare_small_chunks, &SmallChunk::next);
  if (chunk == nullptr) {
    return nullptr;
  }
  chunk->base = map_huge(small_chunk_bytes);
  if (chunk->base != nullptr &&
      set_entries(chunk->base, small_chunk_bytes, reinterpret_cast<uintptr_t>(chunk))) {
    chunk->units.clear();
    push_front(state.small_chunks, chunk);
    return chunk;
  }
  if (chunk->base != nullptr) {
    munmap(chunk->base, small_chunk_bytes);
  }
  chunk->next = state.spare_small_chunks;
  state.spare_small_chunks = chunk;
  return nullptr;
}

void unmap_chunk(SmallChunk* chunk) {
  set_entries(chunk->base, small_chunk_bytes, 0);
  munmap(chunk->base, small_chunk_bytes);
  unlink(state.small_chunks, chunk);
  chunk->next = state.spare_small_chunks;
  state.spare_small_chunks = chunk;
}

// ---------------------------------------------------------------------------
// Big blocks (under `central`)

void put_in_bin(Bins& bins, BigBlock* block) {
  unsigned bin = bin_of(block->bytes);
  push_front(bins.heads[bin], block);
  bins.occupied[bin / 64] |= uint64_t{1} << (bin % 64);
}

void take_from_bin(Bins& bins, BigBlock* block) {
  unsigned bin = bin_of(block->bytes);
  unlink(bins.heads[bin], block);
  if (bins.heads[bin] == nullptr) {
    bins.occupied[bin / 64] &= ~(uint64_t{1} << (bin % 64));
  }
}

// The first bin that has blocks, from `bin` on; `bin_count` if none.
unsigned occupied_bin(const Bins& bins, unsigned bin) {
  uint64_t mask = ~uint64_t{0} << (bin % 64);
  for (unsigned word = bin / 64; word < bins.occupied.size(); ++word) {
    if (uint64_t bits = bins.occupied[word] & mask; bits != 0) {
      return word * 64 + static_cast<unsigned>(std::countr_zero(bits));
    }
    mask = ~uint64_t{0};
  }
  return bin_count;
}

// A block of at least `bytes`, as small as there is: exactly so among the first
// few of a bin, the latest of equals.
BigBlock* find_fit(const Bins& bins, size_t bytes) {
  constexpr int looks = 32;
  for (unsigned bin = occupied_bin(bins, bin_of(bytes)); bin < bin_count;
       bin = occupied_bin(bins, bin + 1)) {
    BigBlock* best = nullptr;
    BigBlock* block = bins.heads[bin];
    for (int i = 0; i < looks && block != nullptr; ++i, block = block->next) {
      if (block->bytes >= bytes && (best == nullptr || block->bytes < best->bytes)) {
        best = block;
      }
    }
    if (best != nullptr) {
      return best;
    }
  }
  return nullptr;
}

void enter_ages(BigBlock* block) {
  block->newer = nullptr;
  block->older = state.newest;
  (state.newest != nullptr ? state.newest->newer : state.oldest) = block;
  state.newest = block;
}

void leave_ages(BigBlock* block) {
  (block->newer != nullptr ? block->newer->older : state.newest) = block->older;
  (block->older != nullptr ? block->older->newer : state.oldest) = block->newer;
}

void enter_idle(BigBlock* block) {
  block->use = Use::idle;
  put_in_bin(state.idle_bins, block);
  enter_ages(block);
  state.big_idle += static_cast<int64_t>(block->bytes);
}

void leave_idle(BigBlock* block) {
  take_from_bin(state.idle_bins, block);
  leave_ages(block);
  state.big_idle -= static_cast<int64_t>(block->bytes);
}

BigBlock* new_block() {
  return take_spare(state.spare_blocks, &BigBlock::next);
}

void forget_block(BigBlock* block) {
  block->next = state.spare_blocks;
  state.spare_blocks = block;
}

// Joins the block, which is in no list, with its neighbours of the given use.
void join_neighbours(BigBlock* block, Use use) {
  auto take_out = [use](BigBlock* neighbour) {
    if (use == Use::idle) {
      leave_idle(neighbour);
    } else {
      take_from_bin(state.fresh_bins, neighbour);
    }
  };
  if (BigBlock* left = block->left; left != nullptr && left->use == use) {
    take_out(left);
    block->base = left->base;
    block->bytes += left->bytes;
    block->left = left->left;
    if (block->left != nullptr) {
      block->left->right = block;
    }
    forget_block(left);
  }
  if (BigBlock* right = block->right; right != nullptr && right->use == use) {
    take_out(right);
    block->bytes += right->bytes;
    block->right = right->right;
    if (block->right != nullptr) {
      block->right->left = block;
    }
    forget_block(right);
  }
}

// What is to be unmapped once no lock is held: that takes milliseconds.
struct Mapping {
  void* base;
  size_t bytes;
};

class Unmapping {
 public:
  ~Unmapping() {
    flush();
  }
  void add(void* base, size_t bytes) {
    if (count_ == mappings_.size()) {
      flush();
    }
    mappings_[count_++] = {base, bytes};
  }

 private:
  void flush() {
    for (size_t i = 0; i < count_; ++i) {
      munmap(mappings_[i].base, mappings_[i].bytes);
    }
    count_ = 0;
  }
  std::array<Mapping, 64> mappings_;
  size_t count_ = 0;
};

// Gives back the memory of a block that is in no list.
void release_block(BigBlock* block, Unmapping& unmapping) {
  char* base = block->base;
  size_t bytes = block->bytes;
  Region* region = block->region;
  add_reserved(-static_cast<int64_t>(bytes));
  join_neighbours(block, Use::fresh);
  if (block->bytes == region->bytes) {
    // First out of the map: once unmapped, the addresses may be anyone's.
    set_entries(region->base, region->bytes, 0);
    unmapping.add(region->base, region->bytes);
    unmapping.add(region, region->own_bytes);
    forget_block(block);
    return;
  }
  discard(base, bytes);
  block->use = Use::fresh;
  put_in_bin(state.fresh_bins, block);
}

void release_oldest(Unmapping& unmapping) {
  BigBlock* block = state.oldest;
  leave_idle(block);
  release_block(block, unmapping);
}

// Makes room for new memory before the machine runs out of it: the kernel
// promises more than it has, so waiting for a refusal would be too late.
void make_room(int64_t bytes, Unmapping& unmapping) {
  while (state.oldest != nullptr &&
         state.reserved.load(std::memory_order_relaxed) > state.reserve_limit - bytes) {
    release_oldest(unmapping);
  }
}

// One fresh block, in no list, that is a whole new region; or null.
BigBlock* map_region(size_t bytes) {
  size_t own_bytes = sizeof(Region) + bytes / big_unit * sizeof(BigBlock*);
  own_bytes = (own_bytes + page_size() - 1) & ~(page_size() - 1);
  BigBlock* block = new_block();
  auto* region = static_cast<Region*>(map_pages(own_bytes));
  char* base = map_huge(bytes);
  if (block != nullptr && region != nullptr && base != nullptr &&
      set_entries(base, bytes, reinterpret_cast<uintptr_t>(region) | region_tag)) {
    *region = {base, bytes, own_bytes};
    *block = {};
    block->base = base;
    block->bytes = bytes;
    block->region = region;
    return block;
  }
  if (base != nullptr) {
    munmap(base, bytes);
  }
  if (region != nullptr) {
    munmap(region, own_bytes);
  }
  if (block != nullptr) {
    forget_block(block);
  }
  return nullptr;
}

// A fresh block of at least `bytes` that is in its bin, or null.
BigBlock* find_fresh(size_t bytes) {
  BigBlock* block = find_fit(state.fresh_bins, bytes);
  if (block == nullptr) {
    size_t least = (bytes + huge_page - 1) & ~(huge_page - 1);
    if (least < region_bytes) {
      block = map_region(region_bytes);
    }
    if (block == nullptr) {
      block = map_region(least);
    }
    if (block != nullptr) {
      block->use = Use::fresh;
      put_in_bin(state.fresh_bins, block);
    }
  }
  return block;
}

// Cuts `bytes` off the front of a block, which is in no bin.
BigBlock* cut_front(BigBlock* block, size_t bytes) {
  BigBlock* front = block->bytes > bytes ? new_block() : nullptr;
  if (front == nullptr) {
    return block;
  }
  *front = {};
  front->base = block->base;
  front->bytes = bytes;
  front->region = block->region;
  front->left = block->left;
  front->right = block;
  if (front->left != nullptr) {
    front->left->right = front;
  }
  block->left = front;
  block->base += bytes;
  block->bytes -= bytes;
  return front;
}

// A block of at least `bytes`, now in use; or null.
BigBlock* take_big(size_t bytes, bool& is_fresh, Unmapping& unmapping) {
  BigBlock* source = find_fit(state.idle_bins, bytes);
  is_fresh = source == nullptr;
  if (is_fresh) {
    make_room(static_cast<int64_t>(bytes), unmapping);
    source = find_fresh(bytes);
    if (source == nullptr) {
      return nullptr;
    }
  }
  Bins& bins = is_fresh ? state.fresh_bins : state.idle_bins;
  take_from_bin(bins, source);
  BigBlock* block = cut_front(source, bytes);
  // The rest keeps its age.
  if (block != source) {
    put_in_bin(bins, source);
  } else if (!is_fresh) {
    leave_ages(source);
  }
  auto taken = static_cast<int64_t>(block->bytes);
  if (is_fresh) {
    add_reserved(taken);
  } else {
    state.big_idle -= taken;
  }
  block->use = Use::used;
  block->region->block_at(block->base) = block;
  return block;
}

// ---------------------------------------------------------------------------
// Small blocks (under `central`)

bool place_run(SmallChunk* chunk, unsigned index) {
  const SmallClass& c = small_classes[index];
  int found = chunk->units.take(c.run_units);
  if (found < 0) {
    return false;
  }
  auto first = static_cast<unsigned>(found);
  for (unsigned unit = first; unit < first + c.run_units; ++unit) {
    chunk->class_of_unit[unit] = static_cast<uint8_t>(index);
    chunk->run_of_unit[unit] = static_cast<uint16_t>(first);
  }
  chunk->idle_in_run[first] = 0;
  CentralList& list = state.small[index];
  list.fresh = chunk->base + size_t{first} * small_unit;
  list.fresh_end = list.fresh + size_t{c.run_blocks} * c.bytes;
  state.small_idle += int64_t{c.run_blocks} * c.bytes;
  add_reserved(int64_t{c.run_units} * static_cast<int64_t>(small_unit));
  return true;
}

bool make_run(unsigned index, bool& asked_system) {
  for (SmallChunk* chunk = state.small_chunks; chunk != nullptr; chunk = chunk->next) {
    if (place_run(chunk, index)) {
      return true;
    }
  }
  asked_system = true;
  SmallChunk* chunk = map_chunk();
  return chunk != nullptr && place_run(chunk, index);
}

// A chain of up to `wanted` blocks; returns how many.
unsigned take_small(unsigned index, unsigned wanted, FreeBlock*& chain, bool& asked_system) {
  const uint32_t bytes = small_classes[index].bytes;
  CentralList& list = state.small[index];
  chain = nullptr;
  FreeBlock** end = &chain;
  unsigned taken = 0;
  for (; taken < wanted && list.head != nullptr; ++taken) {
    *end = list.head;
    end = &list.head->next;
    list.head = list.head->next;
    list.count -= 1;
  }
  if (taken == 0 && list.fresh == list.fresh_end) {
    make_run(index, asked_system);
  }
  for (; taken < wanted && list.fresh != list.fresh_end; ++taken) {
    auto* block = new (list.fresh) FreeBlock;
    list.fresh += bytes;
    *end = block;
    end = &block->next;
  }
  *end = nullptr;
  state.small_idle -= int64_t{taken} * bytes;
  return taken;
}

void give_small(unsigned index, FreeBlock* first, FreeBlock* last, unsigned count) {
  CentralList& list = state.small[index];
  last->next = list.head;
  list.head = first;
  list.count += count;
  state.small_idle += int64_t{count} * small_classes[index].bytes;
}

SmallChunk* chunk_of(const void* block) {
  return reinterpret_cast<SmallChunk*>(entry_of(block));
}

uint16_t& idle_in_run(SmallChunk* chunk, const void* block) {
  auto offset = static_cast<size_t>(static_cast<const char*>(block) - chunk->base);
  return chunk->idle_in_run[chunk->run_of_unit[offset / small_unit]];
}

uint16_t fresh_blocks(unsigned index) {
  const CentralList& list = state.small[index];
  return static_cast<uint16_t>(
      static_cast<size_t>(list.fresh_end - list.fresh) / small_classes[index].bytes);
}

void count_idle(unsigned index) {
  CentralList& list = state.small[index];
  for (FreeBlock* block = list.head; block != nullptr; block = block->next) {
    idle_in_run(chunk_of(block), block) += 1;
  }
  if (list.fresh != list.fresh_end) {
    idle_in_run(chunk_of(list.fresh), list.fresh) += fresh_blocks(index);
  }
}

// Takes the blocks of runs that are idle as a whole off the class's lists.
void drop_idle_runs(unsigned index) {
  const SmallClass& c = small_classes[index];
  CentralList& list = state.small[index];
  FreeBlock** link = &list.head;
  while (FreeBlock* block = *link) {
    if (idle_in_run(chunk_of(block), block) == c.run_blocks) {
      *link = block->next;
      list.count -= 1;
      state.small_idle -= c.bytes;
    } else {
      link = &block->next;
    }
  }
  if (list.fresh != list.fresh_end &&
      idle_in_run(chunk_of(list.fresh), list.fresh) == c.run_blocks) {
    state.small_idle -= int64_t{fresh_blocks(index)} * c.bytes;
    list.fresh = nullptr;
    list.fresh_end = nullptr;
  }
}

// Frees the units of the runs that `drop_idle_runs` emptied.
void release_runs(SmallChunk* chunk) {
  unsigned unit = 0;
  while (unit < chunk_units) {
    if (!chunk->units.is_used(unit)) {
      ++unit;
      continue;
    }
    const SmallClass& c = small_classes[chunk->class_of_unit[unit]];
    bool idle = chunk->idle_in_run[unit] == c.run_blocks;
    chunk->idle_in_run[unit] = 0;
    if (idle) {
      chunk->units.mark(unit, c.run_units, false);
      add_reserved(-int64_t{c.run_units} * static_cast<int64_t>(small_unit));
      discard(chunk->base + size_t{unit} * small_unit, c.run_units * small_unit);
    }
    unit += c.run_units;
  }
}

// Gives back every run without a block in use or in a thread's list.
void trim_small() {
  for (unsigned index = 0; index < small_class_count; ++index) {
    count_idle(index);
  }
  for (unsigned index = 0; index < small_class_count; ++index) {
    drop_idle_runs(index);
  }
  for (SmallChunk* chunk = state.small_chunks; chunk != nullptr;) {
    SmallChunk* next = chunk->next;
    release_runs(chunk);
    if (chunk->units.free_units == chunk_units) {
      unmap_chunk(chunk);
    }
    chunk = next;
  }
  // What is left can't be given back; looking again at once would be in vain.
  state.small_trim_from = state.small_idle + static_cast<int64_t>(1 * MiB);
}

// ---------------------------------------------------------------------------
// The cap (under `central`)

// The cap on idle bytes as it is now; INT64_MAX for none.
int64_t effective_limit() {
  if (!state.enabled.load(std::memory_order_relaxed)) {
    return 0;
  }
  int64_t limit = state.limit.load(std::memory_order_relaxed);
  return limit < 0 ? INT64_MAX : limit;
}

void trim_to(int64_t limit, Unmapping& unmapping) {
  while (state.oldest != nullptr && state.big_idle + state.small_idle > limit) {
    release_oldest(unmapping);
  }
  if (state.small_idle > limit && state.small_idle >= state.small_trim_from) {
    trim_small();
  }
}

// ---------------------------------------------------------------------------
// Thread caches

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

void enter(ThreadCache& cache) {
  while (!try_enter(cache)) {
    // Whoever stopped the cache holds `registry` until it runs again.
    Lock lock(state.registry);
  }
}

void push_counts(ThreadCache& cache) {
  int64_t live = cache.live.load(std::memory_order_relaxed);
  int64_t peak = cache.live_peak.load(std::memory_order_relaxed);
  int64_t before = state.live.fetch_add(live, std::memory_order_relaxed);
  cache.live.store(0, std::memory_order_relaxed);
  cache.live_peak.store(0, std::memory_order_relaxed);
  raise_to(state.peak_live, before + peak);
}

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

// Under `registry`; the cache is nobody's any more.
void retire(ThreadCache* cache) {
  push_counts(*cache);
  add(state.allocations, cache->allocations.load(std::memory_order_relaxed));
  {
    Lock lock(state.central);
    flush_fronts(*cache);
  }
  unlink(state.caches, cache);
  cache->next = state.spare_caches;
  state.spare_caches = cache;
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
    trim_to(effective_limit(), unmapping);
  }
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

// This thread's cache; null when the thread is about to end.
ThreadCache* cache_of_thread() {
  if (C10_LIKELY(own_cache != nullptr)) {
    return own_cache;
  }
  return thread_ended || !state.has_thread_key ? nullptr : make_cache();
}

// Counts a block of any kind that is now in use (bytes > 0) or free (bytes < 0).
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

// ---------------------------------------------------------------------------
// Giving back

// Gives back all that is idle; lets `change` run while every thread is kept out.
template <typename Change>
int64_t release_all(Change change) {
  Unmapping unmapping;
  Lock registry(state.registry);
  stop_all();
  int64_t before, after;
  {
    Lock central(state.central);
    before = state.reserved.load(std::memory_order_relaxed);
    change();
    bool fronts = fronts_wanted();
    for (ThreadCache* cache = state.caches; cache != nullptr; cache = cache->next) {
      flush_fronts(*cache);
      use_fronts(*cache, fronts);
    }
    while (state.oldest != nullptr) {
      release_oldest(unmapping);
    }
    trim_small();
    after = state.reserved.load(std::memory_order_relaxed);
  }
  resume_all();
  return std::max<int64_t>(0, before - after);
}

int64_t release_all() {
  return release_all([] {});
}

// ---------------------------------------------------------------------------
// The system's allocator

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

// ---------------------------------------------------------------------------
// Allocating

// Small blocks where the thread's list has none. Null when there is no memory.
C10_NOINLINE void* allocate_small_slowly(unsigned index) {
  const SmallClass& c = small_classes[index];
  ThreadCache* cache = cache_of_thread();
  bool asked_system = false;
  FreeBlock* chain = nullptr;
  unsigned taken;
  if (cache == nullptr) {
    {
      Lock lock(state.central);
      taken = take_small(index, 1, chain, asked_system);
    }
    if (taken != 0) {
      count_block(c.bytes);
    }
  } else {
    enter(*cache);
    FrontList& front = cache->fronts[index];
    if (front.head == nullptr) {
      Lock lock(state.central);
      taken = take_small(index, cache->front_lists ? c.batch : 1, chain, asked_system);
    } else {
      chain = front.head;
      taken = front.count;
      front.space += front.count;
    }
    if (taken != 0) {
      front.head = chain->next;
      front.count = taken - 1;
      front.space -= cache->front_lists ? front.count : 0;
      count_live(*cache, c.bytes);
      count_allocation(*cache);
    }
    leave(*cache);
  }
  if (asked_system && taken != 0) {
    add(state.fresh_allocations, 1);
  }
  return taken == 0 ? nullptr : chain;
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
      FreeBlock* block = front.head;
      if (C10_LIKELY(block != nullptr)) {
        front.head = block->next;
        front.count -= 1;
        front.space += 1;
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

// ---------------------------------------------------------------------------
// Freeing

// Small blocks for which the thread's list has no space.
C10_NOINLINE void free_small_slowly(void* pointer, unsigned index) {
  const SmallClass& c = small_classes[index];
  ThreadCache* cache = cache_of_thread();
  auto* block = new (pointer) FreeBlock;
  bool central = true;
  if (cache != nullptr) {
    enter(*cache);
    count_live(*cache, -int64_t{c.bytes});
    FrontList& front = cache->fronts[index];
    if (cache->front_lists) {
      if (front.space == 0) {
        Lock lock(state.central);
        flush_front(front, index, c.capacity / 2);
      }
      block->next = front.head;
      front.head = block;
      front.count += 1;
      front.space -= 1;
      central = false;
    }
    leave(*cache);
  } else {
    add_live(-int64_t{c.bytes});
  }
  Unmapping unmapping;
  Lock lock(state.central);
  if (central) {
    give_small(index, block, block, 1);
  }
  trim_to(effective_limit(), unmapping);
}

inline void free_small(void* pointer, SmallChunk* chunk) {
  auto offset = static_cast<size_t>(static_cast<char*>(pointer) - chunk->base);
  unsigned index = chunk->class_of_unit[offset / small_unit];
  ThreadCache* cache = own_cache;
  if (C10_LIKELY(cache != nullptr) && C10_LIKELY(try_enter(*cache))) {
    FrontList& front = cache->fronts[index];
    if (C10_LIKELY(front.space != 0)) {
      auto* block = new (pointer) FreeBlock;
      block->next = front.head;
      front.head = block;
      front.count += 1;
      front.space -= 1;
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
  int64_t limit = effective_limit();
  if (bytes > limit) {
    // Kept, it would push out everything else and then itself.
    release_block(block, unmapping);
  } else {
    join_neighbours(block, Use::idle);
    enter_idle(block);
  }
  trim_to(limit, unmapping);
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

// ---------------------------------------------------------------------------
// Counters

// Live bytes and their peak, the threads' own parts included.
void count_all(int64_t& live, int64_t& peak, int64_t& allocations) {
  live = state.live.load(std::memory_order_relaxed);
  peak = state.peak_live.load(std::memory_order_relaxed);
  allocations = state.allocations.load(std::memory_order_relaxed);
  for (ThreadCache* cache = state.caches; cache != nullptr; cache = cache->next) {
    live += cache->live.load(std::memory_order_relaxed);
    allocations += cache->allocations.load(std::memory_order_relaxed);
  }
  for (ThreadCache* cache = state.caches; cache != nullptr; cache = cache->next) {
    int64_t own = cache->live.load(std::memory_order_relaxed);
    peak = std::max(peak, live - own + cache->live_peak.load(std::memory_order_relaxed));
  }
}

void read_statistics(ct_allocator_stats& statistics) {
  Lock registry(state.registry);
  count_all(statistics.live, statistics.peak_live, statistics.allocations);
  statistics.reserved = state.reserved.load(std::memory_order_relaxed);
  statistics.peak_reserved = state.peak_reserved.load(std::memory_order_relaxed);
  statistics.idle = std::max<int64_t>(0, statistics.reserved - statistics.live);
  statistics.reuses =
      statistics.allocations - state.fresh_allocations.load(std::memory_order_relaxed);
  statistics.system_allocations = state.system_allocations.load(std::memory_order_relaxed);
}

[[noreturn]] C10_NOINLINE void throw_out_of_memory(size_t bytes) {
  c10::profiledCPUMemoryReporter().OutOfMemory(bytes);
  ct_allocator_stats now;
  read_statistics(now);
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

// ---------------------------------------------------------------------------
// The face towards libtorch

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

  bool is_simple_data_ptr(const c10::DataPtr& pointer) const override {
    return pointer.get() == pointer.get_context();
  }

  void copy_data(void* destination, const void* source, size_t count) const override {
    default_copy_data(destination, source, count);
  }
};

// ---------------------------------------------------------------------------
// fork

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
  state.asymmetric_barrier = register_barrier();
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

// ---------------------------------------------------------------------------
// Start

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

void read_environment() {
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

// libtorch looks the allocator up for every tensor and may do so until the very
// end, so the object is never destroyed.
alignas(CachingCPUAllocator) unsigned char allocator_place[sizeof(CachingCPUAllocator)];

__attribute__((constructor)) void install() {
  int64_t memory = machine_memory();
  if (memory != INT64_MAX) {
    state.limit.store(memory / 2, std::memory_order_relaxed);
    state.reserve_limit = memory / 8 * 7;
  }
  read_environment();
  state.asymmetric_barrier = register_barrier();
  state.has_thread_key = pthread_key_create(&state.thread_key, &thread_ends) == 0;
  pthread_atfork(&before_fork, &after_fork_in_parent, &after_fork_in_child);
  // The highest priority: registrations of equal priority replace each other,
  // and libtorch's own has 0.
  c10::SetCPUAllocator(new (allocator_place) CachingCPUAllocator, 255);
}

}  // namespace

// ---------------------------------------------------------------------------
// Controls

extern "C" {

bool ct_allocator_enabled(void) {
  return state.enabled.load(std::memory_order_relaxed);
}

void ct_allocator_set_enabled(bool enabled) {
  if (enabled == ct_allocator_enabled()) {
    return;
  }
  release_all([enabled] { state.enabled.store(enabled, std::memory_order_relaxed); });
}

void ct_allocator_set_cache_limit(int64_t bytes) {
  Unmapping unmapping;
  Lock registry(state.registry);
  stop_all();
  {
    Lock central(state.central);
    state.limit.store(std::max<int64_t>(bytes, -1), std::memory_order_relaxed);
    bool fronts = fronts_wanted();
    for (ThreadCache* cache = state.caches; cache != nullptr; cache = cache->next) {
      if (!fronts) {
        flush_fronts(*cache);
      }
      use_fronts(*cache, fronts);
    }
    state.small_trim_from = 0;
    trim_to(effective_limit(), unmapping);
  }
  resume_all();
}

int64_t ct_allocator_cache_limit(void) {
  return state.limit.load(std::memory_order_relaxed);
}

int64_t ct_allocator_empty_cache(void) {
  return release_all();
}

void ct_allocator_statistics(ct_allocator_stats* statistics) {
  read_statistics(*statistics);
}

void ct_allocator_set_reports(bool reports) {
  state.reports.store(reports, std::memory_order_relaxed);
}

void ct_allocator_reset_peak(void) {
  Lock registry(state.registry);
  stop_all();
  for (ThreadCache* cache = state.caches; cache != nullptr; cache = cache->next) {
    cache->live_peak.store(0, std::memory_order_relaxed);
    push_counts(*cache);
  }
  state.peak_live.store(
      state.live.load(std::memory_order_relaxed), std::memory_order_relaxed);
  state.peak_reserved.store(
      state.reserved.load(std::memory_order_relaxed), std::memory_order_relaxed);
  resume_all();
}

}  // extern "C"
