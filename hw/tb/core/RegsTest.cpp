//===- RegsTest.cpp - nncc_regs -------------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Testbench.h"
#include "Vnncc_regs.h"
#include "gtest/gtest.h"
#include <map>
#include <optional>
#include <set>

using namespace nncc::hw;

namespace {

constexpr unsigned kOkay = 0, kSlaveError = 2;

class Regs : public ::testing::Test {
protected:
  Regs() : bench(7) {
    Vnncc_regs &top = *bench.operator->();
    top.s_axil_awvalid_i = top.s_axil_wvalid_i = top.s_axil_arvalid_i = 0;
    top.s_axil_bready_i = top.s_axil_rready_i = 0;
    top.running_i = top.stopping_i = top.done_i = top.error_i = 0;
    top.clear_i = top.counting_i = 0;
    top.count_finish_i = top.count_busy_i = top.count_empty_i = 0;
    top.count_token_i = top.count_beat_i = 0;
    bench.reset();
  }

  void tick() {
    bench.tick();
    starts += bench->start_o;
    resets += bench->reset_o;
  }

  /// Address and data come `gap` cycles apart, address first where it is
  /// positive.
  unsigned write(uint32_t address, uint32_t data, unsigned strobes = 15,
                 int gap = 0) {
    bool addressDone = false, dataDone = false;
    for (int cycle = 0; cycle < 100; ++cycle) {
      bench->s_axil_awvalid_i = !addressDone && cycle >= -gap;
      bench->s_axil_awaddr_i = address;
      bench->s_axil_wvalid_i = !dataDone && cycle >= gap;
      bench->s_axil_wdata_i = data;
      bench->s_axil_wstrb_i = strobes;
      bench->s_axil_bready_i = bench.chance(50);
      bench.settle();
      bool address = bench->s_axil_awvalid_i && bench->s_axil_awready_o;
      bool word = bench->s_axil_wvalid_i && bench->s_axil_wready_o;
      bool response = bench->s_axil_bvalid_o && bench->s_axil_bready_i;
      unsigned code = bench->s_axil_bresp_o;
      EXPECT_FALSE(bench->s_axil_bvalid_o && !(addressDone && dataDone));
      tick();
      addressDone |= address;
      dataDone |= word;
      if (response) {
        bench->s_axil_bready_i = 0;
        return code;
      }
    }
    ADD_FAILURE() << "no response to a write at " << address;
    return 99;
  }

  uint32_t read(uint32_t address, unsigned expected = kOkay) {
    bool asked = false;
    for (int cycle = 0; cycle < 100; ++cycle) {
      bench->s_axil_arvalid_i = !asked;
      bench->s_axil_araddr_i = address;
      bench->s_axil_rready_i = bench.chance(50);
      bench.settle();
      bool accepted = bench->s_axil_arvalid_i && bench->s_axil_arready_o;
      bool answered = bench->s_axil_rvalid_o && bench->s_axil_rready_i;
      uint32_t data = bench->s_axil_rdata_o;
      unsigned code = bench->s_axil_rresp_o;
      EXPECT_FALSE(bench->s_axil_rvalid_o && !asked);
      tick();
      asked |= accepted;
      if (answered) {
        bench->s_axil_arvalid_i = bench->s_axil_rready_i = 0;
        EXPECT_EQ(code, expected) << std::hex << address;
        return data;
      }
    }
    ADD_FAILURE() << "no response to a read at " << address;
    return 0;
  }

  Testbench<Vnncc_regs> bench;
  unsigned starts = 0, resets = 0;
};

} // namespace

TEST_F(Regs, Identification) {
  EXPECT_EQ(read(0x000), 0x4e4e4343u);
  EXPECT_EQ(read(0x004), 0x00010001u);
  EXPECT_EQ(read(0x008), 0u);
}

TEST_F(Regs, UnmappedAddressesFail) {
  std::set<uint32_t> mapped;
  for (uint32_t a = 0x000; a < 0x040; a += 4)
    mapped.insert(a);
  for (uint32_t a = 0x080; a < 0x0c0; a += 4)
    mapped.insert(a);
  for (uint32_t a = 0x100; a < 0x114; a += 4)
    mapped.insert(a);
  for (uint32_t a = 0x200; a < 0x2a0; a += 4)
    mapped.insert(a);
  for (uint32_t a = 0; a < 0x1000; a += 4) {
    unsigned expected = mapped.count(a) ? kOkay : kSlaveError;
    read(a, expected);
    EXPECT_EQ(write(a, 0, 15), expected) << std::hex << a;
  }
}

TEST_F(Regs, JobDescriptionKeepsItsBits) {
  std::map<uint32_t, uint32_t> masks = {{0x024, 0xffffffff},
                                        {0x028, 0xffffffff},
                                        {0x02c, 0xff},
                                        {0x030, 0xffffffff},
                                        {0x018, 3}};
  for (uint32_t region = 0; region < 4; ++region) {
    masks[0x080 + 16 * region] = 0xffffffff;
    masks[0x084 + 16 * region] = 0xff;
    masks[0x088 + 16 * region] = 0xffffffff;
    masks[0x08c + 16 * region] = 1;
  }
  std::map<uint32_t, uint32_t> model;
  for (auto [address, mask] : masks) {
    EXPECT_EQ(write(address, 0xffffffff), kOkay);
    model[address] = mask;
  }
  for (unsigned i = 0; i < 2000; ++i) {
    auto entry = std::next(masks.begin(), bench.below(masks.size()));
    auto [address, mask] = *entry;
    if (bench.chance(50)) {
      uint32_t data = bench.random(), bytes = 0;
      unsigned strobes = bench.below(16);
      for (unsigned b = 0; b < 4; ++b)
        if (strobes >> b & 1)
          bytes |= 0xffu << 8 * b;
      write(address, data, strobes, int(bench.below(9)) - 4);
      model[address] = ((model[address] & ~bytes) | (data & bytes)) & mask;
    }
    EXPECT_EQ(read(address), model[address]) << std::hex << address;
  }
  EXPECT_EQ(getBits(bench->region_base_o, 40, 40),
            model[0x090] | uint64_t(model[0x094]) << 32);
  EXPECT_EQ(getBits(bench->region_size_o, 3 * 33, 33),
            model[0x0b8] | uint64_t(model[0x0bc]) << 32);
  EXPECT_EQ(bench->program_base_o, model[0x028] | uint64_t(model[0x02c]) << 32);
}

TEST_F(Regs, StartAndDone) {
  write(0x018, 1); // interrupt when done
  write(0x030, 77);
  write(0x010, 1);
  EXPECT_EQ(starts, 1u);
  EXPECT_EQ(read(0x020), 1u);
  bench->running_i = 1;
  EXPECT_EQ(read(0x014), 1u);
  // Neither a second start nor a new description while it runs.
  write(0x010, 1);
  write(0x030, 78);
  EXPECT_EQ(starts, 1u);
  EXPECT_EQ(read(0x030), 77u);
  EXPECT_FALSE(bench->irq_o);
  bench->running_i = 0;
  bench->done_i = 1;
  tick();
  bench->done_i = 0;
  bench.settle();
  EXPECT_TRUE(bench->irq_o);
  EXPECT_EQ(read(0x014), 2u);
  EXPECT_EQ(read(0x01c), 1u);
  write(0x01c, 2); // clears the other bit
  EXPECT_TRUE(bench->irq_o);
  write(0x01c, 1);
  EXPECT_FALSE(bench->irq_o);
  EXPECT_EQ(read(0x014), 2u);
  // The next start takes the old completion away.
  write(0x010, 1);
  EXPECT_EQ(read(0x014), 0u);
  EXPECT_EQ(read(0x020), 2u);
}

// The interrupt is the level of what is both set and enabled, whichever came
// first.
TEST_F(Regs, OnlyEnabledEventsInterrupt) {
  for (unsigned enabled = 0; enabled < 4; ++enabled)
    for (unsigned event : {1u, 2u}) {
      SCOPED_TRACE(std::to_string(event) + " with " + std::to_string(enabled));
      write(0x018, enabled);
      EXPECT_FALSE(bench->irq_o);
      bench->done_i = event == 1;
      bench->error_i = event == 2;
      tick();
      bench->done_i = bench->error_i = 0;
      bench.settle();
      EXPECT_EQ(bench->irq_o, (enabled & event) != 0);
      EXPECT_EQ(read(0x01c), event) << "kept, enabled or not";
      write(0x018, 3);
      EXPECT_TRUE(bench->irq_o);
      write(0x018, event ^ 3);
      EXPECT_FALSE(bench->irq_o);
      write(0x01c, 3);
      bench->clear_i = 1; // the error
      tick();
      bench->clear_i = 0;
    }
}

// An event in the cycle in which the host clears the one before is not lost.
TEST_F(Regs, EventWhileItIsCleared) {
  for (int cycle = 0; cycle < 6; ++cycle) {
    SCOPED_TRACE(cycle);
    write(0x01c, 3);
    int cleared = -1;
    bench->s_axil_bready_i = 0;
    for (int now = 0; now < 6; ++now) {
      bench->s_axil_awvalid_i = bench->s_axil_wvalid_i = now == 0;
      bench->s_axil_awaddr_i = 0x01c;
      bench->s_axil_wdata_i = 3;
      bench->s_axil_wstrb_i = 15;
      bench->done_i = now == cycle;
      tick();
      bench.settle();
      if (cleared < 0 && bench->s_axil_bvalid_o)
        cleared = now;
    }
    bench->done_i = 0;
    bench->s_axil_bready_i = 1;
    tick();
    bench->s_axil_bready_i = 0;
    ASSERT_GE(cleared, 0);
    EXPECT_EQ(read(0x01c), unsigned(cycle >= cleared));
  }
}

TEST_F(Regs, FirstErrorStays) {
  write(0x018, 2);
  auto error = [&](unsigned code, unsigned engine, uint32_t number,
                   uint32_t address) {
    bench->error_i = 1;
    bench->error_code_i = code;
    bench->error_engine_i = engine;
    bench->error_number_i = number;
    bench->error_address_i = address;
    tick();
    bench->error_i = 0;
    bench.settle();
  };
  error(4, 1, 123, 0x8000);
  error(5, 2, 124, 0x9000);
  EXPECT_TRUE(bench->irq_o);
  EXPECT_TRUE(bench->failed_o);
  EXPECT_EQ(read(0x014), 4u);
  EXPECT_EQ(read(0x034), 0x104u);
  EXPECT_EQ(read(0x038), 123u);
  EXPECT_EQ(read(0x03c), 0x8000u);
  write(0x010, 1);
  EXPECT_EQ(starts, 0u) << "starts after an error";
  write(0x010, 2);
  EXPECT_EQ(resets, 1u);
  bench->clear_i = 1;
  tick();
  bench->clear_i = 0;
  EXPECT_EQ(read(0x014), 0u);
  EXPECT_EQ(read(0x034), 0u);
  EXPECT_TRUE(bench->irq_o) << "a reset does not take an interrupt away";
  write(0x01c, 3);
  EXPECT_FALSE(bench->irq_o);
  write(0x010, 1);
  EXPECT_EQ(starts, 1u);
}

TEST_F(Regs, Counters) {
  write(0x010, 1);
  std::map<uint32_t, uint32_t> model;
  uint64_t cycles = 0;
  for (unsigned i = 0; i < 500; ++i) {
    bool counting = bench.chance(80);
    bench->counting_i = counting;
    bench->count_finish_i = bench.below(32);
    bench->count_busy_i = bench.below(32);
    bench->count_empty_i = bench.below(32);
    bench->count_token_i = bench.below(1 << 25);
    bench->count_beat_i = bench.below(8);
    if (counting) {
      ++cycles;
      for (unsigned p = 0; p < 3; ++p)
        model[0x108 + 4 * p] += bench->count_beat_i >> p & 1;
      for (unsigned e = 0; e < 5; ++e) {
        uint32_t at = 0x200 + 32 * e;
        model[at] += bench->count_finish_i >> e & 1;
        model[at + 4] += bench->count_busy_i >> e & 1;
        model[at + 8] += bench->count_empty_i >> e & 1;
        for (unsigned f = 0; f < 5; ++f)
          model[at + 12 + 4 * f] += bench->count_token_i >> (e * 5 + f) & 1;
      }
    }
    tick();
  }
  bench->counting_i = 0;
  for (auto [address, value] : model)
    EXPECT_EQ(read(address), value) << std::hex << address;
  EXPECT_EQ(read(0x100), cycles);
  EXPECT_EQ(read(0x104), 0u);
  write(0x010, 1);
  EXPECT_EQ(read(0x100), 0u);
  EXPECT_EQ(read(0x204), 0u);
}

// A counter is read while it counts and while the host writes: the value is of
// a time between request and response.
TEST_F(Regs, CountersWhileTheyCount) {
  write(0x010, 1);
  bench->counting_i = 1;
  bench->count_busy_i = 4;
  bench->s_axil_bready_i = 1;
  uint32_t busy = 0, before = 0;
  unsigned reads = 0, writes = 0, waited = 0;
  bool waits = false;
  for (unsigned i = 0; i < 20000; ++i) {
    bench->s_axil_arvalid_i = bench->s_axil_arvalid_i || bench.chance(50);
    bench->s_axil_araddr_i = 0x244;
    bench->s_axil_awvalid_i = bench->s_axil_wvalid_i =
        bench->s_axil_awvalid_i || bench.chance(30);
    bench->s_axil_awaddr_i = 0x024;
    bench->s_axil_rready_i = bench.chance(70);
    bench->count_busy_i = bench.chance(80) ? 4 : 0;
    bench.settle();
    bool ar = bench->s_axil_arvalid_i && bench->s_axil_arready_o;
    bool aw = bench->s_axil_awvalid_i && bench->s_axil_awready_o;
    bool r = bench->s_axil_rvalid_o && bench->s_axil_rready_i;
    ASSERT_FALSE(ar && waits);
    ASSERT_FALSE(r && !waits);
    if (r) {
      EXPECT_GE(bench->s_axil_rdata_o, before);
      EXPECT_LE(bench->s_axil_rdata_o, busy);
      EXPECT_EQ(bench->s_axil_rresp_o, kOkay);
      ++reads;
    }
    if (ar)
      before = busy;
    writes += bench->s_axil_bvalid_o;
    waited = waits && !bench->s_axil_rvalid_o ? waited + 1 : 0;
    ASSERT_LE(waited, 3u);
    waits = (waits || ar) && !r;
    busy += bench->count_busy_i != 0;
    tick();
    bench->s_axil_arvalid_i = bench->s_axil_arvalid_i && !ar;
    bench->s_axil_awvalid_i = bench->s_axil_wvalid_i =
        bench->s_axil_awvalid_i && !aw;
  }
  EXPECT_GT(reads, 200u);
  EXPECT_GT(writes, 2000u);
}

// The next job finds none of the counts of the last one.
TEST_F(Regs, CountersBeginAtZero) {
  std::set<uint32_t> counters = {0x108, 0x10c, 0x110};
  for (uint32_t a = 0x200; a < 0x2a0; a += 4)
    counters.insert(a);
  for (unsigned phase = 0; phase < 50; ++phase) {
    bench->counting_i = 1;
    bench->count_finish_i = bench->count_busy_i = bench->count_empty_i = 31;
    bench->count_token_i = (1 << 25) - 1;
    bench->count_beat_i = 7;
    for (unsigned i = 0; i < 50 + phase; ++i)
      tick();
    bench->counting_i = 0;
    write(0x010, 1);
    bench->counting_i = 1;
    tick();
    tick();
    bench->counting_i = 0;
    for (uint32_t address : counters)
      ASSERT_EQ(read(address), 2u) << std::hex << address;
  }
}

// Reads and writes at once, with stalls: every request has one response.
TEST_F(Regs, ReadsAndWritesTogether) {
  unsigned asked = 0, answered = 0, addresses = 0, words = 0, responses = 0;
  for (unsigned i = 0; i < 5000; ++i) {
    // A request stays until it is taken.
    bench->s_axil_arvalid_i = bench->s_axil_arvalid_i || bench.chance(40);
    bench->s_axil_awvalid_i = bench->s_axil_awvalid_i || bench.chance(40);
    bench->s_axil_wvalid_i = bench->s_axil_wvalid_i || bench.chance(40);
    bench->s_axil_araddr_i = 0;
    bench->s_axil_awaddr_i = 0x024;
    bench->s_axil_rready_i = bench.chance(60);
    bench->s_axil_bready_i = bench.chance(60);
    bench.settle();
    bool ar = bench->s_axil_arvalid_i && bench->s_axil_arready_o;
    bool aw = bench->s_axil_awvalid_i && bench->s_axil_awready_o;
    bool w = bench->s_axil_wvalid_i && bench->s_axil_wready_o;
    bool r = bench->s_axil_rvalid_o && bench->s_axil_rready_i;
    bool b = bench->s_axil_bvalid_o && bench->s_axil_bready_i;
    if (r)
      EXPECT_EQ(bench->s_axil_rdata_o, 0x4e4e4343u);
    tick();
    asked += ar, addresses += aw, words += w, answered += r, responses += b;
    bench->s_axil_arvalid_i = bench->s_axil_arvalid_i && !ar;
    bench->s_axil_awvalid_i = bench->s_axil_awvalid_i && !aw;
    bench->s_axil_wvalid_i = bench->s_axil_wvalid_i && !w;
  }
  EXPECT_LE(asked - answered, 1u);
  EXPECT_LE(std::min(addresses, words) - responses, 1u);
  EXPECT_GT(asked, 500u);
  EXPECT_GT(responses, 500u);
}
