//===- TimingTests.cpp - Small cases computed by hand ---------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// The configuration: V = 16, O = 32, ports of 8 bytes a cycle, 16 together,
// latency 60, no refresh. The first instruction is asked for in cycle 0, its
// data begins in cycle 60 and takes 8 cycles, nine more and it is in its queue:
// instruction i is there in cycle 77 + 8*i.
//
//===----------------------------------------------------------------------===//

#include "ProgramBuilder.h"
#include "RandomInstructions.h"
#include "nncc/Simulator/InstructionCost.h"
#include "nncc/Simulator/Timing.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <random>

using namespace nncc;
using namespace nncc::sim;
using namespace nncc::sim::test;
using isa::Engine;
using isa::Memory;
using isa::Region;

static ArchConfig makeArch() {
  ArchConfig arch = z7020Arch();
  arch.memoryRefreshInterval = 0;
  return arch;
}

static uint64_t sum(const EngineTiming &timing) {
  return timing.busy + timing.waiting() + timing.done;
}

/// Runs, and checks what holds for every run: all engines account for all
/// cycles, the instructions' shares add up, tokens are given in order.
static TimingResult run(const MachineProgram &program) {
  TimingResult result;
  EXPECT_EQ(TimingModel(program.arch).run(program.instructions, result), "");
  for (const EngineTiming &engine : result.engines)
    EXPECT_EQ(sum(engine), result.cycles);
  uint64_t shares = 0;
  std::array<uint64_t, isa::kNumEngines> last{};
  for (size_t i = 0; i < program.instructions.size(); ++i) {
    const InstructionTiming &timing = result.instructions[i];
    shares += timing.cycles.total();
    EXPECT_LE(timing.start, timing.finish);
    EXPECT_LE(timing.finish, result.cycles);
    uint64_t &before =
        last[static_cast<size_t>(program.instructions[i].engine)];
    EXPECT_LE(before, timing.finish);
    before = timing.finish;
  }
  EXPECT_EQ(shares, result.cycles);
  return result;
}

static const EngineTiming &engine(const TimingResult &result, Engine which) {
  return result.engines[static_cast<size_t>(which)];
}

static uint64_t tokenWait(const TimingResult &result, Engine which,
                          Engine from) {
  return engine(result, which).token[static_cast<size_t>(from)];
}

TEST(Timing, EmptyProgram) {
  EXPECT_EQ(run(ProgramBuilder(makeArch()).program).cycles, 0u);
}

TEST(Timing, Load) {
  ProgramBuilder builder(makeArch());
  builder.load(Memory::Feature, 0, Region::Input, 0, 64);
  TimingResult result = run(builder.program);
  // In the queue at 77, 6 + 60 to the first data, 1024 bytes in 128 cycles, 4.
  EXPECT_EQ(result.instructions[0].start, 77u);
  EXPECT_EQ(result.instructions[0].finish, 77u + 66 + 128 + 4);
  EXPECT_EQ(result.cycles, 275u);
  EXPECT_EQ(result.dramBytesRead, 1024u + 64);
  EXPECT_EQ(result.dramBytesWritten, 0u);
  EXPECT_EQ(engine(result, Engine::Load0).instruction, 77u);
  EXPECT_EQ(engine(result, Engine::Load0).memory, 66u);
  EXPECT_EQ(engine(result, Engine::Load0).busy, 128u);
  EXPECT_EQ(engine(result, Engine::Load0).overhead, 4u);
  EXPECT_EQ(engine(result, Engine::Conv).done, 275u);
}

TEST(Timing, BackToBackLoadsSeeTheLatencyOnce) {
  ProgramBuilder builder(makeArch());
  builder.load(Memory::Feature, 0, Region::Input, 0, 64);
  builder.load(Memory::Feature, 64, Region::Input, 1024, 64);
  TimingResult result = run(builder.program);
  // 8 bursts of 128 bytes may be under way: exactly the first load. The second
  // asks when the first byte has come, at 144, and waits for its turn.
  EXPECT_EQ(result.instructions[1].start, 144u);
  EXPECT_EQ(result.instructions[0].finish, 275u);
  EXPECT_EQ(result.instructions[1].finish, 275u + 128);
}

TEST(Timing, ShortRowsAreLimitedByTheBurstsUnderWay) {
  ProgramBuilder builder(makeArch());
  isa::Load load;
  load.countX = 1; // 16 bytes a row: a burst of two beats
  load.countY = 60;
  load.countZ = 1;
  load.dramPitchY = 4;
  load.localPitchY = 1;
  builder.add(Engine::Load0, load);
  TimingResult result = run(builder.program);
  // 8 bursts of 16 bytes every 60 cycles: 960 bytes take 450 cycles, and one
  // more because a rate is rounded down.
  EXPECT_EQ(result.instructions[0].finish, 77u + 66 + 451 + 4);
}

TEST(Timing, LoadsShareTheMemory) {
  ArchConfig arch = makeArch();
  arch.memoryBytesPerCycle = 8;
  ProgramBuilder builder(arch);
  builder.load(Memory::Feature, 0, Region::Input, 0, 64);
  builder.load(Memory::Feature, 64, Region::Input, 0, 64, Engine::Load1);
  TimingResult result = run(builder.program);
  // The first has data from 143 on, alone until 151: 64 of 1024 bytes. Then
  // both get 4 bytes a cycle: the first has 960 left, 240 cycles, to 391; the
  // second has 64 left, alone: 8 cycles.
  EXPECT_EQ(result.instructions[0].finish, 391u + 4);
  EXPECT_EQ(result.instructions[1].finish, 399u + 4);
  // At its own pace it would have taken 128 cycles.
  EXPECT_EQ(engine(result, Engine::Load0).busy, 128u);
  EXPECT_EQ(engine(result, Engine::Load0).memory, 66u + 248 - 128);
}

TEST(Timing, RefreshStopsTransfers) {
  ArchConfig arch = makeArch();
  arch.memoryRefreshInterval = 200;
  arch.memoryRefreshCycles = 10;
  ProgramBuilder builder(arch);
  builder.load(Memory::Feature, 0, Region::Input, 0, 64);
  // As in Load, with the refresh from 200 to 210 in the middle of the data.
  EXPECT_EQ(run(builder.program).cycles, 285u);
}

TEST(Timing, LoadWindowWritesAWordACycle) {
  ArchConfig arch = makeArch();
  isa::LoadWindow window;
  window.countX = 100;
  window.countY = 2;
  window.groups = 1;
  window.step = 3; // one pixel of three channels
  window.start = -3;
  window.rowBytes = 300;
  isa::Instruction inst;
  inst.body = window;
  // The windows of a row reach bytes -3 to 310, of which 0 to 300 exist: 38
  // beats, three bursts of at most 16.
  TransferCost cost = transferCost(inst, arch);
  EXPECT_EQ(cost.bytes, 2u * 304);
  EXPECT_EQ(cost.bursts, 2u * 3);
  EXPECT_EQ(cost.words, 200u);
  ProgramBuilder builder(arch);
  builder.add(Engine::Load0, window);
  TimingResult result = run(builder.program);
  // 608 bytes would take 76 cycles on the port; 200 words take 200, and one
  // more because a rate is rounded down.
  EXPECT_EQ(result.instructions[0].finish, 77u + 66 + 201 + 4);
}

TEST(Timing, LoadWindowOutsideTheRowsReadsNothing) {
  isa::LoadWindow window;
  window.countX = 5;
  window.countY = 4;
  window.groups = 1;
  window.step = 1;
  window.start = -100;
  window.rowBytes = 300;
  ProgramBuilder builder(makeArch());
  builder.add(Engine::Load1, window);
  TimingResult result = run(builder.program);
  EXPECT_EQ(result.instructions[0].finish, 77u + 6 + 20 + 4);
  EXPECT_EQ(result.dramBytesRead, 64u);
}

TEST(Timing, Save) {
  ProgramBuilder builder(makeArch());
  builder.save(Region::Output, 0, 0, 64);
  TimingResult result = run(builder.program);
  // 6 to the first word, 128 for the data, 60 for the response, 3.
  EXPECT_EQ(result.cycles, 77u + 6 + 128 + 60 + 3);
  EXPECT_EQ(result.dramBytesWritten, 1024u);
}

TEST(Timing, Conv) {
  ProgramBuilder builder(makeArch());
  builder.add(Engine::Conv, makeConv(10, 10, 3));
  TimingResult result = run(builder.program);
  // 2 + 16 until the first block is loaded, three taps of 100 pixels, 12 until
  // the sums are complete, 100 words of drain, 16 until the last is written.
  EXPECT_EQ(result.cycles, 77u + 18 + 300 + 12 + 100 + 16);
  EXPECT_EQ(result.arrayMacs, 3u * 100 * 16 * 32);
  EXPECT_EQ(result.offeredMacs, result.cycles * 16 * 32);
  EXPECT_EQ(engine(result, Engine::Conv).busy, 300u);
  const CycleShares &cycles = result.instructions[0].cycles;
  EXPECT_EQ(cycles.array, 300u);
  EXPECT_EQ(cycles.drain, 100u);
  EXPECT_EQ(cycles.latency, 77u + 18 + 12 + 16);
}

TEST(Timing, ConvOfFewPixelsWaitsForItsWeights) {
  ProgramBuilder builder(makeArch());
  builder.add(Engine::Conv, makeConv(2, 2, 3, /*drain=*/false));
  // A block takes 16 cycles, longer than the 4 pixels of a tap; only the last
  // tap has no block to load behind it.
  EXPECT_EQ(run(builder.program).cycles, 77u + 18 + (16 + 16 + 4) + 12);
}

TEST(Timing, AShortDrainWaitsForItsRecords) {
  ProgramBuilder builder(makeArch());
  isa::Conv conv = makeConv(2, 2, 3);
  conv.dstGroups = 2;
  conv.dstGroupPitch = 4;
  builder.add(Engine::Conv, conv);
  // Four words of the first group, the records of the second 12 cycles after
  // those of the first, four words.
  EXPECT_EQ(run(builder.program).cycles, 77u + 18 + 36 + 12 + (12 + 4) + 16);
}

TEST(Timing, EightConvsAreUnfinishedAtMost) {
  ProgramBuilder builder(makeArch());
  // The first drains for 512 cycles; the others, of a cycle and 16 for their
  // weights, have nothing to wait for but their turn to finish.
  builder.add(Engine::Conv, makeConv(16, 32, 1));
  isa::Conv conv = makeConv(1, 1, 1, /*drain=*/false);
  conv.psumBank = 1;
  for (int i = 0; i < 10; ++i)
    builder.add(Engine::Conv, conv);
  TimingResult result = run(builder.program);
  EXPECT_LT(result.instructions[7].start, result.instructions[0].finish);
  EXPECT_EQ(result.instructions[8].start, result.instructions[0].finish);
}

TEST(Timing, DrainHidesBehindTheNextConv) {
  ProgramBuilder builder(makeArch());
  isa::Conv conv = makeConv(10, 10, 3);
  builder.add(Engine::Conv, conv);
  conv.psumBank = 1;
  conv.dstBase = 200;
  builder.add(Engine::Conv, conv);
  TimingResult result = run(builder.program);
  // The first accumulates from 95 to 395 and drains from 407 to 507. The second
  // starts with the last tap of the first, 295, has its block at 313 and
  // accumulates from 395 to 695.
  EXPECT_EQ(result.instructions[0].finish, 523u);
  EXPECT_EQ(result.instructions[1].start, 295u);
  EXPECT_EQ(result.instructions[1].finish, 695u + 12 + 100 + 16);
  EXPECT_EQ(engine(result, Engine::Conv).busy, 600u);
}

TEST(Timing, ABankIsTakenUntilItsDrainHasFinished) {
  ProgramBuilder builder(makeArch());
  isa::Conv conv = makeConv(10, 10, 3);
  builder.add(Engine::Conv, conv);
  conv.dstBase = 200;
  builder.add(Engine::Conv, conv);
  TimingResult result = run(builder.program);
  // As above, but the second starts at 523, when the first has finished.
  EXPECT_EQ(result.instructions[1].start, 523u);
  EXPECT_EQ(result.instructions[1].finish, 523u + 18 + 300 + 12 + 100 + 16);
  // From the last pixel of the first: until its drain is over, and the
  // pipeline.
  EXPECT_EQ(engine(result, Engine::Conv).drain, 112u + 112);
}

TEST(Timing, SumsThatAreContinuedWaitForNothing) {
  ProgramBuilder builder(makeArch());
  builder.add(Engine::Conv, makeConv(10, 10, 3, /*drain=*/false));
  isa::Conv conv = makeConv(10, 10, 3);
  conv.accumulate = true;
  builder.add(Engine::Conv, conv);
  TimingResult result = run(builder.program);
  EXPECT_EQ(result.cycles, 95u + 600 + 12 + 100 + 16);
}

TEST(Timing, AFenceWaitsForAllEarlierInstructions) {
  ProgramBuilder builder(makeArch());
  isa::Conv conv = makeConv(10, 10, 1);
  builder.add(Engine::Conv, conv);
  conv.psumBank = 1;
  builder.add(Engine::Conv, conv).fence = true;
  builder.load(Memory::Feature, 0, Region::Input, 0, 4);
  builder.load(Memory::Feature, 0, Region::Input, 0, 4).fence = true;
  TimingResult result = run(builder.program);
  EXPECT_EQ(result.instructions[0].finish, 95u + 100 + 12 + 100 + 16);
  EXPECT_EQ(result.instructions[1].start, result.instructions[0].finish);
  EXPECT_EQ(result.instructions[3].start, result.instructions[2].finish);
}

TEST(Timing, TokensAreGivenInOrder) {
  ProgramBuilder builder(makeArch());
  builder.add(Engine::Conv, makeConv(10, 10, 1));
  isa::Conv conv = makeConv(1, 1, 1, /*drain=*/false);
  conv.psumBank = 1;
  builder.add(Engine::Conv, conv);
  TimingResult result = run(builder.program);
  // The second is complete long before the first is drained.
  EXPECT_EQ(result.instructions[0].finish, 95u + 100 + 12 + 100 + 16);
  EXPECT_EQ(result.instructions[1].finish, result.instructions[0].finish);
}

TEST(Timing, Depthwise) {
  ProgramBuilder builder(makeArch());
  isa::Depthwise op = makeDepthwise(10, 10, 3);
  op.groups = 2;
  builder.add(Engine::Vector, op);
  TimingResult result = run(builder.program);
  // 4 to start, 8 words of records for each group, 3 rows of 3 columns, which
  // take a cycle each, for 200 words, and 14 + 2 in the pipeline.
  EXPECT_EQ(result.cycles, 77u + 4 + 16 + 600 + 16);
  EXPECT_EQ(engine(result, Engine::Vector).busy, 616u);
  EXPECT_EQ(result.instructions[0].cycles.vector, 616u);
}

TEST(Timing, VectorOperations) {
  ArchConfig arch = makeArch();
  auto cycles = [&](isa::Body body) {
    isa::Instruction inst;
    inst.body = body;
    return vectorCycles(inst, arch, 8);
  };
  // 5 columns take two cycles.
  EXPECT_EQ(cycles(makeMaxPool(10, 10, 5)), 100u * 5 * 2);
  EXPECT_EQ(cycles(makeMaxPool(10, 10, 1)), 100u);
  EXPECT_EQ(cycles(makeAdd(10, 10)), 100u);
  EXPECT_EQ(cycles(makeMul(10, 10)), 100u);
  EXPECT_EQ(cycles(makeTable(10, 10)), 100u + 16);
}

TEST(Timing, TokensOrderEngines) {
  ProgramBuilder builder(makeArch());
  builder.load(Memory::Feature, 0, Region::Input, 0, 64).post =
      engines({Engine::Conv});
  isa::Instruction &conv = builder.add(Engine::Conv, makeConv(8, 8, 1));
  conv.wait = engines({Engine::Load0});
  conv.post = engines({Engine::Save});
  builder.save(Region::Output, 0, 0, 64).wait = engines({Engine::Conv});
  TimingResult result = run(builder.program);
  EXPECT_EQ(result.instructions[0].finish, 275u);
  EXPECT_EQ(result.instructions[1].start, 275u);
  uint64_t convFinish = 275 + 18 + 64 + 12 + 64 + 16;
  EXPECT_EQ(result.instructions[1].finish, convFinish);
  EXPECT_EQ(result.instructions[2].start, convFinish);
  EXPECT_EQ(result.cycles, convFinish + 6 + 128 + 60 + 3);
  // The convolution is in its queue at 85.
  EXPECT_EQ(tokenWait(result, Engine::Conv, Engine::Load0), 275u - 85);
  EXPECT_EQ(tokenWait(result, Engine::Save, Engine::Conv), convFinish - 93);
  // Nothing computes after the convolution: those cycles are the save's.
  EXPECT_EQ(result.instructions[2].cycles.memory, 128u);
}

TEST(Timing, AFullCounterHoldsTheProducer) {
  ArchConfig arch = makeArch();
  arch.tokenLimit = 1;
  ProgramBuilder builder(arch);
  for (int i = 0; i < 3; ++i) {
    builder.load(Memory::Feature, 0, Region::Input, 0, 1).post =
        engines({Engine::Conv});
    isa::Conv conv = makeConv(20, 20, 2);
    conv.psumBank = i % 2;
    builder.add(Engine::Conv, conv).wait = engines({Engine::Load0});
  }
  TimingResult result = run(builder.program);
  // The second load's token is taken when the second convolution starts; only
  // then is there room for the third's.
  EXPECT_EQ(result.instructions[4].finish, result.instructions[3].start);
  EXPECT_GT(tokenWait(result, Engine::Load0, Engine::Conv), 0u);
}

TEST(Timing, AFullQueueHoldsTheInstructionsBehindIt) {
  ArchConfig arch = makeArch();
  arch.queueDepth = 2;
  ProgramBuilder builder(arch);
  for (int i = 0; i < 4; ++i)
    builder.add(Engine::Conv, makeConv(20, 20, 4));
  builder.load(Memory::Feature, 0, Region::Input, 0, 1);
  TimingResult result = run(builder.program);
  // The first convolution works, two are in the queue. The fourth gets its
  // place when the second starts; the check of the load follows, 6 cycles.
  EXPECT_EQ(result.instructions[4].start, result.instructions[1].start + 6);
}

TEST(Timing, FetchRunsAheadOnlyAsFarAsItsBuffer) {
  ArchConfig arch = makeArch();
  arch.queueDepth = 2;
  ProgramBuilder builder(arch);
  for (int i = 0; i < 40; ++i)
    builder.add(Engine::Vector, makeAdd(30, 30));
  TimingResult result = run(builder.program);
  // Each takes 4 + 900 + 18 cycles: fetching is hidden behind them.
  EXPECT_EQ(result.cycles, 77u + 40 * 922);
  EXPECT_EQ(result.dramBytesRead, 40u * 64);
}

TEST(Timing, AnUnmatchedWaitIsReported) {
  ProgramBuilder builder(makeArch());
  builder.load(Memory::Feature, 0, Region::Input, 0, 1);
  builder.add(Engine::Conv, makeConv(1, 1, 1)).wait = engines({Engine::Load1});
  TimingResult result;
  EXPECT_EQ(TimingModel(builder.program.arch)
                .run(builder.program.instructions, result),
            "the program never ends: instruction 1 (conv) waits for a token of "
            "load1 that never comes");
}

/// A pipeline of tiles as the compiler makes it; also what the model makes of
/// it in total.
TEST(Timing, DoubleBufferedTilesKeepTheArrayBusy) {
  ArchConfig arch = makeArch();
  ProgramBuilder builder(arch);
  constexpr unsigned tiles = 50;
  std::vector<uint32_t> layers;
  for (unsigned tile = 0; tile < tiles; ++tile) {
    isa::Instruction *inst =
        &builder.load(Memory::Feature, tile % 2 * 256, Region::Input, 0, 256);
    inst->post = engines({Engine::Conv});
    inst->wait = tile >= 2 ? engines({Engine::Conv}) : 0;
    isa::Conv conv = makeConv(16, 16, 9);
    conv.psumBank = tile % 2;
    conv.dstBase = 1024 + tile % 2 * 512;
    inst = &builder.add(Engine::Conv, conv);
    inst->wait = engines({Engine::Load0});
    if (tile >= 2)
      inst->wait |= engines({Engine::Save});
    inst->post = engines({Engine::Load0, Engine::Save});
    inst = &builder.save(Region::Output, 0, conv.dstBase, 256);
    inst->wait = engines({Engine::Conv});
    inst->post = engines({Engine::Conv});
    layers.insert(layers.end(), 3, tile < tiles / 2 ? 0u : 1u);
  }
  TimingResult result = run(builder.program);
  uint64_t array = uint64_t(tiles) * 9 * 256;
  EXPECT_EQ(engine(result, Engine::Conv).busy, array);
  // Everything else is the way in and the way out: a load of 512 cycles, a
  // drain, a save of 512 cycles and the latencies.
  EXPECT_LT(result.cycles, array + 2000);

  std::vector<LayerTiming> summary =
      summarizeLayers(builder.program.instructions, result, arch, layers, 3);
  EXPECT_EQ(summary[0].cycles.total() + summary[1].cycles.total(),
            result.cycles);
  EXPECT_EQ(summary[0].arrayMacs + summary[1].arrayMacs, result.arrayMacs);
  EXPECT_STREQ(summary[0].cycles.limiter(), "array");
  EXPECT_EQ(summary[2].cycles.total(), 0u);
  EXPECT_STREQ(summary[2].cycles.limiter(), "none");
}

/// Gives the instructions tokens, legal in program order, and fences by chance.
static void addRandomTokens(MachineProgram &program, uint32_t seed) {
  std::mt19937 random(seed);
  uint32_t counters[isa::kNumEngines][isa::kNumEngines] = {};
  for (isa::Instruction &inst : program.instructions) {
    auto self = static_cast<unsigned>(inst.engine);
    inst.fence = random() % 4 == 0;
    for (unsigned other = 0; other < isa::kNumEngines; ++other) {
      if (other == self)
        continue;
      if (counters[other][self] != 0 && random() % 2) {
        --counters[other][self];
        inst.wait |= static_cast<uint8_t>(1u << other);
      }
      if (counters[self][other] != program.arch.tokenLimit && random() % 2) {
        ++counters[self][other];
        inst.post |= static_cast<uint8_t>(1u << other);
      }
    }
  }
}

TEST(Timing, LegalProgramsEndWhateverTheSizes) {
  for (uint32_t seed = 0; seed < 60; ++seed) {
    ArchConfig arch = tinyArch(8u << seed % 3, 1u << seed % 2);
    arch.queueDepth = 2 + seed % 3;
    arch.tokenLimit = 1 + seed % 4;
    arch.axiOutstanding = 1 + seed % 5;
    arch.axiDataBits = 32u << seed % 2;
    arch.memoryBytesPerCycle = 1 + seed % 20;
    arch.memoryRefreshInterval = seed % 2 ? 100 : 0;
    ASSERT_EQ(arch.verify(), "");
    MachineProgram program = makeRandomProgram(arch, seed, 300);
    addRandomTokens(program, seed);
    std::unique_ptr<Machine> machine;
    ASSERT_EQ(Machine::create(program, {}, machine), "");
    run(program);
  }
}
