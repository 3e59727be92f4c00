//===- KernelTests.cpp - All implementations against the manual -----------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ProgramBuilder.h"
#include "RandomInstructions.h"
#include "ReferenceMachine.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cstring>
#include <tuple>

using namespace nncc;
using namespace nncc::sim;
using namespace nncc::sim::test;

namespace {

/// V, O/V, implementation.
using Parameters = std::tuple<uint32_t, uint32_t, KernelPath>;

class KernelTest : public testing::TestWithParam<Parameters> {};

} // namespace

/// Name of the first memory in which the two differ, or null.
static const char *difference(Machine &machine,
                              const ReferenceMachine &reference) {
  for (unsigned i = 0; i < isa::kNumMemories; ++i) {
    auto memory = static_cast<isa::Memory>(i);
    if (machine.localMemoryBytes(memory) != reference.local[i].size() ||
        std::memcmp(machine.localMemory(memory), reference.local[i].data(),
                    reference.local[i].size()) != 0)
      return toString(memory);
  }
  for (unsigned i = 0; i < isa::kNumRegions; ++i) {
    auto region = static_cast<isa::Region>(i);
    Machine::RegionBytes bytes = machine.region(region);
    if (bytes.size != 0 &&
        std::memcmp(bytes.data, reference.dram[i].data(), bytes.size) != 0)
      return toString(region);
  }
  for (unsigned bank = 0; bank < 2; ++bank)
    for (size_t p = 0; p < reference.sum[bank].size(); ++p)
      if (std::memcmp(machine.partialSums(bank, static_cast<unsigned>(p)),
                      reference.sum[bank][p].data(),
                      reference.sum[bank][p].size() * sizeof(int32_t)) != 0)
        return "partial sums";
  return nullptr;
}

TEST_P(KernelTest, RandomInstructionsMatchTheManual) {
  auto [vector, outputGroups, path] = GetParam();
  if (!isSupported(path))
    GTEST_SKIP() << "this processor cannot run " << toString(path);
  ArchConfig arch = tinyArch(vector, outputGroups);
  ASSERT_EQ(arch.verify(), "");
  for (uint32_t seed = 0; seed < 4; ++seed) {
    MachineProgram program = makeRandomProgram(arch, seed, 150);
    ReferenceMachine reference(program);
    MachineOptions options;
    options.kernels = path;
    std::unique_ptr<Machine> machine;
    ASSERT_EQ(Machine::create(program, options, machine), "");
    ASSERT_EQ(machine->kernels(), path);
    Machine::RegionBytes input = machine->region(isa::Region::Input);
    for (uint64_t i = 0; i < input.size; ++i) {
      input.data[i] = static_cast<uint8_t>(i * 37 + seed);
      reference.dram[1][i] = static_cast<int8_t>(input.data[i]);
    }
    for (size_t i = 0; i < program.instructions.size(); ++i) {
      ASSERT_EQ(machine->execute(i), "");
      reference.execute(program.instructions[i]);
      const char *where = difference(*machine, reference);
      ASSERT_EQ(where, nullptr)
          << "seed " << seed << ", instruction " << i << ": " << where << '\n'
          << isa::print(program.instructions[i]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    , KernelTest,
    testing::Combine(testing::Values(8, 16, 32), testing::Values(1, 2, 4),
                     testing::Values(KernelPath::Plain, KernelPath::AVX2,
                                     KernelPath::AVX512)),
    [](const testing::TestParamInfo<Parameters> &info) {
      return "V" + std::to_string(std::get<0>(info.param)) + "x" +
             std::to_string(std::get<1>(info.param)) + "_" +
             toString(std::get<2>(info.param));
    });

/// More pixels and taps than the small memories above allow: whole blocks of
/// pixels, several runs of taps, every run's tail.
TEST(Kernel, LargeConvolutionIsTheSameOnAllPaths) {
  ArchConfig arch = z7020Arch();
  ProgramBuilder builder(arch);
  uint32_t state = 1;
  auto next = [&] { return (state = state * 1664525u + 1013904223u) >> 16; };
  auto bytes = [&](size_t count) {
    std::vector<uint8_t> result(count);
    for (uint8_t &byte : result)
      byte = static_cast<uint8_t>(next());
    return result;
  };
  constexpr uint32_t size = 22, groups = 8;
  std::vector<isa::Tap> taps;
  for (uint32_t g = 0; g < groups; ++g)
    for (int y = -1; y <= 1; ++y)
      for (int x = -1; x <= 1; ++x)
        taps.push_back({static_cast<uint16_t>(g * size * size),
                        static_cast<int8_t>(y), static_cast<int8_t>(x)});
  builder.load(isa::Memory::Feature, 0, isa::Region::Constant,
               builder.constant(bytes(size * size * groups * 16)),
               size * size * groups);
  std::vector<uint8_t> weights = bytes(taps.size() * 512);
  std::replace(weights.begin(), weights.end(), uint8_t(0x80), uint8_t(0x7f));
  builder.load(isa::Memory::Weight, 0, isa::Region::Constant,
               builder.constant(weights),
               static_cast<uint32_t>(taps.size() * 32));
  builder.load(isa::Memory::Tap, 0, isa::Region::Constant, builder.taps(taps),
               static_cast<uint32_t>(taps.size() / 4));
  std::vector<Record> records(32);
  for (Record &record : records)
    record = {static_cast<int32_t>(next()), 20000, 26};
  builder.load(isa::Memory::Cparam, 0, isa::Region::Constant,
               builder.records(records), 16);
  isa::Conv conv = makeConv(size, size, static_cast<uint32_t>(taps.size()));
  conv.padValue = 3;
  conv.dstBase = 8192;
  conv.dstGroups = 2;
  builder.add(isa::Engine::Conv, conv);

  ReferenceMachine reference(builder.program);
  for (const isa::Instruction &inst : builder.program.instructions)
    reference.execute(inst);
  for (KernelPath path :
       {KernelPath::Plain, KernelPath::AVX2, KernelPath::AVX512}) {
    if (!isSupported(path))
      continue;
    MachineOptions options;
    options.kernels = path;
    std::unique_ptr<Machine> machine;
    ASSERT_EQ(Machine::create(builder.program, options, machine), "");
    ASSERT_EQ(machine->run(), "");
    EXPECT_EQ(difference(*machine, reference), nullptr) << toString(path);
  }
}
