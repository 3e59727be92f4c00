//===- Grids.h - Scales that a model brings along ---------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Where a float graph holds nn.fake_quantize, values are rounded to a grid of
// the model's choice. Quantization takes the grid for the type of the value,
// and the op away.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_QUANTIZATION_GRIDS_H
#define NNCC_LIB_QUANTIZATION_GRIDS_H

#include "nncc/Quantization/Ranges.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"

namespace nncc {

/// Ops whose result repeats elements of the inputs: all of one type.
bool sharesType(mlir::Operation *op);

/// Scale and zero point of values.
using Grids = llvm::MapVector<mlir::Value, QuantParams>;

/// Removes all nn.fake_quantize and returns the grids of the values that they
/// rounded. Where a value would need two grids, or ops that share a type join
/// values of different ones, an identity activation stands between them
/// afterwards.
Grids absorbGrids(mlir::func::FuncOp function);

} // namespace nncc

#endif // NNCC_LIB_QUANTIZATION_GRIDS_H
