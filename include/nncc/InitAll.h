//===- InitAll.h - Registration of all dialects and passes ------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_INITALL_H
#define NNCC_INITALL_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace nncc {

/// Registers the compiler's dialects and those of MLIR that it uses.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Registers the compiler's passes and pipelines and the general ones of MLIR.
void registerAllPasses();

} // namespace nncc

#endif // NNCC_INITALL_H
