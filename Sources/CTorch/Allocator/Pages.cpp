#include "Pages.h"

#include "State.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace ctorch_allocator {

size_t page_size() {
  static const size_t size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

void* map_pages(size_t bytes) {
  void* base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  return base == MAP_FAILED ? nullptr : base;
}

void unmap_pages(void* base, size_t bytes) {
  munmap(base, bytes);
}

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

}  // namespace ctorch_allocator
