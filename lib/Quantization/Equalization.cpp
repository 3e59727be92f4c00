//===- Equalization.cpp - Channels of like magnitude ----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Equalization.h"

#include <algorithm>
#include <cmath>

using namespace nncc;

/// Channels with less than this share of the greatest one's weights are of no
/// use, mostly dead since training: scaling them up would put a bias that
/// nobody hears into the range of all.
static constexpr double kLeastShare = 1.0 / 1024;
/// For the same reason.
static constexpr double kGreatestScale = 64.0;

static double greatestOf(const std::vector<double> &values) {
  return values.empty() ? 0.0 : *std::max_element(values.begin(), values.end());
}

std::vector<double> nncc::equalizingScales(const std::vector<double> &first,
                                           const std::vector<double> &second) {
  std::vector<double> scales(first.size(), 1.0);
  double leastFirst = kLeastShare * greatestOf(first);
  double leastSecond = kLeastShare * greatestOf(second);
  for (size_t i = 0; i < scales.size(); ++i)
    if (first[i] > leastFirst && second[i] > leastSecond)
      scales[i] = std::sqrt(first[i]) / std::sqrt(second[i]);
  return scales;
}

int Equalization::addLayer(const float *weights, int64_t outputs,
                           int64_t inputsPerGroup, int64_t kernelSize,
                           int64_t groups) {
  Layer layer;
  layer.inputsPerGroup = inputsPerGroup;
  layer.outputsPerGroup = outputs / groups;
  layer.divisors.assign(outputs, 1.0);
  layer.factors.assign(inputsPerGroup * groups, 1.0);
  layer.magnitudes.assign(outputs * inputsPerGroup, 0.0);
  for (double &magnitude : layer.magnitudes)
    for (int64_t k = 0; k < kernelSize; ++k)
      magnitude = std::max(magnitude, std::fabs(double{*weights++}));
  layers.push_back(std::move(layer));
  return static_cast<int>(layers.size()) - 1;
}

int Equalization::addPair(int first, int second) {
  pairs.push_back({first, second});
  return static_cast<int>(pairs.size()) - 1;
}

std::vector<double> Equalization::Layer::outputMagnitudes() const {
  std::vector<double> greatest(divisors.size(), 0.0);
  const double *magnitude = magnitudes.data();
  for (size_t output = 0; output < greatest.size(); ++output) {
    for (int64_t i = 0; i < inputsPerGroup; ++i)
      greatest[output] = std::max(greatest[output],
                                  *magnitude++ * factors[inputOf(output, i)]);
    greatest[output] /= divisors[output];
  }
  return greatest;
}

std::vector<double> Equalization::Layer::inputMagnitudes() const {
  std::vector<double> greatest(factors.size(), 0.0);
  const double *magnitude = magnitudes.data();
  for (size_t output = 0; output < divisors.size(); ++output)
    for (int64_t i = 0; i < inputsPerGroup; ++i) {
      double &input = greatest[inputOf(output, i)];
      input = std::max(input, *magnitude++ / divisors[output]);
    }
  for (size_t input = 0; input < greatest.size(); ++input)
    greatest[input] *= factors[input];
  return greatest;
}

int Equalization::run() {
  constexpr int kMostRounds = 100;
  constexpr double kTolerance = 1e-3;
  for (int round = 1; round <= kMostRounds; ++round) {
    double change = 0.0;
    for (const Pair &pair : pairs) {
      Layer &first = layers[pair.first], &second = layers[pair.second];
      std::vector<double> scales =
          equalizingScales(first.outputMagnitudes(), second.inputMagnitudes());
      for (size_t i = 0; i < scales.size(); ++i) {
        double whole = std::min(
            std::max(first.divisors[i] * scales[i], 1.0 / kGreatestScale),
            kGreatestScale);
        change =
            std::max(change, std::fabs(std::log(whole / first.divisors[i])));
        first.divisors[i] = second.factors[i] = whole;
      }
    }
    if (change <= kTolerance)
      return round;
  }
  return kMostRounds;
}
