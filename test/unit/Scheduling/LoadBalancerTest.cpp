//===- LoadBalancerTest.cpp - Tests of the choice of read ports -----------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Scheduling/LoadBalancer.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <random>

using namespace nncc;
using namespace nncc::scheduling;

namespace {

constexpr isa::Engine A = isa::Engine::Load0, B = isa::Engine::Load1;

TEST(LoadBalancer, NothingToDo) { EXPECT_TRUE(balanceLoads({}).empty()); }

TEST(LoadBalancer, SplitsAConsumersLoads) {
  // Two tiles and their weights, equally long.
  EXPECT_EQ(balanceLoads({{10, 0}, {10, 0}, {10, 1}, {10, 1}}),
            (std::vector<isa::Engine>{A, B, A, B}));
}

TEST(LoadBalancer, LongestFirst) {
  // In order, 2 and 2 would go to different ports and 4 on top of one of them.
  EXPECT_EQ(balanceLoads({{2, 0}, {2, 0}, {4, 0}}),
            (std::vector<isa::Engine>{B, B, A}));
}

TEST(LoadBalancer, RemembersTheImbalanceOfEarlierConsumers) {
  // The first load keeps Load0 busy for as long as the next three take.
  EXPECT_EQ(balanceLoads({{30, 0}, {10, 1}, {10, 2}, {10, 3}, {10, 4}}),
            (std::vector<isa::Engine>{A, B, B, B, A}));
}

TEST(LoadBalancer, LoadsWithoutCostStay) {
  EXPECT_EQ(balanceLoads({{0, 0}, {0, 0}}), (std::vector<isa::Engine>{A, A}));
}

TEST(LoadBalancer, DifferenceNeverExceedsTheLongestLoad) {
  std::mt19937 random(1);
  std::vector<LoadRequest> loads;
  loads.reserve(5000);
  for (uint64_t i = 0; i < 5000; ++i)
    loads.push_back({random() % 1000, i / (1 + random() % 5)});
  std::vector<isa::Engine> ports = balanceLoads(loads);
  ASSERT_EQ(ports.size(), loads.size());
  int64_t difference = 0, longest = 0;
  for (size_t i = 0; i < loads.size(); ++i) {
    longest = std::max(longest, int64_t(loads[i].cycles));
    difference += (ports[i] == A ? 1 : -1) * int64_t(loads[i].cycles);
    bool end =
        i + 1 == loads.size() || loads[i + 1].consumer != loads[i].consumer;
    if (end)
      EXPECT_LE(std::abs(difference), longest);
  }
}

} // namespace
