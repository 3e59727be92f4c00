//===- Normalization.cpp - Import of normalizations -----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Operators.h"
#include "nncc/Dialect/NN/Utils/Locations.h"

#include <cmath>
#include <limits>

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::failure;
using llvm::LogicalResult;
using llvm::success;
using llvm::Twine;

static LogicalResult importBatchNormalization(Node &node) {
  ArrayRef<int64_t> input = node.shape(0);
  if (input.size() < 2)
    return node.reject("expected an input with a channel axis, got shape " +
                       nn::formatShape(input));
  if (node.getInt("training_mode", 0) != 0)
    return node.reject("training_mode is set");
  if (node.getInt("spatial", 1) != 1)
    return node.reject("spatial is not one");
  node.ignore("momentum");
  float epsilon = node.getFloat("epsilon", 1e-5f);
  if (!(epsilon >= 0))
    return node.reject("epsilon is negative");
  static const char *const kNames[] = {"scale", "bias", "mean", "variance"};
  for (size_t i = 1; i <= 4; ++i) {
    if (!node.isConstant(i))
      return node.reject(Twine("the ") + kNames[i - 1] + " is not a constant");
    if (node.shape(i) != ArrayRef<int64_t>{input[1]})
      return node.reject(Twine("expected a ") + kNames[i - 1] + " of " +
                         Twine(input[1]) + " values, got shape " +
                         nn::formatShape(node.shape(i)));
  }
  const HostTensor &variance = *node.constant(4);
  for (int64_t c = 0; c < variance.size(); ++c)
    if (!(variance.real(c) + epsilon > 0))
      return node.reject("variance + epsilon is not above zero in channel " +
                         Twine(c));
  mlir::Value operands[5];
  for (size_t i = 0; i < 5; ++i)
    operands[i] = node.value(i);
  if (node.isRejected())
    return failure();
  node.setOutput(nn::BatchNormOp::create(
      node.builder(), node.loc(), operands[0].getType(), operands[0],
      operands[1], operands[2], operands[3], operands[4],
      node.builder().getF32FloatAttr(epsilon)));
  return success();
}

//===----------------------------------------------------------------------===//
// LRN
//===----------------------------------------------------------------------===//

/// The weight of a convolution that gives each channel `factor` times the sum
/// of the `size` channels around it; of an even size, one more lies behind.
static mlir::Value makeWindowSums(Node &node, int64_t channels, int64_t size,
                                  float factor) {
  std::optional<HostTensor> weight =
      node.allocate(onnx::TensorProto::FLOAT, {channels, channels, 1, 1});
  if (!weight)
    return {};
  int64_t before = (size - 1) / 2, after = size - 1 - before;
  for (int64_t c = 0; c < channels; ++c) {
    int64_t first = c - std::min(before, c);
    int64_t last = c + std::min(after, channels - 1 - c);
    for (int64_t k = first; k <= last; ++k)
      weight->setReal(c * channels + k, factor);
  }
  return nn::ConstantOp::create(
      node.builder(), node.loc(),
      weight->toAttribute(node.builder().getContext()));
}

/// x * (bias + alpha/size * sum of squares)^-beta. The table of the power adds
/// the bias: left to the convolution, it would widen the range of the sums,
/// which may be small beside it, and take the steps of eight bits from them.
static LogicalResult importLRN(Node &node) {
  if (failed(checkImage(node, 0)))
    return failure();
  if (!node.hasAttribute("size"))
    return node.reject("size is missing");
  int64_t size = node.getInt("size", 1);
  float alpha = node.getFloat("alpha", 1e-4f);
  float beta = node.getFloat("beta", 0.75f);
  float bias = node.getFloat("bias", 1.0f);
  if (size < 1)
    return node.reject("expected a size above zero, got " + Twine(size));
  if (!std::isfinite(alpha) || alpha < 0)
    return node.reject("alpha is negative or not finite");
  if (!std::isfinite(beta))
    return node.reject("beta is not finite");
  if (!std::isfinite(bias) || bias <= 0)
    return node.reject("bias is not finite and above zero");
  double atZero = std::pow(static_cast<double>(bias), -beta);
  if (atZero > std::numeric_limits<float>::max())
    return node.reject("bias to the power of -beta is not finite");
  mlir::Value x = node.value(0);
  if (node.isRejected())
    return failure();
  mlir::OpBuilder &builder = node.builder();
  float factor = alpha / static_cast<float>(size);
  // Where the squares do not count, one factor is left.
  if (factor == 0 || beta == 0) {
    node.setOutput(makeAffine(node, x, static_cast<float>(atZero), 0.0f));
    return success();
  }
  auto activation = [&](llvm::StringRef name, mlir::Value of,
                        nn::ActivationKind kind, float a, float b) {
    return nn::ActivationOp::create(
        builder, nn::suffixLocation(node.loc(), name), of.getType(),
        nn::ActivationKindAttr::get(builder.getContext(), kind), of,
        builder.getF32FloatAttr(a), builder.getF32FloatAttr(b));
  };
  mlir::Value weight = makeWindowSums(node, node.shape(0)[1], size, factor);
  if (!weight)
    return failure();
  mlir::Value squares =
      activation(".squares", x, nn::ActivationKind::Square, 0, 0);
  mlir::Value sums = nn::Conv2DOp::create(
      builder, nn::suffixLocation(node.loc(), ".sums"), squares, weight,
      mlir::Value(), ArrayRef<int64_t>{1, 1}, ArrayRef<int64_t>{0, 0, 0, 0},
      ArrayRef<int64_t>{1, 1}, 1);
  mlir::Value factors =
      activation(".factors", sums, nn::ActivationKind::Power, -beta, bias);
  node.setOutput(nn::MulOp::create(builder, node.loc(), x, factors));
  return success();
}

ArrayRef<OperatorImport> nncc::onnx_import::getNormalizationOperators() {
  static const OperatorImport table[] = {
      {"BatchNormalization", 1, 5, 5,
       "The statistics are constants, one per channel, with variance + epsilon "
       "above zero; training mode is off.",
       importBatchNormalization},
      {"LRN", 1, 1, 1,
       "The image is two-dimensional with batch one; alpha is not negative, "
       "and bias is above zero.",
       importLRN},
  };
  return table;
}
