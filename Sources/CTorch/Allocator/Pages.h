// Memory from the operating system, in pages.

#pragma once

#include <array>
#include <cstddef>

namespace ctorch_allocator __attribute__((visibility("hidden"))) {

size_t page_size();

// Zeroed memory, or null.
void* map_pages(size_t bytes);

// Fresh memory on 2 MiB boundaries, or null. `bytes` is a multiple of 2 MiB.
char* map_huge(size_t bytes);

void unmap_pages(void* base, size_t bytes);

// Gives the pages back and keeps the addresses.
void discard(char* base, size_t bytes);

// What is to be unmapped once no lock is held: that takes milliseconds.
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
  struct Mapping {
    void* base;
    size_t bytes;
  };

  void flush() {
    for (size_t i = 0; i < count_; ++i) {
      unmap_pages(mappings_[i].base, mappings_[i].bytes);
    }
    count_ = 0;
  }
  std::array<Mapping, 64> mappings_;
  size_t count_ = 0;
};

}  // namespace ctorch_allocator
