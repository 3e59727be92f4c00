//===- Geometry.h - Sizes of a windowed operation ---------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_QUANTIZATION_GEOMETRY_H
#define NNCC_LIB_QUANTIZATION_GEOMETRY_H

#include <cstdint>

namespace nncc {

/// Sizes of a convolution or pooling over NCHW images. Position (y, x) of the
/// window of output (oy, ox) is input row oy*strideH + y*dilationH - padTop and
/// column ox*strideW + x*dilationW - padLeft.
struct Geometry {
  int64_t batch = 1;
  int64_t inC = 1, inH = 1, inW = 1;
  int64_t outC = 1, outH = 1, outW = 1;
  int64_t kernelH = 1, kernelW = 1;
  int64_t strideH = 1, strideW = 1;
  int64_t dilationH = 1, dilationW = 1;
  int64_t padTop = 0, padLeft = 0, padBottom = 0, padRight = 0;
  int64_t groups = 1;
  bool hasBias = false;
};

} // namespace nncc

#endif // NNCC_LIB_QUANTIZATION_GEOMETRY_H
