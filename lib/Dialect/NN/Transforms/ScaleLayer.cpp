//===- ScaleLayer.cpp - Per-channel affine functions after a layer --------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ScaleLayer.h"
#include "nncc/Dialect/NN/Utils/Constants.h"
#include "nncc/Dialect/NN/Utils/Locations.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace nncc::nn;

static bool isFloatConstant(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType().isF32() &&
         matchPattern(value, m_Constant());
}

bool nncc::nn::canApplyToLayer(Operation *layer) {
  if (!layer->hasOneUse())
    return false;
  if (auto conv = dyn_cast<Conv2DOp>(layer))
    return !conv.getResidual() && conv.getClampRange().isUnbounded() &&
           isFloatConstant(conv.getWeight()) &&
           (!conv.getBias() || isFloatConstant(conv.getBias()));
  if (auto linear = dyn_cast<LinearOp>(layer))
    return isFloatConstant(linear.getWeight()) &&
           (!linear.getBias() || isFloatConstant(linear.getBias()));
  return false;
}

/// The weight and bias of a layer after `affine`. Unscaled weights are kept.
static std::pair<Value, Value> applyToConstants(OpBuilder &builder,
                                                Location loc, Value weight,
                                                Value bias,
                                                const ChannelAffine &affine) {
  size_t outputs = affine.factor.size();
  if (!llvm::all_of(affine.factor, [](double f) { return f == 1; })) {
    std::vector<float> values = *getFloatConstant(weight);
    size_t row = values.size() / outputs;
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<float>(values[i] * affine.factor[i / row]);
    weight = makeFloatConstant(
        builder, weight.getLoc(),
        cast<RankedTensorType>(weight.getType()).getShape(), values);
  }
  std::vector<float> biases(outputs);
  if (bias)
    biases = *getFloatConstant(bias);
  for (size_t o = 0; o < outputs; ++o)
    biases[o] =
        static_cast<float>(biases[o] * affine.factor[o] + affine.offset[o]);
  bias = makeFloatConstant(builder, bias ? bias.getLoc() : loc,
                           {static_cast<int64_t>(outputs)}, biases);
  return {weight, bias};
}

Value nncc::nn::applyToLayer(PatternRewriter &rewriter, Operation *layer,
                             const ChannelAffine &affine, Location loc) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(layer);
  Location fused = fuseLocations(loc, {layer->getLoc()});
  if (auto conv = dyn_cast<Conv2DOp>(layer)) {
    auto [weight, bias] = applyToConstants(
        rewriter, conv.getLoc(), conv.getWeight(), conv.getBias(), affine);
    return Conv2DOp::create(rewriter, fused, conv.getInput(), weight, bias,
                            conv.getStrides(), conv.getPads(),
                            conv.getDilations(), conv.getGroups());
  }
  auto linear = cast<LinearOp>(layer);
  auto [weight, bias] = applyToConstants(
      rewriter, linear.getLoc(), linear.getWeight(), linear.getBias(), affine);
  return LinearOp::create(rewriter, fused, linear.getInput(), weight, bias);
}

Value nncc::nn::makeDepthwise(PatternRewriter &rewriter, Value input,
                              const ChannelAffine &affine, ClampRange range,
                              Location loc) {
  auto type = cast<RankedTensorType>(input.getType());
  int64_t channels = type.getDimSize(1);
  bool isImage = type.getRank() == 4;
  if (!isImage) {
    int64_t batch = type.getDimSize(0);
    input = rewriter.createOrFold<ReshapeOp>(
        loc, input,
        ArrayRef<int64_t>{batch, channels,
                          type.getNumElements() / batch / channels, 1});
  }
  std::vector<float> factor(affine.factor.begin(), affine.factor.end());
  std::vector<float> offset(affine.offset.begin(), affine.offset.end());
  Value weight = makeFloatConstant(rewriter, loc, {channels, 1, 1, 1}, factor);
  Value bias = makeFloatConstant(rewriter, loc, {channels}, offset);
  auto conv = Conv2DOp::create(rewriter, loc, input, weight, bias,
                               /*strides=*/ArrayRef<int64_t>{1, 1},
                               /*pads=*/ArrayRef<int64_t>{0, 0, 0, 0},
                               /*dilations=*/ArrayRef<int64_t>{1, 1}, channels);
  conv.setClampRange(range);
  if (isImage)
    return conv;
  return ReshapeOp::create(rewriter, loc, type, conv);
}
