//===- DivergenceTest.cpp - Ranges that keep the most information ---------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Ranges.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

using namespace nncc;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Bins of width one from -8 on, so that 16 of them are a level of scale 16. In
/// the middle of bin i is one value, `counts[i % size]` times.
static Histogram makeHistogram(const std::vector<int> &counts) {
  constexpr int kBins = Histogram::kFineBins;
  Histogram histogram({-8.0, kBins - 8.0}, kBins);
  for (int bin = 0; bin < kBins; ++bin)
    for (int i = 0; i < counts[bin % counts.size()]; ++i) {
      float value = static_cast<float>(bin) - 7.5f;
      histogram.add(&value, 1);
    }
  return histogram;
}

static Histogram makeHistogram(const std::vector<float> &values) {
  double lo = 0.0, hi = 0.0;
  for (float value : values) {
    lo = std::min(lo, double{value});
    hi = std::max(hi, double{value});
  }
  Histogram histogram({lo, hi}, Histogram::kFineBins);
  histogram.add(values.data(), values.size());
  return histogram;
}

// All 16 bins of a level have the same count: rounding loses nothing.
TEST(Divergence, OfAUniformDistributionIsZero) {
  Histogram histogram = makeHistogram(std::vector<int>{3});
  EXPECT_NEAR(histogram.divergence({16.0, -128}), 0.0, 1e-12);
}

// Empty bins stay empty: what is in every other bin is as good as uniform.
TEST(Divergence, KnowsEmptyBins) {
  Histogram histogram = makeHistogram(std::vector<int>{0, 2});
  EXPECT_NEAR(histogram.divergence({16.0, -128}), 0.0, 1e-12);
}

// Bins of 1 and 3 by turns: P is 1/4 or 3/4 of two bins, Q one half.
TEST(Divergence, OfTwoCounts) {
  Histogram histogram = makeHistogram(std::vector<int>{1, 3});
  double expected = 0.25 * std::log(0.5) + 0.75 * std::log(1.5);
  EXPECT_NEAR(histogram.divergence({16.0, -128}), expected, 1e-9);
}

// Levels of two bins: 7 to 518 are inside. The first of them gets the seven
// values below, the last one the 3577 above. Q has neither.
TEST(Divergence, OfSaturation) {
  Histogram histogram = makeHistogram(std::vector<int>{1});
  double expected = 510.0 / 4096.0 * std::log(512.0 / 4096.0) +
                    8.0 / 4096.0 * std::log(8.0 * 512.0 / 4096.0) +
                    3578.0 / 4096.0 * std::log(3578.0 * 512.0 / 4096.0);
  EXPECT_NEAR(histogram.divergence({2.0, -128}), expected, 1e-9);
}

// 1000 values in level 1, and one outside that lands in level 255, where
// nothing was: Q has half a value there.
TEST(Divergence, OfSaturationIntoNothing) {
  Histogram histogram({-8.0, 4088.0}, Histogram::kFineBins);
  std::vector<float> values(1000, 16.5f);
  values.push_back(4087.5f);
  histogram.add(values.data(), values.size());
  double expected = 1000.0 / 1001.0 * std::log(1000.5 / 1001.0) +
                    1.0 / 1001.0 * std::log(2.0 * 1000.5 / 1001.0);
  EXPECT_NEAR(histogram.divergence({8.0, -128}), expected, 1e-12);
}

TEST(Divergence, SaysNothingBelowTheWidthOfABin) {
  Histogram histogram = makeHistogram(std::vector<int>{1});
  EXPECT_EQ(histogram.divergence({0.99, -128}), kInfinity);
}

// Everything is outside. No bin is in a level.
TEST(Divergence, SaysNothingWithoutAnInside) {
  Histogram far({4000.0, 4001.0}, Histogram::kFineBins);
  float value = 4000.5f;
  far.add(&value, 1);
  EXPECT_EQ(far.divergence({1.0, -128}), kInfinity);
}

// Exact zeros have no error, so their number does not count.
TEST(Divergence, LeavesExactZerosOut) {
  Histogram histogram = makeHistogram(std::vector<int>{1, 3});
  double before = histogram.divergence({16.0, -128});
  std::vector<float> zeros(100000, 0.0f);
  histogram.add(zeros.data(), zeros.size());
  EXPECT_EQ(histogram.divergence({16.0, -128}), before);
}

// Nothing is gained by saturating a part of a uniform distribution.
TEST(LeastDivergence, CoversUniformValues) {
  std::mt19937 random(5);
  std::uniform_real_distribution<float> uniform(-1.0f, 3.0f);
  std::vector<float> values(1000000);
  for (float &value : values)
    value = uniform(random);
  Range range = makeHistogram(values).leastDivergenceRange(ScaleMode::Float);
  EXPECT_NEAR(range.lo, -1.0, 0.02);
  EXPECT_NEAR(range.hi, 3.0, 0.05);
}

// A few values far away cost nearly nothing, and all levels if they count.
TEST(LeastDivergence, SaturatesOutliers) {
  std::mt19937 random(6);
  std::normal_distribution<float> normal(0.0f, 1.0f);
  std::vector<float> values(1000000);
  for (float &value : values)
    value = normal(random);
  values.push_back(30.0f);
  Histogram histogram = makeHistogram(values);
  Range range = histogram.leastDivergenceRange(ScaleMode::Float);
  EXPECT_LT(range.hi, 8.0);
  EXPECT_GT(range.hi, 2.0);
  EXPECT_LT(range.lo, -2.0);
  EXPECT_LT(histogram.divergence(chooseParams(range, ScaleMode::Float)),
            histogram.divergence(chooseParams({-5.0, 30.0}, ScaleMode::Float)));

  range = histogram.leastDivergenceRange(ScaleMode::PowerOfTwo);
  double exponent = std::log2(range.hi / 127.0);
  EXPECT_EQ(exponent, std::round(exponent));
  EXPECT_LT(range.hi, 16.0);
}

TEST(LeastDivergence, OfConstantsCoversThem) {
  for (float value : {0.0f, 3.0f, -2.0f}) {
    std::vector<float> values(100, value);
    Histogram histogram({value, value}, Histogram::kFineBins);
    histogram.add(values.data(), values.size());
    Range expected{std::min(double{value}, 0.0), std::max(double{value}, 0.0)};
    EXPECT_EQ(histogram.leastDivergenceRange(ScaleMode::Float), expected);
  }
}
