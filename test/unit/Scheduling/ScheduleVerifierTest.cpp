//===- ScheduleVerifierTest.cpp - Broken schedules and their proof --------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "RandomProgram.h"

#include "nncc/Scheduling/ScheduleVerifier.h"
#include "nncc/Scheduling/TokenAssignment.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <array>
#include <utility>

using namespace nncc;
using namespace nncc::scheduling;
using namespace nncc::scheduling::test;
using isa::Engine;
using isa::Memory;
using isa::Region;
using testing::HasSubstr;
using Kind = Violation::Kind;

namespace {

constexpr uint8_t bit(Engine e) { return uint8_t(1u << unsigned(e)); }
constexpr uint8_t kLoad0 = bit(Engine::Load0), kLoad1 = bit(Engine::Load1),
                  kConv = bit(Engine::Conv), kSave = bit(Engine::Save);
constexpr VerifierOptions kOptions{3, 2, true};

/// Load a tile, convolve it, save the result, load it again; then the next tile
/// into the same place.
struct Example {
  std::vector<Node> nodes{
      node(Engine::Load0, {access(Region::Input, false, {{0, 128}}),
                           access(Memory::Feature, true, {{0, 8}})}),
      node(Engine::Conv, {access(Memory::Feature, false, {{0, 8}}),
                          access(Memory::Feature, true, {{8, 16}})}),
      node(Engine::Save, {access(Memory::Feature, false, {{8, 16}}),
                          access(Region::Workspace, true, {{0, 128}})}),
      node(Engine::Load1, {access(Region::Workspace, false, {{64, 128}}),
                           access(Memory::Feature, true, {{16, 20}})}),
      node(Engine::Load0, {access(Region::Input, false, {{128, 256}}),
                           access(Memory::Feature, true, {{0, 8}})})};
  std::vector<Sync> sync{{0, kConv},
                         {kLoad0, kSave | kLoad0},
                         {kConv, kLoad1},
                         {kSave, 0},
                         {kConv, 0}};

  Violation expectViolation(VerifierOptions options = kOptions) const {
    std::optional<Violation> violation = verifySchedule(nodes, sync, options);
    EXPECT_TRUE(violation);
    return violation ? *violation : Violation();
  }
};

TEST(ScheduleVerifier, AcceptsTheExample) {
  Example e;
  std::optional<Violation> violation =
      verifySchedule(e.nodes, e.sync, kOptions);
  EXPECT_FALSE(violation) << violation->message;
  EXPECT_FALSE(verifySchedule({}, {}, kOptions));
}

TEST(ScheduleVerifier, DroppedTokenIsAHazard) {
  Example e; // Conv no longer waits for its input.
  e.sync[0].post = 0;
  e.sync[1].wait = 0;
  Violation v = e.expectViolation();
  EXPECT_EQ(v.kind, Kind::Hazard);
  EXPECT_EQ(v.first, 0u);
  EXPECT_EQ(v.second, 1u);
  EXPECT_FALSE(v.isDram);
  EXPECT_EQ(v.space, uint8_t(Memory::Feature));
  EXPECT_EQ(v.interval, (isa::Interval{0, 8}));
  EXPECT_EQ(v.message,
            "instruction 1 (conv) reads words [0, 8) of the feature memory, "
            "which instruction 0 (load0) writes; no token makes it wait");
}

TEST(ScheduleVerifier, WriteAfterRead) {
  Example e; // The next tile does not wait until conv has read the last.
  e.sync[1].post &= ~kLoad0;
  e.sync[4].wait = 0;
  // Nor until the last load has written it: conv's token had said that too.
  Violation v = e.expectViolation();
  EXPECT_EQ(v.kind, Kind::Hazard);
  EXPECT_EQ(v.first, 0u);
  EXPECT_EQ(v.second, 4u);
  EXPECT_THAT(v.message, HasSubstr("which instruction 0 (load0) writes; no "
                                   "fence makes it wait"));
  e.sync[4].fence = true;
  v = e.expectViolation();
  EXPECT_EQ(v.kind, Kind::Hazard);
  EXPECT_EQ(v.first, 1u);
  EXPECT_EQ(v.second, 4u);
  EXPECT_THAT(v.message, HasSubstr("which instruction 1 (conv) reads; no token "
                                   "makes it wait"));
}

TEST(ScheduleVerifier, WriteAfterWrite) {
  Example e;
  e.nodes[3].accesses[1].intervals = {{12, 20}};
  // Load1 writes over conv's result, but has waited for save, which has waited
  // for conv: fine.
  EXPECT_FALSE(verifySchedule(e.nodes, e.sync, kOptions));
  e.sync[2].post = 0;
  e.sync[3].wait = 0;
  Violation v = e.expectViolation();
  EXPECT_EQ(v.kind, Kind::Hazard);
  EXPECT_EQ(v.second, 3u);
}

TEST(ScheduleVerifier, HazardInDram) {
  Example e;
  e.sync[2].post = 0;
  e.sync[3].wait = 0;
  Violation v = e.expectViolation();
  EXPECT_EQ(v.kind, Kind::Hazard);
  EXPECT_TRUE(v.isDram);
  EXPECT_EQ(v.space, uint8_t(Region::Workspace));
  EXPECT_EQ(v.interval, (isa::Interval{64, 128}));
  EXPECT_EQ(
      v.message,
      "instruction 3 (load1) reads bytes [64, 128) of the workspace "
      "region, which instruction 2 (save) writes; no token makes it wait");
}

TEST(ScheduleVerifier, MissingPost) {
  Example e;
  e.sync[0].post = 0;
  Violation v = e.expectViolation();
  EXPECT_EQ(v.kind, Kind::EmptyWait);
  EXPECT_EQ(v.second, 1u);
  EXPECT_THAT(v.message, HasSubstr("instruction 1 (conv) waits for a token of "
                                   "load0"));
}

TEST(ScheduleVerifier, MissingWait) {
  Example e;
  e.nodes.resize(2);
  e.sync = {{0, kConv}, {0, 0}};
  e.nodes[1].accesses.clear();
  Violation v = e.expectViolation();
  EXPECT_EQ(v.kind, Kind::Unbalanced);
  EXPECT_EQ(v.first, 0u);
  EXPECT_THAT(v.message, HasSubstr("never taken"));
  VerifierOptions lenient = kOptions;
  lenient.requireBalanced = false;
  EXPECT_FALSE(verifySchedule(e.nodes, e.sync, lenient));
}

TEST(ScheduleVerifier, PostBehindTheWait) {
  Example e; // The tile's token comes from the load of the next one.
  e.sync[0].post = 0;
  e.sync[4].post = kConv;
  EXPECT_EQ(e.expectViolation().kind, Kind::EmptyWait);
}

TEST(ScheduleVerifier, TokenOfAnEarlierInstructionSaysTooLittle) {
  // The wait takes the first token of load0, of the load before the needed one.
  Example e;
  e.nodes.insert(e.nodes.begin(), node(Engine::Load0, {}));
  e.sync.insert(e.sync.begin(), Sync{0, kConv});
  Violation v = e.expectViolation();
  EXPECT_EQ(v.kind, Kind::Hazard);
  EXPECT_EQ(v.first, 1u);
  EXPECT_EQ(v.second, 2u);
}

TEST(ScheduleVerifier, TooManyPosts) {
  Example e;
  for (unsigned i = 0; i < 4; ++i) {
    e.nodes.push_back(node(Engine::Load1, {}));
    e.sync.push_back({0, kSave});
  }
  for (unsigned i = 0; i < 4; ++i) {
    e.nodes.push_back(node(Engine::Save, {}));
    e.sync.push_back({kLoad1, 0});
  }
  Violation v = e.expectViolation();
  EXPECT_EQ(v.kind, Kind::FullPost);
  EXPECT_EQ(v.second, 8u);
  EXPECT_THAT(v.message, HasSubstr("3 tokens yet; the limit is 3"));
  EXPECT_FALSE(verifySchedule(e.nodes, e.sync, {4, 2}));
}

TEST(ScheduleVerifier, SwappedInstructions) {
  Example e;
  std::swap(e.nodes[0], e.nodes[1]);
  std::swap(e.sync[0], e.sync[1]);
  EXPECT_EQ(e.expectViolation().kind, Kind::EmptyWait);
}

TEST(ScheduleVerifier, MovedAddress) {
  Example e; // Load1 into the tile that conv reads: it has waited for that.
  e.nodes[3].accesses[1].intervals = {{4, 8}};
  // But now load0, which loads the next tile, has not waited for load1.
  Violation v = e.expectViolation();
  EXPECT_EQ(v.kind, Kind::Hazard);
  EXPECT_EQ(v.first, 3u);
  EXPECT_EQ(v.second, 4u);
  EXPECT_EQ(v.interval, (isa::Interval{4, 8}));
}

/// Three convolutions, each of which reads what the one before it wrote.
struct Chain {
  std::vector<Node> nodes{
      node(Engine::Conv, {access(Memory::Feature, false, {{0, 8}}),
                          access(Memory::Feature, true, {{8, 16}})}),
      node(Engine::Conv, {access(Memory::Feature, false, {{8, 16}}),
                          access(Memory::Feature, true, {{16, 24}})}),
      node(Engine::Conv, {access(Memory::Feature, false, {{16, 24}}),
                          access(Memory::Feature, true, {{24, 32}})})};
  std::vector<Sync> sync{{}, {0, 0, true}, {0, 0, true}};

  std::optional<Violation> verify() const {
    return verifySchedule(nodes, sync, kOptions);
  }
};

TEST(ScheduleVerifier, MissingFence) {
  Chain c;
  EXPECT_FALSE(c.verify());
  for (size_t i : {1, 2}) {
    c = Chain();
    c.sync[i].fence = false;
    std::optional<Violation> v = c.verify();
    ASSERT_TRUE(v);
    EXPECT_EQ(v->kind, Kind::Hazard);
    EXPECT_EQ(v->first, i - 1);
    EXPECT_EQ(v->second, i);
    EXPECT_EQ(v->interval,
              (isa::Interval{uint32_t(8 * i), uint32_t(8 * i + 8)}));
    EXPECT_THAT(v->message, HasSubstr("; no fence makes it wait"));
  }
}

TEST(ScheduleVerifier, AFenceCoversWhatStartsBehindIt) {
  // The second one's fence serves the third, which depends on the first only.
  Chain c;
  c.nodes[2].accesses[0].intervals = {{8, 16}};
  c.sync[2].fence = false;
  EXPECT_FALSE(c.verify());
  // But not if it depends on the second one.
  c.nodes[2].accesses[0].intervals = {{15, 17}};
  ASSERT_TRUE(c.verify());
  EXPECT_EQ(c.verify()->first, 1u);
  EXPECT_EQ(c.verify()->interval, (isa::Interval{16, 17}));
}

TEST(ScheduleVerifier, AFenceIsForItsOwnEngine) {
  Chain c; // The conflict is with another engine: no fence helps.
  c.nodes[0].engine = Engine::Vector;
  std::optional<Violation> v = c.verify();
  ASSERT_TRUE(v);
  EXPECT_EQ(v->first, 0u);
  EXPECT_EQ(v->second, 1u);
  EXPECT_THAT(v->message, HasSubstr("; no token makes it wait"));
}

TEST(ScheduleVerifier, ATokenOfAnotherEngineCanStandForAFence) {
  // Conv 0, save 1 which waits for it, conv 2 which waits for the save: conv 0
  // has finished.
  Chain c;
  c.nodes[1] = node(Engine::Save, {access(Memory::Feature, false, {{8, 16}}),
                                   access(Region::Output, true, {{0, 64}})});
  c.nodes[2].accesses[0].intervals = {{8, 16}};
  c.sync = {{0, kSave}, {kConv, kConv}, {kSave, 0}};
  EXPECT_FALSE(c.verify());
  // A save that has not waited for it says nothing of it.
  c.nodes[1].accesses.clear();
  c.sync = {{}, {0, kConv}, {kSave, 0}};
  std::optional<Violation> v = c.verify();
  ASSERT_TRUE(v);
  EXPECT_EQ(v->first, 0u);
  EXPECT_EQ(v->second, 2u);
}

TEST(ScheduleVerifier, WhatAnEngineFinishedIsNotWhatItKnewAtAStart) {
  // Conv 2 waits for the save of conv 1's result; so conv 1 and conv 0 have
  // finished. Conv 3 starts behind conv 2, which need not have finished.
  std::vector<Node> nodes{
      node(Engine::Conv, {access(Memory::Feature, true, {{0, 8}})}),
      node(Engine::Conv, {access(Memory::Feature, true, {{8, 16}})}),
      node(Engine::Save, {access(Memory::Feature, false, {{8, 16}})}),
      node(Engine::Conv, {access(Memory::Feature, true, {{16, 24}})}),
      node(Engine::Conv, {access(Memory::Feature, false, {{0, 16}})})};
  std::vector<Sync> sync{{}, {0, kSave}, {kConv, kConv}, {kSave, 0}, {}};
  EXPECT_FALSE(verifySchedule(nodes, sync, kOptions));
  nodes[4].accesses[0].intervals = {{0, 17}};
  std::optional<Violation> v = verifySchedule(nodes, sync, kOptions);
  ASSERT_TRUE(v);
  EXPECT_EQ(v->first, 3u);
  EXPECT_EQ(v->second, 4u);
}

TEST(ScheduleVerifier, ATokenSaysThatAllBeforeItsPosterHasFinished) {
  // An engine finishes in order, so the save may read what conv 0 wrote.
  Chain c;
  c.nodes[1].accesses.clear();
  c.nodes[2] = node(Engine::Save, {access(Memory::Feature, false, {{8, 16}})});
  c.sync = {{}, {0, kSave}, {kConv, 0}};
  EXPECT_FALSE(c.verify());
}

TEST(ScheduleVerifier, ConvolutionsWaitForTheDrainOfTheirBank) {
  // Alternating banks: conv 2 starts when conv 0 has finished, which drained
  // the same bank, and no fence is needed for what conv 0 wrote.
  Chain c;
  c.nodes[1].accesses.clear();
  c.nodes[2].accesses[0].intervals = {{8, 16}};
  c.nodes[2].finished = 0;
  c.sync = std::vector<Sync>(3);
  EXPECT_FALSE(c.verify());
  c.nodes[2].finished = Node::kNone;
  ASSERT_TRUE(c.verify());
  EXPECT_EQ(c.verify()->first, 0u);
  // It says nothing of conv 1.
  c = Chain();
  c.nodes[2].finished = 0;
  c.sync[2].fence = false;
  ASSERT_TRUE(c.verify());
  EXPECT_EQ(c.verify()->first, 1u);
  // The next one has started behind it and knows the same.
  c = Chain();
  c.nodes[1].accesses = {};
  c.nodes[1].finished = 0;
  c.nodes[2].accesses[0].intervals = {{8, 16}};
  c.sync = std::vector<Sync>(3);
  EXPECT_FALSE(c.verify());
}

TEST(ScheduleVerifier, AnInstructionMayWorkInPlace) {
  std::vector<Node> nodes{
      node(Engine::Vector, {access(Memory::Feature, false, {{0, 8}}),
                            access(Memory::Feature, true, {{0, 8}})})};
  EXPECT_FALSE(verifySchedule(nodes, {{}}, kOptions));
  nodes.push_back(nodes[0]);
  EXPECT_TRUE(verifySchedule(nodes, {{}, {}}, kOptions));
  EXPECT_FALSE(verifySchedule(nodes, {{}, {0, 0, true}}, kOptions));
}

TEST(ScheduleVerifier, Malformed) {
  auto kind = [](auto change) {
    Example e;
    change(e);
    return e.expectViolation().kind;
  };
  EXPECT_EQ(kind([](Example &e) { e.sync.pop_back(); }), Kind::Malformed);
  EXPECT_EQ(kind([](Example &e) { e.sync[1].wait = kConv; }), Kind::Malformed);
  EXPECT_EQ(kind([](Example &e) { e.sync[1].post = kConv; }), Kind::Malformed);
  EXPECT_EQ(kind([](Example &e) { e.sync[1].post = 0x20; }), Kind::Malformed);
  EXPECT_EQ(kind([](Example &e) { e.nodes[1].engine = Engine(5); }),
            Kind::Malformed);
  EXPECT_EQ(kind([](Example &e) { e.nodes[1].accesses[0].space = 5; }),
            Kind::Malformed);
  EXPECT_EQ(kind([](Example &e) { e.nodes[2].accesses[1].space = 4; }),
            Kind::Malformed);
  EXPECT_EQ(
      kind([](Example &e) { e.nodes[1].accesses[0].intervals = {{8, 8}}; }),
      Kind::Malformed);
  // It cannot know of itself, of a later one, or of another engine's.
  EXPECT_EQ(kind([](Example &e) { e.nodes[4].finished = 4; }), Kind::Malformed);
  EXPECT_EQ(kind([](Example &e) { e.nodes[0].finished = 4; }), Kind::Malformed);
  EXPECT_EQ(kind([](Example &e) { e.nodes[4].finished = 5; }), Kind::Malformed);
  EXPECT_EQ(kind([](Example &e) { e.nodes[4].finished = 1; }), Kind::Malformed);
  EXPECT_EQ(Example().expectViolation({0, 2}).kind, Kind::Malformed);
  EXPECT_EQ(Example().expectViolation({3, 0}).kind, Kind::Malformed);
}

/// Whether all conflicting pairs are ordered, by brute force: a graph of the
/// starts and finishes of all instructions, and what each of them comes after
/// as a set. Slow, obvious, and right.
bool isOrderedBruteForce(const std::vector<Node> &nodes,
                         const std::vector<Sync> &sync) {
  size_t n = nodes.size();
  auto start = [](size_t i) { return 2 * i; };
  auto finish = [](size_t i) { return 2 * i + 1; };
  // after[a][b]: event a comes after event b. All edges point forward in
  // program order, so that the events are visited after what they come after.
  std::vector<std::vector<bool>> after(2 * n, std::vector<bool>(2 * n, false));
  auto addEdge = [&](size_t from, size_t to) {
    after[to][from] = true;
    for (size_t k = 0; k < 2 * n; ++k)
      if (after[from][k])
        after[to][k] = true;
  };
  std::array<std::array<std::vector<size_t>, 5>, 5> posts;
  std::array<std::array<size_t, 5>, 5> taken{};
  for (size_t j = 0; j < n; ++j) {
    unsigned to = unsigned(nodes[j].engine);
    for (size_t i = 0; i < j; ++i)
      if (nodes[i].engine == nodes[j].engine) {
        addEdge(start(i), start(j));
        if (sync[j].fence)
          addEdge(finish(i), start(j));
      }
    if (nodes[j].finished != Node::kNone)
      addEdge(finish(nodes[j].finished), start(j));
    for (unsigned from = 0; from < 5; ++from)
      if (sync[j].wait >> from & 1)
        addEdge(finish(posts[from][to][taken[from][to]++]), start(j));
    addEdge(start(j), finish(j));
    for (size_t i = 0; i < j; ++i)
      if (nodes[i].engine == nodes[j].engine)
        addEdge(finish(i), finish(j));
    for (unsigned e = 0; e < 5; ++e)
      if (sync[j].post >> e & 1)
        posts[to][e].push_back(j);
    for (size_t i = 0; i < j; ++i) {
      if (after[start(j)][finish(i)])
        continue;
      for (const isa::Access &a : nodes[i].accesses)
        for (const isa::Access &b : nodes[j].accesses)
          if (a.isDram == b.isDram && a.space == b.space &&
              (a.write || b.write))
            for (const isa::Interval &x : a.intervals)
              for (const isa::Interval &y : b.intervals)
                if (x.begin < y.end && y.begin < x.end)
                  return false;
    }
  }
  return true;
}

TEST(ScheduleVerifier, AgreesWithBruteForceOnDamagedSchedules) {
  unsigned accepted = 0, rejected = 0;
  for (uint32_t seed = 0; seed < 2000; ++seed) {
    RandomProgram random(seed, 64u << seed % 5);
    std::vector<Node> nodes = random.program(30);
    TokenResult tokens = assignTokens(nodes, 255);
    ASSERT_TRUE(tokens.ok);
    std::vector<Sync> sync = tokens.sync;
    // Damage: change what an instruction accesses, drop or add a fence, forget
    // that an instruction has finished, or drop or add a token.
    uint32_t victim = random.upTo(nodes.size() - 1);
    uint32_t damage = random.upTo(4);
    if (damage == 0) {
      sync[victim].fence ^= true;
    } else if (damage == 1) {
      nodes[victim].finished = Node::kNone;
    } else if (damage == 2) {
      for (isa::Access &a : nodes[victim].accesses)
        a.intervals = random.intervals();
    } else {
      unsigned from = random.upTo(4);
      sync[victim].wait ^= 1u << from;
      if (from == unsigned(nodes[victim].engine))
        continue;
      // Balance it with a post somewhere before.
      for (size_t i = victim; i-- > 0;) {
        if (unsigned(nodes[i].engine) == from) {
          sync[i].post ^= bit(nodes[victim].engine);
          break;
        }
      }
    }
    VerifierOptions options{255, 1, false};
    std::optional<Violation> violation = verifySchedule(nodes, sync, options);
    if (violation && violation->kind == Kind::EmptyWait)
      continue; // The brute force has nothing to say.
    ASSERT_TRUE(!violation || violation->kind == Kind::Hazard)
        << violation->message;
    ++(violation ? rejected : accepted);
    EXPECT_EQ(!violation, isOrderedBruteForce(nodes, sync)) << "seed " << seed;
  }
  EXPECT_GT(accepted, 100u);
  EXPECT_GT(rejected, 100u);
}

} // namespace
