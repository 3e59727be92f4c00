//===- Window.cpp - depthwise and max_pool --------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "State.h"

#include <algorithm>
#include <cstring>

using namespace nncc;
using namespace nncc::sim;

/// Indices of the feature words in the window of output (y, x) of a group, row
/// by row; the pad word for positions outside the image.
template <typename Inst>
static std::string findWindow(State &state, const Inst &inst, uint32_t g,
                              uint32_t y, uint32_t x, uint32_t *out) {
  size_t base = inst.srcBase + size_t(g) * inst.srcGroupPitch;
  uint32_t *next = out;
  for (uint32_t ky = 0; ky < inst.kernelH; ++ky) {
    int64_t iy =
        inst.originY + int64_t(y) * inst.strideY + int64_t(ky) * inst.dilationY;
    bool rowInside = iy >= 0 && iy < inst.srcHeight;
    for (uint32_t kx = 0; kx < inst.kernelW; ++kx) {
      int64_t ix = inst.originX + int64_t(x) * inst.strideX +
                   int64_t(kx) * inst.dilationX;
      *next++ = rowInside && ix >= 0 && ix < inst.srcWidth
                    ? uint32_t(base + iy * inst.srcRowPitch + ix)
                    : state.padWord();
    }
  }
  if (state.checkUninitialized)
    for (uint32_t *word = out; word != next; ++word)
      if (*word != state.padWord()) {
        std::string error = state.feature.checkWritten(*word);
        if (!error.empty())
          return error;
      }
  return "";
}

/// Calls `compute(indices of the window, result word)` for every word of group
/// `g`.
template <typename Inst, typename Compute>
static std::string forEachWord(State &state, const Inst &inst, uint32_t g,
                               Compute compute) {
  std::vector<uint32_t> &indices = state.scratch.indices;
  size_t taps = size_t(inst.kernelH) * inst.kernelW;
  if (indices.size() < taps)
    indices.resize(taps);
  for (uint32_t y = 0; y < inst.height; ++y)
    for (uint32_t x = 0; x < inst.width; ++x) {
      std::string error = findWindow(state, inst, g, y, x, indices.data());
      if (!error.empty())
        return error;
      size_t word = inst.dstBase + size_t(g) * inst.dstGroupPitch +
                    size_t(y) * inst.dstRowPitch + x;
      compute(indices.data(), state.feature.at(word));
      state.feature.markWritten(word);
    }
  return "";
}

std::string sim::execute(State &state, const isa::Depthwise &inst) {
  const Kernels &kernels = *state.kernels;
  unsigned vector = state.vector();
  size_t taps = size_t(inst.kernelH) * inst.kernelW;
  std::memset(state.feature.at(state.padWord()), inst.padValue, vector);
  OutputStage stage;
  stage.zeroPoint = inst.outZp;
  stage.lo = inst.clampLo;
  stage.hi = inst.clampHi;

  for (uint32_t g = 0; g < inst.groups; ++g) {
    size_t recordWord =
        inst.paramBase + (inst.sharedParams ? 0 : size_t(8) * g);
    std::string error = state.vparam.checkWritten(recordWord, 8);
    if (error.empty())
      error = readRecords(state, state.vparam.at(recordWord), vector);
    const int8_t *weights = nullptr;
    if (error.empty() && !inst.unitWeights) {
      size_t weightWord = inst.weightBase + g * taps;
      error = state.vparam.checkWritten(weightWord, taps);
      weights = state.vparam.at(weightWord);
    }
    if (!error.empty())
      return error;
    Records records = state.scratch.records();
    int32_t *sums = state.scratch.sums.data();
    error = forEachWord(
        state, inst, g, [&](const uint32_t *indices, int8_t *result) {
          std::fill_n(sums, vector, 0);
          kernels.multiplyLanes(state.feature.at(0), indices, weights, taps,
                                vector, sums);
          kernels.requantize(sums, records, stage, nullptr, vector, result);
        });
    if (!error.empty())
      return error;
  }
  return "";
}

std::string sim::execute(State &state, const isa::MaxPool &inst) {
  unsigned vector = state.vector();
  size_t taps = size_t(inst.kernelH) * inst.kernelW;
  std::memset(state.feature.at(state.padWord()), inst.padValue, vector);
  for (uint32_t g = 0; g < inst.groups; ++g) {
    std::string error = forEachWord(
        state, inst, g, [&](const uint32_t *indices, int8_t *result) {
          // The result may be one of the words that are read.
          int8_t greatest[32];
          std::memcpy(greatest, state.feature.at(indices[0]), vector);
          for (size_t t = 1; t < taps; ++t) {
            const int8_t *word = state.feature.at(indices[t]);
            for (unsigned lane = 0; lane < vector; ++lane)
              greatest[lane] = std::max(greatest[lane], word[lane]);
          }
          std::memcpy(result, greatest, vector);
        });
    if (!error.empty())
      return error;
  }
  return "";
}
