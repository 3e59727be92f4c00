//===- Pooling.cpp - Import of pooling operators --------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Operators.h"

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

/// The mean over the image is global average pooling.
static LogicalResult importReduceMean(Node &node) {
  if (failed(checkImage(node, 0)))
    return failure();
  llvm::SmallVector<int64_t, 4> axes = node.getInts("axes", {});
  if (node.hasInput(1)) {
    auto list = node.integers(1, "axes");
    if (!list)
      return failure();
    axes.assign(list->begin(), list->end());
  }
  bool keep = node.getInt("keepdims", 1) != 0;
  node.ignore("noop_with_empty_axes");
  for (int64_t &axis : axes) {
    auto normalized = node.normalizeAxis(axis, 4);
    if (!normalized)
      return failure();
    axis = *normalized;
  }
  llvm::sort(axes);
  if (ArrayRef<int64_t>(axes) != ArrayRef<int64_t>{2, 3})
    return node.reject(
        "expected the mean over both image axes 2 and 3, got "
        "axes (" +
        llvm::join(
            llvm::map_range(axes, [](int64_t a) { return std::to_string(a); }),
            ", ") +
        ")");
  mlir::Value mean = makeGlobalPool(node, /*isMax=*/false);
  if (!mean)
    return failure();
  if (!keep)
    mean = nn::ReshapeOp::create(node.builder(), node.loc(), mean,
                                 node.shape(0).take_front(2));
  node.setOutput(mean);
  return success();
}

ArrayRef<OperatorImport> nncc::onnx_import::getPoolingOperators() {
  static const OperatorImport table[] = {
      {"MaxPool", 1, 1, 1,
       "The image is two-dimensional with batch one; every window holds a "
       "position of the image; the indices are not used.",
       importMaxPool},
      {"AveragePool", 1, 1, 1,
       "The image is two-dimensional with batch one; every window holds a "
       "position of the image unless padding counts; dilations are one.",
       importAveragePool},
      {"GlobalMaxPool", 1, 1, 1, "The image is two-dimensional with batch one.",
       importGlobalMaxPool},
      {"GlobalAveragePool", 1, 1, 1,
       "The image is two-dimensional with batch one.", importGlobalAveragePool},
      {"ReduceMean", 1, 1, 2,
       "The mean is over both axes of a two-dimensional image with batch one.",
       importReduceMean},
  };
  return table;
}
