//===- Requantize.cpp - Integer arithmetic of quantized networks ----------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Requantize.h"

#include <algorithm>
#include <cmath>
#include <utility>

using namespace nncc;

namespace {

constexpr int32_t kMaxMultiplier = 131071;
constexpr int kMaxScaleShift = 40;
/// Of an operand of an addition or of a residual.
constexpr int32_t kMaxOperandMultiplier = 32767;
constexpr int kMaxResidualShift = 31;

/// True for a number that can be a scale or a ratio of scales.
bool isPositive(double x) { return std::isfinite(x) && x > 0.0; }

/// The largest shift in [least, most] for which round(ratio * 2^shift) is at
/// most `greatest`, or nothing if there is none.
std::optional<int> largestShift(double ratio, int least, int most,
                                int32_t greatest) {
  for (int shift = most; shift >= least; --shift)
    if (std::round(std::ldexp(ratio, shift)) <= greatest)
      return shift;
  return std::nullopt;
}

int32_t roundToMultiplier(double ratio, int shift) {
  return static_cast<int32_t>(std::llround(std::ldexp(ratio, shift)));
}

struct Fraction {
  int64_t numerator, denominator;
};

/// The fraction nearest to `x`, in [0, 1], with a denominator of at most
/// `greatest`, in lowest terms. It is a convergent of the continued fraction of
/// `x` or the last that lies between two of them. 0 gives 0/1.
Fraction nearestFraction(double x, int64_t greatest) {
  // Times the denominator, so that no digit is lost.
  auto error = [x](Fraction f) {
    return std::fabs(std::fma(x, static_cast<double>(f.denominator),
                              -static_cast<double>(f.numerator)));
  };
  Fraction before{0, 1}, last{1, 0};
  for (double rest = x;;) {
    double whole = std::floor(rest);
    // The first term, 0 or 1, has no limit.
    bool isFirst = last.denominator == 0;
    int64_t room =
        isFirst ? 1 : (greatest - before.denominator) / last.denominator;
    bool isBeyond = whole > static_cast<double>(room);
    int64_t times = isBeyond ? room : static_cast<int64_t>(whole);
    Fraction next{before.numerator + times * last.numerator,
                  before.denominator + times * last.denominator};
    if (isBeyond)
      return error(next) * static_cast<double>(last.denominator) <
                     error(last) * static_cast<double>(next.denominator)
                 ? next
                 : last;
    before = std::exchange(last, next);
    if (rest == whole)
      return last;
    rest = 1.0 / (rest - whole);
  }
}

} // namespace

std::optional<Multiplier> nncc::chooseMultiplier(double ratio) {
  if (!isPositive(ratio))
    return std::nullopt;
  std::optional<int> shift =
      largestShift(ratio, 1, kMaxScaleShift, kMaxMultiplier);
  if (!shift)
    return std::nullopt;
  Multiplier result{roundToMultiplier(ratio, *shift), *shift};
  if (result.m == 0)
    return std::nullopt;
  while (result.s > 1 && result.m % 2 == 0) {
    result.m /= 2;
    --result.s;
  }
  return result;
}

std::optional<AddParams> nncc::chooseAdd(double sa, int za, double sb, int zb,
                                         double sy) {
  if (!isPositive(sa) || !isPositive(sb) || !isPositive(sy))
    return std::nullopt;
  bool aIsLarger = sa >= sb;
  double larger = aIsLarger ? sa : sb;
  double smaller = aIsLarger ? sb : sa;
  // Both products together stay below 2 * 255 * 2^15 < 2^24, so that the sum
  // never saturates.
  Fraction fraction = nearestFraction(smaller / larger, kMaxOperandMultiplier);
  std::optional<Multiplier> scale = chooseMultiplier(
      larger / (sy * static_cast<double>(fraction.denominator)));
  if (!scale)
    return std::nullopt;
  AddParams result;
  auto ofLarger = static_cast<int32_t>(fraction.denominator);
  auto ofSmaller = static_cast<int32_t>(fraction.numerator);
  result.ma = aIsLarger ? ofLarger : ofSmaller;
  result.mb = aIsLarger ? ofSmaller : ofLarger;
  result.c = -za * result.ma - zb * result.mb;
  result.scale = *scale;
  return result;
}

std::optional<ResidualParams> nncc::chooseResidual(double sr, int zr,
                                                   double sy) {
  double ratio = sr / sy;
  if (!isPositive(ratio))
    return std::nullopt;
  std::optional<int> shift =
      largestShift(ratio, 0, kMaxResidualShift, kMaxOperandMultiplier);
  if (!shift)
    return std::nullopt;
  ResidualParams result;
  result.sr = *shift;
  result.mr = roundToMultiplier(ratio, *shift);
  if (result.mr == 0)
    return std::nullopt;
  int32_t rounding = *shift == 0 ? 0 : int32_t{1} << (*shift - 1);
  result.cr = rounding - zr * result.mr;
  return result;
}

int8_t nncc::quantize(double x, double scale, int zeroPoint, int lo, int hi) {
  if (std::isnan(x))
    return clampByte(zeroPoint, lo, hi);
  // Bound before the conversion: the quotient may be infinite.
  double q = std::nearbyint(x / scale) + zeroPoint;
  return static_cast<int8_t>(std::min<double>(std::max<double>(q, lo), hi));
}

int8_t nncc::quantizeInput(float x, double scale, int zeroPoint) {
  float q = std::nearbyint(x / static_cast<float>(scale));
  // Also zero over a scale that single precision does not have.
  if (std::isnan(q))
    return static_cast<int8_t>(zeroPoint);
  return static_cast<int8_t>(
      std::min(std::max(double{q} + zeroPoint, -128.0), 127.0));
}

std::pair<int, int> nncc::clampRange(std::optional<double> lo,
                                     std::optional<double> hi, double scale,
                                     int zeroPoint) {
  int first = lo ? quantize(*lo, scale, zeroPoint) : -128;
  int second = hi ? quantize(*hi, scale, zeroPoint) : 127;
  return {first, second};
}

std::array<int8_t, 256>
nncc::buildTable(const std::function<double(double)> &function, double sIn,
                 int zIn, double sOut, int zOut) {
  std::array<int8_t, 256> table;
  for (int q = -128; q <= 127; ++q)
    table[q + 128] = quantize(function(dequantize(q, sIn, zIn)), sOut, zOut);
  return table;
}
