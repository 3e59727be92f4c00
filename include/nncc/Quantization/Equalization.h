//===- Equalization.h - Channels of like magnitude --------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// Free of LLVM.
//
//===----------------------------------------------------------------------===//
//
// Cross-layer range equalization: M. Nagel et al., Data-Free Quantization
// Through Weight Equalization and Bias Correction, ICCV 2019, section 4.1.
// Between two layers with nothing but positively homogeneous functions,
// f(s x) = s f(x), a channel can be divided by any s > 0 in the weights that
// make it and multiplied by s in those that read it.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_EQUALIZATION_H
#define NNCC_QUANTIZATION_EQUALIZATION_H

#include <cstdint>
#include <vector>

namespace nncc {

/// For each channel the s by which the first layer's weights are divided and
/// the second's are multiplied so that their magnitudes become equal:
///
///   s[i] = sqrt(first[i] / second[i])
///
/// 1 for a channel whose weights on either side are less than 1/1024 of the
/// greatest one's: most such channels died in training.
std::vector<double> equalizingScales(const std::vector<double> &first,
                                     const std::vector<double> &second);

/// Chooses the scales of all pairs of layers in a network. A layer in the
/// middle of a chain is part of two pairs, so the pairs are gone through again
/// and again until the scales stay.
class Equalization {
public:
  /// Adds a layer of weights [outputs, inputs / groups, kernelSize], and
  /// returns its number. The weights are read once.
  int addLayer(const float *weights, int64_t outputs, int64_t inputsPerGroup,
               int64_t kernelSize, int64_t groups);

  /// The outputs of one layer are the inputs of another; returns the number of
  /// the pair. A layer is the first and the second of one pair at most.
  int addPair(int first, int second);

  /// Equalizes, and returns how often it went through all pairs. It stops when
  /// no scale changes by more than a thousandth, or after 100 times. All scales
  /// stay within [1/64, 64].
  int run();

  /// What each output channel of a layer is divided by, and each input channel
  /// multiplied with. Ones for a layer without a pair on that side.
  const std::vector<double> &getOutputDivisors(int layer) const {
    return layers[layer].divisors;
  }
  const std::vector<double> &getInputFactors(int layer) const {
    return layers[layer].factors;
  }

private:
  struct Layer {
    int64_t inputsPerGroup = 0, outputsPerGroup = 0;
    /// [outputs, inputs / groups]: the greatest weight in a kernel.
    std::vector<double> magnitudes;
    std::vector<double> divisors, factors;

    /// The input channel of a place in `magnitudes`.
    int64_t inputOf(int64_t output, int64_t i) const {
      return output / outputsPerGroup * inputsPerGroup + i;
    }
    /// The greatest weight of each output or input channel, as scaled so far.
    std::vector<double> outputMagnitudes() const;
    std::vector<double> inputMagnitudes() const;
  };
  struct Pair {
    int first, second;
  };

  std::vector<Layer> layers;
  std::vector<Pair> pairs;
};

} // namespace nncc

#endif // NNCC_QUANTIZATION_EQUALIZATION_H
