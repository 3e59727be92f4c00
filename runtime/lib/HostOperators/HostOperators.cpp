//===- HostOperators.cpp - Operators that the host runs -------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "HostOperators.h"

using namespace nncc;
using namespace nncc::runtime;

AxisLines::AxisLines(const std::vector<int32_t> &shape, int32_t axis) {
  int32_t rank = static_cast<int32_t>(shape.size());
  if (axis < 0)
    axis += rank;
  for (int32_t i = 0; i < rank; ++i) {
    auto size = static_cast<size_t>(shape[static_cast<size_t>(i)]);
    (i < axis ? outerSize : i == axis ? length : innerSize) *= size;
  }
}

void runtime::runHostOperator(const HostOp &op, Operand input, Operand output,
                              uint32_t vector) {
  switch (op.kind) {
  case HostOpKind::Quantize:
    return quantize(input, output, vector);
  case HostOpKind::Dequantize:
    return dequantize(input, output, vector);
  case HostOpKind::Unpack:
    return unpack(input, output, vector);
  case HostOpKind::Picture:
    return picture(op, input, output, vector);
  case HostOpKind::Reshape:
    return reshape(input, output);
  case HostOpKind::Softmax:
    return softmax(op, input, output);
  case HostOpKind::ArgMax:
    return argMax(op, input, output);
  }
}
