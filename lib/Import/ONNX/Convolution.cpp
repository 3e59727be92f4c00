//===- Convolution.cpp - Import of Conv -----------------------------------===//
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
using llvm::SmallVector;
using llvm::success;
using llvm::Twine;

LogicalResult nncc::onnx_import::checkImage(Node &node, size_t input) {
  ArrayRef<int64_t> shape = node.shape(input);
  if (shape.size() != 4)
    return node.reject("expected a two-dimensional image [1, C, H, W], got "
                       "an input of shape " +
                       nn::formatShape(shape));
  if (shape[0] != 1)
    return node.reject("expected a batch of one, got " + Twine(shape[0]));
  return success();
}

std::optional<SmallVector<int64_t, 4>>
nncc::onnx_import::getPads(Node &node, ArrayRef<int64_t> image,
                           ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
                           ArrayRef<int64_t> dilations) {
  SmallVector<int64_t, 4> pads = node.getInts("pads", {0, 0, 0, 0});
  std::string mode = node.getString("auto_pad", "NOTSET");
  llvm::Expected<nn::Window> window =
      nn::Window::get(kernel, strides,
                      mode == "NOTSET" ? ArrayRef<int64_t>(pads)
                                       : ArrayRef<int64_t>{0, 0, 0, 0},
                      dilations);
  if (!window) {
    (void)node.reject(window.takeError());
    return std::nullopt;
  }
  if (mode == "NOTSET")
    return pads;
  pads.assign(4, 0);
  if (mode == "VALID")
    return pads;
  if (mode != "SAME_UPPER" && mode != "SAME_LOWER") {
    (void)node.reject("auto_pad " + quoted(mode) + " is not known");
    return std::nullopt;
  }
  for (int d = 0; d < 2; ++d) {
    const nn::WindowAxis &axis = d == 0 ? window->vertical : window->horizontal;
    int64_t outputs = (image[d] + axis.stride - 1) / axis.stride;
    int64_t total = std::max<int64_t>(0, (outputs - 1) * axis.stride +
                                             axis.span() - image[d]);
    int64_t less = total / 2;
    pads[d] = mode == "SAME_UPPER" ? less : total - less;
    pads[d + 2] = total - pads[d];
  }
  return pads;
}

static LogicalResult importConv(Node &node) {
  if (failed(checkImage(node, 0)))
    return failure();
  if (!node.isConstant(1))
    return node.reject("the weight is not a constant");
  if (node.hasInput(2) && !node.isConstant(2))
    return node.reject("the bias is not a constant");
  ArrayRef<int64_t> input = node.shape(0);
  ArrayRef<int64_t> weight = node.shape(1);
  if (weight.size() != 4)
    return node.reject("expected a weight [O, C/group, KH, KW], got shape " +
                       nn::formatShape(weight));
  SmallVector<int64_t, 4> kernel =
      node.getInts("kernel_shape", weight.drop_front(2));
  if (ArrayRef<int64_t>(kernel) != weight.drop_front(2))
    return node.reject("expected a kernel_shape equal to the weight's, got " +
                       nn::formatShape(kernel) + " and a weight of shape " +
                       nn::formatShape(weight));
  SmallVector<int64_t, 4> strides = node.getInts("strides", {1, 1});
  SmallVector<int64_t, 4> dilations = node.getInts("dilations", {1, 1});
  int64_t groups = node.getInt("group", 1);
  auto pads = getPads(node, input.drop_front(2), kernel, strides, dilations);
  if (!pads)
    return failure();
  llvm::Expected<Shape> shape =
      nn::conv2DShape(input, weight, strides, *pads, dilations, groups);
  if (!shape)
    return node.reject(shape.takeError());
  if (failed(node.checkShape(*shape)))
    return failure();
  if (node.hasInput(2) && node.shape(2) != ArrayRef<int64_t>{weight[0]})
    return node.reject("expected a bias of " + Twine(weight[0]) +
                       " values, got shape " + nn::formatShape(node.shape(2)));

  mlir::Value image = node.value(0);
  mlir::Value kernels = node.value(1);
  mlir::Value bias = node.hasInput(2) ? node.value(2) : mlir::Value();
  if (node.isRejected())
    return failure();
  node.setOutput(nn::Conv2DOp::create(node.builder(), node.loc(), image,
                                      kernels, bias, strides, *pads, dilations,
                                      groups));
  return success();
}

ArrayRef<OperatorImport> nncc::onnx_import::getConvolutionOperators() {
  static const OperatorImport table[] = {
      {"Conv", 1, 2, 3,
       "The image is two-dimensional with batch one; weight and bias are "
       "constants; pads are not negative. Any group, stride, dilation and "
       "auto_pad.",
       importConv},
  };
  return table;
}
