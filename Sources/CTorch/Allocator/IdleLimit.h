// How much memory may lie idle.

#pragma once

#include "Pages.h"

#include <cstdint>
#include <optional>

namespace ctorch_allocator __attribute__((visibility("hidden"))) {

// The cap on idle bytes as it is now; INT64_MAX for none.
int64_t effective_limit();

// Under `central`: gives back what is above the cap, the blocks idle longest first.
void trim(Unmapping& unmapping);

// Gives back all that is idle and returns how much that was. Where told so, it
// switches the cache on or off while every thread is kept out.
int64_t release_all(std::optional<bool> enabled = std::nullopt);

}  // namespace ctorch_allocator
