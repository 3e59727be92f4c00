//===- TokenVerifier.cpp - Tokens of a whole program ----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/ISA/ISA.h"

using namespace nncc;
using namespace nncc::isa;

std::string nncc::isa::verifyTokens(const std::vector<Instruction> &program,
                                    const ArchConfig &arch, size_t &failed) {
  uint32_t counters[kNumEngines][kNumEngines] = {}; // [from][to]
  for (failed = 0; failed < program.size(); ++failed) {
    const Instruction &inst = program[failed];
    unsigned own = static_cast<unsigned>(inst.engine);
    for (unsigned from = 0; from < kNumEngines; ++from) {
      if (!(inst.wait >> from & 1))
        continue;
      if (counters[from][own] == 0)
        return std::string("waits for a token of ") +
               toString(static_cast<Engine>(from)) +
               " that no earlier instruction gives";
      --counters[from][own];
    }
    for (unsigned to = 0; to < kNumEngines; ++to) {
      if (!(inst.post >> to & 1))
        continue;
      if (counters[own][to] == arch.tokenLimit)
        return std::string("gives ") + toString(static_cast<Engine>(to)) +
               " more than token_limit = " + std::to_string(arch.tokenLimit) +
               " tokens that no earlier instruction takes";
      ++counters[own][to];
    }
  }
  return "";
}
