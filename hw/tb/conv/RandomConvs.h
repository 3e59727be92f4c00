//===- RandomConvs.h - Legal sequences of conv instructions -----*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_TB_CONV_RANDOMCONVS_H
#define NNCC_HW_TB_CONV_RANDOMCONVS_H

#include "nncc/ISA/ISA.h"

#include <array>
#include <cstdint>
#include <random>
#include <set>
#include <vector>

namespace nncc::hw {

/// Contents of the local memories, by isa::Memory, V bytes a word, and a
/// sequence of instructions that is legal on them.
struct ConvProgram {
  ArchConfig arch;
  std::array<std::vector<int8_t>, 5> local;
  std::vector<isa::Instruction> instructions;
};

/// The words of the feature memory that an instruction reaches.
struct ConvWords {
  std::set<uint32_t> source;
  std::vector<uint32_t> residual; ///< in the order of the result
  std::vector<uint32_t> result;
};
ConvWords convWords(const isa::Conv &conv, const ConvProgram &program);

struct RandomConvOptions {
  unsigned count = 40;
  /// Instructions of one or two taps on few pixels rather than of all sizes.
  bool small = false;
  /// Fences only where words are shared; now and then without need as well.
  bool extraFences = true;
};

/// Memories full of random contents and random instructions that neither race
/// nor overlap: one that shares a word with another that may be unfinished has
/// a fence.
ConvProgram makeRandomConvs(const ArchConfig &arch, uint32_t seed,
                            const RandomConvOptions &options);

/// The memories of `makeRandomConvs`, without instructions.
ConvProgram makeRandomMemories(const ArchConfig &arch, uint32_t seed);

} // namespace nncc::hw

#endif
