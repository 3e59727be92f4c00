//===- Requantize.h - scale() of the instruction set ------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_SIMULATOR_REQUANTIZE_H
#define NNCC_LIB_SIMULATOR_REQUANTIZE_H

#include <algorithm>
#include <cstdint>

namespace nncc::sim {

/// scale(acc, m, s) as the instruction set manual has it: exact, halves go to
/// the even number.
inline int64_t scale(int32_t acc, int32_t multiplier, int32_t shift) {
  constexpr int32_t limit = 1 << 24;
  int64_t saturated = std::clamp(acc, -limit, limit - 1);
  int64_t product = saturated * multiplier;
  int64_t odd = (product >> shift) & 1;
  return (product + (int64_t(1) << (shift - 1)) - 1 + odd) >> shift;
}

/// The term of a fused residual.
inline int64_t residualTerm(int8_t value, int32_t multiplier, int32_t constant,
                            int32_t shift) {
  return (int64_t(value) * multiplier + constant) >> shift;
}

inline int8_t clampResult(int64_t value, int32_t lo, int32_t hi) {
  return static_cast<int8_t>(std::clamp<int64_t>(value, lo, hi));
}

/// Sums wrap modulo 2^32.
inline int32_t wrappingAdd(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) +
                              static_cast<uint32_t>(b));
}

} // namespace nncc::sim

#endif // NNCC_LIB_SIMULATOR_REQUANTIZE_H
