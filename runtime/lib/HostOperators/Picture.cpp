//===- Picture.cpp - From pixels to device tensors ------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "../TensorLayout.h"
#include "HostOperators.h"

#include <cstring>

using namespace nncc;
using namespace nncc::runtime;

void runtime::picture(const HostOp &op, Operand input, Operand output,
                      uint32_t vector) {
  const Tensor &tensor = output.tensor;
  std::memset(output.data, tensor.zeroPoint, tensor.bytes);
  const auto channels = static_cast<size_t>(input.tensor.shape[3]);
  const auto pixels = static_cast<size_t>(input.tensor.shape[1]) *
                      static_cast<size_t>(input.tensor.shape[2]);
  TensorLayout(tensor, vector).forEach([&](size_t index, size_t offset) {
    size_t channel = index / pixels, pixel = index % pixels;
    // byte - 128 turns the highest bit.
    output.data[offset] = channel < channels
                              ? input.data[pixel * channels + channel] ^ 0x80
                              : static_cast<uint8_t>(op.fill);
  });
}
