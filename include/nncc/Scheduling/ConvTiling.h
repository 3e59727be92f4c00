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
// Knows nothing of IR.
// The model is explained in docs/scheduling.md.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_SCHEDULING_CONVTILING_H
#define NNCC_SCHEDULING_CONVTILING_H

#include "nncc/Scheduling/Extent.h"
#include "nncc/Target/ArchConfig.h"

#include <cstdint>
#include <optional>
#include <string>

namespace nncc::scheduling {

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

/// How much of a tile's input is in the feature memory at a time. The sums go
/// on from part to part, so that a part may be as little as a row of the
/// window. Tap lists are in the order of the parts: rows are divided only where
/// there is one group, or where rows come first, as they do if the input is
/// unfolded.
struct InputPart {
  int64_t groups = 1; ///< words of a pixel
  int64_t rows = 1;   ///< rows of the window, gaps included
};

/// A choice.
struct ConvTiling {
  bool ok = false;
  std::string why; ///< if not ok
  int64_t tileH = 1, tileW = 1;
  LoopOrder order = LoopOrder::TilesOuter;
  /// All weights of the layer stay in the weight memory.
  bool weightsResident = false;
  InputPart part;               ///< the whole window, if that fits
  int64_t inputParts = 1;       ///< in how many parts a tile's input comes
  int64_t tapsPerChunk = 1;     ///< taps of an instruction
  bool tapsResident = false;    ///< the tap lists of the layer are loaded once
  int64_t cycles = 0;           ///< estimate
  int64_t arrayCycles = 0;      ///< what the array or the drain takes of it
  int64_t dramBytes = 0;        ///< estimate: read and written
  std::string describe() const; ///< "8x56 pixels, tiles outside, 36 taps"
};

/// The cheapest tiling that fits, or !ok with the reason. Of equal ones the one
/// with the wider tile, then with the higher one. The input is taken in parts
/// only where it does not fit otherwise: each block of outputs loads it again.
ConvTiling chooseConvTiling(const ConvProblem &problem, const ArchConfig &arch);

/// What one tiling would be and cost, or !ok if it does not fit.
/// \param weightParts parts of tap lists whose weights the weight memory holds
///        at a time. With more, parts are shorter, but their weights load
///        beside the work.
/// \param part parts of the input; all of it by default.
ConvTiling estimateConvTiling(const ConvProblem &problem,
                              const ArchConfig &arch, int64_t tileH,
                              int64_t tileW, LoopOrder order,
                              int64_t weightParts,
                              std::optional<InputPart> part = std::nullopt);

} // namespace nncc::scheduling

#endif // NNCC_SCHEDULING_CONVTILING_H
