// The map from addresses to what is known about the memory there.

#pragma once

#include "Sizes.h"

#include <c10/macros/Macros.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace ctorch_allocator __attribute__((visibility("hidden"))) {

// An entry covers 2 MiB. It is a SmallChunk, or a Region with its lowest bit set;
// 0 where the memory is not ours.
constexpr uintptr_t region_tag = 1;

constexpr unsigned address_bits = 48;
constexpr unsigned leaf_bits = 14;
constexpr unsigned root_bits = address_bits - huge_page_shift - leaf_bits;

using Entry = std::atomic<uintptr_t>;

extern constinit std::array<std::atomic<Entry*>, size_t{1} << root_bits> address_map;

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
bool set_entries(const void* base, size_t bytes, uintptr_t value);

}  // namespace ctorch_allocator
