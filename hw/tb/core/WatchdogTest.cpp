//===- WatchdogTest.cpp - nncc_watchdog -----------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Testbench.h"
#include "Vnncc_watchdog.h"
#include "gtest/gtest.h"

using namespace nncc::hw;

TEST(Watchdog, PulsesOnceAtTheLimit) {
  Testbench<Vnncc_watchdog> bench;
  bench->run_i = 0;
  bench->progress_i = 0;
  bench->limit_i = 5;
  bench.reset();
  bench->run_i = 1;
  for (unsigned cycle = 1; cycle < 30; ++cycle) {
    bench.tick();
    EXPECT_EQ(bench->expired_o, cycle == 5) << cycle;
  }
}

TEST(Watchdog, ProgressAndZeroHoldItBack) {
  Testbench<Vnncc_watchdog> bench;
  bench->run_i = 1;
  bench->limit_i = 5;
  bench.reset();
  for (unsigned cycle = 1; cycle < 100; ++cycle) {
    bench->progress_i = cycle % 5 == 0;
    bench.tick();
    EXPECT_FALSE(bench->expired_o);
  }
  bench->progress_i = 0;
  bench->limit_i = 0;
  for (unsigned cycle = 1; cycle < 100; ++cycle) {
    bench.tick();
    EXPECT_FALSE(bench->expired_o);
  }
}
