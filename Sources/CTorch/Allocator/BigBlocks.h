// Big blocks: multiples of 128 KiB cut from regions of 256 MiB or more by best
// fit (all under `central`).
//
// The part of a region that was never used, or was given back, is `fresh`: it
// takes addresses but no memory, and counts for nothing.

#pragma once

#include "Pages.h"
#include "State.h"

#include <cstddef>

namespace ctorch_allocator __attribute__((visibility("hidden"))) {

// A block of at least `bytes`, now in use; or null.
BigBlock* take_big(size_t bytes, bool& is_fresh, Unmapping& unmapping);

// Takes a block back that is no longer in use, and keeps its memory.
void keep_big(BigBlock* block);

// Gives back the memory of a block that is in no list.
void release_block(BigBlock* block, Unmapping& unmapping);

// Gives back the memory of the block that has been idle longest.
void release_oldest(Unmapping& unmapping);

}  // namespace ctorch_allocator
