//===- ScheduleSearch.h - Tile and schedule in several ways -----*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_DRIVER_SCHEDULESEARCH_H
#define NNCC_LIB_DRIVER_SCHEDULESEARCH_H

#include "nncc/Conversion/NNToAristotle/NNToAristotle.h"
#include "nncc/Driver/Compiler.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace nncc {

/// Runs passes on a module, with the options of the command line.
llvm::LogicalResult
runPasses(mlir::ModuleOp module,
          llvm::function_ref<void(mlir::OpPassManager &)> add);

/// Lowers all functions of a placed module to instructions on virtual buffers.
llvm::LogicalResult lowerFunctions(mlir::ModuleOp module,
                                   const CompilerOptions &options,
                                   LoweringOptions lowering);

} // namespace nncc

#endif // NNCC_LIB_DRIVER_SCHEDULESEARCH_H
