//===- Softmax.cpp - Softmax along an axis --------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "HostOperators.h"

#include <algorithm>
#include <cmath>

using namespace nncc;
using namespace nncc::runtime;

void runtime::softmax(const HostOp &op, Operand input, Operand output) {
  AxisLines lines(input.tensor.shape, op.axis);
  auto *in = reinterpret_cast<const float *>(input.data);
  auto *out = reinterpret_cast<float *>(output.data);
  for (size_t outer = 0; outer < lines.outerSize; ++outer)
    for (size_t inner = 0; inner < lines.innerSize; ++inner) {
      size_t first = outer * lines.length * lines.innerSize + inner;
      auto at = [&](size_t i) { return first + i * lines.innerSize; };
      double greatest = in[at(0)];
      for (size_t i = 1; i < lines.length; ++i)
        greatest = std::max<double>(greatest, in[at(i)]);
      double sum = 0;
      for (size_t i = 0; i < lines.length; ++i)
        sum += std::exp(in[at(i)] - greatest);
      for (size_t i = 0; i < lines.length; ++i)
        out[at(i)] = static_cast<float>(std::exp(in[at(i)] - greatest) / sum);
    }
}
