//===- Plain.cpp - Portable inner loops -----------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "../Requantize.h"
#include "Kernels.h"

#include <algorithm>
#include <cstring>

using namespace nncc;
using namespace nncc::sim;

// Packed: [v][output] of int16, so that the inner loop runs over outputs.
static void pack(const int8_t *block, unsigned vector, unsigned outputs,
                 void *packed, int32_t *correction) {
  unsigned padded = paddedOutputs(outputs);
  auto *out = static_cast<int16_t *>(packed);
  std::fill_n(out, size_t(vector) * padded, 0);
  for (unsigned o = 0; o < outputs; ++o)
    for (unsigned v = 0; v < vector; ++v)
      out[v * padded + o] = block[o * vector + v];
  std::fill_n(correction, padded, 0);
}

static void gather(const int8_t *words, const uint32_t *indices, size_t count,
                   unsigned vector, void *gathered) {
  auto *out = static_cast<int8_t *>(gathered);
  for (size_t i = 0; i < count; ++i)
    std::memcpy(out + i * vector, words + size_t(indices[i]) * vector, vector);
}

static void multiply(const void *gathered, const void *packed, unsigned taps,
                     unsigned vector, unsigned padded, int32_t *sums) {
  auto *in = static_cast<const int8_t *>(gathered);
  auto *weights = static_cast<const int16_t *>(packed);
  for (unsigned t = 0; t < taps; ++t, weights += size_t(vector) * padded)
    for (unsigned p = 0; p < kPixelBlock; ++p, in += vector)
      for (unsigned v = 0; v < vector; ++v) {
        // Zeros are frequent behind a ReLU whose zero point is zero.
        int32_t a = in[v];
        if (a == 0)
          continue;
        const int16_t *row = weights + size_t(v) * padded;
        int32_t *sum = sums + size_t(p) * padded;
        for (unsigned o = 0; o < padded; ++o)
          sum[o] = wrappingAdd(sum[o], a * row[o]);
      }
}

static void multiplyLanes(const int8_t *words, const uint32_t *indices,
                          const int8_t *weights, size_t count, unsigned vector,
                          int32_t *sums) {
  for (size_t i = 0; i < count; ++i) {
    const int8_t *word = words + size_t(indices[i]) * vector;
    for (unsigned lane = 0; lane < vector; ++lane) {
      int32_t weight = weights ? weights[i * vector + lane] : 1;
      sums[lane] = wrappingAdd(sums[lane], word[lane] * weight);
    }
  }
}

static void requantize(const int32_t *sums, const Records &records,
                       const OutputStage &stage, const int8_t *residual,
                       unsigned lanes, int8_t *result) {
  for (unsigned i = 0; i < lanes; ++i) {
    int64_t t = scale(wrappingAdd(sums[i], records.bias[i]),
                      records.multiplier[i], records.shift[i]);
    if (stage.residual)
      t += residualTerm(residual[i], stage.residualMultiplier,
                        stage.residualConstant, stage.residualShift);
    result[i] = clampResult(t + stage.zeroPoint, stage.lo, stage.hi);
  }
}

const Kernels *sim::plainKernels() {
  static const Kernels kernels = {
      KernelPath::Plain, 1,         2, pack, gather, multiply,
      multiplyLanes,     requantize};
  return &kernels;
}
