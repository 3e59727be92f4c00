//===- FetchTest.cpp - nncc_fetch
//------------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "../axi/AxiSlave.h"
#include "Fetch128.h"
#include "Fetch32.h"
#include "Fetch64.h"

using namespace nncc::hw;

namespace {

template <typename Top> struct Shape;
template <> struct Shape<Fetch32> {
  static constexpr unsigned bits = 32;
};
template <> struct Shape<Fetch64> {
  static constexpr unsigned bits = 64;
};
template <> struct Shape<Fetch128> {
  static constexpr unsigned bits = 128;
};

constexpr unsigned kBytes = 64;
constexpr unsigned kAhead = 16;

template <typename Top> class Bench {
public:
  Bench(uint32_t count, const AxiBehaviour &bus, uint64_t seed)
      : count(count), slave(dram, {Shape<Top>::bits / 8, 16, 8}, bus, seed + 1),
        top(seed) {
    for (uint64_t i = 0; i < uint64_t(count) * kBytes; ++i)
      bytes.push_back(uint8_t(top.random()));
    base = 0x7ffffff000 - 64 * top.below(200);
    dram.add(base, bytes);
    top->start_i = top->stop_i = top->inst_ready_i = 0;
    top->m_axi_arready_i = top->m_axi_rvalid_i = 0;
    top->program_base_i = base;
    top->program_count_i = count;
    top.reset();
    EXPECT_FALSE(top->done_o);
  }

  void start() {
    taken = 0;
    // A job that was stopped has asked for more than it has handed over.
    takenEver = slave.beats * Shape<Top>::bits / 8 / kBytes;
    top->start_i = 1;
    step();
    top->start_i = 0;
  }

  void step(unsigned readyPercent = 100) {
    Top &dut = *top.operator->();
    dut.inst_ready_i = top.chance(readyPercent);
    slave.drive(dut);
    top.settle();
    // There is room for all that was asked for.
    if (dut.m_axi_rvalid_i)
      EXPECT_TRUE(dut.m_axi_rready_o);
    slave.sample(dut);
    if (dut.inst_valid_o && dut.inst_ready_i)
      take(dut);
    if (dut.error_o) {
      ++errors;
      code = dut.error_code_o;
      number = dut.error_number_o;
      address = dut.error_address_o;
    }
    uint64_t asked = slave.beats * Shape<Top>::bits / 8 / kBytes;
    EXPECT_LE(asked, takenEver + kAhead);
    top.tick();
  }

  bool run(unsigned readyPercent, unsigned limit = 200000) {
    while (!top->done_o && limit-- != 0 && errors == 0)
      step(readyPercent);
    return top->done_o;
  }

  void take(Top &dut) {
    EXPECT_EQ(dut.number_o, taken);
    ASSERT_LT(taken, count);
    for (unsigned i = 0; i < kBytes; ++i)
      ASSERT_EQ(getBits(dut.inst_o, 8 * i, 8), bytes[taken * kBytes + i])
          << "instruction " << taken << ", byte " << i;
    ++taken;
    ++takenEver;
  }

  uint32_t count;
  std::vector<uint8_t> bytes;
  uint64_t base;
  Dram dram;
  AxiReadSlave slave;
  Testbench<Top> top;
  uint32_t taken = 0;
  uint64_t takenEver = 0; ///< with those of earlier jobs
  unsigned errors = 0, code = 0;
  uint32_t number = 0, address = 0;
};

template <typename Top> class Fetch : public testing::Test {};
using Tops = testing::Types<Fetch32, Fetch64, Fetch128>;
TYPED_TEST_SUITE(Fetch, Tops);

TYPED_TEST(Fetch, DeliversEveryInstructionInOrder) {
  std::mt19937_64 random(1);
  for (uint32_t count : {0u, 1u, 2u, 15u, 16u, 17u, 18u, 100u, 333u})
    for (unsigned ready : {5u, 50u, 100u}) {
      SCOPED_TRACE(std::to_string(count) + ", " + std::to_string(ready));
      Bench<TypeParam> bench(count, AxiBehaviour::random(random),
                             count + ready);
      for (unsigned job = 0; job < 2; ++job) { // a second one without a reset
        bench.start();
        ASSERT_TRUE(bench.run(ready));
        EXPECT_EQ(bench.taken, count);
        EXPECT_EQ(bench.errors, 0u);
        for (unsigned i = 0; i < 50; ++i)
          bench.step(ready);
        EXPECT_EQ(bench.taken, count);
        EXPECT_TRUE(bench.top->idle_o);
        EXPECT_EQ(bench.slave.beats,
                  uint64_t(count) * (job + 1) * 512 / Shape<TypeParam>::bits);
      }
    }
}

TYPED_TEST(Fetch, ReadsAheadOfItsUse) {
  AxiBehaviour bus;
  bus.minLatency = bus.maxLatency = 60;
  // Wherever a boundary of 4096 bytes cuts a burst short.
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Bench<TypeParam> bench(40, bus, seed);
    bench.start();
    for (unsigned i = 0; i < 600; ++i)
      bench.step(0);
    EXPECT_EQ(bench.slave.beats,
              uint64_t(kAhead) * 512 / Shape<TypeParam>::bits);
    ASSERT_TRUE(bench.run(100));
  }
  // As fast as the port, or as 8 bursts under way of an instruction each.
  Bench<TypeParam> fast(400, bus, 8);
  fast.start();
  uint64_t begin = fast.top.cycle;
  ASSERT_TRUE(fast.run(100));
  uint64_t cycles = fast.top.cycle - begin;
  uint64_t beats = 400 * 512 / Shape<TypeParam>::bits;
  uint64_t bursts = 400 / 8 * 64;
  EXPECT_LE(cycles, 80 + std::max(beats + beats / 50, bursts));
  std::printf("%u bits: 400 instructions in %d cycles\n",
              Shape<TypeParam>::bits, int(cycles));
}

TYPED_TEST(Fetch, ErrorAtEveryBeat) {
  constexpr unsigned beats = 512 / Shape<TypeParam>::bits;
  std::mt19937_64 random(3);
  for (uint64_t at = 0; at < 20 * beats; ++at) {
    SCOPED_TRACE("beat " + std::to_string(at));
    AxiBehaviour bus = AxiBehaviour::random(random);
    bus.errorAt = at;
    bus.errorResponse = 2 + at % 2;
    Bench<TypeParam> bench(20, bus, at + 1);
    bench.start();
    EXPECT_FALSE(bench.run(50));
    ASSERT_EQ(bench.errors, 1u);
    EXPECT_EQ(bench.code, at % 2 ? 5u : 4u);
    EXPECT_EQ(bench.number, at / beats);
    EXPECT_EQ(bench.address, uint32_t(*bench.slave.errorAddress));
    for (unsigned i = 0; i < 3000; ++i)
      bench.step(50);
    EXPECT_TRUE(bench.slave.idle());
    EXPECT_TRUE(bench.top->idle_o);
    EXPECT_EQ(bench.errors, 1u);
    EXPECT_EQ(bench.taken, at / beats);
    EXPECT_FALSE(bench.top->done_o);
  }
}

TYPED_TEST(Fetch, StopAtAnyTime) {
  std::mt19937_64 random(4);
  for (unsigned at = 0; at < 150; ++at) {
    Bench<TypeParam> bench(60, AxiBehaviour::random(random), at + 1);
    bench.start();
    for (unsigned i = 0; i < at; ++i)
      bench.step(70);
    bench.top->stop_i = 1;
    bench.step(70);
    uint64_t bursts = bench.slave.burstCount;
    bool offered = bench.top->m_axi_arvalid_o;
    for (unsigned i = 0; i < 5000 && !bench.top->idle_o; ++i)
      bench.step(70);
    EXPECT_TRUE(bench.top->idle_o);
    EXPECT_TRUE(bench.slave.idle());
    EXPECT_LE(bench.slave.burstCount, bursts + offered);
    bench.top->stop_i = 0;
    bench.top.reset();
    bench.start();
    ASSERT_TRUE(bench.run(80));
    EXPECT_EQ(bench.taken, 60u);
  }
}

TYPED_TEST(Fetch, BaseMustBeAligned) {
  Bench<TypeParam> bench(5, {}, 1);
  bench.top->program_base_i = bench.base + 32;
  bench.start();
  for (unsigned i = 0; i < 100; ++i)
    bench.step();
  EXPECT_EQ(bench.errors, 1u);
  EXPECT_EQ(bench.code, 3u);
  EXPECT_EQ(bench.slave.burstCount, 0u);
  EXPECT_FALSE(bench.top->done_o);
}

} // namespace
