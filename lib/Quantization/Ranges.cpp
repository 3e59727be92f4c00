//===- Ranges.cpp - From ranges of values to scales -----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Ranges.h"

#include "RangeSearch.h"

#include <algorithm>
#include <cmath>

using namespace nncc;

//===----------------------------------------------------------------------===//
// Ranges and parameters
//===----------------------------------------------------------------------===//

Range Range::unite(Range other) const {
  return {std::min(lo, other.lo), std::max(hi, other.hi)};
}

Range Range::clampTo(Range other) const {
  return {std::min(std::max(lo, other.lo), other.hi),
          std::min(std::max(hi, other.lo), other.hi)};
}

double nncc::powerOfTwoAtLeast(double x) {
  int exponent;
  double fraction = std::frexp(x, &exponent); // x = fraction * 2^exponent
  return std::ldexp(1.0, fraction == 0.5 ? exponent - 1 : exponent);
}

QuantParams nncc::chooseParams(Range range, ScaleMode mode) {
  double lo = std::min(range.lo, 0.0), hi = std::max(range.hi, 0.0);
  QuantParams params;
  if (mode == ScaleMode::PowerOfTwo) {
    params.zeroPoint = lo < 0.0 ? 0 : -128;
    params.scale = powerOfTwoAtLeast(
        lo < 0.0 ? std::max(hi / 127.0, -lo / 128.0) : hi / 255.0);
    return params;
  }
  params.scale = (hi - lo) / 255.0;
  double zeroPoint = std::round(-128.0 - lo / params.scale);
  params.zeroPoint =
      static_cast<int>(std::min(std::max(zeroPoint, -128.0), 127.0));
  return params;
}

/// The least number of 12 significant bits that is at least `x`.
static double roundUp(double x) {
  int exponent;
  double fraction = std::frexp(x, &exponent);
  return std::ldexp(std::ceil(std::ldexp(fraction, 12)), exponent - 12);
}

Range nncc::roundOutwards(Range range) {
  return {-roundUp(-range.lo), roundUp(range.hi)};
}

//===----------------------------------------------------------------------===//
// Histogram
//===----------------------------------------------------------------------===//

Histogram::Histogram(Range range, int numBins)
    : range(range), bins(numBins, 0) {
  if (range.width() > 0.0)
    perUnit = numBins / range.width();
}

void Histogram::add(const float *values, int64_t count) {
  total += count;
  for (int64_t i = 0; i < count; ++i) {
    if (values[i] == 0.0f) {
      ++zeros;
      continue;
    }
    ++bins[binOf(values[i])];
  }
}

int Histogram::binOf(double value) const {
  auto last = static_cast<double>(bins.size() - 1);
  return static_cast<int>(
      std::min(std::max((value - range.lo) * perUnit, 0.0), last));
}

double Histogram::binCentre(int bin) const {
  return perUnit > 0.0 ? range.lo + (bin + 0.5) / perUnit : range.lo;
}

Range Histogram::percentileRange(double percentile) const {
  // Walk from either end until the tail holds its share.
  auto allowed = static_cast<int64_t>(
      std::floor(static_cast<double>(total) * (1.0 - percentile / 100.0)));
  int zeroBin = binOf(0.0);
  auto countOf = [&](int bin) {
    return bins[bin] + (bin == zeroBin ? zeros : 0);
  };
  int first = 0, last = static_cast<int>(bins.size()) - 1;
  for (int64_t tail = countOf(first); tail <= allowed && first < last;)
    tail += countOf(++first);
  for (int64_t tail = countOf(last); tail <= allowed && last > first;)
    tail += countOf(--last);
  Range result = range;
  if (perUnit > 0.0) {
    result.lo = first == 0 ? range.lo : range.lo + first / perUnit;
    result.hi = last + 1 == static_cast<int>(bins.size())
                    ? range.hi
                    : range.lo + (last + 1) / perUnit;
  }
  return result.unite({0.0, 0.0});
}

double Histogram::meanSquareError(QuantParams params) const {
  double least = (-128 - params.zeroPoint) * params.scale;
  double greatest = (127 - params.zeroPoint) * params.scale;
  double sum = 0.0;
  for (int bin = 0; bin < static_cast<int>(bins.size()); ++bin) {
    if (bins[bin] == 0)
      continue;
    double x = binCentre(bin);
    double nearest = std::round(x / params.scale) * params.scale;
    double error = x - std::min(std::max(nearest, least), greatest);
    sum += error * error * static_cast<double>(bins[bin]);
  }
  return total ? sum / static_cast<double>(total) : 0.0;
}

Range Histogram::leastErrorRange(ScaleMode mode) const {
  return findCheapestRange(
      range.unite({0.0, 0.0}), mode,
      [&](QuantParams params) { return meanSquareError(params); });
}
