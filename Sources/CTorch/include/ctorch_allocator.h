// The caching allocator behind CPU tensors: its controls and its counters.
//
// It is installed before the first tensor exists and needs no set-up. All
// functions may be called from any thread at any time. All sizes are bytes.
//
// Environment, read once when the program starts:
//   SALAR_CPU_ALLOCATOR    `caching` (the default) or `system`
//   SALAR_CPU_CACHE_LIMIT  a number of bytes, optionally followed by K, M or G
//                          (powers of 1024), or -1 for no limit

#ifndef CTORCH_ALLOCATOR_H
#define CTORCH_ALLOCATOR_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What the allocator holds and has done. The counters are exact while no other
/// thread is allocating or freeing.
typedef struct ct_allocator_stats {
  /// Bytes of the blocks in use. A block counts with its own size, which is the
  /// requested size rounded up to the block sizes the allocator makes.
  int64_t live;
  /// The highest value of `live` since the start or the last
  /// `ct_allocator_reset_peak`. While several threads allocate, it can miss up
  /// to 256 KiB for each further thread.
  int64_t peak_live;
  /// Bytes of all blocks, in use or idle: `live + idle`.
  int64_t reserved;
  /// The highest value of `reserved` since the start or the last
  /// `ct_allocator_reset_peak`.
  int64_t peak_reserved;
  /// Bytes kept for later allocations.
  int64_t idle;
  /// Allocations of one byte or more since the start.
  int64_t allocations;
  /// Those allocations that were served from memory already held.
  int64_t reuses;
  /// Requests for memory made to the system since the start: mappings, and
  /// single allocations made while the cache was switched off.
  int64_t system_allocations;
} ct_allocator_stats;

/// Whether CPU tensors are served from the cache.
bool ct_allocator_enabled(void);

/// Switches the cache on or off. While it is off, every allocation goes to the
/// system's aligned allocator and every block freed goes back to the system.
/// Blocks allocated before the switch stay valid. Switching off also empties
/// the cache.
void ct_allocator_set_enabled(bool enabled);

/// Caps the idle bytes; the blocks idle longest are given back first, at once
/// and whenever a block is freed. -1 (or any negative value) means no cap. The
/// default is half of the memory of the machine, or of what its control groups
/// leave the process where that is less.
///
/// Each thread keeps short lists of small blocks (up to 1 MiB) that are not
/// held against a cap of 64 MiB or more; below that the lists are not used.
/// Small blocks that share a run of pages with a block in use can't be given
/// back; they, and up to 1 MiB of further small blocks, may exceed the cap.
///
/// Whatever the cap, idle blocks are given back before new memory would take
/// `reserved` past seven eighths of the memory of the machine.
void ct_allocator_set_cache_limit(int64_t bytes);

/// The cap on idle bytes, or -1 when there is none.
int64_t ct_allocator_cache_limit(void);

/// Gives all idle memory back to the operating system, that in the lists of
/// other threads included, and returns the number of bytes given back.
int64_t ct_allocator_empty_cache(void);

/// Fills in the counters.
void ct_allocator_statistics(ct_allocator_stats *statistics);

/// Makes the present `live` and `reserved` the new peaks.
void ct_allocator_reset_peak(void);

/// Whether allocations are reported to libtorch's profiler, which needs this
/// before it is started with `profile_memory`. Off at the start, for asking
/// whether a profiler listens takes longer than a small allocation itself.
void ct_allocator_set_reports(bool reports);

/// The smallest memory limit of the control groups that `groups` lists (a file
/// like /proc/self/cgroup, of version 1, 2 or both) and of all groups above them;
/// INT64_MAX where there is none. `root` is where they are mounted.
int64_t ct_allocator_control_group_memory(const char *groups, const char *root);

#ifdef __cplusplus
}
#endif

#endif
