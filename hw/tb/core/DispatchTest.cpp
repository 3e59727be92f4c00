//===- DispatchTest.cpp - nncc_dispatch -----------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Random legal streams of tokens through engines that take random times:
// everything finishes, in order, never before its tokens and its fence allow
// it.
//
//===----------------------------------------------------------------------===//

#include "Testbench.h"
#include "Vnncc_dispatch.h"
#include "gtest/gtest.h"
#include <deque>
#include <vector>

using namespace nncc::hw;

namespace {

constexpr unsigned kEngines = 5, kLimit = 7;

struct Item {
  unsigned engine, wait, post;
  bool fence;
};

/// Walked in order, no wait meets an empty counter and no post a full one.
std::vector<Item> makeProgram(std::mt19937_64 &random, unsigned size) {
  std::vector<Item> program;
  unsigned tokens[kEngines][kEngines] = {};
  for (unsigned i = 0; i < size; ++i) {
    Item item{unsigned(random() % kEngines), 0, 0, random() % 8 == 0};
    for (unsigned other = 0; other < kEngines; ++other) {
      if (other == item.engine)
        continue;
      if (tokens[other][item.engine] && random() % 2) {
        item.wait |= 1u << other;
        --tokens[other][item.engine];
      }
      if (tokens[item.engine][other] < kLimit && random() % 3 == 0) {
        item.post |= 1u << other;
        ++tokens[item.engine][other];
      }
    }
    program.push_back(item);
  }
  return program;
}

struct EngineModel {
  std::deque<unsigned> started;
  unsigned delay = 0; ///< cycles until the oldest is complete
};

void runProgram(uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  Testbench<Vnncc_dispatch> bench(seed);
  std::vector<Item> program = makeProgram(bench.random, 400);
  bench->clear_i = bench->stop_i = bench->inst_valid_i = 0;
  bench->eng_ready_i = bench->eng_finish_i = 0;
  bench->eng_finish_post_i = 0;
  bench->eng_idle_i = 31;
  bench->fetched_i = 0;
  bench.reset();

  EngineModel engines[kEngines];
  int tokens[kEngines][kEngines] = {};
  std::vector<unsigned> expected[kEngines];
  for (unsigned i = 0; i < program.size(); ++i)
    expected[program[i].engine].push_back(i);
  size_t next[kEngines] = {};
  unsigned slowness = 1 + bench.below(20), sent = 0, finished = 0;
  unsigned previousValid = 0;
  while (!bench->done_o) {
    ASSERT_LT(bench.cycle, 200000u) << "no end";
    for (unsigned word = 0; word < 16; ++word)
      bench->inst_i[word] = bench.random();
    // A request stays until it is taken.
    bench->inst_valid_i =
        sent < program.size() && (bench->inst_valid_i || bench.chance(70));
    bench->fetched_i = sent == program.size();
    if (sent < program.size()) {
      const Item &item = program[sent];
      setBits(bench->inst_i, 6, 3, item.engine);
      setBits(bench->inst_i, 9, 5, item.wait);
      setBits(bench->inst_i, 14, 5, item.post);
      setBits(bench->inst_i, 19, 1, item.fence);
      bench->number_i = sent;
    }
    bench->eng_ready_i = bench.below(32);
    bench->eng_finish_i = 0;
    bench->eng_finish_post_i = 0;
    for (unsigned e = 0; e < kEngines; ++e) {
      EngineModel &engine = engines[e];
      if (!engine.started.empty() && engine.delay == 0) {
        bench->eng_finish_i |= 1u << e;
        setBits(bench->eng_finish_post_i, e * 5, 5,
                program[engine.started.front()].post);
      }
      if (engine.started.size() >= 3)
        bench->eng_ready_i &= ~(1u << e);
      setBits(bench->eng_idle_i, e, 1, engine.started.empty());
    }
    bench.settle();
    EXPECT_EQ(previousValid & ~bench->eng_valid_o, 0u) << "valid went away";
    previousValid = bench->eng_valid_o & ~bench->eng_ready_i;
    bool accepted = bench->inst_valid_i && bench->inst_ready_o;
    unsigned start = bench->eng_valid_o & bench->eng_ready_i;
    unsigned finish = bench->eng_finish_i & bench->eng_finish_ready_o;
    EXPECT_EQ(bench->count_finish_o, finish);
    for (unsigned e = 0; e < kEngines; ++e) {
      EngineModel &engine = engines[e];
      unsigned reasons =
          (bench->count_busy_o >> e & 1) + (bench->count_empty_o >> e & 1);
      for (unsigned f = 0; f < kEngines; ++f)
        reasons += bench->count_token_o >> (e * 5 + f) & 1;
      EXPECT_LE(reasons, 1u);
      // Tokens that are given in this cycle cannot be taken in it.
      if (start >> e & 1) {
        unsigned number = getBits(bench->eng_number_o, 32 * e, 32);
        ASSERT_LT(next[e], expected[e].size());
        ASSERT_EQ(number, expected[e][next[e]++]) << "out of order";
        const Item &item = program[number];
        EXPECT_EQ(getBits(bench->eng_inst_o, 512 * e + 9, 5), item.wait);
        if (item.fence)
          EXPECT_TRUE(engine.started.empty());
        for (unsigned f = 0; f < kEngines; ++f)
          if (item.wait >> f & 1)
            EXPECT_GT(tokens[f][e]--, 0);
      }
    }
    for (unsigned e = 0; e < kEngines; ++e) {
      EngineModel &engine = engines[e];
      if (engine.delay)
        --engine.delay;
      if (finish >> e & 1) {
        const Item &item = program[engine.started.front()];
        for (unsigned t = 0; t < kEngines; ++t)
          if (item.post >> t & 1)
            EXPECT_LE(++tokens[e][t], int(kLimit));
        engine.started.pop_front();
        engine.delay = bench.below(slowness);
        ++finished;
      }
      if (start >> e & 1) {
        if (engine.started.empty())
          engine.delay = bench.below(slowness);
        engine.started.push_back(getBits(bench->eng_number_o, 32 * e, 32));
      }
    }
    bench.tick();
    if (accepted)
      ++sent;
    if (accepted)
      bench->inst_valid_i = 0;
    bench.settle();
  }
  EXPECT_EQ(finished, program.size());
}

} // namespace

TEST(Dispatch, RandomPrograms) {
  for (uint64_t seed = 1; seed <= 40; ++seed)
    runProgram(seed);
}

TEST(Dispatch, StopLetsStartedInstructionsEnd) {
  Testbench<Vnncc_dispatch> bench;
  bench->clear_i = bench->stop_i = bench->inst_valid_i = 0;
  bench->eng_ready_i = bench->eng_finish_i = 0;
  bench->eng_finish_post_i = 0;
  bench->eng_idle_i = 31;
  bench->fetched_i = 0;
  bench.reset();
  for (unsigned word = 0; word < 16; ++word)
    bench->inst_i[word] = 0;
  setBits(bench->inst_i, 6, 3, 2);
  bench->number_i = 9;
  bench->inst_valid_i = 1;
  bench.tick();
  bench.tick();
  bench->inst_valid_i = 0;
  bench.settle();
  EXPECT_EQ(bench->eng_valid_o, 4u);
  bench->eng_ready_i = 4;
  bench.tick();
  bench->stop_i = 1;
  bench.settle();
  EXPECT_EQ(bench->eng_valid_o, 0u);
  // A counter that would be full by now: more posts than it holds.
  bench->eng_finish_i = 4;
  setBits(bench->eng_finish_post_i, 10, 5, 1);
  bench.settle();
  EXPECT_EQ(bench->eng_finish_ready_o & 4, 4);
  bench.tick();
  bench->eng_finish_i = 0;
  bench->clear_i = 1;
  bench.tick();
  bench->clear_i = bench->stop_i = 0;
  bench->fetched_i = 1;
  bench.settle();
  EXPECT_TRUE(bench->done_o);
  EXPECT_EQ(bench->eng_valid_o, 0u);
}
