//===- FuseClamp.cpp - Fuse clamps into convolutions and adds -------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/Transforms/Passes.h"
#include "nncc/Dialect/NN/Utils/Locations.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace nncc::nn {
#define GEN_PASS_DEF_FUSECLAMP
#include "nncc/Dialect/NN/Transforms/Passes.h.inc"
} // namespace nncc::nn

using namespace mlir;
using namespace nncc::nn;

namespace {

/// True if a clamp of `value` can become bounds of the op that defines it.
bool canTakeClamp(Value value) {
  Operation *op = value.getDefiningOp();
  return op && value.hasOneUse() && isa<Conv2DOp, AddOp, MulOp>(op);
}

/// Gives the op the bounds that follow its own, and the clamp's name.
template <typename OpTy>
void appendClamp(PatternRewriter &rewriter, OpTy op, ClampOp clamp) {
  rewriter.modifyOpInPlace(op, [&] {
    op.setClampRange(op.getClampRange().then(clamp.getClampRange()));
    op->setLoc(fuseLocations(clamp.getLoc(), {op.getLoc()}));
  });
}

struct FuseIntoProducer : OpRewritePattern<ClampOp> {
  FuseIntoProducer(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(ClampOp op,
                                PatternRewriter &rewriter) const override {
    // With a change of element type in between, the first op would also round.
    if (!canTakeClamp(op.getInput()) || op.getType() != op.getInput().getType())
      return failure();
    Operation *producer = op.getInput().getDefiningOp();
    if (auto conv = dyn_cast<Conv2DOp>(producer))
      appendClamp(rewriter, conv, op);
    else if (auto add = dyn_cast<AddOp>(producer))
      appendClamp(rewriter, add, op);
    else
      appendClamp(rewriter, cast<MulOp>(producer), op);
    rewriter.replaceOp(op, producer->getResults());
    ++count;
    return success();
  }

  Pass::Statistic &count;
};

/// clamp(f(x)) -> f(clamp(x)) for an f that selects or moves elements, where
/// the clamp can be fused then.
template <typename OpTy> struct HoistAbove : OpRewritePattern<ClampOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ClampOp op,
                                PatternRewriter &rewriter) const override {
    auto producer = op.getInput().getDefiningOp<OpTy>();
    if (!producer || !producer->hasOneUse() ||
        op.getType() != op.getInput().getType() ||
        !canTakeClamp(producer.getInput()))
      return failure();
    rewriter.setInsertionPoint(producer);
    Value clamped = ClampOp::create(rewriter, op.getLoc(), producer.getInput(),
                                    op.getClampRange());
    rewriter.modifyOpInPlace(
        producer, [&] { producer.getInputMutable().assign(clamped); });
    rewriter.replaceOp(op, producer->getResults());
    return success();
  }
};

struct FuseClamp : public nncc::nn::impl::FuseClampBase<FuseClamp> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseIntoProducer>(&getContext(), numFused);
    patterns.add<HoistAbove<MaxPool2DOp>, HoistAbove<ReshapeOp>>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
