//===- Divergence.cpp - Ranges that keep the most information -------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Entropy calibration (S. Migacz, 8-bit Inference with TensorRT, GTC 2017) with
// 256 levels of either sign in place of 128 of magnitudes.
//
//===----------------------------------------------------------------------===//

#include "RangeSearch.h"

#include "nncc/Quantization/Ranges.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace nncc;

namespace {
/// The bins whose values become one integer.
struct Level {
  double count = 0.0;
  int occupied = 0; ///< bins that are not empty
};
} // namespace

double Histogram::divergence(QuantParams params) const {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  // Levels narrower than bins would be free of error, which they are not.
  if (!(perUnit * params.scale >= 1.0))
    return kInfinity;

  // The bins inside the range, one after the other in order of value.
  auto levelOf = [&](int bin) {
    return std::round(binCentre(bin) / params.scale) + params.zeroPoint;
  };
  int first = 0, end = static_cast<int>(bins.size());
  int64_t below = 0, above = 0;
  for (; first < end && levelOf(first) < -128; ++first)
    below += bins[first];
  for (; end > first && levelOf(end - 1) > 127; --end)
    above += bins[end - 1];
  if (first == end)
    return kInfinity;

  // P, the values as they were: those outside are in the outermost bins.
  auto seen = [&](int bin) {
    return bins[bin] + (bin == first ? below : 0) +
           (bin == end - 1 ? above : 0);
  };
  // Q, the values as they will be: the outside is missing, and the bins of a
  // level cannot be told apart but for those that are known to be empty.
  Level levels[256];
  int64_t all = 0;
  for (int bin = first; bin < end; ++bin) {
    Level &level = levels[static_cast<int>(levelOf(bin)) + 128];
    level.count += static_cast<double>(bins[bin]);
    level.occupied += seen(bin) != 0;
    all += seen(bin);
  }
  double inside = 0.0;
  for (Level &level : levels) {
    // Nothing but saturated values: rare, rather than impossible.
    if (level.occupied && level.count == 0.0)
      level.count = 0.5;
    inside += level.count;
  }

  double sum = 0.0;
  for (int bin = first; bin < end; ++bin) {
    if (seen(bin) == 0)
      continue;
    const Level &level = levels[static_cast<int>(levelOf(bin)) + 128];
    double p = static_cast<double>(seen(bin)) / static_cast<double>(all);
    double q =
        static_cast<double>(level.count) /
        (static_cast<double>(level.occupied) * static_cast<double>(inside));
    sum += p * std::log(p / q);
  }
  return sum;
}

Range Histogram::leastDivergenceRange(ScaleMode mode) const {
  return findCheapestRange(
      range.unite({0.0, 0.0}), mode,
      [&](QuantParams params) { return divergence(params); });
}
