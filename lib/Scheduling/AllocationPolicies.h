//===- AllocationPolicies.h - The heuristics of the allocator ---*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// What IntervalAllocator.cpp chooses from; docs/scheduling.md explains each.
// All expect requests that do not contradict themselves, and leave `required`
// to the caller.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_SCHEDULING_ALLOCATIONPOLICIES_H
#define NNCC_LIB_SCHEDULING_ALLOCATIONPOLICIES_H

#include "nncc/Scheduling/IntervalAllocator.h"

namespace nncc::scheduling {

/// Addresses are 32 bits wide.
constexpr uint64_t kAddressSpace = uint64_t(1) << 32;

/// A free or occupied piece of memory, [begin, end).
struct AddressRange {
  uint64_t begin, end;
};

/// LeastRecent, FirstFit, or both for Auto (InTimeOrder.cpp).
AllocationResult placeInTimeOrder(const std::vector<Buffer> &buffers,
                                  uint64_t capacity, Policy policy);

/// BestFit (Packing.cpp).
/// \param required what no packing can do with less than; the search ends when
///        it is met.
AllocationResult pack(const std::vector<Buffer> &buffers, uint64_t capacity,
                      uint64_t required);

/// Buffers by `first`, then by number.
std::vector<uint32_t> sortedByTime(const std::vector<Buffer> &buffers);

/// Free ranges of [0, limit) between buffers that are sorted by address.
void findGaps(const std::vector<Buffer> &buffers,
              const std::vector<uint32_t> &address,
              const std::vector<uint32_t> &occupied, uint64_t limit,
              std::vector<AddressRange> &gaps);

inline uint64_t alignUp(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

/// "buffer 3 (size 8, live from 2 to 5)"
std::string describe(const std::vector<Buffer> &buffers, size_t buffer);

} // namespace nncc::scheduling

#endif // NNCC_LIB_SCHEDULING_ALLOCATIONPOLICIES_H
