//===- ProgramBuilder.h - Programs by hand ----------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TEST_UNIT_SIMULATOR_PROGRAMBUILDER_H
#define NNCC_TEST_UNIT_SIMULATOR_PROGRAMBUILDER_H

#include "nncc/Simulator/Machine.h"

#include <cstdint>
#include <initializer_list>
#include <vector>

namespace nncc::sim::test {

/// The `tiny` configuration, with O a multiple of V if asked for.
ArchConfig tinyArch(uint32_t vector = 8, uint32_t outputGroups = 1);
/// The `z7020` configuration.
ArchConfig z7020Arch();

/// One requantization record as its 8 bytes.
struct Record {
  int32_t bias = 0;
  uint32_t multiplier = 1;
  uint8_t shift = 1;
};

/// Appends instructions and constants to a program. Every instruction is filled
/// in with what most tests want, so that a test writes only what matters to it.
class ProgramBuilder {
public:
  explicit ProgramBuilder(const ArchConfig &arch) { program.arch = arch; }

  /// Appends bytes to the constant region, aligned to a word.
  /// \returns their offset.
  uint32_t constant(const std::vector<uint8_t> &bytes);
  uint32_t constant(const std::vector<int8_t> &bytes);
  uint32_t records(const std::vector<Record> &records);
  uint32_t taps(const std::vector<isa::Tap> &taps);

  /// Appends an instruction on `engine`; returns it for waits and posts.
  isa::Instruction &add(isa::Engine engine, isa::Body body);

  /// Loads `words` words to `base` of a memory, from one run in DRAM.
  isa::Instruction &load(isa::Memory memory, uint32_t base, isa::Region region,
                         uint32_t offset, uint32_t words,
                         isa::Engine engine = isa::Engine::Load0);
  isa::Instruction &save(isa::Region region, uint32_t offset, uint32_t base,
                         uint32_t words);

  MachineProgram program;
};

/// An instruction on a `height` x `width` image, with rows that touch, identity
/// output stage and stride 1.
isa::Conv makeConv(uint32_t height, uint32_t width, uint32_t taps,
                   bool drain = true);
isa::Depthwise makeDepthwise(uint32_t height, uint32_t width, uint32_t kernel);
isa::MaxPool makeMaxPool(uint32_t height, uint32_t width, uint32_t kernel);
isa::Add makeAdd(uint32_t height, uint32_t width);
isa::Mul makeMul(uint32_t height, uint32_t width);
isa::Table makeTable(uint32_t height, uint32_t width);

/// The mask of some engines.
uint8_t engines(std::initializer_list<isa::Engine> list);

} // namespace nncc::sim::test

#endif // NNCC_TEST_UNIT_SIMULATOR_PROGRAMBUILDER_H
