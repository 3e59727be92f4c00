//===- WeightScales.cpp - Scales of weights -------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/WeightScales.h"

#include "nncc/Quantization/Requantize.h"

#include <algorithm>
#include <cmath>

using namespace nncc;

int8_t nncc::quantizeWeight(float weight, double scale) {
  return quantize(weight, scale, /*zeroPoint=*/0, -127, 127);
}

static double squareError(const WeightChannel &channel, double scale) {
  double sum = 0.0;
  for (int64_t i = 0; i < channel.count; ++i) {
    double error =
        channel.weights[i] - quantizeWeight(channel.weights[i], scale) * scale;
    sum += error * error;
  }
  return sum;
}

/// Whether all weights are multiples of `scale` but for rounding to f32, which
/// a product of an integer and a scale has gone through.
static bool isGrid(const WeightChannel &channel, double scale) {
  for (int64_t i = 0; i < channel.count; ++i) {
    double steps = channel.weights[i] / scale;
    if (std::fabs(steps - std::nearbyint(steps)) >
        std::ldexp(std::fabs(steps), -22))
      return false;
  }
  return true;
}

std::optional<double> nncc::findWeightGrid(const WeightChannel &channel,
                                           double greatest) {
  for (int steps = 127; steps > 1; --steps)
    if (isGrid(channel, greatest / steps))
      return greatest / steps;
  return std::nullopt;
}

WeightScale nncc::chooseWeightScale(const WeightChannel &channel,
                                    ScaleMode mode) {
  double greatest = 0.0;
  for (int64_t i = 0; i < channel.count; ++i)
    greatest = std::max(greatest, std::fabs(double{channel.weights[i]}));

  // A sum saturated at 2^24 must still mean 256 steps of the result or more.
  double least = std::ldexp(channel.outputScale / channel.inputScale, -16);
  least = std::max(least,
                   std::fabs(channel.bias) / (channel.inputScale * kMaxBias));
  if (mode == ScaleMode::PowerOfTwo)
    least = powerOfTwoAtLeast(least);

  double scale = greatest / 127.0;
  if (mode == ScaleMode::Float && greatest > 0.0)
    if (std::optional<double> grid = findWeightGrid(channel, greatest))
      scale = *grid;
  if (mode == ScaleMode::PowerOfTwo && greatest > 0.0) {
    scale = powerOfTwoAtLeast(scale);
    // Half the step may be worth more than the few weights that saturate.
    if (squareError(channel, scale / 2) < squareError(channel, scale))
      scale /= 2;
  }
  // What the quantized type can hold: normal f32 numbers.
  double chosen = std::max({scale, least, std::ldexp(1.0, -126)});
  return {std::min(chosen, std::ldexp(1.0, 127)), scale < least};
}
