//===- VectorTilingTest.cpp - Tiles of the vector engine ------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "TilingProblems.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace nncc;
using namespace nncc::scheduling;

namespace {

VectorProblem pixels(int64_t height, int64_t width, int64_t groups) {
  VectorProblem p;
  p.y = Extent::make(height, height, 1, 1, 0);
  p.x = Extent::make(width, width, 1, 1, 0);
  p.groups = groups;
  p.maxGroups = 1023;
  p.inputStreamed = p.outputStreamed = true;
  p.freeWords = 4096;
  return p;
}

TEST(VectorTiling, SmallLayersAreOneTile) {
  // 16 words: a second instruction costs more than it overlaps.
  VectorTiling t = chooseVectorTiling(pixels(4, 4, 1), testArch());
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_EQ(t.describe(), "4x4 pixels of 1 groups");
}

TEST(VectorTiling, LargeLayersAreCutSoThatLoadsOverlap) {
  VectorProblem p = pixels(32, 32, 4);
  VectorTiling t = chooseVectorTiling(p, testArch());
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_LT(t.tileH * t.tileW * t.tileGroups, 4 * 1024);
  EXPECT_LE(2 * 2 * t.tileH * t.tileW * t.tileGroups, p.freeWords);
  EXPECT_LT(t.cycles, estimateVectorTiling(p, testArch(), 16, 32, 4).cycles);
}

TEST(VectorTiling, GroupsAreLimited) {
  // A depthwise kernel of whose weights only three groups fit.
  VectorProblem p = pixels(4, 4, 8);
  p.maxGroups = 3;
  VectorTiling t = chooseVectorTiling(p, testArch());
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_LE(t.tileGroups, 3);
}

TEST(VectorTiling, NarrowTilesOnlyWhereARowDoesNotFit) {
  VectorProblem p = pixels(4, 100, 1);
  p.freeWords = 200; // A row in and out.
  EXPECT_EQ(chooseVectorTiling(p, testArch()).tileH, 1);
  p.freeWords = 199;
  VectorTiling t = chooseVectorTiling(p, testArch());
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_EQ(t.tileH, 1);
  EXPECT_LT(t.tileW, 100);
}

TEST(VectorTiling, ReadsAndWritesOverlap) {
  // Four groups of 2 KiB in at 16 bytes a cycle, out at 8; one of each stands
  // alone at the ends. What runs beside something longer counts an eighth.
  VectorProblem p = pixels(16, 16, 4);
  int64_t reads = 3 * 2048 / 16, writes = 3 * 2048 / 8;
  int64_t dram = writes + reads / 8, work = 4 * 256 + 4 * 24;
  EXPECT_EQ(estimateVectorTiling(p, testArch(), 16, 16, 1).cycles,
            work + dram / 8 + 256 / 2 + 2048 / 16 + 2048 / 8);
  // Where the memory is the bottleneck, its bandwidth is the bound.
  ArchConfig arch = testArch();
  arch.memoryBytesPerCycle = 4;
  EXPECT_EQ(estimateVectorTiling(p, arch, 16, 16, 1).cycles,
            6 * 2048 / 4 + work / 8 + 256 / 2 + 2 * 2048 / 4);
}

TEST(VectorTiling, ShortRunsAreSlow) {
  // Pieces of two words of a row are bursts of 16 bytes rather than 128. Each
  // of two ports has eight under way, which take the latency of 100 cycles.
  VectorProblem p = pixels(1, 256, 1);
  p.outputStreamed = false;
  ArchConfig arch = testArch();
  arch.memoryLatency = 100;
  EXPECT_EQ(estimateVectorTiling(p, arch, 1, 256, 1).cycles,
            256 + 24 + 256 / 2 + 256 * 8 / 16);
  int64_t bursts = 127;
  EXPECT_EQ(estimateVectorTiling(p, arch, 1, 2, 1).cycles,
            256 + 128 * 24 + ceilDiv(bursts * 100, 2 * 8) / 8 + 2 / 2 +
                ceilDiv(100, 2 * 8));
}

TEST(VectorTiling, NothingFits) {
  VectorProblem p = pixels(4, 4, 1);
  p.y.kernel = p.x.kernel = 3;
  p.inputs = 2;
  p.freeWords = 18;
  VectorTiling t = chooseVectorTiling(p, testArch());
  EXPECT_FALSE(t.ok);
  EXPECT_EQ(t.why, "no tile fits: one output word needs 19 feature words of "
                   "input and output, 18 are free");
  EXPECT_EQ(t.describe(), t.why);
  p.freeWords = 19;
  EXPECT_TRUE(chooseVectorTiling(p, testArch()).ok);
}

TEST(VectorTiling, FitsAndIsTheCheapestOnRandomProblems) {
  unsigned fits = 0;
  for (uint32_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    ArchConfig a = random.arch();
    VectorProblem p = random.vector(a);
    VectorTiling t = chooseVectorTiling(p, a);
    if (!t.ok) {
      EXPECT_FALSE(estimateVectorTiling(p, a, 1, 1, 1).ok);
      continue;
    }
    ++fits;
    EXPECT_GE(std::min({t.tileH, t.tileW, t.tileGroups}), 1);
    EXPECT_LE(t.tileGroups, std::min(p.groups, p.maxGroups));
    for (int64_t y = 0; y < p.y.out; y += t.tileH)
      for (int64_t x = 0; x < p.x.out; x += t.tileW) {
        int64_t y1 = std::min(y + t.tileH, p.y.out);
        int64_t x1 = std::min(x + t.tileW, p.x.out);
        int64_t in = p.inputs * (p.y.inEnd(y, y1) - p.y.inBegin(y)) *
                     (p.x.inEnd(x, x1) - p.x.inBegin(x));
        EXPECT_LE(t.tileGroups * ((p.inputStreamed ? in : 0) +
                                  (p.outputStreamed ? (y1 - y) * (x1 - x) : 0)),
                  p.freeWords);
      }
    EXPECT_GE(t.cycles, p.groups * p.y.out * p.x.out * p.cyclesPerWord);
    for (int64_t g : evenParts(p.groups))
      for (int64_t h : evenParts(p.y.out))
        for (int64_t w : evenParts(p.x.out)) {
          if (g > p.maxGroups || (w < p.x.out && h > 1))
            continue;
          VectorTiling other = estimateVectorTiling(p, a, h, w, g);
          if (other.ok) {
            ASSERT_LE(t.cycles, other.cycles) << h << "x" << w << "x" << g;
          }
        }
    EXPECT_EQ(estimateVectorTiling(p, a, t.tileH, t.tileW, t.tileGroups).cycles,
              t.cycles);
    EXPECT_EQ(chooseVectorTiling(p, a).describe(), t.describe());
  }
  EXPECT_GT(fits, 200u);
  EXPECT_LT(fits, 400u);
}

} // namespace
