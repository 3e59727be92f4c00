//===- FeatureMemTest.cpp - nncc_feature_mem against an array -----------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "FeatureMem16.h"
#include "FeatureMem2.h"
#include "FeatureMem8.h"
#include "Testbench.h"
#include "gtest/gtest.h"
#include <array>
#include <optional>
#include <vector>

using namespace nncc::hw;

namespace {

constexpr unsigned readers = 6, writers = 4;

struct Port {
  bool request = false;
  unsigned address = 0;
  unsigned sequential = 0; ///< Requests left of a walk through the memory.
};

/// Ports that request at random or walk through the memory. A port holds its
/// request until it is granted. `hot` words are used: few words, many
/// conflicts.
template <typename Top>
void run(unsigned vector, unsigned words, unsigned banks, unsigned percent,
         unsigned hot) {
  Testbench<Top> top(percent + hot);
  const unsigned chunks = vector / 8; // 64 bits
  using Word = std::vector<uint64_t>;
  std::vector<std::optional<Word>> memory(words);
  std::array<Port, readers> read{};
  std::array<Port, writers> write{};
  std::array<Word, writers> data;
  data.fill(Word(chunks));
  struct Answer {
    bool valid = false;
    std::optional<Word> word;
  };
  std::array<Answer, readers> first{}, second{};
  std::array<unsigned, readers + writers> grants{};

  auto request = [&](Port &port) {
    if (port.request)
      return false;
    if (port.sequential) {
      --port.sequential;
      port.address = (port.address + 1) % hot;
      return port.request = true;
    }
    if (!top.chance(percent))
      return false;
    port.address = unsigned(top.below(hot));
    port.sequential = top.chance(10) ? 40 : 0;
    return port.request = true;
  };

  top->rd_req_i = top->wr_req_i = 0;
  top.reset();
  for (unsigned i = 0; i < 20000; ++i) {
    for (unsigned p = 0; p < readers; ++p) {
      request(read[p]);
      setBits(top->rd_req_i, p, 1, read[p].request);
      setBits(top->rd_addr_i, p * 16, 16, read[p].address);
    }
    for (unsigned p = 0; p < writers; ++p) {
      if (request(write[p]))
        for (uint64_t &chunk : data[p])
          chunk = top.random();
      setBits(top->wr_req_i, p, 1, write[p].request);
      setBits(top->wr_addr_i, p * 16, 16, write[p].address);
      for (unsigned c = 0; c < chunks; ++c)
        setBits(top->wr_data_i, (p * chunks + c) * 64, 64, data[p][c]);
    }
    top.settle();

    // In each bank the lowest number wins.
    std::vector<bool> readBusy(banks), writeBusy(banks);
    std::vector<unsigned> written;
    for (unsigned p = 0; p < writers; ++p) {
      unsigned bank = write[p].address % banks;
      bool granted = write[p].request && !writeBusy[bank];
      ASSERT_EQ(getBits(top->wr_gnt_o, p, 1), granted) << "writer " << p;
      if (!granted)
        continue;
      writeBusy[bank] = true;
      written.push_back(p);
    }
    second = first;
    for (unsigned p = 0; p < readers; ++p) {
      unsigned bank = read[p].address % banks;
      bool granted = read[p].request && !readBusy[bank];
      ASSERT_EQ(getBits(top->rd_gnt_o, p, 1), granted) << "reader " << p;
      first[p] = Answer();
      if (!granted)
        continue;
      readBusy[bank] = true;
      first[p].valid = true;
      first[p].word = memory[read[p].address];
      for (unsigned w : written)
        if (write[w].address == read[p].address)
          first[p].word.reset(); // read and write of one word: undefined
      read[p].request = false;
      ++grants[p];
    }
    for (unsigned p : written) {
      memory[write[p].address] = data[p];
      write[p].request = false;
      ++grants[readers + p];
    }
    top.tick();
    for (unsigned p = 0; p < readers; ++p) {
      ASSERT_EQ(getBits(top->rd_valid_o, p, 1), second[p].valid)
          << "reader " << p;
      if (second[p].valid && second[p].word)
        for (unsigned c = 0; c < chunks; ++c)
          ASSERT_EQ(getBits(top->rd_data_o, (p * chunks + c) * 64, 64),
                    (*second[p].word)[c])
              << "reader " << p << ", cycle " << i;
    }
  }
  // The first ports cannot starve; with few requests nobody does.
  EXPECT_GT(grants[0], 1000u);
  EXPECT_GT(grants[readers], 1000u);
  if (percent < 30)
    for (unsigned count : grants)
      EXPECT_GT(count, 500u);
}

TEST(FeatureMem, V8) {
  run<FeatureMem8>(8, 256, 4, 20, 256);
  run<FeatureMem8>(8, 256, 4, 100, 256);
  run<FeatureMem8>(8, 256, 4, 60, 9);
}
TEST(FeatureMem, V16EightBanks) {
  run<FeatureMem16>(16, 1000, 8, 20, 1000);
  run<FeatureMem16>(16, 1000, 8, 90, 40);
}
TEST(FeatureMem, V32TwoBanksAllAddresses) {
  run<FeatureMem2>(32, 65536, 2, 10, 65536);
  run<FeatureMem2>(32, 65536, 2, 60, 100);
}

/// One reader alone gets a word each cycle, two cycles after its request.
TEST(FeatureMem, Streams) {
  Testbench<FeatureMem8> top;
  top->rd_req_i = top->wr_req_i = 0;
  top.reset();
  for (unsigned a = 0; a < 256; ++a) {
    top->wr_req_i = 8;
    setBits(top->wr_addr_i, 48, 16, a);
    setBits(top->wr_data_i, 3 * 64, 64, a * 0x0101010101010101u);
    top.settle();
    ASSERT_EQ(top->wr_gnt_o, 8);
    top.tick();
  }
  top->wr_req_i = 0;
  for (unsigned a = 0; a < 256; ++a) {
    top->rd_req_i = 1;
    setBits(top->rd_addr_i, 0, 16, a);
    top.settle();
    ASSERT_EQ(top->rd_gnt_o, 1);
    top.tick();
    if (a == 0) {
      ASSERT_EQ(top->rd_valid_o, 0);
    } else {
      ASSERT_EQ(top->rd_valid_o, 1);
      ASSERT_EQ(getBits(top->rd_data_o, 0, 64), (a - 1) * 0x0101010101010101u);
    }
  }
}

} // namespace
