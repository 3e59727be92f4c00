//===- OpVerification.cpp - What verifiers of the nn ops share ------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "OpVerification.h"

#include <cmath>

using namespace mlir;
using namespace nncc;
using namespace nncc::nn;

bool nn::isQuantized(Type type) {
  return isa<quant::QuantizedType>(getElementTypeOrSelf(type));
}

void nn::noteDefinition(InFlightDiagnostic &diag, Value value, StringRef name) {
  if (Operation *def = value.getDefiningOp())
    diag.attachNote(def->getLoc())
        << name << " of type " << value.getType() << " is defined here";
}

LogicalResult nn::verifySameKind(Operation *op, ArrayRef<NamedTensor> tensors) {
  const NamedTensor &first = tensors.front();
  for (const NamedTensor &other : tensors.drop_front()) {
    if (isQuantized(first.value.getType()) ==
        isQuantized(other.value.getType()))
      continue;
    InFlightDiagnostic diag =
        op->emitOpError() << "expected " << first.name << " and " << other.name
                          << " to be both float or both quantized, got "
                          << first.value.getType() << " and "
                          << other.value.getType();
    if (other.value.getDefiningOp() != op)
      noteDefinition(diag, other.value, other.name);
    return diag;
  }
  return success();
}

LogicalResult nn::verifySameElementType(Operation *op, Value input,
                                        Value result) {
  Type expected = getElementTypeOrSelf(input.getType());
  Type got = getElementTypeOrSelf(result.getType());
  if (expected == got)
    return success();
  return op->emitOpError() << "expected a result with the input's element type "
                           << expected << ", got " << got;
}

LogicalResult nn::verifyResultShape(Operation *op, Value result,
                                    Expected<Shape> shape) {
  if (!shape)
    return op->emitOpError() << llvm::toString(shape.takeError());
  auto type = cast<RankedTensorType>(result.getType());
  if (type.getShape() == ArrayRef<int64_t>(*shape))
    return success();
  return op->emitOpError() << "expected a result of shape "
                           << formatShape(*shape) << ", got "
                           << formatShape(type.getShape());
}

LogicalResult nn::verifyClampRange(Operation *op, ClampRange range) {
  if ((range.min && std::isnan(*range.min)) ||
      (range.max && std::isnan(*range.max)))
    return op->emitOpError()
           << "expected clamp bounds that are numbers, got NaN";
  if (range.min && range.max && *range.min > *range.max)
    return op->emitOpError()
           << "expected a lower clamp bound no greater than the upper one, got "
           << *range.min << " and " << *range.max;
  return success();
}

LogicalResult nn::verifyWeightAndBias(Operation *op, Value input, Value weight,
                                      Value bias, Value result) {
  if (failed(verifySameKind(
          op, {{"input", input}, {"weight", weight}, {"result", result}})))
    return failure();
  auto weightType = cast<RankedTensorType>(weight.getType());
  int64_t outputs = weightType.getDimSize(0);

  if (auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(
          weightType.getElementType())) {
    if (perAxis.getQuantizedDimension() != 0 ||
        static_cast<int64_t>(perAxis.getScales().size()) != outputs) {
      InFlightDiagnostic diag =
          op->emitOpError()
          << "expected a weight scale for each of the " << outputs
          << " outputs along axis 0, got " << perAxis.getScales().size()
          << " scales along axis " << perAxis.getQuantizedDimension();
      noteDefinition(diag, weight, "weight");
      return diag;
    }
    if (!llvm::all_of(perAxis.getZeroPoints(), [](int64_t z) { return !z; }))
      return op->emitOpError()
             << "expected a weight with zero point 0, got " << perAxis;
  } else if (auto perTensor = dyn_cast<quant::UniformQuantizedType>(
                 weightType.getElementType())) {
    if (perTensor.getZeroPoint() != 0)
      return op->emitOpError()
             << "expected a weight with zero point 0, got " << perTensor;
  }

  if (!bias)
    return success();
  auto biasType = cast<RankedTensorType>(bias.getType());
  if (biasType.getShape() != ArrayRef<int64_t>{outputs}) {
    InFlightDiagnostic diag = op->emitOpError()
                              << "expected a bias of shape " << outputs
                              << ", got " << formatShape(biasType.getShape());
    noteDefinition(diag, bias, "bias");
    return diag;
  }
  bool quantized = isQuantized(input.getType());
  if (biasType.getElementType().isF32() == quantized)
    return op->emitOpError()
           << "expected a bias of " << (quantized ? "i32" : "f32") << " for "
           << (quantized ? "a quantized" : "a float") << " input, got "
           << biasType.getElementType();
  return success();
}

LogicalResult nn::answer(std::optional<Location> loc, Expected<Shape> shape,
                         SmallVectorImpl<ShapedTypeComponents> &inferred) {
  if (!shape) {
    std::string message = llvm::toString(shape.takeError());
    return emitOptionalError(loc, message);
  }
  inferred.emplace_back(ArrayRef<int64_t>(*shape));
  return success();
}

ArrayRef<int64_t> nn::shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

RankedTensorType nn::typeFor(Value like, Expected<Shape> shape) {
  auto type = cast<RankedTensorType>(like.getType());
  if (!shape) {
    llvm::consumeError(shape.takeError());
    return type;
  }
  return RankedTensorType::get(*shape, type.getElementType());
}

ClampRange nn::toRange(std::optional<APFloat> min, std::optional<APFloat> max) {
  ClampRange range;
  if (min)
    range.min = min->convertToFloat();
  if (max)
    range.max = max->convertToFloat();
  return range;
}

FloatAttr nn::toAttr(MLIRContext *context, std::optional<float> bound) {
  return bound ? FloatAttr::get(Float32Type::get(context), *bound)
               : FloatAttr();
}
