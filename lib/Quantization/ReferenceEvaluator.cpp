//===- ReferenceEvaluator.cpp - Evaluation of quantized networks ----------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/ReferenceEvaluator.h"

#include "FloatKernels.h"
#include "OpGeometry.h"
#include "ReferenceKernels.h"

#include "nncc/Dialect/NN/Utils/Locations.h"
#include "nncc/Quantization/Names.h"
#include "nncc/Quantization/QuantizedOps.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace nncc;
using llvm::Expected;

static llvm::Error makeError(Operation &op, const Twine &reason) {
  return llvm::createStringError("'" + nn::getNodeName(&op) + "': " + reason);
}

static std::string print(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

/// Allocates the tensor of a value, or says why its type is none of ours.
static Expected<std::unique_ptr<TensorData>> allocate(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  auto data = std::make_unique<TensorData>();
  bool known = type && type.hasStaticShape();
  if (known) {
    data->shape.assign(type.getShape().begin(), type.getShape().end());
    Type element = type.getElementType();
    if (element.isF32()) {
      data->floats.resize(data->size());
    } else if (element.isInteger(64)) {
      data->element = TensorData::Element::Int64;
      data->ints.resize(data->size());
    } else if (getQuantParams(type)) {
      data->element = TensorData::Element::Int8;
      data->bytes.resize(data->size());
    } else {
      known = false;
    }
  }
  if (known)
    return data;
  return llvm::createStringError(
      "'" + getTensorName(value) +
      "': expected a tensor of f32, i64 or !quant.uniform<i8:f32, scale:zero "
      "point>, got " +
      print(value.getType()));
}

Expected<std::unique_ptr<ReferenceEvaluator>>
ReferenceEvaluator::create(func::FuncOp function) {
  if (function.isExternal() || !function.getBody().hasOneBlock())
    return llvm::createStringError("function '" + function.getName().str() +
                                   "': expected a body of one block");
  std::unique_ptr<ReferenceEvaluator> evaluator(
      new ReferenceEvaluator(function));
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
ReferenceEvaluator::run(ArrayRef<TensorData> inputs, Observer observer) {
  if (inputs.size() != function.getNumArguments())
    return llvm::createStringError("expected %u inputs, got %zu",
                                   function.getNumArguments(), inputs.size());
  for (auto [argument, input] :
       llvm::zip_equal(function.getArguments(), inputs)) {
    TensorData &data = get(argument);
    if (data.element != input.element ||
        data.floats.size() != input.floats.size() ||
        data.bytes.size() != input.bytes.size() ||
        data.ints.size() != input.ints.size())
      return llvm::createStringError("input '" + getTensorName(argument) +
                                     "': expected a value for " +
                                     print(argument.getType()));
    data = input;
    if (observer)
      observer(argument, data);
  }
  for (Step &step : steps) {
    step.compute();
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

/// Runs a function that reports by diagnostics and returns its value, or the
/// first diagnostic as an error.
template <typename Callback>
static auto withDiagnostics(Operation &op, Callback callback)
    -> Expected<std::decay_t<decltype(*callback())>> {
  std::string message;
  ScopedDiagnosticHandler handler(op.getContext(), [&](Diagnostic &diag) {
    if (message.empty())
      message = diag.str();
    return success();
  });
  auto result = callback();
  if (succeeded(result))
    return std::move(*result);
  return makeError(op, message);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

llvm::Error ReferenceEvaluator::prepareConvolution(Operation &op) {
  auto constants = withDiagnostics(op, [&] { return getConvConstants(&op); });
  if (!constants)
    return constants.takeError();
  SmallVector<int8_t> weights = getStoredBytes(op.getOperand(1));
  if (weights.empty())
    return makeError(op, "expected constant weights");
  Geometry geometry;
  TensorData *residual = nullptr;
  if (auto conv = dyn_cast<nn::Conv2DOp>(op)) {
    geometry = getGeometry(conv);
    residual = conv.getResidual() ? &get(conv.getResidual()) : nullptr;
  } else {
    geometry = getGeometry(cast<nn::LinearOp>(op));
  }
  TensorData &input = get(op.getOperand(0));
  TensorData &out = get(op.getResult(0));
  auto compute = [g = geometry, k = std::move(*constants),
                  weights = std::move(weights), residual, &input, &out] {
    std::vector<int32_t> sums(out.size());
    accumulateConv(g, input.bytes.data(), k.input.zeroPoint, weights.data(),
                   k.bias.data(), sums.data());
    // Sums are channels last, results channels first.
    int64_t pixels = g.outH * g.outW;
    for (int64_t n = 0; n < g.batch; ++n)
      for (int64_t c = 0; c < g.outC; ++c) {
        auto [m, s] = k.multipliers[c];
        for (int64_t p = 0; p < pixels; ++p) {
          int32_t acc = sums[(n * pixels + p) * g.outC + c];
          int64_t i = (n * g.outC + c) * pixels + p;
          out.bytes[i] =
              residual ? requantizeWithResidual(acc, m, s, residual->bytes[i],
                                                *k.residual, k.output.zeroPoint,
                                                k.lo, k.hi)
                       : requantize(acc, m, s, k.output.zeroPoint, k.lo, k.hi);
        }
      }
  };
  steps.push_back({&op, std::move(compute)});
  return llvm::Error::success();
}

llvm::Error ReferenceEvaluator::prepareAvgPool(Operation &op) {
  auto pool = cast<nn::AvgPool2DOp>(op);
  Geometry geometry = getGeometry(pool);
  // Windows at the border may cover fewer positions than the others.
  llvm::DenseMap<int64_t, Multiplier> byCount;
  std::vector<Multiplier> multipliers;
  for (int64_t y = 0; y < geometry.outH; ++y)
    for (int64_t x = 0; x < geometry.outW; ++x) {
      int64_t count = pool.getWindowCount(y, x);
      auto found = byCount.find(count);
      if (found == byCount.end()) {
        auto multiplier = withDiagnostics(
            op, [&] { return getAvgPoolMultiplier(pool, count); });
        if (!multiplier)
          return multiplier.takeError();
        found = byCount.try_emplace(count, *multiplier).first;
      }
      multipliers.push_back(found->second);
    }
  int zpIn = getQuantParams(pool.getInput().getType())->zeroPoint;
  int zpOut = getQuantParams(pool.getResult().getType())->zeroPoint;
  TensorData &input = get(pool.getInput());
  TensorData &out = get(pool.getResult());
  auto compute = [=, &input, &out, multipliers = std::move(multipliers)] {
    std::vector<int32_t> sums(out.size());
    accumulatePool(geometry, input.bytes.data(), zpIn, sums.data());
    for (size_t i = 0; i < sums.size(); ++i) {
      auto [m, s] = multipliers[i % multipliers.size()];
      out.bytes[i] = requantize(sums[i], m, s, zpOut, -128, 127);
    }
  };
  steps.push_back({&op, std::move(compute)});
  return llvm::Error::success();
}

/// result = compute(lhs, rhs) for each element, operands broadcast.
template <typename Op, typename Compute>
void ReferenceEvaluator::prepareBroadcast(Op op, Compute compute) {
  TensorData &a = get(op.getLhs()), &b = get(op.getRhs());
  TensorData &out = get(op.getResult());
  std::vector<int64_t> fromA, fromB; // empty: element by element
  if (a.shape != out.shape)
    fromA = broadcastIndices(a.shape, out.shape);
  if (b.shape != out.shape)
    fromB = broadcastIndices(b.shape, out.shape);
  steps.push_back({op, [=, &a, &b, &out] {
                     for (size_t i = 0; i < out.bytes.size(); ++i)
                       out.bytes[i] =
                           compute(a.bytes[fromA.empty() ? i : fromA[i]],
                                   b.bytes[fromB.empty() ? i : fromB[i]]);
                   }});
}

llvm::Error ReferenceEvaluator::prepareAdd(Operation &op) {
  auto add = cast<nn::AddOp>(op);
  auto constants = withDiagnostics(op, [&] { return getAddConstants(add); });
  if (!constants)
    return constants.takeError();
  prepareBroadcast(add, [k = *constants](int8_t a, int8_t b) {
    return addQuantized(a, b, k.params, k.zeroPoint, k.lo, k.hi);
  });
  return llvm::Error::success();
}

llvm::Error ReferenceEvaluator::prepareMul(Operation &op) {
  auto mul = cast<nn::MulOp>(op);
  auto constants = withDiagnostics(op, [&] { return getMulConstants(mul); });
  if (!constants)
    return constants.takeError();
  prepareBroadcast(mul, [k = *constants](int8_t a, int8_t b) {
    return mulQuantized(a, k.zeroA, b, k.zeroB, k.multiplier.m, k.multiplier.s,
                        k.zeroPoint, k.lo, k.hi);
  });
  return llvm::Error::success();
}

llvm::Error ReferenceEvaluator::prepareTable(Operation &op) {
  auto table = withDiagnostics(op, [&] { return getTable(&op); });
  if (!table)
    return table.takeError();
  TensorData &input = get(op.getOperand(0)), &out = get(op.getResult(0));
  steps.push_back({&op, [table = *table, &input, &out] {
                     for (size_t i = 0; i < out.bytes.size(); ++i)
                       out.bytes[i] = table[input.bytes[i] + 128];
                   }});
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Data movement
//===----------------------------------------------------------------------===//

llvm::Error ReferenceEvaluator::prepareMovement(Operation &op) {
  TensorData &out = get(op.getResult(0));
  if (auto pool = dyn_cast<nn::MaxPool2DOp>(op)) {
    TensorData &input = get(pool.getInput());
    steps.push_back({&op, [g = getGeometry(pool), &input, &out] {
                       maxPool(g, input.bytes.data(), out.bytes.data());
                     }});
    return llvm::Error::success();
  }
  if (auto pad = dyn_cast<nn::PadOp>(op)) {
    TensorData &input = get(pad.getInput());
    QuantParams params = *getQuantParams(pad.getResult().getType());
    int8_t fill = quantize(pad.getValue().convertToFloat(), params.scale,
                           params.zeroPoint);
    SmallVector<int64_t> pads(pad.getPads());
    steps.push_back({&op, [=, &input, &out] {
                       llvm::fill(out.bytes, fill);
                       copyIntoPadded(input.shape, out.shape, pads,
                                      input.bytes.data(), out.bytes.data());
                     }});
    return llvm::Error::success();
  }
  if (auto slice = dyn_cast<nn::SliceOp>(op)) {
    TensorData &input = get(slice.getInput());
    SmallVector<int64_t> starts(slice.getStarts()), pitches(slice.getSteps());
    steps.push_back({&op, [=, &input, &out] {
                       copySlice(input.shape, starts, out.shape, pitches,
                                 input.bytes.data(), out.bytes.data());
                     }});
    return llvm::Error::success();
  }
  if (auto interleave = dyn_cast<nn::InterleaveOp>(op)) {
    std::vector<TensorData *> phases;
    for (Value input : interleave.getInputs())
      phases.push_back(&get(input));
    int64_t factorH = interleave.getFactorH();
    int64_t factorW = interleave.getFactorW();
    steps.push_back({&op, [=, &out] {
                       for (size_t k = 0; k < phases.size(); ++k)
                         copyPhase(out.shape, factorH, factorW, k / factorW,
                                   k % factorW, phases[k]->bytes.data(),
                                   out.bytes.data());
                     }});
    return llvm::Error::success();
  }
  auto concat = cast<nn::ConcatOp>(op);
  std::vector<TensorData *> parts;
  Type element = concat.getResult().getType().getElementType();
  for (Value input : concat.getInputs()) {
    if (getElementTypeOrSelf(input.getType()) != element)
      return makeError(op, "expected inputs of the result's element type " +
                               print(element) + ", got " +
                               print(input.getType()));
    parts.push_back(&get(input));
  }
  Axis axis = getAxis(out.shape, concat.getAxis());
  steps.push_back({&op, [=, number = concat.getAxis(), &out] {
                     int64_t pitch = axis.extent * axis.inner, offset = 0;
                     for (TensorData *part : parts) {
                       int64_t count = part->shape[number] * axis.inner;
                       copyRuns(part->bytes.data(), count,
                                out.bytes.data() + offset, pitch, count,
                                axis.outer);
                       offset += count;
                     }
                   }});
  return llvm::Error::success();
}

llvm::Error ReferenceEvaluator::prepareCast(Operation &op) {
  TensorData &input = get(op.getOperand(0)), &out = get(op.getResult(0));
  bool toInteger = isa<quant::QuantizeCastOp>(op);
  TensorData &stored = toInteger ? out : input;
  TensorData &expressed = toInteger ? input : out;
  if (stored.element != TensorData::Element::Int8 ||
      expressed.element != TensorData::Element::Float)
    return makeError(op, "expected a cast between f32 and !quant.uniform");
  QuantParams params = *getQuantParams(
      (toInteger ? op.getResult(0) : op.getOperand(0)).getType());
  if (toInteger)
    steps.push_back({&op, [=, &input, &out] {
                       for (size_t i = 0; i < out.bytes.size(); ++i)
                         out.bytes[i] = quantizeInput(
                             input.floats[i], params.scale, params.zeroPoint);
                     }});
  else
    steps.push_back({&op, [=, &input, &out] {
                       for (size_t i = 0; i < out.floats.size(); ++i)
                         out.floats[i] = static_cast<float>(dequantize(
                             input.bytes[i], params.scale, params.zeroPoint));
                     }});
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Host operators
//===----------------------------------------------------------------------===//

llvm::Error ReferenceEvaluator::prepareHead(Operation &op) {
  TensorData &input = get(op.getOperand(0)), &out = get(op.getResult(0));
  if (isa<nn::ReshapeOp>(op)) {
    steps.push_back({&op, [&input, &out] {
                       out.floats = input.floats;
                       out.bytes = input.bytes;
                       out.ints = input.ints;
                     }});
    return llvm::Error::success();
  }
  if (input.element != TensorData::Element::Float)
    return makeError(op, "expected a float input; '" +
                             op.getName().getStringRef() +
                             "' runs on the host, behind quant.dcast");
  if (auto softmaxOp = dyn_cast<nn::SoftmaxOp>(op)) {
    Axis axis = getAxis(input.shape, softmaxOp.getAxis());
    steps.push_back({&op, [=, &input, &out] {
                       softmax(axis, input.floats.data(), out.floats.data());
                     }});
    return llvm::Error::success();
  }
  auto argmaxOp = cast<nn::ArgMaxOp>(op);
  Axis axis = getAxis(input.shape, argmaxOp.getAxis());
  bool last = argmaxOp.getSelectLastIndex();
  steps.push_back({&op, [=, &input, &out] {
                     argmax(axis, last, input.floats.data(), out.ints.data());
                   }});
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

llvm::Error ReferenceEvaluator::prepare(Operation &op) {
  if (isa<func::ReturnOp>(op))
    return llvm::Error::success();
  if (auto constant = dyn_cast<nn::ConstantOp>(op)) {
    // Weights and biases are read in place.
    bool isFloat = constant.getType().getElementType().isF32();
    if (!isFloat && !getQuantParams(constant.getType()))
      return llvm::Error::success();
    auto data = allocate(constant);
    if (!data)
      return data.takeError();
    if (isFloat)
      llvm::copy(constant.getValue().getValues<float>(),
                 (*data)->floats.begin());
    else
      llvm::copy(constant.getValue().getValues<int8_t>(),
                 (*data)->bytes.begin());
    values[constant] = std::move(*data);
    return llvm::Error::success();
  }
  bool hasWeights = isa<nn::Conv2DOp, nn::LinearOp>(op);
  for (OpOperand &operand : op.getOpOperands()) {
    Value value = operand.get();
    bool isParameter = hasWeights &&
                       (value == op.getOperand(1) ||
                        value.getType() != op.getOperand(0).getType()) &&
                       isa_and_nonnull<nn::ConstantOp>(value.getDefiningOp());
    if (!isParameter && !values.count(value))
      return makeError(op, "operand " + Twine(operand.getOperandNumber()) +
                               " of type " + print(value.getType()) +
                               " cannot be evaluated");
  }
  for (Value result : op.getResults()) {
    auto data = allocate(result);
    if (!data)
      return data.takeError();
    values[result] = std::move(*data);
  }
  if (isa<nn::ReshapeOp, nn::SoftmaxOp, nn::ArgMaxOp>(op))
    return prepareHead(op);
  if (isa<quant::QuantizeCastOp, quant::DequantizeCastOp>(op))
    return prepareCast(op);
  bool quantized = llvm::all_of(op.getResultTypes(), [](Type type) {
    return getQuantParams(type).has_value();
  });
  if (quantized && isa<nn::Conv2DOp, nn::LinearOp>(op))
    return prepareConvolution(op);
  if (quantized && isa<nn::AvgPool2DOp>(op))
    return prepareAvgPool(op);
  if (quantized && isa<nn::AddOp>(op))
    return prepareAdd(op);
  if (quantized && isa<nn::MulOp>(op))
    return prepareMul(op);
  if (quantized && isa<nn::ActivationOp, nn::ClampOp>(op))
    return prepareTable(op);
  if (quantized && isa<nn::MaxPool2DOp, nn::PadOp, nn::ConcatOp, nn::SliceOp,
                       nn::InterleaveOp>(op))
    return prepareMovement(op);
  return makeError(op, "cannot evaluate '" + op.getName().getStringRef() +
                           "' with a result of type " +
                           print(op.getResult(0).getType()));
}
