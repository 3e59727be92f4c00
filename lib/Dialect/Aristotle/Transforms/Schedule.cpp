//===- Schedule.cpp - What the scheduling passes share --------------------===//

#include "nncc/Dialect/Aristotle/Transforms/Passes.h"

using namespace mlir;
using namespace nncc;
using namespace nncc::aristotle;

void aristotle::buildSchedulePipeline(OpPassManager &pm,
                                      const AristotleHoistLoadsOptions &hoist) {
  OpPassManager &program = pm.nest<ProgramOp>();
  program.addPass(createAristotleHoistLoads(hoist));
  program.addPass(createAristotleAssignPorts());
  program.addPass(createAristotleAllocate());
  program.addPass(createAristotleAssignTokens());
  program.addPass(createAristotleVerifySchedule());
}

SmallVector<InstructionOpInterface>
aristotle::instructionsOf(ProgramOp program) {
  return llvm::to_vector(program.getBlock().getOps<InstructionOpInterface>());
}

std::vector<scheduling::Node>
aristotle::nodesOf(ArrayRef<InstructionOpInterface> instructions,
                   const ProgramContext &context) {
  std::vector<scheduling::Node> nodes;
  nodes.reserve(instructions.size());
  std::vector<isa::Tap> taps;
  // The last convolution that drained each bank.
  size_t drained[2] = {scheduling::Node::kNone, scheduling::Node::kNone};
  for (InstructionOpInterface op : instructions) {
    isa::Instruction inst = op.getInstruction(context);
    taps.clear();
    for (int32_t bits : op.getTapList())
      taps.push_back(unpackTap(bits));
    nodes.push_back(
        {inst.engine, isa::footprint(inst, context.arch,
                                     taps.empty() ? nullptr : taps.data())});
    if (const auto *conv = std::get_if<isa::Conv>(&inst.body)) {
      nodes.back().finished = drained[conv->psumBank];
      if (conv->drain)
        drained[conv->psumBank] = nodes.size() - 1;
    }
  }
  return nodes;
}
