//===- View.h - Run-time tensors that are parts of others -------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_IMPORT_ONNX_VIEW_H
#define NNCC_LIB_IMPORT_ONNX_VIEW_H

#include "nncc/Dialect/NN/IR/Shapes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace nncc::onnx_import {

/// A tensor whose element [i, j, ...] is element
/// `offset + i*strides[0] + j*strides[1] + ...` of a value, counted in
/// row-major order. Operators that only move elements work on these numbers:
/// what a chain of them amounts to is seen where an operator wants the elements
/// themselves. So a channel shuffle of Reshape, Transpose and Gather is a
/// slice, and two transpositions that cancel are nothing.
struct View {
  mlir::Value base;
  nn::Shape shape;
  llvm::SmallVector<int64_t, 4> strides;
  int64_t offset = 0;

  /// All of a value, as it is.
  static View of(mlir::Value value);

  /// True if the elements are all of the base's in their order.
  bool isWhole() const;

  /// True if each element of the base is there once, in whatever order.
  bool isPermutation() const;
  /// For each axis, the base's axis that it is; none if it is none of them.
  std::optional<llvm::SmallVector<int64_t, 4>> getAxes() const;

  View transposed(llvm::ArrayRef<int64_t> order) const;
  /// In steps of `step` (which may be negative) from `start`.
  View sliced(int64_t axis, int64_t start, int64_t size, int64_t step) const;
  View withoutAxis(int64_t axis) const;
  /// The same elements in another shape; none if no strides give them.
  std::optional<View> reshaped(llvm::ArrayRef<int64_t> shape) const;

  /// The elements as a value: by a reshape, a slice, or a 1x1 convolution that
  /// brings channels into another order. Null if the order is none that the nn
  /// dialect has.
  mlir::Value materialize(mlir::OpBuilder &builder, mlir::Location loc) const;
};

} // namespace nncc::onnx_import

#endif // NNCC_LIB_IMPORT_ONNX_VIEW_H
