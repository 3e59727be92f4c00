//===- VectorTiling.h - Tiles of the vector engine --------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Chooses how a layer of the vector engine is cut into instructions, with the
// cost model of ConvTiling.h. Knows nothing of IR.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_SCHEDULING_VECTORTILING_H
#define NNCC_SCHEDULING_VECTORTILING_H

#include "nncc/Scheduling/Extent.h"
#include "nncc/Target/ArchConfig.h"

#include <cstdint>
#include <string>

namespace nncc::scheduling {

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

#endif // NNCC_SCHEDULING_VECTORTILING_H
