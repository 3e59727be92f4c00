//===- Elementwise.cpp - add, mul and table -------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Requantize.h"
#include "State.h"

using namespace nncc;
using namespace nncc::sim;

/// Calls `compute(word of a, word of b, result word)` for every word of an
/// instruction with two operands.
template <typename Inst, typename Compute>
static std::string forEachPair(State &state, const Inst &inst,
                               Compute compute) {
  for (uint32_t g = 0; g < inst.groups; ++g)
    for (uint32_t y = 0; y < inst.height; ++y) {
      size_t a = inst.aBase + size_t(g) * inst.aGroupPitch +
                 size_t(y) * inst.aRowPitch;
      size_t b = inst.bBase + size_t(g) * inst.bGroupPitch +
                 size_t(y) * inst.bRowPitch;
      size_t dst = inst.dstBase + size_t(g) * inst.dstGroupPitch +
                   size_t(y) * inst.dstRowPitch;
      for (uint32_t x = 0; x < inst.width; ++x) {
        size_t bWord = b + size_t(x) * inst.bColumnPitch;
        std::string error = state.feature.checkWritten(a + x);
        if (error.empty())
          error = state.feature.checkWritten(bWord);
        if (!error.empty())
          return error;
        compute(state.feature.at(a + x), state.feature.at(bWord),
                state.feature.at(dst + x));
        state.feature.markWritten(dst + x);
      }
    }
  return "";
}

std::string sim::execute(State &state, const isa::Add &inst) {
  unsigned vector = state.vector();
  return forEachPair(
      state, inst, [&](const int8_t *a, const int8_t *b, int8_t *result) {
        for (unsigned lane = 0; lane < vector; ++lane) {
          // Two products of at most 2^22 cannot wrap; the constant can.
          int32_t sum = wrappingAdd(a[lane] * inst.aMultiplier +
                                        b[lane] * inst.bMultiplier,
                                    inst.constant);
          int64_t t = scale(sum, static_cast<int32_t>(inst.multiplier),
                            static_cast<int32_t>(inst.shift));
          result[lane] =
              clampResult(t + inst.outZp, inst.clampLo, inst.clampHi);
        }
      });
}

std::string sim::execute(State &state, const isa::Mul &inst) {
  unsigned vector = state.vector();
  return forEachPair(
      state, inst, [&](const int8_t *a, const int8_t *b, int8_t *result) {
        for (unsigned lane = 0; lane < vector; ++lane) {
          int32_t product = (a[lane] - inst.aZp) * (b[lane] - inst.bZp);
          int64_t t = scale(product, static_cast<int32_t>(inst.multiplier),
                            static_cast<int32_t>(inst.shift));
          result[lane] =
              clampResult(t + inst.outZp, inst.clampLo, inst.clampHi);
        }
      });
}

std::string sim::execute(State &state, const isa::Table &inst) {
  unsigned vector = state.vector();
  std::string error = state.vparam.checkWritten(inst.tableBase, 256 / vector);
  if (!error.empty())
    return error;
  const int8_t *table = state.vparam.at(inst.tableBase);
  for (uint32_t g = 0; g < inst.groups; ++g)
    for (uint32_t y = 0; y < inst.height; ++y) {
      size_t src = inst.srcBase + size_t(g) * inst.srcGroupPitch +
                   size_t(y) * inst.srcRowPitch;
      size_t dst = inst.dstBase + size_t(g) * inst.dstGroupPitch +
                   size_t(y) * inst.dstRowPitch;
      error = state.feature.checkWritten(src, inst.width);
      if (!error.empty())
        return error;
      for (uint32_t x = 0; x < inst.width; ++x) {
        const int8_t *in = state.feature.at(src + x);
        int8_t *out = state.feature.at(dst + x);
        for (unsigned lane = 0; lane < vector; ++lane)
          out[lane] = table[in[lane] + 128];
      }
      state.feature.markWritten(dst, inst.width);
    }
  return "";
}
