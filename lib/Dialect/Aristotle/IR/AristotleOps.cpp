//===- AristotleOps.cpp - Program, DRAM and buffers -----------------------===//
//
// The ops that are not instructions, and their verifiers.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/Aristotle/IR/Aristotle.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace nncc;
using namespace nncc::aristotle;

//===----------------------------------------------------------------------===//
// custom<TapList>
//===----------------------------------------------------------------------===//

/// [(group, dy, dx), ...], each tap being 32 bits in the format of the
/// instruction set.
static ParseResult parseTapList(OpAsmParser &parser, DenseI32ArrayAttr &taps) {
  SmallVector<int32_t> list;
  auto parseNumber = [&](int64_t min, int64_t max, const char *what,
                         int64_t &value) -> ParseResult {
    SMLoc loc = parser.getCurrentLocation();
    if (parser.parseInteger(value))
      return failure();
    if (value < min || value > max)
      return parser.emitError(loc) << "expected " << what << " of " << min
                                   << " to " << max << ", got " << value;
    return success();
  };
  auto parseTap = [&]() -> ParseResult {
    int64_t group, dy, dx;
    if (parser.parseLParen() || parseNumber(0, 65535, "a group", group) ||
        parser.parseComma() || parseNumber(-128, 127, "a dy", dy) ||
        parser.parseComma() || parseNumber(-128, 127, "a dx", dx) ||
        parser.parseRParen())
      return failure();
    isa::Tap tap{static_cast<uint16_t>(group), static_cast<int8_t>(dy),
                 static_cast<int8_t>(dx)};
    list.push_back(packTap(tap));
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseTap))
    return failure();
  taps = parser.getBuilder().getDenseI32ArrayAttr(list);
  return success();
}

static void printTapList(OpAsmPrinter &printer, Operation *,
                         DenseI32ArrayAttr taps) {
  printer << '[';
  llvm::interleaveComma(taps.asArrayRef(), printer, [&](int32_t bits) {
    isa::Tap tap = unpackTap(bits);
    printer << '(' << tap.group << ", " << int(tap.dy) << ", " << int(tap.dx)
            << ')';
  });
  printer << ']';
}

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
  llvm::StringSet<> known;
  for (const ArchField &field : archFields()) {
    known.insert(field.key());
    Attribute attr = getArch().get(field.key());
    auto value = dyn_cast_or_null<IntegerAttr>(attr);
    if (!value) {
      InFlightDiagnostic diag = emitOpError("expected an integer '")
                                << field.key() << "' in the architecture, got ";
      if (attr)
        diag << attr;
      else
        diag << "none";
      return diag;
    }
    if (value.getInt() < field.min || value.getInt() > field.max)
      return emitOpError("architecture field '")
             << field.key() << "': expected " << field.min << " to "
             << field.max << ", got " << value.getInt();
  }
  for (NamedAttribute field : getArch())
    if (!known.contains(field.getName()))
      return emitOpError("unknown architecture field '")
             << field.getName().getValue() << "'";
  if (std::string why = getArchConfig().verify(); !why.empty())
    return emitOpError("illegal architecture: ") << why;

  for (ArrayAttr names : {getInputs(), getOutputs()})
    for (Attribute name : names) {
      auto tensor = dyn_cast_or_null<TensorOp>(
          mlir::SymbolTable::lookupSymbolIn(*this, cast<StringAttr>(name)));
      if (!tensor || tensor.getRegion())
        return emitOpError("expected inputs and outputs to be tensors on the "
                           "host, got ")
               << name;
    }

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

LogicalResult ProgramOp::verifyRegions() {
  ProgramContext context(*this);
  for (Operation &op : getBlock()) {
    LogicalResult ok = success();
    if (auto alloc = dyn_cast<AllocOp>(op))
      ok = alloc.verifyIn(context.arch);
    else if (auto inst = dyn_cast<InstructionOpInterface>(op))
      ok = inst.verifyIn(context);
    if (failed(ok))
      return failure();
  }
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
    return emitOpError(
               "expected layout \"host\", \"words\" or \"rows\", got \"")
           << getLayout() << '"';
  if (device != getRegion().has_value())
    return emitOpError(device ? "expected a region for a tensor on the device"
                              : "a host tensor has no region");
  if (getRegion() && getRegion()->getValue() == isa::Region::Constant)
    return emitOpError("a tensor cannot lie in the constant region");
  for (int64_t dim : getShape())
    if (dim <= 0)
      return emitOpError("expected positive dimensions, got ") << dim;
  if (device && static_cast<int64_t>(getBytes()) <= 0)
    return emitOpError("expected at least one byte in DRAM, got ")
           << getBytes();
  auto program = (*this)->getParentOfType<ProgramOp>();
  if (!program || !getViewOf())
    return success();

  auto whole = dyn_cast_or_null<TensorOp>(
      SymbolTable::lookupSymbolIn(program, getViewOfAttr()));
  if (!whole || whole.getRegionAttr() != getRegionAttr() || whole.getViewOf())
    return emitOpError("is a view of ")
           << getViewOfAttr() << ", which is no tensor of its region";
  int64_t begin = getViewOffset();
  int64_t end = begin + static_cast<int64_t>(getBytes());
  if (begin < 0 || end > static_cast<int64_t>(whole.getBytes())) {
    InFlightDiagnostic diag = emitOpError("lies in bytes ")
                              << begin << " to " << end - 1 << " of "
                              << getViewOfAttr() << ", which has "
                              << whole.getBytes();
    diag.attachNote(whole.getLoc()) << "declared here";
    return diag;
  }
  return success();
}

LogicalResult HostOp::verify() {
  if (!llvm::StringSwitch<bool>(getKind())
           .Cases({"quantize", "dequantize", "reshape", "softmax", "argmax",
                   "unpack", "picture"},
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

int64_t aristotle::addressUnit(isa::Memory memory, const ArchConfig &arch) {
  if (memory == isa::Memory::Weight)
    return arch.outputs;
  if (memory == isa::Memory::Cparam)
    return arch.convParamGroupWords();
  return 1;
}

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

void AllocOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getBuffer(), isa::toString(getBuffer().getType().getMemory()));
}

LogicalResult AllocOp::verifyIn(const ArchConfig &arch) {
  BufferType type = getBuffer().getType();
  if (type.getWords() <= 0)
    return emitOpError("expected at least one word, got ") << type.getWords();
  int64_t size = capacity(type.getMemory(), arch);
  int64_t first = getAddress().value_or(0);
  if (first < 0 || first + type.getWords() > size)
    return emitOpError("needs words ")
           << first << " to " << first + type.getWords() - 1 << " of the "
           << isa::toString(type.getMemory()) << " memory, which has " << size;
  // Instructions count blocks and record groups from the start of the memory.
  int64_t unit = addressUnit(type.getMemory(), arch);
  if (first % unit != 0)
    return emitOpError("expected an address that is a multiple of ")
           << unit << " in the " << isa::toString(type.getMemory())
           << " memory, got " << first;
  return success();
}
