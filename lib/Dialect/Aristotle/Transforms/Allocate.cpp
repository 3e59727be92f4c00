//===- Allocate.cpp - Addresses of buffers and DRAM tensors ---------------===//

#include "nncc/Dialect/Aristotle/Transforms/Passes.h"
#include "nncc/Scheduling/IntervalAllocator.h"

#include <limits>

namespace nncc::aristotle {
#define GEN_PASS_DEF_ARISTOTLEALLOCATE
#include "nncc/Dialect/Aristotle/Transforms/Passes.h.inc"
} // namespace nncc::aristotle

using namespace mlir;
using namespace nncc;
using namespace nncc::aristotle;
using scheduling::AllocationResult;
using scheduling::Buffer;
using scheduling::Policy;

/// Alignment of what lies in DRAM: a cache line, and a multiple of every V.
static constexpr int64_t kDramAlignment = 64;

namespace {
struct AllocatePass : aristotle::impl::AristotleAllocateBase<AllocatePass> {
  void runOnOperation() override {
    ArchConfig arch = getOperation().getArchConfig();
    const std::pair<isa::Memory, uint64_t> memories[] = {
        {isa::Memory::Feature, arch.featureWords},
        {isa::Memory::Weight, arch.weightWords()},
        {isa::Memory::Tap, arch.tapWords},
        {isa::Memory::Cparam, arch.convParamWords()},
        {isa::Memory::Vparam, arch.vectorWords}};
    for (auto [memory, words] : memories)
      if (failed(allocateLocal(memory, words, arch)))
        return signalPassFailure();
    if (failed(allocateDram()))
      signalPassFailure();
  }

  LogicalResult allocateLocal(isa::Memory memory, uint64_t capacity,
                              const ArchConfig &arch);
  LogicalResult allocateDram();
};
} // namespace

LogicalResult AllocatePass::allocateLocal(isa::Memory memory, uint64_t capacity,
                                          const ArchConfig &arch) {
  ProgramOp program = getOperation();
  SmallVector<AllocOp> allocs;
  std::vector<Buffer> buffers;
  llvm::DenseMap<Value, size_t> number;
  for (auto alloc : program.getBlock().getOps<AllocOp>()) {
    BufferType type = alloc.getBuffer().getType();
    if (type.getMemory() != memory)
      continue;
    number[alloc.getBuffer()] = buffers.size();
    allocs.push_back(alloc);
    buffers.push_back({static_cast<uint32_t>(type.getWords()),
                       std::numeric_limits<uint32_t>::max(), 0,
                       static_cast<uint32_t>(addressUnit(memory, arch))});
  }
  for (auto [index, op] : llvm::enumerate(instructionsOf(program)))
    for (Value operand : op->getOperands()) {
      auto it = number.find(operand);
      if (it == number.end())
        continue;
      Buffer &buffer = buffers[it->second];
      buffer.first = std::min<uint32_t>(buffer.first, index);
      buffer.last = std::max<uint32_t>(buffer.last, index);
    }
  for (Buffer &buffer : buffers)
    if (buffer.first > buffer.last)
      buffer.first = buffer.last = buffer.size = 0; // never used
  AllocationResult result = scheduling::allocate(buffers, capacity);
  if (!result.ok) {
    // Not an error of the user's: the driver tries a smaller budget first.
    InFlightDiagnostic diag =
        allocs[result.misfits.front()].emitError("buffers of the ")
        << isa::toString(memory) << " memory do not fit: " << result.why;
    return diag;
  }
  for (auto [alloc, address] : llvm::zip(allocs, result.address))
    alloc.setAddress(address);
  if (memory == isa::Memory::Feature)
    featurePeak += result.peak;
  return success();
}

LogicalResult AllocatePass::allocateDram() {
  ProgramOp program = getOperation();
  int64_t next = 0;
  for (auto constant : program.getBlock().getOps<ConstantOp>()) {
    constant.setOffset(next);
    next = llvm::alignTo(next + constant.getBytes(), kDramAlignment);
  }
  if (next > std::numeric_limits<uint32_t>::max())
    return program.emitError("constants need ")
           << next << " bytes, more than 4 GiB";

  // Inputs and outputs one behind the other, the workspace by lifetime.
  int64_t inputEnd = 0, outputEnd = 0;
  SmallVector<TensorOp> workspace;
  std::vector<Buffer> buffers;
  llvm::StringMap<size_t> number;
  for (auto tensor : program.getBlock().getOps<TensorOp>()) {
    if (!tensor.getRegion() || tensor.getViewOf())
      continue;
    int64_t bytes = llvm::alignTo(tensor.getBytes(), kDramAlignment);
    switch (tensor.getRegion()->getValue()) {
    case isa::Region::Input:
      tensor.setOffset(inputEnd);
      inputEnd += bytes;
      break;
    case isa::Region::Output:
      tensor.setOffset(outputEnd);
      outputEnd += bytes;
      break;
    default:
      number[tensor.getSymName()] = buffers.size();
      workspace.push_back(tensor);
      buffers.push_back({static_cast<uint32_t>(bytes / kDramAlignment),
                         std::numeric_limits<uint32_t>::max(), 0, 1});
    }
  }
  for (auto [index, op] : llvm::enumerate(instructionsOf(program)))
    if (auto symbol = op.getDramSymbol())
      if (auto it = number.find(symbol.getValue()); it != number.end()) {
        Buffer &buffer = buffers[it->second];
        buffer.first = std::min<uint32_t>(buffer.first, index);
        buffer.last = std::max<uint32_t>(buffer.last, index);
      }
  for (Buffer &buffer : buffers)
    if (buffer.first > buffer.last)
      buffer.first = buffer.last = 0;
  AllocationResult result = scheduling::allocate(
      buffers, (uint64_t{1} << 32) / kDramAlignment, Policy::BestFit);
  if (!result.ok)
    return program.emitError("the DRAM workspace does not fit 4 GiB: ")
           << result.why;
  for (auto [tensor, address] : llvm::zip(workspace, result.address))
    tensor.setOffset(address * kDramAlignment);
  workspaceBytes += result.peak * kDramAlignment;

  for (auto tensor : program.getBlock().getOps<TensorOp>())
    if (auto symbol = tensor.getViewOfAttr()) {
      auto whole = dyn_cast_or_null<TensorOp>(
          SymbolTable::lookupSymbolIn(program, symbol));
      if (!whole || !whole.getOffset())
        return tensor.emitOpError("is a view of ")
               << symbol << ", which is no tensor in DRAM";
      tensor.setOffset(*whole.getOffset() + tensor.getViewOffset());
    }
  return success();
}
