//===- Instructions.cpp - From ops to fields of the instruction set -------===//
//
// Each instruction op as the fields of its instruction, and what it touches.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/Aristotle/IR/Aristotle.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace nncc;
using namespace nncc::aristotle;

ProgramContext::ProgramContext(ProgramOp program)
    : arch(program.getArchConfig()), symbols(program) {}

Operation *ProgramContext::lookup(FlatSymbolRefAttr symbol) const {
  return symbols.lookup(symbol.getAttr());
}

isa::Engine aristotle::defaultEngine(StringRef mnemonic) {
  return llvm::StringSwitch<isa::Engine>(mnemonic)
      .Cases({"load", "load_window"}, isa::Engine::Load0)
      .Case("save", isa::Engine::Save)
      .Case("conv", isa::Engine::Conv)
      .Default(isa::Engine::Vector);
}

/// First word of a buffer; 0 before allocation.
static int64_t address(Value buffer) {
  if (!buffer)
    return 0;
  auto alloc = buffer.getDefiningOp<AllocOp>();
  return alloc ? alloc.getAddress().value_or(0) : 0;
}

namespace {
/// Region and byte offset of a DRAM object.
struct DramPlace {
  isa::Region region = isa::Region::Constant;
  int64_t offset = 0;
};
} // namespace

static DramPlace place(const ProgramContext &context,
                       FlatSymbolRefAttr symbol) {
  Operation *object = context.lookup(symbol);
  if (auto constant = dyn_cast_or_null<ConstantOp>(object))
    return {isa::Region::Constant,
            static_cast<int64_t>(constant.getOffset().value_or(0))};
  if (auto tensor = dyn_cast_or_null<TensorOp>(object))
    if (tensor.getRegion())
      return {tensor.getRegion()->getValue(),
              static_cast<int64_t>(tensor.getOffset().value_or(0))};
  return {};
}

//===----------------------------------------------------------------------===//
// Groups of fields
//===----------------------------------------------------------------------===//

template <typename Inst> static void setBlock(Inst &inst, BlockAttr block) {
  inst.countX = block.getX();
  inst.countY = block.getY();
  inst.countZ = block.getZ();
  inst.dramPitchY = block.getDramPitchY();
  inst.dramPitchZ = block.getDramPitchZ();
  inst.localPitchY = block.getLocalPitchY();
  inst.localPitchZ = block.getLocalPitchZ();
}

template <typename Inst>
static void setSource(Inst &inst, Value src, int64_t offset, ImageAttr image,
                      WindowAttr window) {
  inst.srcBase = address(src) + offset;
  inst.srcRowPitch = image.getRowPitch();
  inst.srcHeight = image.getHeight();
  inst.srcWidth = image.getWidth();
  inst.originY = window.getOriginY();
  inst.originX = window.getOriginX();
  inst.strideY = window.getStrideY();
  inst.strideX = window.getStrideX();
  inst.padValue = window.getPad();
}

template <typename Inst>
static void setWindow(Inst &inst, ImageAttr image, WindowAttr window) {
  inst.srcGroupPitch = image.getGroupPitch();
  inst.kernelH = window.getKernelY();
  inst.kernelW = window.getKernelX();
  inst.dilationY = window.getDilationY();
  inst.dilationX = window.getDilationX();
}

template <typename Inst>
static void setResult(Inst &inst, Value dst, int64_t offset, TileAttr tile) {
  inst.height = tile.getHeight();
  inst.width = tile.getWidth();
  inst.dstBase = address(dst) + offset;
  inst.dstRowPitch = tile.getRowPitch();
  inst.dstGroupPitch = tile.getGroupPitch();
}

template <typename Inst> static void setOutput(Inst &inst, OutputAttr output) {
  inst.outZp = output.getZp();
  inst.clampLo = output.getLo();
  inst.clampHi = output.getHi();
}

template <typename Inst, typename OpTy>
static void setOperands(Inst &inst, OpTy op) {
  inst.aBase = address(op.getA()) + op.getAOffset();
  inst.aRowPitch = op.getAPitch().getRowPitch();
  inst.aGroupPitch = op.getAPitch().getGroupPitch();
  inst.bBase = address(op.getB()) + op.getBOffset();
  inst.bRowPitch = op.getBPitch().getRowPitch();
  inst.bGroupPitch = op.getBPitch().getGroupPitch();
  inst.bColumnPitch = op.getBPitch().getColumnPitch();
}

//===----------------------------------------------------------------------===//
// Fields of each instruction
//===----------------------------------------------------------------------===//

isa::Body LoadOp::getFields(const ProgramContext &context) {
  isa::Load inst;
  DramPlace from = place(context, getSourceAttr());
  inst.memory = getDest().getType().getMemory();
  inst.region = from.region;
  inst.dramOffset = from.offset + getSourceOffset();
  inst.localBase = address(getDest()) + getDestOffset();
  setBlock(inst, getBlock());
  return inst;
}

isa::Body LoadWindowOp::getFields(const ProgramContext &context) {
  isa::LoadWindow inst;
  DramPlace from = place(context, getSourceAttr());
  WindowsAttr w = getWindows();
  inst.region = from.region;
  inst.dramOffset = from.offset + getSourceOffset();
  inst.localBase = address(getDest()) + getDestOffset();
  inst.countX = w.getX();
  inst.countY = w.getY();
  inst.groups = w.getGroups();
  inst.dramPitchY = w.getDramPitchY();
  inst.localPitchY = w.getLocalPitchY();
  inst.localPitchZ = w.getLocalPitchZ();
  inst.step = w.getStep();
  inst.start = w.getStart();
  inst.rowBytes = w.getRowBytes();
  inst.fill = w.getFill();
  return inst;
}

isa::Body SaveOp::getFields(const ProgramContext &context) {
  isa::Save inst;
  DramPlace to = place(context, getDestAttr());
  inst.region = to.region;
  inst.dramOffset = to.offset + getDestOffset();
  inst.localBase = address(getSource()) + getSourceOffset();
  setBlock(inst, getBlock());
  return inst;
}

isa::Body ConvOp::getFields(const ProgramContext &context) {
  isa::Conv inst;
  const ArchConfig &arch = context.arch;
  inst.tapBase = address(getTaps()) * arch.tapsPerWord() + getTapOffset();
  inst.tapCount = getTapList().size();
  inst.accumulate = getAccumulate();
  inst.drain = static_cast<bool>(getDst());
  inst.psumBank = getPsumBank();
  inst.weightBase = address(getWeights()) / arch.outputs + getWeightOffset();
  setSource(inst, getSrc(), getSrcOffset(), getImage(), getWindow());
  setResult(inst, getDst(), getDstOffset(), getTile());
  inst.dstGroups = getTile().getGroups();
  if (getParams())
    inst.paramBase =
        (address(getParams()) + getParamOffset()) / arch.convParamGroupWords();
  if (getOutput())
    setOutput(inst, *getOutput());
  if (getResidual()) {
    ResidualAttr scale = *getResidualScale();
    inst.residual = true;
    inst.resBase = address(getResidual()) + getResidualOffset();
    inst.resRowPitch = scale.getRowPitch();
    inst.resGroupPitch = scale.getGroupPitch();
    inst.resMultiplier = scale.getMultiplier();
    inst.resShift = scale.getShift();
    inst.resConstant = scale.getConstant();
  }
  return inst;
}

isa::Body DepthwiseOp::getFields(const ProgramContext &) {
  isa::Depthwise inst;
  setSource(inst, getSrc(), getSrcOffset(), getImage(), getWindow());
  setWindow(inst, getImage(), getWindow());
  setResult(inst, getDst(), getDstOffset(), getTile());
  inst.groups = getTile().getGroups();
  inst.unitWeights = !getWeights();
  inst.sharedParams = getSharedParams();
  if (getWeights())
    inst.weightBase = address(getWeights()) + getWeightOffset();
  inst.paramBase = address(getParams()) + getParamOffset();
  setOutput(inst, getOutput());
  return inst;
}

isa::Body MaxPoolOp::getFields(const ProgramContext &) {
  isa::MaxPool inst;
  setSource(inst, getSrc(), getSrcOffset(), getImage(), getWindow());
  setWindow(inst, getImage(), getWindow());
  setResult(inst, getDst(), getDstOffset(), getTile());
  inst.groups = getTile().getGroups();
  return inst;
}

isa::Body AddOp::getFields(const ProgramContext &) {
  isa::Add inst;
  setOperands(inst, *this);
  setResult(inst, getDst(), getDstOffset(), getTile());
  inst.groups = getTile().getGroups();
  inst.aMultiplier = getSum().getAMultiplier();
  inst.bMultiplier = getSum().getBMultiplier();
  inst.constant = getSum().getConstant();
  inst.multiplier = getSum().getMultiplier();
  inst.shift = getSum().getShift();
  setOutput(inst, getOutput());
  return inst;
}

isa::Body MulOp::getFields(const ProgramContext &) {
  isa::Mul inst;
  setOperands(inst, *this);
  setResult(inst, getDst(), getDstOffset(), getTile());
  inst.groups = getTile().getGroups();
  inst.aZp = getProduct().getAZp();
  inst.bZp = getProduct().getBZp();
  inst.multiplier = getProduct().getMultiplier();
  inst.shift = getProduct().getShift();
  setOutput(inst, getOutput());
  return inst;
}

isa::Body TableOp::getFields(const ProgramContext &) {
  isa::Table inst;
  inst.srcBase = address(getSrc()) + getSrcOffset();
  inst.srcRowPitch = getSrcPitch().getRowPitch();
  inst.srcGroupPitch = getSrcPitch().getGroupPitch();
  setResult(inst, getDst(), getDstOffset(), getTile());
  inst.groups = getTile().getGroups();
  inst.tableBase = address(getTable()) + getTableOffset();
  return inst;
}

//===----------------------------------------------------------------------===//
// What each instruction touches
//===----------------------------------------------------------------------===//

SmallVector<Value> LoadOp::getWrittenBuffers() { return {getDest()}; }
SmallVector<Value> LoadWindowOp::getWrittenBuffers() { return {getDest()}; }
SmallVector<Value> SaveOp::getWrittenBuffers() { return {}; }
SmallVector<Value> ConvOp::getWrittenBuffers() {
  return getDst() ? SmallVector<Value>{getDst()} : SmallVector<Value>{};
}
SmallVector<Value> DepthwiseOp::getWrittenBuffers() { return {getDst()}; }
SmallVector<Value> MaxPoolOp::getWrittenBuffers() { return {getDst()}; }
SmallVector<Value> AddOp::getWrittenBuffers() { return {getDst()}; }
SmallVector<Value> MulOp::getWrittenBuffers() { return {getDst()}; }
SmallVector<Value> TableOp::getWrittenBuffers() { return {getDst()}; }

FlatSymbolRefAttr LoadOp::getDramSymbol() { return getSourceAttr(); }
FlatSymbolRefAttr LoadWindowOp::getDramSymbol() { return getSourceAttr(); }
FlatSymbolRefAttr SaveOp::getDramSymbol() { return getDestAttr(); }
