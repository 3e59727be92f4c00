//===- Elementwise.cpp - Import of functions of single elements -----------===//
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
// Clamps
//===----------------------------------------------------------------------===//

static LogicalResult makeClamp(Node &node, nn::ClampRange range) {
  Node::Elements input = node.elements(0);
  if (node.isRejected())
    return failure();
  node.setElements(input, nn::ClampOp::create(node.builder(), node.loc(),
                                              input.value, range));
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
  Node::Elements input = node.elements(0);
  if (node.isRejected())
    return failure();
  mlir::OpBuilder &builder = node.builder();
  mlir::Value result = nn::ActivationOp::create(
      builder, node.loc(), input.value.getType(),
      nn::ActivationKindAttr::get(builder.getContext(), kind), input.value,
      builder.getF32FloatAttr(alpha), builder.getF32FloatAttr(beta));
  node.setElements(input, result);
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

static LogicalResult importSelu(Node &node) {
  float alpha = node.getFloat("alpha", 1.67326319217681884765625f);
  float gamma = node.getFloat("gamma", 1.05070102214813232421875f);
  return makeActivation(node, nn::ActivationKind::Selu, alpha, gamma);
}

static LogicalResult importCelu(Node &node) {
  float alpha = node.getFloat("alpha", 1.0f);
  if (alpha == 0)
    return node.reject("alpha is zero");
  return makeActivation(node, nn::ActivationKind::Celu, alpha);
}

static LogicalResult importThresholdedRelu(Node &node) {
  return makeActivation(node, nn::ActivationKind::ThresholdedRelu,
                        node.getFloat("alpha", 1.0f));
}

static LogicalResult importGelu(Node &node) {
  std::string form = node.getString("approximate", "none");
  if (form != "none" && form != "tanh")
    return node.reject("approximate is " + quoted(form));
  return makeActivation(node, form == "none" ? nn::ActivationKind::Gelu
                                             : nn::ActivationKind::GeluTanh);
}

/// The powers that have a name.
static LogicalResult importPow(Node &node) {
  auto exponent = node.scalar(1, "the exponent");
  if (!exponent)
    return failure();
  if (*exponent == 1 &&
      node.constant(1)->rank() <= static_cast<int64_t>(node.shape(0).size())) {
    node.forwardInput();
    return success();
  }
  if (*exponent != 2 && *exponent != 0.5)
    return node.reject("the exponent is " + std::to_string(*exponent));
  return makeActivation(node, *exponent == 2 ? nn::ActivationKind::Square
                                             : nn::ActivationKind::Sqrt);
}

ArrayRef<OperatorImport> nncc::onnx_import::getElementwiseOperators() {
  static constexpr llvm::StringLiteral kAny("Any shape.");
  static const OperatorImport table[] = {
      {"Relu", 6, 1, 1, kAny, importRelu},
      {"Clip", 6, 1, 3, "The bounds are constants.", importClip},
      {"Sigmoid", 6, 1, 1, kAny, importActivation<nn::ActivationKind::Sigmoid>},
      {"Tanh", 6, 1, 1, kAny, importActivation<nn::ActivationKind::Tanh>},
      {"Softplus", 1, 1, 1, kAny,
       importActivation<nn::ActivationKind::Softplus>},
      {"HardSwish", 14, 1, 1, kAny,
       importActivation<nn::ActivationKind::HardSwish>},
      {"Mish", 18, 1, 1, kAny, importActivation<nn::ActivationKind::Mish>},
      {"Gelu", 20, 1, 1, kAny, importGelu},
      {"Erf", 9, 1, 1, kAny, importActivation<nn::ActivationKind::Erf>},
      {"Exp", 6, 1, 1, kAny, importActivation<nn::ActivationKind::Exp>},
      {"Round", 11, 1, 1, kAny, importActivation<nn::ActivationKind::Round>},
      {"Floor", 6, 1, 1, kAny, importActivation<nn::ActivationKind::Floor>},
      {"Ceil", 6, 1, 1, kAny, importActivation<nn::ActivationKind::Ceil>},
      {"Abs", 6, 1, 1, kAny, importActivation<nn::ActivationKind::Abs>},
      {"Sqrt", 6, 1, 1, "No element is below zero; such an element gives zero.",
       importActivation<nn::ActivationKind::Sqrt>},
      {"Softsign", 1, 1, 1, kAny,
       importActivation<nn::ActivationKind::Softsign>},
      {"Selu", 6, 1, 1, "Alpha and gamma are finite.", importSelu},
      {"Celu", 12, 1, 1, "Alpha is finite and not zero.", importCelu},
      {"ThresholdedRelu", 10, 1, 1, "Alpha is finite.", importThresholdedRelu},
      {"Pow", 7, 2, 2, "The exponent is a constant: 2, 1 or 0.5.", importPow},
      {"LeakyRelu", 6, 1, 1, "Alpha is finite.", importLeakyRelu},
      {"Elu", 6, 1, 1, "Alpha is finite.", importElu},
      {"HardSigmoid", 6, 1, 1, "Alpha and beta are finite.", importHardSigmoid},
  };
  return table;
}
