//===- ConvTest.cpp - nncc_conv, what it computes -------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Conv16x32.h"
#include "Conv8x32Dsp.h"
#include "Conv8x8.h"
#include "ConvBench.h"
#include "ProgramBuilder.h"

#include <cstdlib>

using namespace nncc;
using namespace nncc::hw;

namespace {

/// NNCC_SEED runs that one only, NNCC_SEEDS so many.
std::pair<uint32_t, uint32_t> seeds(uint32_t count) {
  if (const char *given = std::getenv("NNCC_SEED")) {
    auto seed = uint32_t(std::strtoul(given, nullptr, 10));
    return {seed, seed};
  }
  if (const char *many = std::getenv("NNCC_SEEDS"))
    count = uint32_t(std::strtoul(many, nullptr, 10));
  return {1, count};
}

template <typename Top>
void testRandom(const ArchConfig &arch, uint32_t count, bool small) {
  auto [first, last] = seeds(count);
  for (uint32_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE("NNCC_SEED=" + std::to_string(seed));
    RandomConvOptions program;
    program.small = small;
    program.count = small ? 120 : 40;
    ConvBenchOptions bench;
    switch (seed % 4) {
    case 1:
      bench = {70, 60, 50, 70, 60};
      break;
    case 2: // The result leaves slowly.
      bench = {100, 90, 20, 30, 100};
      break;
    case 3: // The source comes slowly.
      bench = {20, 100, 100, 100, 100};
      break;
    default: // Nothing holds the engine up.
      break;
    }
    ConvBench<Top> test(makeRandomConvs(arch, seed, program), bench, seed);
    test.run();
    if (testing::Test::HasFailure())
      return;
  }
}

TEST(Conv, Random8x8) { testRandom<Conv8x8>(sim::test::tinyArch(), 24, false); }
TEST(Conv, Random16x32) {
  testRandom<Conv16x32>(sim::test::tinyArch(16, 2), 12, false);
}
TEST(Conv, Random8x32OfDsps) {
  testRandom<Conv8x32Dsp>(sim::test::tinyArch(8, 4), 8, false);
}
TEST(Conv, FewPixels8x8) {
  testRandom<Conv8x8>(sim::test::tinyArch(), 40, true);
}
TEST(Conv, FewPixels16x32) {
  testRandom<Conv16x32>(sim::test::tinyArch(16, 2), 12, true);
}

//===----------------------------------------------------------------------===//
// Addresses beyond their memories
//===----------------------------------------------------------------------===//

class ConvAddress : public testing::Test {
protected:
  ConvAddress() : program(makeRandomMemories(sim::test::tinyArch(), 1)) {
    for (unsigned i = 0; i < 2; ++i) {
      isa::Conv conv = sim::test::makeConv(4, 4, 3);
      conv.psumBank = i;
      conv.dstBase = 100 + 100 * i;
      program.instructions.push_back(instruction(conv));
    }
    // Taps that stay inside.
    for (unsigned i = 0; i < 16; ++i)
      isa::Tap{uint16_t(16 * i), 0, 0}.encode(
          reinterpret_cast<uint8_t *>(program.local[2].data() + 4 * i));
  }

  static isa::Instruction instruction(const isa::Conv &conv) {
    isa::Instruction inst;
    inst.engine = isa::Engine::Conv;
    inst.body = conv;
    return inst;
  }
  isa::Conv &conv() {
    return std::get<isa::Conv>(program.instructions[1].body);
  }

  /// The second instruction is wrong. Whatever grants the memory gives, nothing
  /// beyond it is touched, and the engine says what is wrong and stands still.
  void expectError(uint32_t address) {
    ConvBench<Conv8x8> test(program, {}, 1);
    test.runExpectingError();
    ASSERT_TRUE(test.error.has_value());
    EXPECT_EQ(test.error->code, 2u);
    EXPECT_EQ(test.error->number, 1001u);
    EXPECT_EQ(test.error->address, address);
    uint64_t reads = test.reads, writes = test.writes;
    test.idle(2000);
    EXPECT_EQ(test.errors, 1u);
    EXPECT_LE(test.reads, reads + 2);
    EXPECT_LE(test.writes, writes + 1);
    EXPECT_FALSE(test.bench->inst_ready_o);
    EXPECT_LE(test.finished, 1u);
  }

  ConvProgram program;
};

TEST_F(ConvAddress, LastWordsAreLegal) {
  conv().srcBase = 1024 - 16 - 32;
  conv().dstBase = 1024 - 16 - 100;
  conv().residual = true;
  conv().resBase = 1024 - 16 - 200;
  conv().tapCount = 3;
  conv().weightBase = 29;
  conv().paramBase = 7;
  ConvBench<Conv8x8> test(program, {}, 1);
  test.run();
  EXPECT_FALSE(test.error.has_value());
}

TEST_F(ConvAddress, Source) {
  conv().srcBase = 1024 - 16 - 32 + 1;
  expectError(1024);
}
TEST_F(ConvAddress, Result) {
  conv().dstBase = 1024 - 16 + 1;
  expectError(1024);
}
TEST_F(ConvAddress, Residual) {
  conv().residual = true;
  conv().resBase = 1024 - 13;
  conv().resRowPitch = 4;
  expectError(1024);
}
TEST_F(ConvAddress, FarSource) {
  conv().srcRowPitch = 4095;
  conv().srcHeight = 4095;
  conv().originY = 2047;
  expectError(2047 * 4095);
}
TEST_F(ConvAddress, TapList) {
  conv().tapBase = 126;
  expectError(128);
}
TEST_F(ConvAddress, WeightBlocks) {
  conv().weightBase = 30;
  expectError(32);
}
TEST_F(ConvAddress, Records) {
  conv().paramBase = 8;
  expectError(8);
}

} // namespace
