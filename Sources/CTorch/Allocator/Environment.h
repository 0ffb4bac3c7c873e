// What is read once, when the program starts.

#pragma once

#include <cstdint>

namespace ctorch_allocator __attribute__((visibility("hidden"))) {

// Takes limits from the memory there is and from the environment variables that
// ctorch_allocator.h lists.
void read_environment();

// The smallest memory limit of the control groups that `groups` lists, a file such
// as /proc/self/cgroup, and of all above them; INT64_MAX where there is none.
// `root` is where they are mounted.
int64_t control_group_memory(const char* groups, const char* root);

}  // namespace ctorch_allocator
