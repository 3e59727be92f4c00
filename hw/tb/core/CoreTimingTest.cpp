//===- CoreTimingTest.cpp - The timing model against the Verilog ----------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Small programs, each of one thing that the timing model knows, in cycles of
// the Verilog and of the model. NNCC_CORE_TIMING=1 prints all of them.
//
//===----------------------------------------------------------------------===//

#include "CoreBench.h"
#include "ProgramBuilder.h"
#include "nncc/Simulator/Timing.h"

#include "gtest/gtest.h"

#include <cstdio>
#include <cstdlib>

using namespace nncc;
using namespace nncc::hw;
using namespace nncc::sim;
using namespace nncc::sim::test;
using isa::Engine;
using isa::Memory;
using isa::Region;

namespace {

/// z7020, with a memory whose cycles are easy to count.
ArchConfig timingArch() {
  ArchConfig arch = z7020Arch();
  arch.memoryRefreshInterval = 0;
  return arch;
}

/// Cycles of the Verilog. Memories that nothing fills hold zeros: taps at the
/// window's own pixel, weights and records of zero.
uint64_t measure(const MachineProgram &program) {
  Bench bench(program.arch, 0);
  DramOptions options;
  options.beatBytes = bench.core->beatBytes();
  options.bytesPerCycle = program.arch.memoryBytesPerCycle;
  options.latency = program.arch.memoryLatency;
  bench.load(program, options);
  EXPECT_EQ(bench.run(), "");
  return Driver(*bench.core).counters().cycles;
}

/// The check of an instruction takes up to three cycles more than the model
/// says, which shows where nothing hides it; the end of one is seen in the next
/// cycle; rates are rounded.
constexpr uint64_t kTolerance = 5;

void expectCycles(const std::string &name, ProgramBuilder &builder,
                  uint64_t tolerance = kTolerance) {
  SCOPED_TRACE(name);
  MachineProgram &program = builder.program;
  program.inputBytes = program.outputBytes = 1 << 20;
  TimingResult result;
  ASSERT_EQ(TimingModel(program.arch).run(program.instructions, result), "");
  uint64_t cycles = measure(program);
  if (std::getenv("NNCC_CORE_TIMING"))
    std::printf("%-28s %8llu cycles, model %8llu\n", name.c_str(),
                (unsigned long long)cycles, (unsigned long long)result.cycles);
  EXPECT_LE(result.cycles, cycles + tolerance);
  EXPECT_LE(cycles, result.cycles + tolerance);
}

TEST(CoreTiming, Transfers) {
  {
    ProgramBuilder b(timingArch());
    b.load(Memory::Feature, 0, Region::Input, 0, 64);
    expectCycles("load", b);
  }
  {
    ProgramBuilder b(timingArch());
    b.load(Memory::Feature, 0, Region::Input, 0, 64, Engine::Load1);
    expectCycles("load1", b);
  }
  {
    ProgramBuilder b(timingArch());
    b.load(Memory::Feature, 0, Region::Input, 0, 64);
    b.load(Memory::Feature, 64, Region::Input, 1024, 64);
    expectCycles("two loads", b);
  }
  {
    ProgramBuilder b(timingArch());
    isa::Load load;
    load.region = Region::Input;
    load.countX = 1;
    load.countY = 60;
    load.countZ = 1;
    load.dramPitchY = 4;
    load.localPitchY = 1;
    b.add(Engine::Load0, load);
    expectCycles("load of short rows", b);
  }
  {
    ProgramBuilder b(timingArch());
    isa::LoadWindow window;
    window.region = Region::Input;
    window.countX = 100;
    window.countY = 2;
    window.groups = 1;
    window.step = 3;
    window.start = -3;
    window.rowBytes = 300;
    b.add(Engine::Load0, window);
    expectCycles("load_window", b);
  }
  {
    ProgramBuilder b(timingArch());
    b.save(Region::Output, 0, 0, 64);
    expectCycles("save", b);
  }
  {
    ProgramBuilder b(timingArch());
    b.save(Region::Output, 0, 0, 64);
    b.save(Region::Output, 1024, 64, 64);
    b.save(Region::Output, 2048, 64, 64);
    expectCycles("three saves", b);
  }
  {
    ProgramBuilder b(timingArch());
    b.load(Memory::Feature, 0, Region::Input, 0, 64);
    b.save(Region::Output, 0, 0, 64).wait = 0;
    b.program.instructions[0].post = engines({Engine::Save});
    b.program.instructions[1].wait = engines({Engine::Load0});
    expectCycles("load, save", b);
  }
}

TEST(CoreTiming, Conv) {
  {
    ProgramBuilder b(timingArch());
    b.add(Engine::Conv, makeConv(10, 10, 3));
    expectCycles("conv", b);
  }
  {
    ProgramBuilder b(timingArch());
    b.add(Engine::Conv, makeConv(10, 10, 3, /*drain=*/false));
    expectCycles("conv without drain", b);
  }
  {
    ProgramBuilder b(timingArch());
    b.add(Engine::Conv, makeConv(2, 2, 3, /*drain=*/false));
    expectCycles("conv of few pixels", b);
  }
  {
    ProgramBuilder b(timingArch());
    b.add(Engine::Conv, makeConv(2, 2, 3));
    expectCycles("conv of few pixels, drain", b);
  }
  {
    ProgramBuilder b(timingArch());
    isa::Conv conv = makeConv(10, 10, 3);
    conv.dstGroups = 2;
    conv.dstGroupPitch = 100;
    b.add(Engine::Conv, conv);
    expectCycles("conv, two groups", b);
  }
  {
    ProgramBuilder b(timingArch());
    isa::Conv conv = makeConv(10, 10, 3);
    b.add(Engine::Conv, conv);
    conv.psumBank = 1;
    conv.dstBase = 200;
    b.add(Engine::Conv, conv);
    expectCycles("two convs, two banks", b);
  }
  {
    ProgramBuilder b(timingArch());
    isa::Conv conv = makeConv(10, 10, 3);
    b.add(Engine::Conv, conv);
    conv.dstBase = 200;
    b.add(Engine::Conv, conv);
    expectCycles("two convs, one bank", b);
  }
  {
    ProgramBuilder b(timingArch());
    b.add(Engine::Conv, makeConv(10, 10, 3, /*drain=*/false));
    isa::Conv conv = makeConv(10, 10, 3);
    conv.accumulate = true;
    b.add(Engine::Conv, conv);
    expectCycles("conv continued", b);
  }
  {
    // A fully connected layer: ten lists of eight taps on one pixel.
    ProgramBuilder b(timingArch());
    for (unsigned i = 0; i < 10; ++i) {
      isa::Conv conv = makeConv(1, 1, 8);
      conv.psumBank = i % 2;
      b.add(Engine::Conv, conv);
    }
    expectCycles("ten convs of a pixel", b);
  }
  {
    ProgramBuilder b(timingArch());
    for (unsigned i = 0; i < 10; ++i) {
      isa::Conv conv = makeConv(1, 1, 8);
      conv.psumBank = i % 2;
      conv.dstGroups = 2;
      conv.dstGroupPitch = 1;
      b.add(Engine::Conv, conv);
    }
    expectCycles("ten of a pixel, two groups", b);
  }
  {
    ProgramBuilder b(timingArch());
    for (unsigned i = 0; i < 40; ++i) {
      isa::Conv conv = makeConv(1, 1, 1, /*drain=*/i % 4 == 3);
      conv.psumBank = i % 2;
      conv.accumulate = i % 4 != 0;
      b.add(Engine::Conv, conv);
    }
    // The model takes a tap of 16 cycles for each; the Verilog is a little
    // ahead where an instruction of one tap follows another.
    expectCycles("forty of a tap", b, 8);
  }
  {
    ProgramBuilder b(timingArch());
    isa::Conv conv = makeConv(2, 2, 20);
    conv.dstGroups = 2;
    conv.dstGroupPitch = 4;
    b.add(Engine::Conv, conv);
    expectCycles("2x2, two groups", b);
  }
  {
    ProgramBuilder b(timingArch());
    for (unsigned i = 0; i < 10; ++i) {
      isa::Conv conv = makeConv(8, 8, 2);
      conv.psumBank = i % 2;
      b.add(Engine::Conv, conv);
    }
    expectCycles("ten short convs", b);
  }
}

TEST(CoreTiming, Vector) {
  for (unsigned kernel : {1, 3, 5}) {
    ProgramBuilder b(timingArch());
    b.add(Engine::Vector, makeDepthwise(10, 10, kernel));
    expectCycles("depthwise " + std::to_string(kernel), b);
  }
  {
    ProgramBuilder b(timingArch());
    isa::Depthwise op = makeDepthwise(10, 10, 3);
    op.groups = 2;
    b.add(Engine::Vector, op);
    expectCycles("depthwise, two groups", b);
  }
  for (unsigned kernel : {1, 2, 3, 5}) {
    ProgramBuilder b(timingArch());
    b.add(Engine::Vector, makeMaxPool(10, 10, kernel));
    expectCycles("max_pool " + std::to_string(kernel), b);
  }
  {
    ProgramBuilder b(timingArch());
    b.add(Engine::Vector, makeAdd(10, 10));
    expectCycles("add", b);
  }
  {
    ProgramBuilder b(timingArch());
    b.add(Engine::Vector, makeMul(10, 10));
    expectCycles("mul", b);
  }
  {
    ProgramBuilder b(timingArch());
    b.add(Engine::Vector, makeTable(10, 10));
    expectCycles("table", b);
  }
  {
    ProgramBuilder b(timingArch());
    for (int i = 0; i < 20; ++i)
      b.add(Engine::Vector, makeAdd(30, 30));
    expectCycles("twenty adds", b);
  }
  {
    ProgramBuilder b(timingArch());
    for (int i = 0; i < 40; ++i)
      b.add(Engine::Vector, makeAdd(1, 1));
    expectCycles("forty adds of a word", b);
  }
}

TEST(CoreTiming, Engines) {
  {
    ProgramBuilder b(timingArch());
    b.load(Memory::Feature, 0, Region::Input, 0, 64).post =
        engines({Engine::Conv});
    isa::Instruction &conv = b.add(Engine::Conv, makeConv(8, 8, 1));
    conv.wait = engines({Engine::Load0});
    conv.post = engines({Engine::Save});
    b.save(Region::Output, 0, 0, 64).wait = engines({Engine::Conv});
    expectCycles("load, conv, save", b);
  }
  {
    ProgramBuilder b(timingArch());
    for (unsigned tile = 0; tile < 20; ++tile) {
      isa::Instruction *inst =
          &b.load(Memory::Feature, tile % 2 * 256, Region::Input, 0, 256);
      inst->post = engines({Engine::Conv});
      inst->wait = tile >= 2 ? engines({Engine::Conv}) : 0;
      isa::Conv conv = makeConv(16, 16, 9);
      conv.psumBank = tile % 2;
      conv.dstBase = 1024 + tile % 2 * 512;
      inst = &b.add(Engine::Conv, conv);
      inst->wait = engines({Engine::Load0});
      if (tile >= 2)
        inst->wait |= engines({Engine::Save});
      inst->post = engines({Engine::Load0, Engine::Save});
      inst = &b.save(Region::Output, 0, conv.dstBase, 256);
      inst->wait = engines({Engine::Conv});
      inst->post = engines({Engine::Conv});
    }
    expectCycles("twenty tiles", b);
  }
}

} // namespace
