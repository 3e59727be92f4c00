//===- FloatKernels.h - Plain loops on float tensors ------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// Row-major tensors. An axis is given by the number of elements before it
// (`outer`), its extent, and the number of elements after it (`inner`).
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_QUANTIZATION_FLOATKERNELS_H
#define NNCC_LIB_QUANTIZATION_FLOATKERNELS_H

#include "Geometry.h"

#include <vector>

namespace nncc {

struct Axis {
  int64_t outer = 1, extent = 1, inner = 1;
};

/// The axis number `axis` of a tensor.
Axis getAxis(const std::vector<int64_t> &shape, int64_t axis);

/// Maximum over the positions inside the image.
void maxPool(const Geometry &geometry, const float *in, float *out);

/// Sum over the positions inside the image, divided by their number, or with
/// `includePad` by the number of positions inside the padded image.
void averagePool(const Geometry &geometry, bool includePad, const float *in,
                 float *out);

/// Adds to sums[c][ky][kx] every input that the window position (ky, kx) of a
/// convolution reads in channel c, over all outputs; padding is zero.
void addWindowSums(const Geometry &geometry, const float *in, double *sums);

/// exp(x - max) / sum, computed in double precision, the sum in index order.
void softmax(const Axis &axis, const float *in, float *out);

/// Index of the first maximum along the axis, or of the last one. A NaN never
/// wins, except that an axis of nothing else gives 0.
void argmax(const Axis &axis, bool last, const float *in, int64_t *out);

} // namespace nncc

#endif // NNCC_LIB_QUANTIZATION_FLOATKERNELS_H
