//===- EvaluateTensors.cpp - Constants made, moved and converted ----------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Operators.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::failure;
using llvm::LogicalResult;
using llvm::SmallVector;
using llvm::success;
using llvm::Twine;
using onnx::TensorProto;

//===----------------------------------------------------------------------===//
// Sources
//===----------------------------------------------------------------------===//

static LogicalResult evaluateConstant(Node &node) {
  if (node.hasAttribute("value")) {
    const TensorProto *proto = node.getTensor("value");
    if (!proto)
      return failure();
    llvm::Expected<HostTensor> tensor = HostTensor::decode(*proto);
    if (!tensor)
      return node.reject(tensor.takeError());
    node.setOutput(std::move(*tensor));
    return success();
  }
  if (node.hasAttribute("value_int")) {
    node.setOutput(HostTensor::fromInts({}, {node.getInt("value_int", 0)}));
    return success();
  }
  if (node.hasAttribute("value_float")) {
    node.setOutput(
        HostTensor::fromFloats({}, {node.getFloat("value_float", 0)}));
    return success();
  }
  if (node.hasAttribute("value_ints")) {
    SmallVector<int64_t, 4> values = node.getInts("value_ints", {});
    node.setOutput(
        HostTensor::fromInts({static_cast<int64_t>(values.size())}, values));
    return success();
  }
  if (node.hasAttribute("value_floats")) {
    SmallVector<float, 4> values = node.getFloats("value_floats");
    node.setOutput(
        HostTensor::fromFloats({static_cast<int64_t>(values.size())}, values));
    return success();
  }
  return node.reject("the constant is not a tensor of numbers");
}

static LogicalResult evaluateConstantOfShape(Node &node) {
  auto shape = node.integers(0, "the shape");
  if (!shape)
    return failure();
  HostTensor fill = HostTensor::fromFloats({1}, {0});
  if (node.hasAttribute("value")) {
    const TensorProto *proto = node.getTensor("value");
    if (!proto)
      return failure();
    llvm::Expected<HostTensor> tensor = HostTensor::decode(*proto);
    if (!tensor)
      return node.reject(tensor.takeError());
    fill = std::move(*tensor);
  }
  if (fill.size() != 1)
    return node.reject("the value is not one number");
  auto result = node.allocate(fill.type(), *shape);
  if (!result)
    return failure();
  for (int64_t i = 0; i < result->size(); ++i)
    result->copy(i, fill, 0);
  node.setOutput(std::move(*result));
  return success();
}

static LogicalResult evaluateShape(Node &node) {
  ArrayRef<int64_t> shape = node.shape(0);
  int64_t rank = shape.size();
  // Ends out of range are clamped, unlike axes elsewhere.
  auto clampEnd = [&](int64_t end) {
    return std::clamp<int64_t>(end < 0 ? end + rank : end, 0, rank);
  };
  int64_t start = clampEnd(node.getInt("start", 0));
  int64_t end = std::max(start, clampEnd(node.getInt("end", rank)));
  ArrayRef<int64_t> part = shape.slice(start, end - start);
  node.setOutput(
      HostTensor::fromInts({static_cast<int64_t>(part.size())}, part));
  return success();
}

static LogicalResult evaluateSize(Node &node) {
  llvm::Expected<int64_t> count = countHostElements(node.shape(0));
  if (!count)
    return node.reject(count.takeError());
  node.setOutput(HostTensor::fromInts({}, {*count}));
  return success();
}

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

static LogicalResult evaluateCast(Node &node) {
  const HostTensor &input = *node.constant(0);
  int64_t to = node.getInt("to", 0);
  node.ignore("saturate");
  if (to < 0 || to > nn::kMaxExtent || elementSize(static_cast<int>(to)) == 0)
    return node.reject("a cast to " + typeName(static_cast<int>(to)) +
                       " is not supported");
  if (to == input.type()) {
    node.forwardInput();
    return success();
  }
  auto result = node.allocate(static_cast<int>(to), input.shape());
  if (!result)
    return failure();
  bool toBool = to == TensorProto::BOOL;
  for (int64_t i = 0; i < input.size(); ++i) {
    if (toBool)
      result->setInteger(i, input.real(i) != 0);
    else if (input.isFloat())
      result->setReal(i, input.real(i));
    else
      result->setInteger(i, input.integer(i));
  }
  node.setOutput(std::move(*result));
  return success();
}

namespace {
/// Elements that share a scale lie in runs of `inner`.
struct ScaleRuns {
  int64_t channels = 1, inner = 1;

  int64_t channel(int64_t element) const { return element / inner % channels; }
};
} // namespace

/// How scales belong to the elements of `input`; rejects what does not fit.
static std::optional<ScaleRuns>
getScaleRuns(Node &node, const HostTensor &input, const HostTensor &scale,
             const HostTensor *zero, int64_t axis) {
  auto reject = [&](const llvm::Twine &why) {
    (void)node.reject(why);
    return std::nullopt;
  };
  if (zero && zero->size() != scale.size())
    return reject("expected zero points like the scales, got shapes " +
                  nn::formatShape(zero->shape()) + " and " +
                  nn::formatShape(scale.shape()));
  ScaleRuns runs;
  runs.inner = std::max<int64_t>(input.size(), 1);
  if (scale.size() == 1)
    return runs;
  if (scale.rank() != 1)
    return reject("expected one scale or a list of scales, got shape " +
                  nn::formatShape(scale.shape()));
  auto normalized = node.normalizeAxis(axis, input.rank());
  if (!normalized)
    return std::nullopt;
  runs.channels = input.shape()[*normalized];
  runs.inner = 1;
  for (int64_t extent : input.shape().drop_front(*normalized + 1))
    runs.inner *= extent;
  if (scale.size() != runs.channels)
    return reject("expected " + Twine(runs.channels) + " scales, got " +
                  Twine(scale.size()));
  return runs;
}

static LogicalResult evaluateDequantize(Node &node) {
  const HostTensor &input = *node.constant(0);
  const HostTensor &scale = *node.constant(1);
  const HostTensor *zero = node.constant(2);
  if (node.getInt("block_size", 0) != 0)
    return node.reject("blocked quantization is not supported");
  int64_t axis = node.getInt("axis", 1);
  if (input.isFloat() || elementSize(input.type()) > 4)
    return node.reject("expected integers of at most 32 bits, got " +
                       typeName(input.type()));
  if (scale.type() != TensorProto::FLOAT)
    return node.reject("expected scales of float32, got " +
                       typeName(scale.type()));
  if (zero && zero->type() != input.type())
    return node.reject("expected zero points like the input, got " +
                       typeName(zero->type()) + " and " +
                       typeName(input.type()));
  std::optional<ScaleRuns> runs = getScaleRuns(node, input, scale, zero, axis);
  if (!runs)
    return failure();
  auto result = node.allocate(TensorProto::FLOAT, input.shape());
  if (!result)
    return failure();
  for (int64_t i = 0; i < input.size(); ++i) {
    int64_t c = runs->channel(i);
    int64_t offset = zero ? zero->integer(c) : 0;
    // In single precision, as the operator is defined.
    float value = static_cast<float>(input.integer(i) - offset) *
                  static_cast<float>(scale.real(c));
    result->setReal(i, value);
  }
  node.setOutput(std::move(*result));
  return success();
}

/// Of weights that are kept as floats and rounded in the graph. Per tensor, or
/// per axis.
static LogicalResult evaluateQuantize(Node &node) {
  const HostTensor &input = *node.constant(0);
  const HostTensor &scale = *node.constant(1);
  const HostTensor *zero = node.constant(2);
  if (node.getInt("block_size", 0) != 0)
    return node.reject("blocked quantization is not supported");
  int64_t axis = node.getInt("axis", 1);
  node.ignore("saturate");
  node.ignore("output_dtype");
  int type = zero ? zero->type() : static_cast<int>(TensorProto::UINT8);
  if (type != TensorProto::UINT8 && type != TensorProto::INT8)
    return node.reject("expected uint8 or int8, got " + typeName(type));
  if (input.type() != TensorProto::FLOAT || scale.type() != TensorProto::FLOAT)
    return node.reject("expected values and scales of float32");
  std::optional<ScaleRuns> runs = getScaleRuns(node, input, scale, zero, axis);
  if (!runs)
    return failure();
  auto result = node.allocate(type, input.shape());
  if (!result)
    return failure();
  double least = type == TensorProto::UINT8 ? 0 : -128;
  for (int64_t i = 0; i < input.size(); ++i) {
    int64_t c = runs->channel(i);
    float steps = std::nearbyint(static_cast<float>(input.real(i)) /
                                 static_cast<float>(scale.real(c)));
    double value = double{steps} + double(zero ? zero->integer(c) : 0);
    // Not a number becomes the least value.
    result->setInteger(
        i, static_cast<int64_t>(std::min(std::max(least, value), least + 255)));
  }
  node.setOutput(std::move(*result));
  return success();
}

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

static LogicalResult evaluateReshape(Node &node) {
  std::optional<Shape> shape = getReshapeTarget(node);
  if (!shape)
    return failure();
  node.setOutput(node.constant(0)->reshaped(*shape));
  return success();
}

/// Fills `result` from `input`, the element at `index` coming from the
/// row-major position `base + sum of index[d] * strides[d]`.
static void copyStrided(HostTensor &result, const HostTensor &input,
                        int64_t base, ArrayRef<int64_t> strides) {
  SmallVector<int64_t> index(strides.size());
  int64_t from = base;
  for (int64_t i = 0; i < result.size(); ++i) {
    result.copy(i, input, from);
    for (size_t d = strides.size(); d-- > 0;) {
      from += strides[d];
      if (++index[d] < result.shape()[d])
        break;
      from -= strides[d] * index[d];
      index[d] = 0;
    }
  }
}

static SmallVector<int64_t> rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * shape[d];
  return strides;
}

static LogicalResult evaluateTranspose(Node &node) {
  const HostTensor &input = *node.constant(0);
  SmallVector<int64_t, 4> reversed;
  for (int64_t d = input.rank(); d-- > 0;)
    reversed.push_back(d);
  SmallVector<int64_t, 4> order = node.getInts("perm", reversed);
  SmallVector<int64_t, 4> sorted = order;
  llvm::sort(sorted);
  if (sorted != llvm::to_vector<4>(llvm::seq<int64_t>(0, input.rank())))
    return node.reject("perm is not a permutation of the axes");
  SmallVector<int64_t> inputStrides = rowMajorStrides(input.shape());
  Shape shape;
  SmallVector<int64_t> strides;
  for (int64_t d : order) {
    shape.push_back(input.shape()[d]);
    strides.push_back(inputStrides[d]);
  }
  auto result = node.allocate(input.type(), shape);
  if (!result)
    return failure();
  copyStrided(*result, input, 0, strides);
  node.setOutput(std::move(*result));
  return success();
}

static LogicalResult evaluateSlice(Node &node) {
  const HostTensor &input = *node.constant(0);
  auto ranges = getSliceRanges(node);
  if (!ranges)
    return failure();
  SmallVector<int64_t> strides = rowMajorStrides(input.shape());
  Shape shape(input.shape());
  int64_t base = 0;
  for (auto [axis, range] : llvm::enumerate(*ranges)) {
    base += range.start * strides[axis];
    strides[axis] *= range.step;
    shape[axis] = range.size;
  }
  auto result = node.allocate(input.type(), shape);
  if (!result)
    return failure();
  copyStrided(*result, input, base, strides);
  node.setOutput(std::move(*result));
  return success();
}

static LogicalResult evaluateGather(Node &node) {
  const HostTensor &input = *node.constant(0);
  const HostTensor &indices = *node.constant(1);
  auto axis = node.normalizeAxis(node.getInt("axis", 0), input.rank());
  if (!axis)
    return failure();
  if (indices.isFloat())
    return node.reject("the indices are not integers");
  int64_t extent = input.shape()[*axis];
  int64_t outer = 1, inner = 1;
  for (int64_t e : input.shape().take_front(*axis))
    outer *= e;
  for (int64_t e : input.shape().drop_front(*axis + 1))
    inner *= e;
  Shape shape(input.shape().take_front(*axis));
  llvm::append_range(shape, indices.shape());
  llvm::append_range(shape, input.shape().drop_front(*axis + 1));
  auto result = node.allocate(input.type(), shape);
  if (!result)
    return failure();
  int64_t to = 0;
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < indices.size(); ++i) {
      int64_t at = indices.integer(i);
      if (at < -extent || at >= extent)
        return node.reject("index " + Twine(at) + " is out of the range of " +
                           Twine(extent) + " elements");
      int64_t from = (o * extent + (at < 0 ? at + extent : at)) * inner;
      for (int64_t k = 0; k < inner; ++k)
        result->copy(to++, input, from + k);
    }
  node.setOutput(std::move(*result));
  return success();
}

static LogicalResult evaluateConcat(Node &node) {
  if (!node.hasAttribute("axis"))
    return node.reject("axis is missing");
  for (size_t i = 0; i < node.numInputs(); ++i)
    if (!node.hasInput(i))
      return node.reject("an input is absent");
  const HostTensor &first = *node.constant(0);
  auto axis = node.normalizeAxis(node.getInt("axis", 0), first.rank());
  if (!axis)
    return failure();
  SmallVector<ArrayRef<int64_t>> shapes;
  for (size_t i = 0; i < node.numInputs(); ++i) {
    shapes.push_back(node.shape(i));
    if (node.constant(i)->type() != first.type())
      return node.reject("the inputs differ in element type");
  }
  llvm::Expected<Shape> shape = nn::concatShape(shapes, *axis);
  if (!shape)
    return node.reject(shape.takeError());
  auto result = node.allocate(first.type(), *shape);
  if (!result)
    return failure();
  int64_t outer = 1, inner = 1;
  for (int64_t e : ArrayRef<int64_t>(*shape).take_front(*axis))
    outer *= e;
  for (int64_t e : ArrayRef<int64_t>(*shape).drop_front(*axis + 1))
    inner *= e;
  int64_t to = 0;
  for (int64_t o = 0; o < outer && result->size() > 0; ++o)
    for (size_t i = 0; i < node.numInputs(); ++i) {
      int64_t run = shapes[i][*axis] * inner;
      for (int64_t k = 0; k < run; ++k)
        result->copy(to++, *node.constant(i), o * run + k);
    }
  node.setOutput(std::move(*result));
  return success();
}

ArrayRef<OperatorEvaluation> nncc::onnx_import::getTensorEvaluations() {
  static const OperatorEvaluation table[] = {
      {"Constant", 0, 0, evaluateConstant},
      {"ConstantOfShape", 1, 1, evaluateConstantOfShape},
      {"Shape", 1, 1, evaluateShape},
      {"Size", 1, 1, evaluateSize},
      {"Cast", 1, 1, evaluateCast},
      {"DequantizeLinear", 2, 3, evaluateDequantize},
      {"QuantizeLinear", 2, 3, evaluateQuantize},
      {"Reshape", 2, 2, evaluateReshape},
      {"Flatten", 1, 1, evaluateReshape},
      {"Squeeze", 1, 2, evaluateReshape},
      {"Unsqueeze", 1, 2, evaluateReshape},
      {"Transpose", 1, 1, evaluateTranspose},
      {"Slice", 1, 5, evaluateSlice},
      {"Gather", 2, 2, evaluateGather},
      {"Concat", 1, 4096, evaluateConcat},
  };
  return table;
}
