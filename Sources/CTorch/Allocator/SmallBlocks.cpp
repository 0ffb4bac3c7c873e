#include "SmallBlocks.h"

#include "AddressMap.h"
#include "Lists.h"
#include "Pages.h"

#include <new>

namespace ctorch_allocator {

namespace {

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
    unmap_pages(chunk->base, small_chunk_bytes);
  }
  push_spare(state.spare_small_chunks, chunk);
  return nullptr;
}

void unmap_chunk(SmallChunk* chunk) {
  set_entries(chunk->base, small_chunk_bytes, 0);
  unmap_pages(chunk->base, small_chunk_bytes);
  unlink(state.small_chunks, chunk);
  push_spare(state.spare_small_chunks, chunk);
}

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

}  // namespace

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
  state.small_idle += int64_t{count} * small_classes[index].bytes;
}

namespace {

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

}  // namespace

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

}  // namespace ctorch_allocator
