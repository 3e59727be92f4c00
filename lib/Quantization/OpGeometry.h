//===- OpGeometry.h - Sizes of nn ops ---------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_QUANTIZATION_OPGEOMETRY_H
#define NNCC_LIB_QUANTIZATION_OPGEOMETRY_H

#include "Geometry.h"

#include "nncc/Dialect/NN/IR/NNOps.h"

#include <cstring>
#include <vector>

namespace nncc {

Geometry getGeometry(nn::Conv2DOp op);
/// A 1x1 convolution of images of one pixel.
Geometry getGeometry(nn::LinearOp op);
Geometry getGeometry(nn::MaxPool2DOp op);
Geometry getGeometry(nn::AvgPool2DOp op);

/// For each element of a row-major tensor of shape `to` the element of a tensor
/// of shape `from` that NumPy's broadcast rule puts there.
std::vector<int64_t> broadcastIndices(const std::vector<int64_t> &from,
                                      const std::vector<int64_t> &to);

/// The parts of a row-major tensor that lie in another one without a gap:
/// copies `rows` runs of `count` elements, source and destination advancing by
/// their own pitch.
template <typename T>
void copyRuns(const T *source, int64_t sourcePitch, T *target,
              int64_t targetPitch, int64_t count, int64_t rows) {
  for (int64_t row = 0; row < rows; ++row)
    std::memcpy(target + row * targetPitch, source + row * sourcePitch,
                count * sizeof(T));
}

/// Copies `source` into the middle of `target`, an already filled tensor of the
/// shape that nn.pad gives for these pads.
template <typename T>
void copyIntoPadded(llvm::ArrayRef<int64_t> sourceShape,
                    llvm::ArrayRef<int64_t> targetShape,
                    llvm::ArrayRef<int64_t> pads, const T *source, T *target) {
  int64_t rank = sourceShape.size();
  if (rank == 0) {
    *target = *source;
    return;
  }
  int64_t rows = 1;
  for (int64_t axis = 0; axis + 1 < rank; ++axis)
    rows *= sourceShape[axis];
  llvm::SmallVector<int64_t> index(rank, 0);
  for (int64_t row = 0; row < rows; ++row) {
    int64_t offset = 0;
    for (int64_t axis = 0; axis < rank; ++axis)
      offset = offset * targetShape[axis] + index[axis] + pads[axis];
    std::memcpy(target + offset, source + row * sourceShape.back(),
                sourceShape.back() * sizeof(T));
    for (int64_t axis = rank - 2; axis >= 0; --axis) {
      if (++index[axis] < sourceShape[axis])
        break;
      index[axis] = 0;
    }
  }
}

/// The elements of an nn.slice.
template <typename T>
void copySlice(llvm::ArrayRef<int64_t> sourceShape,
               llvm::ArrayRef<int64_t> starts, llvm::ArrayRef<int64_t> sizes,
               llvm::ArrayRef<int64_t> steps, const T *source, T *target) {
  int64_t rank = sourceShape.size(), count = 1;
  for (int64_t size : sizes)
    count *= size;
  llvm::SmallVector<int64_t> index(rank, 0);
  for (int64_t i = 0; i < count; ++i) {
    int64_t offset = 0;
    for (int64_t axis = 0; axis < rank; ++axis)
      offset =
          offset * sourceShape[axis] + starts[axis] + index[axis] * steps[axis];
    target[i] = source[offset];
    for (int64_t axis = rank - 1; axis >= 0; --axis) {
      if (++index[axis] < sizes[axis])
        break;
      index[axis] = 0;
    }
  }
}

/// Puts input (i, j) of an nn.interleave in its places. `targetShape` is the
/// result's, [N, C, H, W].
template <typename T>
void copyPhase(llvm::ArrayRef<int64_t> targetShape, int64_t factorH,
               int64_t factorW, int64_t i, int64_t j, const T *source,
               T *target) {
  int64_t planes = targetShape[0] * targetShape[1];
  int64_t height = targetShape[2], width = targetShape[3];
  for (int64_t plane = 0; plane < planes; ++plane)
    for (int64_t y = i; y < height; y += factorH)
      for (int64_t x = j; x < width; x += factorW)
        target[(plane * height + y) * width + x] = *source++;
}

} // namespace nncc

#endif // NNCC_LIB_QUANTIZATION_OPGEOMETRY_H
