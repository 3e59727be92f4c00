//===- TilingCost.h - What tiles of both engines cost -----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_SCHEDULING_TILINGCOST_H
#define NNCC_LIB_SCHEDULING_TILINGCOST_H

#include "nncc/Target/ArchConfig.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace nncc::scheduling {

inline int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Sizes that cut `total` into 1, 2, 3, ... parts as equal as can be, largest
/// first. A size between two of them only makes the last part smaller.
std::vector<int64_t> evenCuts(int64_t total, int64_t most);

/// Fixed cost of an instruction, in cycles: dispatch, start and the first block
/// of weights. A rough figure; it only keeps the search from slivers.
constexpr int64_t kInstructionCycles = 24;

/// A run of bytes that is long enough for full bursts.
int64_t longRun(const ArchConfig &arch);

/// Bytes that lie one behind the other in `columns` of an image: rows of the
/// whole width touch each other.
int64_t runOf(int64_t columns, int64_t width, const ArchConfig &arch);

/// Cycles that `ports` ports take for `bytes` in runs of `run` bytes. No burst
/// is longer than a run, and with short ones the port waits for the memory,
/// `outstanding` bursts at a time.
int64_t portCycles(int64_t bytes, int64_t run, int64_t ports,
                   const ArchConfig &arch);

/// Cycles of two things that run beside each other. Not quite those of the
/// longer one: engines wait for each other where tiles end.
inline int64_t beside(int64_t a, int64_t b) {
  return std::max(a, b) + std::min(a, b) / 8;
}

/// Reads and writes have ports of their own, but share the memory.
int64_t dramCycles(int64_t readCycles, int64_t writeCycles, int64_t bytes,
                   const ArchConfig &arch);

/// Feature words that two sets of buffers may take.
int64_t roomForTwo(int64_t freeWords, const ArchConfig &arch);

/// Reason for a problem of which not even the smallest tile fits.
std::string noTileFits(const char *what, int64_t words, int64_t freeWords);

} // namespace nncc::scheduling

#endif // NNCC_LIB_SCHEDULING_TILINGCOST_H
