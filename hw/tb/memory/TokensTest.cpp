//===- TokensTest.cpp - nncc_tokens against 25 integers ----------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Testbench.h"
#include "Tokens1.h"
#include "Tokens255.h"
#include "Tokens7.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <array>

using namespace nncc::hw;

namespace {

constexpr unsigned engines = 5;

/// Engines that post and take at random. A post that is not accepted is held.
template <typename Top>
void run(unsigned limit, unsigned width, unsigned postPercent,
         unsigned takePercent) {
  Testbench<Top> top(limit + postPercent);
  std::array<unsigned, 25> model{};
  std::array<bool, engines> posting{};
  unsigned mask = 0;
  unsigned stalls = 0, most = 0;
  top->take_i = top->post_valid_i = top->post_mask_i = top->clear_i = 0;
  top.reset();
  for (unsigned i = 0; i < 30000; ++i) {
    for (unsigned e = 0; e < engines; ++e) {
      if (!posting[e] && top.chance(postPercent)) {
        posting[e] = true;
        unsigned own = top.below(32) & ~(1u << e);
        mask = (mask & ~(31u << (e * 5))) | own << (e * 5);
      }
      setBits(top->post_valid_i, e, 1, posting[e]);
    }
    top->post_mask_i = mask;
    unsigned take = 0;
    for (unsigned n = 0; n < 25; ++n)
      if (model[n] && top.chance(takePercent))
        take |= 1u << n;
    // To and from itself, or without a token, a take does nothing.
    if (top.chance(5))
      for (unsigned n = 0; n < 25; ++n)
        if (!model[n])
          take |= 1u << n;
    top->take_i = take;
    top->clear_i = top.below(5000) == 0;
    top.settle();

    for (unsigned n = 0; n < 25; ++n) {
      ASSERT_EQ(getBits(top->available_o, n, 1), model[n] > 0)
          << "counter " << n;
      ASSERT_EQ(getBits(top->counts_o, n * width, width), model[n])
          << "counter " << n;
    }
    std::array<unsigned, 25> next = model;
    for (unsigned e = 0; e < engines; ++e) {
      bool room = true;
      for (unsigned to = 0; to < engines; ++to)
        room &= !(mask >> (e * 5 + to) & 1) || model[e * 5 + to] < limit;
      ASSERT_EQ(getBits(top->post_ready_o, e, 1), room) << "engine " << e;
      stalls += posting[e] && !room;
      if (posting[e] && room) {
        posting[e] = false;
        for (unsigned to = 0; to < engines; ++to)
          next[e * 5 + to] += mask >> (e * 5 + to) & 1;
      }
    }
    for (unsigned n = 0; n < 25; ++n)
      if (model[n] && (take >> n & 1))
        --next[n];
    model = next;
    if (top->clear_i)
      model = {};
    most = std::max(most, *std::max_element(model.begin(), model.end()));
    top.tick();
  }
  // The interesting cases did occur.
  if (postPercent > takePercent) {
    EXPECT_GT(stalls, 100u);
    EXPECT_EQ(most, limit);
  }
}

TEST(Tokens, Limit1) {
  run<Tokens1>(1, 1, 60, 40);
  run<Tokens1>(1, 1, 20, 90);
}
TEST(Tokens, Limit7) {
  run<Tokens7>(7, 3, 90, 30);
  run<Tokens7>(7, 3, 40, 90);
}
TEST(Tokens, Limit255) { run<Tokens255>(255, 8, 100, 5); }

} // namespace
