// Small blocks, up to 1 MiB: runs of 4 KiB units in 2 MiB chunks; a run holds
// blocks of one class (all under `central`).

#pragma once

#include "State.h"

namespace ctorch_allocator __attribute__((visibility("hidden"))) {

// A chain of up to `wanted` blocks; returns how many.
unsigned take_small(unsigned index, unsigned wanted, FreeBlock*& chain, bool& asked_system);

// Takes back a chain of blocks that no thread holds.
void give_small(unsigned index, FreeBlock* first, FreeBlock* last, unsigned count);

// Gives back every run without a block in use or in a thread's list.
void trim_small();

}  // namespace ctorch_allocator
