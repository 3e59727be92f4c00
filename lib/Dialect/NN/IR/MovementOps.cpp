//===- MovementOps.cpp - Ops of the nn dialect that move elements ---------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "OpVerification.h"

using namespace mlir;
using namespace nncc::nn;
using llvm::Expected;

//===----------------------------------------------------------------------===//
// ConcatOp, PadOp, ReshapeOp
//===----------------------------------------------------------------------===//

static Expected<Shape> concatShapeOf(ValueRange inputs, int64_t axis) {
  SmallVector<ArrayRef<int64_t>> shapes;
  for (Value input : inputs)
    shapes.push_back(shapeOf(input));
  return concatShape(shapes, axis);
}

void ConcatOp::build(OpBuilder &builder, OperationState &state,
                     ValueRange inputs, int64_t axis) {
  build(builder, state, typeFor(inputs.front(), concatShapeOf(inputs, axis)),
        inputs, axis);
}

LogicalResult ConcatOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return answer(loc, concatShapeOf(adaptor.getInputs(), adaptor.getAxis()),
                inferred);
}

LogicalResult ConcatOp::verify() {
  Expected<Shape> shape = concatShapeOf(getInputs(), getAxis());
  if (!shape) {
    InFlightDiagnostic diag = emitOpError()
                              << llvm::toString(shape.takeError());
    if (!getInputs().empty())
      noteDefinition(diag, getInputs().front(), "input 0");
    return diag;
  }
  if (failed(verifyResultShape(*this, getResult(), std::move(shape))))
    return failure();
  SmallVector<NamedTensor> tensors{{"result", getResult()}};
  for (Value input : getInputs())
    tensors.push_back({"input", input});
  return verifySameKind(*this, tensors);
}

void PadOp::build(OpBuilder &builder, OperationState &state, Value input,
                  ArrayRef<int64_t> pads, float value) {
  build(builder, state, typeFor(input, padShape(shapeOf(input), pads)), input,
        builder.getDenseI64ArrayAttr(pads), builder.getF32FloatAttr(value));
}

LogicalResult PadOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return answer(loc, padShape(shapeOf(adaptor.getInput()), adaptor.getPads()),
                inferred);
}

LogicalResult PadOp::verify() {
  if (failed(verifyResultShape(*this, getResult(),
                               padShape(shapeOf(getInput()), getPads()))))
    return failure();
  if (getValue().isNaN())
    return emitOpError() << "expected a fill value that is a number, got NaN";
  return verifySameElementType(*this, getInput(), getResult());
}

bool PadOp::isSpatial() {
  ArrayRef<int64_t> pads = getPads();
  return pads.size() == 8 && pads[0] == 0 && pads[1] == 0 && pads[4] == 0 &&
         pads[5] == 0;
}

void ReshapeOp::build(OpBuilder &builder, OperationState &state, Value input,
                      ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(input.getType());
  build(builder, state, RankedTensorType::get(shape, type.getElementType()),
        input);
}

LogicalResult ReshapeOp::verify() {
  if (getType().getNumElements() != getInput().getType().getNumElements())
    return emitOpError() << "expected a result of "
                         << getInput().getType().getNumElements()
                         << " elements, got " << getType().getNumElements()
                         << " (" << formatShape(getType().getShape()) << ")";
  return verifySameElementType(*this, getInput(), getResult());
}

//===----------------------------------------------------------------------===//
// SliceOp, InterleaveOp
//===----------------------------------------------------------------------===//

void SliceOp::build(OpBuilder &builder, OperationState &state, Value input,
                    ArrayRef<int64_t> starts, ArrayRef<int64_t> sizes,
                    ArrayRef<int64_t> steps) {
  build(builder, state,
        typeFor(input, sliceShape(shapeOf(input), starts, sizes, steps)), input,
        starts, sizes, steps);
}

LogicalResult SliceOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return answer(loc,
                sliceShape(shapeOf(adaptor.getInput()), adaptor.getStarts(),
                           adaptor.getSizes(), adaptor.getSteps()),
                inferred);
}

LogicalResult SliceOp::verify() {
  if (failed(verifyResultShape(*this, getResult(),
                               sliceShape(shapeOf(getInput()), getStarts(),
                                          getSizes(), getSteps()))))
    return failure();
  return verifySameElementType(*this, getInput(), getResult());
}

static Expected<Shape> interleaveShapeOf(ValueRange inputs,
                                         ArrayRef<int64_t> factors) {
  SmallVector<ArrayRef<int64_t>> shapes;
  for (Value input : inputs)
    shapes.push_back(shapeOf(input));
  return interleaveShape(shapes, factors);
}

void InterleaveOp::build(OpBuilder &builder, OperationState &state,
                         ValueRange inputs, ArrayRef<int64_t> factors) {
  build(builder, state,
        typeFor(inputs.front(), interleaveShapeOf(inputs, factors)), inputs,
        factors);
}

LogicalResult InterleaveOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return answer(loc,
                interleaveShapeOf(adaptor.getInputs(), adaptor.getFactors()),
                inferred);
}

LogicalResult InterleaveOp::verify() {
  if (failed(verifyResultShape(*this, getResult(),
                               interleaveShapeOf(getInputs(), getFactors()))))
    return failure();
  for (Value input : getInputs())
    if (failed(verifySameElementType(*this, input, getResult())))
      return failure();
  return success();
}
