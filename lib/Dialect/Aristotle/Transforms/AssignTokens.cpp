//===- AssignTokens.cpp - Synchronisation of the engines ------------------===//

#include "nncc/Dialect/Aristotle/Transforms/Passes.h"
#include "nncc/Scheduling/TokenAssignment.h"

namespace nncc::aristotle {
#define GEN_PASS_DEF_ARISTOTLEASSIGNTOKENS
#include "nncc/Dialect/Aristotle/Transforms/Passes.h.inc"
} // namespace nncc::aristotle

using namespace mlir;
using namespace nncc;
using namespace nncc::aristotle;

namespace {
struct AssignTokensPass
    : aristotle::impl::AristotleAssignTokensBase<AssignTokensPass> {
  void runOnOperation() override {
    ProgramOp program = getOperation();
    ProgramContext context(program);
    SmallVector<InstructionOpInterface> instructions = instructionsOf(program);
    scheduling::TokenResult result = scheduling::assignTokens(
        nodesOf(instructions, context), context.arch.tokenLimit);
    if (!result.ok) {
      program.emitError("no legal synchronisation with a token limit of ")
          << context.arch.tokenLimit << ": " << result.why;
      return signalPassFailure();
    }
    for (auto [op, sync] : llvm::zip(instructions, result.sync))
      op.assignTokens(sync.wait, sync.post, sync.fence);
    numDependences += result.statistics.dependences;
    numTokens += result.statistics.tokens;
    numFences += result.statistics.fences;
  }
};
} // namespace
