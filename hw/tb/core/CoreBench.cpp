//===- CoreBench.cpp - A core and the memories of a program ---------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "CoreBench.h"

#include "ConfigHeader.h"
#include "LocalMemories.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace nncc;
using namespace nncc::hw;

/// Bus masters read whole beats, and all of a row's.
static constexpr uint64_t kPadding = 256;

ArchConfig hw::makeArch(const std::string &name) {
  ArchConfig arch;
  std::string error = readConfigHeader(
      std::string(NNCC_BINARY_DIR "/hw/") + name + "/nncc_config.vh", arch);
  EXPECT_EQ(error, "");
  arch.name = name;
  arch.clockMHz = 100;
  arch.memoryBytesPerCycle = arch.axiBytes();
  arch.memoryLatency = 30;
  EXPECT_EQ(arch.verify(), "");
  return arch;
}

RandomProgram hw::makeProgram(const ArchConfig &arch, uint64_t seed,
                              unsigned count) {
  unsigned engines = kAllEngines;
  if (const char *text = std::getenv("NNCC_CORE_ENGINES"))
    engines = unsigned(std::strtoul(text, nullptr, 0));
  RandomProgram program;
  EXPECT_EQ(makeRandomProgram(arch, seed, count, engines, program), "");
  return program;
}

//===----------------------------------------------------------------------===//
// Bench
//===----------------------------------------------------------------------===//

Bench::Bench(const ArchConfig &arch, uint64_t seed) : arch(arch), random(seed) {
  const CoreModel *model = findCoreModel(arch.name);
  EXPECT_NE(model, nullptr) << arch.name;
  core = model->create(seed);
}

void Bench::load(const sim::MachineProgram &program,
                 const DramOptions &options) {
  core->setDram(options);
  code.assign(program.instructions.size() * isa::kInstructionBytes + kPadding,
              0);
  for (size_t i = 0; i < program.instructions.size(); ++i)
    isa::encode(program.instructions[i], &code[i * isa::kInstructionBytes]);
  job = {};
  job.programAddress = uint64_t(5) << 36;
  job.instructions = uint32_t(program.instructions.size());
  core->dram().map(job.programAddress, code.data(), code.size(), false);
  const uint64_t sizes[] = {program.constants.size(), program.inputBytes,
                            program.outputBytes, program.workspaceBytes};
  for (unsigned i = 0; i < 4; ++i) {
    regions[i].assign(sizes[i] + kPadding, 0);
    if (i == unsigned(isa::Region::Constant))
      std::copy(program.constants.begin(), program.constants.end(),
                regions[i].begin());
    // Beats aligned, anything else not.
    job.regions[i] = {(uint64_t(i + 1) << 33) + 4096 * i + 64 * (random() % 64),
                      sizes[i]};
    core->dram().map(job.regions[i].address, regions[i].data(),
                     regions[i].size(), i >= unsigned(isa::Region::Output));
  }
}

void Bench::setInput(const std::vector<uint8_t> &bytes) {
  std::copy(bytes.begin(), bytes.end(), regions[1].begin());
}

std::string Bench::run(JobError &error) {
  Driver driver(*core);
  std::string message = driver.start(job);
  if (!message.empty())
    return message;
  if (!driver.poll(kLimit))
    return "no end within " + std::to_string(kLimit) + " cycles";
  return driver.result(error);
}

std::string Bench::run() {
  JobError error;
  std::string message = run(error);
  return message.empty() ? "" : message + " at " + std::to_string(error.number);
}

DramOptions hw::plainDram(const Bench &bench) {
  DramOptions options;
  options.beatBytes = bench.core->beatBytes();
  options.bytesPerCycle = options.beatBytes;
  options.latency = 30;
  return options;
}

DramOptions hw::randomDram(Bench &bench) {
  DramOptions options = plainDram(bench);
  options.seed = bench.random();
  options.latency = 1 + bench.random() % 40;
  options.bytesPerCycle = options.beatBytes * (1 + bench.random() % 3);
  options.stallPercent = bench.random() % 70;
  if (bench.random() % 2) {
    options.refreshInterval = 100;
    options.refreshCycles = 30;
  }
  return options;
}

//===----------------------------------------------------------------------===//
// Expected
//===----------------------------------------------------------------------===//

Expected::Expected(const RandomProgram &program, uint64_t seed)
    : input(makeRandomInput(program.program, seed)), arch(program.program.arch),
      sums(program.sums) {
  std::string error = sim::Machine::create(program.program, {}, machine);
  EXPECT_EQ(error, "");
  if (!machine)
    return;
  std::copy(input.begin(), input.end(),
            machine->region(isa::Region::Input).data);
  EXPECT_EQ(machine->run(), "");
}

void Expected::compareRegion(const Bench &bench, isa::Region region) const {
  auto expected = machine->region(region);
  const std::vector<uint8_t> &got = bench.regions[unsigned(region)];
  for (size_t i = 0; i < expected.size; ++i)
    if (expected.data[i] != got[i]) {
      ADD_FAILURE() << isa::toString(region) << " byte " << i << " (word "
                    << i / arch.vector << "): expected "
                    << int(int8_t(expected.data[i])) << ", got "
                    << int(int8_t(got[i]));
      return;
    }
}

void Expected::compareMemory(const Bench &bench, isa::Memory memory) const {
  std::vector<uint8_t> got;
  ASSERT_EQ(readLocalMemory(*bench.core, arch, memory, got), "");
  const uint8_t *expected = machine->localMemory(memory);
  ASSERT_EQ(machine->localMemoryBytes(memory), got.size());
  for (size_t i = 0; i < got.size(); ++i)
    if (expected[i] != got[i]) {
      ADD_FAILURE() << isa::toString(memory) << " memory, word "
                    << i / arch.vector << ", lane " << i % arch.vector
                    << ": expected " << int(int8_t(expected[i])) << ", got "
                    << int(int8_t(got[i]));
      return;
    }
}

void Expected::compareSums(const Bench &bench, unsigned bank) const {
  std::vector<int32_t> got;
  ASSERT_EQ(readPartialSums(*bench.core, arch, bank, got), "");
  for (uint32_t pixel = 0; pixel < sums[bank]; ++pixel)
    for (uint32_t o = 0; o < arch.outputs; ++o) {
      int32_t expected = machine->partialSums(bank, pixel)[o];
      if (expected == got[size_t(pixel) * arch.outputs + o])
        continue;
      ADD_FAILURE() << "sum " << o << " of pixel " << pixel << " in bank "
                    << bank << ": expected " << expected << ", got "
                    << got[size_t(pixel) * arch.outputs + o];
      return;
    }
}

void Expected::compare(const Bench &bench) const {
  ASSERT_TRUE(machine);
  compareRegion(bench, isa::Region::Output);
  compareRegion(bench, isa::Region::Workspace);
  for (auto memory :
       {isa::Memory::Feature, isa::Memory::Weight, isa::Memory::Tap,
        isa::Memory::Cparam, isa::Memory::Vparam})
    compareMemory(bench, memory);
  for (unsigned bank = 0; bank < 2; ++bank)
    compareSums(bench, bank);
}
