//===- FloatEvaluator.cpp - Evaluation of float networks ------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/FloatEvaluator.h"

#include "DnnlConvolution.h"
#include "FloatKernels.h"
#include "OpGeometry.h"

#include "nncc/Dialect/NN/Utils/Locations.h"
#include "nncc/Quantization/Activations.h"
#include "nncc/Quantization/Names.h"
#include "nncc/Quantization/Requantize.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace nncc;
using llvm::Expected;

static std::vector<int64_t> getShape(Value value) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  return {shape.begin(), shape.end()};
}

/// Allocates the tensor of a value, or says why its type is none of ours.
static Expected<std::unique_ptr<TensorData>> allocate(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape())
    return llvm::createStringError("'" + getTensorName(value) +
                                   "' is not a tensor of a known shape");
  auto data = std::make_unique<TensorData>();
  data->shape = getShape(value);
  Type element = type.getElementType();
  if (element.isF32())
    data->floats.resize(data->size());
  else if (element.isInteger(64)) {
    data->element = TensorData::Element::Int64;
    data->ints.resize(data->size());
  } else {
    std::string text;
    llvm::raw_string_ostream(text) << type;
    return llvm::createStringError("'" + getTensorName(value) +
                                   "': expected a tensor of f32 or i64, got " +
                                   text);
  }
  return data;
}

Expected<std::unique_ptr<FloatEvaluator>>
FloatEvaluator::create(func::FuncOp function) {
  if (function.isExternal() || !function.getBody().hasOneBlock())
    return llvm::createStringError("function '" + function.getName().str() +
                                   "': expected a body of one block");
  std::unique_ptr<FloatEvaluator> evaluator(new FloatEvaluator(function));
  for (Value argument : function.getArguments()) {
    auto data = allocate(argument);
    if (!data)
      return data.takeError();
    evaluator->values[argument] = std::move(*data);
  }
  for (Operation &op : function.getBody().front())
    if (llvm::Error error = evaluator->prepare(op))
      return std::move(error);
  return evaluator;
}

Expected<std::vector<TensorData>>
FloatEvaluator::run(ArrayRef<TensorData> inputs, Observer observer) {
  if (inputs.size() != function.getNumArguments())
    return llvm::createStringError("expected %u inputs, got %zu",
                                   function.getNumArguments(), inputs.size());
  for (auto [argument, input] :
       llvm::zip_equal(function.getArguments(), inputs)) {
    TensorData &data = get(argument);
    if (data.floats.size() != input.floats.size())
      return llvm::createStringError(
          "input '" + getTensorName(argument) + "': expected " +
          std::to_string(data.floats.size()) + " float values, got " +
          std::to_string(input.floats.size()));
    data.floats = input.floats;
    if (observer)
      observer(argument, data);
  }
  for (Step &step : steps) {
    std::string error = step.compute();
    if (!error.empty())
      return llvm::createStringError("'" + nn::getNodeName(step.op).str() +
                                     "': " + error);
    if (observer)
      for (Value result : step.op->getResults())
        observer(result, get(result));
  }
  std::vector<TensorData> results;
  Operation *terminator = function.getBody().front().getTerminator();
  for (Value operand : terminator->getOperands())
    results.push_back(get(operand));
  return results;
}

//===----------------------------------------------------------------------===//
// Convolution
//===----------------------------------------------------------------------===//

/// Adds a residual if there is one and clamps.
static void finishConvolution(TensorData &out, const TensorData *residual,
                              const nn::ClampRange &clamp) {
  size_t count = out.floats.size();
  float *data = out.floats.data();
  if (residual)
    for (size_t i = 0; i < count; ++i)
      data[i] += residual->floats[i];
  if (clamp.min)
    for (size_t i = 0; i < count; ++i)
      data[i] = std::max(data[i], *clamp.min);
  if (clamp.max)
    for (size_t i = 0; i < count; ++i)
      data[i] = std::min(data[i], *clamp.max);
}

llvm::Error FloatEvaluator::prepareConvolution(Operation &op) {
  Geometry geometry;
  TensorData *bias = nullptr, *residual = nullptr;
  nn::ClampRange clamp;
  if (auto conv = dyn_cast<nn::Conv2DOp>(op)) {
    geometry = getGeometry(conv);
    bias = conv.getBias() ? &get(conv.getBias()) : nullptr;
    residual = conv.getResidual() ? &get(conv.getResidual()) : nullptr;
    clamp = conv.getClampRange();
  } else {
    auto linear = cast<nn::LinearOp>(op);
    geometry = getGeometry(linear);
    bias = linear.getBias() ? &get(linear.getBias()) : nullptr;
  }
  auto fail = [&](const std::string &reason) {
    return llvm::createStringError("'" + nn::getNodeName(&op).str() +
                                   "': " + reason);
  };

  auto convolution = std::make_shared<DnnlConvolution>();
  std::string error = convolution->initialize(geometry);
  if (!error.empty())
    return fail(error);
  TensorData &input = get(op.getOperand(0));
  TensorData &weight = get(op.getOperand(1));
  TensorData &out = get(op.getResult(0));
  bool constantWeights =
      isa_and_nonnull<nn::ConstantOp>(op.getOperand(1).getDefiningOp());
  if (constantWeights) {
    error = convolution->setWeights(weight.floats.data());
    if (!error.empty())
      return fail(error);
  }
  steps.push_back({&op, [=, &input, &weight, &out]() -> std::string {
                     if (!constantWeights) {
                       std::string error =
                           convolution->setWeights(weight.floats.data());
                       if (!error.empty())
                         return error;
                     }
                     std::string error =
                         convolution->run(input.floats.data(),
                                          bias ? bias->floats.data() : nullptr,
                                          out.floats.data());
                     finishConvolution(out, residual, clamp);
                     return error;
                   }});
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// The other ops
//===----------------------------------------------------------------------===//

static void normalise(const TensorData &in, const TensorData &scale,
                      const TensorData &bias, const TensorData &mean,
                      const TensorData &variance, double epsilon,
                      TensorData &out) {
  Axis channels = getAxis(in.shape, 1);
  for (int64_t o = 0; o < channels.outer; ++o)
    for (int64_t c = 0; c < channels.extent; ++c) {
      double factor = scale.floats[c] / std::sqrt(variance.floats[c] + epsilon);
      double offset = bias.floats[c] - mean.floats[c] * factor;
      int64_t base = (o * channels.extent + c) * channels.inner;
      for (int64_t i = base; i < base + channels.inner; ++i)
        out.floats[i] = static_cast<float>(in.floats[i] * factor + offset);
    }
}

static void fillConstant(DenseElementsAttr value, TensorData &out) {
  if (out.element == TensorData::Element::Float)
    llvm::copy(value.getValues<float>(), out.floats.begin());
  else
    llvm::copy(value.getValues<int64_t>(), out.ints.begin());
}

static std::string reshape(const TensorData &in, TensorData &out) {
  out.floats = in.floats;
  out.ints = in.ints;
  return "";
}

llvm::Error FloatEvaluator::prepare(Operation &op) {
  if (isa<func::ReturnOp>(op))
    return llvm::Error::success();
  for (Value result : op.getResults()) {
    auto data = allocate(result);
    if (!data)
      return data.takeError();
    values[result] = std::move(*data);
  }
  auto add = [&](std::function<std::string()> compute) {
    steps.push_back({&op, std::move(compute)});
    return llvm::Error::success();
  };
  // The tensors live on the heap: references to them stay valid.
  return llvm::TypeSwitch<Operation *, llvm::Error>(&op)
      .Case<nn::Conv2DOp, nn::LinearOp>(
          [&](auto) { return prepareConvolution(op); })
      .Case([&](nn::ConstantOp constant) {
        fillConstant(constant.getValue(), get(constant.getResult()));
        return llvm::Error::success();
      })
      .Case([&](nn::BatchNormOp norm) {
        TensorData &in = get(norm.getInput()), &out = get(norm.getResult());
        TensorData &scale = get(norm.getScale()), &bias = get(norm.getBias());
        TensorData &mean = get(norm.getMean());
        TensorData &variance = get(norm.getVariance());
        double epsilon = norm.getEpsilon().convertToFloat();
        return add([=, &in, &out, &scale, &bias, &mean, &variance] {
          normalise(in, scale, bias, mean, variance, epsilon, out);
          return std::string();
        });
      })
      .Case([&](nn::MaxPool2DOp pool) {
        TensorData &in = get(pool.getInput()), &out = get(pool.getResult());
        return add([geometry = getGeometry(pool), &in, &out] {
          maxPool(geometry, in.floats.data(), out.floats.data());
          return std::string();
        });
      })
      .Case([&](nn::AvgPool2DOp pool) {
        TensorData &in = get(pool.getInput()), &out = get(pool.getResult());
        bool includePad = pool.getCountIncludePad();
        return add([geometry = getGeometry(pool), includePad, &in, &out] {
          averagePool(geometry, includePad, in.floats.data(),
                      out.floats.data());
          return std::string();
        });
      })
      .Case([&](nn::AddOp sum) {
        TensorData &a = get(sum.getLhs()), &b = get(sum.getRhs());
        TensorData &out = get(sum.getResult());
        std::vector<int64_t> fromA, fromB;
        if (a.shape != out.shape)
          fromA = broadcastIndices(a.shape, out.shape);
        if (b.shape != out.shape)
          fromB = broadcastIndices(b.shape, out.shape);
        nn::ClampRange clamp = sum.getClampRange();
        return add([=, &a, &b, &out] {
          for (size_t i = 0; i < out.floats.size(); ++i)
            out.floats[i] = clamp.apply(a.floats[fromA.empty() ? i : fromA[i]] +
                                        b.floats[fromB.empty() ? i : fromB[i]]);
          return std::string();
        });
      })
      .Case([&](nn::MulOp product) {
        TensorData &a = get(product.getLhs()), &b = get(product.getRhs());
        TensorData &out = get(product.getResult());
        std::vector<int64_t> fromA, fromB;
        if (a.shape != out.shape)
          fromA = broadcastIndices(a.shape, out.shape);
        if (b.shape != out.shape)
          fromB = broadcastIndices(b.shape, out.shape);
        nn::ClampRange clamp = product.getClampRange();
        return add([=, &a, &b, &out] {
          for (size_t i = 0; i < out.floats.size(); ++i)
            out.floats[i] = clamp.apply(a.floats[fromA.empty() ? i : fromA[i]] *
                                        b.floats[fromB.empty() ? i : fromB[i]]);
          return std::string();
        });
      })
      .Case([&](nn::ClampOp clamp) {
        TensorData &in = get(clamp.getInput()), &out = get(clamp.getResult());
        return add([range = clamp.getClampRange(), &in, &out] {
          for (size_t i = 0; i < out.floats.size(); ++i)
            out.floats[i] = range.apply(in.floats[i]);
          return std::string();
        });
      })
      .Case([&](nn::ActivationOp activation) {
        TensorData &in = get(activation.getInput());
        TensorData &out = get(activation.getResult());
        nn::ActivationKind kind = activation.getKind();
        double alpha = activation.getAlpha().convertToFloat();
        double beta = activation.getBeta().convertToFloat();
        return add([=, &in, &out] {
          for (size_t i = 0; i < out.floats.size(); ++i)
            out.floats[i] = static_cast<float>(
                evaluateActivation(kind, alpha, beta, in.floats[i]));
          return std::string();
        });
      })
      .Case([&](nn::ConcatOp concat) {
        TensorData &out = get(concat.getResult());
        std::vector<TensorData *> parts;
        for (Value input : concat.getInputs())
          parts.push_back(&get(input));
        int64_t number = concat.getAxis();
        return add([=, &out] {
          Axis axis = getAxis(out.shape, number);
          int64_t pitch = axis.extent * axis.inner, offset = 0;
          for (TensorData *part : parts) {
            int64_t count = part->shape[number] * axis.inner;
            copyRuns(part->floats.data(), count, out.floats.data() + offset,
                     pitch, count, axis.outer);
            offset += count;
          }
          return std::string();
        });
      })
      .Case([&](nn::PadOp pad) {
        TensorData &in = get(pad.getInput()), &out = get(pad.getResult());
        SmallVector<int64_t> pads(pad.getPads());
        float value = pad.getValue().convertToFloat();
        return add([=, &in, &out] {
          llvm::fill(out.floats, value);
          copyIntoPadded(in.shape, out.shape, pads, in.floats.data(),
                         out.floats.data());
          return std::string();
        });
      })
      .Case([&](nn::SliceOp slice) {
        TensorData &in = get(slice.getInput()), &out = get(slice.getResult());
        SmallVector<int64_t> starts(slice.getStarts()), steps(slice.getSteps());
        return add([=, &in, &out] {
          copySlice(in.shape, starts, out.shape, steps, in.floats.data(),
                    out.floats.data());
          return std::string();
        });
      })
      .Case([&](nn::InterleaveOp op) {
        TensorData &out = get(op.getResult());
        std::vector<TensorData *> parts;
        for (Value input : op.getInputs())
          parts.push_back(&get(input));
        int64_t factorH = op.getFactorH(), factorW = op.getFactorW();
        return add([=, &out] {
          for (size_t k = 0; k < parts.size(); ++k)
            copyPhase(out.shape, factorH, factorW, k / factorW, k % factorW,
                      parts[k]->floats.data(), out.floats.data());
          return std::string();
        });
      })
      .Case([&](nn::FakeQuantizeOp op) {
        TensorData &in = get(op.getInput()), &out = get(op.getResult());
        double scale = op.getGridType().getScale();
        int zeroPoint = static_cast<int>(op.getGridType().getZeroPoint());
        return add([=, &in, &out] {
          for (size_t i = 0; i < out.floats.size(); ++i)
            out.floats[i] = static_cast<float>(
                dequantize(quantizeInput(in.floats[i], scale, zeroPoint), scale,
                           zeroPoint));
          return std::string();
        });
      })
      .Case([&](nn::ReshapeOp op) {
        TensorData &in = get(op.getInput()), &out = get(op.getResult());
        return add([&in, &out] { return reshape(in, out); });
      })
      .Case([&](nn::SoftmaxOp op) {
        TensorData &in = get(op.getInput()), &out = get(op.getResult());
        Axis axis = getAxis(in.shape, op.getAxis());
        return add([=, &in, &out] {
          softmax(axis, in.floats.data(), out.floats.data());
          return std::string();
        });
      })
      .Case([&](nn::ArgMaxOp op) {
        TensorData &in = get(op.getInput()), &out = get(op.getResult());
        Axis axis = getAxis(in.shape, op.getAxis());
        bool last = op.getSelectLastIndex();
        return add([=, &in, &out] {
          argmax(axis, last, in.floats.data(), out.ints.data());
          return std::string();
        });
      })
      .Default([&](Operation *) {
        return llvm::createStringError("'" + nn::getNodeName(&op).str() +
                                       "': cannot evaluate a '" +
                                       op.getName().getStringRef() + "' op");
      });
}
