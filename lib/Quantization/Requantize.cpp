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
  int32_t numerator, denominator;
};

/// The fraction nearest to `x`, in [0, 1], with a denominator of at most
/// `greatest`, in lowest terms. It is a convergent of the continued fraction of
/// `x` or the last that lies between two of them. 0 gives 0/1.
Fraction nearestFraction(double x, int32_t greatest) {
  int64_t numerator = 1, denominator = 0;
  int64_t beforeNumerator = 0, beforeDenominator = 1;
  for (double rest = x;;) {
    double whole = std::floor(rest);
    int64_t room =
        denominator ? (greatest - beforeDenominator) / denominator : 0;
    bool isLast = denominator && whole > static_cast<double>(room);
    int64_t times = isLast ? room : static_cast<int64_t>(whole);
    int64_t nextNumerator = beforeNumerator + times * numerator;
    int64_t nextDenominator = beforeDenominator + times * denominator;
    if (isLast) {
      // Times the denominator: there is no digit to lose.
      auto error = [&](int64_t a, int64_t b) {
        return std::fabs(
            std::fma(x, static_cast<double>(b), -static_cast<double>(a)));
      };
      if (error(nextNumerator, nextDenominator) *
              static_cast<double>(denominator) <
          error(numerator, denominator) * static_cast<double>(nextDenominator))
        return {static_cast<int32_t>(nextNumerator),
                static_cast<int32_t>(nextDenominator)};
      return {static_cast<int32_t>(numerator),
              static_cast<int32_t>(denominator)};
    }
    beforeNumerator = std::exchange(numerator, nextNumerator);
    beforeDenominator = std::exchange(denominator, nextDenominator);
    if (rest == whole)
      return {static_cast<int32_t>(numerator),
              static_cast<int32_t>(denominator)};
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
  std::optional<Multiplier> scale =
      chooseMultiplier(larger / (sy * fraction.denominator));
  if (!scale)
    return std::nullopt;
  AddParams result;
  result.ma = aIsLarger ? fraction.denominator : fraction.numerator;
  result.mb = aIsLarger ? fraction.numerator : fraction.denominator;
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
