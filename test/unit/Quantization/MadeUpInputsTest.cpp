//===- MadeUpInputsTest.cpp - Inputs for networks without samples ---------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/MadeUpInputs.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>

using namespace nncc;

/// Correlation of values `distance` apart.
static double correlation(const std::vector<float> &values, size_t distance) {
  double mean = 0.0, square = 0.0, product = 0.0;
  for (float value : values)
    mean += value / static_cast<double>(values.size());
  for (size_t i = 0; i + distance < values.size(); ++i) {
    square += (values[i] - mean) * (values[i] - mean);
    product += (values[i] - mean) * (values[i + distance] - mean);
  }
  return product / square;
}

TEST(MadeUpInputs, TheSameForTheSameArguments) {
  EXPECT_EQ(makeUpInput({1, 2, 8, 8}, {-1, 1}, 5),
            makeUpInput({1, 2, 8, 8}, {-1, 1}, 5));
  EXPECT_NE(makeUpInput({1, 2, 8, 8}, {-1, 1}, 5),
            makeUpInput({1, 2, 8, 8}, {-1, 1}, 6));
}

TEST(MadeUpInputs, FillTheRange) {
  float least = 300.0f, greatest = -300.0f;
  for (uint64_t seed = 0; seed < 8; ++seed)
    for (const std::vector<int64_t> &shape :
         {std::vector<int64_t>{1, 3, 32, 48}, {1, 640}, {1, 1, 1, 1}}) {
      std::vector<float> values = makeUpInput(shape, {0, 255}, seed);
      int64_t count = 1;
      for (int64_t extent : shape)
        count *= extent;
      ASSERT_EQ(values.size(), static_cast<size_t>(count));
      for (float value : values) {
        ASSERT_GE(value, 0.0f);
        ASSERT_LE(value, 255.0f);
        least = std::min(least, value);
        greatest = std::max(greatest, value);
      }
    }
  EXPECT_LT(least, 10.0f);
  EXPECT_GT(greatest, 245.0f);
}

TEST(MadeUpInputs, PicturesAreSmoothAndTheirChannelsAlike) {
  std::vector<float> picture = makeUpInput({1, 3, 64, 64}, {-1, 1}, 1);
  std::vector<float> plane(picture.begin(), picture.begin() + 64 * 64);
  EXPECT_GT(correlation(plane, 1), 0.45);
  EXPECT_GT(correlation(plane, 64), 0.45);
  // Not all of it: edges and grain are there.
  EXPECT_LT(correlation(plane, 1), 0.9);
  EXPECT_LT(std::fabs(correlation(plane, 32)), 0.4);
  EXPECT_GT(correlation(picture, 64 * 64), 0.5);
  // What is no picture has no neighbours.
  EXPECT_LT(std::fabs(correlation(makeUpInput({1, 4096}, {-1, 1}, 1), 1)), 0.1);
}
