//===- SaveTest.cpp - nncc_save against the simulator ---------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "../axi/Transfers.h"
#include "Save16x128.h"
#include "Save16x64.h"
#include "Save32x32.h"
#include "Save8x64.h"

using namespace nncc;
using namespace nncc::hw;

namespace {

template <typename Top> struct Shape;
template <> struct Shape<Save8x64> {
  static constexpr unsigned vector = 8, bits = 64;
};
template <> struct Shape<Save16x64> {
  static constexpr unsigned vector = 16, bits = 64;
};
template <> struct Shape<Save16x128> {
  static constexpr unsigned vector = 16, bits = 128;
};
template <> struct Shape<Save32x32> {
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
  unsigned grant = 100;
  unsigned finishReady = 100;
};

/// Loads the whole feature memory, so that the machine has something to save.
isa::Instruction fillFeatures(const ArchConfig &arch) {
  isa::Load op;
  op.memory = isa::Memory::Feature;
  op.region = isa::Region::Constant;
  op.countX = arch.featureWords;
  op.countY = op.countZ = 1;
  isa::Instruction inst;
  inst.engine = isa::Engine::Load0;
  inst.body = op;
  return inst;
}

/// An engine, its memories and what happened.
template <typename Top> class Bench {
public:
  Bench(std::vector<isa::Instruction> program, const Options &options,
        uint64_t seed)
      : instructions(std::move(program)), options(options),
        arch(transferArch(Shape<Top>::vector, Shape<Top>::bits)),
        memories(arch, withFill(), seed),
        slave(memories.dram, {Shape<Top>::bits / 8, 16, 8}, options.bus,
              seed + 1),
        top(seed) {
    top->inst_valid_i = top->fm_gnt_i = top->fm_valid_i = 0;
    top->finish_ready_i = top->stop_i = 0;
    top->m_axi_bvalid_i = top->m_axi_awready_i = top->m_axi_wready_i = 0;
    memories.setRegions(*top.operator->());
    EXPECT_EQ(memories.machine->execute(0), "");
    top.reset();
  }

  void step() {
    Top &dut = *top.operator->();
    if (!offering && started < instructions.size() &&
        top.chance(options.instValid)) {
      offering = true;
      setInstruction(dut, instructions[started], uint32_t(started) + 100);
    }
    dut.inst_valid_i = offering;
    dut.finish_ready_i = top.chance(options.finishReady);
    dut.fm_gnt_i = 0;
    dut.fm_valid_i = reads[1].has_value();
    for (unsigned i = 0; i < Shape<Top>::vector; ++i)
      setBits(dut.fm_data_i, 8 * i, 8,
              reads[1] ? featureByte(*reads[1], i) : uint8_t(top.random()));
    slave.drive(dut);
    top.settle();
    // A grant answers a request in the same cycle.
    if (dut.fm_req_o && top.chance(options.grant)) {
      dut.fm_gnt_i = 1;
      top.settle();
    }
    if (requested && !dut.stop_i && errors.empty()) {
      EXPECT_TRUE(dut.fm_req_o) << "request withdrawn";
      EXPECT_EQ(dut.fm_addr_o, requestedAddress);
    }
    requested = dut.fm_req_o && !dut.fm_gnt_i;
    requestedAddress = dut.fm_addr_o;
    reads[1] = reads[0];
    reads[0].reset();
    if (dut.fm_req_o && dut.fm_gnt_i) {
      EXPECT_LT(dut.fm_addr_o, arch.featureWords);
      reads[0] = dut.fm_addr_o;
    }
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
    if (!dut.stop_i && errors.empty())
      EXPECT_EQ(dut.idle_o, startedBefore == finished);
    if (dut.finish_o && dut.finish_ready_i) {
      ASSERT_LT(finished, instructions.size());
      EXPECT_EQ(dut.finish_post_o, instructions[finished].post);
      if (checkFinish)
        checkWritten(finished);
      ++finished;
      finishCycle = top.cycle;
    }
    startedBefore = started;
    top.tick();
  }

  void run(uint64_t limit = 4000000) {
    while (finished < instructions.size() && limit-- != 0 && errors.empty())
      step();
  }

  void compare() {
    for (size_t i = executed; i < instructions.size(); ++i)
      ASSERT_EQ(memories.machine->execute(i + 1), "");
    ASSERT_EQ(finished, instructions.size());
    EXPECT_TRUE(slave.idle());
    EXPECT_EQ(slave.emptyBeats, 0u);
    for (isa::Region region : {isa::Region::Output, isa::Region::Workspace,
                               isa::Region::Constant, isa::Region::Input})
      ASSERT_TRUE(memories.actualRegion(region) ==
                  memories.expectedRegion(region))
          << isa::toString(region);
  }

  std::vector<isa::Instruction> instructions;
  Options options;
  ArchConfig arch;
  TransferMemories memories;
  AxiWriteSlave slave;
  Testbench<Top> top;
  std::vector<Error> errors;
  size_t started = 0;
  size_t finished = 0;
  uint64_t startCycle = 0;
  uint64_t finishCycle = 0;
  bool checkFinish = false;

private:
  std::vector<isa::Instruction> withFill() const {
    std::vector<isa::Instruction> all = instructions;
    all.insert(all.begin(), fillFeatures(arch));
    return all;
  }

  uint8_t featureByte(uint32_t word, unsigned lane) const {
    return memories.machine->localMemory(
        isa::Memory::Feature)[size_t(word) * Shape<Top>::vector + lane];
  }

  /// What a finished save has written is in memory. For programs whose saves
  /// do not overlap.
  void checkWritten(size_t index) {
    ASSERT_EQ(memories.machine->execute(index + 1), "");
    executed = index + 1;
    const auto &op = std::get<isa::Save>(instructions[index].body);
    std::vector<uint8_t> expected = memories.expectedRegion(op.region);
    std::vector<uint8_t> actual = memories.actualRegion(op.region);
    uint64_t rowBytes = uint64_t(op.countX) * arch.vector;
    for (uint32_t z = 0; z < op.countZ; ++z)
      for (uint32_t y = 0; y < op.countY; ++y) {
        uint64_t at = op.dramOffset +
                      uint64_t(arch.vector) * (uint64_t(z) * op.dramPitchZ +
                                               uint64_t(y) * op.dramPitchY);
        ASSERT_TRUE(std::equal(expected.begin() + at,
                               expected.begin() + at + rowBytes,
                               actual.begin() + at))
            << "finished before its writes";
      }
  }

  bool offering = false;
  bool requested = false;
  uint32_t requestedAddress = 0;
  size_t startedBefore = 0;
  size_t executed = 0;
  std::optional<uint32_t> reads[2]; ///< granted one and two cycles ago
};

template <typename Top> class Save : public testing::Test {};
using Tops = testing::Types<Save8x64, Save16x64, Save16x128, Save32x32>;
TYPED_TEST_SUITE(Save, Tops);

template <typename Top>
std::vector<isa::Instruction> randomProgram(uint64_t seed, unsigned count) {
  TransferGenerator generator(
      transferArch(Shape<Top>::vector, Shape<Top>::bits), seed);
  std::vector<isa::Instruction> program;
  program.reserve(count);
  for (unsigned i = 0; i < count; ++i)
    program.push_back(generator.legal(&TransferGenerator::save));
  return program;
}

Options randomOptions(uint64_t seed) {
  std::mt19937_64 random(seed);
  static const unsigned percents[] = {15, 60, 95, 100};
  Options options;
  options.bus = AxiBehaviour::random(random);
  options.instValid = percents[random() % 4];
  options.grant = percents[random() % 4];
  options.finishReady = percents[random() % 4];
  return options;
}

uint64_t seeds() {
  const char *text = std::getenv("NNCC_HW_SEEDS");
  return text ? std::strtoull(text, nullptr, 10) : 12;
}

TYPED_TEST(Save, RandomProgramsMatchTheSimulator) {
  for (uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Bench<TypeParam> bench(randomProgram<TypeParam>(seed, 20),
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

isa::Instruction simpleSave(unsigned vector, uint32_t offsetWords,
                            uint32_t words, uint32_t rows = 1,
                            uint32_t pitch = 0) {
  isa::Save op;
  op.region = isa::Region::Output;
  op.countX = words;
  op.countY = rows;
  op.countZ = 1;
  op.dramPitchY = pitch ? pitch : words;
  op.localPitchY = words;
  op.dramOffset = offsetWords * vector;
  isa::Instruction inst;
  inst.engine = isa::Engine::Save;
  inst.body = op;
  return inst;
}

// A save finishes when the memory has answered, and not before.
TYPED_TEST(Save, FinishedMeansAnswered) {
  constexpr unsigned v = Shape<TypeParam>::vector;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Options options = randomOptions(seed);
    std::vector<isa::Instruction> program;
    program.reserve(12);
    for (unsigned i = 0; i < 12; ++i)
      program.push_back(simpleSave(v, 90 * i, 1 + (i * 7) % 30, 1 + i % 3));
    Bench<TypeParam> bench(program, options, seed);
    bench.checkFinish = true;
    bench.run();
    bench.compare();
    EXPECT_EQ(bench.slave.answered, bench.slave.burstCount);
  }
}

TYPED_TEST(Save, LongRowsKeepThePortBusy) {
  constexpr unsigned v = Shape<TypeParam>::vector;
  Options options;
  options.bus.minLatency = options.bus.maxLatency = 60;
  for (uint32_t words : {2000u, 1u}) {
    // One long row, or many short ones that touch.
    Bench<TypeParam> bench({simpleSave(v, 3, words, 2000 / words)}, options, 1);
    bench.run();
    bench.compare();
    uint64_t beats = 2000 * 8 * v / Shape<TypeParam>::bits;
    EXPECT_EQ(bench.slave.beats, beats);
    uint64_t cycles = bench.slave.lastBeatCycle + 2 - bench.startCycle;
    EXPECT_LE(cycles, 20 + beats + beats / 50);
    std::printf("%u bytes, %u bits: start to address %d, %d beats, %d cycles "
                "from start to last beat, finish %d after the last answer\n",
                v, Shape<TypeParam>::bits,
                int(bench.slave.firstAddressCycle + 2 - bench.startCycle),
                int(beats), int(cycles),
                int(bench.finishCycle - bench.slave.lastAnswerCycle - 2));
  }
}

TYPED_TEST(Save, InstructionsOverlap) {
  constexpr unsigned v = Shape<TypeParam>::vector;
  constexpr unsigned bits = Shape<TypeParam>::bits;
  Options options;
  options.bus.minLatency = options.bus.maxLatency = 60;
  uint32_t words = 48 * bits / 8 / v;
  std::vector<isa::Instruction> program(20, simpleSave(v, 0, words));
  Bench<TypeParam> bench(program, options, 1);
  bench.run();
  bench.compare();
  uint64_t cycles = bench.slave.lastBeatCycle - bench.slave.firstAddressCycle;
  EXPECT_LE(cycles, 20 + bench.slave.beats * 115 / 100);
}

TYPED_TEST(Save, ErrorAtEveryBurst) {
  constexpr unsigned v = Shape<TypeParam>::vector;
  std::vector<isa::Instruction> program;
  program.reserve(6);
  for (unsigned i = 0; i < 6; ++i)
    program.push_back(simpleSave(v, 90 * i, 10 + i, 3, 20));
  std::vector<uint64_t> burstsUpTo;
  for (size_t i = 1; i <= program.size(); ++i) {
    Bench<TypeParam> bench({program.begin(), program.begin() + i}, {}, 1);
    bench.run();
    burstsUpTo.push_back(bench.slave.burstCount);
  }
  for (uint64_t at = 0; at < burstsUpTo.back(); ++at)
    for (unsigned response : {2u, 3u}) {
      SCOPED_TRACE("burst " + std::to_string(at));
      Options options = randomOptions(at + 1);
      options.bus.errorAt = at;
      options.bus.errorResponse = response;
      // The regions lie elsewhere with another seed, and bursts end elsewhere.
      Bench<TypeParam> bench(program, options, 1);
      bench.run();
      ASSERT_EQ(bench.errors.size(), 1u);
      size_t failed =
          std::upper_bound(burstsUpTo.begin(), burstsUpTo.end(), at) -
          burstsUpTo.begin();
      EXPECT_EQ(bench.errors[0].code, response == 2 ? 6u : 7u);
      EXPECT_EQ(bench.errors[0].number, 100 + failed);
      EXPECT_EQ(bench.errors[0].address, uint32_t(*bench.slave.errorAddress));
      bench.top->stop_i = 1;
      uint64_t bursts = bench.slave.burstCount;
      bool offered = bench.top->m_axi_awvalid_o;
      for (unsigned i = 0; i < 20000 && !bench.top->idle_o; ++i)
        bench.step();
      EXPECT_TRUE(bench.top->idle_o);
      EXPECT_TRUE(bench.slave.idle());
      EXPECT_LE(bench.slave.burstCount, bursts + offered);
      EXPECT_LE(bench.finished, failed);
      EXPECT_EQ(bench.errors.size(), 1u);
    }
}

TYPED_TEST(Save, StopAtAnyTime) {
  uint64_t empty = 0;
  for (uint64_t seed = 1; seed <= 80; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Bench<TypeParam> bench(randomProgram<TypeParam>(seed, 6),
                           randomOptions(seed), seed);
    for (uint64_t i = 0, end = 5 * seed; i < end; ++i)
      bench.step();
    bench.top->stop_i = 1;
    bench.step();
    uint64_t bursts = bench.slave.burstCount;
    bool offered = bench.top->m_axi_awvalid_o;
    for (unsigned i = 0; i < 20000 && !bench.top->idle_o; ++i)
      bench.step();
    EXPECT_TRUE(bench.top->idle_o);
    EXPECT_TRUE(bench.slave.idle());
    EXPECT_EQ(bench.slave.answered, bench.slave.burstCount);
    EXPECT_LE(bench.slave.burstCount, bursts + offered);
    EXPECT_TRUE(bench.errors.empty());
    empty += bench.slave.emptyBeats;
    bench.top->stop_i = 0;
    bench.top.reset();
    EXPECT_TRUE(bench.top->idle_o);
    EXPECT_FALSE(bench.top->m_axi_awvalid_o);
    EXPECT_FALSE(bench.top->m_axi_wvalid_o);
  }
  EXPECT_GT(empty, 0u);
}

TYPED_TEST(Save, RegionsAreChecked) {
  constexpr unsigned v = Shape<TypeParam>::vector;
  isa::Instruction inst = simpleSave(v, 0, 4, 2, 10);
  auto &op = std::get<isa::Save>(inst.body);
  auto outside = [&](uint64_t last) {
    Bench<TypeParam> bench({simpleSave(v, 0, 5)}, {}, 1);
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
  };
  op.dramOffset = uint32_t(kRegionBytes) - 14 * v;
  {
    Bench<TypeParam> bench({inst}, {}, 1);
    bench.run();
    EXPECT_TRUE(bench.errors.empty());
    bench.compare();
  }
  op.dramOffset += v;
  outside(kRegionBytes + v - 1);
  op.dramOffset = 0;
  op.countZ = 4095;
  op.dramPitchZ = 0xfffffff;
  outside(4094ull * 0xfffffff * v + 14 * v - 1);
}

} // namespace
