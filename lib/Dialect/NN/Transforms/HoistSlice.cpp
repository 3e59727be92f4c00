//===- HoistSlice.cpp - Channels that are taken apart ---------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/Transforms/Passes.h"
#include "nncc/Dialect/NN/Utils/Constants.h"
#include "nncc/Dialect/NN/Utils/Locations.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace nncc::nn {
#define GEN_PASS_DEF_HOISTSLICE
#include "nncc/Dialect/NN/Transforms/Passes.h.inc"
} // namespace nncc::nn

using namespace mlir;
using namespace nncc::nn;

namespace {

/// Takes some channels of a feature map, and all of their pixels.
bool takesChannels(SliceOp op) {
  return op && op.getType().getRank() == 4 && op.takesAll(0) &&
         op.takesAll(2) && op.takesAll(3);
}

/// Nothing reads more of `value` than some of its channels, and no channel is
/// read twice: computing the parts apart is no more work.
bool isTakenApart(Value value) {
  llvm::BitVector taken(cast<RankedTensorType>(value.getType()).getDimSize(1));
  for (Operation *user : value.getUsers()) {
    auto slice = dyn_cast<SliceOp>(user);
    if (!takesChannels(slice))
      return false;
    for (int64_t i = 0; i < slice.getSizes()[1]; ++i) {
      int64_t channel = slice.getStarts()[1] + i * slice.getSteps()[1];
      if (taken.test(channel))
        return false;
      taken.set(channel);
    }
  }
  return true;
}

/// The rows of a constant whose first axis is that of the slice's channels.
Value takeRows(PatternRewriter &rewriter, Value constant, SliceOp slice) {
  std::vector<float> values = *getFloatConstant(constant);
  SmallVector<int64_t> shape(
      cast<RankedTensorType>(constant.getType()).getShape());
  size_t row = values.size() / shape[0];
  shape[0] = slice.getSizes()[1];
  std::vector<float> taken;
  for (int64_t i = 0; i < shape[0]; ++i) {
    auto begin =
        values.begin() + (slice.getStarts()[1] + i * slice.getSteps()[1]) * row;
    taken.insert(taken.end(), begin, begin + row);
  }
  return makeFloatConstant(rewriter, constant.getLoc(), shape, taken);
}

SliceOp takeSame(PatternRewriter &rewriter, Value of, SliceOp slice) {
  SmallVector<int64_t> sizes(cast<RankedTensorType>(of.getType()).getShape());
  sizes[1] = slice.getSizes()[1];
  return SliceOp::create(rewriter, suffixLocation(slice.getLoc(), ".part"), of,
                         slice.getStarts(), sizes, slice.getSteps());
}

struct IntoConv : OpRewritePattern<SliceOp> {
  IntoConv(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto conv = op.getInput().getDefiningOp<Conv2DOp>();
    if (!conv || !takesChannels(op) || !isTakenApart(conv) ||
        conv.getResidual() || !getFloatConstant(conv.getWeight()) ||
        (conv.getBias() && !getFloatConstant(conv.getBias())) ||
        (conv.getGroups() != 1 && !conv.isDepthwise()))
      return failure();
    rewriter.setInsertionPoint(conv);
    Value input = conv.getInput();
    int64_t groups = 1;
    if (conv.getGroups() != 1) {
      input = takeSame(rewriter, input, op);
      groups = op.getSizes()[1];
    }
    Value weight = takeRows(rewriter, conv.getWeight(), op);
    Value bias =
        conv.getBias() ? takeRows(rewriter, conv.getBias(), op) : Value();
    auto part = Conv2DOp::create(
        rewriter, fuseLocations(op.getLoc(), {conv.getLoc()}), input, weight,
        bias, conv.getStrides(), conv.getPads(), conv.getDilations(), groups);
    part.setClampRange(conv.getClampRange());
    rewriter.replaceOp(op, part);
    ++count;
    return success();
  }

  Pass::Statistic &count;
};

/// slice(f(x)) -> f(slice(x)) for an f of single elements.
template <typename OpTy> struct AboveUnary : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto producer = op.getInput().getDefiningOp<OpTy>();
    if (!producer || !takesChannels(op) || !isTakenApart(producer.getResult()))
      return failure();
    rewriter.setInsertionPoint(producer);
    Value part = takeSame(rewriter, producer.getInput(), op);
    Operation *moved = rewriter.clone(*producer);
    moved->setOperand(0, part);
    moved->getResult(0).setType(op.getType());
    moved->setLoc(fuseLocations(op.getLoc(), {producer.getLoc()}));
    rewriter.replaceOp(op, moved->getResults());
    return success();
  }
};

/// Channels of one of the joined operands only.
struct IntoConcat : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto concat = op.getInput().getDefiningOp<ConcatOp>();
    if (!concat || concat.getAxis() != 1 || !takesChannels(op))
      return failure();
    int64_t first = op.getStarts()[1];
    int64_t last = first + (op.getSizes()[1] - 1) * op.getSteps()[1];
    for (Value input : concat.getInputs()) {
      int64_t channels = cast<RankedTensorType>(input.getType()).getDimSize(1);
      if (first >= channels) {
        first -= channels;
        last -= channels;
        continue;
      }
      if (last >= channels)
        return failure();
      SmallVector<int64_t> starts(op.getStarts());
      starts[1] = first;
      Value part = rewriter.createOrFold<SliceOp>(op.getLoc(), input, starts,
                                                  op.getSizes(), op.getSteps());
      rewriter.replaceOp(op, part);
      return success();
    }
    return failure();
  }
};

struct HoistSlice : public nncc::nn::impl::HoistSliceBase<HoistSlice> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    patterns.add<IntoConv>(context, numHoisted);
    patterns.add<AboveUnary<ActivationOp>, AboveUnary<ClampOp>, IntoConcat>(
        context);
    SliceOp::getCanonicalizationPatterns(patterns, context);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
