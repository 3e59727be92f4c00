//===- Window.h - Input positions that windows reach ------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Which rows and columns of its input image a conv, depthwise or max_pool
// reads: shared by the verifier, which needs the last of them, and the
// footprint.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_ISA_WINDOW_H
#define NNCC_LIB_ISA_WINDOW_H

#include "nncc/ISA/ISA.h"

namespace nncc::isa {

/// Closed range of positions, empty where last < first.
struct Span {
  int64_t first = 0;
  int64_t last = -1;

  bool empty() const { return last < first; }
  /// The smallest range with both.
  void unite(Span other);
};

/// Positions origin + i*stride, 0 <= i < count, within [0, size): the first and
/// the last of them.
Span reached(int64_t origin, int64_t stride, int64_t count, int64_t size);

/// The part of an image that is read: rows and columns, in every group.
struct Patch {
  Span rows;
  Span columns;

  bool empty() const { return rows.empty() || columns.empty(); }
  void unite(const Patch &other) {
    rows.unite(other.rows);
    columns.unite(other.columns);
  }
};

/// What one tap (or one position of a window) at (dy, dx) reads; `Op` is any of
/// the instructions with a window.
template <typename Op> Patch reachedBy(const Op &op, int64_t dy, int64_t dx) {
  return {reached(op.originY + dy, op.strideY, op.height, op.srcHeight),
          reached(op.originX + dx, op.strideX, op.width, op.srcWidth)};
}

/// What a depthwise or max_pool reads in each group.
template <typename Op> Patch reachedByWindow(const Op &op) {
  Patch patch;
  for (int64_t k = 0; k < op.kernelH; ++k)
    patch.rows.unite(reachedBy(op, k * op.dilationY, 0).rows);
  for (int64_t k = 0; k < op.kernelW; ++k)
    patch.columns.unite(reachedBy(op, 0, k * op.dilationX).columns);
  return patch;
}

} // namespace nncc::isa

#endif // NNCC_LIB_ISA_WINDOW_H
