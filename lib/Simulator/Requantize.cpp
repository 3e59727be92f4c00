//===- Requantize.cpp - Requantization records ----------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Requantize.h"
#include "State.h"

#include <cmath>

using namespace nncc;
using namespace nncc::sim;

std::string sim::readRecords(State &state, const int8_t *bytes,
                             unsigned count) {
  Scratch &out = state.scratch;
  for (unsigned i = 0; i < count; ++i, bytes += 8) {
    auto byte = [&](unsigned index) {
      return static_cast<uint32_t>(static_cast<uint8_t>(bytes[index]));
    };
    uint32_t bias = byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24;
    uint32_t multiplier = byte(4) | byte(5) << 8 | byte(6) << 16;
    uint32_t shift = byte(7);
    if (multiplier > 131071 || shift < 1 || shift > 40)
      return "record " + std::to_string(i) + " of its group is illegal: m " +
             std::to_string(multiplier) + " (expected 0..131071), s " +
             std::to_string(shift) + " (expected 1..40)";
    out.bias[i] = static_cast<int32_t>(bias);
    out.multiplier[i] = static_cast<int32_t>(multiplier);
    out.shift[i] = static_cast<int32_t>(shift);
    out.factor[i] =
        std::ldexp(static_cast<double>(multiplier), -static_cast<int>(shift));
  }
  return "";
}
