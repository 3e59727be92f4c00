//===- SourceRanges.h - What convolutions read ------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_SIMULATOR_TIMING_SOURCERANGES_H
#define NNCC_LIB_SIMULATOR_TIMING_SOURCERANGES_H

#include "nncc/ISA/ISA.h"
#include "nncc/Target/ArchConfig.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nncc::sim {

/// Half-open range of feature words; empty if begin == end.
struct WordRange {
  uint32_t begin = 0;
  uint32_t end = 0;

  bool overlaps(const WordRange &other) const {
    return begin < other.end && other.begin < end;
  }
};

/// The range from the first to behind the last word that a drain writes.
WordRange resultRange(const isa::Conv &inst);

/// The range of words that each convolution of a program accumulates from,
/// found by following the loads of its tap lists in program order.
class SourceRanges {
public:
  /// Without constants nothing is known, and no convolution reads anything.
  SourceRanges(const std::vector<isa::Instruction> &program,
               const ArchConfig &arch, const uint8_t *constants,
               size_t constantBytes);

  /// Whether convolution `inst` may read a word of `range`.
  bool reads(uint32_t inst, const WordRange &range) const {
    return !ranges.empty() && ranges[inst].overlaps(range);
  }

private:
  std::vector<WordRange> ranges; ///< by instruction
};

} // namespace nncc::sim

#endif // NNCC_LIB_SIMULATOR_TIMING_SOURCERANGES_H
