//===- RamTest.cpp - nncc_ram against an array -------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Ram.h"
#include "RamOut.h"
#include "Testbench.h"
#include "gtest/gtest.h"
#include <map>
#include <optional>

using namespace nncc::hw;

namespace {

constexpr unsigned depth = 37, lowBits = 64, highBits = 36;
using Word = std::pair<uint64_t, uint64_t>;

/// Random reads and writes; `latency` cycles from re_i to the data.
template <typename Top> void run(unsigned latency) {
  Testbench<Top> top(latency);
  std::map<unsigned, Word> model;
  // What the output must be after 1, 2 edges; nothing: not known.
  std::optional<Word> pipe[2];
  top->we_i = top->re_i = 0;
  for (unsigned i = 0; i < 20000; ++i) {
    Word word(top.random(), top.random() >> (64 - highBits));
    top->we_i = top.chance(50);
    top->waddr_i = top.below(depth);
    top->re_i = top.chance(60);
    top->raddr_i = top.below(depth);
    setBits(top->wdata_i, 0, lowBits, word.first);
    setBits(top->wdata_i, lowBits, highBits, word.second);
    top.settle();

    // With the second register, the output follows one edge later.
    if (latency == 2)
      pipe[1] = pipe[0];
    if (top->re_i) {
      auto it = model.find(top->raddr_i);
      bool defined =
          it != model.end() && !(top->we_i && top->waddr_i == top->raddr_i);
      pipe[0] = defined ? std::optional(it->second) : std::nullopt;
    }
    if (top->we_i)
      model[top->waddr_i] = word;
    top.tick();
    if (const std::optional<Word> &expected = pipe[latency - 1]) {
      ASSERT_EQ(getBits(top->rdata_o, 0, lowBits), expected->first)
          << "cycle " << i;
      ASSERT_EQ(getBits(top->rdata_o, lowBits, highBits), expected->second)
          << "cycle " << i;
    }
  }
}

TEST(Ram, Direct) { run<Ram>(1); }
TEST(Ram, OutputRegister) { run<RamOut>(2); }

} // namespace
