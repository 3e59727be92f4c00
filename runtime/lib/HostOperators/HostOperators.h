//===- HostOperators.h - Operators that the host runs -----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_RUNTIME_LIB_HOSTOPERATORS_HOSTOPERATORS_H
#define NNCC_RUNTIME_LIB_HOSTOPERATORS_HOSTOPERATORS_H

#include "nncc/Program/Program.h"

#include <cstdint>
#include <vector>

namespace nncc::runtime {

/// One operand of a host operator: the tensor and its bytes, in host memory or
/// in a region of the device.
struct Operand {
  const Tensor &tensor;
  uint8_t *data;
};

/// Runs operators whose programs have verified. Every operator has one input
/// and one output; docs/runtime.md has their exact arithmetic.
void runHostOperator(const HostOp &op, Operand input, Operand output,
                     uint32_t vector);

// The operators.
void quantize(Operand input, Operand output, uint32_t vector);
void dequantize(Operand input, Operand output, uint32_t vector);
void unpack(Operand input, Operand output, uint32_t vector);
void picture(const HostOp &op, Operand input, Operand output, uint32_t vector);
void reshape(Operand input, Operand output);
void softmax(const HostOp &op, Operand input, Operand output);
void argMax(const HostOp &op, Operand input, Operand output);

/// A tensor as lines along an axis: element i of line (outer, inner) has index
/// (outer*length + i)*innerSize + inner.
struct AxisLines {
  size_t outerSize = 1;
  size_t length = 1;
  size_t innerSize = 1;

  AxisLines(const std::vector<int32_t> &shape, int32_t axis);
};

} // namespace nncc::runtime

#endif // NNCC_RUNTIME_LIB_HOSTOPERATORS_HOSTOPERATORS_H
