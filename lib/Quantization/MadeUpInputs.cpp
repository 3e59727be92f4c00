//===- MadeUpInputs.cpp - Inputs for networks without samples -------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/MadeUpInputs.h"

#include <algorithm>
#include <cmath>

using namespace nncc;

namespace {

/// splitmix64 (Steele, Lea, Flood 2014).
class Random {
public:
  explicit Random(uint64_t seed) : state(seed) {}

  /// Uniform in [lo, hi).
  double uniform(double lo, double hi) {
    state += 0x9e3779b97f4a7c15;
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z ^= z >> 31;
    return lo + (hi - lo) * static_cast<double>(z >> 11) * 0x1p-53;
  }
  /// About normal: mean 0, variance 1.
  double normal() {
    double sum = 0.0;
    for (int i = 0; i < 4; ++i)
      sum += uniform(-1.0, 1.0);
    return sum * std::sqrt(0.75);
  }

private:
  uint64_t state;
};

using Plane = std::vector<double>;

/// Adds noise that is linear between points `cell` pixels apart.
void addOctave(Plane &plane, int64_t height, int64_t width, int64_t cell,
               Random &random) {
  int64_t columns = width / cell + 2, rows = height / cell + 2;
  Plane points(rows * columns);
  for (double &point : points)
    point = random.normal();
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x) {
      const double *p = &points[y / cell * columns + x / cell];
      double fx = static_cast<double>(x % cell) / static_cast<double>(cell);
      double fy = static_cast<double>(y % cell) / static_cast<double>(cell);
      plane[y * width + x] +=
          (1 - fy) * ((1 - fx) * p[0] + fx * p[1]) +
          fy * ((1 - fx) * p[columns] + fx * p[columns + 1]);
    }
}

Plane makePlane(int64_t height, int64_t width, Random &random) {
  Plane plane(height * width, 0.0);
  int64_t cell = 1;
  while (cell * 4 <= std::max(height, width))
    cell *= 2;
  for (; cell >= 1; cell /= 2)
    addOctave(plane, height, width, cell, random);
  return plane;
}

/// Mean 0 and variance 1, if there is any variance.
void normalize(Plane &values) {
  double mean = 0.0, square = 0.0;
  for (double value : values)
    mean += value;
  mean /= static_cast<double>(values.size());
  for (double value : values)
    square += (value - mean) * (value - mean);
  double deviation = std::sqrt(square / static_cast<double>(values.size()));
  for (double &value : values)
    value = deviation > 0.0 ? (value - mean) / deviation : 0.0;
}

} // namespace

std::vector<float> nncc::makeUpInput(const std::vector<int64_t> &shape,
                                     Range range, uint64_t seed) {
  Random random(seed);
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  Plane values;
  if (shape.size() == 4) {
    int64_t height = shape[2], width = shape[3];
    constexpr double kOwn = 0.3; // Of a channel, beside what all share.
    Plane common = makePlane(height, width, random);
    normalize(common);
    for (int64_t plane = 0; plane < shape[0] * shape[1]; ++plane) {
      Plane own = makePlane(height, width, random);
      normalize(own);
      for (size_t i = 0; i < own.size(); ++i)
        own[i] = common[i] + kOwn * own[i];
      normalize(own);
      values.insert(values.end(), own.begin(), own.end());
    }
  } else {
    for (int64_t i = 0; i < count; ++i)
      values.push_back(random.normal());
  }

  double contrast = random.uniform(0.5, 1.0);
  double brightness = 0.5 * random.normal();
  std::vector<float> result;
  result.reserve(values.size());
  for (double value : values) {
    double place = 0.5 + (contrast * value + brightness) / 4.0;
    result.push_back(static_cast<float>(
        range.lo + range.width() * std::min(std::max(place, 0.0), 1.0)));
  }
  return result;
}
