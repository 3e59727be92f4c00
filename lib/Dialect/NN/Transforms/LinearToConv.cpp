//===- LinearToConv.cpp - Turn linear layers into convolutions ------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/Transforms/Passes.h"
#include "nncc/Dialect/NN/Utils/Locations.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace nncc::nn {
#define GEN_PASS_DEF_LINEARTOCONV
#include "nncc/Dialect/NN/Transforms/Passes.h.inc"
} // namespace nncc::nn

using namespace mlir;
using namespace nncc::nn;

namespace {

struct ConvertLinear : OpRewritePattern<LinearOp> {
  ConvertLinear(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(LinearOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType inputType = op.getInput().getType();
    RankedTensorType weightType = op.getWeight().getType();
    if (inputType.getDimSize(0) != 1)
      return failure();
    int64_t inputs = inputType.getDimSize(1);
    int64_t outputs = weightType.getDimSize(0);

    // Read through the flattening, if there is one: row-major [C, H, W] is the
    // order of the kernel's elements too.
    Value image;
    SmallVector<int64_t, 4> kernel{outputs, inputs, 1, 1};
    auto flatten = op.getInput().getDefiningOp<ReshapeOp>();
    if (flatten && flatten.getInput().getType().getRank() == 4 &&
        flatten.getInput().getType().getDimSize(0) == 1) {
      image = flatten.getInput();
      llvm::copy(flatten.getInput().getType().getShape().drop_front(),
                 kernel.begin() + 1);
    } else {
      image = rewriter.createOrFold<ReshapeOp>(
          op.getLoc(), op.getInput(), ArrayRef<int64_t>{1, inputs, 1, 1});
    }

    Value weight = rewriter.createOrFold<ReshapeOp>(
        op.getWeight().getLoc(), op.getWeight(), ArrayRef<int64_t>(kernel));
    auto convType = RankedTensorType::get({1, outputs, 1, 1},
                                          op.getType().getElementType());
    auto conv = Conv2DOp::create(
        rewriter, op.getLoc(), convType, image, weight, op.getBias(),
        /*residual=*/Value(), /*strides=*/ArrayRef<int64_t>{1, 1},
        /*pads=*/ArrayRef<int64_t>{0, 0, 0, 0},
        /*dilations=*/ArrayRef<int64_t>{1, 1}, /*groups=*/1, FloatAttr(),
        FloatAttr());
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), conv);
    ++count;
    return success();
  }

  Pass::Statistic &count;
};

/// The type of `result` in the shape of `like`.
RankedTensorType withShapeOf(Value like, Value result) {
  return RankedTensorType::get(
      cast<RankedTensorType>(like.getType()).getShape(),
      cast<RankedTensorType>(result.getType()).getElementType());
}

/// f(reshape(x)) -> reshape(f(x)) for a function f of single elements.
template <typename OpTy> struct SinkBelowUnary : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().template getDefiningOp<ReshapeOp>();
    if (!reshape)
      return failure();
    Operation *moved = rewriter.clone(*op);
    moved->setOperand(0, reshape.getInput());
    moved->getResult(0).setType(withShapeOf(reshape.getInput(), op));
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(),
                                           moved->getResult(0));
    return success();
  }
};

/// reshape(x) + reshape(y) -> reshape(x + y) for x and y of one shape.
template <typename OpTy> struct SinkBelowBinary : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    auto lhs = op.getLhs().template getDefiningOp<ReshapeOp>();
    auto rhs = op.getRhs().template getDefiningOp<ReshapeOp>();
    if (!lhs || !rhs || lhs.getType().getShape() != rhs.getType().getShape() ||
        lhs.getInput().getType().getShape() !=
            rhs.getInput().getType().getShape())
      return failure();
    auto moved = OpTy::create(
        rewriter, op.getLoc(), withShapeOf(lhs.getInput(), op), lhs.getInput(),
        rhs.getInput(), op.getClampMinAttr(), op.getClampMaxAttr());
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), moved);
    return success();
  }
};

/// Concatenation of vectors [1, K] that were [1, K, 1, 1].
struct SinkBelowConcat : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = op.getType();
    if (type.getRank() != 2 || type.getDimSize(0) != 1 || op.getAxis() != 1)
      return failure();
    SmallVector<Value> sources;
    for (Value input : op.getInputs()) {
      auto reshape = input.getDefiningOp<ReshapeOp>();
      if (!reshape)
        return failure();
      RankedTensorType source = reshape.getInput().getType();
      if (source.getRank() != 4 ||
          source.getDimSize(1) != source.getNumElements())
        return failure();
      sources.push_back(reshape.getInput());
    }
    auto moved =
        ConcatOp::create(rewriter, op.getLoc(),
                         RankedTensorType::get({1, type.getDimSize(1), 1, 1},
                                               type.getElementType()),
                         sources, /*axis=*/1);
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, type, moved);
    return success();
  }
};

struct LinearToConv : public nncc::nn::impl::LinearToConvBase<LinearToConv> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    patterns.add<ConvertLinear>(context, numConverted);
    patterns
        .add<SinkBelowUnary<ClampOp>, SinkBelowUnary<ActivationOp>,
             SinkBelowBinary<AddOp>, SinkBelowBinary<MulOp>, SinkBelowConcat>(
            context);
    // Cancels the reshapes between the layers of a chain.
    ReshapeOp::getCanonicalizationPatterns(patterns, context);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
