//===- CoreResetTest.cpp - Soft reset of nncc_core ------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// A soft reset at any moment: transactions under way end, and the next job
// leaves the right bytes everywhere.
//
//===----------------------------------------------------------------------===//

#include "CoreBench.h"
#include "Registers.h"
#include "gtest/gtest.h"

using namespace nncc;
using namespace nncc::hw;

namespace {

constexpr unsigned kTimes = 12; ///< that a phase is interrupted

class CoreReset : public ::testing::Test {
protected:
  CoreReset()
      : arch(makeArch("tiny")), after(makeProgram(arch, 88, 60)),
        expected(after, 9), bench(arch, 10), slow(plainDram(bench)) {
    slow.latency = 200;
  }

  uint32_t busy(isa::Engine engine) {
    return bench.core->readRegister(reg::engine(unsigned(engine)) + 4);
  }
  uint32_t finished(isa::Engine engine) {
    return bench.core->readRegister(reg::engine(unsigned(engine)));
  }

  void start(const sim::MachineProgram &program, const DramOptions &options) {
    bench.load(program, options);
    ASSERT_EQ(Driver(*bench.core).start(bench.job), "");
  }

  /// Resets the core; then a program on it is as it should be.
  void resetAndRecover() {
    ASSERT_EQ(Driver(*bench.core).reset(), "");
    EXPECT_TRUE(bench.core->dram().quiet());
    EXPECT_EQ(bench.core->dram().violation(), "");
    bench.load(after.program, randomDram(bench));
    bench.setInput(expected.input);
    ASSERT_EQ(bench.run(), "");
    expected.compare(bench);
  }

  /// Memories are filled, then comes `body`; the reset comes when its engine
  /// has been at it for `from` to `to` cycles.
  void interrupt(isa::Engine engine, isa::Body body, uint32_t from,
                 uint32_t to) {
    isa::Instruction inst;
    inst.engine = engine;
    inst.body = body;
    ASSERT_EQ(isa::verify(inst, arch), "");
    RandomProgram made;
    ASSERT_EQ(makeProgramOf(arch, 99, {inst}, made), "");
    uint32_t before = 0; // instructions of this engine that fill memories
    size_t there = 0;
    for (const isa::Instruction &each : made.program.instructions) {
      before += each.engine == engine;
      there += each.opcode() == inst.opcode() && each.engine == engine;
    }
    ASSERT_GT(there, 0u);
    before -= engine == isa::Engine::Save ? 2 : 1;
    for (unsigned i = 0; i < kTimes; ++i) {
      SCOPED_TRACE(i);
      start(made.program, plainDram(bench));
      unsigned patience = 0;
      uint32_t base = 0;
      for (; finished(engine) < before; ++patience)
        ASSERT_LT(patience, 100000u);
      base = busy(engine);
      uint32_t moment = from + bench.random() % (to - from);
      for (; busy(engine) < base + moment; ++patience)
        ASSERT_LT(patience, 100000u);
      ASSERT_EQ(finished(engine), before) << "too late";
      resetAndRecover();
    }
  }

  isa::Conv conv(uint32_t taps) const {
    isa::Conv op;
    op.tapCount = taps;
    op.srcHeight = op.srcWidth = op.srcRowPitch = 8;
    op.strideY = op.strideX = 1;
    op.height = op.width = op.dstRowPitch = 8;
    op.dstBase = 512;
    op.dstGroups = 1;
    op.drain = true;
    op.clampLo = -128;
    op.clampHi = 127;
    return op;
  }

  ArchConfig arch;
  RandomProgram after;
  Expected expected;
  Bench bench;
  DramOptions slow;
};

} // namespace

// Instructions are on their way, nothing has started.
TEST_F(CoreReset, Fetch) {
  for (unsigned i = 0; i < kTimes; ++i) {
    start(after.program, slow);
    bench.core->run(bench.random() % slow.latency);
    for (unsigned engine = 0; engine < isa::kNumEngines; ++engine)
      ASSERT_EQ(busy(isa::Engine(engine)), 0u);
    EXPECT_FALSE(bench.core->dram().quiet());
    resetAndRecover();
  }
}

TEST_F(CoreReset, Load) {
  for (isa::Engine engine : {isa::Engine::Load0, isa::Engine::Load1}) {
    isa::Load op;
    op.region = isa::Region::Constant;
    op.countX = 200;
    op.countY = 2;
    op.countZ = 1;
    op.localPitchY = 300;
    interrupt(engine, op, 20, 300);
  }
}

TEST_F(CoreReset, LoadWindow) {
  isa::LoadWindow op;
  op.region = isa::Region::Constant;
  op.countX = 40;
  op.countY = 10;
  op.groups = 1;
  op.dramPitchY = 12;
  op.localPitchY = 40;
  op.step = 2;
  op.rowBytes = 90;
  interrupt(isa::Engine::Load1, op, 20, 300);
}

TEST_F(CoreReset, ConvTaps) {
  // 64 pixels and 20 taps are 1280 cycles.
  interrupt(isa::Engine::Conv, conv(20), 10, 1200);
}

TEST_F(CoreReset, ConvDrain) {
  // The only tap takes 64 cycles and its way through the array, the drain as
  // many again.
  interrupt(isa::Engine::Conv, conv(1), 90, 125);
}

TEST_F(CoreReset, Vector) {
  isa::Depthwise op;
  op.srcHeight = op.srcWidth = op.srcRowPitch = 16;
  op.strideY = op.strideX = 1;
  op.kernelH = op.kernelW = 3;
  op.dilationY = op.dilationX = 1;
  op.height = op.width = op.dstRowPitch = 14;
  op.dstBase = 512;
  op.groups = 1;
  op.weightBase = arch.vectorWords / 2;
  op.clampLo = -128;
  op.clampHi = 127;
  interrupt(isa::Engine::Vector, op, 10, 500);
}

TEST_F(CoreReset, Save) {
  isa::Save op;
  op.region = isa::Region::Output;
  op.countX = 400;
  op.countY = op.countZ = 1;
  interrupt(isa::Engine::Save, op, 20, 380);
}

// Transactions are ending after an error.
TEST_F(CoreReset, AfterError) {
  for (unsigned i = 0; i < kTimes; ++i) {
    SCOPED_TRACE(i);
    bench.load(after.program, slow);
    uint64_t address = bench.job.regions[0].address + 1000 + 64 * i;
    bench.core->dram().inject(address, address + 1, Response::SlaveError);
    Driver driver(*bench.core);
    ASSERT_EQ(driver.start(bench.job), "");
    ASSERT_TRUE(driver.poll(kLimit));
    EXPECT_EQ(bench.core->readRegister(reg::kStatus),
              reg::kStatusFailed | reg::kStatusStopping);
    resetAndRecover();
  }
}

// At any moment of a job of everything.
TEST_F(CoreReset, Anywhere) {
  start(after.program, slow);
  bench.core->run(kLimit);
  uint64_t cycles = Driver(*bench.core).counters().cycles;
  unsigned transactions = 0;
  for (unsigned i = 0; i < 60; ++i) {
    SCOPED_TRACE(i);
    start(after.program, slow);
    // Every other time in the save of the feature memory at the end.
    bench.core->run(i % 2 ? cycles * 95 / 100 + bench.random() % (cycles / 20)
                          : bench.random() % cycles);
    transactions += !bench.core->dram().quiet();
    resetAndRecover();
  }
  EXPECT_GT(transactions, 20u);
}
