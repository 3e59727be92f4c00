//===- NNOps.h - The nn dialect ---------------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// Declares the `nn` dialect, its attributes and its operations.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_IR_NNOPS_H
#define NNCC_DIALECT_NN_IR_NNOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "nncc/Dialect/NN/IR/ClampRange.h"

#include "nncc/Dialect/NN/IR/NNDialect.h.inc"

#include "nncc/Dialect/NN/IR/NNEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "nncc/Dialect/NN/IR/NNAttributes.h.inc"

#define GET_OP_CLASSES
#include "nncc/Dialect/NN/IR/NNOps.h.inc"

#endif // NNCC_DIALECT_NN_IR_NNOPS_H
