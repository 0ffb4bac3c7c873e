// Which sizes blocks have.

#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace ctorch_allocator __attribute__((visibility("hidden"))) {

constexpr size_t KiB = size_t{1} << 10;
constexpr size_t MiB = size_t{1} << 20;

constexpr size_t block_alignment = 64;
constexpr size_t huge_page = 2 * MiB;
constexpr unsigned huge_page_shift = 21;

constexpr size_t small_limit = 1 * MiB;
constexpr size_t small_unit = 4 * KiB;
constexpr size_t small_chunk_bytes = huge_page;
constexpr size_t big_unit = 128 * KiB;
constexpr size_t region_bytes = 256 * MiB;
constexpr size_t largest_request = size_t{1} << 46;

constexpr unsigned chunk_units = 512;
static_assert(small_chunk_bytes / small_unit == chunk_units);

// MARK: Small blocks

constexpr unsigned small_class_count = 96;

// Classes 0..7 are the multiples of 64 up to 512; then eight per octave.
inline unsigned small_class(size_t bytes) {
  if (bytes <= 512) {
    return static_cast<unsigned>((bytes + 63) >> 6) - 1;
  }
  unsigned octave = 63 - static_cast<unsigned>(std::countl_zero(bytes - 1));
  unsigned step = static_cast<unsigned>((bytes - 1) >> (octave - 3)) - 8;
  return 8 + 8 * (octave - 9) + step;
}

struct SmallClass {
  uint32_t bytes = 0;
  uint32_t run_units = 0;  // units of one run
  uint32_t run_blocks = 0;  // blocks in one run
  uint32_t capacity = 0;  // the most blocks in a thread's list
  uint32_t batch = 0;  // blocks a thread's list is filled with
};

constexpr uint32_t small_class_bytes(unsigned index) {
  if (index < 8) {
    return 64 * (index + 1);
  }
  unsigned octave = 9 + (index - 8) / 8;
  return (9 + (index - 8) % 8) << (octave - 3);
}

// The run length between 64 and 128 KiB that wastes least; one block from 32 KiB
// on, where the class sizes are multiples of the unit.
constexpr uint32_t run_units_for(uint32_t bytes) {
  if (bytes > 32 * KiB) {
    return (bytes + small_unit - 1) / small_unit;
  }
  uint32_t best = 16;
  for (uint32_t units = 16; units <= 32; ++units) {
    uint64_t waste = units * small_unit % bytes;
    uint64_t best_waste = best * small_unit % bytes;
    if (waste * best < best_waste * units) {
      best = units;
    }
  }
  return best;
}

constexpr std::array<SmallClass, small_class_count> make_small_classes() {
  std::array<SmallClass, small_class_count> classes;
  for (unsigned i = 0; i < small_class_count; ++i) {
    SmallClass& c = classes[i];
    c.bytes = small_class_bytes(i);
    c.run_units = run_units_for(c.bytes);
    c.run_blocks = static_cast<uint32_t>(c.run_units * small_unit / c.bytes);
    c.capacity = std::clamp<uint32_t>(256 * KiB / c.bytes, 2, 256);
    c.batch = std::max<uint32_t>(1, c.capacity / 4);
  }
  return classes;
}

constexpr std::array<SmallClass, small_class_count> small_classes = make_small_classes();
static_assert(small_classes[small_class_count - 1].bytes == small_limit);

// MARK: Big blocks

inline size_t big_block_bytes(size_t bytes) {
  return (bytes + big_unit - 1) & ~(big_unit - 1);
}

// Bins of big blocks that are not in use: 16 per octave from one unit on; a
// block is in the last bin whose lower end it reaches.
constexpr unsigned first_bin_octave = 17;
constexpr unsigned bin_count = (48 - first_bin_octave) * 16;
static_assert(size_t{1} << first_bin_octave == big_unit);

inline unsigned bin_of(size_t block_bytes) {
  unsigned octave = 63 - static_cast<unsigned>(std::countl_zero(block_bytes));
  return (octave - first_bin_octave) * 16 + static_cast<unsigned>(block_bytes >> (octave - 4)) - 16;
}

}  // namespace ctorch_allocator
