//===- ScaleLayer.h - Per-channel affine functions after a layer *- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_DIALECT_NN_TRANSFORMS_SCALELAYER_H
#define NNCC_LIB_DIALECT_NN_TRANSFORMS_SCALELAYER_H

#include "nncc/Dialect/NN/IR/NNOps.h"

#include "mlir/IR/PatternMatch.h"

#include <vector>

namespace nncc::nn {

/// `factor[c] * x + offset[c]` on each channel c (axis 1).
struct ChannelAffine {
  std::vector<double> factor;
  std::vector<double> offset;
};

/// True if `layer` is a convolution or linear layer with constant weight and
/// bias, one reader, and nothing fused behind the bias.
bool canApplyToLayer(mlir::Operation *layer);

/// Replaces such a layer by one that also applies `affine`; returns its result.
/// `loc` is that of the op which the affine function came from.
mlir::Value applyToLayer(mlir::PatternRewriter &rewriter,
                         mlir::Operation *layer, const ChannelAffine &affine,
                         mlir::Location loc);

/// Applies `affine` to axis 1 of a float tensor of rank two or more by a
/// depthwise 1x1 convolution, on `[N, C, rest, 1]` if the rank is not four.
mlir::Value makeDepthwise(mlir::PatternRewriter &rewriter, mlir::Value input,
                          const ChannelAffine &affine, ClampRange range,
                          mlir::Location loc);

} // namespace nncc::nn

#endif // NNCC_LIB_DIALECT_NN_TRANSFORMS_SCALELAYER_H
