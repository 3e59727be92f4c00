//===- ProgramFuzzer.cpp - Any bytes as a program file --------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// A program file is read, or refused with a message. What was read is written
// again, timed and run, which may fail with a message, too. The checksum of the
// container is not compared in this build.
//
//===----------------------------------------------------------------------===//

#include "nncc/Program/Program.h"
#include "nncc/Simulator/Machine.h"
#include "nncc/Simulator/Timing.h"

#include <cstdio>
#include <cstdlib>
#include <memory>

using namespace nncc;

/// What is run: enough for all paths, little enough for thousands a second.
static constexpr uint64_t kMostBytes = 1 << 24, kMostCycles = 200'000;

static void require(bool condition, const char *what, const std::string &why) {
  if (condition)
    return;
  std::fprintf(stderr, "%s: %s\n", what, why.c_str());
  std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Program program;
  if (!deserialize(data, size, program).empty())
    return 0;
  std::string why = verify(program);
  require(why.empty(), "what was read verifies", why);
  std::vector<uint8_t> bytes;
  why = serialize(program, bytes);
  require(why.empty(), "what was read can be written", why);
  Program again;
  why = deserialize(bytes.data(), bytes.size(), again);
  require(why.empty(), "what was written can be read", why);
  require(again.instructions.size() == program.instructions.size() &&
              again.constants == program.constants,
          "the same program comes back", "it differs");

  const RegionSizes &regions = program.regions;
  uint64_t most = std::max(std::max(regions.input, regions.output),
                           std::max(regions.constant, regions.workspace));
  if (most > kMostBytes)
    return 0;
  sim::TimingResult timing;
  if (!sim::TimingModel(program.arch).run(program.instructions, timing).empty())
    return 0;
  if (timing.cycles > kMostCycles)
    return 0;
  std::unique_ptr<sim::Machine> machine;
  if (sim::Machine::create(sim::makeMachineProgram(program), {}, machine)
          .empty())
    (void)machine->run();
  return 0;
}
