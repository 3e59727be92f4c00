//===- ReferenceKernels.h - Plain loops on quantized tensors ----*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// Written from docs/numerics.md. Row-major tensors of int8.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_QUANTIZATION_REFERENCEKERNELS_H
#define NNCC_LIB_QUANTIZATION_REFERENCEKERNELS_H

#include "Geometry.h"

namespace nncc {

/// Sums of a convolution modulo 2^32:
/// bias[o] + sum of (input - zeroPoint) * weight over the positions inside the
/// image. `bias` may be null. `acc` is [N][OH][OW][O], channels last.
void accumulateConv(const Geometry &geometry, const int8_t *input,
                    int zeroPoint, const int8_t *weight, const int32_t *bias,
                    int32_t *acc);

/// Sums of (input - zeroPoint) over the positions inside the image, NCHW.
void accumulatePool(const Geometry &geometry, const int8_t *input,
                    int zeroPoint, int32_t *acc);

/// Maximum over the positions inside the image, NCHW; -128 where there are
/// none.
void maxPool(const Geometry &geometry, const int8_t *input, int8_t *output);

} // namespace nncc

#endif // NNCC_LIB_QUANTIZATION_REFERENCEKERNELS_H
