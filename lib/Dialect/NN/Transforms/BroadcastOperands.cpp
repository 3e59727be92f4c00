//===- BroadcastOperands.cpp - Operands that are repeated -----------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/Transforms/Passes.h"
#include "nncc/Dialect/NN/Utils/Constants.h"
#include "nncc/Dialect/NN/Utils/Locations.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace nncc::nn {
#define GEN_PASS_DEF_BROADCASTOPERANDS
#include "nncc/Dialect/NN/Transforms/Passes.h.inc"
} // namespace nncc::nn

using namespace mlir;
using namespace nncc::nn;

namespace {

/// The result's shape is that of the first operand.
template <typename OpTy> struct PutWidestFirst : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    auto fills = [&](Value value) {
      return cast<RankedTensorType>(value.getType()).getShape() ==
             op.getType().getShape();
    };
    if (fills(op.getLhs()) || !fills(op.getRhs()))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      Value lhs = op.getLhs();
      op.getLhsMutable().assign(op.getRhs());
      op.getRhsMutable().assign(lhs);
    });
    return success();
  }
};

/// An operand of fewer axes has leading ones.
template <typename OpTy> struct GiveRank : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getRhs().getType());
    int64_t missing = op.getType().getRank() - type.getRank();
    if (missing <= 0)
      return failure();
    SmallVector<int64_t> shape(missing, 1);
    llvm::append_range(shape, type.getShape());
    Value reshaped = rewriter.createOrFold<ReshapeOp>(op.getLoc(), op.getRhs(),
                                                      ArrayRef<int64_t>(shape));
    rewriter.modifyOpInPlace(op, [&] { op.getRhsMutable().assign(reshaped); });
    return success();
  }
};

/// Words hold channels side by side: one channel becomes many by a convolution
/// with ones.
template <typename OpTy> struct RepeatChannel : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getRhs().getType());
    int64_t channels =
        op.getType().getRank() == 4 ? op.getType().getDimSize(1) : 0;
    if (type.getRank() != 4 || type.getDimSize(0) != 1 ||
        type.getDimSize(1) != 1 || channels <= 1 ||
        matchPattern(op.getRhs(), m_Constant()))
      return failure();
    Value ones = makeFloatConstant(rewriter, op.getLoc(), {channels, 1, 1, 1},
                                   std::vector<float>(channels, 1.0f));
    Value repeated = Conv2DOp::create(
        rewriter, suffixLocation(op.getLoc(), ".repeated"), op.getRhs(), ones,
        Value(), ArrayRef<int64_t>{1, 1}, ArrayRef<int64_t>{0, 0, 0, 0},
        ArrayRef<int64_t>{1, 1}, 1);
    rewriter.modifyOpInPlace(op, [&] { op.getRhsMutable().assign(repeated); });
    return success();
  }
};

/// A constant is spread out along the channels, where nothing repeats.
template <typename OpTy> struct SpreadChannel : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  /// As for additions: larger constants stay as they are.
  static constexpr int64_t kMaxSpread = int64_t(1) << 24;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getRhs().getType());
    auto values = getFloatConstant(op.getRhs());
    if (!values || type.getRank() != 4 || op.getType().getRank() != 4 ||
        type.getDimSize(1) != 1 || op.getType().getDimSize(1) == 1)
      return failure();
    int64_t channels = op.getType().getDimSize(1);
    int64_t plane = type.getDimSize(2) * type.getDimSize(3);
    if (channels * plane > kMaxSpread || type.getDimSize(0) != 1)
      return failure();
    std::vector<float> spread;
    for (int64_t c = 0; c < channels; ++c)
      llvm::append_range(spread, *values);
    Value constant = makeFloatConstant(
        rewriter, op.getRhs().getLoc(),
        {1, channels, type.getDimSize(2), type.getDimSize(3)}, spread);
    rewriter.modifyOpInPlace(op, [&] { op.getRhsMutable().assign(constant); });
    return success();
  }
};

struct BroadcastOperands
    : public nncc::nn::impl::BroadcastOperandsBase<BroadcastOperands> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    patterns.add<PutWidestFirst<AddOp>, PutWidestFirst<MulOp>, GiveRank<AddOp>,
                 GiveRank<MulOp>, RepeatChannel<AddOp>, RepeatChannel<MulOp>,
                 SpreadChannel<AddOp>, SpreadChannel<MulOp>>(context);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
