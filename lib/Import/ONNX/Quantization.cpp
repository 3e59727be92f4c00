//===- Quantization.cpp - QuantizeLinear, DequantizeLinear ----------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Of activations: QuantizeLinear becomes nn.fake_quantize to int8 with the
// model's own scale and zero point, and its result is remembered to hold
// integers, which only operators that move elements and DequantizeLinear may
// read. uint8 is int8 with the zero point, and all values, 128 lower. (Of
// constants, both are computed.)
//
//===----------------------------------------------------------------------===//

#include "Operators.h"

#include "nncc/Dialect/NN/IR/NNOps.h"

#include <cmath>

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::failure;
using llvm::LogicalResult;
using llvm::success;
using llvm::Twine;
using onnx::TensorProto;

/// The type of elements with the scale and zero point in inputs 1 and 2, or
/// null.
static mlir::Type getQuantizedType(Node &node) {
  const HostTensor *scale = node.constant(1), *zero = node.constant(2);
  auto reject = [&](const Twine &why) {
    (void)node.reject(why);
    return mlir::Type();
  };
  if (!scale || (node.hasInput(2) && !zero))
    return reject("the scale or the zero point is not a constant");
  if (scale->type() != TensorProto::FLOAT || scale->size() != 1)
    return reject("expected one scale of float32 (scales for each channel are "
                  "for weights), got " +
                  typeName(scale->type()) + " of shape " +
                  nn::formatShape(scale->shape()));
  // Without a zero point the bytes are uint8.
  int type = zero ? zero->type() : static_cast<int>(TensorProto::UINT8);
  if (type != TensorProto::UINT8 && type != TensorProto::INT8)
    return reject("expected uint8 or int8, got " + typeName(type));
  if (zero && zero->size() != 1)
    return reject("expected one zero point, got shape " +
                  nn::formatShape(zero->shape()));
  double value = scale->real(0);
  if (!std::isfinite(value) || !(value > 0))
    return reject("expected a finite scale above zero, got " +
                  std::to_string(value));
  int64_t zeroPoint =
      (zero ? zero->integer(0) : 0) - (type == TensorProto::UINT8 ? 128 : 0);
  mlir::OpBuilder &builder = node.builder();
  return mlir::quant::UniformQuantizedType::get(
      mlir::quant::QuantizationFlags::Signed, builder.getI8Type(),
      builder.getF32Type(), value, zeroPoint, -128, 127);
}

/// The attributes that say nothing for one scale.
static LogicalResult checkAttributes(Node &node) {
  node.ignore("axis");
  node.ignore("saturate");
  if (node.getInt("block_size", 0) != 0)
    return node.reject("blocked quantization is not supported");
  if (int64_t type = node.getInt("output_dtype", 0);
      type != 0 && type != TensorProto::UINT8 && type != TensorProto::INT8)
    return node.reject("expected uint8 or int8, got " +
                       typeName(static_cast<int>(type)));
  return success();
}

static LogicalResult importQuantize(Node &node) {
  if (failed(checkAttributes(node)))
    return failure();
  mlir::Type element = getQuantizedType(node);
  if (!element)
    return failure();
  mlir::Value input = node.value(0);
  if (node.isRejected())
    return failure();
  node.setOutput(nn::FakeQuantizeOp::create(node.builder(), node.loc(),
                                            input.getType(), input,
                                            mlir::TypeAttr::get(element)));
  node.resultGrid = element;
  return success();
}

static LogicalResult importDequantize(Node &node) {
  if (failed(checkAttributes(node)))
    return failure();
  mlir::Type element = getQuantizedType(node);
  if (!element)
    return failure();
  if (!node.grid(0))
    return node.reject("the input is not the result of a QuantizeLinear");
  if (node.grid(0) != element)
    return node.reject("the input has another scale, zero point or type than "
                       "the node that quantizes it");
  node.forwardInput();
  return success();
}

ArrayRef<OperatorImport> nncc::onnx_import::getQuantizationOperators() {
  static const OperatorImport table[] = {
      {"QuantizeLinear", 10, 2, 3,
       "Scale and zero point are one constant each; the result is uint8 or "
       "int8.",
       importQuantize},
      {"DequantizeLinear", 10, 2, 3,
       "The input is a constant (weights stored as integers), or the result of "
       "a QuantizeLinear of the same scale and zero point, elements moved in "
       "between.",
       importDequantize, true},
  };
  return table;
}
