//===- InstructionCost.h - Cycles of one instruction ------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// What an instruction costs its own engine when nothing holds it up. The timing
// model adds start-up, dependences and contention. Instructions must verify.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_SIMULATOR_INSTRUCTIONCOST_H
#define NNCC_SIMULATOR_INSTRUCTIONCOST_H

#include "nncc/ISA/ISA.h"
#include "nncc/Target/ArchConfig.h"

#include <cstdint>

namespace nncc::sim {

/// Cycles of a tap behind which another follows: its pixels, or the load of the
/// next weight block if that takes longer.
uint64_t tapCycles(const isa::Conv &inst, const ArchConfig &arch);
/// Cycles in which the array accumulates, once the first block is loaded.
uint64_t accumulateCycles(const isa::Conv &inst, const ArchConfig &arch);
/// Cycles of the drain, 0 without: a word each. The records of a group are read
/// behind the words of the group before, which takes `recordCycles`.
uint64_t drainCycles(const isa::Conv &inst, uint32_t recordCycles);
/// Multiply-accumulates for which the array is occupied.
uint64_t arrayMacs(const isa::Conv &inst, const ArchConfig &arch);

/// Cycles of an instruction of the vector engine, from its first input to its
/// last. `recordWords`: words of records that depthwise reads for a group.
uint64_t vectorCycles(const isa::Instruction &inst, const ArchConfig &arch,
                      uint32_t recordWords);

/// How often `TimingConstants::vectorRequantize` comes on top of the pipeline
/// of max_pool.
unsigned vectorRequantizeSteps(const isa::Instruction &inst);

/// The DRAM side of a load, load_window or save.
struct TransferCost {
  uint64_t bytes = 0;  ///< on the port, whole beats
  uint64_t bursts = 0; ///< at least 1 if there are bytes
  uint64_t words = 0;  ///< of the local memory, at most one a cycle
};
TransferCost transferCost(const isa::Instruction &inst, const ArchConfig &arch);

} // namespace nncc::sim

#endif // NNCC_SIMULATOR_INSTRUCTIONCOST_H
