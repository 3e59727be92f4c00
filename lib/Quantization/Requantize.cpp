//===- Requantize.cpp - Integer arithmetic of quantized networks ----------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Requantize.h"

#include <algorithm>
#include <cmath>

using namespace nncc;

namespace {

constexpr int32_t kMaxMultiplier = 32767;
constexpr int kMaxScaleShift = 40;
constexpr int kMaxAddShift = 31;

/// True for a number that can be a scale or a ratio of scales.
bool isPositive(double x) { return std::isfinite(x) && x > 0.0; }

/// The largest shift in [least, most] for which round(ratio * 2^shift) is at
/// most 32767, or nothing if there is none.
std::optional<int> largestShift(double ratio, int least, int most) {
  for (int shift = most; shift >= least; --shift)
    if (std::round(std::ldexp(ratio, shift)) <= kMaxMultiplier)
      return shift;
  return std::nullopt;
}

int32_t roundToMultiplier(double ratio, int shift) {
  return static_cast<int32_t>(std::llround(std::ldexp(ratio, shift)));
}

} // namespace

std::optional<Multiplier> nncc::chooseMultiplier(double ratio) {
  if (!isPositive(ratio))
    return std::nullopt;
  std::optional<int> shift = largestShift(ratio, 1, kMaxScaleShift);
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
  double ratioA = sa / sy;
  double ratioB = sb / sy;
  if (!isPositive(ratioA) || !isPositive(ratioB))
    return std::nullopt;
  // A shift of 31 adds 2^30 for rounding. Both products together stay below
  // 2 * 255 * 2^15 < 2^24, so the sum fits 32 bits whatever the operands.
  std::optional<int> shift =
      largestShift(std::max(ratioA, ratioB), 1, kMaxAddShift);
  if (!shift)
    return std::nullopt;
  AddParams result;
  result.s = *shift;
  result.ma = roundToMultiplier(ratioA, *shift);
  result.mb = roundToMultiplier(ratioB, *shift);
  if (result.ma == 0 && result.mb == 0)
    return std::nullopt;
  result.c = (int32_t{1} << (*shift - 1)) - za * result.ma - zb * result.mb;
  return result;
}

std::optional<ResidualParams> nncc::chooseResidual(double sr, int zr,
                                                   double sy) {
  double ratio = sr / sy;
  if (!isPositive(ratio))
    return std::nullopt;
  std::optional<int> shift = largestShift(ratio, 0, kMaxAddShift);
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
  double q = std::round(x / scale) + zeroPoint;
  return static_cast<int8_t>(std::min<double>(std::max<double>(q, lo), hi));
}

int8_t nncc::quantizeInput(float x, double scale, int zeroPoint) {
  if (std::isnan(x))
    return static_cast<int8_t>(zeroPoint);
  float q = std::nearbyint(x / static_cast<float>(scale));
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
