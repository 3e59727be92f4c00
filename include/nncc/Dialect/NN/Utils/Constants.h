//===- Constants.h - Reading and making nn.constant -------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_UTILS_CONSTANTS_H
#define NNCC_DIALECT_NN_UTILS_CONSTANTS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Value.h"

#include <optional>
#include <vector>

namespace nncc::nn {

/// The elements of a constant f32 tensor in row-major order, a splat spread
/// out; none if `value` is not one.
std::optional<std::vector<float>> getFloatConstant(mlir::Value value);

/// A tensor of f32 values. `values` holds one element for each of `shape`.
mlir::DenseElementsAttr makeFloatElements(mlir::MLIRContext *context,
                                          llvm::ArrayRef<int64_t> shape,
                                          llvm::ArrayRef<float> values);

/// An `nn.constant` of `makeFloatElements`.
mlir::Value makeFloatConstant(mlir::OpBuilder &builder, mlir::Location loc,
                              llvm::ArrayRef<int64_t> shape,
                              llvm::ArrayRef<float> values);

} // namespace nncc::nn

#endif // NNCC_DIALECT_NN_UTILS_CONSTANTS_H
