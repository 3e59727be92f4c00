//===- MulPatterns.cpp - Canonical forms of products ----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
// Exporters write many activations as products of a value with a function of
// itself. As one op they are one table, which rounds once.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Dialect/NN/Utils/Locations.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

#include <cmath>

using namespace mlir;
using namespace nncc::nn;

static Value makeActivation(OpBuilder &builder, Location loc,
                            ActivationKind kind, Value input) {
  return ActivationOp::create(
      builder, loc, input.getType(),
      ActivationKindAttr::get(builder.getContext(), kind), input,
      builder.getF32FloatAttr(0), builder.getF32FloatAttr(0));
}

/// The kind of `x * factor`, if the factor is that function of x.
static std::optional<ActivationKind> getKind(Value x, Value factor) {
  auto activation = factor.getDefiningOp<ActivationOp>();
  if (!activation)
    return std::nullopt;
  if (activation.getKind() == ActivationKind::Tanh) {
    auto inner = activation.getInput().getDefiningOp<ActivationOp>();
    if (inner && inner.getKind() == ActivationKind::Softplus &&
        inner.getInput() == x)
      return ActivationKind::Mish;
    return std::nullopt;
  }
  if (activation.getInput() != x)
    return std::nullopt;
  if (activation.getKind() == ActivationKind::Sigmoid)
    return ActivationKind::Silu;
  // Exporters write 1/6 with four to eight digits.
  if (activation.getKind() == ActivationKind::HardSigmoid &&
      std::fabs(activation.getAlpha().convertToFloat() - 1.0 / 6) < 1e-4 &&
      activation.getBeta().convertToFloat() == 0.5f)
    return ActivationKind::HardSwish;
  return std::nullopt;
}

/// True for `clamp(x + 3, 0, 6)`: six times a hard sigmoid.
static bool isShiftedRelu6(Value x, Value factor) {
  ClampRange range;
  Value sum;
  if (auto clamp = factor.getDefiningOp<ClampOp>()) {
    range = clamp.getClampRange();
    sum = clamp.getInput();
  }
  auto add = sum ? sum.getDefiningOp<AddOp>() : nullptr;
  if (!add || !add.getClampRange().isUnbounded() || range.min != 0.0f ||
      range.max != 6.0f || add.getType() != x.getType())
    return false;
  for (auto [value, other] : {std::make_pair(add.getLhs(), add.getRhs()),
                              std::make_pair(add.getRhs(), add.getLhs())}) {
    DenseElementsAttr three;
    if (value == x && matchPattern(other, m_Constant(&three)) &&
        three.getElementType().isF32() && three.isSplat() &&
        three.getSplatValue<float>() == 3.0f)
      return true;
  }
  return false;
}

/// `x` with all elements times `factor`.
static Value makeScaled(OpBuilder &builder, Location loc, Value x,
                        float factor) {
  int64_t channels = cast<RankedTensorType>(x.getType()).getDimSize(1);
  auto splat = [&](float value) -> Value {
    auto type = RankedTensorType::get({channels}, builder.getF32Type());
    return ConstantOp::create(builder, loc,
                              DenseElementsAttr::get(type, value));
  };
  return BatchNormOp::create(builder, loc, x.getType(), x, splat(factor),
                             splat(0), splat(0), splat(1),
                             builder.getF32FloatAttr(0));
}

namespace {
struct RecognizeActivation : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MulOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getClampRange().isUnbounded() ||
        op.getLhs().getType() != op.getType() ||
        op.getRhs().getType() != op.getType() ||
        !op.getType().getElementType().isF32())
      return failure();
    for (auto [x, factor] : {std::make_pair(op.getLhs(), op.getRhs()),
                             std::make_pair(op.getRhs(), op.getLhs())}) {
      if (auto kind = getKind(x, factor)) {
        rewriter.replaceOp(op, makeActivation(rewriter, op.getLoc(), *kind, x));
        return success();
      }
      if (op.getType().getRank() >= 2 && isShiftedRelu6(x, factor)) {
        Value swish =
            makeActivation(rewriter, suffixLocation(op.getLoc(), ".swish"),
                           ActivationKind::HardSwish, x);
        rewriter.replaceOp(op, makeScaled(rewriter, op.getLoc(), swish, 6));
        return success();
      }
    }
    return failure();
  }
};
} // namespace

void MulOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                        MLIRContext *context) {
  patterns.add<RecognizeActivation>(context);
}
