//===- ConvCyclesTest.cpp - nncc_conv, when it does it --------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// With a memory that always grants, the cycles are those of the timing model:
// taps back to back, instructions back to back, drains behind the accumulation.
//
//===----------------------------------------------------------------------===//

#include "Conv16x32.h"
#include "Conv8x8.h"
#include "ConvBench.h"
#include "ProgramBuilder.h"
#include "nncc/Simulator/InstructionCost.h"
#include "nncc/Simulator/Timing.h"

#include <iostream>

using namespace nncc;
using namespace nncc::hw;

namespace {

/// What the pipelines add to an instruction on its own, from its tokens to its
/// finish, with an array of V inputs: see "CONV" in docs/timing-model.md. The
/// array has a step more each time V doubles.
uint64_t pipelines(const ArchConfig &arch) {
  return 27 + (arch.vector >= 16) + (arch.vector >= 32);
}

isa::Conv makeTile(uint32_t height, uint32_t width, uint32_t taps,
                   uint32_t groups, unsigned i) {
  isa::Conv conv = sim::test::makeConv(height, width, taps);
  conv.psumBank = i % 2;
  conv.originY = conv.originX = -1;
  conv.dstGroups = groups;
  conv.dstBase = 256 + 128 * (i % 4);
  conv.dstRowPitch = width;
  conv.dstGroupPitch = height * width;
  return conv;
}

template <typename Top>
std::vector<uint64_t> run(const ArchConfig &arch,
                          const std::vector<isa::Conv> &convs,
                          const char *what) {
  ConvProgram program = makeRandomMemories(arch, 1);
  for (unsigned i = 0; i < arch.tapEntries(); ++i)
    isa::Tap{0, int8_t(i / 3 % 3), int8_t(i % 3)}.encode(
        reinterpret_cast<uint8_t *>(program.local[2].data() + 4 * i));
  for (const isa::Conv &conv : convs) {
    isa::Instruction inst;
    inst.engine = isa::Engine::Conv;
    inst.body = conv;
    program.instructions.push_back(inst);
  }
  ConvBench<Top> bench(program, {}, 1);
  bench.run();
  std::vector<uint64_t> finish;
  std::cout << what << ": first "
            << bench.times[0].finish - bench.times[0].start << ", then";
  for (size_t i = 0; i < convs.size(); ++i) {
    finish.push_back(bench.times[i].finish - bench.times[0].start);
    if (i != 0)
      std::cout << ' ' << finish[i] - finish[i - 1];
  }
  std::cout << " cycles; model " << sim::accumulateCycles(convs[0], arch)
            << " + drain "
            << sim::drainCycles(convs[0], sim::TimingConstants().drainRecords)
            << '\n';
  return finish;
}

template <typename Top>
void expectBackToBack(const ArchConfig &arch, uint32_t height, uint32_t width,
                      uint32_t taps, const char *what) {
  std::vector<isa::Conv> convs;
  convs.reserve(6);
  for (unsigned i = 0; i < 6; ++i)
    convs.push_back(makeTile(height, width, taps, arch.outputGroups(), i));
  std::vector<uint64_t> finish = run<Top>(arch, convs, what);
  uint64_t accumulate = sim::accumulateCycles(convs[0], arch);
  uint64_t drain =
      sim::drainCycles(convs[0], sim::TimingConstants().drainRecords);
  EXPECT_EQ(finish[0], arch.vector + accumulate + drain + pipelines(arch));
  for (size_t i = 1; i < convs.size(); ++i)
    EXPECT_EQ(finish[i] - finish[i - 1], std::max(accumulate, drain));
}

TEST(ConvCycles, Dense3x3) {
  expectBackToBack<Conv8x8>(sim::test::tinyArch(), 8, 8, 9,
                            "8x8, 3x3, 8x8 pixels");
  expectBackToBack<Conv16x32>(sim::test::tinyArch(16, 2), 8, 8, 9,
                              "16x32, 3x3, 8x8 pixels");
}

TEST(ConvCycles, TapAsLongAsItsBlock) {
  expectBackToBack<Conv8x8>(sim::test::tinyArch(), 3, 4, 9,
                            "8x8, 3x3, 3x4 pixels");
  expectBackToBack<Conv16x32>(sim::test::tinyArch(16, 2), 4, 5, 9,
                              "16x32, 3x3, 4x5 pixels");
}

/// The drain takes longer than the accumulation: it is never idle.
TEST(ConvCycles, DrainBound) {
  std::vector<isa::Conv> convs;
  convs.reserve(6);
  ArchConfig arch = sim::test::tinyArch(16, 2);
  for (unsigned i = 0; i < 6; ++i)
    convs.push_back(makeTile(8, 8, 1, 2, i));
  std::vector<uint64_t> finish =
      run<Conv16x32>(arch, convs, "16x32, 1x1, 8x8 pixels");
  for (size_t i = 2; i < convs.size(); ++i)
    EXPECT_EQ(finish[i] - finish[i - 1],
              sim::drainCycles(convs[0], sim::TimingConstants().drainRecords));
}

/// Fewer pixels than rows of a block: each tap takes V cycles.
TEST(ConvCycles, FullyConnected) {
  ArchConfig arch = sim::test::tinyArch();
  for (uint32_t pixels : {1u, 2u, 3u, 4u, 7u, 8u}) {
    std::vector<isa::Conv> one = {makeTile(1, pixels, 2, 1, 0)};
    std::vector<isa::Conv> many = {makeTile(1, pixels, 32, 1, 0)};
    uint64_t few = run<Conv8x8>(arch, one, "8x8, 2 taps").back();
    uint64_t all = run<Conv8x8>(arch, many, "8x8, 32 taps").back();
    EXPECT_EQ(all - few, 30u * arch.vector) << pixels << " pixels";
  }
}

/// Without drain instructions follow each other in one bank.
TEST(ConvCycles, OneBank) {
  ArchConfig arch = sim::test::tinyArch();
  std::vector<isa::Conv> convs;
  for (unsigned i = 0; i < 5; ++i) {
    convs.push_back(makeTile(8, 8, 5, 1, 0));
    convs[i].accumulate = i != 0;
    convs[i].drain = i == 4;
  }
  std::vector<uint64_t> finish =
      run<Conv8x8>(arch, convs, "8x8, 5 taps, no drain");
  for (size_t i = 1; i < 4; ++i)
    EXPECT_EQ(finish[i] - finish[i - 1], sim::accumulateCycles(convs[0], arch));
}

/// Whole random sequences against the timing model with this engine's
/// constants.
TEST(ConvCycles, TimingModel) {
  sim::TimingConstants constants;
  constants.convStart = 2;
  constants.convPipeline = 11;
  constants.drainPipeline = 14;
  ArchConfig arch = sim::test::tinyArch();
  arch.queueDepth = 64;
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    RandomConvOptions options;
    options.count = 60;
    ConvProgram program = makeRandomConvs(arch, seed, options);
    for (isa::Instruction &inst : program.instructions)
      inst.post = 0;
    sim::TimingResult model;
    ASSERT_EQ(
        sim::TimingModel(arch, constants).run(program.instructions, model), "");
    ConvBench<Conv8x8> bench(program, {}, seed);
    bench.run();
    double cycles = double(bench.times.back().finish - bench.times[0].start);
    double expected =
        double(model.instructions.back().finish - model.instructions[0].start);
    EXPECT_NEAR(cycles / expected, 1.0, 0.02)
        << "seed " << seed << ": " << cycles << " cycles, model " << expected;
  }
}

} // namespace
