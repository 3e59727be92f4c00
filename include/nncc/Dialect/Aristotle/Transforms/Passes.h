//===- Passes.h - Scheduling passes of the aristotle dialect ----*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_ARISTOTLE_TRANSFORMS_PASSES_H
#define NNCC_DIALECT_ARISTOTLE_TRANSFORMS_PASSES_H

#include "nncc/Dialect/Aristotle/IR/Aristotle.h"
#include "nncc/Scheduling/Schedule.h"

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace nncc::aristotle {
#define GEN_PASS_DECL
#include "nncc/Dialect/Aristotle/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "nncc/Dialect/Aristotle/Transforms/Passes.h.inc"

/// From virtual buffers to addresses and tokens, verified.
void buildSchedulePipeline(OpPassManager &pm,
                           const AristotleHoistLoadsOptions &hoist = {});

/// The instructions of a program, in order.
SmallVector<InstructionOpInterface> instructionsOf(ProgramOp program);

/// The same as the scheduling library sees them. All addresses must be
/// assigned.
std::vector<scheduling::Node>
nodesOf(ArrayRef<InstructionOpInterface> instructions,
        const ProgramContext &context);
} // namespace nncc::aristotle

#endif // NNCC_DIALECT_ARISTOTLE_TRANSFORMS_PASSES_H
