//===- LoadTest.cpp - nncc_load against the simulator ---------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "../axi/Transfers.h"
#include "Load16x128.h"
#include "Load16x64.h"
#include "Load32x32.h"
#include "Load8x64.h"

using namespace nncc;
using namespace nncc::hw;

namespace {

template <typename Top> struct Shape;
template <> struct Shape<Load8x64> {
  static constexpr unsigned vector = 8, bits = 64;
};
template <> struct Shape<Load16x64> {
  static constexpr unsigned vector = 16, bits = 64;
};
template <> struct Shape<Load16x128> {
  static constexpr unsigned vector = 16, bits = 128;
};
template <> struct Shape<Load32x32> {
  static constexpr unsigned vector = 32, bits = 32;
};

struct Error {
  unsigned code;
  uint32_t number;
  uint32_t address;
};

struct Options {
  AxiBehaviour bus;
  unsigned instValid = 100; ///< percent
  unsigned writeReady = 100;
  unsigned finishReady = 100;
};

/// An engine, its memories and what happened.
template <typename Top> class Bench {
public:
  Bench(std::vector<isa::Instruction> program, const Options &options,
        uint64_t seed)
      : instructions(std::move(program)), options(options),
        memories(transferArch(Shape<Top>::vector, Shape<Top>::bits),
                 instructions, seed),
        slave(memories.dram, {Shape<Top>::bits / 8, 16, 8}, options.bus,
              seed + 1),
        top(seed) {
    top->inst_valid_i = top->lw_ready_i = top->finish_ready_i = 0;
    top->m_axi_rvalid_i = top->m_axi_arready_i = 0;
    top->stop_i = 0;
    memories.setRegions(*top.operator->());
    for (unsigned i = 0; i < 5; ++i)
      local[i].resize(memories.machine->localMemoryBytes(isa::Memory(i)));
    uint64_t words = 0;
    for (const isa::Instruction &inst : instructions)
      wordsUpTo.push_back(words += transferWords(inst));
    top.reset();
  }

  /// One cycle.
  void step() {
    Top &dut = *top.operator->();
    if (!offering && started < instructions.size() &&
        top.chance(options.instValid)) {
      offering = true;
      setInstruction(dut, instructions[started], uint32_t(started) + 100);
    }
    dut.inst_valid_i = offering;
    dut.lw_ready_i = top.chance(options.writeReady);
    dut.finish_ready_i = top.chance(options.finishReady);
    slave.drive(dut);
    top.settle();
    slave.sample(dut);
    if (dut.error_o)
      errors.push_back(
          {dut.error_code_o, dut.error_number_o, dut.error_address_o});
    if (dut.inst_valid_i && dut.inst_ready_o) {
      if (started == 0)
        startCycle = top.cycle;
      ++started;
      offering = false;
    }
    EXPECT_EQ(dut.idle_o,
              dut.stop_i || !errors.empty() ? dut.idle_o : idleExpected());
    if (dut.finish_o && dut.finish_ready_i)
      finish(dut.finish_post_o);
    if (dut.lw_valid_o && dut.lw_ready_i)
      write(dut);
    startedBefore = started;
    top.tick();
  }

  /// Until everything has finished, at most `limit` cycles.
  void run(uint64_t limit = 4000000) {
    while (finished < instructions.size() && limit-- != 0 && errors.empty())
      step();
  }

  void compare() {
    memories.execute();
    ASSERT_EQ(finished, instructions.size());
    EXPECT_TRUE(slave.idle());
    for (unsigned i = 0; i < 5; ++i) {
      const uint8_t *expected = memories.machine->localMemory(isa::Memory(i));
      for (size_t b = 0; b < local[i].size(); ++b)
        ASSERT_EQ(local[i][b], expected[b])
            << "memory " << i << ", word " << b / Shape<Top>::vector
            << ", lane " << b % Shape<Top>::vector;
    }
  }

  std::vector<isa::Instruction> instructions;
  Options options;
  TransferMemories memories;
  AxiReadSlave slave;
  Testbench<Top> top;
  std::vector<uint8_t> local[5];
  std::vector<Error> errors;
  size_t started = 0;
  size_t finished = 0;
  uint64_t words = 0;
  uint64_t startCycle = 0;
  uint64_t lastWriteCycle = 0;
  uint64_t finishCycle = 0;

private:
  // The engine is idle in a cycle when all that it had taken before has
  // finished before.
  bool idleExpected() const { return startedBefore == finished; }

  void finish(unsigned post) {
    ASSERT_LT(finished, instructions.size());
    EXPECT_EQ(post, instructions[finished].post);
    EXPECT_GE(words, wordsUpTo[finished]) << "finished before its writes";
    ++finished;
    finishCycle = top.cycle;
  }

  void write(Top &dut) {
    constexpr unsigned v = Shape<Top>::vector;
    ASSERT_LT(dut.lw_memory_o, 5u);
    size_t at = size_t(dut.lw_addr_o) * v;
    ASSERT_LE(at + v, local[dut.lw_memory_o].size());
    for (unsigned i = 0; i < v; ++i)
      local[dut.lw_memory_o][at + i] =
          uint8_t(getBits(dut.lw_data_o, 8 * i, 8));
    ++words;
    lastWriteCycle = top.cycle;
  }

  bool offering = false;
  size_t startedBefore = 0;
  std::vector<uint64_t> wordsUpTo;
};

template <typename Top> class Load : public testing::Test {};
using Tops = testing::Types<Load8x64, Load16x64, Load16x128, Load32x32>;
TYPED_TEST_SUITE(Load, Tops);

template <typename Top>
std::vector<isa::Instruction> randomProgram(uint64_t seed, unsigned count) {
  TransferGenerator generator(
      transferArch(Shape<Top>::vector, Shape<Top>::bits), seed);
  std::vector<isa::Instruction> program;
  program.reserve(count);
  for (unsigned i = 0; i < count; ++i)
    program.push_back(generator.legal(generator.chance(50)
                                          ? &TransferGenerator::load
                                          : &TransferGenerator::loadWindow));
  return program;
}

Options randomOptions(uint64_t seed) {
  std::mt19937_64 random(seed);
  static const unsigned percents[] = {15, 60, 95, 100};
  Options options;
  options.bus = AxiBehaviour::random(random);
  options.instValid = percents[random() % 4];
  options.writeReady = percents[random() % 4];
  options.finishReady = percents[random() % 4];
  return options;
}

uint64_t seeds() {
  const char *text = std::getenv("NNCC_HW_SEEDS");
  return text ? std::strtoull(text, nullptr, 10) : 12;
}

TYPED_TEST(Load, RandomProgramsMatchTheSimulator) {
  for (uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Bench<TypeParam> bench(randomProgram<TypeParam>(seed, 25),
                           randomOptions(seed), seed);
    bench.run();
    bench.compare();
    EXPECT_TRUE(bench.errors.empty());
    if (testing::Test::HasFailure()) {
      for (size_t i = 0; i < bench.instructions.size(); ++i)
        std::printf("%zu: %s\n", i, isa::print(bench.instructions[i]).c_str());
      return;
    }
  }
}

/// A plain load of `rows` rows of `words` words.
isa::Instruction simpleLoad(unsigned vector, uint32_t words, uint32_t rows = 1,
                            uint32_t pitch = 0) {
  isa::Load op;
  op.countX = words;
  op.countY = rows;
  op.countZ = 1;
  op.dramPitchY = pitch ? pitch : words;
  op.localPitchY = words;
  op.dramOffset = 16 * vector;
  isa::Instruction inst;
  inst.body = op;
  return inst;
}

// Long rows: a beat a cycle with 60 cycles of latency and 8 bursts under way.
TYPED_TEST(Load, LongRowsKeepThePortBusy) {
  constexpr unsigned v = Shape<TypeParam>::vector;
  Options options;
  options.bus.minLatency = options.bus.maxLatency = 60;
  Bench<TypeParam> bench({simpleLoad(v, 2000)}, options, 1);
  bench.run();
  bench.compare();
  uint64_t beats = 2000 * 8 * v / Shape<TypeParam>::bits;
  uint64_t cycles = bench.slave.lastBeatCycle - bench.slave.firstAddressCycle;
  EXPECT_EQ(bench.slave.beats, beats);
  // Each boundary of 4096 bytes can cut a burst short.
  EXPECT_LE(cycles, 60 + beats + beats / 50);
  std::printf("%u bytes, %u bits: start to address %d, %d beats in %d cycles, "
              "last beat to finish %d\n",
              v, Shape<TypeParam>::bits,
              int(bench.slave.firstAddressCycle + 2 - bench.startCycle),
              int(beats), int(cycles),
              int(bench.finishCycle - bench.slave.lastBeatCycle - 2));
}

// Instructions of one row each see the latency once.
TYPED_TEST(Load, InstructionsOverlap) {
  constexpr unsigned v = Shape<TypeParam>::vector;
  Options options;
  options.bus.minLatency = options.bus.maxLatency = 60;
  uint32_t words = 16 * Shape<TypeParam>::bits / 8 / v;
  if (words == 0)
    words = 1;
  std::vector<isa::Instruction> program(40, simpleLoad(v, words));
  Bench<TypeParam> bench(program, options, 1);
  bench.run();
  bench.compare();
  uint64_t cycles = bench.slave.lastBeatCycle - bench.slave.firstAddressCycle;
  EXPECT_LE(cycles, 60 + bench.slave.beats * 115 / 100);
}

// Rows of few bytes that touch make long bursts.
TYPED_TEST(Load, TouchingRowsAreJoined) {
  constexpr unsigned v = Shape<TypeParam>::vector;
  Options options;
  options.bus.minLatency = options.bus.maxLatency = 60;
  Bench<TypeParam> bench({simpleLoad(v, 1, 1500)}, options, 1);
  bench.run();
  bench.compare();
  uint64_t beats = 1500 * 8 * v / Shape<TypeParam>::bits;
  EXPECT_LE(bench.slave.burstCount, beats / 16 + 1 + beats * v / 4096 + 2);
  uint64_t cycles = bench.slave.lastBeatCycle - bench.slave.firstAddressCycle;
  EXPECT_LE(cycles, 60 + beats + beats / 50);
}

// A word a cycle, rows read once for each group.
TYPED_TEST(Load, WindowsFollowEachOtherEveryCycle) {
  constexpr unsigned v = Shape<TypeParam>::vector;
  constexpr unsigned beatBytes = Shape<TypeParam>::bits / 8;
  Options options;
  options.bus.minLatency = options.bus.maxLatency = 20;
  isa::LoadWindow op;
  op.countX = 112;
  op.countY = 9;
  op.groups = 2;
  op.step = beatBytes < 6 ? beatBytes : 6;
  op.start = -6;
  op.rowBytes = 112 * op.step;
  op.dramPitchY = (op.rowBytes + v - 1) / v + 3;
  op.localPitchY = 112;
  op.localPitchZ = 1008;
  op.fill = 7;
  isa::Instruction inst;
  inst.body = op;
  Bench<TypeParam> bench({inst}, options, 3);
  bench.run();
  bench.compare();
  uint64_t words = transferWords(inst);
  uint64_t cycles = bench.lastWriteCycle - bench.startCycle;
  EXPECT_LE(cycles, 60 + words + words / 20);
  std::printf("%d windows in %d cycles\n", int(words), int(cycles));
}

// An error at every beat: it is reported, nothing hangs, nothing is finished
// that has not got all its data.
TYPED_TEST(Load, ErrorAtEveryBeat) {
  std::vector<isa::Instruction> program;
  TransferGenerator generator(
      transferArch(Shape<TypeParam>::vector, Shape<TypeParam>::bits), 5);
  while (program.size() < 5) {
    isa::Instruction inst =
        generator.legal(program.size() % 2 ? &TransferGenerator::loadWindow
                                           : &TransferGenerator::load);
    if (transferWords(inst) > 40)
      continue;
    program.push_back(inst);
  }
  uint64_t beats = 0;
  std::vector<uint64_t> beatsUpTo;
  {
    for (size_t i = 1; i <= program.size(); ++i) {
      Bench<TypeParam> bench({program.begin(), program.begin() + i}, {}, 1);
      bench.run();
      beatsUpTo.push_back(beats = bench.slave.beats);
    }
    ASSERT_GT(beats, 10u);
  }
  for (uint64_t at = 0; at < beats; ++at)
    for (unsigned response : {2u, 3u}) {
      SCOPED_TRACE("beat " + std::to_string(at));
      Options options = randomOptions(at + 1);
      options.bus.errorAt = at;
      options.bus.errorResponse = response;
      Bench<TypeParam> bench(program, options, at + 1);
      bench.run();
      ASSERT_EQ(bench.errors.size(), 1u);
      size_t failed = std::upper_bound(beatsUpTo.begin(), beatsUpTo.end(), at) -
                      beatsUpTo.begin();
      EXPECT_EQ(bench.errors[0].code, response == 2 ? 4u : 5u);
      EXPECT_EQ(bench.errors[0].number, 100 + failed);
      EXPECT_EQ(bench.errors[0].address, uint32_t(*bench.slave.errorAddress));
      bench.top->stop_i = 1;
      uint64_t bursts = bench.slave.burstCount;
      bool offered = bench.top->m_axi_arvalid_o;
      for (unsigned i = 0; i < 20000 && !bench.top->idle_o; ++i)
        bench.step();
      EXPECT_TRUE(bench.top->idle_o);
      EXPECT_TRUE(bench.slave.idle());
      EXPECT_LE(bench.slave.burstCount, bursts + offered);
      EXPECT_LE(bench.finished, failed);
      EXPECT_EQ(bench.errors.size(), 1u);
    }
}

// A stop at any time ends the bursts under way, and a reset makes a fresh
// start.
TYPED_TEST(Load, StopAtAnyTime) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::vector<isa::Instruction> program = randomProgram<TypeParam>(seed, 6);
    Bench<TypeParam> bench(program, randomOptions(seed), seed);
    for (uint64_t i = 0, end = 7 * seed; i < end; ++i)
      bench.step();
    bench.top->stop_i = 1;
    bench.step();
    uint64_t bursts = bench.slave.burstCount;
    bool offered = bench.top->m_axi_arvalid_o;
    for (unsigned i = 0; i < 20000 && !bench.top->idle_o; ++i)
      bench.step();
    EXPECT_TRUE(bench.top->idle_o);
    EXPECT_TRUE(bench.slave.idle());
    EXPECT_LE(bench.slave.burstCount, bursts + offered);
    EXPECT_TRUE(bench.errors.empty());
    bench.top->stop_i = 0;
    bench.top.reset();
    EXPECT_TRUE(bench.top->idle_o);
    EXPECT_FALSE(bench.top->m_axi_arvalid_o);
  }
}

/// Expects error 3 without any access.
template <typename Top>
void expectOutside(const isa::Instruction &inst, uint64_t last) {
  Bench<Top> bench({simpleLoad(Shape<Top>::vector, 5)}, {}, 1);
  bench.run();
  bench.instructions.push_back(inst);
  uint64_t bursts = bench.slave.burstCount;
  for (unsigned i = 0; i < 100; ++i)
    bench.step();
  ASSERT_EQ(bench.errors.size(), 1u);
  EXPECT_EQ(bench.errors[0].code, 3u);
  EXPECT_EQ(bench.errors[0].number, 101u);
  EXPECT_EQ(bench.errors[0].address,
            uint32_t(std::min<uint64_t>(last, 0xffffffffu)));
  EXPECT_EQ(bench.slave.burstCount, bursts);
  EXPECT_EQ(bench.finished, 1u);
  bench.top->stop_i = 1;
  bench.step();
  EXPECT_TRUE(bench.top->idle_o);
}

/// Expects that the whole block is loaded.
template <typename Top> void expectInside(const isa::Instruction &inst) {
  Bench<Top> bench({inst}, {}, 1);
  bench.run();
  EXPECT_TRUE(bench.errors.empty());
  bench.compare();
}

TYPED_TEST(Load, RegionsAreChecked) {
  constexpr unsigned v = Shape<TypeParam>::vector;
  isa::Instruction inst = simpleLoad(v, 4, 2, 10);
  auto &op = std::get<isa::Load>(inst.body);
  op.dramOffset = uint32_t(kRegionBytes) - 14 * v;
  expectInside<TypeParam>(inst);
  op.dramOffset += v;
  expectOutside<TypeParam>(inst, kRegionBytes + v - 1);
  op.dramOffset = 0;
  op.countZ = 4095;
  op.dramPitchZ = 0xfffffff;
  expectOutside<TypeParam>(inst, 4094ull * 0xfffffff * v + 14 * v - 1);
  op.countZ = 1;
  op.countY = 4095;
  op.dramPitchY = 0xffffff;
  expectOutside<TypeParam>(inst, 4094ull * 0xffffff * v + 4 * v - 1);
  op.countY = 1;
  op.dramOffset = 0xffffffffu / v * v;
  expectOutside<TypeParam>(inst, uint64_t(op.dramOffset) + 4 * v - 1);

  isa::LoadWindow window;
  window.countX = 3;
  window.countY = 2;
  window.groups = 2;
  window.step = 5;
  window.start = -3;
  window.rowBytes = 1000;
  window.dramPitchY = 4;
  window.localPitchY = 3;
  window.localPitchZ = 6;
  uint64_t reach = 10 - 3 + 2 * v;
  window.dramOffset = uint32_t(kRegionBytes - 4 * v - (reach + v - 1) / v * v);
  inst.body = window;
  expectInside<TypeParam>(inst);
  window.dramOffset += v;
  inst.body = window;
  expectOutside<TypeParam>(inst, window.dramOffset + 4 * v + reach - 1);
  window.rowBytes = 1; // only byte 0 of the rows is read
  window.dramOffset = uint32_t(kRegionBytes - 5 * v);
  inst.body = window;
  expectInside<TypeParam>(inst);
  window.dramOffset += v;
  inst.body = window;
  expectOutside<TypeParam>(inst, kRegionBytes);
  window.start = 1; // none
  inst.body = window;
  Bench<TypeParam> bench({simpleLoad(v, 1)}, {}, 1);
  bench.instructions[0] = inst;
  bench.run(1000);
  EXPECT_EQ(bench.finished, 1u);
  EXPECT_TRUE(bench.errors.empty());
  EXPECT_EQ(bench.slave.burstCount, 0u);
}

// A region must be aligned to a beat.
TYPED_TEST(Load, RegionsAreAligned) {
  constexpr unsigned v = Shape<TypeParam>::vector;
  for (unsigned odd = 1; odd < Shape<TypeParam>::bits / 8; odd *= 2) {
    Bench<TypeParam> bench({simpleLoad(v, 1)}, {}, 1);
    setBits(bench.top->region_base_i, 0, 40, bench.memories.bases[0] + odd);
    for (unsigned i = 0; i < 50; ++i)
      bench.step();
    ASSERT_EQ(bench.errors.size(), 1u);
    EXPECT_EQ(bench.errors[0].code, 3u);
    EXPECT_EQ(bench.slave.burstCount, 0u);
  }
}

} // namespace
