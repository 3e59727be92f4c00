//===- LayerTiming.cpp - Cycles by layer ----------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Simulator/InstructionCost.h"
#include "nncc/Simulator/Timing.h"

#include <numeric>

using namespace nncc;
using namespace nncc::sim;

CycleShares &CycleShares::operator+=(const CycleShares &other) {
  array += other.array;
  vector += other.vector;
  drain += other.drain;
  memory += other.memory;
  latency += other.latency;
  return *this;
}

const char *CycleShares::limiter() const {
  struct {
    uint64_t cycles;
    const char *name;
  } const shares[] = {{array, "array"},
                      {vector, "vector"},
                      {drain, "drain"},
                      {memory, "memory"},
                      {latency, "latency"}};
  uint64_t most = 0;
  const char *name = "none";
  for (const auto &share : shares)
    if (share.cycles > most) {
      most = share.cycles;
      name = share.name;
    }
  return name;
}

uint64_t EngineTiming::waiting() const {
  return std::accumulate(token.begin(), token.end(), uint64_t(0)) +
         instruction + memory + drain + overhead;
}

std::vector<LayerTiming>
sim::summarizeLayers(const std::vector<isa::Instruction> &program,
                     const TimingResult &timing, const ArchConfig &arch,
                     const std::vector<uint32_t> &instructionLayers,
                     size_t layers) {
  std::vector<LayerTiming> result(layers);
  for (size_t i = 0; i < program.size(); ++i) {
    LayerTiming &layer = result[instructionLayers[i]];
    layer.cycles += timing.instructions[i].cycles;
    ++layer.instructions;
    if (const auto *conv = std::get_if<isa::Conv>(&program[i].body))
      layer.arrayMacs += arrayMacs(*conv, arch);
  }
  return result;
}
