//===- EqualizationTest.cpp - Channels of like magnitude ------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Equalization.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace nncc;

using Numbers = std::vector<double>;

TEST(EqualizingScales, MakeBothSidesEqual) {
  Numbers scales = equalizingScales({4.0, 1.0, 9.0}, {1.0, 4.0, 9.0});
  EXPECT_EQ(scales, (Numbers{2.0, 0.5, 1.0}));
}

TEST(EqualizingScales, LeaveDeadChannelsAlone) {
  EXPECT_EQ(equalizingScales({0.0, 1.0}, {1.0, 0.0}), (Numbers{1.0, 1.0}));
  // Less than a thousandth of the greatest, on either side.
  EXPECT_EQ(equalizingScales({4.0, 1e-9}, {1.0, 1.0}), (Numbers{2.0, 1.0}));
  EXPECT_EQ(equalizingScales({4.0, 1.0}, {1.0, 1e-9}), (Numbers{2.0, 1.0}));
}

TEST(Equalization, PairOfDenseLayers) {
  // Rows of magnitude 4 and 1; columns of magnitude 1 and 4.
  float first[] = {4.0f, -1.0f, 0.5f, 1.0f};
  float second[] = {1.0f, 2.0f, -0.5f, -4.0f};
  Equalization equalization;
  int a = equalization.addLayer(first, 2, 2, 1, 1);
  int b = equalization.addLayer(second, 2, 2, 1, 1);
  equalization.addPair(a, b);
  // The second time finds nothing to do.
  EXPECT_EQ(equalization.run(), 2);
  EXPECT_EQ(equalization.getOutputDivisors(a), (Numbers{2.0, 0.5}));
  EXPECT_EQ(equalization.getInputFactors(b), (Numbers{2.0, 0.5}));
  EXPECT_EQ(equalization.getInputFactors(a), (Numbers{1.0, 1.0}));
  EXPECT_EQ(equalization.getOutputDivisors(b), (Numbers{1.0, 1.0}));
}

TEST(Equalization, GroupsReadTheirOwnChannels) {
  // Four channels, of magnitude 1; two groups of two inputs and one output.
  float first[] = {1.0f, 1.0f, 1.0f, 1.0f};
  float second[] = {4.0f, 1.0f, 0.25f, 16.0f};
  Equalization equalization;
  int a = equalization.addLayer(first, 4, 1, 1, 1);
  int b = equalization.addLayer(second, 2, 2, 1, 2);
  equalization.addPair(a, b);
  equalization.run();
  EXPECT_EQ(equalization.getOutputDivisors(a), (Numbers{0.5, 1.0, 2.0, 0.25}));
  EXPECT_EQ(equalization.getInputFactors(b), (Numbers{0.5, 1.0, 2.0, 0.25}));
}

TEST(Equalization, ScalesStayModerate) {
  float first[] = {1e6f, 1e6f};
  float second[] = {1e-6f, 1e-6f};
  Equalization equalization;
  int a = equalization.addLayer(first, 2, 1, 1, 1);
  equalization.addPair(a, equalization.addLayer(second, 1, 2, 1, 1));
  equalization.run();
  EXPECT_EQ(equalization.getOutputDivisors(a), (Numbers{64.0, 64.0}));
}

/// The greatest magnitude of each output channel or of each input channel.
static Numbers getMagnitudes(const std::vector<float> &weights, int outputs,
                             int inputs, int kernel, const Numbers &divisors,
                             const Numbers &factors, bool ofInputs) {
  Numbers greatest(ofInputs ? inputs : outputs, 0.0);
  for (int o = 0; o < outputs; ++o)
    for (int i = 0; i < inputs; ++i)
      for (int k = 0; k < kernel; ++k) {
        double &place = greatest[ofInputs ? i : o];
        place =
            std::max(place, std::fabs(weights[(o * inputs + i) * kernel + k]) *
                                factors[i] / divisors[o]);
      }
  return greatest;
}

// Convolution, depthwise convolution, convolution, as in MobileNets: the middle
// layer is in two pairs.
TEST(Equalization, ChainSettles) {
  constexpr int kChannels = 8, kInputs = 3, kOutputs = 5;
  std::mt19937 random(7);
  std::normal_distribution<float> exponent(0.0f, 1.0f);
  auto make = [&](int count) {
    std::vector<float> weights(count);
    for (float &weight : weights)
      weight = std::exp(exponent(random));
    return weights;
  };
  std::vector<float> first = make(kChannels * kInputs * 9);
  std::vector<float> depthwise = make(kChannels * 9);
  std::vector<float> last = make(kOutputs * kChannels);
  Equalization equalization;
  int a = equalization.addLayer(first.data(), kChannels, kInputs, 9, 1);
  int b = equalization.addLayer(depthwise.data(), kChannels, 1, 9, kChannels);
  int c = equalization.addLayer(last.data(), kOutputs, kChannels, 1, 1);
  equalization.addPair(a, b);
  equalization.addPair(b, c);
  EXPECT_LT(equalization.run(), 100);

  EXPECT_EQ(equalization.getOutputDivisors(a), equalization.getInputFactors(b));
  EXPECT_EQ(equalization.getOutputDivisors(b), equalization.getInputFactors(c));
  Numbers made = getMagnitudes(first, kChannels, kInputs, 9,
                               equalization.getOutputDivisors(a),
                               equalization.getInputFactors(a), false);
  Numbers read = getMagnitudes(last, kOutputs, kChannels, 1,
                               equalization.getOutputDivisors(c),
                               equalization.getInputFactors(c), true);
  for (int i = 0; i < kChannels; ++i) {
    double own = 0.0;
    for (int k = 0; k < 9; ++k)
      own = std::max(own, double{depthwise[i * 9 + k]});
    own *= equalization.getInputFactors(b)[i] /
           equalization.getOutputDivisors(b)[i];
    EXPECT_NEAR(made[i] / own, 1.0, 0.01);
    EXPECT_NEAR(own / read[i], 1.0, 0.01);
  }
}
