//===- AristotleDialect.cpp - The aristotle dialect -----------------------===//

#include "nncc/Dialect/Aristotle/IR/Aristotle.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace nncc;
using namespace nncc::aristotle;

#include "nncc/Dialect/Aristotle/IR/AristotleDialect.cpp.inc"
#include "nncc/Dialect/Aristotle/IR/InstructionInterface.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "nncc/Dialect/Aristotle/IR/AristotleTypes.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "nncc/Dialect/Aristotle/IR/AristotleAttributes.cpp.inc"

void AristotleDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "nncc/Dialect/Aristotle/IR/AristotleTypes.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "nncc/Dialect/Aristotle/IR/AristotleAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "nncc/Dialect/Aristotle/IR/AristotleOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// #aristotle.engines
//===----------------------------------------------------------------------===//

Attribute EngineSetAttr::parse(AsmParser &parser, Type) {
  uint8_t mask = 0;
  auto parseOne = [&]() -> ParseResult {
    FailureOr<isa::Engine> engine = FieldParser<isa::Engine>::parse(parser);
    if (failed(engine))
      return failure();
    mask |= 1u << static_cast<unsigned>(*engine);
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater,
                                     parseOne))
    return {};
  return EngineSetAttr::get(parser.getContext(), mask);
}

void EngineSetAttr::print(AsmPrinter &printer) const {
  printer << '<';
  bool first = true;
  for (unsigned i = 0; i < isa::kNumEngines; ++i) {
    if (!(getMask() >> i & 1))
      continue;
    printer << (first ? "" : ", ") << static_cast<isa::Engine>(i);
    first = false;
  }
  printer << '>';
}
