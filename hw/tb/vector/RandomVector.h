//===- RandomVector.h - Instructions of the vector engine by chance -------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_TB_VECTOR_RANDOMVECTOR_H
#define NNCC_HW_TB_VECTOR_RANDOMVECTOR_H

#include "nncc/Simulator/Machine.h"

#include <cstdint>
#include <random>

namespace nncc::hw {

class RandomVector {
public:
  RandomVector(const ArchConfig &arch, uint64_t seed)
      : arch(arch), random(seed) {}

  /// A program that loads random contents into the feature memory and into the
  /// vparam memory (the lower half holds legal records) and then executes
  /// `count` legal instructions of the vector engine. No instruction reads what
  /// it writes but in the ways that the manual allows.
  sim::MachineProgram makeProgram(unsigned count);

  /// An instruction whose only mistake is a word beyond a memory.
  isa::Instruction makeBeyond();

  /// Loads at the start of every program.
  static constexpr unsigned kLoads = 4;

private:
  int64_t pick(int64_t lo, int64_t hi) {
    return std::uniform_int_distribution<int64_t>(lo, hi)(random);
  }
  uint32_t between(uint32_t lo, uint32_t hi) {
    return static_cast<uint32_t>(pick(lo, hi));
  }
  uint32_t upTo(uint32_t hi) { return between(0, hi); }
  int32_t byte() { return static_cast<int32_t>(pick(-128, 127)); }
  /// True once in `n` calls.
  bool rarely(unsigned n) { return pick(1, n) == 1; }

  template <typename Op> void setWindow(Op &op);
  template <typename Op> void setResult(Op &op);
  template <typename Op> void setClamp(Op &op);
  template <typename Op> void setBinary(Op &op);
  isa::Instruction makeAny();

  const ArchConfig &arch;
  std::mt19937_64 random;
};

} // namespace nncc::hw

#endif // NNCC_HW_TB_VECTOR_RANDOMVECTOR_H
