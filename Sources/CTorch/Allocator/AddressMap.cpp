#include "AddressMap.h"

#include "Pages.h"

namespace ctorch_allocator {

constinit std::array<std::atomic<Entry*>, size_t{1} << root_bits> address_map{};

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
        unmap_pages(made, leaf_bytes);
      }
    }
    leaf[page & ((1u << leaf_bits) - 1)].store(value, std::memory_order_release);
  }
  return true;
}

}  // namespace ctorch_allocator
