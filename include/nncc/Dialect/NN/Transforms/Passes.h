//===- Passes.h - Passes on float nn graphs ---------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_TRANSFORMS_PASSES_H
#define NNCC_DIALECT_NN_TRANSFORMS_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "nncc/Dialect/NN/IR/NNOps.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace nncc::nn {

#define GEN_PASS_DECL
#include "nncc/Dialect/NN/Transforms/Passes.h.inc"

/// Adds all float passes, in the order in which each finds the most to do. The
/// pass manager is one of modules. Afterwards the graph of a supported model
/// has convolutions, pools, adds, activations and data movement only.
void buildFloatPipeline(mlir::OpPassManager &pm);

/// Registers `nn-float-pipeline`.
void registerPipelines();

#define GEN_PASS_REGISTRATION
#include "nncc/Dialect/NN/Transforms/Passes.h.inc"

} // namespace nncc::nn

#endif // NNCC_DIALECT_NN_TRANSFORMS_PASSES_H
