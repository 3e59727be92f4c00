//===- RangeSearch.cpp - The range that costs least -----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "RangeSearch.h"

using namespace nncc;

Range nncc::findCheapestRange(Range full, ScaleMode mode,
                              const std::function<double(QuantParams)> &cost) {
  if (!(full.width() > 0.0))
    return full;
  Range best = full;
  double leastCost = cost(chooseParams(full, mode));
  auto tryRange = [&](Range candidate) {
    if (!(candidate.width() > 0.0))
      return;
    double candidateCost = cost(chooseParams(candidate, mode));
    if (candidateCost < leastCost) {
      leastCost = candidateCost;
      best = candidate;
    }
  };
  if (mode == ScaleMode::PowerOfTwo) {
    // Each step halves the scale. The range is what the parameters can express.
    QuantParams params = chooseParams(full, mode);
    for (int step = 0; step < 6; ++step, params.scale /= 2)
      tryRange({(-128 - params.zeroPoint) * params.scale,
                (127 - params.zeroPoint) * params.scale});
    return best;
  }
  constexpr int kSteps = 100;
  for (int i = 1; i < kSteps; ++i)
    tryRange({full.lo * i / kSteps, full.hi * i / kSteps});
  // One side at a time.
  for (int round = 0; round < 2; ++round) {
    for (int i = 1; i <= kSteps; ++i)
      tryRange({full.lo * i / kSteps, best.hi});
    for (int i = 1; i <= kSteps; ++i)
      tryRange({best.lo, full.hi * i / kSteps});
  }
  return best;
}
