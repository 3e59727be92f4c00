//===- EmitProgram.h - Emission of a scheduled program ----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_CONVERSION_EMITPROGRAM_EMITPROGRAM_H
#define NNCC_CONVERSION_EMITPROGRAM_EMITPROGRAM_H

#include "nncc/Program/Program.h"

#include "mlir/IR/BuiltinOps.h"

namespace nncc {

/// The container of the one scheduled `aristotle.program` in `module`. Errors
/// are reported on the op that cannot be emitted.
mlir::FailureOr<Program> emitProgram(mlir::ModuleOp module);

} // namespace nncc

#endif // NNCC_CONVERSION_EMITPROGRAM_EMITPROGRAM_H
