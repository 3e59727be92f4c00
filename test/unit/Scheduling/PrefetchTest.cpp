//===- PrefetchTest.cpp - Tests of the hoisting of loads ------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Scheduling/Prefetch.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <numeric>
#include <random>

using namespace nncc;
using namespace nncc::scheduling;

namespace {

using isa::Memory;
using Budgets = std::array<uint64_t, kNumMemories>;
using Order = std::vector<uint32_t>;

Item load(std::vector<uint32_t> defines, Memory memory = Memory::Feature,
          uint32_t after = Item::kNone) {
  Item item;
  item.kind = Item::Kind::Load;
  item.memory = memory;
  item.defines = std::move(defines);
  item.after = after;
  return item;
}

Item compute(std::vector<uint32_t> uses, std::vector<uint32_t> defines = {}) {
  Item item;
  item.kind = Item::Kind::Compute;
  item.uses = std::move(uses);
  item.defines = std::move(defines);
  return item;
}

Item save(std::vector<uint32_t> uses) {
  Item item = compute(std::move(uses));
  item.kind = Item::Kind::Save;
  return item;
}

/// n tiles: load tile i into buffer i, compute on it.
std::vector<Item> tiles(unsigned n) {
  std::vector<Item> items;
  for (unsigned i = 0; i < n; ++i) {
    items.push_back(load({i}));
    items.push_back(compute({i}));
  }
  return items;
}

Budgets feature(uint64_t words) { return {words, 0, 0, 0, 0}; }

std::vector<LocalBuffer> equalBuffers(size_t n, uint32_t size = 10) {
  return std::vector<LocalBuffer>(n, {Memory::Feature, size});
}

TEST(Prefetch, DoubleBuffering) {
  // L0 C0 L1 C1 L2 C2 L3 C3 with room for two tiles: while tile i is computed,
  // tile i+1 is loaded. L2 cannot go further: before C0, tiles 0 and 1 live.
  EXPECT_EQ(hoistLoads(tiles(4), equalBuffers(4), feature(20)),
            (Order{0, 2, 1, 4, 3, 6, 5, 7}));
}

TEST(Prefetch, NoRoomNoChange) {
  EXPECT_EQ(hoistLoads(tiles(4), equalBuffers(4), feature(19)),
            (Order{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(Prefetch, LookaheadLimitsTheDistance) {
  // Room for everything, but no load crosses more than one computation.
  PrefetchOptions options;
  options.lookahead = 1;
  EXPECT_EQ(hoistLoads(tiles(4), equalBuffers(4), feature(1000), options),
            (Order{0, 2, 1, 4, 3, 6, 5, 7}));
  options.lookahead = 0;
  EXPECT_EQ(hoistLoads(tiles(4), equalBuffers(4), feature(1000), options),
            (Order{0, 1, 2, 3, 4, 5, 6, 7}));
  // In cycles: L3 (item 6) crosses C2 and C1 for 50 + 50, not C0.
  std::vector<Item> items = tiles(4);
  for (Item &item : items)
    item.weight = 50;
  options.lookahead = 149;
  EXPECT_EQ(hoistLoads(items, equalBuffers(4), feature(1000), options),
            (Order{0, 2, 4, 1, 6, 3, 5, 7}));
}

TEST(Prefetch, QueuesLimitTheNumber) {
  // At most two loads stand before a computation that they came after.
  PrefetchOptions options;
  options.maxInFlight = 2;
  EXPECT_EQ(hoistLoads(tiles(5), equalBuffers(5), feature(1000), options),
            (Order{0, 2, 4, 1, 6, 3, 8, 5, 7, 9}));
}

TEST(Prefetch, WaitsForItsTensor) {
  // L2 (item 4) loads what S (item 3) saves.
  std::vector<Item> items{load({0}),
                          compute({0}, {1}),
                          compute({1}),
                          save({1}),
                          load({2}, Memory::Feature, 3),
                          compute({2})};
  items.insert(items.begin() + 4, compute({}));
  // Now: 0 L, 1 C, 2 C, 3 S, 4 C, 5 L after 3, 6 C.
  EXPECT_EQ(hoistLoads(items, equalBuffers(3), feature(1000)),
            (Order{0, 1, 2, 3, 5, 4, 6}));
}

TEST(Prefetch, MemoriesAreIndependent) {
  // Features have no room for two tiles, weights have: only weights are
  // hoisted, and past the load of the features.
  std::vector<LocalBuffer> buffers{{Memory::Feature, 10},
                                   {Memory::Weight, 4},
                                   {Memory::Feature, 10},
                                   {Memory::Weight, 4}};
  std::vector<Item> items{
      load({0}), load({1}, Memory::Weight), compute({0, 1}),
      load({2}), load({3}, Memory::Weight), compute({2, 3})};
  EXPECT_EQ(hoistLoads(items, buffers, {10, 8, 0, 0, 0}),
            (Order{0, 1, 4, 2, 3, 5}));
}

TEST(Prefetch, LoadsOfAMemoryKeepTheirOrder) {
  // L1 (item 2) does not fit before C0; L2 (item 3) would, but does not
  // overtake.
  std::vector<LocalBuffer> buffers{
      {Memory::Feature, 10}, {Memory::Feature, 11}, {Memory::Feature, 1}};
  std::vector<Item> items{load({0}), compute({0}), load({1}), load({2}),
                          compute({1, 2})};
  EXPECT_EQ(hoistLoads(items, buffers, feature(20)), (Order{0, 1, 2, 3, 4}));
}

TEST(Prefetch, NeverCrossesAnItemThatNamesItsBuffer) {
  // C0 fills the border of buffer 1 (defines it), L1 loads its middle.
  std::vector<Item> items{load({0}), compute({0}, {1}), compute({0}), load({}),
                          compute({1})};
  items[3].uses = {1};
  EXPECT_EQ(hoistLoads(items, equalBuffers(2), feature(1000)),
            (Order{0, 1, 3, 2, 4}));
}

TEST(Prefetch, TwoLoadsOfOneBuffer) {
  // Both halves of tile 1 go before C0; its size counts once.
  std::vector<Item> items{load({0}), compute({0}), load({1}), load({}),
                          compute({1})};
  items[3].uses = {1};
  EXPECT_EQ(hoistLoads(items, equalBuffers(2), feature(20)),
            (Order{0, 2, 3, 1, 4}));
}

TEST(Prefetch, ABufferNamedTwiceCountsOnce) {
  std::vector<Item> items = tiles(2);
  items[2].uses = {1, 1};
  EXPECT_EQ(hoistLoads(items, equalBuffers(2), feature(20)),
            (Order{0, 2, 1, 3}));
}

TEST(Prefetch, DoesNotCrossAPositionThatIsAlreadyTooFull) {
  // C0 itself needs 30 of 25; buffer 3 is small, but stays behind it.
  std::vector<LocalBuffer> buffers = equalBuffers(3);
  buffers.push_back({Memory::Feature, 1});
  std::vector<Item> items{load({0}),          load({1}), load({2}),
                          compute({0, 1, 2}), load({3}), compute({3})};
  EXPECT_EQ(hoistLoads(items, buffers, feature(25)), (Order{0, 1, 2, 3, 4, 5}));
}

TEST(Prefetch, NonsenseStaysWhereItIs) {
  std::vector<Item> items{compute({}), load({7}), load({}, Memory::Feature, 2),
                          load({}, Memory::Feature, 99)};
  EXPECT_EQ(hoistLoads(items, {}, feature(1000)), (Order{0, 1, 2, 3}));
  EXPECT_TRUE(hoistLoads({}, {}, feature(0)).empty());
}

TEST(Prefetch, LiveRanges) {
  std::vector<Item> items = tiles(2);
  std::vector<LiveRange> ranges = liveRanges(items, {0, 2, 1, 3}, 3);
  EXPECT_EQ(ranges[0].first, 0u);
  EXPECT_EQ(ranges[0].last, 2u);
  EXPECT_EQ(ranges[1].first, 1u);
  EXPECT_EQ(ranges[1].last, 3u);
  EXPECT_TRUE(ranges[2].empty());
}

/// Live sizes of each memory at each position of an order, and behind its end.
/// A buffer that a load is the last to name lives until the next other item.
std::vector<Budgets> liveSizes(const std::vector<Item> &items,
                               const Order &order,
                               const std::vector<LocalBuffer> &buffers) {
  std::vector<Budgets> result(order.size() + 1, Budgets{});
  std::vector<LiveRange> ranges = liveRanges(items, order, buffers.size());
  for (size_t b = 0; b < buffers.size(); ++b) {
    if (ranges[b].empty())
      continue;
    uint32_t last = ranges[b].last;
    while (last < order.size() && items[order[last]].kind == Item::Kind::Load)
      ++last;
    for (uint32_t at = ranges[b].first; at <= last; ++at)
      result[at][unsigned(buffers[b].memory)] += buffers[b].size;
  }
  return result;
}

TEST(Prefetch, RandomProgramsKeepEveryPromise) {
  std::mt19937 random(1);
  auto upTo = [&](uint32_t n) { return uint32_t(random() % (n + 1)); };
  size_t moved = 0;
  for (unsigned round = 0; round < 500; ++round) {
    // Buffers are made by loads or computations and used for a while.
    std::vector<LocalBuffer> buffers;
    std::vector<Item> items;
    std::vector<uint32_t> saves;
    for (unsigned i = 0, n = upTo(60); i < n; ++i) {
      Item item;
      unsigned kind = upTo(9);
      item.kind = kind < 5   ? Item::Kind::Load
                  : kind < 9 ? Item::Kind::Compute
                             : Item::Kind::Save;
      item.memory = Memory(upTo(2));
      item.weight = upTo(3);
      for (unsigned k = upTo(2); k && !buffers.empty(); --k) {
        uint32_t b =
            buffers.size() - 1 - upTo(std::min<size_t>(buffers.size(), 6) - 1);
        bool own = buffers[b].memory == item.memory;
        if (item.kind != Item::Kind::Load || (own && upTo(3) == 0))
          item.uses.push_back(b);
      }
      if (item.kind != Item::Kind::Save && upTo(3)) {
        item.defines.push_back(buffers.size());
        buffers.push_back({item.memory, upTo(20)});
      }
      if (item.kind == Item::Kind::Load && !saves.empty() && upTo(3) == 0)
        item.after = saves[upTo(saves.size() - 1)];
      if (item.kind == Item::Kind::Save)
        saves.push_back(i);
      items.push_back(item);
    }
    Budgets budgets{upTo(150), upTo(100), upTo(100), 0, 0};
    PrefetchOptions options;
    options.lookahead = upTo(12);
    options.maxInFlight = upTo(8);
    Order order = hoistLoads(items, buffers, budgets, options);

    // A permutation.
    ASSERT_EQ(order.size(), items.size());
    std::vector<uint32_t> position(items.size(), Item::kNone);
    for (uint32_t p = 0; p < order.size(); ++p) {
      ASSERT_LT(order[p], items.size());
      ASSERT_EQ(position[order[p]], Item::kNone);
      position[order[p]] = p;
    }
    auto isLoad = [&](uint32_t i) { return items[i].kind == Item::Kind::Load; };
    auto names = [&](uint32_t i, uint32_t b) {
      const Item &x = items[i];
      return std::count(x.uses.begin(), x.uses.end(), b) ||
             std::count(x.defines.begin(), x.defines.end(), b);
    };
    std::vector<uint32_t> flying(items.size(), 0);
    for (uint32_t j = 0; j < items.size(); ++j) {
      uint64_t crossed = 0;
      for (uint32_t i = 0; i < j; ++i) {
        if (position[i] < position[j])
          continue;
        // j overtakes i.
        ASSERT_TRUE(isLoad(j));
        if (isLoad(i))
          EXPECT_NE(items[i].memory, items[j].memory);
        else
          ++flying[i];
        if (items[i].kind == Item::Kind::Compute)
          crossed += items[i].weight;
        EXPECT_NE(items[j].after, i);
        for (uint32_t b = 0; b < buffers.size(); ++b)
          EXPECT_FALSE(names(i, b) && names(j, b));
        ++moved;
      }
      EXPECT_LE(crossed, options.lookahead);
    }
    for (uint32_t i = 0; i < items.size(); ++i)
      EXPECT_LE(flying[i], options.maxInFlight);

    // At any Compute or Save: within the budget, or no more than before. At a
    // load: no more than at the Compute or Save after it.
    Order before(items.size());
    std::iota(before.begin(), before.end(), 0);
    std::vector<Budgets> was = liveSizes(items, before, buffers);
    std::vector<Budgets> is = liveSizes(items, order, buffers);
    for (unsigned m = 0; m < kNumMemories; ++m) {
      uint64_t next = is.back()[m];
      EXPECT_LE(next, was.back()[m]);
      for (uint32_t p = order.size(); p-- > 0;) {
        if (isLoad(order[p])) {
          EXPECT_LE(is[p][m], next);
          continue;
        }
        next = is[p][m];
        EXPECT_LE(next, std::max(budgets[m], was[order[p]][m]));
      }
    }
  }
  EXPECT_GT(moved, 1000u);
}

TEST(Prefetch, WhatIsSavedKeepsItsPlaceForAComputation) {
  // Three tiles of one input and one result, which is saved. With room for five
  // buffers, L2 may stand before C0: inputs 0, 1, 2 and result 0 live there.
  // But while C1 runs, result 0 is on its way, and inputs 1 and 2 and result 1
  // need places beside it.
  std::vector<Item> items;
  for (uint32_t i = 0; i < 3; ++i) {
    items.push_back(load({i}));
    items.push_back(compute({i}, {3 + i}));
    items.push_back(save({3 + i}));
  }
  PrefetchOptions options;
  EXPECT_EQ(hoistLoads(items, equalBuffers(6), feature(30), options),
            (Order{0, 3, 1, 6, 2, 4, 5, 7, 8}));
  options.keepSaved = true;
  EXPECT_EQ(hoistLoads(items, equalBuffers(6), feature(30), options),
            (Order{0, 3, 1, 2, 4, 6, 5, 7, 8}));
}

TEST(Prefetch, LessIsReservedAtOneAnchor) {
  PrefetchOptions options;
  options.reserve[unsigned(Memory::Feature)] = {0, 10};
  // As DoubleBuffering, but nothing passes C1.
  EXPECT_EQ(hoistLoads(tiles(4), equalBuffers(4), feature(20), options),
            (Order{0, 2, 1, 3, 4, 6, 5, 7}));
}

/// Whether the feature buffers get addresses in that order.
bool fits(const std::vector<Item> &items, const Order &order,
          const std::vector<LocalBuffer> &buffers, uint64_t capacity) {
  std::vector<LiveRange> ranges = liveRanges(items, order, buffers.size());
  std::vector<Buffer> requests;
  for (size_t b = 0; b < buffers.size(); ++b) {
    Buffer request;
    request.size = buffers[b].size;
    request.first = ranges[b].first;
    request.last = ranges[b].last;
    requests.push_back(request);
  }
  return allocate(requests, capacity).ok;
}

TEST(Prefetch, HoistsAsFarAsAddressesAreFound) {
  // Tiles of all sizes in a memory that the budget fills to the last word: the
  // sums fit, and now and then no packing does.
  unsigned rescued = 0;
  uint64_t distance = 0, given = 0;
  for (uint32_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    constexpr uint32_t kCapacity = 32;
    std::vector<Item> items;
    std::vector<LocalBuffer> buffers;
    for (unsigned tile = 0; tile < 12; ++tile) {
      std::vector<uint32_t> uses;
      for (unsigned i = 0; i < 2; ++i) {
        uses.push_back(uint32_t(buffers.size()));
        buffers.push_back({Memory::Feature, 1 + uint32_t(random() % 11)});
        items.push_back(load({uses.back()}));
      }
      uint32_t result = uint32_t(buffers.size());
      buffers.push_back({Memory::Feature, 1 + uint32_t(random() % 9)});
      items.push_back(compute(uses, {result}));
      items.push_back(save({result}));
    }
    Order before(items.size());
    std::iota(before.begin(), before.end(), 0);
    ASSERT_TRUE(fits(items, before, buffers, kCapacity));

    std::array<LocalMemory, kNumMemories> memories;
    memories[0] = {kCapacity, kCapacity, 1};
    unsigned rounds = 0;
    Order order =
        hoistLoadsToFit(items, buffers, memories, {}, Policy::Auto, &rounds);
    EXPECT_TRUE(fits(items, order, buffers, kCapacity));
    Order plain = hoistLoads(items, buffers, feature(kCapacity));
    if (fits(items, plain, buffers, kCapacity)) {
      EXPECT_EQ(order, plain);
      EXPECT_EQ(rounds, 1u);
    } else {
      EXPECT_GT(rounds, 1u);
      ++rescued;
      for (uint32_t p = 0; p < order.size(); ++p) {
        distance += order[p] > p ? order[p] - p : 0;
        given += plain[p] > p ? plain[p] - p : 0;
      }
    }
  }
  EXPECT_GT(rescued, 20u);
  // Where loads move up less, most of the way is left.
  EXPECT_GT(distance * 2, given);
}

} // namespace
