//===- FoldAddConstant.cpp - Turn added constants into biases -------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ScaleLayer.h"
#include "nncc/Dialect/NN/Transforms/Passes.h"
#include "nncc/Dialect/NN/Utils/Constants.h"
#include "nncc/Dialect/NN/Utils/Locations.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace nncc::nn {
#define GEN_PASS_DEF_FOLDADDCONSTANT
#include "nncc/Dialect/NN/Transforms/Passes.h.inc"
} // namespace nncc::nn

using namespace mlir;
using namespace nncc::nn;

namespace {

/// An add seen as a variable operand of the result's type and a constant.
struct AddOfConstant {
  Value input;
  Value constant;
};

std::optional<AddOfConstant> splitOperands(AddOp op) {
  for (auto [input, constant] : {std::make_pair(op.getLhs(), op.getRhs()),
                                 std::make_pair(op.getRhs(), op.getLhs())})
    if (input.getType() == op.getType() &&
        constant.getType().getElementType().isF32() &&
        matchPattern(constant, m_Constant()) &&
        !matchPattern(input, m_Constant()))
      return AddOfConstant{input, constant};
  return std::nullopt;
}

/// The constant as an offset for each channel of the result, if it has one
/// value for each.
std::optional<ChannelAffine> getAffine(AddOp op, Value constant) {
  RankedTensorType type = op.getType();
  if (type.getRank() < 2)
    return std::nullopt;
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(constant.getType()).getShape();
  int64_t lead = type.getRank() - static_cast<int64_t>(shape.size());
  for (auto [d, extent] : llvm::enumerate(shape))
    if (extent != 1 && lead + static_cast<int64_t>(d) != 1)
      return std::nullopt;
  std::vector<float> values = *getFloatConstant(constant);
  ChannelAffine affine;
  int64_t channels = type.getDimSize(1);
  affine.factor.assign(channels, 1);
  for (int64_t c = 0; c < channels; ++c)
    affine.offset.push_back(values[values.size() == 1 ? 0 : c]);
  return affine;
}

struct FoldIntoBias : OpRewritePattern<AddOp> {
  FoldIntoBias(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context, /*benefit=*/2), count(count) {}

  LogicalResult matchAndRewrite(AddOp op,
                                PatternRewriter &rewriter) const override {
    auto split = splitOperands(op);
    if (!split)
      return failure();
    Operation *layer = split->input.getDefiningOp();
    if (!layer || !canApplyToLayer(layer))
      return failure();
    auto affine = getAffine(op, split->constant);
    if (!affine)
      return failure();
    ClampRange range = op.getClampRange();
    Value result = applyToLayer(rewriter, layer, *affine, op.getLoc());
    if (!range.isUnbounded())
      result = ClampOp::create(rewriter, op.getLoc(), result, range);
    rewriter.replaceOp(op, result);
    ++count;
    return success();
  }

  Pass::Statistic &count;
};

struct MakeDepthwise : OpRewritePattern<AddOp> {
  MakeDepthwise(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(AddOp op,
                                PatternRewriter &rewriter) const override {
    auto split = splitOperands(op);
    if (!split)
      return failure();
    auto affine = getAffine(op, split->constant);
    if (!affine)
      return failure();
    rewriter.replaceOp(op, makeDepthwise(rewriter, split->input, *affine,
                                         op.getClampRange(), op.getLoc()));
    ++count;
    return success();
  }

  Pass::Statistic &count;
};

/// Spreads a constant out to the result's shape, so that later stages meet adds
/// of equal shapes only.
struct SpreadConstant : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;

  /// Larger constants stay as they are: 64 MiB is more than any feature map
  /// that the addition is worth precomputing for.
  static constexpr int64_t kMaxSpread = int64_t(1) << 24;

  LogicalResult matchAndRewrite(AddOp op,
                                PatternRewriter &rewriter) const override {
    auto split = splitOperands(op);
    if (!split || split->constant.getType() == op.getType() ||
        op.getType().getNumElements() > kMaxSpread ||
        getAffine(op, split->constant))
      return failure();
    ArrayRef<int64_t> from =
        cast<RankedTensorType>(split->constant.getType()).getShape();
    ArrayRef<int64_t> to = op.getType().getShape();
    std::vector<float> values = *getFloatConstant(split->constant);
    std::vector<float> spread(op.getType().getNumElements());
    SmallVector<int64_t> index(to.size());
    for (float &element : spread) {
      int64_t source = 0;
      for (size_t d = 0; d < from.size(); ++d) {
        int64_t i = index[to.size() - from.size() + d];
        source = source * from[d] + (from[d] == 1 ? 0 : i);
      }
      element = values[source];
      for (size_t d = to.size(); d-- > 0;) {
        if (++index[d] < to[d])
          break;
        index[d] = 0;
      }
    }
    Value constant =
        makeFloatConstant(rewriter, split->constant.getLoc(), to, spread);
    rewriter.modifyOpInPlace(op, [&] {
      op.getLhsMutable().assign(split->input);
      op.getRhsMutable().assign(constant);
    });
    return success();
  }
};

struct FoldAddConstant
    : public nncc::nn::impl::FoldAddConstantBase<FoldAddConstant> {
  using FoldAddConstantBase::FoldAddConstantBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldIntoBias>(&getContext(), numFolded);
    if (!onlyIntoBias) {
      patterns.add<MakeDepthwise>(&getContext(), numStandalone);
      patterns.add<SpreadConstant>(&getContext());
    }
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
