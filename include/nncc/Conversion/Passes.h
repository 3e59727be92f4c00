//===- Passes.h - Conversion passes -----------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_CONVERSION_PASSES_H
#define NNCC_CONVERSION_PASSES_H

#include "nncc/Conversion/NNToAristotle/NNToAristotle.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace nncc {
#define GEN_PASS_DECL
#include "nncc/Conversion/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "nncc/Conversion/Passes.h.inc"
} // namespace nncc

#endif // NNCC_CONVERSION_PASSES_H
