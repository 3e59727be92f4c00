//===- ClampRange.h - Bounds of a fused activation --------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_IR_CLAMPRANGE_H
#define NNCC_DIALECT_NN_IR_CLAMPRANGE_H

#include <algorithm>
#include <optional>

namespace nncc::nn {

/// The bounds of `nn.clamp`, and of the clamp fused into `nn.conv2d` and
/// `nn.add`, as real numbers. An absent bound does not bind.
struct ClampRange {
  std::optional<float> min;
  std::optional<float> max;

  bool isUnbounded() const { return !min && !max; }

  float apply(float x) const {
    if (min)
      x = std::max(x, *min);
    if (max)
      x = std::min(x, *max);
    return x;
  }

  /// The one clamp equal to clamping by `*this` and then by `next`.
  ClampRange then(const ClampRange &next) const {
    ClampRange result;
    if (min)
      result.min = next.apply(*min);
    else
      result.min = next.min;
    if (max)
      result.max = next.apply(*max);
    else
      result.max = next.max;
    return result;
  }

  friend bool operator==(const ClampRange &a, const ClampRange &b) {
    return a.min == b.min && a.max == b.max;
  }
  friend bool operator!=(const ClampRange &a, const ClampRange &b) {
    return !(a == b);
  }
};

} // namespace nncc::nn

#endif // NNCC_DIALECT_NN_IR_CLAMPRANGE_H
