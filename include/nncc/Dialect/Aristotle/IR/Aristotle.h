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

class ProgramOp;

/// What the fields of a program's instructions depend on beside their ops. Made
/// once for all of them: to read the architecture and to look a symbol up takes
/// far longer than the rest of an instruction.
struct ProgramContext {
  explicit ProgramContext(ProgramOp program);

  /// The DRAM object that a symbol names, or null.
  Operation *lookup(FlatSymbolRefAttr symbol) const;

  ArchConfig arch;

private:
  SymbolTable symbols;
};

/// A tap as the 32 bits of an op's tap list, and back.
inline int32_t packTap(isa::Tap tap) {
  return static_cast<int32_t>(uint32_t{tap.group} |
                              uint32_t{static_cast<uint8_t>(tap.dy)} << 16 |
                              uint32_t{static_cast<uint8_t>(tap.dx)} << 24);
}
inline isa::Tap unpackTap(int32_t bits) {
  return {static_cast<uint16_t>(bits), static_cast<int8_t>(bits >> 16),
          static_cast<int8_t>(bits >> 24)};
}

/// Words that a buffer's address is a multiple of: a weight block, a group of
/// requantization records, one word elsewhere.
int64_t addressUnit(isa::Memory memory, const ArchConfig &arch);
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
