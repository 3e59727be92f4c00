//===- EnumParameters.h - ISA enumerations in attributes --------*- C++ -*-===//
//
// Lets attributes and types of the dialect have parameters that are
// enumerations of the instruction set, printed by the names that it gives them.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_ARISTOTLE_IR_ENUMPARAMETERS_H
#define NNCC_DIALECT_ARISTOTLE_IR_ENUMPARAMETERS_H

#include "mlir/IR/DialectImplementation.h"
#include "nncc/ISA/ISA.h"
#include "llvm/ADT/Hashing.h"
#include <optional>
#include <string_view>

namespace nncc::isa {
inline llvm::hash_code hash_value(Engine e) {
  return llvm::hash_value(static_cast<unsigned>(e));
}
inline llvm::hash_code hash_value(Memory m) {
  return llvm::hash_value(static_cast<unsigned>(m));
}
inline llvm::hash_code hash_value(Region r) {
  return llvm::hash_value(static_cast<unsigned>(r));
}
inline mlir::AsmPrinter &operator<<(mlir::AsmPrinter &p, Engine e) {
  return p << llvm::StringRef(toString(e));
}
inline mlir::AsmPrinter &operator<<(mlir::AsmPrinter &p, Memory m) {
  return p << llvm::StringRef(toString(m));
}
inline mlir::AsmPrinter &operator<<(mlir::AsmPrinter &p, Region r) {
  return p << llvm::StringRef(toString(r));
}
} // namespace nncc::isa

namespace nncc::aristotle {
/// Parses the name of an enumerator below `count`.
template <typename E>
mlir::FailureOr<E> parseEnumerator(mlir::AsmParser &parser, unsigned count) {
  llvm::StringRef word;
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&word))
    return mlir::failure();
  std::string known;
  for (unsigned i = 0; i < count; ++i) {
    llvm::StringRef candidate = isa::toString(static_cast<E>(i));
    if (word == candidate)
      return static_cast<E>(i);
    known += (i ? ", " : "") + candidate.str();
  }
  parser.emitError(loc) << "expected one of " << known << ", got '" << word
                        << "'";
  return mlir::failure();
}
} // namespace nncc::aristotle

namespace mlir {
template <> struct FieldParser<nncc::isa::Engine> {
  static FailureOr<nncc::isa::Engine> parse(AsmParser &parser) {
    return nncc::aristotle::parseEnumerator<nncc::isa::Engine>(
        parser, nncc::isa::kNumEngines);
  }
};
template <> struct FieldParser<nncc::isa::Memory> {
  static FailureOr<nncc::isa::Memory> parse(AsmParser &parser) {
    return nncc::aristotle::parseEnumerator<nncc::isa::Memory>(parser, 5);
  }
};
template <> struct FieldParser<nncc::isa::Region> {
  static FailureOr<nncc::isa::Region> parse(AsmParser &parser) {
    return nncc::aristotle::parseEnumerator<nncc::isa::Region>(
        parser, nncc::isa::kNumRegions);
  }
};
} // namespace mlir

#endif // NNCC_DIALECT_ARISTOTLE_IR_ENUMPARAMETERS_H
