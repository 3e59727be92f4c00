//===- InstructionCost.cpp - Cycles of one instruction --------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Simulator/InstructionCost.h"

#include <algorithm>

using namespace nncc;
using namespace nncc::sim;

static uint64_t ceilDiv(uint64_t a, uint64_t b) { return (a + b - 1) / b; }

static uint64_t pixels(const isa::Conv &inst) {
  return uint64_t(inst.height) * inst.width;
}

uint64_t sim::tapCycles(const isa::Conv &inst, const ArchConfig &arch) {
  return std::max<uint64_t>(pixels(inst), arch.vector);
}

uint64_t sim::accumulateCycles(const isa::Conv &inst, const ArchConfig &arch) {
  return (inst.tapCount - 1) * tapCycles(inst, arch) + pixels(inst);
}

uint64_t sim::drainCycles(const isa::Conv &inst, uint32_t recordCycles) {
  if (!inst.drain)
    return 0;
  return (inst.dstGroups - 1) * std::max<uint64_t>(pixels(inst), recordCycles) +
         pixels(inst);
}

uint64_t sim::arrayMacs(const isa::Conv &inst, const ArchConfig &arch) {
  return inst.tapCount * pixels(inst) * arch.vector * arch.outputs;
}

//===----------------------------------------------------------------------===//
// Vector engine
//===----------------------------------------------------------------------===//

template <typename Inst> static uint64_t words(const Inst &inst) {
  return uint64_t(inst.groups) * inst.height * inst.width;
}

template <typename Inst>
static uint64_t windowCycles(const Inst &inst, const ArchConfig &arch) {
  return words(inst) * inst.kernelH * ceilDiv(inst.kernelW, arch.vectorTaps);
}

uint64_t sim::vectorCycles(const isa::Instruction &inst, const ArchConfig &arch,
                           uint32_t recordWords) {
  if (const auto *op = std::get_if<isa::Depthwise>(&inst.body))
    return windowCycles(*op, arch) +
           uint64_t(recordWords) * (op->sharedParams ? 1 : op->groups);
  if (const auto *op = std::get_if<isa::MaxPool>(&inst.body))
    return windowCycles(*op, arch);
  if (const auto *op = std::get_if<isa::Add>(&inst.body))
    return words(*op);
  if (const auto *op = std::get_if<isa::Mul>(&inst.body))
    return words(*op);
  if (const auto *op = std::get_if<isa::Table>(&inst.body))
    return words(*op) + 256 / arch.vector;
  return 0;
}

unsigned sim::vectorRequantizeSteps(const isa::Instruction &inst) {
  switch (inst.opcode()) {
  case isa::Opcode::Depthwise:
  case isa::Opcode::Table:
    return 1;
  case isa::Opcode::Add:
  case isa::Opcode::Mul:
    return 2;
  default:
    return 0;
  }
}

//===----------------------------------------------------------------------===//
// Transfers
//===----------------------------------------------------------------------===//

/// Bursts for `bytes` that lie one behind the other. A burst never crosses a
/// boundary of 4096 bytes, so none is longer; where it starts is not known.
static uint64_t bursts(uint64_t bytes, const ArchConfig &arch) {
  uint64_t longest =
      std::min<uint64_t>(uint64_t(arch.axiBurstBeats) * arch.axiBytes(), 4096);
  return ceilDiv(bytes, longest);
}

template <typename Inst>
static TransferCost blockCost(const Inst &inst, const ArchConfig &arch) {
  uint64_t run = inst.countX;
  uint64_t runs = 1;
  // Rows that touch are one run, and planes of them likewise.
  if (inst.countY == 1 || inst.dramPitchY == inst.countX)
    run *= inst.countY;
  else
    runs *= inst.countY;
  if (runs == 1 && (inst.countZ == 1 || inst.dramPitchZ == run))
    run *= inst.countZ;
  else
    runs *= inst.countZ;
  TransferCost cost;
  cost.words = run * runs;
  cost.bytes = cost.words * arch.vector;
  cost.bursts = runs * bursts(run * arch.vector, arch);
  return cost;
}

/// Each group reads the bytes of a row that its windows reach, once.
static TransferCost windowCost(const isa::LoadWindow &inst,
                               const ArchConfig &arch) {
  TransferCost cost;
  cost.words = uint64_t(inst.groups) * inst.countY * inst.countX;
  int64_t beat = arch.axiBytes();
  for (uint32_t g = 0; g < inst.groups; ++g) {
    int64_t first = int64_t(inst.start) + int64_t(g) * arch.vector;
    int64_t begin = std::max<int64_t>(first, 0);
    int64_t end = std::min<int64_t>(
        first + int64_t(inst.countX - 1) * inst.step + arch.vector,
        inst.rowBytes);
    if (end <= begin)
      continue;
    begin = begin / beat * beat;
    end = (end + beat - 1) / beat * beat;
    uint64_t bytes = static_cast<uint64_t>(end - begin);
    cost.bytes += bytes * inst.countY;
    cost.bursts += bursts(bytes, arch) * inst.countY;
  }
  return cost;
}

TransferCost sim::transferCost(const isa::Instruction &inst,
                               const ArchConfig &arch) {
  if (const auto *op = std::get_if<isa::Load>(&inst.body))
    return blockCost(*op, arch);
  if (const auto *op = std::get_if<isa::Save>(&inst.body))
    return blockCost(*op, arch);
  if (const auto *op = std::get_if<isa::LoadWindow>(&inst.body))
    return windowCost(*op, arch);
  return {};
}
