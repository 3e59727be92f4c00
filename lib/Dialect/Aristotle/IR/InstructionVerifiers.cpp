//===- InstructionVerifiers.cpp - What instruction ops must keep to -------===//
//
// Operands of the right memories, fields that the machine accepts, and
// transfers inside their DRAM objects and buffers.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/Aristotle/IR/Aristotle.h"

using namespace mlir;
using namespace nncc;
using namespace nncc::aristotle;

/// Words of a group of V records of the vector engine, bytes of a table.
static constexpr int64_t kRecordWords = 8;
static constexpr int64_t kTableBytes = 256;

/// Checks the memory that a buffer operand must be of.
static LogicalResult expectMemory(Operation *op, Value buffer,
                                  isa::Memory memory, StringRef role) {
  if (!buffer)
    return success();
  isa::Memory got = cast<BufferType>(buffer.getType()).getMemory();
  if (got == memory)
    return success();
  return op->emitOpError("expected a ")
         << isa::toString(memory) << " buffer as " << role << ", got "
         << buffer.getType();
}

/// Checks what holds for every instruction: a legal engine, and fields that the
/// machine accepts, given what addresses there are.
/// \param offsets the op's offsets into buffers and DRAM objects.
static LogicalResult
verifyInstruction(InstructionOpInterface op, const ProgramContext &context,
                  std::initializer_list<uint64_t> offsets) {
  // Fields are unsigned; a message about 4294967295 would help nobody.
  for (uint64_t offset : offsets)
    if (static_cast<int64_t>(offset) < 0)
      return op.emitOpError("expected offsets of at least 0, got ")
             << static_cast<int64_t>(offset);
  std::string why = isa::verify(op.getInstruction(context), context.arch);
  if (!why.empty())
    return op.emitOpError() << why;
  return success();
}

/// Words from the first to behind the last of a box.
static int64_t boxWords(int64_t x, int64_t y, int64_t pitchY, int64_t z,
                        int64_t pitchZ) {
  return (z - 1) * pitchZ + (y - 1) * pitchY + x;
}

static int64_t boxWords(BlockAttr b) {
  return boxWords(b.getX(), b.getY(), b.getLocalPitchY(), b.getZ(),
                  b.getLocalPitchZ());
}

static int64_t boxWords(WindowsAttr w) {
  return boxWords(w.getX(), w.getY(), w.getLocalPitchY(), w.getGroups(),
                  w.getLocalPitchZ());
}

/// An image of `groups` groups.
static int64_t boxWords(ImageAttr i, int64_t groups) {
  return boxWords(i.getWidth(), i.getHeight(), i.getRowPitch(), groups,
                  i.getGroupPitch());
}

static int64_t boxWords(TileAttr t) {
  return boxWords(t.getWidth(), t.getHeight(), t.getRowPitch(), t.getGroups(),
                  t.getGroupPitch());
}

/// What an elementwise instruction reads of an operand to write `t`.
static int64_t boxWords(OperandAttr o, TileAttr t) {
  return boxWords(int64_t{t.getWidth() - 1} * o.getColumnPitch() + 1,
                  t.getHeight(), o.getRowPitch(), t.getGroups(),
                  o.getGroupPitch());
}

/// Checks that `count` units from `offset` on lie in a buffer: what lies behind
/// it belongs to another one, as soon as there are addresses. A unit is a word,
/// or `perWord` of them are, or it has `wordsEach`.
static LogicalResult expectInside(Operation *op, Value buffer, StringRef role,
                                  int64_t offset, int64_t count,
                                  StringRef unit = "words", int64_t perWord = 1,
                                  int64_t wordsEach = 1) {
  if (!buffer)
    return success();
  int64_t size =
      cast<BufferType>(buffer.getType()).getWords() * perWord / wordsEach;
  if (offset >= 0 && offset + count <= size)
    return success();
  InFlightDiagnostic diag = op->emitOpError("touches ")
                            << unit << ' ' << offset << " to "
                            << offset + count - 1 << " of its " << role
                            << " buffer, which has " << size;
  if (Operation *alloc = buffer.getDefiningOp())
    diag.attachNote(alloc->getLoc()) << "allocated here";
  return diag;
}

/// Checks that a symbol names an object in DRAM that the block stays inside.
static LogicalResult verifyDram(Operation *op, const ProgramContext &context,
                                FlatSymbolRefAttr symbol, int64_t offset,
                                int64_t lastByte) {
  Operation *object = context.lookup(symbol);
  int64_t bytes = 0;
  if (auto constant = dyn_cast_or_null<ConstantOp>(object))
    bytes = constant.getBytes();
  else if (auto tensor = dyn_cast_or_null<TensorOp>(object);
           tensor && tensor.getRegion())
    bytes = tensor.getBytes();
  else
    return op->emitOpError("expected a constant or a tensor in DRAM, got ")
           << symbol;
  if (offset < 0 || lastByte > bytes) {
    InFlightDiagnostic diag = op->emitOpError("touches bytes ")
                              << offset << " to " << lastByte - 1 << " of "
                              << symbol << ", which has " << bytes;
    diag.attachNote(object->getLoc()) << "declared here";
    return diag;
  }
  return success();
}

/// Bytes from the first to behind the last of a block on the DRAM side.
static int64_t dramExtent(BlockAttr b, int64_t vector) {
  return vector * boxWords(b.getX(), b.getY(), b.getDramPitchY(), b.getZ(),
                           b.getDramPitchZ());
}

LogicalResult LoadOp::verifyIn(const ProgramContext &context) {
  if (failed(verifyInstruction(*this, context,
                               {getSourceOffset(), getDestOffset()})) ||
      failed(expectInside(*this, getDest(), "dest", getDestOffset(),
                          boxWords(getBlock()))))
    return failure();
  return verifyDram(*this, context, getSourceAttr(), getSourceOffset(),
                    getSourceOffset() +
                        dramExtent(getBlock(), context.arch.vector));
}

LogicalResult LoadWindowOp::verifyIn(const ProgramContext &context) {
  if (failed(expectMemory(*this, getDest(), isa::Memory::Feature, "dest")) ||
      failed(verifyInstruction(*this, context,
                               {getSourceOffset(), getDestOffset()})) ||
      failed(expectInside(*this, getDest(), "dest", getDestOffset(),
                          boxWords(getWindows()))))
    return failure();
  WindowsAttr w = getWindows();
  return verifyDram(*this, context, getSourceAttr(), getSourceOffset(),
                    getSourceOffset() +
                        int64_t{w.getY() - 1} * w.getDramPitchY() *
                            context.arch.vector +
                        w.getRowBytes());
}

LogicalResult SaveOp::verifyIn(const ProgramContext &context) {
  if (failed(expectMemory(*this, getSource(), isa::Memory::Feature, "source")))
    return failure();
  if (isa_and_nonnull<ConstantOp>(context.lookup(getDestAttr())))
    return emitOpError("cannot write the constant ") << getDestAttr();
  if (failed(verifyInstruction(*this, context,
                               {getSourceOffset(), getDestOffset()})) ||
      failed(expectInside(*this, getSource(), "source", getSourceOffset(),
                          boxWords(getBlock()))))
    return failure();
  return verifyDram(*this, context, getDestAttr(), getDestOffset(),
                    getDestOffset() +
                        dramExtent(getBlock(), context.arch.vector));
}

LogicalResult ConvOp::verifyIn(const ProgramContext &context) {
  if (failed(expectMemory(*this, getSrc(), isa::Memory::Feature, "src")) ||
      failed(expectMemory(*this, getTaps(), isa::Memory::Tap, "taps")) ||
      failed(
          expectMemory(*this, getWeights(), isa::Memory::Weight, "weights")) ||
      failed(expectMemory(*this, getParams(), isa::Memory::Cparam, "params")) ||
      failed(expectMemory(*this, getDst(), isa::Memory::Feature, "dst")) ||
      failed(
          expectMemory(*this, getResidual(), isa::Memory::Feature, "residual")))
    return failure();
  bool drain = static_cast<bool>(getDst());
  if (drain != static_cast<bool>(getParams()) ||
      drain != getOutput().has_value())
    return emitOpError(
        "expected params, dst and output together or not at all");
  if (static_cast<bool>(getResidual()) != getResidualScale().has_value() ||
      (getResidual() && !drain))
    return emitOpError("a residual needs a dst and a residual scale");
  WindowAttr w = getWindow();
  if (w.getKernelY() != 1 || w.getKernelX() != 1 || w.getDilationY() != 1 ||
      w.getDilationX() != 1)
    return emitOpError("takes the window's positions from its tap list; "
                       "expected kernel and dilation 1");
  if (getPsumBank() > 1)
    return emitOpError("expected bank 0 or 1, got ") << getPsumBank();
  const ArchConfig &arch = context.arch;
  int64_t recordWords = arch.convParamGroupWords();
  if (getParamOffset() % recordWords != 0)
    return emitOpError("expected a params offset that is a multiple of ")
           << recordWords << ", got " << getParamOffset();
  if (failed(verifyInstruction(*this, context,
                               {getSrcOffset(), getTapOffset(),
                                getWeightOffset(), getParamOffset(),
                                getDstOffset(), getResidualOffset()})))
    return failure();

  int64_t furthest = 0;
  for (int32_t bits : getTapList())
    furthest = std::max<int64_t>(furthest, unpackTap(bits).group);
  int64_t count = getTapList().size();
  if (failed(expectInside(*this, getSrc(), "src", getSrcOffset(),
                          furthest + boxWords(getImage(), 1))) ||
      failed(expectInside(*this, getTaps(), "taps", getTapOffset(), count,
                          "taps", arch.tapsPerWord())) ||
      failed(expectInside(*this, getWeights(), "weights", getWeightOffset(),
                          count, "blocks", 1, arch.outputs)) ||
      failed(expectInside(*this, getParams(), "params", getParamOffset(),
                          recordWords)) ||
      failed(expectInside(*this, getDst(), "dst", getDstOffset(),
                          boxWords(getTile()))))
    return failure();
  if (!getResidual())
    return success();
  TileAttr t = getTile();
  return expectInside(*this, getResidual(), "residual", getResidualOffset(),
                      boxWords(t.getWidth(), t.getHeight(),
                               getResidualScale()->getRowPitch(), t.getGroups(),
                               getResidualScale()->getGroupPitch()));
}

LogicalResult DepthwiseOp::verifyIn(const ProgramContext &context) {
  if (failed(expectMemory(*this, getSrc(), isa::Memory::Feature, "src")) ||
      failed(
          expectMemory(*this, getWeights(), isa::Memory::Vparam, "weights")) ||
      failed(expectMemory(*this, getParams(), isa::Memory::Vparam, "params")) ||
      failed(expectMemory(*this, getDst(), isa::Memory::Feature, "dst")) ||
      failed(verifyInstruction(*this, context,
                               {getSrcOffset(), getWeightOffset(),
                                getParamOffset(), getDstOffset()})))
    return failure();
  int64_t groups = getTile().getGroups();
  int64_t window = int64_t{getWindow().getKernelY()} * getWindow().getKernelX();
  if (failed(expectInside(*this, getSrc(), "src", getSrcOffset(),
                          boxWords(getImage(), groups))) ||
      failed(expectInside(*this, getWeights(), "weights", getWeightOffset(),
                          groups * window)) ||
      failed(expectInside(*this, getParams(), "params", getParamOffset(),
                          kRecordWords * (getSharedParams() ? 1 : groups))))
    return failure();
  return expectInside(*this, getDst(), "dst", getDstOffset(),
                      boxWords(getTile()));
}

LogicalResult MaxPoolOp::verifyIn(const ProgramContext &context) {
  if (failed(expectMemory(*this, getSrc(), isa::Memory::Feature, "src")) ||
      failed(expectMemory(*this, getDst(), isa::Memory::Feature, "dst")) ||
      failed(verifyInstruction(*this, context,
                               {getSrcOffset(), getDstOffset()})) ||
      failed(expectInside(*this, getSrc(), "src", getSrcOffset(),
                          boxWords(getImage(), getTile().getGroups()))))
    return failure();
  return expectInside(*this, getDst(), "dst", getDstOffset(),
                      boxWords(getTile()));
}

template <typename OpTy>
static LogicalResult verifyElementwise(OpTy op, const ProgramContext &context) {
  if (failed(expectMemory(op, op.getA(), isa::Memory::Feature, "a")) ||
      failed(expectMemory(op, op.getB(), isa::Memory::Feature, "b")) ||
      failed(expectMemory(op, op.getDst(), isa::Memory::Feature, "dst")))
    return failure();
  // The instruction set has no such field: only b can be repeated along a row.
  if (op.getAPitch().getColumnPitch() != 1)
    return op.emitOpError("expected column_pitch 1 for operand a, got ")
           << op.getAPitch().getColumnPitch();
  if (failed(verifyInstruction(
          op, context,
          {op.getAOffset(), op.getBOffset(), op.getDstOffset()})) ||
      failed(expectInside(op, op.getA(), "a", op.getAOffset(),
                          boxWords(op.getAPitch(), op.getTile()))) ||
      failed(expectInside(op, op.getB(), "b", op.getBOffset(),
                          boxWords(op.getBPitch(), op.getTile()))))
    return failure();
  return expectInside(op, op.getDst(), "dst", op.getDstOffset(),
                      boxWords(op.getTile()));
}

LogicalResult AddOp::verifyIn(const ProgramContext &context) {
  return verifyElementwise(*this, context);
}
LogicalResult MulOp::verifyIn(const ProgramContext &context) {
  return verifyElementwise(*this, context);
}

LogicalResult TableOp::verifyIn(const ProgramContext &context) {
  if (failed(expectMemory(*this, getSrc(), isa::Memory::Feature, "src")) ||
      failed(expectMemory(*this, getTable(), isa::Memory::Vparam, "table")) ||
      failed(expectMemory(*this, getDst(), isa::Memory::Feature, "dst")))
    return failure();
  if (getSrcPitch().getColumnPitch() != 1)
    return emitOpError("expected column_pitch 1, got ")
           << getSrcPitch().getColumnPitch();
  if (failed(verifyInstruction(
          *this, context,
          {getSrcOffset(), getTableOffset(), getDstOffset()})) ||
      failed(expectInside(*this, getSrc(), "src", getSrcOffset(),
                          boxWords(getSrcPitch(), getTile()))) ||
      failed(expectInside(*this, getTable(), "table", getTableOffset(),
                          kTableBytes / context.arch.vector)))
    return failure();
  return expectInside(*this, getDst(), "dst", getDstOffset(),
                      boxWords(getTile()));
}
