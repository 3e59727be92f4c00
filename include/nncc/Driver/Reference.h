//===- Reference.h - Running the quantized graph ----------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DRIVER_REFERENCE_H
#define NNCC_DRIVER_REFERENCE_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace nncc {

/// Evaluates the quantized function of `module` on inputs given as "NAME=FILE"
/// or "FILE", and writes each layer's bytes and each result to
/// `folder`/<name>.npy. A file may hold several inputs along its first axis;
/// results are then stacked.
mlir::LogicalResult runReference(mlir::ModuleOp module,
                                 llvm::ArrayRef<std::string> inputs,
                                 llvm::StringRef folder);

} // namespace nncc

#endif // NNCC_DRIVER_REFERENCE_H
