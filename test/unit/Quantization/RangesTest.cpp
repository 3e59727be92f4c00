//===- RangesTest.cpp - Ranges, scales and observers ----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Ranges.h"
#include "nncc/Quantization/Requantize.h"
#include "nncc/Quantization/WeightScales.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

using namespace nncc;

TEST(ChooseParams, CoversTheRangeAndZero) {
  QuantParams params = chooseParams({0.0, 2.55}, ScaleMode::Float);
  EXPECT_EQ(params.zeroPoint, -128);
  EXPECT_DOUBLE_EQ(params.scale, 0.01);
  // A range beside zero is widened to hold it.
  EXPECT_EQ(chooseParams({1.0, 2.55}, ScaleMode::Float), params);
  params = chooseParams({-2.55, -1.0}, ScaleMode::Float);
  EXPECT_EQ(params.zeroPoint, 127);
  EXPECT_DOUBLE_EQ(params.scale, 0.01);
}

TEST(ChooseParams, BoundsAreWithinHalfAStep) {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> bound(0.0, 10.0);
  for (int i = 0; i < 1000; ++i) {
    Range range{-bound(random), bound(random)};
    QuantParams p = chooseParams(range, ScaleMode::Float);
    EXPECT_LE((-128 - p.zeroPoint) * p.scale, range.lo + p.scale * 0.501);
    EXPECT_GE((127 - p.zeroPoint) * p.scale, range.hi - p.scale * 0.501);
  }
}

TEST(ChooseParams, PowersOfTwo) {
  auto pow2 = ScaleMode::PowerOfTwo;
  EXPECT_EQ(chooseParams({0.0, 255.0}, pow2), (QuantParams{1.0, -128}));
  EXPECT_EQ(chooseParams({0.0, 255.1}, pow2), (QuantParams{2.0, -128}));
  EXPECT_EQ(chooseParams({-1.0, 127.0}, pow2), (QuantParams{1.0, 0}));
  EXPECT_EQ(chooseParams({-128.0, 1.0}, pow2), (QuantParams{1.0, 0}));
  EXPECT_EQ(chooseParams({-129.0, 1.0}, pow2), (QuantParams{2.0, 0}));
}

TEST(RoundOutwards, KeepsTwelveBits) {
  Range range = roundOutwards({-1.0 / 3.0, 1.0 / 3.0});
  EXPECT_EQ(range.hi, 2731.0 / 8192.0);
  EXPECT_EQ(range.lo, -2731.0 / 8192.0);
  EXPECT_EQ(roundOutwards({0.0, 6.0}), (Range{0.0, 6.0}));
  // Towards zero where that is outwards.
  range = roundOutwards({1.0 / 3.0, 0.5});
  EXPECT_EQ(range.lo, 2730.0 / 8192.0);
}

TEST(Histogram, PercentileLeavesOutliersOut) {
  std::vector<float> values;
  values.reserve(100001);
  for (int i = 0; i < 100000; ++i)
    values.push_back(static_cast<float>(i % 1000) / 1000.0f);
  values.push_back(100.0f);
  Histogram histogram({0.0, 100.0});
  histogram.add(values.data(), values.size());
  Range range = histogram.percentileRange(99.99);
  EXPECT_EQ(range.lo, 0.0);
  EXPECT_NEAR(range.hi, 1.0, 0.1);
  EXPECT_EQ(histogram.percentileRange(100.0), (Range{0.0, 100.0}));
}

TEST(Histogram, LeastErrorBalancesRoundingAndSaturation) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal(0.0f, 1.0f);
  std::vector<float> values(200000);
  for (float &value : values)
    value = normal(random);
  values.push_back(40.0f);
  values.push_back(-40.0f);
  Histogram histogram({-40.0, 40.0});
  histogram.add(values.data(), values.size());
  for (ScaleMode mode : {ScaleMode::Float, ScaleMode::PowerOfTwo}) {
    Range range = histogram.leastErrorRange(mode);
    EXPECT_LT(range.hi, 35.0);
    EXPECT_GT(range.hi, 3.0);
    EXPECT_LT(histogram.meanSquareError(chooseParams(range, mode)),
              histogram.meanSquareError(chooseParams({-40.0, 40.0}, mode)));
  }
}

TEST(Histogram, DegenerateRanges) {
  // Constants, and nothing but zeros.
  for (float value : {0.0f, 3.0f, -2.0f}) {
    std::vector<float> values(100, value);
    Histogram histogram({value, value});
    histogram.add(values.data(), values.size());
    Range expected{std::min(value, 0.0f), std::max(value, 0.0f)};
    EXPECT_EQ(histogram.percentileRange(99.0), expected);
    EXPECT_EQ(histogram.leastErrorRange(ScaleMode::Float), expected);
  }
}

TEST(WeightScale, GreatestWeightIs127) {
  float weights[] = {0.25f, -1.27f, 0.5f};
  WeightChannel channel;
  channel.weights = weights;
  channel.count = 3;
  WeightScale chosen = chooseWeightScale(channel, ScaleMode::Float);
  EXPECT_FALSE(chosen.widened);
  EXPECT_EQ(quantizeWeight(-1.27f, chosen.scale), -127);
  EXPECT_EQ(quantizeWeight(0.25f, chosen.scale), 25);
}

TEST(WeightScale, QuantizedWeightsStayOnTheirGrid) {
  // Multiples of 0.037, the greatest 101: with 127 steps all would move.
  std::vector<float> weights;
  for (int q : {-101, 3, 50, 0, -17, 8})
    weights.push_back(static_cast<float>(q) * 0.037f);
  WeightChannel channel;
  channel.weights = weights.data();
  channel.count = weights.size();
  WeightScale chosen = chooseWeightScale(channel, ScaleMode::Float);
  EXPECT_NEAR(chosen.scale, 0.037, 1e-8);
  EXPECT_EQ(quantizeWeight(weights[0], chosen.scale), -101);
  EXPECT_EQ(quantizeWeight(weights[4], chosen.scale), -17);
  // One weight beside the grid, and the range is what counts.
  weights[2] += 0.01f;
  EXPECT_FALSE(findWeightGrid(channel, 101 * double{0.037f}));
  chosen = chooseWeightScale(channel, ScaleMode::Float);
  EXPECT_EQ(quantizeWeight(weights[0], chosen.scale), -127);
}

TEST(WeightScale, LargeBiasFits) {
  float weights[] = {1e-9f};
  WeightChannel channel;
  channel.weights = weights;
  channel.count = 1;
  channel.bias = 50.0;
  for (ScaleMode mode : {ScaleMode::Float, ScaleMode::PowerOfTwo}) {
    WeightScale chosen = chooseWeightScale(channel, mode);
    EXPECT_TRUE(chosen.widened);
    EXPECT_LE(channel.bias / (channel.inputScale * chosen.scale),
              kMaxBias * (1 + 1e-12));
  }
}

TEST(WeightScale, ZerosHaveARepresentableMultiplier) {
  float weights[] = {0.0f, 0.0f};
  WeightChannel channel;
  channel.weights = weights;
  channel.count = 2;
  channel.inputScale = 1e-3;
  channel.outputScale = 1e3;
  WeightScale chosen = chooseWeightScale(channel, ScaleMode::Float);
  EXPECT_TRUE(chooseMultiplier(channel.inputScale * chosen.scale /
                               channel.outputScale));
}

TEST(WeightScale, PowerOfTwoMaySaturateOneWeight) {
  // A hundred small weights gain more from half the step than the one great
  // weight, just above 127 small steps, loses.
  std::vector<float> weights(1000);
  std::mt19937 random(4);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  for (float &weight : weights)
    weight = uniform(random);
  weights[0] = 127.5f / 64.0f;
  WeightChannel channel;
  channel.weights = weights.data();
  channel.count = weights.size();
  WeightScale chosen = chooseWeightScale(channel, ScaleMode::PowerOfTwo);
  EXPECT_EQ(chosen.scale, 1.0 / 64.0);
  EXPECT_EQ(quantizeWeight(weights[0], chosen.scale), 127);
}
