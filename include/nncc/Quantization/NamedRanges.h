//===- NamedRanges.h - A graph's ranges by name -----------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Between what calibration leaves in a float graph and a file of ranges. A
// tensor's name there is that of its node or argument; where several tensors
// have it, the second one in the order of the function is NAME~2, and so on.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_NAMEDRANGES_H
#define NNCC_QUANTIZATION_NAMEDRANGES_H

#include "nncc/Quantization/RangeFile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nncc {

/// All ranges and input means that the function's values have.
RangeFile collectRanges(mlir::func::FuncOp function);

/// Gives the function's values what the file says, in place of what they have.
/// "" or "line N: what is wrong": a name that no tensor has, or means of
/// another shape than the layer's.
std::string applyRanges(mlir::func::FuncOp function, const RangeFile &file);

/// The names of the values whose range quantization needs and that have none.
std::vector<std::string> findMissingRanges(mlir::func::FuncOp function);

/// True if some layer does not know the means of its input.
bool lacksInputMeans(mlir::func::FuncOp function);

} // namespace nncc

#endif // NNCC_QUANTIZATION_NAMEDRANGES_H
