//===- Aristotle.h - The aristotle dialect ----------------------*- C++ -*-===//
//
// Declares the `aristotle` dialect: programs of the accelerator before and
// after scheduling, one op per instruction.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_ARISTOTLE_IR_ARISTOTLE_H
#define NNCC_DIALECT_ARISTOTLE_IR_ARISTOTLE_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "nncc/ISA/ISA.h"
#include "nncc/Target/ArchConfig.h"

#include "nncc/Dialect/Aristotle/IR/EnumParameters.h"

namespace nncc::aristotle {
using namespace mlir;

/// The engine of an op that scheduling has not placed yet.
isa::Engine defaultEngine(StringRef mnemonic);
} // namespace nncc::aristotle

#include "nncc/Dialect/Aristotle/IR/AristotleDialect.h.inc"

#define GET_TYPEDEF_CLASSES
#include "nncc/Dialect/Aristotle/IR/AristotleTypes.h.inc"

#define GET_ATTRDEF_CLASSES
#include "nncc/Dialect/Aristotle/IR/AristotleAttributes.h.inc"

#include "nncc/Dialect/Aristotle/IR/InstructionInterface.h.inc"

#define GET_OP_CLASSES
#include "nncc/Dialect/Aristotle/IR/AristotleOps.h.inc"

#endif // NNCC_DIALECT_ARISTOTLE_IR_ARISTOTLE_H
