//===- Quantize.cpp - Between real numbers and device tensors -------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "../TensorLayout.h"
#include "HostOperators.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace nncc;
using namespace nncc::runtime;

static int8_t quantizeValue(float value, double scale, int32_t zeroPoint) {
  // As ONNX defines it: a division in single precision, halves to even.
  float q = std::nearbyint(value / static_cast<float>(scale));
  // Not a number has no place on the scale; it becomes zero. So does zero over
  // a scale that is too small for single precision.
  if (std::isnan(q))
    return static_cast<int8_t>(zeroPoint);
  return static_cast<int8_t>(std::clamp(double(q) + zeroPoint, -128.0, 127.0));
}

void runtime::quantize(Operand input, Operand output, uint32_t vector) {
  const Tensor &tensor = output.tensor;
  // What no element covers, slots without a channel and the ends of rows, is a
  // real zero too.
  std::memset(output.data, tensor.zeroPoint, tensor.bytes);
  auto *values = reinterpret_cast<const float *>(input.data);
  TensorLayout(tensor, vector).forEach([&](size_t index, size_t offset) {
    output.data[offset] = static_cast<uint8_t>(
        quantizeValue(values[index], tensor.scale, tensor.zeroPoint));
  });
}

void runtime::dequantize(Operand input, Operand output, uint32_t vector) {
  const Tensor &tensor = input.tensor;
  auto *values = reinterpret_cast<float *>(output.data);
  TensorLayout(tensor, vector).forEach([&](size_t index, size_t offset) {
    int32_t q = static_cast<int8_t>(input.data[offset]);
    values[index] = static_cast<float>((q - tensor.zeroPoint) * tensor.scale);
  });
}

void runtime::unpack(Operand input, Operand output, uint32_t vector) {
  TensorLayout(input.tensor, vector).forEach([&](size_t index, size_t offset) {
    output.data[index] = input.data[offset];
  });
}
