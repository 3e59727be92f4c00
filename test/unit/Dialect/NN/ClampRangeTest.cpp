//===- ClampRangeTest.cpp - Composition of clamps -------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/IR/ClampRange.h"

#include "gtest/gtest.h"

using nncc::nn::ClampRange;

// Every pair of ranges over a small grid, on every number of a finer one.
TEST(ClampRange, ThenIsComposition) {
  std::vector<ClampRange> ranges;
  for (int low = -3; low <= 3; ++low)
    for (int high = low; high <= 3; ++high) {
      ranges.push_back({float(low), float(high)});
      ranges.push_back({float(low), std::nullopt});
      ranges.push_back({std::nullopt, float(high)});
    }
  ranges.push_back({});
  for (const ClampRange &first : ranges)
    for (const ClampRange &second : ranges) {
      ClampRange both = first.then(second);
      if (both.min && both.max)
        EXPECT_LE(*both.min, *both.max);
      for (int i = -8; i <= 8; ++i) {
        float x = 0.5f * i;
        EXPECT_EQ(both.apply(x), second.apply(first.apply(x)));
      }
    }
}

TEST(ClampRange, Unbounded) {
  EXPECT_TRUE(ClampRange().isUnbounded());
  EXPECT_FALSE((ClampRange{0.0f, std::nullopt}).isUnbounded());
  EXPECT_FALSE((ClampRange{std::nullopt, 0.0f}).isUnbounded());
}
