//===- VerifySchedule.cpp - No hazards, no deadlocks ----------------------===//

#include "nncc/Dialect/Aristotle/Transforms/Passes.h"
#include "nncc/Scheduling/ScheduleVerifier.h"

namespace nncc::aristotle {
#define GEN_PASS_DEF_ARISTOTLEVERIFYSCHEDULE
#include "nncc/Dialect/Aristotle/Transforms/Passes.h.inc"
} // namespace nncc::aristotle

using namespace mlir;
using namespace nncc;
using namespace nncc::aristotle;

namespace {
struct VerifySchedulePass
    : aristotle::impl::AristotleVerifyScheduleBase<VerifySchedulePass> {
  void runOnOperation() override {
    ProgramOp program = getOperation();
    ProgramContext context(program);
    SmallVector<InstructionOpInterface> instructions = instructionsOf(program);
    std::vector<scheduling::Sync> sync;
    for (InstructionOpInterface op : instructions)
      sync.push_back({op.getWaitMask(), op.getPostMask(), op.hasFence()});
    scheduling::VerifierOptions options;
    options.tokenLimit = context.arch.tokenLimit;
    options.queueDepth = context.arch.queueDepth;
    auto violation = scheduling::verifySchedule(nodesOf(instructions, context),
                                                sync, options);
    if (!violation)
      return;
    InFlightDiagnostic diag =
        instructions[violation->second]->emitError(violation->message);
    if (violation->first != violation->second)
      diag.attachNote(instructions[violation->first]->getLoc())
          << "the other instruction is number " << violation->first;
    signalPassFailure();
  }
};
} // namespace
