//===- RequantTest.cpp - nncc_requant -------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Against the arithmetic of include/nncc/Quantization/Requantize.h: every shift
// with sums around every place where something changes, halves and what is just
// beside one, and random values; a new set of parameters each cycle, so that
// stages cannot take one another's.
//
//===----------------------------------------------------------------------===//

#include "Requant.h"
#include "RequantPlain.h"
#include "Testbench.h"
#include "nncc/Quantization/Requantize.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <vector>

using namespace nncc;
using namespace nncc::hw;

namespace {

constexpr unsigned kLatency = 8; // one less without the residual
constexpr int32_t kGreatestMultiplier = 131071;
constexpr int32_t kGreatestShift = 40;

struct Value {
  int32_t sum, bias, m, s;
  int8_t r = 0;
  ResidualParams residual{0, 0, 0};
  int zp = 0, lo = -128, hi = 127;

  int expected(bool hasResidual) const {
    int32_t acc = int32_t(uint32_t(sum) + uint32_t(bias));
    return hasResidual
               ? requantizeWithResidual(acc, m, s, r, residual, zp, lo, hi)
               : requantize(acc, m, s, zp, lo, hi);
  }
};

/// Feeds a value a cycle; parameters change with the offsets that the module
/// documents.
template <typename Top> class Lane {
public:
  Lane(bool hasResidual)
      : hasResidual(hasResidual), latency(kLatency - !hasResidual) {}

  void feed(const Value &value) {
    stages.push_front(value);
    if (stages.size() > latency + 1)
      stages.pop_back();
    auto at = [&](unsigned stage) -> const Value & {
      return stages[stage < stages.size() ? stage : stages.size() - 1];
    };
    bench->en_i = 1;
    bench->sum_i = uint32_t(value.sum);
    bench->bias_i = uint32_t(value.bias);
    bench->multiplier_i = uint32_t(value.m);
    bench->shift_i = uint8_t(value.s);
    bench->residual_i = uint8_t(value.r);
    bench->res_multiplier_i = uint16_t(value.residual.mr);
    bench->res_constant_i = uint32_t(at(2).residual.cr);
    bench->res_shift_i = uint8_t(at(3).residual.sr);
    bench->zero_point_i = uint8_t(at(5).zp);
    bench->clamp_lo_i = uint8_t(at(latency - 1).lo);
    bench->clamp_hi_i = uint8_t(at(latency - 1).hi);
    bench.settle();
    if (stages.size() > latency) {
      const Value &v = stages[latency];
      ASSERT_EQ(int(int8_t(bench->result_o)), v.expected(hasResidual))
          << "sum " << v.sum << " bias " << v.bias << " m " << v.m << " s "
          << v.s << " r " << int(v.r) << " mr " << v.residual.mr << " cr "
          << v.residual.cr << " sr " << v.residual.sr << " zp " << v.zp
          << " lo " << v.lo << " hi " << v.hi;
    }
    bench.tick();
  }

  Testbench<Top> bench;

private:
  bool hasResidual;
  unsigned latency;
  std::deque<Value> stages;
};

/// Every shift, the ends of every operand, and the sums on both sides of where
/// the rounded result changes.
template <typename Top> void testCorners(bool hasResidual) {
  Lane<Top> lane(hasResidual);
  const int32_t multipliers[] = {0,     1,     2,      3,
                                 32768, 65536, 131070, kGreatestMultiplier};
  for (int32_t s = 1; s <= kGreatestShift; ++s)
    for (int32_t m : multipliers) {
      std::vector<int64_t> sums = {0,
                                   1,
                                   -1,
                                   INT32_MAX,
                                   INT32_MIN,
                                   kAccumulatorMax - 1,
                                   kAccumulatorMax,
                                   kAccumulatorMax + 1,
                                   kAccumulatorMin - 1,
                                   kAccumulatorMin,
                                   kAccumulatorMin + 1};
      // Around t + 1/2 for results near zero and near the clamps.
      if (m != 0)
        for (int64_t t : {-130, -129, -128, -2, -1, 0, 1, 126, 127, 128})
          for (int64_t near = -1; near <= 1; ++near)
            sums.push_back(((2 * t + 1) * (int64_t(1) << (s - 1))) / m + near);
      for (int64_t sum : sums)
        for (int zp : {-128, 0, 127}) {
          if (sum < INT32_MIN || sum > INT32_MAX)
            continue;
          Value value{int32_t(sum), 0, m, s};
          value.zp = zp;
          // The same accumulator by way of a bias that makes the sum wrap.
          if (lane.bench.chance(50)) {
            value.bias = int32_t(uint32_t(lane.bench.random()));
            value.sum = int32_t(uint32_t(sum) - uint32_t(value.bias));
          }
          lane.feed(value);
          if (testing::Test::HasFatalFailure())
            return;
        }
    }
}

/// Halves: products (2*t + 1) * 2^(s-1), which lie between t and t + 1, made of
/// every sum and multiplier that give them.
template <typename Top> void testHalves(bool hasResidual) {
  Lane<Top> lane(hasResidual);
  for (int32_t s = 1; s <= kGreatestShift; ++s) {
    std::array<std::array<bool, 2>, 2> seen{}; // sign, parity of t
    for (int32_t t = -130; t <= 129; ++t)
      for (int32_t odd : {1, 3, 5, 15, 255})
        for (int32_t k = 0; k < s && (odd << k) <= kGreatestMultiplier; ++k) {
          if ((2 * t + 1) % odd != 0)
            continue;
          int64_t sum = (2 * t + 1) / odd * (int64_t(1) << (s - 1 - k));
          if (sum < kAccumulatorMin || sum > kAccumulatorMax)
            continue;
          seen[t < 0][t & 1] = true;
          lane.feed({int32_t(sum), 0, odd << k, s});
          if (testing::Test::HasFatalFailure())
            return;
        }
    EXPECT_TRUE(seen[false][0] && seen[true][0] && seen[true][1]);
    // 3 * 2^39 is greater than every product.
    EXPECT_EQ(seen[false][1], s != kGreatestShift);
  }
}

/// What a single bit below a half makes of it: products t * 2^s + 2^(s-1) + 2^j
/// with an even t, which would be rounded down without that bit.
template <typename Top> void testBesideHalves(bool hasResidual) {
  Lane<Top> lane(hasResidual);
  // To each odd multiplier m the number that times m is 1 modulo 2^64.
  std::vector<uint64_t> inverses;
  for (uint64_t m = 1; m <= uint64_t(kGreatestMultiplier); m += 2) {
    uint64_t inverse = m; // right in three bits; twice as many in each step
    for (int step = 0; step < 5; ++step)
      inverse *= 2 - m * inverse;
    inverses.push_back(inverse);
  }
  unsigned found = 0;
  for (int32_t s = 2; s <= kGreatestShift; ++s)
    for (int32_t j = 0; j <= s - 2; ++j) {
      uint64_t wanted = (uint64_t(1) << (s - 1)) + (uint64_t(1) << j);
      unsigned ways = 0;
      for (int32_t k = 0; k <= std::min(j, 16); ++k)
        for (size_t i = 0; i < inverses.size() >> k && ways < 4; ++i) {
          // The sum, modulo 2^(s+1-k), with which the product is as wanted.
          int unused = 64 - (s + 1 - k);
          int64_t sum =
              int64_t((wanted >> k) * inverses[i] << unused) >> unused;
          int64_t m = int64_t(2 * i + 1) << k;
          if (sum < kAccumulatorMin || sum > kAccumulatorMax ||
              std::abs(sum * m) >> s > 120)
            continue;
          ++ways;
          lane.feed({int32_t(sum), 0, int32_t(m), s});
          if (testing::Test::HasFatalFailure())
            return;
        }
      found += ways != 0;
    }
  // Of the greatest two shifts four bits have no such product.
  EXPECT_EQ(found, 776u);
}

template <typename Top> void testRandom(bool hasResidual, unsigned count) {
  Lane<Top> lane(hasResidual);
  auto &bench = lane.bench;
  auto range = [&](int64_t lo, int64_t hi) {
    return lo + int64_t(bench.below(uint64_t(hi - lo + 1)));
  };
  for (unsigned i = 0; i < count; ++i) {
    Value v;
    // Of every magnitude.
    auto wide = [&] {
      return int32_t(uint32_t(bench.random())) >> bench.below(32);
    };
    v.sum = wide();
    v.bias = wide();
    v.m = int32_t(range(0, kGreatestMultiplier)) >> bench.below(18);
    v.s = int32_t(range(1, kGreatestShift));
    v.r = int8_t(range(-128, 127));
    v.residual.mr = int16_t(range(-32768, 32767)) >> bench.below(16);
    v.residual.cr = wide();
    v.residual.sr = int32_t(range(0, 31));
    if (bench.chance(30))
      v.s = int32_t(range(20, 28));
    if (bench.chance(30))
      v.residual = {int16_t(range(-32768, 32767)), int32_t(range(-9999, 9999)),
                    int32_t(range(10, 20))};
    v.zp = int(range(-128, 127));
    if (bench.chance(50)) {
      int a = int(range(-128, 127)), b = int(range(-128, 127));
      v.lo = std::min(a, b);
      v.hi = std::max(a, b);
    }
    lane.feed(v);
    if (testing::Test::HasFatalFailure())
      return;
  }
}

TEST(Requant, Corners) { testCorners<Requant>(true); }
TEST(Requant, CornersWithoutResidual) { testCorners<RequantPlain>(false); }
TEST(Requant, Halves) { testHalves<Requant>(true); }
TEST(Requant, HalvesWithoutResidual) { testHalves<RequantPlain>(false); }
TEST(Requant, BesideHalves) { testBesideHalves<Requant>(true); }
TEST(Requant, BesideHalvesWithoutResidual) {
  testBesideHalves<RequantPlain>(false);
}
TEST(Requant, Random) { testRandom<Requant>(true, 2000000); }
TEST(Requant, RandomWithoutResidual) {
  testRandom<RequantPlain>(false, 500000);
}

/// Multipliers with which the first sum beyond the saturation would give
/// another byte than the last before it: only they see where it begins.
TEST(Requant, Saturation) {
  Lane<Requant> lane(true);
  unsigned found = 0;
  for (int32_t s = 1; s <= kGreatestShift; ++s)
    for (int32_t m = 1; m <= kGreatestMultiplier; ++m)
      for (int32_t end : {kAccumulatorMin, kAccumulatorMax}) {
        int32_t beyond = end < 0 ? end - 1 : end + 1;
        int zp = end < 0 ? 127 : -128;
        // Rounds halves to the even number.
        auto exact =
            int64_t(std::nearbyint(std::ldexp(double(beyond) * m, -s)));
        if (requantize(end, m, s, zp, -128, 127) ==
            clampByte(exact + zp, -128, 127))
          continue;
        ++found;
        for (int32_t sum : {end, beyond, end < 0 ? INT32_MIN : INT32_MAX}) {
          Value value{sum, 0, m, s};
          value.zp = zp;
          lane.feed(value);
          if (HasFatalFailure())
            return;
        }
      }
  EXPECT_GT(found, 100u);
}

/// Every accumulator of a whole period of the shift, for one multiplier.
TEST(Requant, AllSumsAroundZero) {
  Lane<Requant> lane(true);
  for (int32_t sum = -(1 << 17); sum < (1 << 17); ++sum) {
    lane.feed({sum, 0, 87381, 27});
    if (HasFatalFailure())
      return;
  }
}

} // namespace
