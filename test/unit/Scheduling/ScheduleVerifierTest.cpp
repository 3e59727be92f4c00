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
  Violation v = e.expectViolation();
  EXPECT_EQ(v.kind, Kind::Hazard);
  EXPECT_EQ(v.first, 1u);
  EXPECT_EQ(v.second, 4u);
  EXPECT_THAT(v.message, HasSubstr("which instruction 1 (conv) reads"));
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
  EXPECT_EQ(Example().expectViolation({0, 2}).kind, Kind::Malformed);
  EXPECT_EQ(Example().expectViolation({3, 0}).kind, Kind::Malformed);
}

/// All pairs that must be ordered, by brute force: the reachability of each
/// instruction as a set. Slow, obvious, and right.
bool isOrderedBruteForce(const std::vector<Node> &nodes,
                         const std::vector<Sync> &sync) {
  size_t n = nodes.size();
  // before[j][i]: i finishes before j starts.
  std::vector<std::vector<bool>> before(n, std::vector<bool>(n, false));
  auto inherit = [&](size_t j, size_t i) {
    for (size_t k = 0; k < n; ++k)
      if (before[i][k])
        before[j][k] = true;
  };
  std::array<std::array<std::vector<size_t>, 5>, 5> posts;
  std::array<std::array<size_t, 5>, 5> taken{};
  for (size_t j = 0; j < n; ++j) {
    unsigned to = unsigned(nodes[j].engine);
    for (size_t i = 0; i < j; ++i)
      if (nodes[i].engine == nodes[j].engine) {
        before[j][i] = true;
        inherit(j, i);
      }
    for (unsigned from = 0; from < 5; ++from) {
      if (!(sync[j].wait >> from & 1))
        continue;
      size_t i = posts[from][to][taken[from][to]++];
      before[j][i] = true;
      inherit(j, i);
    }
    for (unsigned e = 0; e < 5; ++e)
      if (sync[j].post >> e & 1)
        posts[to][e].push_back(j);
    for (size_t i = 0; i < j; ++i) {
      if (before[j][i])
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
  for (uint32_t seed = 0; seed < 1500; ++seed) {
    RandomProgram random(seed, 64u << seed % 5);
    std::vector<Node> nodes = random.program(30);
    TokenResult tokens = assignTokens(nodes, 255);
    ASSERT_TRUE(tokens.ok);
    std::vector<Sync> sync = tokens.sync;
    // Damage: change what an instruction accesses, or drop or add a token.
    uint32_t victim = random.upTo(nodes.size() - 1);
    if (random.upTo(1)) {
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
