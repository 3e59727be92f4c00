//===- Constants.cpp - Reading and making nn.constant ---------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/Utils/Constants.h"
#include "nncc/Dialect/NN/IR/NNOps.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

std::optional<std::vector<float>> nncc::nn::getFloatConstant(Value value) {
  DenseElementsAttr elements;
  if (!value || !matchPattern(value, m_Constant(&elements)) ||
      !elements.getElementType().isF32())
    return std::nullopt;
  std::vector<float> result;
  result.reserve(elements.getNumElements());
  llvm::append_range(result, elements.getValues<float>());
  return result;
}

DenseElementsAttr nncc::nn::makeFloatElements(MLIRContext *context,
                                              ArrayRef<int64_t> shape,
                                              ArrayRef<float> values) {
  return DenseElementsAttr::get(
      RankedTensorType::get(shape, Float32Type::get(context)), values);
}

Value nncc::nn::makeFloatConstant(OpBuilder &builder, Location loc,
                                  ArrayRef<int64_t> shape,
                                  ArrayRef<float> values) {
  return ConstantOp::create(
      builder, loc, makeFloatElements(builder.getContext(), shape, values));
}
