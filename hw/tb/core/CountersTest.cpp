//===- CountersTest.cpp - nncc_counters -----------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Against counters that simply count. Narrow ones, so that they saturate.
//
//===----------------------------------------------------------------------===//

#include "CountersFew.h"
#include "CountersMany.h"
#include "CountersSmall.h"
#include "Testbench.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <vector>

using namespace nncc::hw;

namespace {

/// `Events` and `Width` are those of the model.
template <typename Top, unsigned Events, unsigned Width> struct Counters {
  static constexpr uint64_t kMost = (uint64_t(1) << Width) - 1;

  explicit Counters(uint64_t seed) : bench(seed), values(Events) {
    bench->clear_i = bench->event_i = bench->read_i = bench->index_i = 0;
    bench.reset();
  }

  /// One cycle with these inputs; what it answers must be right.
  void tick(uint64_t events, bool clear = false) {
    bench->event_i = events;
    bench->clear_i = clear;
    bench->read_i = false;
    if (wanted >= 0) {
      bench->read_i = true;
      bench->index_i = wanted;
    }
    bench.settle();
    if (bench->valid_o) {
      ASSERT_GE(asked, 0) << "an answer to no question";
      EXPECT_EQ(bench->data_o, before[asked]) << "counter " << asked;
      answer = bench->data_o;
      asked = -1;
      ++answers;
    }
    if (asked >= 0)
      ASSERT_LT(++waited, 3u) << "too late";
    if (wanted >= 0) {
      asked = wanted;
      wanted = -1;
      waited = 0;
    }
    // What an answer in the next cycle shows.
    before = values;
    if (clear)
      std::fill(before.begin(), before.end(), 0);
    for (unsigned e = 0; e < Events; ++e)
      values[e] = clear ? 0 : std::min(values[e] + (events >> e & 1), kMost);
    bench.tick();
  }

  bool idle() const { return asked < 0 && wanted < 0; }

  uint64_t read(unsigned index) {
    wanted = int(index);
    unsigned count = answers;
    for (unsigned i = 0; i < 2 * Events && answers == count; ++i) {
      tick(0);
      if (::testing::Test::HasFatalFailure())
        return 0;
    }
    EXPECT_EQ(answers, count + 1);
    return answer;
  }

  uint64_t randomEvents(unsigned percent) {
    uint64_t events = 0;
    for (unsigned e = 0; e < Events; ++e)
      events |= uint64_t(bench.chance(percent)) << e;
    return events;
  }

  Testbench<Top> bench;
  std::vector<uint64_t> values; ///< at the beginning of this cycle
  std::vector<uint64_t> before; ///< of the last one, after its clear
  int wanted = -1, asked = -1;
  unsigned waited = 0, answers = 0;
  uint64_t answer = 0;
};

template <typename T> class CountersTest : public ::testing::Test {};

using Sizes =
    ::testing::Types<Counters<CountersMany, 43, 8>, Counters<CountersFew, 5, 4>,
                     Counters<CountersSmall, 43, 8>>;
TYPED_TEST_SUITE(CountersTest, Sizes);

} // namespace

// Events, reads and clears at any time, from few events to all.
TYPED_TEST(CountersTest, Random) {
  for (unsigned percent : {1, 10, 50, 90, 100}) {
    SCOPED_TRACE(percent);
    TypeParam counters(percent);
    unsigned eager = 100;
    for (unsigned i = 0; i < 20000; ++i) {
      // Now and then as many reads as there can be.
      if (i % 1000 == 0)
        eager = counters.bench.chance(50) ? 100 : 40;
      if (counters.idle() && counters.bench.chance(eager))
        counters.wanted = int(counters.bench.below(counters.values.size()));
      bool clear = counters.bench.below(300) == 0;
      counters.tick(counters.randomEvents(percent), clear);
      if (::testing::Test::HasFatalFailure())
        return;
    }
    EXPECT_GT(counters.answers, 4000u);
  }
}

// From the first cycle after it, whatever the phase of the visits; also two
// clears that are close.
TYPED_TEST(CountersTest, ClearAtEveryPhase) {
  TypeParam counters(3);
  unsigned events = counters.values.size();
  uint64_t all = (uint64_t(1) << events) - 1;
  for (unsigned again = 0; again < 3; ++again)
    for (unsigned phase = 0; phase < 2 * events + 1; ++phase) {
      SCOPED_TRACE(std::to_string(phase) + " " + std::to_string(again));
      for (unsigned i = 0; i < 3 * events; ++i)
        counters.tick(all);
      for (unsigned i = 0; i < phase; ++i)
        counters.tick(0);
      counters.tick(all, true);
      for (unsigned i = 0; i < again; ++i)
        counters.tick(all);
      if (again)
        counters.tick(all, true);
      counters.tick(all);
      for (unsigned e = 0; e < events; ++e)
        ASSERT_EQ(counters.read((e + phase) % events), 1u);
    }
}

TYPED_TEST(CountersTest, StaysAtItsGreatestValue) {
  TypeParam counters(5);
  unsigned events = counters.values.size();
  uint64_t most = TypeParam::kMost;
  // Each its own number of events: up to the greatest value, and beyond.
  for (uint64_t i = 0; i < most + events / 2; ++i) {
    uint64_t now = 0;
    for (unsigned e = 0; e < events; ++e)
      now |= uint64_t(i + events - events / 2 < most + e) << e;
    counters.tick(now);
  }
  unsigned full = 0;
  for (unsigned round = 0; round < 2; ++round)
    for (unsigned e = 0; e < events; ++e) {
      uint64_t value = counters.read(e);
      EXPECT_EQ(value, std::min(most, most + e - (events - events / 2)));
      full += value == most;
    }
  EXPECT_GT(full, 0u);
  EXPECT_LT(full, 2 * events);
}

// Counters that were in use, and a read that waits.
TYPED_TEST(CountersTest, ResetClearsAndEndsARead) {
  TypeParam counters(9);
  unsigned events = counters.values.size();
  uint64_t all = (uint64_t(1) << events) - 1;
  for (unsigned phase = 0; phase < events; ++phase) {
    for (unsigned i = 0; i < 2 * events + 1; ++i)
      counters.tick(all);
    counters.wanted = int(phase);
    counters.tick(all);
    counters.bench->read_i = false;
    counters.bench.reset(1);
    counters.asked = -1;
    std::fill(counters.values.begin(), counters.values.end(), 0);
    for (unsigned i = 0; i < 2 * events; ++i)
      counters.tick(0);
    for (unsigned e = 0; e < events; ++e)
      ASSERT_EQ(counters.read(e), 0u);
  }
}
