//===- IntervalAllocatorTest.cpp - Tests of memory allocation -------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Scheduling/IntervalAllocator.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <random>

using namespace nncc::scheduling;
using testing::HasSubstr;

namespace {

constexpr Policy kPolicies[] = {Policy::LeastRecent, Policy::FirstFit,
                                Policy::BestFit, Policy::Auto};

Buffer buffer(uint32_t size, uint32_t first, uint32_t last,
              uint32_t alignment = 1) {
  Buffer b;
  b.size = size;
  b.first = first;
  b.last = last;
  b.alignment = alignment;
  return b;
}

/// The oracle: every request is met and no two live buffers overlap.
void expectSound(const std::vector<Buffer> &buffers, uint64_t capacity,
                 const AllocationResult &result) {
  ASSERT_TRUE(result.ok) << result.why;
  ASSERT_EQ(result.address.size(), buffers.size());
  uint64_t peak = 0;
  for (size_t i = 0; i < buffers.size(); ++i) {
    const Buffer &b = buffers[i];
    uint64_t at = result.address[i];
    EXPECT_EQ(at % b.alignment, 0u);
    EXPECT_LE(at + b.size, capacity);
    if (b.size)
      peak = std::max(peak, at + b.size);
    for (size_t j = 0; j < i; ++j) {
      const Buffer &c = buffers[j];
      bool together = b.first <= c.last && c.first <= b.last;
      bool overlap = at < result.address[j] + uint64_t(c.size) &&
                     result.address[j] < at + b.size;
      if (b.size && c.size)
        ASSERT_FALSE(together && overlap) << "buffers " << j << " and " << i;
    }
  }
  EXPECT_EQ(result.peak, peak);
  EXPECT_LE(result.required, std::max<uint64_t>(peak, result.required));
}

TEST(IntervalAllocator, NothingNeedsNothing) {
  for (Policy policy : kPolicies) {
    AllocationResult result = allocate({}, 0, policy);
    EXPECT_TRUE(result.ok);
    EXPECT_EQ(result.peak, 0u);
  }
}

TEST(IntervalAllocator, AddressesAreReusedAsLateAsPossible) {
  // Each buffer dies before the next is born: any address would do, and a new
  // one is taken until there is none.
  std::vector<Buffer> buffers;
  buffers.reserve(7);
  for (uint32_t i = 0; i < 7; ++i)
    buffers.push_back(buffer(10, 2 * i, 2 * i + 1));
  AllocationResult late = allocate(buffers, 35, Policy::LeastRecent);
  EXPECT_EQ(late.address, (std::vector<uint32_t>{0, 25, 0, 25, 0, 25, 0}));
  AllocationResult low = allocate(buffers, 35, Policy::FirstFit);
  EXPECT_EQ(low.address, std::vector<uint32_t>(7, 0));
  EXPECT_EQ(low.peak, 10u);
}

TEST(IntervalAllocator, WhatIsStillLiveIsInTheWay) {
  // Buffer 0 stays; the others alternate above it.
  std::vector<Buffer> buffers{buffer(10, 0, 9), buffer(10, 1, 2),
                              buffer(10, 3, 4), buffer(10, 5, 6)};
  AllocationResult late = allocate(buffers, 30, Policy::LeastRecent);
  EXPECT_EQ(late.address, (std::vector<uint32_t>{0, 10, 20, 10}));
}

TEST(IntervalAllocator, SmallResultsAlternateBetweenLargeInputs) {
  // Four inputs of 8 at a time, of which the oldest dies with each result of 2.
  // The memory has room for two results, and they take turns.
  std::vector<Buffer> buffers;
  buffers.reserve(4);
  for (uint32_t i = 0; i < 4; ++i)
    buffers.push_back(buffer(8, 0, 2 * i + 1));
  std::vector<size_t> results;
  for (uint32_t i = 0; i < 8; ++i) {
    results.push_back(buffers.size());
    buffers.push_back(buffer(2, 2 * i + 1, 2 * i + 2));
    buffers.push_back(buffer(8, 2 * i + 2, 2 * i + 9));
  }
  AllocationResult late = allocate(buffers, 36, Policy::LeastRecent);
  expectSound(buffers, 36, late);
  for (size_t i = 1; i < results.size(); ++i)
    EXPECT_NE(late.address[results[i]], late.address[results[i - 1]]) << i;
}

TEST(IntervalAllocator, LiveRangesIncludeBothEnds) {
  // Both live at position 5: an instruction reads one and writes the other.
  std::vector<Buffer> buffers{buffer(8, 0, 5), buffer(8, 5, 9)};
  for (Policy policy : kPolicies) {
    expectSound(buffers, 16, allocate(buffers, 16, policy));
    EXPECT_FALSE(allocate(buffers, 15, policy).ok);
  }
  // One position later they may share.
  buffers[1].first = 6;
  for (Policy policy : kPolicies)
    expectSound(buffers, 8, allocate(buffers, 8, policy));
}

TEST(IntervalAllocator, WithLessMemoryLeastRecentSpreadsLess) {
  // Buffer 1 goes above buffer 0, buffer 2 to the fresh end of the memory, and
  // buffer 3 finds 4 and 4 around buffer 1: unless nobody remembers buffer 0
  // when buffer 2 comes.
  std::vector<Buffer> buffers{buffer(4, 0, 1), buffer(2, 1, 4), buffer(2, 2, 5),
                              buffer(6, 3, 5)};
  AllocationResult result = allocate(buffers, 12);
  expectSound(buffers, 12, result);
  EXPECT_EQ(result.policy, Policy::LeastRecent);
  EXPECT_EQ(result.address[2], 0u);
}

TEST(IntervalAllocator, AutoFallsBackToFirstFit) {
  // Buffer 3 goes to the end of the gap that buffer 2 was not at, however few
  // are remembered, and leaves no 8 in one piece. The lowest address does.
  std::vector<Buffer> buffers{buffer(6, 0, 1), buffer(6, 1, 3), buffer(2, 2, 2),
                              buffer(2, 3, 4), buffer(8, 4, 8)};
  EXPECT_FALSE(allocate(buffers, 12, Policy::LeastRecent).ok);
  AllocationResult result = allocate(buffers, 12);
  expectSound(buffers, 12, result);
  EXPECT_EQ(result.policy, Policy::FirstFit);
}

TEST(IntervalAllocator, AutoFallsBackToPacking) {
  // Time order puts the short-lived 2 at the bottom and the 4 above it; when
  // the 2 dies, 4 + 4 do not fit into 10 in one piece with the 2 gap.
  std::vector<Buffer> buffers{buffer(4, 0, 1), buffer(2, 0, 9),
                              buffer(8, 2, 9)};
  EXPECT_FALSE(allocate(buffers, 10, Policy::FirstFit).ok);
  AllocationResult result = allocate(buffers, 10);
  expectSound(buffers, 10, result);
  EXPECT_EQ(result.policy, Policy::BestFit);
  EXPECT_EQ(result.peak, 10u);
}

TEST(IntervalAllocator, Alignment) {
  std::vector<Buffer> buffers{buffer(3, 0, 9), buffer(16, 0, 9, 16),
                              buffer(5, 0, 9, 4), buffer(1, 0, 9)};
  for (Policy policy : kPolicies)
    expectSound(buffers, 64, allocate(buffers, 64, policy));
}

TEST(IntervalAllocator, EmptyBuffersAreInNobodysWay) {
  std::vector<Buffer> buffers{buffer(16, 0, 9), buffer(0, 0, 9)};
  for (Policy policy : kPolicies)
    expectSound(buffers, 16, allocate(buffers, 16, policy));
}

TEST(IntervalAllocator, TooLittleMemory) {
  std::vector<Buffer> buffers{buffer(8, 0, 5), buffer(8, 5, 9),
                              buffer(1, 5, 5)};
  for (Policy policy : kPolicies) {
    AllocationResult result = allocate(buffers, 16, policy);
    EXPECT_FALSE(result.ok);
    EXPECT_EQ(result.required, 17u);
    EXPECT_EQ(result.misfits, std::vector<size_t>{2});
    EXPECT_EQ(result.why, "the buffers that are live at position 5 need 17 "
                          "units together; the capacity is 16");
  }
}

TEST(IntervalAllocator, AMisfitIsReported) {
  // 18 units are enough, but not at multiples of 8.
  std::vector<Buffer> buffers{buffer(9, 0, 9, 8), buffer(9, 3, 5, 8)};
  for (Policy policy : {Policy::LeastRecent, Policy::FirstFit}) {
    AllocationResult result = allocate(buffers, 18, policy);
    EXPECT_FALSE(result.ok);
    EXPECT_EQ(result.misfits, std::vector<size_t>{1});
    EXPECT_EQ(result.why,
              "buffer 1 (size 9, live from 3 to 5) does not fit into 18 "
              "units: 9 are free for it, at most 9 in one piece");
  }
  AllocationResult result = allocate(buffers, 18);
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.peak, 25u);
  EXPECT_THAT(result.why, HasSubstr("needs 25 units, 18 being live at once"));
}

TEST(IntervalAllocator, AllMisfitsAreFound) {
  // Three times the problem above, one after the other.
  std::vector<Buffer> buffers;
  for (uint32_t i = 0; i < 3; ++i) {
    buffers.push_back(buffer(9, 10 * i, 10 * i + 9, 8));
    buffers.push_back(buffer(9, 10 * i + 3, 10 * i + 5, 8));
  }
  for (Policy policy : kPolicies)
    EXPECT_EQ(allocate(buffers, 18, policy).misfits.size(), 3u);
}

TEST(IntervalAllocator, WhatIsTightInOnePlaceIsSpreadElsewhere) {
  // The problem of WithLessMemoryLeastRecentSpreadsLess stands before and
  // behind many small buffers, which alternate all the same.
  std::vector<Buffer> buffers;
  auto addTightPlace = [&](uint32_t at) {
    for (Buffer b :
         {buffer(4, 0, 1), buffer(2, 1, 4), buffer(2, 2, 5), buffer(6, 3, 5)}) {
      b.first += at;
      b.last += at;
      buffers.push_back(b);
    }
  };
  addTightPlace(0);
  for (uint32_t i = 0; i < 200; ++i)
    buffers.push_back(buffer(6, 10 + i, 10 + i));
  addTightPlace(300);
  AllocationResult result = allocate(buffers, 12, Policy::LeastRecent);
  expectSound(buffers, 12, result);
  for (uint32_t i = 60; i < 150; ++i)
    EXPECT_NE(result.address[i], result.address[i + 1]) << i;
}

TEST(IntervalAllocator, ContradictoryRequestsAreFailures) {
  for (Policy policy : kPolicies) {
    EXPECT_THAT(allocate({buffer(1, 5, 4)}, 16, policy).why,
                HasSubstr("ends before it begins"));
    EXPECT_THAT(allocate({buffer(1, 0, 0, 0)}, 16, policy).why,
                HasSubstr("has alignment 0"));
    EXPECT_THAT(allocate({buffer(17, 0, 0)}, 16, policy).why,
                HasSubstr("is larger than the capacity of 16"));
  }
}

TEST(IntervalAllocator, WholeAddressSpace) {
  std::vector<Buffer> buffers{buffer(UINT32_MAX, 0, UINT32_MAX),
                              buffer(1, 0, UINT32_MAX)};
  for (Policy policy : kPolicies)
    expectSound(buffers, uint64_t(1) << 32,
                allocate(buffers, uint64_t(1) << 32, policy));
  buffers.push_back(buffer(1, 7, 7));
  for (Policy policy : kPolicies)
    EXPECT_FALSE(allocate(buffers, UINT64_MAX, policy).ok);
}

TEST(IntervalAllocator, RandomRequestsAgainstTheOracle) {
  std::mt19937 random(1);
  auto upTo = [&](uint32_t n) { return uint32_t(random() % (n + 1)); };
  unsigned fits = 0;
  for (unsigned round = 0; round < 400; ++round) {
    std::vector<Buffer> buffers;
    for (uint32_t i = 0, n = upTo(40); i < n; ++i) {
      uint32_t first = upTo(50);
      Buffer b = buffer(upTo(30), first, first + upTo(10), 1u << upTo(3));
      buffers.push_back(b);
    }
    uint64_t capacity = 100 + upTo(100);
    for (Policy policy : kPolicies) {
      AllocationResult result = allocate(buffers, capacity, policy);
      if (result.ok) {
        expectSound(buffers, capacity, result);
        ++fits;
      } else {
        EXPECT_FALSE(result.why.empty());
        ASSERT_FALSE(result.misfits.empty());
        EXPECT_LT(result.misfits.back(), buffers.size());
      }
      if (testing::Test::HasFatalFailure())
        return;
    }
  }
  EXPECT_GT(fits, 200u); // Otherwise the test tests failures only.
}

TEST(IntervalAllocator, PackingIsNearTheBound) {
  // Feature maps of a network with skips: the packing must come close to what
  // is live at once.
  std::mt19937 random(2);
  uint64_t peaks = 0, bounds = 0;
  for (unsigned round = 0; round < 50; ++round) {
    std::vector<Buffer> buffers;
    buffers.reserve(200);
    for (uint32_t i = 0; i < 200; ++i)
      buffers.push_back(buffer(64u * (1 + random() % 50), i,
                               i + 1 + (random() % 4 ? 0 : random() % 20)));
    AllocationResult result = allocate(buffers, 1u << 30, Policy::BestFit);
    expectSound(buffers, 1u << 30, result);
    peaks += result.peak;
    bounds += result.required;
  }
  EXPECT_LE(double(peaks), 1.05 * double(bounds));
}

TEST(IntervalAllocator, ManyBuffers) {
  // The sizes of a large network; the time limit is the test runner's.
  std::mt19937 random(3);
  std::vector<Buffer> buffers;
  buffers.reserve(20000);
  for (uint32_t i = 0; i < 20000; ++i)
    buffers.push_back(buffer(1 + random() % 500, i, i + 1 + random() % 60));
  for (Policy policy : kPolicies) {
    AllocationResult result = allocate(buffers, 1u << 20, policy);
    EXPECT_TRUE(result.ok) << result.why;
  }
  // And thousands of them at once.
  buffers.resize(5000);
  for (Buffer &b : buffers)
    b.last = 40000;
  for (Policy policy : kPolicies)
    EXPECT_TRUE(allocate(buffers, 1u << 30, policy).ok);
}

} // namespace
