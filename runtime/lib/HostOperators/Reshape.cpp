//===- Reshape.cpp - Another shape for the same elements ------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "HostOperators.h"

#include <cstring>

using namespace nncc;
using namespace nncc::runtime;

void runtime::reshape(Operand input, Operand output) {
  std::memcpy(output.data, input.data,
              input.tensor.elementCount() * sizeInBytes(input.tensor.type));
}
