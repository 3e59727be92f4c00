//===- Kernels.h - Inner loops of the machine -------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// The few loops in which nearly all the time of a simulation goes, once in
// portable C++ and once for each of some processors. All implementations give
// the same bits; a machine picks one when it is made.
//
// A convolution is computed for kPixelBlock pixels at a time: `gather` collects
// their input words for a run of taps, `multiply` adds the products with the
// weight blocks of these taps to the sums, which stay in registers meanwhile.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_SIMULATOR_KERNELS_KERNELS_H
#define NNCC_LIB_SIMULATOR_KERNELS_KERNELS_H

#include "nncc/Simulator/Machine.h"

#include <cstddef>
#include <cstdint>

namespace nncc::sim {

/// Pixels that a convolution kernel treats together.
constexpr unsigned kPixelBlock = 8;
/// Outputs are padded to a multiple of this in packed weights and in sums.
constexpr unsigned kOutputBlock = 16;

/// Outputs of a row of partial sums or of a packed weight block.
inline unsigned paddedOutputs(unsigned outputs) {
  return (outputs + kOutputBlock - 1) / kOutputBlock * kOutputBlock;
}

/// The end of an arithmetic operation, for all lanes.
struct OutputStage {
  int32_t zeroPoint = 0;
  int32_t lo = -128;
  int32_t hi = 127;
  bool residual = false;
  int32_t residualMultiplier = 0;
  int32_t residualShift = 0;
  int32_t residualConstant = 0;
};

/// Requantization records of a row of lanes, as arrays. `multiplier` and
/// `shift` are the record's; `factor` is multiplier * 2^-shift, which a double
/// holds exactly.
struct Records {
  const int32_t *bias;
  const int32_t *multiplier;
  const int32_t *shift;
  const double *factor;
};

struct Kernels {
  KernelPath path;
  /// Bytes of a lane in the gathered words.
  unsigned laneBytes;
  /// Bytes of a value in a packed weight block.
  unsigned weightBytes;

  /// Packs one block [outputs][vector] of int8 into the form that `multiply`
  /// reads, vector * paddedOutputs * weightBytes bytes. `correction` gets, for
  /// each padded output, what has to be added to its sum for every tap that
  /// uses the block.
  void (*pack)(const int8_t *block, unsigned vector, unsigned outputs,
               void *packed, int32_t *correction);

  /// Collects feature words: `count` of them, words[indices[i]].
  void (*gather)(const int8_t *words, const uint32_t *indices, size_t count,
                 unsigned vector, void *gathered);

  /// sums[pixel][output] += the products of `taps` taps, modulo 2^32.
  /// \param gathered [taps][kPixelBlock][vector] from `gather`.
  /// \param packed   [taps] blocks from `pack`, one behind the other.
  /// \param sums     [kPixelBlock][paddedOutputs].
  void (*multiply)(const void *gathered, const void *packed, unsigned taps,
                   unsigned vector, unsigned paddedOutputs, int32_t *sums);

  /// sums[lane] += words[i][lane] * weights[i][lane] for `count` taps; null
  /// weights are ones. sums has `vector` elements.
  void (*multiplyLanes)(const int8_t *words, const uint32_t *indices,
                        const int8_t *weights, size_t count, unsigned vector,
                        int32_t *sums);

  /// result[lane] = clamp(scale(sums + bias) + residual term + zero point).
  /// `lanes` is a multiple of 8. `residual` is read only with stage.residual.
  void (*requantize)(const int32_t *sums, const Records &records,
                     const OutputStage &stage, const int8_t *residual,
                     unsigned lanes, int8_t *result);
};

/// The implementation for `path`, which must be supported; for Auto the
/// fastest.
const Kernels &getKernels(KernelPath path);

// The implementations; null where the build has none for its processor.
const Kernels *plainKernels();
const Kernels *avx2Kernels();
const Kernels *avx512Kernels();

} // namespace nncc::sim

#endif // NNCC_LIB_SIMULATOR_KERNELS_KERNELS_H
