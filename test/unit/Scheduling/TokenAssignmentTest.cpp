//===- TokenAssignmentTest.cpp - Tests of wait and post masks -------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "RandomProgram.h"

#include "nncc/Scheduling/ScheduleVerifier.h"
#include "nncc/Scheduling/TokenAssignment.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <utility>

using namespace nncc;
using namespace nncc::scheduling;
using namespace nncc::scheduling::test;
using isa::Engine;
using isa::Memory;
using isa::Region;
using testing::HasSubstr;

namespace {

constexpr uint8_t bit(Engine e) { return uint8_t(1u << unsigned(e)); }
constexpr uint8_t kLoad0 = bit(Engine::Load0), kLoad1 = bit(Engine::Load1),
                  kConv = bit(Engine::Conv), kSave = bit(Engine::Save);

Node loadTo(Engine port, Memory memory, uint32_t begin, uint32_t end) {
  return node(port, {access(memory, true, {{begin, end}})});
}

Node conv(isa::Interval from, isa::Interval to) {
  return node(Engine::Conv, {access(Memory::Feature, false, {from}),
                             access(Memory::Feature, true, {to})});
}

Node saveFrom(uint32_t begin, uint32_t end) {
  return node(Engine::Save, {access(Memory::Feature, false, {{begin, end}})});
}

std::vector<Sync> assign(const std::vector<Node> &nodes, unsigned limit = 15) {
  TokenResult result = assignTokens(nodes, limit);
  EXPECT_TRUE(result.ok) << result.why;
  auto violation = verifySchedule(nodes, result.sync, {limit, 2});
  EXPECT_FALSE(violation) << violation->message;
  return result.sync;
}

TEST(TokenAssignment, NothingToOrder) {
  EXPECT_TRUE(assign({}).empty());
  // Different places, and reads of the same.
  std::vector<Sync> sync =
      assign({conv({0, 8}, {8, 16}), saveFrom(0, 8),
              loadTo(Engine::Load0, Memory::Feature, 16, 24),
              loadTo(Engine::Load1, Memory::Weight, 0, 24)});
  EXPECT_EQ(sync, std::vector<Sync>(4));
}

TEST(TokenAssignment, ReadAfterWrite) {
  EXPECT_EQ(assign({loadTo(Engine::Load0, Memory::Feature, 0, 8),
                    conv({7, 9}, {16, 24})}),
            (std::vector<Sync>{{0, kConv}, {kLoad0, 0}}));
}

TEST(TokenAssignment, WriteAfterRead) {
  EXPECT_EQ(assign({conv({0, 8}, {16, 24}),
                    loadTo(Engine::Load1, Memory::Feature, 7, 8)}),
            (std::vector<Sync>{{0, kLoad1}, {kConv, 0}}));
}

TEST(TokenAssignment, WriteAfterWrite) {
  EXPECT_EQ(assign({loadTo(Engine::Load0, Memory::Feature, 0, 8),
                    loadTo(Engine::Load1, Memory::Feature, 0, 8)}),
            (std::vector<Sync>{{0, kLoad1}, {kLoad0, 0}}));
}

TEST(TokenAssignment, MemoriesAndRegionsAreApart) {
  std::vector<Node> nodes;
  nodes.reserve(9);
  for (unsigned m = 0; m < 5; ++m)
    nodes.push_back(node(m % 2 ? Engine::Load0 : Engine::Load1,
                         {access(Memory(m), true, {{0, 8}})}));
  for (unsigned r = 0; r < 4; ++r)
    nodes.push_back(node(r % 2 ? Engine::Load0 : Engine::Save,
                         {access(Region(r), true, {{0, 8}})}));
  EXPECT_EQ(assign(nodes), std::vector<Sync>(9));
}

TEST(TokenAssignment, ThroughDram) {
  std::vector<Node> nodes{
      node(Engine::Save, {access(Region::Workspace, true, {{0, 64}})}),
      node(Engine::Load0, {access(Region::Workspace, false, {{32, 40}}),
                           access(Memory::Feature, true, {{0, 1}})})};
  EXPECT_EQ(assign(nodes), (std::vector<Sync>{{0, kLoad0}, {kSave, 0}}));
}

TEST(TokenAssignment, OwnEngineNeedsAFence) {
  const Sync none, fence{0, 0, true};
  // Read after write, write after read, write after write.
  EXPECT_EQ(assign({conv({0, 8}, {8, 16}), conv({15, 17}, {24, 32})}),
            (std::vector<Sync>{none, fence}));
  EXPECT_EQ(assign({conv({0, 8}, {8, 16}), conv({16, 24}, {7, 8})}),
            (std::vector<Sync>{none, fence}));
  EXPECT_EQ(assign({conv({0, 8}, {8, 16}), conv({0, 8}, {15, 24})}),
            (std::vector<Sync>{none, fence}));
  // In DRAM as well.
  Node save = node(Engine::Save, {access(Region::Output, true, {{0, 64}})});
  EXPECT_EQ(assign({save, save}), (std::vector<Sync>{none, fence}));
  // Every kind of engine.
  for (unsigned e = 0; e < isa::kNumEngines; ++e) {
    Node write = node(Engine(e), {access(Memory::Feature, true, {{0, 8}})});
    EXPECT_EQ(assign({write, write}), (std::vector<Sync>{none, fence}));
  }
}

TEST(TokenAssignment, NoFenceWithoutConflict) {
  EXPECT_EQ(assign({conv({0, 8}, {8, 16}), conv({0, 8}, {16, 24})}),
            std::vector<Sync>(2));
  // Another memory, and another region, at the same addresses.
  EXPECT_EQ(assign({loadTo(Engine::Load0, Memory::Feature, 0, 8),
                    loadTo(Engine::Load0, Memory::Weight, 0, 8)}),
            std::vector<Sync>(2));
  EXPECT_EQ(
      assign({node(Engine::Save, {access(Region::Output, true, {{0, 8}})}),
              node(Engine::Save, {access(Region::Workspace, true, {{0, 8}})})}),
      std::vector<Sync>(2));
}

TEST(TokenAssignment, WorkInPlace) {
  // An instruction does not wait for itself, however its intervals lie.
  EXPECT_EQ(assign({conv({0, 8}, {0, 8})}), std::vector<Sync>(1));
  EXPECT_EQ(assign({conv({0, 8}, {4, 12})}), std::vector<Sync>(1));
  EXPECT_EQ(assign({node(Engine::Vector,
                         {access(Memory::Feature, true, {{0, 8}, {16, 24}}),
                          access(Memory::Feature, false, {{0, 8}, {16, 24}}),
                          access(Memory::Feature, true, {{4, 20}})})}),
            std::vector<Sync>(1));
  // But for the one before it that read the same, and for nothing else.
  const Sync none, fence{0, 0, true};
  EXPECT_EQ(assign({conv({0, 8}, {8, 16}), conv({0, 8}, {0, 8})}),
            (std::vector<Sync>{none, fence}));
  EXPECT_EQ(assign({conv({16, 24}, {8, 16}), conv({0, 8}, {0, 8})}),
            std::vector<Sync>(2));
  // And another engine waits for it, not for what it replaced.
  EXPECT_EQ(
      assign({conv({16, 24}, {0, 8}), conv({0, 8}, {0, 8}), saveFrom(0, 8)}),
      (std::vector<Sync>{none, {0, kSave, true}, {kConv, 0}}));
}

TEST(TokenAssignment, OneFenceServesSeveral) {
  // The third and the fourth depend on the first, and start behind the second.
  const Sync none, fence{0, 0, true};
  EXPECT_EQ(assign({conv({0, 8}, {8, 16}), conv({8, 16}, {16, 24}),
                    conv({8, 16}, {24, 32}), conv({8, 16}, {32, 40})}),
            (std::vector<Sync>{none, fence, none, none}));
  // The fourth depends on the third.
  EXPECT_EQ(assign({conv({0, 8}, {8, 16}), conv({8, 16}, {16, 24}),
                    conv({8, 16}, {24, 32}), conv({24, 32}, {32, 40})}),
            (std::vector<Sync>{none, fence, none, fence}));
}

TEST(TokenAssignment, ATokenCanSaveAFence) {
  // A ring of one buffer: the second load overwrites the first, but has waited
  // for the convolution, which has waited for the first.
  EXPECT_EQ(assign({loadTo(Engine::Load0, Memory::Feature, 0, 8),
                    conv({0, 8}, {8, 16}),
                    loadTo(Engine::Load0, Memory::Feature, 0, 8)}),
            (std::vector<Sync>{{0, kConv}, {kLoad0, kLoad0}, {kConv, 0}}));
  // The load behind it has started later still.
  EXPECT_EQ(assign({loadTo(Engine::Load0, Memory::Feature, 0, 8),
                    conv({0, 8}, {8, 16}),
                    loadTo(Engine::Load0, Memory::Feature, 0, 4),
                    loadTo(Engine::Load0, Memory::Feature, 4, 8)}),
            (std::vector<Sync>{{0, kConv}, {kLoad0, kLoad0}, {kConv, 0}, {}}));
  // A token that says nothing of the first load saves none.
  EXPECT_EQ(
      assign({loadTo(Engine::Load0, Memory::Weight, 0, 8),
              conv({0, 8}, {8, 16}),
              node(Engine::Load0, {access(Memory::Weight, true, {{0, 8}}),
                                   access(Memory::Feature, true, {{0, 8}})})}),
      (std::vector<Sync>{{}, {0, kLoad0}, {kConv, 0, true}}));
}

TEST(TokenAssignment, ConvolutionsWaitForTheDrainOfTheirBank) {
  // Two banks in turn: each convolution starts when the last but one has
  // finished. So it needs a fence for the last one only.
  std::vector<Node> nodes{conv({0, 8}, {8, 16}), conv({0, 8}, {16, 24}),
                          conv({8, 16}, {24, 32}), conv({16, 24}, {32, 40}),
                          conv({32, 40}, {40, 48})};
  for (size_t i = 2; i < nodes.size(); ++i)
    nodes[i].finished = i - 2;
  EXPECT_EQ(assign(nodes), (std::vector<Sync>{{}, {}, {}, {}, {0, 0, true}}));
  // Without the banks there would be another one; the fourth starts behind it.
  for (Node &node : nodes)
    node.finished = Node::kNone;
  EXPECT_EQ(assign(nodes),
            (std::vector<Sync>{{}, {}, {0, 0, true}, {}, {0, 0, true}}));
  // What conv 2 knew from its bank, conv 3 knows, for it starts later.
  nodes[2].finished = 1;
  EXPECT_EQ(assign(nodes), (std::vector<Sync>{{}, {}, {}, {}, {0, 0, true}}));
}

TEST(TokenAssignment, TheBankSaysNothingToOtherEngines) {
  // The save still needs its token.
  std::vector<Node> nodes{conv({0, 8}, {8, 16}), conv({0, 8}, {16, 24}),
                          saveFrom(8, 24)};
  nodes[1].finished = 0;
  EXPECT_EQ(assign(nodes), (std::vector<Sync>{{}, {0, kSave}, {kConv, 0}}));
}

TEST(TokenAssignment, TheLatestProducerOfAnEngineImpliesTheOthers) {
  // Both loads are needed, one token does.
  EXPECT_EQ(
      assign({loadTo(Engine::Load0, Memory::Feature, 0, 8),
              loadTo(Engine::Load0, Memory::Weight, 0, 8),
              node(Engine::Conv, {access(Memory::Feature, false, {{0, 8}}),
                                  access(Memory::Weight, false, {{0, 8}})})}),
      (std::vector<Sync>{{0, 0}, {0, kConv}, {kLoad0, 0}}));
}

TEST(TokenAssignment, AnEarlierConsumerImpliesLaterOnes) {
  EXPECT_EQ(assign({loadTo(Engine::Load0, Memory::Feature, 0, 8),
                    conv({0, 8}, {8, 16}), conv({0, 8}, {16, 24})}),
            (std::vector<Sync>{{0, kConv}, {kLoad0, 0}, {0, 0}}));
}

TEST(TokenAssignment, TransitiveThroughAThirdEngine) {
  // The save reads what conv wrote and what the load wrote. Conv has waited for
  // the load, so conv's token says both.
  TokenResult result =
      assignTokens({loadTo(Engine::Load0, Memory::Feature, 0, 8),
                    conv({0, 8}, {8, 16}), saveFrom(0, 16)},
                   15);
  EXPECT_EQ(result.sync,
            (std::vector<Sync>{{0, kConv}, {kLoad0, kSave}, {kConv, 0}}));
  EXPECT_EQ(result.statistics.dependences, 3u);
  EXPECT_EQ(result.statistics.reduced, 2u);
  EXPECT_EQ(result.statistics.tokens, 2u);
  EXPECT_EQ(result.statistics.peakOutstanding, 1u);
}

TEST(TokenAssignment, DoubleBuffering) {
  // Loads of tile i + 2 overwrite tile i: they wait for its reader, and the
  // reader for its load. Two tiles, four rounds. Results alternate too, each
  // pair of convolutions is far enough apart for its bank to have been drained:
  // no fence at all.
  std::vector<Node> nodes;
  auto tile = [](uint32_t i) {
    return isa::Interval{8 * (i % 2), 8 * (i % 2) + 8};
  };
  for (uint32_t i = 0; i < 4; ++i) {
    nodes.push_back(
        loadTo(Engine::Load0, Memory::Feature, tile(i).begin, tile(i).end));
    if (i)
      nodes.push_back(conv(tile(i - 1), {64 + 8 * (i % 2), 72 + 8 * (i % 2)}));
  }
  nodes[6].finished = 2;
  EXPECT_EQ(assign(nodes), (std::vector<Sync>{{0, kConv},       // load 0
                                              {0, kConv},       // load 1
                                              {kLoad0, kLoad0}, // conv 0
                                              {kConv, kConv},   // load 2
                                              {kLoad0, kLoad0}, // conv 1
                                              {kConv, 0},       // load 3
                                              {kLoad0, 0}}));   // conv 2
}

/// n loads, then n convolutions; the i-th reads what the i-th loads.
std::vector<Node> burst(uint32_t n) {
  std::vector<Node> nodes;
  nodes.reserve(2 * n);
  for (uint32_t i = 0; i < n; ++i)
    nodes.push_back(loadTo(Engine::Load0, Memory::Feature, i, i + 1));
  for (uint32_t i = 0; i < n; ++i)
    nodes.push_back(conv({i, i + 1}, {100, 101}));
  return nodes;
}

TEST(TokenAssignment, LimitIsKeptByMerging) {
  for (unsigned limit = 1; limit <= 12; ++limit) {
    TokenResult result = assignTokens(burst(10), limit);
    ASSERT_TRUE(result.ok);
    EXPECT_FALSE(verifySchedule(burst(10), result.sync, {limit, 1}));
    EXPECT_EQ(result.statistics.peakOutstanding, std::min(limit, 10u));
    EXPECT_EQ(result.statistics.merged, limit < 10 ? 10 - limit : 0u);
    EXPECT_EQ(result.statistics.tokens, std::min(limit, 10u));
  }
  // With one token, the first convolution waits for the last load. All of them
  // write to one place.
  const Sync fence{0, 0, true};
  TokenResult one = assignTokens(burst(3), 1);
  EXPECT_EQ(one.sync,
            (std::vector<Sync>{
                {0, 0}, {0, 0}, {0, kConv}, {kLoad0, 0}, fence, fence}));
}

TEST(TokenAssignment, ImpossibleInput) {
  EXPECT_THAT(assignTokens({}, 0).why, HasSubstr("token limit is 0"));
  EXPECT_THAT(assignTokens({node(Engine(5), {})}, 1).why,
              HasSubstr("instruction 0: there is no engine 5"));
  EXPECT_THAT(
      assignTokens({node(Engine::Save, {access(Memory(5), true, {{0, 1}})})}, 1)
          .why,
      HasSubstr("there is no local memory 5"));
  EXPECT_THAT(
      assignTokens({node(Engine::Save, {access(Region(4), true, {{0, 1}})})}, 1)
          .why,
      HasSubstr("there is no DRAM region 4"));
  for (size_t finished : {0, 1, 2}) {
    std::vector<Node> nodes{saveFrom(0, 1), conv({0, 1}, {1, 2})};
    nodes[1].finished = finished;
    EXPECT_THAT(assignTokens(nodes, 1).why,
                HasSubstr("instruction 1: it cannot know that instruction " +
                          std::to_string(finished) + " has finished"));
  }
  EXPECT_THAT(assignTokens({saveFrom(3, 3)}, 1).why,
              HasSubstr("empty access [3, 3)"));
}

TEST(TokenAssignment, RandomProgramsVerify) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    unsigned limit = seed % 3 ? 1 + seed % 7 : 255;
    std::vector<Node> nodes =
        RandomProgram(seed, 8u << seed % 6).program(20 + seed % 200);
    TokenResult result = assignTokens(nodes, limit);
    ASSERT_TRUE(result.ok) << result.why;
    auto violation = verifySchedule(nodes, result.sync, {limit, 1});
    ASSERT_FALSE(violation) << "seed " << seed << ": " << violation->message;
    EXPECT_LE(result.statistics.peakOutstanding, limit);
    EXPECT_LE(result.statistics.tokens, result.statistics.reduced);
    EXPECT_LE(result.statistics.reduced, result.statistics.dependences);
  }
}

/// The token that instruction `consumer` takes of `from`: who posts it.
size_t producerOf(const std::vector<Node> &nodes, const std::vector<Sync> &sync,
                  size_t consumer, unsigned from) {
  size_t count = 0;
  unsigned to = unsigned(nodes[consumer].engine);
  for (size_t i = 0; i <= consumer; ++i)
    count += unsigned(nodes[i].engine) == to && (sync[i].wait >> from & 1);
  for (size_t i = 0;; ++i)
    if (unsigned(nodes[i].engine) == from && (sync[i].post >> to & 1) &&
        --count == 0)
      return i;
}

/// Takes each token out of schedules with a limit, wait and post together, and
/// counts: tokens, and those without which there is a hazard.
std::pair<size_t, size_t> dropEachToken(unsigned limit) {
  size_t dropped = 0, hazards = 0;
  for (uint32_t seed = 0; seed < 40; ++seed) {
    std::vector<Node> nodes = RandomProgram(seed, 16u << seed % 6).program(60);
    std::vector<Sync> sync = assign(nodes, limit);
    for (size_t i = 0; i < nodes.size(); ++i) {
      for (unsigned from = 0; from < isa::kNumEngines; ++from) {
        if (!(sync[i].wait >> from & 1))
          continue;
        std::vector<Sync> less = sync;
        less[i].wait &= ~(1u << from);
        less[producerOf(nodes, sync, i, from)].post &= ~bit(nodes[i].engine);
        auto violation = verifySchedule(nodes, less, {limit, 1});
        hazards += violation && violation->kind == Violation::Kind::Hazard;
        ++dropped;
      }
    }
  }
  return {dropped, hazards};
}

TEST(TokenAssignment, EveryTokenIsNeeded) {
  auto [dropped, hazards] = dropEachToken(255);
  EXPECT_GT(dropped, 1000u);
  EXPECT_EQ(hazards, dropped);
}

TEST(TokenAssignment, FewTokensAreSuperfluousUnderALimit) {
  // A merged token says more than is needed, so that now and then another one
  // could say the rest.
  auto [dropped, hazards] = dropEachToken(1);
  EXPECT_GT(dropped, 1000u);
  EXPECT_GT(hazards, dropped * 998 / 1000);
}

TEST(TokenAssignment, EveryFenceIsNeeded) {
  size_t fences = 0;
  for (unsigned limit : {1, 255})
    for (uint32_t seed = 0; seed < 40; ++seed) {
      std::vector<Node> nodes =
          RandomProgram(seed, 16u << seed % 6).program(60);
      TokenResult result = assignTokens(nodes, limit);
      ASSERT_TRUE(result.ok);
      size_t count = 0;
      for (size_t i = 0; i < nodes.size(); ++i) {
        if (!result.sync[i].fence)
          continue;
        ++count;
        std::vector<Sync> less = result.sync;
        less[i].fence = false;
        auto violation = verifySchedule(nodes, less, {limit, 1});
        ASSERT_TRUE(violation) << "seed " << seed << ", instruction " << i;
        EXPECT_EQ(violation->kind, Violation::Kind::Hazard);
        EXPECT_EQ(nodes[violation->first].engine,
                  nodes[violation->second].engine);
        // It stands where it is needed first.
        EXPECT_EQ(violation->second, i);
      }
      EXPECT_EQ(count, result.statistics.fences);
      fences += count;
    }
  EXPECT_GT(fences, 500u);
}

TEST(TokenAssignment, FencesDependOnTokensAndNotTheReverse) {
  // With fences everywhere, no token can be left out.
  for (uint32_t seed = 0; seed < 40; ++seed) {
    std::vector<Node> nodes = RandomProgram(seed, 16u << seed % 6).program(40);
    std::vector<Sync> sync = assign(nodes, 255);
    for (Sync &s : sync)
      s.fence = true;
    EXPECT_FALSE(verifySchedule(nodes, sync, {255, 1}));
    for (size_t i = 0; i < nodes.size(); ++i)
      for (unsigned from = 0; from < isa::kNumEngines; ++from) {
        if (!(sync[i].wait >> from & 1))
          continue;
        std::vector<Sync> less = sync;
        less[i].wait &= ~(1u << from);
        less[producerOf(nodes, sync, i, from)].post &= ~bit(nodes[i].engine);
        EXPECT_TRUE(verifySchedule(nodes, less, {255, 1}));
      }
  }
}

TEST(TokenAssignment, LargeProgram) {
  // 20,000 instructions with rows as intervals.
  RandomProgram random(1, 16384);
  std::vector<Node> nodes;
  for (uint32_t i = 0; i < 20000; ++i) {
    uint32_t base = random.upTo(12000);
    std::vector<isa::Interval> rows;
    rows.reserve(32);
    for (uint32_t row = 0; row < 32; ++row)
      rows.push_back({base + 64 * row, base + 64 * row + 40});
    Engine engine = Engine(i % isa::kNumEngines);
    bool isLoad = engine == Engine::Load0 || engine == Engine::Load1;
    nodes.push_back(node(engine, {access(Memory::Feature, isLoad, rows)}));
    if (engine == Engine::Conv || engine == Engine::Vector)
      nodes.back().accesses.push_back(
          access(Memory::Feature, true, {{base, base + 512}}));
  }
  assign(nodes);
}

} // namespace
