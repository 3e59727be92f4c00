//===- LayerParameters.cpp - Integer weights and biases -------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "LayerParameters.h"

#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Dialect/NN/Utils/Constants.h"
#include "nncc/Dialect/NN/Utils/Locations.h"
#include "nncc/Quantization/Calibration.h"
#include "nncc/Quantization/WeightScales.h"

#include <cmath>

using namespace mlir;
using namespace nncc;

Value nncc::getBias(Operation *op) {
  if (auto conv = dyn_cast<nn::Conv2DOp>(op))
    return conv.getBias();
  return cast<nn::LinearOp>(op).getBias();
}

/// The mean of what each weight is multiplied with, one value for each element
/// of [C, KH, KW], or nothing if the network was not calibrated with means.
static std::vector<float> getInputMeans(Operation *op, size_t count) {
  auto means = op->getAttrOfType<DenseElementsAttr>(kInputMeanAttr);
  if (!means || !means.getElementType().isF32() ||
      static_cast<size_t>(means.getNumElements()) != count)
    return {};
  std::vector<float> result;
  llvm::append_range(result, means.getValues<float>());
  if (!llvm::all_of(result, [](float x) { return std::isfinite(x); }))
    return {};
  return result;
}

FailureOr<LayerParameters> nncc::quantizeParameters(Operation *op,
                                                    double inputScale,
                                                    double outputScale,
                                                    ScaleMode mode) {
  Value weight = op->getOperand(1), bias = getBias(op);
  auto conv = dyn_cast<nn::Conv2DOp>(op);
  int64_t groups = conv ? conv.getGroups() : 1;
  auto fail = [&](const Twine &reason) {
    return op->emitError() << "node '" << nn::getNodeName(op)
                           << "': " << reason;
  };
  std::optional<std::vector<float>> weights = nn::getFloatConstant(weight);
  if (!weights)
    return fail("expected constant weights; weights computed at run time "
                "cannot be quantized");
  int64_t channels = cast<ShapedType>(weight.getType()).getDimSize(0);
  std::optional<std::vector<float>> biases = std::vector<float>(channels, 0.0f);
  if (bias)
    biases = nn::getFloatConstant(bias);
  if (!biases)
    return fail("expected a constant bias");
  auto isFinite = [](float x) { return std::isfinite(x); };
  if (!llvm::all_of(*weights, isFinite) || !llvm::all_of(*biases, isFinite))
    return fail("a weight or bias is infinite or not a number");

  int64_t perChannel = weights->size() / channels;
  int64_t channelsPerGroup = channels / groups;
  std::vector<float> means = getInputMeans(op, perChannel * groups);
  WeightChannel channel;
  channel.count = perChannel;
  channel.inputScale = inputScale;
  channel.outputScale = outputScale;
  LayerParameters layer;
  for (int64_t c = 0; c < channels; ++c) {
    channel.weights = weights->data() + c * perChannel;
    channel.bias = (*biases)[c];
    WeightScale chosen = chooseWeightScale(channel, mode);
    layer.numWidened += chosen.widened;
    layer.scales.push_back(chosen.scale);
    int64_t greatestSum = 0;
    double correctedBias = channel.bias;
    for (int64_t i = 0; i < perChannel; ++i) {
      int8_t q = quantizeWeight(channel.weights[i], chosen.scale);
      layer.weights.push_back(q);
      greatestSum += 255 * std::abs(int64_t{q});
      // What the rounded weight takes from the mean of the sum.
      if (!means.empty())
        correctedBias += (channel.weights[i] - q * chosen.scale) *
                         means[c / channelsPerGroup * perChannel + i];
    }
    double scaledBias = correctedBias / (channel.inputScale * chosen.scale);
    if (!(std::fabs(scaledBias) <= 2 * kMaxBias))
      return fail("output channel " + Twine(c) +
                  ": the bias is too large for the scales of input and "
                  "weights; check the calibration data");
    layer.bias.push_back(static_cast<int32_t>(std::llround(scaledBias)));
    if (greatestSum + std::abs(int64_t{layer.bias.back()}) > INT32_MAX)
      op->emitWarning() << "node '" << nn::getNodeName(op)
                        << "': output channel " << c << " sums " << perChannel
                        << " products, which may exceed 32 bits for extreme "
                           "inputs";
  }
  return layer;
}
