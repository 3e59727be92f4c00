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

#include <algorithm>

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

  // Differences first, sums after. A buffer that a load is the last to name is
  // counted until the next anchor.
  for (auto &line : live)
    line.assign(anchors.size() + 2, 0);
  for (uint32_t b = 0; b < buffers.size(); ++b) {
    if (firstTouch[b] == Item::kNone)
      continue;
    auto &line = live[unsigned(buffers[b].memory)];
    line[slot[firstTouch[b]]] += buffers[b].size;
    line[slot[lastTouch[b]] + 1] -= buffers[b].size; // Wraps back in the sum.
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
      if (born[m] && live[m][next] + born[m] > budgets[m])
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
