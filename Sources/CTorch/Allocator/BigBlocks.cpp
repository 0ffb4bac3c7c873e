#include "BigBlocks.h"

#include "AddressMap.h"
#include "Lists.h"

#include <bit>

namespace ctorch_allocator {

namespace {

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
  push_spare(state.spare_blocks, block);
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

}  // namespace

void keep_big(BigBlock* block) {
  join_neighbours(block, Use::idle);
  enter_idle(block);
}

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

namespace {

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
    unmap_pages(base, bytes);
  }
  if (region != nullptr) {
    unmap_pages(region, own_bytes);
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

}  // namespace

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

}  // namespace ctorch_allocator
