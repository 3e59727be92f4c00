//===- Prefetch.h - Hoisting loads above computation ------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Double buffering as a change of program order: a load that stands before
// earlier computation runs beside it. Only the order changes; addresses and
// tokens are assigned to the new order afterwards.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_SCHEDULING_PREFETCH_H
#define NNCC_SCHEDULING_PREFETCH_H

#include "nncc/ISA/ISA.h"
#include "nncc/Scheduling/IntervalAllocator.h"

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

namespace nncc::scheduling {

using isa::kNumMemories;

/// A buffer of a local memory, before it has an address.
struct LocalBuffer {
  isa::Memory memory = isa::Memory::Feature;
  /// In the unit of the budget of its memory, normally words.
  uint32_t size = 0;
};

/// An instruction as prefetching sees it.
struct Item {
  enum class Kind : uint8_t { Load, Compute, Save };
  static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

  Kind kind = Kind::Compute;
  /// Load: the memory it writes, also when it touches no buffer of the list.
  isa::Memory memory = isa::Memory::Feature;
  /// Buffers first written here, and buffers read or written further here. The
  /// distinction only documents; a buffer is live from the first item that
  /// names it to the last. A load never crosses an item that names one of its
  /// buffers.
  std::vector<uint32_t> defines, uses;
  /// Load: index of a Compute or Save that has to stay before it (the save of
  /// the DRAM tensor that it reads), or kNone.
  uint32_t after = kNone;
  /// Compute: what crossing it counts towards `PrefetchOptions::lookahead`: 1
  /// to count instructions, or cycles.
  uint32_t weight = 1;
};

/// Feature words that prefetching leaves free: sums of sizes say nothing of
/// gaps, and the allocator has to find room between what is there. Tiling
/// counts on it when it asks whether two sets of tile buffers fit.
constexpr uint32_t prefetchSlack(uint32_t featureWords) {
  return featureWords / 8;
}

/// How far loads may be moved.
struct PrefetchOptions {
  /// Greatest sum of the weights of the Compute items that a load crosses.
  uint64_t lookahead = 16;
  /// Most loads that stand before a Compute or Save that they followed at
  /// first. With what the queues of the load engines hold, a prefetch never
  /// keeps the fetch unit from the computation behind it; more is safe as well.
  uint32_t maxInFlight = 16;
  /// Count what has been saved as alive until the next Compute is over: the
  /// save runs beside it, and the next result should not have to wait for its
  /// place.
  bool keepSaved = false;
  /// What the budget of a memory is less at a Compute or Save, by the number of
  /// those before it; where the list ends, nothing.
  std::array<std::vector<uint64_t>, kNumMemories> reserve;
};

/// Live range of each buffer as positions in `order`, both included; first >
/// last if no item names it.
struct LiveRange {
  uint32_t first = 1, last = 0;
  bool empty() const { return first > last; }
};
std::vector<LiveRange> liveRanges(const std::vector<Item> &items,
                                  const std::vector<uint32_t> &order,
                                  size_t numBuffers);

/// Moves each load to the earliest place that data, budgets, look-ahead and
/// queues allow, and returns the new order: a permutation of the indices of
/// `items`. Loads into one memory keep their order, so do all other items, and
/// no load moves backwards past a Compute or Save.
///
/// `budgets[m]` is the greatest sum of live sizes in memory m that a prefetch
/// may lead to: at no Compute or Save is the sum raised beyond it, and at a
/// load it is no greater than at the Compute or Save that follows. (A buffer
/// that a load is the last to name counts until then.) What is above its budget
/// in the given order is never crossed by a load that would add to it. A budget
/// is less than the memory's size by what fragmentation may cost.
///
/// The result need not fit: sums say nothing of gaps. hoistLoadsToFit does.
///
/// Indices in `items` must be below `buffers.size()`, `after` below the item's
/// own index; a load that breaks this stays where it is.
/// Time: O(loads * items crossed).
std::vector<uint32_t>
hoistLoads(const std::vector<Item> &items,
           const std::vector<LocalBuffer> &buffers,
           const std::array<uint64_t, kNumMemories> &budgets,
           const PrefetchOptions &options = {});

/// A local memory, in the unit of its buffers' sizes.
struct LocalMemory {
  uint64_t capacity = 0;
  uint64_t budget = 0; ///< of prefetching, at most the capacity
  uint32_t alignment = 1;
};

/// hoistLoads, and again with less budget around each buffer for which
/// `allocate` then finds no room, until all buffers have addresses or nothing
/// is left to take away. `options.reserve` is where it starts from.
/// \param policy of `allocate`
/// \param rounds if not null: set to the number of hoistings
std::vector<uint32_t>
hoistLoadsToFit(const std::vector<Item> &items,
                const std::vector<LocalBuffer> &buffers,
                const std::array<LocalMemory, kNumMemories> &memories,
                PrefetchOptions options, Policy policy = Policy::Auto,
                unsigned *rounds = nullptr);

} // namespace nncc::scheduling

#endif // NNCC_SCHEDULING_PREFETCH_H
