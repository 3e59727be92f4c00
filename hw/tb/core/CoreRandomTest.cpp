//===- CoreRandomTest.cpp - Random programs on nncc_core ------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Random legal programs on the simulator and on the Verilog: the same bytes in
// DRAM and in every local memory, whatever memory and bus do, whatever the
// design leaves undefined after power-up, whatever ran before, and whether
// parts without work have a clock.
// NNCC_CORE_SEEDS=<first>-<last> runs others than the usual programs,
// NNCC_CORE_ENGINES=<mask> leaves engines out.
//
//===----------------------------------------------------------------------===//

#include "CoreBench.h"
#include "Registers.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ostream>

using namespace nncc;
using namespace nncc::hw;

namespace nncc::hw {
/// What GoogleTest calls a parameter.
static void PrintTo(const CoreModel &model, std::ostream *out) {
  *out << model.arch;
}
} // namespace nncc::hw

namespace {

constexpr uint64_t kFirstSeed = 1, kLastSeed = 100;

/// Instructions beyond those that fill the memories. Filling large ones takes
/// most of the time.
unsigned countOf(const ArchConfig &arch) {
  return arch.featureWords <= 4096 ? 150 : 60;
}

std::vector<uint64_t> allCounts(const JobCounters &counters) {
  std::vector<uint64_t> all = {counters.cycles};
  all.insert(all.end(), counters.beats.begin(), counters.beats.end());
  for (const JobCounters::Engine &engine : counters.engines) {
    all.insert(all.end(), {engine.finished, engine.busy, engine.empty});
    all.insert(all.end(), engine.token.begin(), engine.token.end());
  }
  return all;
}

class CoreRandom : public ::testing::TestWithParam<CoreModel> {
protected:
  CoreRandom() : arch(makeArch(GetParam().arch)) {}

  RandomProgram program(uint64_t seed) {
    return makeProgram(arch, seed, countOf(arch));
  }

  void runSeed(uint64_t seed) {
    RandomProgram made = program(seed);
    Expected expected(made, seed);
    Bench bench(arch, seed);
    bench.load(made.program,
               seed % 3 == 0 ? plainDram(bench) : randomDram(bench));
    bench.setInput(expected.input);
    EXPECT_EQ(bench.run(), "");
    expected.compare(bench);
  }

  ArchConfig arch;
};

std::string nameOf(const ::testing::TestParamInfo<CoreModel> &info) {
  return info.param.arch;
}

} // namespace

TEST_P(CoreRandom, Programs) {
  uint64_t first = kFirstSeed, last = kLastSeed;
  if (const char *text = std::getenv("NNCC_CORE_SEEDS"))
    // No seed has 20 digits.
    // NOLINTNEXTLINE(bugprone-unchecked-string-to-number-conversion)
    ASSERT_EQ(std::sscanf(text, "%lu-%lu", &first, &last), 2)
        << "NNCC_CORE_SEEDS: expected <first>-<last>, got " << text;
  std::printf("%s: seeds %lu to %lu\n", GetParam().arch, first, last);
  for (uint64_t seed = first; seed <= last && !HasFailure(); ++seed) {
    SCOPED_TRACE("again: NNCC_CORE_SEEDS=" + std::to_string(seed) + "-" +
                 std::to_string(seed) +
                 " HWCoreTests --gtest_filter='*CoreRandom.Programs/" +
                 GetParam().arch + "'");
    runSeed(seed);
  }
}

// Neither bytes nor cycles depend on what registers and memories hold after
// power-up. Seed 0 is zeros.
TEST_P(CoreRandom, PowerUp) {
  for (uint64_t seed = 2001; seed <= 2003; ++seed) {
    RandomProgram made = program(seed);
    Expected expected(made, seed);
    uint64_t cycles = 0;
    for (uint64_t values = 0; values <= 6; ++values) {
      SCOPED_TRACE("program " + std::to_string(seed) + ", power-up " +
                   std::to_string(values));
      Bench bench(arch, values);
      bench.random.seed(seed); // the same addresses
      bench.load(made.program, plainDram(bench));
      bench.setInput(expected.input);
      ASSERT_EQ(bench.run(), "");
      expected.compare(bench);
      uint64_t counted = Driver(*bench.core).counters().cycles;
      if (values == 0)
        cycles = counted;
      EXPECT_EQ(counted, cycles);
    }
  }
}

// Parts that sleep change neither bytes nor what any counter says.
TEST_P(CoreRandom, Sleep) {
  for (uint64_t seed = 3001; seed <= 3020; ++seed) {
    SCOPED_TRACE(seed);
    RandomProgram made = program(seed);
    Expected expected(made, seed);
    std::vector<uint64_t> counts[2];
    for (bool sleep : {false, true}) {
      Bench bench(arch, seed);
      bench.core->setSleep(sleep);
      bench.load(made.program, randomDram(bench));
      bench.setInput(expected.input);
      ASSERT_EQ(bench.run(), "");
      expected.compare(bench);
      counts[sleep] = allCounts(Driver(*bench.core).counters());
    }
    EXPECT_EQ(counts[0], counts[1]);
  }
}

// One job after the other, with other programs, without a reset between them:
// each leaves what it leaves on a new core. Tokens that a job leaves behind are
// no more there in the next.
TEST_P(CoreRandom, JobsInARow) {
  Bench bench(arch, 5);
  unsigned jobs = std::min(arch.tokenLimit + 3, 18u);
  for (unsigned i = 0; i < jobs; ++i) {
    SCOPED_TRACE(i);
    RandomProgram made = makeProgram(arch, 500 + i, 40);
    made.program.instructions.back().post |= 0xf; // the save's, to all others
    Expected expected(made, i);
    bench.load(made.program, plainDram(bench));
    bench.setInput(expected.input);
    ASSERT_EQ(bench.run(), "");
    EXPECT_EQ(bench.core->readRegister(reg::kJob), i + 1);
    expected.compare(bench);
  }
}

// Both loads fill one memory at the same time: it takes one word a cycle, and
// none is lost.
TEST_P(CoreRandom, TwoLoadsOfAMemory) {
  constexpr uint32_t kWords = 24;
  std::vector<isa::Instruction> loads;
  for (isa::Memory memory :
       {isa::Memory::Weight, isa::Memory::Cparam, isa::Memory::Vparam})
    for (uint32_t i = 0; i < 2; ++i) {
      isa::Load load;
      load.memory = memory;
      load.region = isa::Region::Constant;
      load.dramOffset = (i + 1) * kWords * arch.vector;
      load.localBase = i * kWords;
      load.countX = kWords;
      load.countY = load.countZ = 1;
      isa::Instruction inst;
      inst.engine = i ? isa::Engine::Load1 : isa::Engine::Load0;
      inst.body = load;
      loads.push_back(inst);
    }
  RandomProgram made;
  ASSERT_EQ(makeProgramOf(arch, 7, loads, made), "");
  Expected expected(made, 7);
  for (unsigned stalls : {0, 20, 50}) {
    SCOPED_TRACE(stalls);
    Bench bench(arch, stalls);
    DramOptions options = plainDram(bench);
    options.bytesPerCycle = 2 * options.beatBytes; // a beat for each of them
    options.stallPercent = stalls;
    bench.load(made.program, options);
    bench.setInput(expected.input);
    ASSERT_EQ(bench.run(), "");
    expected.compare(bench);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, CoreRandom, ::testing::ValuesIn(coreModels()),
                         nameOf);
