//===- IntervalAllocator.h - Memory allocation by lifetime ------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Gives addresses to buffers whose live ranges in the program are known, such
// that two buffers that are live at the same position never overlap. The unit
// of sizes and addresses is the caller's: words of a local memory, bytes of
// DRAM.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_SCHEDULING_INTERVALALLOCATOR_H
#define NNCC_SCHEDULING_INTERVALALLOCATOR_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nncc::scheduling {

/// A request for `size` units from position `first` to position `last`.
struct Buffer {
  /// May be 0: such a buffer gets an address and conflicts with nothing.
  uint32_t size = 0;
  /// The live range: positions in program order, both included.
  uint32_t first = 0, last = 0;
  /// The address is a multiple of it; at least 1.
  uint32_t alignment = 1;
};

enum class Policy : uint8_t {
  /// In order of `first`, at that end of a free range that has been free for
  /// the longest time. Addresses are reused as late as possible, so that a load
  /// seldom waits for the last reader of what it overwrites.
  LeastRecent,
  /// In order of `first`, at the lowest free address.
  FirstFit,
  /// Off-line packing for the lowest peak: large buffers first, each into the
  /// tightest gap, with several orders tried. For DRAM, and for local memory
  /// when the others do not fit.
  BestFit,
  /// LeastRecent, FirstFit where that finds no room, and BestFit if that does
  /// not
  /// help.
  Auto,
};

/// Addresses, or why there are none.
struct AllocationResult {
  bool ok = false;
  /// One for each buffer; meaningful only if `ok`.
  std::vector<uint32_t> address;
  /// Greatest address in use plus one. On failure: the capacity with which the
  /// packing would have succeeded, or 0 if none was made.
  uint64_t peak = 0;
  /// Greatest sum of sizes that are live at one position: no allocation can do
  /// with less.
  uint64_t required = 0;
  /// The policy that produced the addresses (never Auto if `ok`); FirstFit if
  /// some come from LeastRecent.
  Policy policy = Policy::Auto;
  /// On failure: one sentence with the sizes, and the buffers that found no
  /// room, at least one.
  std::string why;
  std::vector<size_t> misfits;
};

/// Allocates `buffers` in [0, capacity). Deterministic. Any input is legal:
/// contradictory requests (larger than the capacity; `first` > `last`;
/// alignment 0) are a failure that says so. O(n (k + log n)) time for k buffers
/// that are live together.
AllocationResult allocate(const std::vector<Buffer> &buffers, uint64_t capacity,
                          Policy policy = Policy::Auto);

} // namespace nncc::scheduling

#endif // NNCC_SCHEDULING_INTERVALALLOCATOR_H
