//===- LoadCheck.cpp - What is checked before a program runs --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "LoadCheck.h"

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

std::string sim::checkProgram(const MachineProgram &program) {
  std::string error = program.arch.verify();
  if (!error.empty())
    return "architecture '" + program.arch.name + "': " + error;
  if (!program.instructionLayers.empty() &&
      program.instructionLayers.size() != program.instructions.size())
    return "the program has " + std::to_string(program.instructions.size()) +
           " instructions, but layers for " +
           std::to_string(program.instructionLayers.size());
  for (size_t i = 0; i < program.instructions.size(); ++i) {
    const isa::Instruction &inst = program.instructions[i];
    error = isa::verify(inst, program.arch);
    if (error.empty())
      error = checkRegion(program, inst);
    if (!error.empty())
      return program.describe(i) + ": " + error;
  }
  size_t failed;
  error = isa::verifyTokens(program.instructions, program.arch, failed);
  return error.empty() ? "" : program.describe(failed) + ": " + error;
}
