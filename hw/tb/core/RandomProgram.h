//===- RandomProgram.h - Legal programs by chance ---------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// What the whole core is tested with, on any Verilog simulator.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_TB_CORE_RANDOMPROGRAM_H
#define NNCC_HW_TB_CORE_RANDOMPROGRAM_H

#include "nncc/Simulator/Machine.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace nncc::hw {

struct RandomProgram {
  sim::MachineProgram program;
  /// Pixels of each bank whose sums the last instruction on it has left there.
  std::array<uint32_t, 2> sums{};
};

/// A program of the simulator's random instructions, `count` beyond those that
/// fill the memories, less those that another one would race with within
/// itself; with the tokens that the scheduler gives them, ending with a save of
/// the feature memory's first words behind the output. `engines` is a mask of
/// those whose instructions are kept.
/// \returns empty, or why the scheduler refuses it.
std::string makeRandomProgram(const ArchConfig &arch, uint64_t seed,
                              unsigned count, unsigned engines,
                              RandomProgram &out);

/// The memories filled as above, then `instructions`, then the save; for
/// instructions that are legal one after the other.
std::string makeProgramOf(const ArchConfig &arch, uint64_t seed,
                          const std::vector<isa::Instruction> &instructions,
                          RandomProgram &out);

/// The input of the program of this seed.
std::vector<uint8_t> makeRandomInput(const sim::MachineProgram &program,
                                     uint64_t seed);

/// Words of the feature memory that the last instruction saves: all of a small
/// one.
inline uint32_t savedWords(const ArchConfig &arch) {
  return arch.featureWords < 2048 ? arch.featureWords : 2048;
}

/// `engines` for all.
constexpr unsigned kAllEngines = (1u << isa::kNumEngines) - 1;

} // namespace nncc::hw

#endif // NNCC_HW_TB_CORE_RANDOMPROGRAM_H
