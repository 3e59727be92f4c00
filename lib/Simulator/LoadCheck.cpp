//===- LoadCheck.cpp - What is checked before a program runs --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "LoadCheck.h"

#include <array>

using namespace nncc;
using namespace nncc::sim;

static uint64_t regionSize(const MachineProgram &program, isa::Region region) {
  switch (region) {
  case isa::Region::Constant:
    return program.constants.size();
  case isa::Region::Input:
    return program.inputBytes;
  case isa::Region::Output:
    return program.outputBytes;
  case isa::Region::Workspace:
    return program.workspaceBytes;
  }
  return 0;
}

static std::string checkRegion(const MachineProgram &program,
                               const isa::Instruction &inst) {
  std::optional<isa::DramRange> range = isa::dramRange(inst, program.arch);
  if (!range || range->begin == range->end)
    return "";
  uint64_t size = regionSize(program, range->region);
  if (range->end <= size)
    return "";
  return std::string(range->write ? "writes" : "reads") + " bytes " +
         std::to_string(range->begin) + " to " + std::to_string(range->end) +
         " of the " + toString(range->region) + " region, which has " +
         std::to_string(size);
}

namespace {

/// The token counters, in program order.
class TokenCounters {
public:
  explicit TokenCounters(uint32_t limit) : limit(limit) {}

  std::string execute(const isa::Instruction &inst) {
    unsigned engine = static_cast<unsigned>(inst.engine);
    for (unsigned other = 0; other < isa::kNumEngines; ++other)
      if (inst.wait >> other & 1) {
        if (counters[other][engine] == 0)
          return std::string("waits for a token of ") + name(other) +
                 ", but none is left before it in program order";
        --counters[other][engine];
      }
    for (unsigned other = 0; other < isa::kNumEngines; ++other)
      if (inst.post >> other & 1) {
        if (counters[engine][other] == limit)
          return std::string("posts a token to ") + name(other) +
                 ", whose counter is full: token_limit is " +
                 std::to_string(limit);
        ++counters[engine][other];
      }
    return "";
  }

private:
  static const char *name(unsigned engine) {
    return toString(static_cast<isa::Engine>(engine));
  }

  uint32_t limit;
  /// [from][to]
  std::array<std::array<uint32_t, isa::kNumEngines>, isa::kNumEngines>
      counters{};
};

} // namespace

std::string sim::checkProgram(const MachineProgram &program) {
  std::string error = program.arch.verify();
  if (!error.empty())
    return "architecture '" + program.arch.name + "': " + error;
  if (!program.instructionLayers.empty() &&
      program.instructionLayers.size() != program.instructions.size())
    return "the program has " + std::to_string(program.instructions.size()) +
           " instructions, but layers for " +
           std::to_string(program.instructionLayers.size());
  TokenCounters tokens(program.arch.tokenLimit);
  for (size_t i = 0; i < program.instructions.size(); ++i) {
    const isa::Instruction &inst = program.instructions[i];
    error = isa::verify(inst, program.arch);
    if (error.empty())
      error = checkRegion(program, inst);
    if (error.empty())
      error = tokens.execute(inst);
    if (!error.empty())
      return program.describe(i) + ": " + error;
  }
  return "";
}
