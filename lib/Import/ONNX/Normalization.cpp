//===- Normalization.cpp - Import of BatchNormalization -------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Operators.h"

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

ArrayRef<OperatorImport> nncc::onnx_import::getNormalizationOperators() {
  static const OperatorImport table[] = {
      {"BatchNormalization", 1, 5, 5,
       "The statistics are constants, one per channel, with variance + epsilon "
       "above zero; training mode is off.",
       importBatchNormalization},
  };
  return table;
}
