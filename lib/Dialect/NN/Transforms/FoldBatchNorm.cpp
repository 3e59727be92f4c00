//===- FoldBatchNorm.cpp - Fold batch normalisation -----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ScaleLayer.h"
#include "nncc/Dialect/NN/Transforms/Passes.h"
#include "nncc/Dialect/NN/Utils/Constants.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

namespace nncc::nn {
#define GEN_PASS_DEF_FOLDBATCHNORM
#include "nncc/Dialect/NN/Transforms/Passes.h.inc"
} // namespace nncc::nn

using namespace mlir;
using namespace nncc::nn;

namespace {

/// The op as `factor * x + offset` for each channel; none if a parameter is not
/// constant.
std::optional<ChannelAffine> getAffine(BatchNormOp op) {
  auto scale = getFloatConstant(op.getScale());
  auto bias = getFloatConstant(op.getBias());
  auto mean = getFloatConstant(op.getMean());
  auto variance = getFloatConstant(op.getVariance());
  if (!scale || !bias || !mean || !variance)
    return std::nullopt;
  double epsilon = op.getEpsilon().convertToFloat();
  ChannelAffine affine;
  for (size_t c = 0; c < scale->size(); ++c) {
    double factor = (*scale)[c] / std::sqrt((*variance)[c] + epsilon);
    affine.factor.push_back(factor);
    affine.offset.push_back((*bias)[c] - (*mean)[c] * factor);
  }
  return affine;
}

struct FoldIntoLayer : OpRewritePattern<BatchNormOp> {
  FoldIntoLayer(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context, /*benefit=*/2), count(count) {}

  LogicalResult matchAndRewrite(BatchNormOp op,
                                PatternRewriter &rewriter) const override {
    Operation *layer = op.getInput().getDefiningOp();
    if (!layer || !canApplyToLayer(layer))
      return failure();
    auto affine = getAffine(op);
    if (!affine)
      return failure();
    rewriter.replaceOp(op, applyToLayer(rewriter, layer, *affine, op.getLoc()));
    ++count;
    return success();
  }

  Pass::Statistic &count;
};

struct MakeDepthwise : OpRewritePattern<BatchNormOp> {
  MakeDepthwise(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(BatchNormOp op,
                                PatternRewriter &rewriter) const override {
    auto affine = getAffine(op);
    if (!affine)
      return failure();
    rewriter.replaceOp(op, makeDepthwise(rewriter, op.getInput(), *affine,
                                         ClampRange(), op.getLoc()));
    ++count;
    return success();
  }

  Pass::Statistic &count;
};

struct FoldBatchNorm : public nncc::nn::impl::FoldBatchNormBase<FoldBatchNorm> {
  void runOnOperation() override {
    if (getOperation().walk(checkVariance).wasInterrupted())
      return signalPassFailure();
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldIntoLayer>(&getContext(), numFolded);
    patterns.add<MakeDepthwise>(&getContext(), numStandalone);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }

  static WalkResult checkVariance(BatchNormOp op) {
    auto variance = getFloatConstant(op.getVariance());
    if (!variance)
      return WalkResult::advance();
    float epsilon = op.getEpsilon().convertToFloat();
    for (auto [channel, value] : llvm::enumerate(*variance))
      if (!(double(value) + epsilon > 0)) {
        op.emitOpError() << "expected a variance + epsilon above zero, got "
                         << value << " + " << epsilon << " in channel "
                         << channel;
        return WalkResult::interrupt();
      }
    return WalkResult::advance();
  }
};

} // namespace
