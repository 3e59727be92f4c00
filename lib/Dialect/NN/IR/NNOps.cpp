//===- NNOps.cpp - Verifiers and shape inference of the nn dialect --------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "OpVerification.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace nncc::nn;
using llvm::Expected;

//===----------------------------------------------------------------------===//
// Custom syntax
//===----------------------------------------------------------------------===//

/// Prints ` -> type` where the stored type does not tell the result's.
static void printConstantType(OpAsmPrinter &printer, Operation *, Type type,
                              DenseElementsAttr value) {
  if (value.getType() != type)
    printer << "-> " << type;
}

static ParseResult parseConstantType(OpAsmParser &parser, Type &type,
                                     DenseElementsAttr value) {
  if (succeeded(parser.parseOptionalArrow()))
    return parser.parseType(type);
  type = value.getType();
  return success();
}

/// The bare keyword. The attribute's own syntax would add a space.
static void printActivationKind(OpAsmPrinter &printer, Operation *,
                                ActivationKindAttr kind) {
  printer << stringifyActivationKind(kind.getValue());
}

static ParseResult parseActivationKind(OpAsmParser &parser,
                                       ActivationKindAttr &kind) {
  StringRef keyword;
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&keyword))
    return failure();
  std::optional<ActivationKind> value = symbolizeActivationKind(keyword);
  if (!value)
    return parser.emitError(loc)
           << "'" << keyword << "' is not an activation function";
  kind = ActivationKindAttr::get(parser.getContext(), *value);
  return success();
}

//===----------------------------------------------------------------------===//
// ConstantOp
//===----------------------------------------------------------------------===//

void ConstantOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "cst");
}

LogicalResult ConstantOp::verify() {
  RankedTensorType type = getType();
  Type stored = type.getElementType();
  if (auto quantized = dyn_cast<quant::QuantizedType>(stored))
    stored = quantized.getStorageType();
  auto expected = RankedTensorType::get(type.getShape(), stored);
  if (getValue().getType() != expected)
    return emitOpError() << "expected values of type " << expected << ", got "
                         << getValue().getType();
  return success();
}

//===----------------------------------------------------------------------===//
// Conv2DOp
//===----------------------------------------------------------------------===//

void Conv2DOp::build(OpBuilder &builder, OperationState &state, Value input,
                     Value weight, Value bias, ArrayRef<int64_t> strides,
                     ArrayRef<int64_t> pads, ArrayRef<int64_t> dilations,
                     int64_t groups) {
  Type type = typeFor(input, conv2DShape(shapeOf(input), shapeOf(weight),
                                         strides, pads, dilations, groups));
  build(builder, state, type, input, weight, bias, /*residual=*/Value(),
        strides, pads, dilations, groups, FloatAttr(), FloatAttr());
}

LogicalResult Conv2DOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return answer(loc,
                conv2DShape(shapeOf(adaptor.getInput()),
                            shapeOf(adaptor.getWeight()), adaptor.getStrides(),
                            adaptor.getPads(), adaptor.getDilations(),
                            adaptor.getGroups()),
                inferred);
}

LogicalResult Conv2DOp::verify() {
  Expected<Shape> shape =
      conv2DShape(shapeOf(getInput()), shapeOf(getWeight()), getStrides(),
                  getPads(), getDilations(), getGroups());
  if (!shape) {
    InFlightDiagnostic diag = emitOpError()
                              << llvm::toString(shape.takeError());
    noteDefinition(diag, getWeight(), "weight");
    return diag;
  }
  if (failed(verifyResultShape(*this, getResult(), std::move(shape))) ||
      failed(verifyWeightAndBias(*this, getInput(), getWeight(), getBias(),
                                 getResult())))
    return failure();
  if (Value residual = getResidual()) {
    if (shapeOf(residual) != shapeOf(getResult())) {
      InFlightDiagnostic diag = emitOpError()
                                << "expected a residual of shape "
                                << formatShape(shapeOf(getResult())) << ", got "
                                << formatShape(shapeOf(residual));
      noteDefinition(diag, residual, "residual");
      return diag;
    }
    if (failed(verifySameKind(
            *this, {{"result", getResult()}, {"residual", residual}})))
      return failure();
  }
  return verifyClampRange(*this, getClampRange());
}

bool Conv2DOp::isPointwise() {
  auto one = [](int64_t v) { return v == 1; };
  return getKernelH() == 1 && getKernelW() == 1 &&
         llvm::all_of(getStrides(), one) && hasZeroPads();
}

int64_t Conv2DOp::getMacs() {
  return getResult().getType().getNumElements() * getChannelsPerGroup() *
         getKernelH() * getKernelW();
}

ClampRange Conv2DOp::getClampRange() {
  return toRange(getClampMin(), getClampMax());
}

void Conv2DOp::setClampRange(ClampRange range) {
  setClampMinAttr(toAttr(getContext(), range.min));
  setClampMaxAttr(toAttr(getContext(), range.max));
}

//===----------------------------------------------------------------------===//
// LinearOp
//===----------------------------------------------------------------------===//

void LinearOp::build(OpBuilder &builder, OperationState &state, Value input,
                     Value weight, Value bias) {
  Type type = typeFor(input, linearShape(shapeOf(input), shapeOf(weight)));
  build(builder, state, type, input, weight, bias);
}

LogicalResult LinearOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return answer(
      loc,
      linearShape(shapeOf(adaptor.getInput()), shapeOf(adaptor.getWeight())),
      inferred);
}

LogicalResult LinearOp::verify() {
  Expected<Shape> shape =
      linearShape(shapeOf(getInput()), shapeOf(getWeight()));
  if (!shape) {
    InFlightDiagnostic diag = emitOpError()
                              << llvm::toString(shape.takeError());
    noteDefinition(diag, getWeight(), "weight");
    return diag;
  }
  if (failed(verifyResultShape(*this, getResult(), std::move(shape))))
    return failure();
  return verifyWeightAndBias(*this, getInput(), getWeight(), getBias(),
                             getResult());
}

//===----------------------------------------------------------------------===//
// BatchNormOp
//===----------------------------------------------------------------------===//

LogicalResult BatchNormOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return answer(loc, Shape(shapeOf(adaptor.getInput())), inferred);
}

LogicalResult BatchNormOp::verify() {
  ArrayRef<int64_t> shape = shapeOf(getInput());
  if (shape.size() < 2)
    return emitOpError()
           << "expected an input with a channel axis 1, got shape "
           << formatShape(shape);
  for (NamedTensor parameter : {NamedTensor{"scale", getScale()},
                                {"bias", getBias()},
                                {"mean", getMean()},
                                {"variance", getVariance()}}) {
    if (shapeOf(parameter.value) == ArrayRef<int64_t>{shape[1]})
      continue;
    InFlightDiagnostic diag = emitOpError()
                              << "expected " << parameter.name << " of shape "
                              << shape[1] << ", got "
                              << formatShape(shapeOf(parameter.value));
    noteDefinition(diag, parameter.value, parameter.name);
    return diag;
  }
  float epsilon = getEpsilon().convertToFloat();
  if (!(epsilon >= 0) || std::isinf(epsilon))
    return emitOpError() << "expected an epsilon of zero or more, got "
                         << epsilon;
  return verifyResultShape(*this, getResult(), Shape(shape));
}

//===----------------------------------------------------------------------===//
// MaxPool2DOp, AvgPool2DOp
//===----------------------------------------------------------------------===//

/// Accepts the extents of both roundings.
static LogicalResult verifyPool(Operation *op, Value input, Value result,
                                Expected<Window> window, bool needImage) {
  if (!window)
    return op->emitOpError() << llvm::toString(window.takeError());
  Expected<Shape> up =
      pool2DShape(shapeOf(input), *window, Rounding::Up, /*needImage=*/false);
  if (!up)
    return op->emitOpError() << llvm::toString(up.takeError());
  Shape down = llvm::cantFail(pool2DShape(shapeOf(input), *window,
                                          Rounding::Down, /*needImage=*/false));
  ArrayRef<int64_t> got = shapeOf(result);
  bool fits = got.size() == 4;
  for (size_t d = 0; fits && d < 4; ++d)
    fits = got[d] == (*up)[d] || got[d] == down[d];
  if (!fits) {
    InFlightDiagnostic diag = op->emitOpError() << "expected a result of shape "
                                                << formatShape(down);
    if (*up != down)
      diag << " or, rounded up, " << formatShape(*up);
    return diag << ", got " << formatShape(got);
  }
  if (needImage &&
      (!everyWindowMeetsImage(shapeOf(input)[2], got[2], window->vertical) ||
       !everyWindowMeetsImage(shapeOf(input)[3], got[3], window->horizontal)))
    return op->emitOpError()
           << "expected every window to hold a position of the image, got a "
              "window that lies in the padding";
  return success();
}

static LogicalResult
inferPool(std::optional<Location> loc, Value input, Expected<Window> window,
          SmallVectorImpl<ShapedTypeComponents> &inferred) {
  if (!window)
    return answer(loc, window.takeError(), inferred);
  return answer(loc,
                pool2DShape(shapeOf(input), *window, Rounding::Down,
                            /*needImage=*/false),
                inferred);
}

LogicalResult MaxPool2DOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return inferPool(loc, adaptor.getInput(),
                   Window::get(adaptor.getKernel(), adaptor.getStrides(),
                               adaptor.getPads(), adaptor.getDilations()),
                   inferred);
}

LogicalResult MaxPool2DOp::verify() {
  if (failed(verifyPool(
          *this, getInput(), getResult(),
          Window::get(getKernel(), getStrides(), getPads(), getDilations()),
          /*needImage=*/true)))
    return failure();
  return verifySameElementType(*this, getInput(), getResult());
}

LogicalResult AvgPool2DOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return inferPool(loc, adaptor.getInput(),
                   Window::get(adaptor.getKernel(), adaptor.getStrides(),
                               adaptor.getPads(), {1, 1}),
                   inferred);
}

LogicalResult AvgPool2DOp::verify() {
  if (failed(
          verifyPool(*this, getInput(), getResult(),
                     Window::get(getKernel(), getStrides(), getPads(), {1, 1}),
                     /*needImage=*/!getCountIncludePad())))
    return failure();
  return verifySameKind(*this,
                        {{"input", getInput()}, {"result", getResult()}});
}

int64_t AvgPool2DOp::getWindowCount(int64_t y, int64_t x) {
  WindowAxis v{getKernelH(), getStrideH(), 1, getPadTop(), getPadBottom()};
  WindowAxis h{getKernelW(), getStrideW(), 1, getPadLeft(), getPadRight()};
  if (!getCountIncludePad())
    return countPositions(y, v, 0, getInH()) *
           countPositions(x, h, 0, getInW());
  return countPositions(y, v, -v.padBefore, getInH() + v.padAfter) *
         countPositions(x, h, -h.padBefore, getInW() + h.padAfter);
}

//===----------------------------------------------------------------------===//
// AddOp, MulOp, ClampOp, ActivationOp
//===----------------------------------------------------------------------===//

/// What two operands make of each other, element by element.
template <typename Operands> static auto broadcastShapeOf(Operands operands) {
  return broadcastShape(shapeOf(operands.getLhs()), shapeOf(operands.getRhs()));
}

template <typename Op> static LogicalResult verifyBroadcast(Op op) {
  if (failed(verifyResultShape(op, op.getResult(), broadcastShapeOf(op))) ||
      failed(verifySameKind(op, {{"lhs", op.getLhs()},
                                 {"rhs", op.getRhs()},
                                 {"result", op.getResult()}})))
    return failure();
  return verifyClampRange(op, op.getClampRange());
}

void AddOp::build(OpBuilder &builder, OperationState &state, Value lhs,
                  Value rhs) {
  build(builder, state,
        typeFor(lhs, broadcastShape(shapeOf(lhs), shapeOf(rhs))), lhs, rhs,
        FloatAttr(), FloatAttr());
}

LogicalResult AddOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return answer(loc, broadcastShapeOf(adaptor), inferred);
}

LogicalResult AddOp::verify() { return verifyBroadcast(*this); }

ClampRange AddOp::getClampRange() {
  return toRange(getClampMin(), getClampMax());
}

void AddOp::setClampRange(ClampRange range) {
  setClampMinAttr(toAttr(getContext(), range.min));
  setClampMaxAttr(toAttr(getContext(), range.max));
}

void MulOp::build(OpBuilder &builder, OperationState &state, Value lhs,
                  Value rhs) {
  build(builder, state,
        typeFor(lhs, broadcastShape(shapeOf(lhs), shapeOf(rhs))), lhs, rhs,
        FloatAttr(), FloatAttr());
}

LogicalResult MulOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return answer(loc, broadcastShapeOf(adaptor), inferred);
}

LogicalResult MulOp::verify() { return verifyBroadcast(*this); }

ClampRange MulOp::getClampRange() {
  return toRange(getClampMin(), getClampMax());
}

void MulOp::setClampRange(ClampRange range) {
  setClampMinAttr(toAttr(getContext(), range.min));
  setClampMaxAttr(toAttr(getContext(), range.max));
}

void ClampOp::build(OpBuilder &builder, OperationState &state, Value input,
                    ClampRange range) {
  build(builder, state, input.getType(), input,
        toAttr(builder.getContext(), range.min),
        toAttr(builder.getContext(), range.max));
}

LogicalResult ClampOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return answer(loc, Shape(shapeOf(adaptor.getInput())), inferred);
}

LogicalResult ClampOp::verify() {
  if (failed(
          verifyResultShape(*this, getResult(), Shape(shapeOf(getInput())))) ||
      failed(verifySameKind(*this,
                            {{"input", getInput()}, {"result", getResult()}})))
    return failure();
  return verifyClampRange(*this, getClampRange());
}

ClampRange ClampOp::getClampRange() { return toRange(getMin(), getMax()); }

void ClampOp::setClampRange(ClampRange range) {
  setMinAttr(toAttr(getContext(), range.min));
  setMaxAttr(toAttr(getContext(), range.max));
}

LogicalResult ActivationOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return answer(loc, Shape(shapeOf(adaptor.getInput())), inferred);
}

bool ActivationOp::usesAlpha(ActivationKind kind) {
  return kind == ActivationKind::LeakyRelu || kind == ActivationKind::Elu ||
         kind == ActivationKind::HardSigmoid || kind == ActivationKind::Selu ||
         kind == ActivationKind::Celu ||
         kind == ActivationKind::ThresholdedRelu ||
         kind == ActivationKind::Power;
}

bool ActivationOp::usesBeta(ActivationKind kind) {
  return kind == ActivationKind::HardSigmoid || kind == ActivationKind::Selu ||
         kind == ActivationKind::Power;
}

LogicalResult ActivationOp::verify() {
  for (const auto &[name, value, used] :
       {std::make_tuple("alpha", getAlpha(), usesAlpha(getKind())),
        std::make_tuple("beta", getBeta(), usesBeta(getKind()))}) {
    if (!value.isFinite())
      return emitOpError() << "expected a finite '" << name << "'";
    if (!used && !value.isZero())
      return emitOpError() << "expected no '" << name << "' for "
                           << stringifyActivationKind(getKind()) << ", got "
                           << value.convertToFloat();
  }
  if (getKind() == ActivationKind::Celu && getAlpha().isZero())
    return emitOpError() << "expected an 'alpha' other than zero for celu";
  if (getKind() == ActivationKind::Power &&
      (getBeta().isNegative() ||
       (getBeta().isZero() && getAlpha().isNegative())))
    return emitOpError() << "expected a 'beta' that is not negative for power, "
                            "and above zero with a negative 'alpha'";
  if (failed(verifyResultShape(*this, getResult(), Shape(shapeOf(getInput())))))
    return failure();
  return verifySameKind(*this,
                        {{"input", getInput()}, {"result", getResult()}});
}

LogicalResult FakeQuantizeOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return answer(loc, Shape(shapeOf(adaptor.getInput())), inferred);
}

LogicalResult FakeQuantizeOp::verify() {
  auto grid = dyn_cast<quant::UniformQuantizedType>(getGrid());
  if (!grid || !grid.isSigned() || !grid.getStorageType().isInteger(8) ||
      !grid.getExpressedType().isF32() || grid.getStorageTypeMin() != -128 ||
      grid.getStorageTypeMax() != 127)
    return emitOpError() << "expected a grid of all of i8 for f32, such as "
                            "'!quant.uniform<i8:f32, 0.25:-3>', got "
                         << getGrid();
  return verifyResultShape(*this, getResult(), Shape(shapeOf(getInput())));
}

//===----------------------------------------------------------------------===//
// SoftmaxOp, ArgMaxOp
//===----------------------------------------------------------------------===//

LogicalResult SoftmaxOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return answer(loc, Shape(shapeOf(adaptor.getInput())), inferred);
}

LogicalResult SoftmaxOp::verify() {
  // Only the axis is of interest here; the shape does not change.
  if (Expected<Shape> reduced =
          reduceShape(shapeOf(getInput()), getAxis(), /*keepDims=*/true);
      !reduced)
    return emitOpError() << llvm::toString(reduced.takeError());
  if (failed(verifyResultShape(*this, getResult(), Shape(shapeOf(getInput())))))
    return failure();
  return verifySameKind(*this,
                        {{"input", getInput()}, {"result", getResult()}});
}

LogicalResult ArgMaxOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<ShapedTypeComponents> &inferred) {
  return answer(loc,
                reduceShape(shapeOf(adaptor.getInput()), adaptor.getAxis(),
                            adaptor.getKeepdims()),
                inferred);
}

LogicalResult ArgMaxOp::verify() {
  return verifyResultShape(
      *this, getResult(),
      reduceShape(shapeOf(getInput()), getAxis(), getKeepdims()));
}

#define GET_OP_CLASSES
#include "nncc/Dialect/NN/IR/NNOps.cpp.inc"
