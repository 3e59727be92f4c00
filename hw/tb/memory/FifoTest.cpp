//===- FifoTest.cpp - nncc_fifo against std::deque ------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Fifo1.h"
#include "Fifo3.h"
#include "Fifo4.h"
#include "Fifo64.h"
#include "Testbench.h"
#include "gtest/gtest.h"
#include <deque>

using namespace nncc::hw;

namespace {

using Element = std::pair<uint64_t, uint64_t>; // 64 and 6 bits

template <typename Top> void setData(Top &top, Element element) {
  setBits(top->data_i, 0, 64, element.first);
  setBits(top->data_i, 64, 6, element.second);
}

/// Random pushes and pops with the given chances of valid and ready, in
/// percent.
template <typename Top>
void run(size_t depth, unsigned validPercent, unsigned readyPercent,
         uint64_t seed) {
  Testbench<Top> top(seed);
  top->valid_i = top->ready_i = 0;
  top.reset();
  std::deque<Element> model;
  for (unsigned i = 0; i < 3000; ++i) {
    if (i == 1500) { // a reset empties it
      top->valid_i = top->ready_i = 1;
      top.reset(1);
      model.clear();
    }
    Element next(top.random(), top.random() & 0x3f);
    top->valid_i = top.chance(validPercent);
    top->ready_i = top.chance(readyPercent);
    setData(top, next);
    top.settle();
    ASSERT_EQ(top->count_o, model.size());
    ASSERT_EQ(top->ready_o, model.size() < depth);
    ASSERT_EQ(top->valid_o, !model.empty());
    if (!model.empty()) {
      ASSERT_EQ(getBits(top->data_o, 0, 64), model.front().first);
      ASSERT_EQ(getBits(top->data_o, 64, 6), model.front().second);
    }
    bool push = top->valid_i && top->ready_o;
    if (top->valid_o && top->ready_i)
      model.pop_front();
    if (push)
      model.push_back(next);
    top.tick();
  }
}

template <typename Top> void runAll(size_t depth) {
  uint64_t seed = 1;
  for (unsigned valid : {20, 50, 90, 100})
    for (unsigned ready : {20, 50, 90, 100})
      run<Top>(depth, valid, ready, seed++);
}

TEST(Fifo, Depth1) { runAll<Fifo1>(1); }
TEST(Fifo, Depth3) { runAll<Fifo3>(3); }
TEST(Fifo, Depth4) { runAll<Fifo4>(4); }
TEST(Fifo, Depth64) { runAll<Fifo64>(64); }

} // namespace
