//===- ConvTilingTest.cpp - Choices of tile and loop order ----------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "TilingProblems.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace nncc;
using namespace nncc::scheduling;
using testing::HasSubstr;

namespace {

/// A convolution of `size` x `size` pixels with padding that keeps the size,
/// all of whose tensors are in DRAM.
ConvProblem square(int64_t size, int64_t kernel, int64_t inGroups,
                   int64_t outGroups) {
  ConvProblem p;
  p.y = p.x = Extent::make(size, size, 1, kernel, kernel / 2);
  p.inGroups = inGroups;
  p.outGroups = outGroups;
  p.taps = kernel * kernel * inGroups;
  p.inputStreamed = p.outputStreamed = true;
  p.freeWords = 4096;
  return p;
}

//===----------------------------------------------------------------------===//
// Extent
//===----------------------------------------------------------------------===//

TEST(Extent, StrideAndPadding) {
  // Five outputs of ten inputs, windows of three, every second pixel.
  Extent e = Extent::make(10, 5, 2, 3, 1);
  EXPECT_EQ(e.inBegin(0), 0); // -1 is padding.
  EXPECT_EQ(e.inEnd(0, 2), 4);
  EXPECT_EQ(e.inBegin(2), 3);
  EXPECT_EQ(e.inEnd(2, 4), 8);
  EXPECT_EQ(e.inBegin(4), 7);
  EXPECT_EQ(e.inEnd(4, 5), 10);
  EXPECT_EQ(e.span(1), 3);
  EXPECT_EQ(e.span(2), 5);
  EXPECT_EQ(e.span(5), 10); // Not 11: there are no more.
  EXPECT_EQ(e.readInParts(5), 10);
  EXPECT_EQ(e.readInParts(2), 4 + 5 + 3);
  EXPECT_EQ(e.readInParts(1), 2 + 3 + 3 + 3 + 3);
  // Nobody reads the last two of twelve.
  e.in = 12;
  EXPECT_EQ(e.readInParts(2), 4 + 5 + 3);
}

TEST(Extent, PartOfTheWindow) {
  // The middle row of three, which is never padding, and the first, which is.
  Extent e = Extent::make(10, 5, 2, 3, 1);
  EXPECT_EQ(e.part(1, 2).inBegin(0), 0);
  EXPECT_EQ(e.part(1, 2).inEnd(0, 2), 3);
  EXPECT_EQ(e.part(0, 1).inBegin(0), 0);
  EXPECT_EQ(e.part(0, 1).inEnd(0, 2), 2);
  EXPECT_EQ(e.part(2, 3).inBegin(1), 3);
  EXPECT_EQ(e.part(0, 1).span(2), 3);
  // All of it.
  EXPECT_EQ(e.part(0, 3).inEnd(2, 4), e.inEnd(2, 4));
}

TEST(Extent, OneOutputHasNoStride) {
  // Else the tile would be said to leap over input that follows it.
  EXPECT_EQ(Extent::make(7, 1, 7, 7, 0).stride, 1);
  EXPECT_EQ(Extent::make(7, 2, 5, 2, 0).stride, 5);
}

TEST(Extent, WindowsInThePadding) {
  // The first output reads padding only; it still gets a pixel of the input.
  Extent e = Extent::make(4, 4, 1, 1, 2);
  EXPECT_EQ(e.inBegin(0), 0);
  EXPECT_EQ(e.inEnd(0, 1), 1);
  // And so does one behind the image.
  e = Extent::make(2, 4, 1, 1, 0);
  EXPECT_EQ(e.inBegin(3), 1);
  EXPECT_EQ(e.inEnd(3, 4), 2);
}

//===----------------------------------------------------------------------===//
// Convolutions by hand
//===----------------------------------------------------------------------===//

TEST(ConvTiling, WeightsThatFitStay) {
  // 2 blocks of 9 taps are 18 of 64 weight blocks.
  ConvProblem p = square(16, 3, 1, 4);
  ConvTiling t = chooseConvTiling(p, testArch());
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_TRUE(t.weightsResident);
  EXPECT_TRUE(t.tapsResident);
  EXPECT_EQ(t.order, LoopOrder::TilesOuter);
  EXPECT_EQ(t.tapsPerChunk, 9);
  EXPECT_THAT(t.describe(), HasSubstr("9 taps, weights stay"));

  // In two tiles of 8x16 pixels, which read 9 rows each, all else is read once:
  // 18 weight blocks of 128 bytes, 5 words of taps.
  t = estimateConvTiling(p, testArch(), 8, 16, LoopOrder::TilesOuter, 2);
  EXPECT_EQ(t.dramBytes, 2 * 9 * 16 * 8 + 18 * 128 + 5 * 8 + 4 * 256 * 8);
  // 9 taps of 128 pixels, and one instruction, for each block of each tile.
  EXPECT_EQ(t.arrayCycles, 2 * 2 * (9 * 128 + 24));
  // At the ends the first tile and the first weights at 16 bytes a cycle; the
  // last drain, and its way to memory at 8.
  int64_t ends = 40 + (9 * 16 * 8 + 9 * 128) / 16 + 256 + 256 * 8 / 8 + 40;
  // Beside the array the other tile, weights and taps, and three results of
  // four. What runs beside something longer counts an eighth.
  int64_t reads = 9 * 16 * 8 / 16 + 9 * 128 / 16 + 3, writes = 3 * 256 * 8 / 8;
  EXPECT_EQ(t.cycles, t.arrayCycles + (writes + reads / 8) / 8 + ends);
}

TEST(ConvTiling, TheEndsCountForTheSizeOfATile) {
  // Nothing overlaps the first load and the last drain, so that the largest
  // tile is not the best: three tiles of 6x16 pixels take a little more of the
  // array than two of 8x16, and less at the ends.
  ConvProblem p = square(16, 3, 1, 4);
  ConvTiling two =
      estimateConvTiling(p, testArch(), 8, 16, LoopOrder::TilesOuter, 2);
  ConvTiling three =
      estimateConvTiling(p, testArch(), 6, 16, LoopOrder::TilesOuter, 2);
  EXPECT_LT(two.arrayCycles, three.arrayCycles);
  EXPECT_GT(two.cycles, three.cycles);
}

TEST(ConvTiling, ManyWeightsAndSmallInputGoOutputsOutside) {
  // 3 blocks of 27 taps do not fit 64 weight blocks. Tile by tile, all weights
  // come 8 times; output by output, the input comes 3 times, which is less. The
  // array takes the same time for both and hides most of the loads.
  ConvProblem p = square(32, 3, 3, 6);
  ConvTiling t = chooseConvTiling(p, testArch());
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_FALSE(t.weightsResident);
  EXPECT_EQ(t.order, LoopOrder::OutputsOuter);
  EXPECT_EQ(t.tapsPerChunk, 27);
  ConvTiling other = estimateConvTiling(p, testArch(), t.tileH, t.tileW,
                                        LoopOrder::TilesOuter, 2);
  EXPECT_EQ(other.arrayCycles, t.arrayCycles);
  EXPECT_GT(other.cycles, t.cycles);
  EXPECT_GT(other.dramBytes, t.dramBytes);
}

TEST(ConvTiling, FewWeightsAndLargeInputGoTilesOutside) {
  // The same number of taps, of a 1x1 kernel over 27 groups: nine times the
  // input for the same weights.
  ConvProblem p = square(32, 1, 27, 6);
  ConvTiling t = chooseConvTiling(p, testArch());
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_FALSE(t.weightsResident);
  EXPECT_EQ(t.order, LoopOrder::TilesOuter);
}

TEST(ConvTiling, LongTapListsAreCutInHalvesOfTheWeightMemory) {
  // 99 taps need 4 parts of at most 32, so that the next part's weights load
  // beside the work; 2 parts of 50 would leave no room for that.
  ConvProblem p = square(8, 3, 11, 2);
  ConvTiling t = chooseConvTiling(p, testArch());
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_EQ(t.tapsPerChunk, 25);
  ConvTiling whole =
      estimateConvTiling(p, testArch(), t.tileH, t.tileW, t.order, 1);
  EXPECT_EQ(whole.tapsPerChunk, 50);
  EXPECT_LT(whole.arrayCycles, t.arrayCycles); // Two instructions fewer,
  EXPECT_GT(whole.cycles, t.cycles);           // but the array waits.
}

TEST(ConvTiling, WeightsOfAFullyConnectedLayerKeepBothPortsBusy) {
  // A pixel, 256 taps, 16 blocks of outputs. A part of 32 taps takes 512 cycles
  // to load and 256 to use, and a port whose part is in use waits. In parts of
  // 16 there are four: two load, one is in use.
  ConvProblem p = square(1, 1, 256, 32);
  ConvTiling t = chooseConvTiling(p, testArch());
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_EQ(t.tapsPerChunk, 16);
  ConvTiling halves = estimateConvTiling(p, testArch(), 1, 1, t.order, 2);
  EXPECT_EQ(halves.tapsPerChunk, 32);
  // 4096 weight blocks: 8 cycles each on both ports and on the array, and 24
  // for an instruction; or (16 + 8) / 2 for loading and using them by turns.
  EXPECT_LT(t.cycles, 4096 * (8 + 8 / 8) + 256 * 24 + 1000);
  EXPECT_GT(halves.cycles, 4096 * 12);
}

TEST(ConvTiling, AWholeTapListIsWorthWaitingForWhereItStaysLong) {
  // 36 taps: one part, whose weights stay for all tiles but leave no room for
  // the next, or two. With 32 tiles or more the second instruction of each tile
  // costs more than waiting once; with one tile it does not.
  ConvTiling large = chooseConvTiling(square(64, 3, 4, 4), testArch());
  EXPECT_EQ(large.tapsPerChunk, 36);
  EXPECT_EQ(large.order, LoopOrder::OutputsOuter);
  ConvTiling small = chooseConvTiling(square(8, 3, 4, 4), testArch());
  EXPECT_EQ(small.tapsPerChunk, 18);
}

TEST(ConvTiling, HalosMakeTilesSquare) {
  // 64 pixels at a time of 64x64 with a 5x5 window and a slow memory. A row
  // reads 5 rows; 8x8 pixels read 12x12.
  ArchConfig arch = testArch();
  arch.psumPixels = 64;
  arch.memoryBytesPerCycle = 1;
  ConvProblem p = square(64, 5, 1, 1);
  p.taps = 1; // Pruned, so that the array does not hide the memory.
  ConvTiling t = chooseConvTiling(p, arch);
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_EQ(t.tileH, 8);
  EXPECT_EQ(t.tileW, 8);
  // Without halo, a tile is as good as any other of its size.
  EXPECT_EQ(estimateConvTiling(square(64, 1, 1, 1), arch, 1, 64,
                               LoopOrder::TilesOuter, 2)
                .dramBytes,
            estimateConvTiling(square(64, 1, 1, 1), arch, 8, 8,
                               LoopOrder::TilesOuter, 2)
                .dramBytes);
}

TEST(ConvTiling, ATileIsSmallEnoughForTwoSetsOfBuffers) {
  // 4x16 pixels of 9 input and 2 output words are 704 words. In 1408 and the
  // eighth of the memory that prefetching leaves, a tile is loaded while
  // another is in use; with a word less, they take turns.
  const int64_t two = 1408 + 4096 / 8;
  ConvProblem p = square(16, 1, 9, 2);
  auto cycles = [&](int64_t tileH, int64_t freeWords) {
    p.freeWords = freeWords;
    ConvTiling t =
        estimateConvTiling(p, testArch(), tileH, 16, LoopOrder::TilesOuter, 2);
    EXPECT_TRUE(t.ok) << t.why;
    return t.cycles;
  };
  EXPECT_EQ(cycles(4, two), cycles(4, 4096));
  EXPECT_GT(cycles(4, two - 1), cycles(4, two));
  // So a smaller tile is better then, though it costs the array more.
  EXPECT_LT(cycles(2, two - 1), cycles(4, two - 1));
  p.freeWords = two - 1;
  ConvTiling t = chooseConvTiling(p, testArch());
  EXPECT_LT(2 * 11 * t.tileH * t.tileW, 1408);
  // With room for one set of one pixel, there is no choice.
  p.freeWords = 11;
  t = chooseConvTiling(p, testArch());
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_EQ(t.tileH * t.tileW, 1);
}

TEST(ConvTiling, WhatStaysInFeatureMemoryNeedsNoBuffers) {
  ConvProblem p = square(16, 3, 4, 2);
  p.inputStreamed = p.outputStreamed = false;
  p.freeWords = 0;
  ConvTiling t = chooseConvTiling(p, testArch());
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_EQ(t.dramBytes, 36 * 128 + 18 * 8); // Weights and taps alone.
  // A residual in DRAM needs a buffer like the output's.
  p.residual = p.residualStreamed = true;
  EXPECT_FALSE(chooseConvTiling(p, testArch()).ok);
  p.freeWords = 2;
  EXPECT_TRUE(chooseConvTiling(p, testArch()).ok);
}

TEST(ConvTiling, UnfoldedInputHasTheColumnsOfTheOutput) {
  // 3 channels, 7x7, stride 2: windows of 21 bytes are 3 words. A row of 16
  // outputs has 16 windows rather than 32 pixels and a halo.
  ConvProblem p;
  p.y = p.x = Extent::make(32, 16, 2, 7, 3);
  p.inGroups = 3;
  p.taps = 21;
  p.inputStreamed = true;
  p.unfolded = true;
  p.unfoldedRowBytes = 96;
  p.freeWords = 3 * 21 * 16; // 8 rows of outputs read 21 rows.
  ArchConfig arch = testArch();
  EXPECT_TRUE(estimateConvTiling(p, arch, 8, 16, LoopOrder::TilesOuter, 2).ok);
  p.freeWords -= 1;
  EXPECT_FALSE(estimateConvTiling(p, arch, 8, 16, LoopOrder::TilesOuter, 2).ok);
  p.freeWords = 4096;
  ConvTiling t = estimateConvTiling(p, arch, 8, 16, LoopOrder::TilesOuter, 2);
  // Rows 0 to 17 and 13 to 31, of 96 bytes, once for each of the three words.
  EXPECT_EQ(t.dramBytes, 3 * (18 + 19) * 96 + 21 * 128 + 11 * 8);
  // Unfolding makes a word a cycle on each port, also of few bytes: what is
  // not in the first tile takes longer than all the work.
  p.unfoldedRowBytes = 1;
  p.taps = 1;
  p.inGroups = 30;
  p.freeWords = 30000;
  t = estimateConvTiling(p, arch, 8, 16, LoopOrder::TilesOuter, 2);
  EXPECT_GE(t.cycles, 30 * ((18 + 19) - 21) * 16 / 2);
  EXPECT_LT(t.arrayCycles + t.dramBytes / 16, 30 * 16 * 16 / 2);
}

TEST(ConvTiling, TheDrainCanBeSlowerThanTheArray) {
  // One tap of 128 pixels takes 128 cycles and the fixed cost; two words of
  // each leave in 256.
  ConvProblem p = square(16, 1, 1, 2);
  ConvTiling t =
      estimateConvTiling(p, testArch(), 8, 16, LoopOrder::TilesOuter, 2);
  EXPECT_EQ(t.arrayCycles, 2 * 256);
  // With one word they leave in 128.
  p.outGroups = 1;
  t = estimateConvTiling(p, testArch(), 8, 16, LoopOrder::TilesOuter, 2);
  EXPECT_EQ(t.arrayCycles, 2 * (128 + 24));
}

TEST(ConvTiling, FewPixelsWaitForTheirWeightBlock) {
  // A fully connected layer: a tap takes V cycles, the load of the next block.
  ConvProblem p = square(1, 1, 16, 2);
  ConvTiling t = chooseConvTiling(p, testArch());
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_EQ(t.arrayCycles, 16 * 8 + 24);
}

TEST(ConvTiling, TapListsThatDoNotFitAreCut) {
  // 8 words: 4 are for the part in use, 8 taps. A part that starts in the
  // middle of a word has room for 7.
  ArchConfig arch = testArch();
  arch.tapWords = 8;
  ConvProblem p = square(8, 3, 1, 2);
  p.taps = 9;
  ConvTiling t = chooseConvTiling(p, arch);
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_FALSE(t.tapsResident);
  EXPECT_EQ(t.tapsPerChunk, 5);
  p.taps = 15;
  EXPECT_EQ(chooseConvTiling(p, arch).tapsPerChunk, 5); // 3 parts, not 2 of 8.
  p.taps = 8;
  EXPECT_EQ(chooseConvTiling(p, arch).tapsPerChunk, 8);
  EXPECT_TRUE(chooseConvTiling(p, arch).tapsResident);
  // Two lists of 8 do not fit together, but each does.
  p.outGroups = 4;
  p.tapsShared = false;
  t = chooseConvTiling(p, arch);
  EXPECT_FALSE(t.tapsResident);
  EXPECT_EQ(t.tapsPerChunk, 8);
}

TEST(ConvTiling, InputInParts) {
  // One pixel reads 3x3 of 4 words and writes 2 for each of the 2 blocks.
  ConvProblem p = square(16, 3, 4, 4);
  p.freeWords = 38;
  EXPECT_EQ(chooseConvTiling(p, testArch()).inputParts, 1);
  p.freeWords = 37;
  ConvTiling t = chooseConvTiling(p, testArch());
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_GT(t.inputParts, 1);
  EXPECT_THAT(t.describe(),
              HasSubstr("input in " + std::to_string(t.inputParts) + " parts"));
  EXPECT_LE(t.tapsPerChunk, ceilDiv(p.taps, t.inputParts));

  // Each block loads all of the input again.
  p.freeWords = 4096;
  auto inTiles = [&](std::optional<InputPart> part) {
    return estimateConvTiling(p, testArch(), 4, 4, LoopOrder::TilesOuter, 2,
                              part);
  };
  int64_t input =
      4 * testArch().vector * p.y.readInParts(4) * p.x.readInParts(4);
  EXPECT_EQ(inTiles(InputPart{2, 3}).inputParts, 2);
  EXPECT_EQ(inTiles(InputPart{2, 3}).dramBytes,
            inTiles(std::nullopt).dramBytes + input);
  // 3 does not divide 4: the second part has one group.
  EXPECT_EQ(inTiles(InputPart{3, 3}).inputParts, 2);
  // Three parts of a row of the window read 4 rows of a tile each, not 6 at
  // once.
  EXPECT_EQ(inTiles(InputPart{1, 1}).inputParts, 12);
  EXPECT_EQ(inTiles(InputPart{1, 2}).inputParts, 8);
}

TEST(ConvTiling, PartsOfAnUnfoldedInputAreRows) {
  ConvProblem p;
  p.y = p.x = Extent::make(32, 16, 2, 7, 3);
  p.inGroups = 3;
  p.taps = 21;
  p.outGroups = 2;
  p.inputStreamed = p.outputStreamed = p.unfolded = true;
  p.unfoldedRowBytes = 96;
  // 7 rows of a window of 3 words, and 2 of output.
  p.freeWords = 23;
  EXPECT_EQ(chooseConvTiling(p, testArch()).inputParts, 1);
  p.freeWords = 22;
  ConvTiling t = chooseConvTiling(p, testArch());
  ASSERT_TRUE(t.ok) << t.why;
  EXPECT_EQ(t.part.groups, 3);
  EXPECT_LT(t.part.rows, 7);
  p.freeWords = 4;
  EXPECT_FALSE(chooseConvTiling(p, testArch()).ok);
}

TEST(ConvTiling, NothingFits) {
  // One pixel reads at least a row of 3 words, and writes 2.
  ConvProblem p = square(16, 3, 4, 2);
  p.freeWords = 5;
  EXPECT_TRUE(chooseConvTiling(p, testArch()).ok);
  p.freeWords = 4;
  ConvTiling t = chooseConvTiling(p, testArch());
  EXPECT_FALSE(t.ok);
  EXPECT_EQ(t.why, "no tile fits: one output pixel needs 5 feature words of "
                   "input and output, 4 are free");
  EXPECT_EQ(t.describe(), t.why);
  p.freeWords = -5;
  EXPECT_THAT(chooseConvTiling(p, testArch()).why, HasSubstr(", 0 are free"));
  // What was asked for by name says what is too much.
  EXPECT_EQ(
      estimateConvTiling(p, testArch(), 1, 1, LoopOrder::TilesOuter, 2).why,
      "the tile needs 38 feature words");
  EXPECT_EQ(
      estimateConvTiling(p, testArch(), 16, 16, LoopOrder::TilesOuter, 2).why,
      "the tile has more pixels than psum_pixels");
}

//===----------------------------------------------------------------------===//
// Random problems
//===----------------------------------------------------------------------===//

TEST(ConvTiling, FitsAndIsTheCheapestOnRandomProblems) {
  unsigned fits = 0, spare = 0, outputsOuter = 0, inParts = 0;
  for (uint32_t seed = 0; seed < 600; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    ArchConfig a = random.arch();
    ConvProblem p = random.convolution(a);
    ConvTiling t = chooseConvTiling(p, a);

    // The smallest part of the smallest tile fits if any does.
    InputPart least{p.unfolded ? p.inGroups : 1, 1};
    if (!t.ok) {
      EXPECT_THAT(t.why, HasSubstr("no tile fits"));
      EXPECT_GT(largestTile(p, a, 1, 1, least), p.freeWords);
      continue;
    }
    ++fits;
    // In parts only where it does not fit whole.
    EXPECT_EQ(t.inputParts > 1, largestTile(p, a, 1, 1) > p.freeWords);
    inParts += t.inputParts > 1;

    // Capacities.
    EXPECT_GE(t.tileH, 1);
    EXPECT_GE(t.tileW, 1);
    EXPECT_LE(t.tileH, p.y.out);
    EXPECT_LE(t.tileW, p.x.out);
    EXPECT_LE(t.tileH * t.tileW, a.psumPixels);
    EXPECT_LE(largestTile(p, a, t.tileH, t.tileW, t.part), p.freeWords);
    int64_t blocks = ceilDiv(p.outGroups, a.outputGroups());
    EXPECT_GE(t.tapsPerChunk, 1);
    EXPECT_LE(t.tapsPerChunk, p.taps);
    EXPECT_LE(t.tapsPerChunk, a.weightBlocks);
    EXPECT_EQ(t.weightsResident, blocks * p.taps <= a.weightBlocks);
    int64_t perWord = a.tapsPerWord();
    int64_t listWords = ceilDiv(p.taps, perWord);
    if (t.tapsResident) {
      EXPECT_LE(listWords * (p.tapsShared ? 1 : blocks) * 2, a.tapWords);
    } else {
      // Each part, wherever in a word it starts, leaves room for the next.
      for (int64_t begin = 0; begin < p.taps; begin += t.tapsPerChunk) {
        int64_t end = std::min(begin + t.tapsPerChunk, p.taps);
        EXPECT_LE((ceilDiv(end, perWord) - begin / perWord) * 2, a.tapWords);
      }
    }

    // What no schedule can do without.
    EXPECT_GE(t.cycles, t.arrayCycles);
    EXPECT_GE(t.cycles * a.memoryBytesPerCycle, t.dramBytes);
    int64_t leastBytes =
        blocks * p.taps * a.vector * a.outputs + listWords * 4 +
        ((p.outputStreamed ? 1 : 0) + (p.residualStreamed ? 1 : 0)) *
            p.outGroups * p.y.out * p.x.out * a.vector;
    EXPECT_GE(t.dramBytes, leastBytes);
    EXPECT_GE(t.arrayCycles, blocks * p.taps * p.y.out * p.x.out);

    // No candidate is cheaper.
    for (int64_t h : evenParts(p.y.out))
      for (int64_t w : evenParts(p.x.out))
        for (LoopOrder order : {LoopOrder::TilesOuter, LoopOrder::OutputsOuter})
          for (int64_t weightParts : {1, 2, 4}) {
            ConvTiling other =
                estimateConvTiling(p, a, h, w, order, weightParts, t.part);
            if (!other.ok)
              continue;
            ASSERT_LE(t.cycles, other.cycles) << h << "x" << w;
          }
    // And the choice is one of them.
    bool found = false;
    for (int64_t weightParts : {1, 2, 4}) {
      ConvTiling same = estimateConvTiling(p, a, t.tileH, t.tileW, t.order,
                                           weightParts, t.part);
      found |= same.cycles == t.cycles && same.dramBytes == t.dramBytes &&
               same.tapsPerChunk == t.tapsPerChunk;
    }
    EXPECT_TRUE(found);

    ConvTiling again = chooseConvTiling(p, a);
    EXPECT_EQ(again.describe(), t.describe());
    EXPECT_EQ(again.cycles, t.cycles);
    spare += !t.weightsResident && 2 * t.tapsPerChunk <= a.weightBlocks;
    outputsOuter += t.order == LoopOrder::OutputsOuter;
  }
  // The problems are of all kinds.
  EXPECT_GT(fits, 300u);
  EXPECT_LT(fits, 600u);
  EXPECT_GT(spare, 50u);
  EXPECT_GT(outputsOuter, 20u);
  EXPECT_GT(inParts, 20u);
}

} // namespace
