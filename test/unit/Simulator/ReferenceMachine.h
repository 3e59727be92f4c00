//===- ReferenceMachine.h - The manual as a program -------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TEST_UNIT_SIMULATOR_REFERENCEMACHINE_H
#define NNCC_TEST_UNIT_SIMULATOR_REFERENCEMACHINE_H

#include "nncc/Simulator/Machine.h"

#include <array>
#include <cstdint>
#include <vector>

namespace nncc::sim::test {

/// Executes instructions by the pseudo code of the instruction set, statement
/// by statement, and shares no code with the machine. Instructions must be
/// legal.
class ReferenceMachine {
public:
  explicit ReferenceMachine(const MachineProgram &program);

  void execute(const isa::Instruction &inst);

  using Bytes = std::vector<int8_t>;
  std::array<Bytes, 5> local; ///< by isa::Memory
  std::array<Bytes, 4> dram;  ///< by isa::Region
  /// [bank][pixel][output]
  std::array<std::vector<std::vector<int32_t>>, 2> sum;

private:
  struct RecordFields {
    int32_t bias;
    int32_t m;
    int32_t s;
  };

  void run(const isa::Load &i);
  void run(const isa::LoadWindow &i);
  void run(const isa::Save &i);
  void run(const isa::Conv &i);
  void run(const isa::Depthwise &i);
  void run(const isa::MaxPool &i);
  void run(const isa::Add &i);
  void run(const isa::Mul &i);
  void run(const isa::Table &i);

  int8_t &lane(isa::Memory memory, uint64_t word, uint64_t lane) {
    return local[static_cast<size_t>(memory)].at(word * V + lane);
  }
  int8_t &feature(uint64_t word, uint64_t l) {
    return lane(isa::Memory::Feature, word, l);
  }
  RecordFields record(isa::Memory memory, uint64_t firstByte) const;

  const uint32_t V, O;
};

} // namespace nncc::sim::test

#endif // NNCC_TEST_UNIT_SIMULATOR_REFERENCEMACHINE_H
