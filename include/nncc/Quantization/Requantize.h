//===- Requantize.h - Integer arithmetic of quantized networks --*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// The numbers of docs/numerics.md: how real scales become integer multipliers,
// and what the integer operations compute with them. Everything that evaluates
// or emits quantized arithmetic takes its constants from here, so that the same
// scales give the same bytes everywhere. Free of LLVM.
//
// Unless a comment says otherwise a scale is a positive finite real number, a
// zero point lies in [-128, 127], and a function that returns std::optional
// returns std::nullopt when the hardware's fields cannot hold the result.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_REQUANTIZE_H
#define NNCC_QUANTIZATION_REQUANTIZE_H

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace nncc {

//===----------------------------------------------------------------------===//
// Constants from real scales
//===----------------------------------------------------------------------===//

/// The real factor m / 2^s.
struct Multiplier {
  int32_t m; ///< in [1, 131071]
  int32_t s; ///< in [1, 40]
};

/// Constants of the addition of two int8 tensors, see addQuantized.
struct AddParams {
  int32_t ma;       ///< multiplier of the first operand, in [0, 32767]
  int32_t mb;       ///< multiplier of the second operand, in [0, 32767]
  int32_t c;        ///< zero-point term
  Multiplier scale; ///< of the sum
};

/// Constants of the residual of a convolution, see scaleResidual.
struct ResidualParams {
  int32_t mr; ///< multiplier, int16
  int32_t cr; ///< rounding and zero-point term
  int32_t sr; ///< right shift, in [0, 31]
};

/// The multiplier nearest to `ratio`: m = round(ratio * 2^s) with the largest
/// s <= 40 for which m <= 131071, without common factors of two while s > 1. A
/// power of two 2^-k, k in [1, 40], gives m = 1 and s = k. Fails unless `ratio`
/// is in [2^-41, 65535.75).
std::optional<Multiplier> chooseMultiplier(double ratio);

/// Constants of (sa*(a - za) + sb*(b - zb)) / sy. The multipliers are in the
/// proportion of sa and sb, as nearly as 15 bits allow; the scale is that of
/// the operand with the larger one, over its multiplier. The sum fits 25 bits
/// for all operands. Fails if chooseMultiplier fails for that scale.
std::optional<AddParams> chooseAdd(double sa, int za, double sb, int zb,
                                   double sy);

/// Constants of sr*(r - zr) / sy with the largest shift that keeps the
/// multiplier within int16. Fails if the ratio is 32767.5 or more, or so small
/// that the multiplier would be zero.
std::optional<ResidualParams> chooseResidual(double sr, int zr, double sy);

/// The bounds of a fused activation as integers, within [-128, 127]; an absent
/// bound is the end of that range. `first` is at most `second` if `lo` is at
/// most `hi`.
std::pair<int, int> clampRange(std::optional<double> lo,
                               std::optional<double> hi, double scale,
                               int zeroPoint);

/// The table of a function of one variable: entry q + 128 is the quantized
/// value of `function` at (q - zIn) * sIn.
std::array<int8_t, 256>
buildTable(const std::function<double(double)> &function, double sIn, int zIn,
           double sOut, int zOut);

//===----------------------------------------------------------------------===//
// Real values and integers
//===----------------------------------------------------------------------===//

/// clamp(round(x / scale) + zeroPoint, lo, hi), rounding halves to the even
/// number. Infinities saturate, NaN gives the zero point.
int8_t quantize(double x, double scale, int zeroPoint, int lo = -128,
                int hi = 127);

/// An input of the network: ONNX's QuantizeLinear, which is the same in single
/// precision.
int8_t quantizeInput(float x, double scale, int zeroPoint);

/// (q - zeroPoint) * scale, computed in double precision.
inline double dequantize(int q, double scale, int zeroPoint) {
  return static_cast<double>(q - zeroPoint) * scale;
}

/// The bias of the accumulator when taps are multiplied with raw input
/// integers: bias - zpIn * sum(weights), modulo 2^32.
inline int32_t foldBias(int32_t bias, int zpIn, int64_t weightSum) {
  return static_cast<int32_t>(
      static_cast<uint32_t>(bias) -
      static_cast<uint32_t>(static_cast<uint64_t>(zpIn * weightSum)));
}

//===----------------------------------------------------------------------===//
// Integer operations
//===----------------------------------------------------------------------===//

constexpr int32_t kAccumulatorMin = -(1 << 24);
constexpr int32_t kAccumulatorMax = (1 << 24) - 1;

/// max(lo, min(hi, value)) as a byte.
inline int8_t clampByte(int64_t value, int lo, int hi) {
  return static_cast<int8_t>(value < lo ? lo : value > hi ? hi : value);
}

/// The accumulator in the scale of the result: saturated to 25 bits,
/// multiplied, divided by 2^s, rounded to the nearest integer with halves to
/// the even one.
inline int64_t scaleAccumulator(int32_t acc, int32_t m, int32_t s) {
  int64_t a25 = acc < kAccumulatorMin   ? kAccumulatorMin
                : acc > kAccumulatorMax ? kAccumulatorMax
                                        : acc;
  int64_t product = a25 * m;
  int64_t odd = (product >> s) & 1;
  return (product + (int64_t{1} << (s - 1)) - 1 + odd) >> s;
}

/// The end of every operation that has an accumulator.
inline int8_t requantize(int32_t acc, int32_t m, int32_t s, int zp, int lo,
                         int hi) {
  return clampByte(scaleAccumulator(acc, m, s) + zp, lo, hi);
}

/// The residual `r` in the scale of the result.
inline int64_t scaleResidual(int8_t r, const ResidualParams &params) {
  return (int64_t{r} * params.mr + params.cr) >> params.sr;
}

/// The end of a convolution that adds the residual `r`.
inline int8_t requantizeWithResidual(int32_t acc, int32_t m, int32_t s,
                                     int8_t r, const ResidualParams &params,
                                     int zp, int lo, int hi) {
  return clampByte(scaleAccumulator(acc, m, s) + zp + scaleResidual(r, params),
                   lo, hi);
}

/// The quantized sum of `a` and `b`.
inline int8_t addQuantized(int8_t a, int8_t b, const AddParams &params, int zp,
                           int lo, int hi) {
  int32_t sum = a * params.ma + b * params.mb + params.c;
  return requantize(sum, params.scale.m, params.scale.s, zp, lo, hi);
}

/// The quantized product of `a` and `b`.
inline int8_t mulQuantized(int8_t a, int za, int8_t b, int zb, int32_t m,
                           int32_t s, int zp, int lo, int hi) {
  return requantize((a - za) * (b - zb), m, s, zp, lo, hi);
}

} // namespace nncc

#endif // NNCC_QUANTIZATION_REQUANTIZE_H
