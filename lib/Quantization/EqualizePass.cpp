//===- EqualizePass.cpp - Equalization of a graph -------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Passes.h"

#include "nncc/Dialect/NN/Utils/Constants.h"
#include "nncc/Quantization/Equalization.h"

#include "llvm/ADT/MapVector.h"

#include <cmath>

namespace nncc {
#define GEN_PASS_DEF_EQUALIZE
#include "nncc/Quantization/Passes.h.inc"
} // namespace nncc

using namespace mlir;
using namespace nncc;

namespace {

/// A convolution, what lies behind it, and the convolution that reads that.
struct Link {
  nn::Conv2DOp first, second;
  /// Between the two, in order.
  SmallVector<Operation *> between;
};

/// Multiplication with s > 0 commutes with these bounds, once an upper one has
/// been taken away.
bool isHomogeneous(const nn::ClampRange &clamp, bool dropUpperBounds) {
  if (clamp.min && *clamp.min != 0.0f)
    return false;
  return !clamp.max || (dropUpperBounds && *clamp.max > 0.0f);
}

/// ... and with these ops, channel by channel.
bool isHomogeneous(Operation *op, bool dropUpperBounds) {
  if (auto clamp = dyn_cast<nn::ClampOp>(op))
    return isHomogeneous(clamp.getClampRange(), dropUpperBounds);
  if (auto activation = dyn_cast<nn::ActivationOp>(op))
    return activation.getKind() == nn::ActivationKind::LeakyRelu ||
           activation.getKind() == nn::ActivationKind::Identity;
  // What a pad adds is scaled like the rest: zeros and infinities stay.
  if (auto pad = dyn_cast<nn::PadOp>(op))
    return (pad.getValue().isZero() || pad.getValue().isInfinity()) &&
           pad.isSpatial();
  return isa<nn::MaxPool2DOp, nn::AvgPool2DOp>(op);
}

bool hasConstants(nn::Conv2DOp conv) {
  auto isFinite = [](Value value) {
    std::optional<std::vector<float>> values = nn::getFloatConstant(value);
    return values &&
           llvm::all_of(*values, [](float x) { return std::isfinite(x); });
  };
  return isFinite(conv.getWeight()) &&
         (!conv.getBias() || isFinite(conv.getBias()));
}

/// The convolution that reads `first`, through homogeneous ops that nothing
/// else reads; none if there is another kind of op or reader on the way.
std::optional<Link> findLink(nn::Conv2DOp first, bool dropUpperBounds) {
  Link link;
  link.first = first;
  // The residual would have to be scaled as well.
  if (first.getResidual() ||
      !isHomogeneous(first.getClampRange(), dropUpperBounds) ||
      !hasConstants(first))
    return std::nullopt;
  Operation *op = first;
  while (op->hasOneUse()) {
    OpOperand &use = *op->use_begin();
    op = use.getOwner();
    if (auto conv = dyn_cast<nn::Conv2DOp>(op)) {
      if (&use != &conv.getInputMutable() || !hasConstants(conv))
        return std::nullopt;
      link.second = conv;
      return link;
    }
    if (!isHomogeneous(op, dropUpperBounds))
      return std::nullopt;
    link.between.push_back(op);
  }
  return std::nullopt;
}

/// Takes an upper bound away; true if there was one.
template <typename Op> bool dropUpperBound(Op op) {
  nn::ClampRange clamp = op.getClampRange();
  if (!clamp.max)
    return false;
  clamp.max.reset();
  op.setClampRange(clamp);
  return true;
}

/// Gives a layer its weights and bias with the scales of its channels.
void applyScales(nn::Conv2DOp conv, const std::vector<double> &divisors,
                 const std::vector<double> &factors) {
  OpBuilder builder(conv);
  std::vector<float> weights = *nn::getFloatConstant(conv.getWeight());
  int64_t outputs = conv.getOutChannels();
  int64_t inputsPerGroup = conv.getChannelsPerGroup();
  int64_t kernelSize = conv.getKernelH() * conv.getKernelW();
  int64_t outputsPerGroup = outputs / static_cast<int64_t>(conv.getGroups());
  float *weight = weights.data();
  for (int64_t output = 0; output < outputs; ++output)
    for (int64_t i = 0; i < inputsPerGroup; ++i) {
      int64_t input = output / outputsPerGroup * inputsPerGroup + i;
      double scale = factors[input] / divisors[output];
      for (int64_t k = 0; k < kernelSize; ++k, ++weight)
        *weight = static_cast<float>(*weight * scale);
    }
  // Others may read the old constants.
  conv.getWeightMutable().assign(
      nn::makeFloatConstant(builder, conv.getWeight().getLoc(),
                            conv.getWeight().getType().getShape(), weights));
  if (!conv.getBias())
    return;
  std::vector<float> biases = *nn::getFloatConstant(conv.getBias());
  for (auto [bias, divisor] : llvm::zip_equal(biases, divisors))
    bias = static_cast<float>(bias / divisor);
  conv.getBiasMutable().assign(nn::makeFloatConstant(
      builder, conv.getBias().getLoc(), {outputs}, biases));
}

struct EqualizePass : public nncc::impl::EqualizeBase<EqualizePass> {
  using EqualizeBase::EqualizeBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    for (Operation &op : function.getOps())
      if (op.hasAttr(kRangeAttr) || op.hasAttr(kInputMeanAttr)) {
        op.emitError() << "has a range already, which equalization would make "
                          "wrong; equalize before calibrating";
        return signalPassFailure();
      }

    SmallVector<Link> links;
    for (auto conv : function.getOps<nn::Conv2DOp>())
      if (std::optional<Link> link = findLink(conv, dropUpperBounds))
        links.push_back(*link);

    Equalization equalization;
    llvm::MapVector<Operation *, int> layers;
    auto getLayer = [&](nn::Conv2DOp conv) {
      auto [entry, isNew] = layers.insert({conv, 0});
      if (isNew)
        entry->second = equalization.addLayer(
            nn::getFloatConstant(conv.getWeight())->data(),
            conv.getOutChannels(), conv.getChannelsPerGroup(),
            conv.getKernelH() * conv.getKernelW(), conv.getGroups());
      return entry->second;
    };
    for (Link &link : links) {
      int first = getLayer(link.first);
      equalization.addPair(first, getLayer(link.second));
    }
    equalization.run();

    for (auto [op, layer] : layers)
      applyScales(cast<nn::Conv2DOp>(op), equalization.getOutputDivisors(layer),
                  equalization.getInputFactors(layer));
    for (Link &link : links) {
      numBoundsDropped += dropUpperBound(link.first);
      for (Operation *op : link.between)
        if (auto clamp = dyn_cast<nn::ClampOp>(op))
          numBoundsDropped += dropUpperBound(clamp);
    }
    for (auto constant :
         llvm::make_early_inc_range(function.getOps<nn::ConstantOp>()))
      if (constant.use_empty())
        constant.erase();
    numPairs += links.size();
  }
};

} // namespace
