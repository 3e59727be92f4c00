//===- NNToAristotle.h - Tiling of a quantized network ----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_CONVERSION_NNTOARISTOTLE_NNTOARISTOTLE_H
#define NNCC_CONVERSION_NNTOARISTOTLE_NNTOARISTOTLE_H

#include "nncc/Target/ArchConfig.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nncc {

/// What a user or the driver may change about the lowering.
struct LoweringOptions {
  /// Every layer's result also becomes an output of the program, as bytes.
  bool keepIntermediates = false;
  /// Share of the feature memory, in percent, that the lowering plans with. The
  /// driver lowers it when buffers of the planned sizes do not fit together.
  int64_t featureBudget = 100;
  /// Tensors stay in the feature memory unless a layer could not do well
  /// beside them; or else as the estimates of all layers together say.
  bool preferResidency = false;
};

/// Marks each op of a quantized function with the engine that runs it and the
/// reason (`nncc.engine`, `nncc.reason`), and inserts a convolution by the
/// identity where the layouts of two concatenations meet. Ops that no engine
/// can run are errors, all of them reported.
mlir::LogicalResult placeFunction(mlir::func::FuncOp function,
                                  const ArchConfig &arch);

/// Turns a placed function into an `aristotle.program` behind it, on virtual
/// buffers and in an order that respects every dependence; erases the function.
mlir::LogicalResult lowerFunction(mlir::func::FuncOp function,
                                  const ArchConfig &arch,
                                  const LoweringOptions &options);

} // namespace nncc

#endif // NNCC_CONVERSION_NNTOARISTOTLE_NNTOARISTOTLE_H
