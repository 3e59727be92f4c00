//===- Prefetch.cpp - Hoisting loads above computation --------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Computes and saves ("anchors") keep their order; a schedule is therefore
// known by the slot of each load: the number of anchors before it. Loads are
// taken in the given order, and each moves down slot by slot until something
// holds it. Why that is the earliest for all loads of a memory at once:
// docs/scheduling.md.
//
//===----------------------------------------------------------------------===//

#include "nncc/Scheduling/Prefetch.h"
#include "nncc/Scheduling/IntervalAllocator.h"

#include <algorithm>
#include <optional>

using namespace nncc;
using namespace nncc::scheduling;

namespace {

class Hoister {
public:
  Hoister(const std::vector<Item> &items,
          const std::vector<LocalBuffer> &buffers,
          const std::array<uint64_t, kNumMemories> &budgets,
          const PrefetchOptions &options)
      : items(items), buffers(buffers), budgets(budgets), options(options) {}

  std::vector<uint32_t> run();

private:
  void measure();
  uint64_t reserve(unsigned memory, uint32_t slot) const {
    const std::vector<uint64_t> &list = options.reserve[memory];
    return slot < list.size() ? list[slot] : 0;
  }
  bool isWellFormed(uint32_t index) const;
  void hoist(uint32_t index);
  void touch(uint32_t index);
  template <typename F> void forEachBuffer(const Item &item, F f) const {
    for (const auto *list : {&item.defines, &item.uses})
      for (uint32_t b : *list)
        if (b < buffers.size())
          f(b);
  }

  const std::vector<Item> &items;
  const std::vector<LocalBuffer> &buffers;
  const std::array<uint64_t, kNumMemories> &budgets;
  const PrefetchOptions &options;

  /// Of each item: the number of anchors before it; for a load, as hoisted.
  std::vector<uint32_t> slot;
  /// The anchors, by slot.
  std::vector<uint32_t> anchors;
  /// Live sizes while the anchor of a slot runs; the last entry stands for the
  /// end of the program. Never less than the truth.
  std::array<std::vector<uint64_t>, kNumMemories> live;
  /// Loads hoisted above the anchor of a slot.
  std::vector<uint32_t> inFlight;
  /// The item that names a buffer first.
  std::vector<uint32_t> firstTouch;
  /// The lowest slot that a load may go to because of the items before it: by
  /// the buffer that it names, by the memory that it loads.
  std::vector<uint32_t> bufferFloor;
  std::array<uint32_t, kNumMemories> memoryFloor{};
};

/// Numbers the slots and sums up the live sizes of the given order.
void Hoister::measure() {
  slot.resize(items.size());
  for (uint32_t i = 0; i < items.size(); ++i) {
    slot[i] = anchors.size();
    if (items[i].kind != Item::Kind::Load)
      anchors.push_back(i);
  }
  inFlight.assign(anchors.size(), 0);
  bufferFloor.assign(buffers.size(), 0);

  firstTouch.assign(buffers.size(), Item::kNone);
  std::vector<uint32_t> lastTouch(buffers.size(), 0);
  for (uint32_t i = 0; i < items.size(); ++i)
    forEachBuffer(items[i], [&](uint32_t b) {
      if (firstTouch[b] == Item::kNone)
        firstTouch[b] = i;
      lastTouch[b] = i;
    });

  // The anchor of the next Compute behind each slot: while it runs, what has
  // been saved before is still on its way.
  std::vector<uint32_t> nextCompute(anchors.size() + 1, anchors.size());
  for (size_t s = anchors.size(); s-- > 0;)
    nextCompute[s] =
        items[anchors[s]].kind == Item::Kind::Compute ? s : nextCompute[s + 1];
  auto endOf = [&](uint32_t last) {
    uint32_t end = slot[last];
    if (options.keepSaved && items[last].kind == Item::Kind::Save)
      end = std::min<uint32_t>(nextCompute[end], anchors.size());
    return end;
  };

  // Differences first, sums after. A buffer that a load is the last to name is
  // counted until the next anchor.
  for (auto &line : live)
    line.assign(anchors.size() + 2, 0);
  for (uint32_t b = 0; b < buffers.size(); ++b) {
    if (firstTouch[b] == Item::kNone)
      continue;
    auto &line = live[unsigned(buffers[b].memory)];
    line[slot[firstTouch[b]]] += buffers[b].size;
    line[endOf(lastTouch[b]) + 1] -= buffers[b].size; // Wraps back in the sum.
  }
  for (auto &line : live)
    for (size_t s = 1; s < line.size(); ++s)
      line[s] += line[s - 1];
}

bool Hoister::isWellFormed(uint32_t index) const {
  const Item &item = items[index];
  bool ok = item.after == Item::kNone || item.after < index;
  for (const auto *list : {&item.defines, &item.uses})
    for (uint32_t b : *list)
      ok &= b < buffers.size();
  return ok && unsigned(item.memory) < kNumMemories;
}

/// Lowers the slot of a load as far as possible.
void Hoister::hoist(uint32_t index) {
  const Item &item = items[index];
  uint32_t floor = memoryFloor[unsigned(item.memory)];
  // Sizes that come to life with this load.
  std::array<uint64_t, kNumMemories> born{};
  std::vector<uint32_t> seen;
  forEachBuffer(item, [&](uint32_t b) {
    floor = std::max(floor, bufferFloor[b]);
    if (firstTouch[b] == index &&
        std::find(seen.begin(), seen.end(), b) == seen.end()) {
      seen.push_back(b);
      born[unsigned(buffers[b].memory)] += buffers[b].size;
    }
  });
  if (item.after != Item::kNone) {
    bool isAnchor = items[item.after].kind != Item::Kind::Load;
    floor = std::max(floor, slot[item.after] + isAnchor);
  }

  uint64_t crossed = 0;
  while (slot[index] > floor) {
    uint32_t next = slot[index] - 1;
    const Item &anchor = items[anchors[next]];
    if (anchor.kind == Item::Kind::Compute)
      crossed += anchor.weight;
    if (crossed > options.lookahead || inFlight[next] >= options.maxInFlight)
      return;
    for (unsigned m = 0; m < kNumMemories; ++m)
      if (born[m] && live[m][next] + born[m] + reserve(m, next) > budgets[m])
        return;
    for (unsigned m = 0; m < kNumMemories; ++m)
      live[m][next] += born[m];
    ++inFlight[next];
    slot[index] = next;
  }
}

/// Bars later loads from overtaking an item that they may not overtake. Loads
/// of one slot keep their order, so its slot is as low as such a load may go.
void Hoister::touch(uint32_t index) {
  const Item &item = items[index];
  bool isLoad = item.kind == Item::Kind::Load;
  forEachBuffer(item, [&](uint32_t b) {
    bufferFloor[b] = std::max(bufferFloor[b], slot[index] + !isLoad);
  });
  if (isLoad && unsigned(item.memory) < kNumMemories)
    memoryFloor[unsigned(item.memory)] = slot[index];
}

std::vector<uint32_t> Hoister::run() {
  measure();
  for (uint32_t i = 0; i < items.size(); ++i) {
    if (items[i].kind == Item::Kind::Load && isWellFormed(i))
      hoist(i);
    touch(i);
  }

  std::vector<std::vector<uint32_t>> loadsOf(anchors.size() + 1);
  for (uint32_t i = 0; i < items.size(); ++i)
    if (items[i].kind == Item::Kind::Load)
      loadsOf[slot[i]].push_back(i);
  std::vector<uint32_t> order;
  order.reserve(items.size());
  for (size_t s = 0; s < loadsOf.size(); ++s) {
    order.insert(order.end(), loadsOf[s].begin(), loadsOf[s].end());
    if (s < anchors.size())
      order.push_back(anchors[s]);
  }
  return order;
}

} // namespace

std::vector<uint32_t>
nncc::scheduling::hoistLoads(const std::vector<Item> &items,
                             const std::vector<LocalBuffer> &buffers,
                             const std::array<uint64_t, kNumMemories> &budgets,
                             const PrefetchOptions &options) {
  return Hoister(items, buffers, budgets, options).run();
}

std::vector<LiveRange>
nncc::scheduling::liveRanges(const std::vector<Item> &items,
                             const std::vector<uint32_t> &order,
                             size_t numBuffers) {
  std::vector<LiveRange> ranges(numBuffers);
  for (uint32_t position = 0; position < order.size(); ++position) {
    const Item &item = items[order[position]];
    for (const auto *list : {&item.defines, &item.uses}) {
      for (uint32_t b : *list) {
        if (b >= numBuffers)
          continue;
        if (ranges[b].empty())
          ranges[b].first = position;
        ranges[b].last = position;
      }
    }
  }
  return ranges;
}

//===----------------------------------------------------------------------===//
// Addresses for all
//===----------------------------------------------------------------------===//

/// The buffers of `memory` that find no room in an order, as live ranges.
static std::vector<LiveRange>
findMisfits(const std::vector<LocalBuffer> &buffers,
            const std::vector<LiveRange> &ranges, unsigned memory,
            const LocalMemory &room, Policy policy) {
  std::vector<Buffer> requests;
  for (size_t b = 0; b < buffers.size(); ++b) {
    if (unsigned(buffers[b].memory) != memory || ranges[b].empty())
      continue;
    Buffer request;
    request.size = buffers[b].size;
    request.first = ranges[b].first;
    request.last = ranges[b].last;
    request.alignment = room.alignment;
    requests.push_back(request);
  }
  std::vector<LiveRange> misfits;
  for (size_t b : allocate(requests, room.capacity, policy).misfits)
    misfits.push_back({requests[b].first, requests[b].last});
  return misfits;
}

std::vector<uint32_t> nncc::scheduling::hoistLoadsToFit(
    const std::vector<Item> &items, const std::vector<LocalBuffer> &buffers,
    const std::array<LocalMemory, kNumMemories> &memories,
    PrefetchOptions options, Policy policy, unsigned *rounds) {
  // A place is hit several times before nothing is left there; a network has
  // few such places.
  constexpr unsigned kMostRounds = 200;
  constexpr uint64_t kSteps = 4;

  std::array<uint64_t, kNumMemories> budgets;
  for (unsigned m = 0; m < kNumMemories; ++m)
    budgets[m] = memories[m].budget;
  size_t anchors = 0;
  for (const Item &item : items)
    anchors += item.kind != Item::Kind::Load;

  size_t margin = 0; // anchors before and behind the life of a misfit
  std::vector<uint32_t> order;
  for (unsigned round = 1; round <= kMostRounds; ++round) {
    order = hoistLoads(items, buffers, budgets, options);
    if (rounds)
      *rounds = round;
    std::vector<LiveRange> ranges = liveRanges(items, order, buffers.size());
    // Anchors before each position.
    std::vector<uint32_t> slot;
    uint32_t before = 0;
    for (uint32_t index : order) {
      slot.push_back(before);
      before += items[index].kind != Item::Kind::Load;
    }
    bool changed = false, misfits = false;
    for (unsigned m = 0; m < kNumMemories; ++m) {
      std::vector<uint64_t> &reserve = options.reserve[m];
      reserve.resize(anchors, 0);
      uint64_t step = std::max<uint64_t>(memories[m].budget / kSteps, 1);
      // Once for all misfits of a place.
      std::vector<bool> retreats(anchors);
      for (const LiveRange &range :
           findMisfits(buffers, ranges, m, memories[m], policy)) {
        misfits = true;
        size_t first = slot[range.first], last = slot[range.last] + margin;
        for (size_t s = first - std::min(first, margin);
             s < anchors && s <= last; ++s)
          retreats[s] = true;
      }
      for (size_t s = 0; s < anchors; ++s)
        if (retreats[s] && reserve[s] < memories[m].budget) {
          reserve[s] += step;
          changed = true;
        }
    }
    if (!misfits)
      break;
    // Nothing is left to take during its life: those around it are in the way.
    if (!changed) {
      if (margin >= anchors)
        break;
      margin = std::max<size_t>(2 * margin, 1);
    }
  }
  return order;
}
