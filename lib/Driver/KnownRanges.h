//===- KnownRanges.h - Ranges from a file and to a file ---------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_DRIVER_KNOWNRANGES_H
#define NNCC_LIB_DRIVER_KNOWNRANGES_H

#include "nncc/Driver/Compiler.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nncc {

/// Gives the function the ranges of the file `options.ranges`; `calibrate`
/// measures those of all values. It is called only if there are sample inputs
/// and the file lacks something. Without sample inputs a missing range is an
/// error that names the tensors.
mlir::LogicalResult
useKnownRanges(mlir::func::FuncOp function, const CompilerOptions &options,
               llvm::function_ref<mlir::LogicalResult()> calibrate);

/// Writes the function's ranges to `options.writeRanges`.
mlir::LogicalResult writeKnownRanges(mlir::func::FuncOp function,
                                     const CompilerOptions &options);

} // namespace nncc

#endif // NNCC_LIB_DRIVER_KNOWNRANGES_H
