//===- Elementwise.cpp - Import of elementwise operators ------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Operators.h"

#include <cmath>
#include <limits>

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::failure;
using llvm::LogicalResult;
using llvm::success;

//===----------------------------------------------------------------------===//
// Addition
//===----------------------------------------------------------------------===//

/// Rejects operands that do not add up to the shape of the one that is not
/// constant.
static LogicalResult checkSum(Node &node, size_t a, size_t b) {
  llvm::Expected<Shape> shape =
      nn::broadcastShape(node.shape(a), node.shape(b));
  if (!shape)
    return node.reject(shape.takeError());
  for (size_t i : {a, b})
    if (!node.isConstant(i) && node.shape(i) != ArrayRef<int64_t>(*shape))
      return node.reject("expected only a constant to broadcast, got shapes " +
                         nn::formatShape(node.shape(a)) + " and " +
                         nn::formatShape(node.shape(b)));
  return node.checkShape(*shape);
}

static LogicalResult importSum(Node &node) {
  for (size_t i = 0; i < node.numInputs(); ++i)
    if (!node.hasInput(i))
      return node.reject("an input is absent");
  if (node.numInputs() == 1) {
    node.forwardInput();
    return success();
  }
  for (size_t i = 1; i < node.numInputs(); ++i)
    if (failed(checkSum(node, 0, i)))
      return failure();
  mlir::Value sum = node.value(0);
  for (size_t i = 1; i < node.numInputs(); ++i) {
    mlir::Value operand = node.value(i);
    if (node.isRejected())
      return failure();
    sum = nn::AddOp::create(node.builder(), node.loc(), sum, operand);
  }
  if (node.isRejected())
    return failure();
  node.setOutput(sum);
  return success();
}

//===----------------------------------------------------------------------===//
// Clamps
//===----------------------------------------------------------------------===//

static LogicalResult makeClamp(Node &node, nn::ClampRange range) {
  mlir::Value input = node.value(0);
  if (node.isRejected())
    return failure();
  node.setOutput(nn::ClampOp::create(node.builder(), node.loc(), input, range));
  return success();
}

static LogicalResult importRelu(Node &node) {
  return makeClamp(node, {0.0f, std::nullopt});
}

static LogicalResult importClip(Node &node) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  float low = -kLargest, high = kLargest;
  if (node.opset() < 11) {
    low = node.getFloat("min", low);
    high = node.getFloat("max", high);
  }
  for (auto [input, bound] :
       {std::make_pair(1, &low), std::make_pair(2, &high)}) {
    if (!node.hasInput(input))
      continue;
    auto value = node.scalar(input, input == 1 ? "min" : "max");
    if (!value)
      return failure();
    *bound =
        static_cast<float>(std::clamp<double>(*value, -kLargest, kLargest));
    if (std::isnan(*value))
      *bound = std::numeric_limits<float>::quiet_NaN();
  }
  if (std::isnan(low) || std::isnan(high))
    return node.reject("a bound is not a number");
  // Where the bounds cross, the upper one wins.
  low = std::min(low, high);
  nn::ClampRange range;
  if (low > -kLargest)
    range.min = low;
  if (high < kLargest)
    range.max = high;
  if (range.isUnbounded()) {
    node.forwardInput();
    return success();
  }
  return makeClamp(node, range);
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

static LogicalResult makeActivation(Node &node, nn::ActivationKind kind,
                                    float alpha = 0, float beta = 0) {
  if (!std::isfinite(alpha) || !std::isfinite(beta))
    return node.reject("alpha or beta is not finite");
  mlir::Value input = node.value(0);
  if (node.isRejected())
    return failure();
  mlir::OpBuilder &builder = node.builder();
  node.setOutput(nn::ActivationOp::create(
      builder, node.loc(), input.getType(),
      nn::ActivationKindAttr::get(builder.getContext(), kind), input,
      builder.getF32FloatAttr(alpha), builder.getF32FloatAttr(beta)));
  return success();
}

template <nn::ActivationKind kind>
static LogicalResult importActivation(Node &node) {
  return makeActivation(node, kind);
}

static LogicalResult importLeakyRelu(Node &node) {
  return makeActivation(node, nn::ActivationKind::LeakyRelu,
                        node.getFloat("alpha", 0.01f));
}

static LogicalResult importElu(Node &node) {
  return makeActivation(node, nn::ActivationKind::Elu,
                        node.getFloat("alpha", 1.0f));
}

static LogicalResult importHardSigmoid(Node &node) {
  float alpha = node.getFloat("alpha", 0.2f);
  float beta = node.getFloat("beta", 0.5f);
  return makeActivation(node, nn::ActivationKind::HardSigmoid, alpha, beta);
}

ArrayRef<OperatorImport> nncc::onnx_import::getElementwiseOperators() {
  static constexpr llvm::StringLiteral kSumRule(
      "The shapes are equal, or a constant broadcasts to the shape of the "
      "others.");
  static constexpr llvm::StringLiteral kAny("Any shape.");
  static const OperatorImport table[] = {
      {"Add", 7, 2, 2, kSumRule, importSum},
      {"Sum", 6, 1, 64, kSumRule, importSum},
      {"Relu", 6, 1, 1, kAny, importRelu},
      {"Clip", 6, 1, 3, "The bounds are constants.", importClip},
      {"Sigmoid", 6, 1, 1, kAny, importActivation<nn::ActivationKind::Sigmoid>},
      {"Tanh", 6, 1, 1, kAny, importActivation<nn::ActivationKind::Tanh>},
      {"Softplus", 1, 1, 1, kAny,
       importActivation<nn::ActivationKind::Softplus>},
      {"HardSwish", 14, 1, 1, kAny,
       importActivation<nn::ActivationKind::HardSwish>},
      {"LeakyRelu", 6, 1, 1, "Alpha is finite.", importLeakyRelu},
      {"Elu", 6, 1, 1, "Alpha is finite.", importElu},
      {"HardSigmoid", 6, 1, 1, "Alpha and beta are finite.", importHardSigmoid},
  };
  return table;
}
