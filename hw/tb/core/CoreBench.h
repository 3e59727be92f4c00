//===- CoreBench.h - A core and the memories of a program -------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// What tests of the whole core share: a Verilated core with the memories of a
// program around it, and what the simulator makes of the same program.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_TB_CORE_COREBENCH_H
#define NNCC_HW_TB_CORE_COREBENCH_H

#include "Core.h"
#include "Driver.h"
#include "RandomProgram.h"

#include <random>

namespace nncc::hw {

/// Cycles that a random program may take.
constexpr uint64_t kLimit = 20000000;

/// The configuration of a core of this build, in surroundings that do not
/// matter here.
ArchConfig makeArch(const std::string &name);

/// makeRandomProgram, a failure of which is one of the test. Leaves out the
/// engines that are not in NNCC_CORE_ENGINES.
RandomProgram makeProgram(const ArchConfig &arch, uint64_t seed,
                          unsigned count);

class Bench {
public:
  Bench(const ArchConfig &arch, uint64_t seed);

  /// Places a program and its memories.
  void load(const sim::MachineProgram &program, const DramOptions &options);
  void setInput(const std::vector<uint8_t> &bytes);

  /// Empty, or how the job ended.
  std::string run(JobError &error);
  std::string run();

  ArchConfig arch;
  std::mt19937_64 random;
  std::unique_ptr<Core> core;
  Job job;
  std::vector<uint8_t> code, regions[4];
};

DramOptions plainDram(const Bench &bench);
/// Another latency, rate, refresh and frequency of stalls at each call.
DramOptions randomDram(Bench &bench);

/// What the simulator leaves behind.
class Expected {
public:
  Expected(const RandomProgram &program, uint64_t seed);

  /// Fails the test where a byte of the output, of the workspace or of a local
  /// memory, or a partial sum that is there, differs.
  void compare(const Bench &bench) const;

  std::vector<uint8_t> input;

private:
  void compareRegion(const Bench &bench, isa::Region region) const;
  void compareMemory(const Bench &bench, isa::Memory memory) const;
  void compareSums(const Bench &bench, unsigned bank) const;

  ArchConfig arch;
  std::array<uint32_t, 2> sums;
  std::unique_ptr<sim::Machine> machine;
};

} // namespace nncc::hw

#endif // NNCC_HW_TB_CORE_COREBENCH_H
