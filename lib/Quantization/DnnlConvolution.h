//===- DnnlConvolution.h - Float convolution by oneDNN ----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_QUANTIZATION_DNNLCONVOLUTION_H
#define NNCC_LIB_QUANTIZATION_DNNLCONVOLUTION_H

#include "Geometry.h"

#include <memory>
#include <string>

namespace nncc {

/// A float convolution of fixed sizes. oneDNN's primitive, its scratch memory
/// and the reordered weights are made once and serve any number of runs.
class DnnlConvolution {
public:
  DnnlConvolution();
  ~DnnlConvolution();
  DnnlConvolution(const DnnlConvolution &) = delete;
  DnnlConvolution &operator=(const DnnlConvolution &) = delete;

  /// Prepares the primitive. Returns "" or what oneDNN refused.
  std::string initialize(const Geometry &geometry);

  /// Takes a copy of the weights, [O][C/groups][KH][KW].
  std::string setWeights(const float *weights);

  /// output = convolution of input, NCHW, plus bias. `bias` holds one value per
  /// output channel, and is read only if the geometry has a bias.
  std::string run(const float *input, const float *bias, float *output);

private:
  struct State;
  std::unique_ptr<State> state;
};

} // namespace nncc

#endif // NNCC_LIB_QUANTIZATION_DNNLCONVOLUTION_H
