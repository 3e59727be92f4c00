//===- AristotleOps.cpp - Program, DRAM and buffers -----------------------===//
//
// The ops that are not instructions, and their verifiers.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/Aristotle/IR/Aristotle.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace nncc;
using namespace nncc::aristotle;

#define GET_OP_CLASSES
#include "nncc/Dialect/Aristotle/IR/AristotleOps.cpp.inc"

//===----------------------------------------------------------------------===//
// ProgramOp
//===----------------------------------------------------------------------===//

DictionaryAttr ProgramOp::archAttr(MLIRContext *context,
                                   const ArchConfig &arch) {
  Builder b(context);
  SmallVector<NamedAttribute> fields;
  for (const ArchField &field : archFields())
    fields.push_back(
        b.getNamedAttr(field.key(), b.getI64IntegerAttr(arch.*field.member)));
  return b.getDictionaryAttr(fields);
}

ArchConfig ProgramOp::getArchConfig() {
  ArchConfig arch;
  arch.name = getArchName().str();
  for (const ArchField &field : archFields())
    if (auto value = getArch().getAs<IntegerAttr>(field.key()))
      arch.*field.member = static_cast<uint32_t>(value.getInt());
  return arch;
}

LogicalResult ProgramOp::verify() {
  for (const ArchField &field : archFields()) {
    auto value = getArch().getAs<IntegerAttr>(field.key());
    if (!value)
      return emitOpError("expected an integer '")
             << field.key() << "' in the architecture, got none";
    if (value.getInt() < field.min || value.getInt() > field.max)
      return emitOpError("architecture field '")
             << field.key() << "': expected " << field.min << " to "
             << field.max << ", got " << value.getInt();
  }
  if (getArch().size() != archFields().size())
    return emitOpError("expected ")
           << archFields().size() << " architecture fields, got "
           << getArch().size();
  if (std::string why = getArchConfig().verify(); !why.empty())
    return emitOpError("illegal architecture: ") << why;

  int64_t layers = 0;
  for (Operation &op : getBlock()) {
    if (isa_and_present<LayerOp>(op))
      ++layers;
    else if (!llvm::isa<ConstantOp, TensorOp, HostOp, AllocOp,
                  InstructionOpInterface>(op))
      return op.emitOpError("has no place in a program");
  }
  for (auto inst : getBlock().getOps<InstructionOpInterface>())
    if (inst.getLayerIndex() < 0 ||
        (inst.getLayerIndex() >= layers && layers != 0))
      return inst.emitOpError("names layer ")
             << inst.getLayerIndex() << ", the program has " << layers;
  return success();
}

//===----------------------------------------------------------------------===//
// DRAM
//===----------------------------------------------------------------------===//

LogicalResult ConstantOp::verify() {
  auto type = dyn_cast<RankedTensorType>(getValue().getShapedType());
  if (!type || type.getRank() != 1 || !type.getElementType().isInteger(8))
    return emitOpError("expected a one-dimensional tensor of i8, got ")
           << getValue().getShapedType();
  return success();
}

LogicalResult TensorOp::verify() {
  bool device = getLayout() != "host";
  if (device && getLayout() != "words" && getLayout() != "rows")
    return emitOpError("expected layout \"host\", \"words\" or \"rows\", got \"")
           << getLayout() << '"';
  if (device != getRegion().has_value())
    return emitOpError(device ? "expected a region for a tensor on the device"
                              : "a host tensor has no region");
  if (getRegion() && getRegion()->getValue() == isa::Region::Constant)
    return emitOpError("a tensor cannot lie in the constant region");
  for (int64_t dim : getShape())
    if (dim <= 0)
      return emitOpError("expected positive dimensions, got ") << dim;
  return success();
}

LogicalResult HostOp::verify() {
  if (!llvm::StringSwitch<bool>(getKind())
           .Cases({"quantize", "dequantize", "reshape", "softmax", "argmax",
                  "unpack"},
                  true)
           .Default(false))
    return emitOpError("unknown kind \"") << getKind() << '"';
  auto program = (*this)->getParentOfType<ProgramOp>();
  for (FlatSymbolRefAttr symbol : {getSourceAttr(), getResultAttr()})
    if (program && !isa_and_nonnull<TensorOp>(
                       SymbolTable::lookupSymbolIn(program, symbol)))
      return emitOpError("expected a tensor of the program, got ") << symbol;
  return success();
}

//===----------------------------------------------------------------------===//
// AllocOp
//===----------------------------------------------------------------------===//

/// Words of a local memory.
static int64_t capacity(isa::Memory memory, const ArchConfig &arch) {
  switch (memory) {
  case isa::Memory::Feature:
    return arch.featureWords;
  case isa::Memory::Weight:
    return arch.weightWords();
  case isa::Memory::Tap:
    return arch.tapWords;
  case isa::Memory::Cparam:
    return arch.convParamWords();
  case isa::Memory::Vparam:
    return arch.vectorWords;
  }
  return 0;
}

LogicalResult AllocOp::verify() {
  BufferType type = getBuffer().getType();
  if (type.getWords() <= 0)
    return emitOpError("expected at least one word, got ") << type.getWords();
  auto program = (*this)->getParentOfType<ProgramOp>();
  if (!program)
    return emitOpError("expected inside an aristotle.program");
  int64_t size = capacity(type.getMemory(), program.getArchConfig());
  int64_t first = getAddress().value_or(0);
  if (first < 0 || first + type.getWords() > size)
    return emitOpError("needs words ")
           << first << " to " << first + type.getWords() - 1 << " of the "
           << isa::toString(type.getMemory()) << " memory, which has " << size;
  return success();
}
