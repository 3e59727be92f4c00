//===- RequantTest.cpp - nncc_requant -------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Against the arithmetic of include/nncc/Quantization/Requantize.h: every shift
// with sums around every place where something changes, and random values; a
// new set of parameters each cycle, so that stages cannot take one another's.
//
//===----------------------------------------------------------------------===//

#include "Requant.h"
#include "RequantPlain.h"
#include "Testbench.h"
#include "nncc/Quantization/Requantize.h"
#include "gtest/gtest.h"

#include <array>
#include <deque>
#include <vector>

using namespace nncc;
using namespace nncc::hw;

namespace {

constexpr unsigned kLatency = 8; // one less without the residual

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
    bench->multiplier_i = uint16_t(value.m);
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
  const int32_t multipliers[] = {0, 1, 2, 3, 16384, 32766, 32767};
  for (int32_t s = 1; s <= 40; ++s)
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
    v.m = int32_t(range(0, 32767)) >> bench.below(16);
    v.s = int32_t(range(1, 40));
    v.r = int8_t(range(-128, 127));
    v.residual.mr = int16_t(range(-32768, 32767)) >> bench.below(16);
    v.residual.cr = wide();
    v.residual.sr = int32_t(range(0, 31));
    if (bench.chance(30))
      v.s = int32_t(range(18, 26));
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
TEST(Requant, Random) { testRandom<Requant>(true, 2000000); }
TEST(Requant, RandomWithoutResidual) {
  testRandom<RequantPlain>(false, 500000);
}

/// Multipliers with which the first sum beyond the saturation would give
/// another byte than the last before it: only they see where it begins.
TEST(Requant, Saturation) {
  Lane<Requant> lane(true);
  unsigned found = 0;
  for (int32_t s = 1; s <= 40; ++s)
    for (int32_t m = 1; m <= 32767; ++m)
      for (int32_t end : {kAccumulatorMin, kAccumulatorMax}) {
        int32_t beyond = end < 0 ? end - 1 : end + 1;
        int zp = end < 0 ? 127 : -128;
        int64_t exact = (int64_t(beyond) * m + (int64_t(1) << (s - 1))) >> s;
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
    lane.feed({sum, 0, 21845, 25});
    if (HasFatalFailure())
      return;
  }
}

} // namespace
