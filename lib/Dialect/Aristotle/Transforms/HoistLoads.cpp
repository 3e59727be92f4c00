//===- HoistLoads.cpp - Prefetching ---------------------------------------===//

#include "nncc/Dialect/Aristotle/Transforms/Passes.h"
#include "nncc/Scheduling/Prefetch.h"

namespace nncc::aristotle {
#define GEN_PASS_DEF_ARISTOTLEHOISTLOADS
#include "nncc/Dialect/Aristotle/Transforms/Passes.h.inc"
} // namespace nncc::aristotle

using namespace mlir;
using namespace nncc;
using namespace nncc::aristotle;
using scheduling::Item;

namespace {
struct HoistLoadsPass
    : aristotle::impl::AristotleHoistLoadsBase<HoistLoadsPass> {
  using AristotleHoistLoadsBase::AristotleHoistLoadsBase;

  void runOnOperation() override {
    ProgramOp program = getOperation();
    ArchConfig arch = program.getArchConfig();
    SmallVector<InstructionOpInterface> instructions = instructionsOf(program);

    std::vector<scheduling::LocalBuffer> buffers;
    llvm::DenseMap<Value, uint32_t> number;
    for (auto alloc : program.getBlock().getOps<AllocOp>()) {
      BufferType type = alloc.getBuffer().getType();
      number[alloc.getBuffer()] = buffers.size();
      buffers.push_back(
          {type.getMemory(), static_cast<uint32_t>(type.getWords())});
    }

    std::vector<Item> items;
    llvm::StringMap<uint32_t> lastSave;
    for (auto [index, op] : llvm::enumerate(instructions)) {
      Item item;
      auto symbol = op.getDramSymbol();
      if (llvm::isa<LoadOp, LoadWindowOp>(op)) {
        item.kind = Item::Kind::Load;
        if (auto load = dyn_cast<LoadOp>(op.getOperation()))
          item.memory = load.getDest().getType().getMemory();
        auto saved = lastSave.find(symbol.getValue());
        if (saved != lastSave.end())
          item.after = saved->second;
      } else if (llvm::isa<SaveOp>(op)) {
        item.kind = Item::Kind::Save;
        lastSave[symbol.getValue()] = index;
      }
      llvm::SmallPtrSet<Value, 4> seen;
      for (Value buffer : op->getOperands())
        if (seen.insert(buffer).second)
          item.uses.push_back(number[buffer]);
      items.push_back(std::move(item));
    }

    auto room = [&](isa::Memory memory, uint64_t words, uint64_t kept = 0) {
      return scheduling::LocalMemory{
          words, (words - kept) * budget / 100,
          static_cast<uint32_t>(addressUnit(memory, arch))};
    };
    std::array<scheduling::LocalMemory, scheduling::kNumMemories> memories = {
        room(isa::Memory::Feature, arch.featureWords,
             scheduling::prefetchSlack(arch.featureWords)),
        room(isa::Memory::Weight, arch.weightWords()),
        room(isa::Memory::Tap, arch.tapWords),
        room(isa::Memory::Cparam, arch.convParamWords()),
        room(isa::Memory::Vparam, arch.vectorWords)};
    scheduling::PrefetchOptions options;
    options.lookahead = lookahead;
    options.maxInFlight = arch.queueDepth;
    options.keepSaved = keepSaved;
    unsigned rounds = 0;
    std::vector<uint32_t> order = scheduling::hoistLoadsToFit(
        items, buffers, memories, options,
        reuseLate ? scheduling::Policy::LeastRecent : scheduling::Policy::Auto,
        &rounds);
    numRounds += rounds;

    for (auto [position, index] : llvm::enumerate(order)) {
      numMoved += index > position;
      instructions[index]->moveBefore(&program.getBlock(),
                                      program.getBlock().end());
    }
  }
};
} // namespace
