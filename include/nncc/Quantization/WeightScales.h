//===- WeightScales.h - Scales of weights -----------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// Free of LLVM.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_WEIGHTSCALES_H
#define NNCC_QUANTIZATION_WEIGHTSCALES_H

#include "nncc/Quantization/Ranges.h"

#include <optional>

namespace nncc {

/// The weights that one output channel reads, and what surrounds them.
struct WeightChannel {
  const float *weights = nullptr;
  int64_t count = 0;
  double bias = 0.0;
  double inputScale = 1.0;
  double outputScale = 1.0;
};

/// The scale of one output channel's weights.
struct WeightScale {
  double scale = 1.0;
  /// True if the weights alone would have given a smaller scale.
  bool widened = false;
};

/// The largest magnitude of a bias in units of its accumulator: half of what
/// survives the saturation to 25 bits.
constexpr double kMaxBias = 8388608.0; // 2^23

/// The finest scale of which all weights are multiples, the one of magnitude
/// `greatest` at most the 127-fold: weights that have been quantized already
/// lose nothing then. Nothing if there is none.
std::optional<double> findWeightGrid(const WeightChannel &channel,
                                     double greatest);

/// Chooses the scale so that the greatest weight becomes 127, or so that
/// weights that have been quantized already are exact, but not below what keeps
/// the bias within kMaxBias and the saturation of the sum beyond the range of
/// the result. A channel of zeros gets the least scale that does. With powers
/// of two the exponent has the least square error over the weights.
WeightScale chooseWeightScale(const WeightChannel &channel, ScaleMode mode);

/// The weight as an integer in [-127, 127], halves rounded away from zero.
int8_t quantizeWeight(float weight, double scale);

} // namespace nncc

#endif // NNCC_QUANTIZATION_WEIGHTSCALES_H
