//===- RequantizeTest.cpp - Integer arithmetic ----------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Requantize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

using namespace nncc;

//===----------------------------------------------------------------------===//
// Multipliers
//===----------------------------------------------------------------------===//

TEST(ChooseMultiplier, PowerOfTwoIsAShift) {
  for (int k = 1; k <= 40; ++k) {
    auto multiplier = chooseMultiplier(std::ldexp(1.0, -k));
    ASSERT_TRUE(multiplier) << k;
    EXPECT_EQ(multiplier->m, 1) << k;
    EXPECT_EQ(multiplier->s, k);
  }
}

TEST(ChooseMultiplier, KeepsAShiftOfOne) {
  // The hardware has no shift of zero.
  auto one = chooseMultiplier(1.0);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->m, 2);
  EXPECT_EQ(one->s, 1);
  auto large = chooseMultiplier(32768.0);
  ASSERT_TRUE(large);
  EXPECT_EQ(large->m, 65536);
  EXPECT_EQ(large->s, 1);
}

TEST(ChooseMultiplier, HasSeventeenBits) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> exponent(-23.0, 15.0);
  for (int i = 0; i < 20000; ++i) {
    double ratio = std::exp2(exponent(random));
    auto multiplier = chooseMultiplier(ratio);
    ASSERT_TRUE(multiplier) << ratio;
    ASSERT_GE(multiplier->m, 1);
    ASSERT_LE(multiplier->m, 131071);
    ASSERT_GE(multiplier->s, 1);
    ASSERT_LE(multiplier->s, 40);
    ASSERT_TRUE(multiplier->m % 2 == 1 || multiplier->s == 1);
    double value = std::ldexp(multiplier->m, -multiplier->s);
    ASSERT_NEAR(value / ratio, 1.0, 1.0 / 131070) << ratio;
  }
}

TEST(ChooseMultiplier, EndsOfTheRange) {
  auto least = chooseMultiplier(std::ldexp(1.0, -41));
  ASSERT_TRUE(least); // half a unit rounds up
  EXPECT_EQ(least->m, 1);
  EXPECT_EQ(least->s, 40);
  EXPECT_FALSE(chooseMultiplier(std::ldexp(0.99, -41)));

  auto greatest = chooseMultiplier(65535.7);
  ASSERT_TRUE(greatest);
  EXPECT_EQ(greatest->m, 131071);
  EXPECT_EQ(greatest->s, 1);
  EXPECT_FALSE(chooseMultiplier(65535.75));
  EXPECT_FALSE(chooseMultiplier(1e300));
}

TEST(ChooseMultiplier, RefusesWhatIsNoRatio) {
  EXPECT_FALSE(chooseMultiplier(0.0));
  EXPECT_FALSE(chooseMultiplier(-1.0));
  EXPECT_FALSE(chooseMultiplier(std::nan("")));
  EXPECT_FALSE(chooseMultiplier(std::numeric_limits<double>::infinity()));
}

TEST(ScaleAccumulator, RoundsHalvesToTheEvenNumber) {
  EXPECT_EQ(scaleAccumulator(5, 1, 1), 2);   // 2.5
  EXPECT_EQ(scaleAccumulator(3, 1, 1), 2);   // 1.5
  EXPECT_EQ(scaleAccumulator(1, 1, 1), 0);   // 0.5
  EXPECT_EQ(scaleAccumulator(-1, 1, 1), 0);  // -0.5
  EXPECT_EQ(scaleAccumulator(-3, 1, 1), -2); // -1.5
  EXPECT_EQ(scaleAccumulator(-5, 1, 1), -2); // -2.5
  EXPECT_EQ(scaleAccumulator(0, 131071, 40), 0);
}

TEST(ScaleAccumulator, IsTheNearestInteger) {
  std::mt19937 random(2);
  for (int i = 0; i < 100000; ++i) {
    // Mostly small numbers, among which halves are frequent.
    int32_t acc = static_cast<int32_t>(random()) >> (7 + random() % 25);
    int32_t m = static_cast<int32_t>(random() % 131072) >> (random() % 17);
    int32_t s = 1 + static_cast<int32_t>(random() % 40);
    // A product of 42 bits is exact in a double, and so is its quotient.
    double expected =
        std::nearbyint(std::ldexp(static_cast<double>(acc) * m, -s));
    ASSERT_EQ(static_cast<double>(scaleAccumulator(acc, m, s)), expected)
        << acc << " * " << m << " >> " << s;
  }
}

TEST(ScaleAccumulator, SaturatesTo25Bits) {
  EXPECT_EQ(scaleAccumulator(std::numeric_limits<int32_t>::max(), 1, 1),
            1 << 23);
  EXPECT_EQ(scaleAccumulator(std::numeric_limits<int32_t>::min(), 1, 1),
            -(1 << 23));
  EXPECT_EQ(scaleAccumulator(-(1 << 24), 131071, 1), -(int64_t{131071} << 23));
  // Just short of two steps.
  EXPECT_EQ(scaleAccumulator(std::numeric_limits<int32_t>::min(), 131071, 40),
            -2);
}

TEST(Requantize, Clamps) {
  EXPECT_EQ(requantize(1000, 1, 1, 0, -128, 127), 127);
  EXPECT_EQ(requantize(-1000, 1, 1, 0, -128, 127), -128);
  EXPECT_EQ(requantize(-1000, 1, 1, 10, 10, 127), 10);
  EXPECT_EQ(requantize(40, 1, 1, -128, -128, 127), -108);
}

//===----------------------------------------------------------------------===//
// Additions
//===----------------------------------------------------------------------===//

namespace {
struct Scales {
  double sa;
  int za;
  double sb;
  int zb;
  double sy;
  int zy;
};
const Scales kScales[] = {{0.5, 0, 0.5, 0, 0.5, 0},
                          {0.02, -128, 0.013, 3, 0.025, -128},
                          {1.0, -128, 1e-4, 127, 0.9, 127},
                          {1e-6, 5, 2e-6, -7, 3e-6, 11},
                          {100.0, 127, 3.0, -128, 0.05, 0}};
} // namespace

TEST(ChooseAdd, IsWithinHalfAStepOfTheRealSum) {
  for (const Scales &k : kScales) {
    auto params = chooseAdd(k.sa, k.za, k.sb, k.zb, k.sy);
    ASSERT_TRUE(params);
    ASSERT_TRUE(params->ma >= 0 && params->ma <= 32767);
    ASSERT_TRUE(params->mb >= 0 && params->mb <= 32767);
    ASSERT_TRUE(params->scale.s >= 1 && params->scale.s <= 40);
    // The scale is off by at most half of the last of 17 bits, and results
    // within the clamp have at most 255 steps.
    double slack = 0.5 + 255.0 / 131072;
    for (int a = -128; a <= 127; ++a)
      for (int b = -128; b <= 127; ++b) {
        int64_t sum =
            int64_t{a} * params->ma + int64_t{b} * params->mb + params->c;
        ASSERT_TRUE(sum >= kAccumulatorMin && sum <= kAccumulatorMax);
        double real = (k.sa * (a - k.za) + k.sb * (b - k.zb)) / k.sy + k.zy;
        real = std::min(std::max(real, -128.0), 127.0);
        ASSERT_NEAR(addQuantized(a, b, *params, k.zy, -128, 127), real, slack)
            << a << " + " << b;
      }
  }
}

TEST(ChooseAdd, TakesTheSimplestMultipliers) {
  auto params = chooseAdd(0.5, 3, 0.125, -2, 1.0);
  ASSERT_TRUE(params);
  EXPECT_EQ(params->ma, 4);
  EXPECT_EQ(params->mb, 1);
  EXPECT_EQ(params->c, -10);
  EXPECT_EQ(params->scale.m, 1);
  EXPECT_EQ(params->scale.s, 3);

  // 355 / 113 is closer to pi than every fraction up to 52163 / 16604.
  params = chooseAdd(1.0, 0, std::acos(-1.0), 0, 1.0);
  ASSERT_TRUE(params);
  EXPECT_EQ(params->ma, 113);
  EXPECT_EQ(params->mb, 355);

  // Two fractions are equally near but for the eighth digit of the distance.
  params = chooseAdd(0x1.ced12c1910b99p-1, 0, 1.0, 0, 1.0);
  ASSERT_TRUE(params);
  EXPECT_EQ(params->ma, 29576);
  EXPECT_EQ(params->mb, 32719);

  // Of an operand that is too small to be seen nothing is left.
  params = chooseAdd(1e-5, 0, 1.0, 0, 1.0);
  ASSERT_TRUE(params);
  EXPECT_EQ(params->ma, 0);
  EXPECT_EQ(params->mb, 1);
}

TEST(ChooseAdd, TakesTheNearestFraction) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> exponent(-12.0, 0.0);
  for (int i = 0; i < 50; ++i) {
    double ratio = std::exp2(exponent(random));
    auto params = chooseAdd(1.0, 0, ratio, 0, 1.0);
    ASSERT_TRUE(params);
    double error = std::fabs(double(params->mb) / params->ma - ratio);
    for (int denominator = 1; denominator <= 32767; ++denominator) {
      double numerator = std::round(ratio * denominator);
      ASSERT_LE(error, std::fabs(numerator / denominator - ratio))
          << ratio << ": " << numerator << " / " << denominator;
    }
  }
}

TEST(ChooseAdd, RefusesDistantScales) {
  EXPECT_FALSE(chooseAdd(1.0, 0, 1.0, 0, 1e-5));
  EXPECT_FALSE(chooseAdd(1e-13, 0, 1e-13, 0, 1.0));
  EXPECT_FALSE(chooseAdd(0.0, 0, 1.0, 0, 1.0));
  // One operand too small to matter is fine.
  auto params = chooseAdd(1.0, 0, 1e-12, 0, 1.0);
  ASSERT_TRUE(params);
  EXPECT_EQ(params->mb, 0);
}

TEST(ChooseResidual, IsWithinHalfAStepOfTheRealValue) {
  for (const Scales &k : kScales) {
    auto params = chooseResidual(k.sa, k.za, k.sy);
    ASSERT_TRUE(params);
    ASSERT_LE(std::abs(params->mr), 32767);
    ASSERT_TRUE(params->sr >= 0 && params->sr <= 31);
    double slack = 0.5 + 255.0 * std::ldexp(0.5, -params->sr);
    for (int r = -128; r <= 127; ++r) {
      int64_t sum = int64_t{r} * params->mr + params->cr;
      ASSERT_TRUE(sum >= INT32_MIN && sum <= INT32_MAX);
      ASSERT_NEAR(scaleResidual(r, *params), k.sa * (r - k.za) / k.sy, slack);
    }
  }
}

TEST(ChooseResidual, ShiftOfZeroHasNoRounding) {
  auto params = chooseResidual(20000.0, 3, 1.0);
  ASSERT_TRUE(params);
  EXPECT_EQ(params->sr, 0);
  EXPECT_EQ(params->mr, 20000);
  EXPECT_EQ(params->cr, -60000);
  EXPECT_FALSE(chooseResidual(40000.0, 0, 1.0));
  EXPECT_FALSE(chooseResidual(1e-12, 0, 1.0));
}

TEST(MulQuantized, MatchesTheRealProduct) {
  double sa = 0.02, sb = 0.01, sy = 0.03;
  auto multiplier = chooseMultiplier(sa * sb / sy);
  ASSERT_TRUE(multiplier);
  for (int a = -128; a <= 127; ++a)
    for (int b = -128; b <= 127; ++b) {
      double real = sa * (a + 128) * sb * (b - 5) / sy - 20;
      real = std::min(std::max(real, -100.0), 90.0);
      ASSERT_NEAR(mulQuantized(a, -128, b, 5, multiplier->m, multiplier->s, -20,
                               -100, 90),
                  real, 0.52);
    }
}

//===----------------------------------------------------------------------===//
// Real values
//===----------------------------------------------------------------------===//

TEST(Quantize, RoundsHalvesToTheEvenNumber) {
  EXPECT_EQ(quantize(0.5, 1.0, 0), 0);
  EXPECT_EQ(quantize(-1.5, 1.0, 0), -2);
  EXPECT_EQ(quantize(2.5, 1.0, -128), -126);
}

TEST(QuantizeInput, KnowsNoQuotientOfZeroes) {
  EXPECT_EQ(quantizeInput(0.0f, 1e-300, 7), 7);
  EXPECT_EQ(quantizeInput(1.0f, 1e-300, 7), 127);
}

TEST(QuantizeInput, RoundsHalvesToEvenInSinglePrecision) {
  EXPECT_EQ(quantizeInput(0.5f, 1.0, 0), 0);
  EXPECT_EQ(quantizeInput(1.5f, 1.0, 0), 2);
  EXPECT_EQ(quantizeInput(-2.5f, 1.0, 3), 1);
  // In double precision the quotient is a little less than 2.5 and in single
  // precision 2.5.
  float x = 0.25f;
  double scale = 0.1f;
  EXPECT_LT(x / scale, 2.5);
  EXPECT_EQ(x / static_cast<float>(scale), 2.5f);
  EXPECT_EQ(quantizeInput(x, scale, 0), 2);
  EXPECT_EQ(quantizeInput(1e30f, 1e-30, -5), 127);
  EXPECT_EQ(quantizeInput(std::nanf(""), 1.0, 7), 7);
}

TEST(Quantize, Saturates) {
  double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(quantize(1e300, 1e-300, 0), 127);
  EXPECT_EQ(quantize(-infinity, 1.0, 7), -128);
  EXPECT_EQ(quantize(infinity, 1.0, 7), 127);
  EXPECT_EQ(quantize(std::nan(""), 1.0, 7), 7);
  EXPECT_EQ(quantize(-500.0, 1.0, 0, -127, 127), -127);
}

TEST(ClampRange, MapsBounds) {
  EXPECT_EQ(clampRange({}, {}, 0.1, 3), std::make_pair(-128, 127));
  EXPECT_EQ(clampRange(0.0, {}, 0.1, -128), std::make_pair(-128, 127));
  EXPECT_EQ(clampRange(0.0, 6.0, 0.1, -20), std::make_pair(-20, 40));
  EXPECT_EQ(clampRange(-1e9, 1e9, 0.1, 0), std::make_pair(-128, 127));
}

TEST(BuildTable, EveryEntryIsTheQuantizedFunction) {
  auto f = [](double x) { return std::sin(x); };
  auto table = buildTable(f, 0.03, -10, 0.01, 20);
  for (int q = -128; q <= 127; ++q) {
    double real = std::nearbyint(f((q + 10) * 0.03) / 0.01) + 20;
    EXPECT_EQ(table[q + 128], std::min(std::max(real, -128.0), 127.0)) << q;
  }
}

TEST(BuildTable, IdentityOfEqualTypes) {
  for (int zp : {-128, -3, 0, 127}) {
    auto table = buildTable([](double x) { return x; }, 0.0371, zp, 0.0371, zp);
    for (int q = -128; q <= 127; ++q)
      ASSERT_EQ(table[q + 128], q);
  }
}

TEST(FoldBias, WrapsModulo32Bits) {
  EXPECT_EQ(foldBias(10, -128, 3), 394);
  EXPECT_EQ(foldBias(std::numeric_limits<int32_t>::max(), -1, 1),
            std::numeric_limits<int32_t>::min());
}
