//===- MemoryModelTests.cpp - Bandwidth that the ports share --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ProgramBuilder.h"
#include "Timing/MemoryModel.h"

#include "gtest/gtest.h"

using namespace nncc;
using namespace nncc::sim;
using namespace nncc::sim::test;

/// Ports of 8 bytes a cycle, `total` bytes a cycle together, no refresh.
static ArchConfig makeArch(uint32_t total) {
  ArchConfig arch = z7020Arch();
  arch.memoryBytesPerCycle = total;
  arch.memoryRefreshInterval = 0;
  return arch;
}

static constexpr uint64_t kFull = 1000 * MemoryModel::kUnits;

TEST(MemoryModel, OneStreamHasItsPort) {
  MemoryModel memory(makeArch(16));
  EXPECT_EQ(memory.nextEvent(), kNever);
  memory.begin(MemoryModel::Load1, 100, kFull);
  // 100 bytes at 8 a cycle: 12.5 cycles.
  EXPECT_EQ(memory.nextEvent(), 13u);
  memory.advance(10);
  EXPECT_EQ(memory.remainingBytes(MemoryModel::Load1), 20u);
  memory.advance(13);
  EXPECT_FALSE(memory.active(MemoryModel::Load1));
}

TEST(MemoryModel, ThreePortsShareTheMemory) {
  MemoryModel memory(makeArch(16));
  for (auto stream :
       {MemoryModel::Load0, MemoryModel::Load1, MemoryModel::Save})
    memory.begin(stream, 160, kFull);
  // 16/3 bytes a cycle each: 30 cycles, and exactly so.
  EXPECT_EQ(memory.nextEvent(), 30u);
  memory.advance(30);
  EXPECT_FALSE(memory.active(MemoryModel::Load0));
  EXPECT_FALSE(memory.active(MemoryModel::Save));
}

TEST(MemoryModel, FetchAndLoad0ShareAPort) {
  MemoryModel memory(makeArch(16));
  memory.begin(MemoryModel::Fetch, 64, kFull);
  memory.begin(MemoryModel::Load0, 640, kFull);
  memory.begin(MemoryModel::Load1, 640, kFull);
  // Port 0 gives 4 + 4, load1 gets what is left of 16: its whole port.
  memory.advance(16);
  EXPECT_FALSE(memory.active(MemoryModel::Fetch));
  EXPECT_EQ(memory.remainingBytes(MemoryModel::Load0), 640u - 64);
  EXPECT_EQ(memory.remainingBytes(MemoryModel::Load1), 640u - 128);
  // From then on load0 has its port.
  memory.advance(32);
  EXPECT_EQ(memory.remainingBytes(MemoryModel::Load0), 640u - 64 - 128);
}

TEST(MemoryModel, WhatASlowStreamLeavesGoesToTheOthers) {
  MemoryModel memory(makeArch(9));
  memory.begin(MemoryModel::Load0, 1000, 2 * MemoryModel::kUnits);
  memory.begin(MemoryModel::Load1, 1000, kFull);
  memory.advance(10);
  EXPECT_EQ(memory.remainingBytes(MemoryModel::Load0), 980u);
  EXPECT_EQ(memory.remainingBytes(MemoryModel::Load1), 930u); // 7 a cycle
}

TEST(MemoryModel, RefreshStopsAllData) {
  ArchConfig arch = makeArch(16);
  arch.memoryRefreshInterval = 100;
  arch.memoryRefreshCycles = 10;
  MemoryModel memory(arch);
  memory.begin(MemoryModel::Load0, 1600, kFull);
  // 800 bytes until the refresh at 100, the rest from 110 on.
  EXPECT_EQ(memory.nextEvent(), 100u);
  memory.advance(100);
  EXPECT_EQ(memory.remainingBytes(MemoryModel::Load0), 800u);
  EXPECT_EQ(memory.nextEvent(), 110u);
  EXPECT_EQ(memory.cycleAfter(MemoryModel::Load0, 8), kNever);
  memory.advance(110);
  EXPECT_EQ(memory.remainingBytes(MemoryModel::Load0), 800u);
  EXPECT_EQ(memory.nextEvent(), 200u);
  memory.advance(200);
  memory.advance(210);
  EXPECT_EQ(memory.nextEvent(), 220u);
  memory.advance(220);
  EXPECT_FALSE(memory.active(MemoryModel::Load0));
}
