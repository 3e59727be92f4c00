//===- Pooling.cpp - Import of pooling operators --------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Operators.h"

#include "llvm/ADT/SmallBitVector.h"

#include "llvm/ADT/StringExtras.h"

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::failure;
using llvm::LogicalResult;
using llvm::SmallVector;
using llvm::success;

static LogicalResult importWindowPool(Node &node, bool isMax) {
  if (failed(checkImage(node, 0)))
    return failure();
  if (!node.hasAttribute("kernel_shape"))
    return node.reject("kernel_shape is missing");
  ArrayRef<int64_t> input = node.shape(0);
  SmallVector<int64_t, 4> kernel = node.getInts("kernel_shape", {});
  SmallVector<int64_t, 4> strides = node.getInts("strides", {1, 1});
  SmallVector<int64_t, 4> dilations = node.getInts("dilations", {1, 1});
  bool ceil = node.getInt("ceil_mode", 0) != 0;
  // Concerns the indices only.
  node.ignore("storage_order");
  bool countPad = !isMax && node.getInt("count_include_pad", 0) != 0;
  auto pads = getPads(node, input.drop_front(2), kernel, strides, dilations);
  if (!pads)
    return failure();
  if (!isMax && llvm::any_of(dilations, [](int64_t d) { return d != 1; }))
    return node.reject("dilations are not one");

  llvm::Expected<nn::Window> window =
      nn::Window::get(kernel, strides, *pads, dilations);
  if (!window)
    return node.reject(window.takeError());
  llvm::Expected<Shape> shape = nn::pool2DShape(
      input, *window, ceil ? nn::Rounding::Up : nn::Rounding::Down,
      /*needImage=*/!countPad);
  if (!shape)
    return node.reject(shape.takeError());
  if (failed(node.checkShape(*shape)))
    return failure();
  mlir::Value image = node.value(0);
  if (node.isRejected())
    return failure();
  mlir::Type type = node.floatType(*shape);
  if (isMax)
    node.setOutput(nn::MaxPool2DOp::create(node.builder(), node.loc(), type,
                                           image, kernel, strides, *pads,
                                           dilations));
  else
    node.setOutput(nn::AvgPool2DOp::create(node.builder(), node.loc(), type,
                                           image, kernel, strides, *pads,
                                           countPad));
  return success();
}

static LogicalResult importMaxPool(Node &node) {
  return importWindowPool(node, /*isMax=*/true);
}

static LogicalResult importAveragePool(Node &node) {
  return importWindowPool(node, /*isMax=*/false);
}

/// One window of the image's size.
static mlir::Value makeGlobalPool(Node &node, bool isMax) {
  ArrayRef<int64_t> input = node.shape(0);
  ArrayRef<int64_t> kernel = input.drop_front(2);
  mlir::Value image = node.value(0);
  if (!image)
    return {};
  mlir::Type type = node.floatType({1, input[1], 1, 1});
  const int64_t ones[] = {1, 1}, zeros[] = {0, 0, 0, 0};
  if (isMax)
    return nn::MaxPool2DOp::create(node.builder(), node.loc(), type, image,
                                   kernel, ones, zeros, ones);
  return nn::AvgPool2DOp::create(node.builder(), node.loc(), type, image,
                                 kernel, ones, zeros,
                                 /*count_include_pad=*/false);
}

static LogicalResult importGlobalPool(Node &node, bool isMax) {
  if (failed(checkImage(node, 0)))
    return failure();
  mlir::Value pooled = makeGlobalPool(node, isMax);
  if (!pooled)
    return failure();
  node.setOutput(pooled);
  return success();
}

static LogicalResult importGlobalMaxPool(Node &node) {
  return importGlobalPool(node, /*isMax=*/true);
}

static LogicalResult importGlobalAveragePool(Node &node) {
  return importGlobalPool(node, /*isMax=*/false);
}

/// The mean or maximum over rows, columns or both is one window over them.
template <bool isMax> static LogicalResult importReduce(Node &node) {
  llvm::SmallVector<int64_t, 4> axes = node.getInts("axes", {});
  if (node.hasInput(1)) {
    auto list = node.integers(1, "axes");
    if (!list)
      return failure();
    axes.assign(list->begin(), list->end());
  }
  bool keep = node.getInt("keepdims", 1) != 0;
  node.ignore("noop_with_empty_axes");
  if (node.shape(0).size() != 4)
    return checkImage(node, 0);
  // An image whose channels come last may still lie as usual.
  View view = node.view(0);
  if (node.isRejected())
    return failure();
  auto order = view.getAxes();
  bool moved = order && !view.isWhole();
  mlir::Value image = moved ? view.base : node.value(0);
  if (!image)
    return failure();
  ArrayRef<int64_t> input =
      llvm::cast<mlir::RankedTensorType>(image.getType()).getShape();
  if (input.size() != 4 || input[0] != 1)
    return checkImage(node, 0);

  llvm::SmallVector<int64_t, 4> kernel{1, 1};
  Shape kept(node.shape(0));
  llvm::SmallBitVector reduced(4);
  for (int64_t axis : axes) {
    auto normalized = node.normalizeAxis(axis, 4);
    if (!normalized)
      return failure();
    int64_t own = moved ? (*order)[*normalized] : *normalized;
    if (own < 2 || reduced.test(*normalized))
      return node.reject(
          "expected rows and columns as axes, got (" +
          llvm::join(llvm::map_range(
                         axes, [](int64_t a) { return std::to_string(a); }),
                     ", ") +
          ")");
    reduced.set(*normalized);
    kernel[own - 2] = input[own];
    kept[*normalized] = 1;
  }
  if (axes.empty())
    return node.reject("the axes are missing");
  const int64_t ones[] = {1, 1}, zeros[] = {0, 0, 0, 0};
  mlir::Type type = node.floatType(
      {1, input[1], input[2] - kernel[0] + 1, input[3] - kernel[1] + 1});
  mlir::Value pooled;
  if (isMax)
    pooled = nn::MaxPool2DOp::create(node.builder(), node.loc(), type, image,
                                     kernel, ones, zeros, ones);
  else
    pooled = nn::AvgPool2DOp::create(node.builder(), node.loc(), type, image,
                                     kernel, ones, zeros,
                                     /*count_include_pad=*/false);
  View result = View::of(pooled);
  if (moved)
    result = result.transposed(*order);
  if (!keep)
    for (int64_t axis = 3; axis >= 0; --axis)
      if (reduced.test(axis))
        result = result.withoutAxis(axis);
  // As a value where that is no more than another shape.
  if (result.isWhole())
    node.setOutput(result.materialize(node.builder(), node.loc()));
  else
    node.setOutput(result);
  return success();
}

ArrayRef<OperatorImport> nncc::onnx_import::getPoolingOperators() {
  static constexpr llvm::StringLiteral kReduceRule(
      "The axes are constants: rows, columns or both of a two-dimensional "
      "image "
      "with batch one.");
  static const OperatorImport table[] = {
      {"MaxPool", 1, 1, 1,
       "The image is two-dimensional with batch one; every window holds a "
       "position of the image; the indices are not used.",
       importMaxPool, false, true},
      {"AveragePool", 1, 1, 1,
       "The image is two-dimensional with batch one; every window holds a "
       "position of the image unless padding counts; dilations are one.",
       importAveragePool},
      {"GlobalMaxPool", 1, 1, 1, "The image is two-dimensional with batch one.",
       importGlobalMaxPool, false, true},
      {"GlobalAveragePool", 1, 1, 1,
       "The image is two-dimensional with batch one.", importGlobalAveragePool},
      {"ReduceMean", 1, 1, 2, kReduceRule, importReduce</*isMax=*/false>},
      {"ReduceMax", 1, 1, 2, kReduceRule, importReduce</*isMax=*/true>},
  };
  return table;
}
