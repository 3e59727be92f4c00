//===- AsyncMachineTest.cpp - Schedules on engines of random speed --------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// What the proofs say, tried out: verified schedules compute what the program
// computes in order, at any speeds; broken ones do not.
//
//===----------------------------------------------------------------------===//

#include "AsyncMachine.h"
#include "RandomProgram.h"

#include "nncc/Scheduling/ScheduleVerifier.h"
#include "nncc/Scheduling/TokenAssignment.h"

#include "gtest/gtest.h"

#include <utility>

using namespace nncc;
using namespace nncc::scheduling;
using namespace nncc::scheduling::test;

namespace {

TEST(AsyncMachine, VerifiedSchedulesEqualTheProgram) {
  size_t overlap = 0, fences = 0;
  for (uint32_t seed = 0; seed < 60; ++seed) {
    unsigned limit = 1 + seed % 4, depth = 1 + seed % 3;
    std::vector<Node> nodes = RandomProgram(seed, 8u << seed % 4).program(80);
    TokenResult tokens = assignTokens(nodes, limit);
    ASSERT_TRUE(tokens.ok) << tokens.why;
    fences += tokens.statistics.fences;
    auto violation = verifySchedule(nodes, tokens.sync, {limit, depth});
    ASSERT_FALSE(violation) << violation->message;

    AsyncMachine machine(nodes);
    AsyncMachine::Contents expected = machine.runInOrder();
    for (uint32_t run = 0; run < 8; ++run) {
      AsyncMachine::Outcome outcome =
          machine.run(tokens.sync, limit, depth, 1000 * seed + run);
      EXPECT_FALSE(outcome.deadlock);
      EXPECT_EQ(outcome.contents, expected) << "seed " << seed;
      overlap = std::max(overlap, outcome.overlap);
    }
  }
  // Not because nothing overlapped.
  EXPECT_EQ(overlap, 4u);
  EXPECT_GT(fences, 100u);
}

TEST(AsyncMachine, EnginesOverlapTheirInstructions) {
  // The second convolution reads what the first one writes, the third writes
  // what the second reads, the fourth what the third writes.
  using isa::Engine, isa::Memory;
  auto conv = [](isa::Interval from, isa::Interval to) {
    return node(Engine::Conv, {access(Memory::Feature, false, {from}),
                               access(Memory::Feature, true, {to})});
  };
  const std::vector<std::vector<Node>> programs{
      {conv({0, 4}, {4, 8}), conv({4, 8}, {8, 12})},
      {conv({0, 4}, {4, 8}), conv({8, 12}, {0, 4})},
      {conv({0, 4}, {8, 12}), conv({4, 8}, {8, 12})}};
  for (const std::vector<Node> &nodes : programs) {
    AsyncMachine machine(nodes);
    AsyncMachine::Contents expected = machine.runInOrder();
    auto wrong = [&](const std::vector<Sync> &sync) {
      unsigned count = 0;
      for (uint32_t run = 0; run < 200; ++run) {
        AsyncMachine::Outcome outcome = machine.run(sync, 1, 2, run);
        EXPECT_FALSE(outcome.deadlock);
        // With one in flight, nothing can go wrong.
        EXPECT_TRUE(outcome.overlap > 1 || outcome.contents == expected);
        count += outcome.contents != expected;
      }
      return count;
    };
    EXPECT_GT(wrong({{}, {}}), 20u);
    EXPECT_EQ(wrong({{}, {0, 0, true}}), 0u);
    std::vector<Node> drained = nodes;
    drained[1].finished = 0;
    AsyncMachine sameBank(drained);
    for (uint32_t run = 0; run < 200; ++run)
      EXPECT_EQ(sameBank.run({{}, {}}, 1, 2, run).contents, expected);
  }
}

/// Takes the waits or the fence of each instruction away. Counts the hazards
/// that the verifier sees, and those of them that show as a wrong result.
template <typename Damage>
std::pair<unsigned, unsigned> countHazards(Damage damage) {
  unsigned broken = 0, shown = 0;
  for (uint32_t seed = 0; seed < 12; ++seed) {
    std::vector<Node> nodes = RandomProgram(seed, 8).program(12);
    TokenResult tokens = assignTokens(nodes, 15);
    EXPECT_TRUE(tokens.ok);
    AsyncMachine machine(nodes);
    AsyncMachine::Contents expected = machine.runInOrder();
    for (size_t i = 0; i < nodes.size(); ++i) {
      std::vector<Sync> sync = tokens.sync;
      if (!damage(sync[i]))
        continue;
      VerifierOptions options{15, 4};
      options.requireBalanced = false;
      auto violation = verifySchedule(nodes, sync, options);
      if (!violation || violation->kind != Violation::Kind::Hazard)
        continue;
      ++broken;
      for (uint32_t run = 0; run < 300; ++run) {
        AsyncMachine::Outcome outcome = machine.run(sync, 15, 4, run);
        if (outcome.deadlock || outcome.contents != expected) {
          ++shown;
          break;
        }
      }
    }
  }
  return {broken, shown};
}

// Without a token or a fence that is needed, some speeds give another result.
// The others have to be tried for it to show, so the tests ask for most of
// them. What is overwritten before anybody reads it can never show.

TEST(AsyncMachine, MissingTokensThatTheVerifierSeesAreReal) {
  auto [broken, shown] = countHazards([](Sync &sync) {
    bool waits = sync.wait != 0;
    sync.wait = 0;
    return waits;
  });
  EXPECT_GT(broken, 20u);
  EXPECT_GT(shown, broken * 3 / 5);
}

TEST(AsyncMachine, MissingFencesThatTheVerifierSeesAreReal) {
  auto [broken, shown] = countHazards([](Sync &sync) {
    bool fence = sync.fence;
    sync.fence = false;
    return fence;
  });
  EXPECT_GT(broken, 10u);
  EXPECT_GT(shown, broken * 3 / 5);
}

TEST(AsyncMachine, DeadlocksThatTheVerifierSeesAreReal) {
  using isa::Engine;
  constexpr uint8_t load0 = 1u << unsigned(Engine::Load0),
                    conv = 1u << unsigned(Engine::Conv);
  std::vector<Node> nodes{node(Engine::Conv, {}), node(Engine::Load0, {})};

  // Each waits for the other.
  std::vector<Sync> circle{{load0, load0}, {conv, conv}};
  auto violation = verifySchedule(nodes, circle, {1, 1});
  ASSERT_TRUE(violation);
  EXPECT_EQ(violation->kind, Violation::Kind::EmptyWait);
  EXPECT_TRUE(AsyncMachine(nodes).run(circle, 1, 1, 0).deadlock);

  // The second token finds no room, and its taker stands behind the third load,
  // for which the queue has no room.
  nodes = {node(Engine::Load0, {}), node(Engine::Load0, {}),
           node(Engine::Load0, {}), node(Engine::Conv, {}),
           node(Engine::Conv, {})};
  std::vector<Sync> full{{0, conv}, {0, conv}, {0, 0}, {load0, 0}, {load0, 0}};
  EXPECT_FALSE(verifySchedule(nodes, full, {2, 1}));
  EXPECT_FALSE(AsyncMachine(nodes).run(full, 2, 1, 0).deadlock);
  violation = verifySchedule(nodes, full, {1, 1});
  ASSERT_TRUE(violation);
  EXPECT_EQ(violation->kind, Violation::Kind::FullPost);
  EXPECT_TRUE(AsyncMachine(nodes).run(full, 1, 1, 0).deadlock);
}

} // namespace
