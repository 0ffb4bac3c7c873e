// Lists whose links are in their items, and the memory for such items (all under
// `central`).

#pragma once

#include "Pages.h"
#include "State.h"

#include <cstddef>

namespace ctorch_allocator __attribute__((visibility("hidden"))) {

// Zeroed memory that is never given back; what is no longer used goes to a list
// of spares.
inline void* new_metadata(size_t bytes) {
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

template <typename T>
void push_spare(T*& spares, T* item) {
  item->next = spares;
  spares = item;
}

}  // namespace ctorch_allocator
