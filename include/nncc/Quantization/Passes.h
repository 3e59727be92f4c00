//===- Passes.h - Passes that quantize nn graphs ----------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_PASSES_H
#define NNCC_QUANTIZATION_PASSES_H

#include "nncc/Quantization/Calibration.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Pass/Pass.h"
#include "nncc/Dialect/NN/IR/NNOps.h"

namespace nncc {

#define GEN_PASS_DECL
#include "nncc/Quantization/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "nncc/Quantization/Passes.h.inc"

} // namespace nncc

#endif // NNCC_QUANTIZATION_PASSES_H
