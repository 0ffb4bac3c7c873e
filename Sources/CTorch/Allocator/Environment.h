// What is read once, when the program starts.

#pragma once

namespace ctorch_allocator __attribute__((visibility("hidden"))) {

// Takes limits from the memory there is and from the environment variables that
// ctorch_allocator.h lists.
void read_environment();

}  // namespace ctorch_allocator
