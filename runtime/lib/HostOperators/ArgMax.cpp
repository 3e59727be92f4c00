//===- ArgMax.cpp - Index of the greatest element -------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "HostOperators.h"

using namespace nncc;
using namespace nncc::runtime;

void runtime::argMax(const HostOp &op, Operand input, Operand output) {
  AxisLines lines(input.tensor.shape, op.axis);
  auto *in = reinterpret_cast<const float *>(input.data);
  auto *out = reinterpret_cast<int64_t *>(output.data);
  for (size_t outer = 0; outer < lines.outerSize; ++outer)
    for (size_t inner = 0; inner < lines.innerSize; ++inner) {
      size_t first = outer * lines.length * lines.innerSize + inner;
      size_t best = 0;
      for (size_t i = 1; i < lines.length; ++i) {
        float value = in[first + i * lines.innerSize];
        float greatest = in[first + best * lines.innerSize];
        if (value > greatest || (op.selectLastIndex && value == greatest))
          best = i;
      }
      *out++ = static_cast<int64_t>(best);
    }
}
