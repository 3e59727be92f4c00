//===- Heads.cpp - Import of Softmax and ArgMax ---------------------------===//
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

static LogicalResult importSoftmax(Node &node) {
  ArrayRef<int64_t> input = node.shape(0);
  bool flattens = node.opset() < 13;
  auto axis =
      node.normalizeAxis(node.getInt("axis", flattens ? 1 : -1), input.size());
  if (!axis)
    return failure();
  mlir::Value value = node.value(0);
  if (node.isRejected())
    return failure();
  mlir::OpBuilder &builder = node.builder();
  auto softmax = [&](mlir::Value of, int64_t along) -> mlir::Value {
    return nn::SoftmaxOp::create(builder, node.loc(), of.getType(), of, along);
  };
  int64_t before = 1, inside = 1;
  for (auto [d, extent] : llvm::enumerate(input))
    (static_cast<int64_t>(d) < *axis ? before : inside) *= extent;
  // Before opset 13 the sum runs over this axis and all later ones.
  if (!flattens || inside == input[*axis]) {
    node.setOutput(softmax(value, *axis));
    return success();
  }
  mlir::Value flat = nn::ReshapeOp::create(builder, node.loc(), value,
                                           ArrayRef<int64_t>{before, inside});
  node.setOutput(
      nn::ReshapeOp::create(builder, node.loc(), softmax(flat, 1), input));
  return success();
}

static LogicalResult importArgMax(Node &node) {
  ArrayRef<int64_t> input = node.shape(0);
  auto axis = node.normalizeAxis(node.getInt("axis", 0), input.size());
  bool keep = node.getInt("keepdims", 1) != 0;
  bool last = node.getInt("select_last_index", 0) != 0;
  if (!axis)
    return failure();
  llvm::Expected<Shape> shape = nn::reduceShape(input, *axis, keep);
  if (!shape)
    return node.reject(shape.takeError());
  mlir::Value value = node.value(0);
  if (node.isRejected())
    return failure();
  mlir::OpBuilder &builder = node.builder();
  node.setOutput(nn::ArgMaxOp::create(
      builder, node.loc(),
      mlir::RankedTensorType::get(*shape, builder.getI64Type()), value, *axis,
      keep, last));
  return success();
}

ArrayRef<OperatorImport> nncc::onnx_import::getHeadOperators() {
  static const OperatorImport table[] = {
      {"Softmax", 1, 1, 1, "Any axis.", importSoftmax},
      {"ArgMax", 1, 1, 1, "Any axis.", importArgMax},
  };
  return table;
}
