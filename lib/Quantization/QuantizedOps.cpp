//===- QuantizedOps.cpp - Integer constants of quantized ops --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/QuantizedOps.h"

#include "nncc/Dialect/NN/Utils/Locations.h"
#include "nncc/Quantization/Activations.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace nncc;

std::optional<QuantParams> nncc::getQuantParams(Type type) {
  auto uniform =
      dyn_cast<quant::UniformQuantizedType>(getElementTypeOrSelf(type));
  if (!uniform || !uniform.isSigned() ||
      uniform.getStorageTypeIntegralWidth() != 8 ||
      uniform.getStorageTypeMin() != -128 || uniform.getStorageTypeMax() != 127)
    return std::nullopt;
  return QuantParams{uniform.getScale(),
                     static_cast<int>(uniform.getZeroPoint())};
}

/// An error that names the node.
static InFlightDiagnostic emitNodeError(Operation *op) {
  return op->emitError() << "node '" << nn::getNodeName(op) << "': ";
}

/// The parameters of an operand or result, or an error on the op.
static FailureOr<QuantParams> requireParams(Operation *op, Value value,
                                            StringRef what) {
  if (std::optional<QuantParams> params = getQuantParams(value.getType()))
    return *params;
  return emitNodeError(op)
         << "expected " << what
         << " with elements !quant.uniform<i8:f32, scale:zero "
            "point>, got "
         << value.getType();
}

/// Weight scales, one per output channel.
static FailureOr<SmallVector<double>>
getWeightScales(Operation *op, Value weight, int64_t channels) {
  Type element = getElementTypeOrSelf(weight.getType());
  if (auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(element))
    return SmallVector<double>(perAxis.getScales());
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(element))
    return SmallVector<double>(channels, uniform.getScale());
  return emitNodeError(op) << "expected quantized weights, got "
                           << weight.getType();
}

static std::optional<double> toDouble(std::optional<float> bound) {
  return bound ? std::optional<double>(*bound) : std::nullopt;
}

static std::pair<int, int> getBounds(const nn::ClampRange &clamp,
                                     const QuantParams &output) {
  return clampRange(toDouble(clamp.min), toDouble(clamp.max), output.scale,
                    output.zeroPoint);
}

FailureOr<ConvConstants> nncc::getConvConstants(Operation *op) {
  Value weight, bias, residual;
  nn::ClampRange clamp;
  if (auto conv = dyn_cast<nn::Conv2DOp>(op)) {
    weight = conv.getWeight();
    bias = conv.getBias();
    residual = conv.getResidual();
    clamp = conv.getClampRange();
  } else {
    auto linear = cast<nn::LinearOp>(op);
    weight = linear.getWeight();
    bias = linear.getBias();
  }
  int64_t channels = cast<ShapedType>(weight.getType()).getDimSize(0);

  FailureOr<QuantParams> input =
      requireParams(op, op->getOperand(0), "an input");
  FailureOr<QuantParams> output =
      requireParams(op, op->getResult(0), "a result");
  FailureOr<SmallVector<double>> scales = getWeightScales(op, weight, channels);
  if (failed(input) || failed(output) || failed(scales))
    return failure();

  ConvConstants result;
  result.input = *input;
  result.output = *output;
  result.weightScales = std::move(*scales);
  for (auto [channel, scale] : llvm::enumerate(result.weightScales)) {
    double ratio = input->scale * scale / output->scale;
    std::optional<Multiplier> multiplier = chooseMultiplier(ratio);
    if (!multiplier)
      return emitNodeError(op)
             << "output channel " << channel << ": the factor " << ratio
             << " from sums to results (input scale " << input->scale
             << ", weight scale " << scale << ", result scale " << output->scale
             << ") is outside the multiplier's range of 2^-41 "
                "to 65535; check the calibration data";
    result.multipliers.push_back(*multiplier);
  }

  result.bias.assign(channels, 0);
  if (bias) {
    DenseElementsAttr values;
    if (!matchPattern(bias, m_Constant(&values)) ||
        !values.getElementType().isInteger(32))
      return emitNodeError(op) << "expected a constant bias of i32";
    llvm::copy(values.getValues<int32_t>(), result.bias.begin());
  }
  if (residual) {
    FailureOr<QuantParams> params = requireParams(op, residual, "a residual");
    if (failed(params))
      return failure();
    result.residual =
        chooseResidual(params->scale, params->zeroPoint, output->scale);
    if (!result.residual)
      return emitNodeError(op)
             << "the residual's scale " << params->scale
             << " is too far from the result's scale " << output->scale
             << "; check the calibration data";
  }
  std::tie(result.lo, result.hi) = getBounds(clamp, *output);
  return result;
}

SmallVector<int8_t> nncc::getStoredBytes(Value value) {
  SmallVector<int8_t> bytes;
  auto constant = value.getDefiningOp<nn::ConstantOp>();
  if (constant && constant.getValue().getElementType().isInteger(8))
    llvm::append_range(bytes, constant.getValue().getValues<int8_t>());
  return bytes;
}

FailureOr<AddConstants> nncc::getAddConstants(nn::AddOp op) {
  FailureOr<QuantParams> a = requireParams(op, op.getLhs(), "operands");
  FailureOr<QuantParams> b = requireParams(op, op.getRhs(), "operands");
  FailureOr<QuantParams> y = requireParams(op, op.getResult(), "a result");
  if (failed(a) || failed(b) || failed(y))
    return failure();
  std::optional<AddParams> params =
      chooseAdd(a->scale, a->zeroPoint, b->scale, b->zeroPoint, y->scale);
  if (!params)
    return emitNodeError(op)
           << "the operands' scales " << a->scale << " and " << b->scale
           << " are too far from the result's scale " << y->scale
           << "; check the calibration data";
  AddConstants result;
  result.params = *params;
  result.zeroPoint = y->zeroPoint;
  std::tie(result.lo, result.hi) = getBounds(op.getClampRange(), *y);
  return result;
}

FailureOr<MulConstants> nncc::getMulConstants(nn::MulOp op) {
  FailureOr<QuantParams> a = requireParams(op, op.getLhs(), "operands");
  FailureOr<QuantParams> b = requireParams(op, op.getRhs(), "operands");
  FailureOr<QuantParams> y = requireParams(op, op.getResult(), "a result");
  if (failed(a) || failed(b) || failed(y))
    return failure();
  double ratio = a->scale * b->scale / y->scale;
  std::optional<Multiplier> multiplier = chooseMultiplier(ratio);
  if (!multiplier)
    return emitNodeError(op)
           << "the factor " << ratio << " from products to results (scales "
           << a->scale << " and " << b->scale << ", result scale " << y->scale
           << ") is outside the multiplier's range of 2^-41 to 65535; check "
              "the calibration data";
  MulConstants result;
  result.zeroA = a->zeroPoint;
  result.zeroB = b->zeroPoint;
  result.multiplier = *multiplier;
  result.zeroPoint = y->zeroPoint;
  std::tie(result.lo, result.hi) = getBounds(op.getClampRange(), *y);
  return result;
}

FailureOr<Multiplier> nncc::getAvgPoolMultiplier(nn::AvgPool2DOp op,
                                                 int64_t count) {
  FailureOr<QuantParams> input = requireParams(op, op.getInput(), "an input");
  FailureOr<QuantParams> output = requireParams(op, op.getResult(), "a result");
  if (failed(input) || failed(output))
    return failure();
  double ratio = input->scale / (output->scale * static_cast<double>(count));
  if (std::optional<Multiplier> multiplier = chooseMultiplier(ratio))
    return *multiplier;
  return emitNodeError(op) << "the factor " << ratio << " from sums of "
                           << count
                           << " values to results is outside the multiplier's "
                              "range of 2^-41 to 65535; check the calibration "
                              "data";
}

FailureOr<std::array<int8_t, 256>> nncc::getTable(Operation *op) {
  FailureOr<QuantParams> input =
      requireParams(op, op->getOperand(0), "an input");
  FailureOr<QuantParams> output =
      requireParams(op, op->getResult(0), "a result");
  if (failed(input) || failed(output))
    return failure();
  if (auto activation = dyn_cast<nn::ActivationOp>(op))
    return buildTable(activation.getKind(),
                      activation.getAlpha().convertToFloat(),
                      activation.getBeta().convertToFloat(), input->scale,
                      input->zeroPoint, output->scale, output->zeroPoint);
  nn::ClampRange clamp = cast<nn::ClampOp>(op).getClampRange();
  return buildTable(
      [&](double x) {
        if (clamp.min)
          x = std::max<double>(x, *clamp.min);
        if (clamp.max)
          x = std::min<double>(x, *clamp.max);
        return x;
      },
      input->scale, input->zeroPoint, output->scale, output->zeroPoint);
}
