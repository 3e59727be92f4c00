//===- Machine.cpp - The accelerator, functionally ------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Simulator/Machine.h"
#include "LoadCheck.h"
#include "State.h"
#include "nncc/Program/Program.h"

using namespace nncc;
using namespace nncc::sim;

std::string MachineProgram::describe(size_t instruction) const {
  std::string text = "instruction " + std::to_string(instruction) + " (" +
                     isa::toString(instructions[instruction].opcode());
  if (instruction < instructionLayers.size() &&
      instructionLayers[instruction] < layerNames.size())
    text += ", layer '" + layerNames[instructionLayers[instruction]] + "'";
  return text + ")";
}

MachineProgram sim::makeMachineProgram(const Program &program) {
  MachineProgram result;
  result.arch = program.arch;
  result.instructions = program.instructions;
  result.constants = program.constants;
  result.inputBytes = program.regions.input;
  result.outputBytes = program.regions.output;
  result.workspaceBytes = program.regions.workspace;
  for (const Layer &layer : program.layers)
    result.layerNames.push_back(layer.name);
  result.instructionLayers = program.instructionLayers;
  return result;
}

class Machine::Impl {
public:
  MachineProgram program;
  MachineOptions options;
  State state;
};

Machine::Machine(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
Machine::~Machine() = default;

std::string Machine::create(MachineProgram program,
                            const MachineOptions &options,
                            std::unique_ptr<Machine> &out) {
  std::string error = checkProgram(program);
  if (!error.empty())
    return error;
  if (!isSupported(options.kernels))
    return std::string("this processor cannot run the ") +
           toString(options.kernels) + " kernels";

  auto impl = std::make_unique<Impl>();
  impl->program = std::move(program);
  impl->options = options;
  State &state = impl->state;
  DramRegion &constants = state.region(isa::Region::Constant);
  constants.data = impl->program.constants.data();
  constants.size = impl->program.constants.size();
  struct {
    isa::Region region;
    uint64_t bytes;
  } const regions[] = {{isa::Region::Input, impl->program.inputBytes},
                       {isa::Region::Output, impl->program.outputBytes},
                       {isa::Region::Workspace, impl->program.workspaceBytes}};
  for (auto [region, bytes] : regions)
    if (!state.region(region).allocate(bytes))
      return "not enough memory for the " + std::to_string(bytes) +
             " bytes of the " + toString(region) + " region";
  state.allocate(impl->program.arch, getKernels(options.kernels),
                 options.checkUninitialized);
  out.reset(new Machine(std::move(impl)));
  out->reset();
  return "";
}

void Machine::reset() { impl->state.reset(impl->options.resetByte); }

std::string Machine::execute(size_t instruction) {
  const isa::Instruction &inst = impl->program.instructions[instruction];
  std::string error = std::visit(
      [&](const auto &body) { return sim::execute(impl->state, body); },
      inst.body);
  if (error.empty())
    return error;
  return impl->program.describe(instruction) + ": " + error;
}

std::string Machine::run() {
  reset();
  for (size_t i = 0; i < impl->program.instructions.size(); ++i) {
    std::string error = execute(i);
    if (!error.empty())
      return error;
  }
  return "";
}

const MachineProgram &Machine::program() const { return impl->program; }

Machine::RegionBytes Machine::region(isa::Region region) {
  DramRegion &dram = impl->state.region(region);
  return {dram.data, dram.size};
}

const uint8_t *Machine::localMemory(isa::Memory memory) const {
  return reinterpret_cast<const uint8_t *>(impl->state.memory(memory).at(0));
}

size_t Machine::localMemoryBytes(isa::Memory memory) const {
  return impl->state.memory(memory).bytes();
}

const int32_t *Machine::partialSums(unsigned bank, unsigned pixel) const {
  size_t padded = paddedOutputs(impl->program.arch.outputs);
  return impl->state.sums[bank].data() + pixel * padded;
}

KernelPath Machine::kernels() const { return impl->state.kernels->path; }
