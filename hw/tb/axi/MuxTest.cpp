//===- MuxTest.cpp - A load and the fetch unit on one port
//-----------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "MuxBench.h"
#include "Transfers.h"

using namespace nncc;
using namespace nncc::hw;

// Bursts of the two come back interleaved and in any order.
template <> struct nncc::hw::ReadId<MuxBench> {
  static unsigned ar(const MuxBench &top) { return top.m_axi_arid_o; }
  static void r(MuxBench &top, unsigned id) { top.m_axi_rid_i = id; }
};

namespace {

constexpr unsigned kVector = 16;
constexpr unsigned kCount = 70;

TEST(Mux, LoadAndFetchShareAPort) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ArchConfig arch = transferArch(kVector, 64);
    TransferGenerator generator(arch, seed);
    std::vector<isa::Instruction> program;
    program.reserve(10);
    for (unsigned i = 0; i < 10; ++i)
      program.push_back(generator.legal(i % 2 ? &TransferGenerator::loadWindow
                                              : &TransferGenerator::load));
    TransferMemories memories(arch, program, seed);
    std::vector<uint8_t> code(kCount * 64);
    for (uint8_t &value : code)
      value = uint8_t(memories.random());
    uint64_t base = 0x5000000 + 64 * (seed % 64);
    memories.dram.add(base, code);
    Testbench<MuxBench> top(seed);
    MuxBench &dut = *top.operator->();
    AxiReadSlave slave(memories.dram, {8, 16, 16},
                       AxiBehaviour::random(top.random), seed);
    std::vector<uint8_t> local[5];
    for (unsigned i = 0; i < 5; ++i)
      local[i].resize(memories.machine->localMemoryBytes(isa::Memory(i)));
    memories.setRegions(dut);
    dut.stop_i = dut.inst_valid_i = dut.fetch_start_i = 0;
    dut.m_axi_rvalid_i = dut.m_axi_arready_i = 0;
    dut.fetch_base_i = base;
    dut.fetch_count_i = kCount;
    top.reset();
    size_t started = 0, finished = 0, fetched = 0;
    // The fetch unit's user rests until all loads are through: they must get
    // their data all the same.
    bool rests = seed % 2;
    for (unsigned i = 0; i < 500000; ++i) {
      if (finished == program.size() && fetched == kCount)
        break;
      dut.fetch_start_i = i == 3;
      dut.inst_valid_i = started < program.size();
      if (started < program.size())
        setInstruction(dut, program[started], uint32_t(started));
      dut.lw_ready_i = top.chance(80);
      dut.finish_ready_i = 1;
      dut.fetch_ready_i = rests ? finished == program.size() : top.chance(30);
      slave.drive(dut);
      top.settle();
      slave.sample(dut);
      ASSERT_FALSE(dut.error_o || dut.fetch_error_o);
      started += dut.inst_valid_i && dut.inst_ready_o;
      finished += dut.finish_o;
      if (dut.fetch_valid_o && dut.fetch_ready_i) {
        ASSERT_EQ(dut.fetch_number_o, fetched);
        for (unsigned b = 0; b < 64; ++b)
          ASSERT_EQ(getBits(dut.fetch_inst_o, 8 * b, 8),
                    code[fetched * 64 + b]);
        ++fetched;
      }
      if (dut.lw_valid_o && dut.lw_ready_i)
        for (unsigned b = 0; b < kVector; ++b)
          local[dut.lw_memory_o].at(dut.lw_addr_o * kVector + b) =
              uint8_t(getBits(dut.lw_data_o, 8 * b, 8));
      top.tick();
    }
    EXPECT_EQ(finished, program.size());
    EXPECT_EQ(fetched, kCount);
    top.settle();
    EXPECT_TRUE(dut.fetch_done_o);
    EXPECT_TRUE(slave.idle());
    memories.execute();
    for (unsigned i = 0; i < 5; ++i)
      EXPECT_TRUE(std::equal(local[i].begin(), local[i].end(),
                             memories.machine->localMemory(isa::Memory(i))));
    if (testing::Test::HasFailure())
      return;
  }
}

} // namespace
