//===- ConvTiling.h - Tile and loop order of a convolution ------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Chooses how a convolution is cut into instructions. A tile of output pixels,
// a group of O outputs and a part of the tap list make one instruction. The
// choice is a search over tile shapes and loop orders with an analytic cost:
// the larger of the array's cycles and the memory's, plus what cannot overlap.
// The vector engine's layers are cut with the same model. Knows nothing of IR.
// The model is explained in docs/scheduling.md.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_SCHEDULING_CONVTILING_H
#define NNCC_SCHEDULING_CONVTILING_H

#include "nncc/Target/ArchConfig.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace nncc::scheduling {

/// Largest values of fields of the instruction set.
constexpr int64_t kMostStride = 15, kMostPixels = 4095;

/// One direction of a sliding window.
struct Extent {
  int64_t in = 1;     ///< pixels of the input
  int64_t out = 1;    ///< pixels of the output
  int64_t stride = 1; ///< input pixels from an output pixel to the next
  int64_t kernel = 1; ///< input pixels that a window spans, gaps included
  int64_t pad = 0;    ///< input pixel -pad is the first that output 0 reads

  /// Where there is one output, a stride says nothing: it becomes 1.
  static Extent make(int64_t in, int64_t out, int64_t stride, int64_t kernel,
                     int64_t pad);

  /// Most outputs that a tile may have: the stride and the number of rows or
  /// columns of an instruction are limited, and a stride says nothing where
  /// there is one output.
  int64_t mostOutputs() const;
  /// The stride as an instruction for at most mostOutputs() outputs has it.
  int64_t fieldStride() const { return std::min(stride, kMostStride); }
  /// First input pixel, at least 0, that outputs [begin, end) read.
  int64_t inBegin(int64_t begin) const;
  /// One past their last, at most `in`, and above inBegin(begin).
  int64_t inEnd(int64_t begin, int64_t end) const;
  /// Most input pixels that `count` neighbouring outputs read.
  int64_t span(int64_t count) const;
  /// Input pixels that are read, one part after the other, when the outputs are
  /// cut into parts of `size`: what parts share counts for each of them.
  int64_t readInParts(int64_t size) const;
};

/// What the choice depends on. Sizes are at least 1, but for `freeWords` and
/// the bytes of an input row.
struct ConvProblem {
  Extent y, x;
  int64_t inGroups = 1;  ///< words of a pixel of the input in feature memory
  int64_t outGroups = 1; ///< words of a pixel of the output
  int64_t taps = 1;      ///< longest tap list of a group of O outputs
  bool inputStreamed = false;  ///< the input comes from DRAM, tile by tile
  bool outputStreamed = false; ///< the output goes to DRAM, tile by tile
  bool residual = false;
  bool residualStreamed = false;
  bool tapsShared = true; ///< one tap list serves all groups of outputs
  /// The input is unfolded as it is loaded: its columns are output columns.
  bool unfolded = false;
  int64_t unfoldedRowBytes = 0; ///< bytes of an input row in DRAM, if unfolded
  int64_t freeWords = 0;        ///< feature words that tiles may take
};

/// How the loops over tiles and over groups of outputs are nested.
enum class LoopOrder : uint8_t {
  /// Tiles outside: each input tile is loaded once.
  TilesOuter,
  /// Groups of outputs outside: each weight is loaded once.
  OutputsOuter,
};

/// A choice.
struct ConvTiling {
  bool ok = false;
  std::string why; ///< if not ok
  int64_t tileH = 1, tileW = 1;
  LoopOrder order = LoopOrder::TilesOuter;
  /// All weights of the layer stay in the weight memory.
  bool weightsResident = false;
  int64_t tapsPerChunk = 1;     ///< taps of an instruction
  bool tapsResident = false;    ///< the tap lists of the layer are loaded once
  int64_t cycles = 0;           ///< estimate
  int64_t arrayCycles = 0;      ///< what the array or the drain takes of it
  int64_t dramBytes = 0;        ///< estimate: read and written
  std::string describe() const; ///< "8x56 pixels, tiles outside, 36 taps"
};

/// The cheapest tiling that fits, or !ok with the reason. Of equal ones the one
/// with the wider tile, then with the higher one.
ConvTiling chooseConvTiling(const ConvProblem &problem, const ArchConfig &arch);

/// What one tiling would be and cost, or !ok if it does not fit.
/// \param weightParts parts of tap lists whose weights the weight memory holds
///        at a time. With more, parts are shorter, but their weights load
///        beside the work.
ConvTiling estimateConvTiling(const ConvProblem &problem,
                              const ArchConfig &arch, int64_t tileH,
                              int64_t tileW, LoopOrder order,
                              int64_t weightParts);

/// A layer of the vector engine. Sizes are at least 1, but for `freeWords`.
struct VectorProblem {
  Extent y, x;
  int64_t groups = 1;
  int64_t maxGroups = 1; ///< groups that one instruction may take
  int64_t cyclesPerWord = 1;
  int64_t inputs = 1; ///< feature maps that are read (2 for add)
  bool inputStreamed = false;
  bool outputStreamed = false;
  int64_t freeWords = 0;
};

struct VectorTiling {
  bool ok = false;
  std::string why; ///< if not ok
  int64_t tileH = 1, tileW = 1, tileGroups = 1;
  int64_t cycles = 0;           ///< estimate
  std::string describe() const; ///< "7x14 pixels of 3 groups"
};

/// The cheapest tiling that fits, or !ok with the reason. Of equal ones the one
/// of more groups, then with the wider tile, then with the higher one.
VectorTiling chooseVectorTiling(const VectorProblem &problem,
                                const ArchConfig &arch);

/// What one tiling would cost, or !ok if it does not fit.
VectorTiling estimateVectorTiling(const VectorProblem &problem,
                                  const ArchConfig &arch, int64_t tileH,
                                  int64_t tileW, int64_t tileGroups);

} // namespace nncc::scheduling

#endif // NNCC_SCHEDULING_CONVTILING_H
