//===- Names.h - Names of tensors -------------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_NAMES_H
#define NNCC_QUANTIZATION_NAMES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Value.h"

#include <string>

namespace nncc {

/// What messages and reports call a tensor: the node in its location, or the
/// `nn.name` of an argument. Without one it is the op's name, or the argument's
/// number ("arg0").
std::string getTensorName(mlir::Value value);

/// The name under which the quantized bytes of a layer's result are an output
/// beside those of the network: its tensor name, or that and ".bytes" where a
/// result of `function` (its `nn.name`) has taken it.
std::string getBytesName(mlir::func::FuncOp function, mlir::Value value);

} // namespace nncc

#endif // NNCC_QUANTIZATION_NAMES_H
