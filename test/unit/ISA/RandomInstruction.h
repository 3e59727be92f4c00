//===- RandomInstruction.h - Instructions to test with ----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TEST_UNIT_ISA_RANDOMINSTRUCTION_H
#define NNCC_TEST_UNIT_ISA_RANDOMINSTRUCTION_H

#include "nncc/ISA/ISA.h"
#include <cstdlib>
#include <iostream>
#include <random>

namespace nncc::isa::test {

/// A seed from NNCC_TEST_SEED or from the system, printed so that a failure can
/// be repeated.
inline unsigned testSeed() {
  const char *given = std::getenv("NNCC_TEST_SEED");
  unsigned seed =
      given ? std::strtoul(given, nullptr, 10) : std::random_device()();
  std::cout << "NNCC_TEST_SEED=" << seed << std::endl;
  return seed;
}

using Random = std::mt19937;

inline int64_t pick(Random &random, int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random);
}

inline ArchConfig smallArch() {
  ArchConfig arch;
  for (const ArchField &field : archFields())
    arch.*field.member = field.min;
  arch.name = "small";
  arch.vector = 8;
  arch.outputs = 16;
  arch.featureWords = 1024;
  arch.featureBanks = 4;
  arch.weightBlocks = 16;
  arch.tapWords = 16;
  arch.convParams = 4;
  arch.vectorWords = 128;
  arch.psumPixels = 64;
  return arch;
}

/// Header of an instruction of kind `info`: legal engine, wait and post, and
/// perhaps a fence.
inline void pickHeader(Random &random, const InstructionInfo &info,
                       Instruction &inst) {
  do
    inst.engine = static_cast<Engine>(pick(random, 0, kNumEngines - 1));
  while (!(info.engines >> static_cast<unsigned>(inst.engine) & 1));
  unsigned own = 1u << static_cast<unsigned>(inst.engine);
  inst.wait = pick(random, 0, (1 << kNumEngines) - 1) & ~own;
  inst.post = pick(random, 0, (1 << kNumEngines) - 1) & ~own;
  inst.fence = pick(random, 0, 1) != 0;
}

/// Every field at the least or greatest legal value, or anything between.
inline Instruction pickInstruction(Random &random, size_t index) {
  const InstructionInfo &info = instructionInfos()[index];
  Instruction inst;
  pickHeader(random, info, inst);
  int64_t values[kMaxFields];
  for (size_t i = 0; i < info.fieldCount; ++i) {
    const FieldInfo &field = info.fields[i];
    if (field.kind == FieldKind::Enum) {
      values[i] =
          field.type->values[pick(random, 0, field.type->count - 1)].value;
      continue;
    }
    switch (pick(random, 0, 2)) {
    case 0:
      values[i] = field.min;
      break;
    case 1:
      values[i] = field.max;
      break;
    default:
      values[i] = pick(random, field.min, field.max);
    }
  }
  inst.body = makeBody(index, values);
  return inst;
}

} // namespace nncc::isa::test

#endif // NNCC_TEST_UNIT_ISA_RANDOMINSTRUCTION_H
