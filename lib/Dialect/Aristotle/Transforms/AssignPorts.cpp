//===- AssignPorts.cpp - Loads on the two read ports ----------------------===//

#include "nncc/Dialect/Aristotle/Transforms/Passes.h"
#include "nncc/Scheduling/LoadBalancer.h"

namespace nncc::aristotle {
#define GEN_PASS_DEF_ARISTOTLEASSIGNPORTS
#include "nncc/Dialect/Aristotle/Transforms/Passes.h.inc"
} // namespace nncc::aristotle

using namespace mlir;
using namespace nncc;
using namespace nncc::aristotle;

namespace {
struct AssignPortsPass
    : aristotle::impl::AristotleAssignPortsBase<AssignPortsPass> {
  void runOnOperation() override {
    ProgramOp program = getOperation();
    ArchConfig arch = program.getArchConfig();
    SmallVector<InstructionOpInterface> instructions = instructionsOf(program);

    // The consumer of a load is the first instruction that uses its buffer
    // otherwise.
    llvm::DenseMap<Value, uint64_t> consumer;
    for (auto [index, op] : llvm::enumerate(instructions))
      if (!llvm::isa<LoadOp, LoadWindowOp>(op))
        for (Value buffer : op->getOperands())
          consumer.try_emplace(buffer, index);

    std::vector<scheduling::LoadRequest> requests;
    SmallVector<InstructionOpInterface> loads;
    for (InstructionOpInterface op : instructions) {
      uint64_t bytes = 0, words = 0;
      if (auto load = dyn_cast<LoadOp>(op.getOperation())) {
        BlockAttr block = load.getBlock();
        words = uint64_t(block.getX()) * block.getY() * block.getZ();
        bytes = words * arch.vector;
      } else if (auto load = dyn_cast<LoadWindowOp>(op.getOperation())) {
        WindowsAttr w = load.getWindows();
        words = uint64_t(w.getX()) * w.getY() * w.getGroups();
        uint64_t rowBytes = std::min<uint64_t>(
            w.getRowBytes(), uint64_t(w.getX()) * w.getStep() + arch.vector);
        bytes = rowBytes * w.getY() * w.getGroups();
      } else {
        continue;
      }
      requests.push_back({std::max<uint64_t>(bytes / arch.axiBytes(), words),
                          consumer.lookup(op.getWrittenBuffers().front())});
      loads.push_back(op);
    }
    std::vector<isa::Engine> ports = scheduling::balanceLoads(requests);
    for (auto [op, port] : llvm::zip(loads, ports))
      op.assignEngine(port);
  }
};
} // namespace
