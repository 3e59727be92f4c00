//===- MacArrayTest.cpp - nncc_mac_array ----------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Both views against dot products: random and extreme operands, blocks that
// load without a gap behind the one in use, swaps as early and as late as they
// may be.
//
//===----------------------------------------------------------------------===//

#include "Dsp16x32.h"
#include "Dsp32x32.h"
#include "Dsp8x32.h"
#include "Dsp8x8.h"
#include "Fast16x32.h"
#include "Fast8x8.h"
#include "Lut8x16.h"
#include "Testbench.h"
#include "gtest/gtest.h"

#include <cstdlib>
#include <deque>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

using namespace nncc::hw;

namespace {

using Words = std::vector<std::vector<int>>;

template <typename Top> class MacArray {
public:
  MacArray(unsigned v, unsigned o, unsigned latency, uint64_t seed)
      : v(v), o(o), g(o / v), sumBits(15 + log2(v)), latency(latency),
        bench(seed), shadow(o, std::vector<int>(v)), active(shadow) {}

  void run(unsigned blocks) {
    idle();
    for (unsigned i = 0; i < blocks; ++i) {
      Words block = makeBlock();
      for (unsigned index = 0; index < v; ++index) {
        while (bench.chance(gaps))
          cycle(false, nullptr, 0);
        // The first load of a block may come with the swap of the one before.
        bool swap = index == 0 && i != 0 && !swapped;
        swapped |= swap;
        cycle(swap, &block, index);
      }
      swapped = false;
      if (bench.chance(50)) {
        while (bench.chance(gaps))
          cycle(false, nullptr, 0);
        cycle(true, nullptr, 0);
        swapped = true;
      }
      if (i % 8 == 0)
        gaps = unsigned(bench.below(2) * 60);
    }
    for (unsigned i = 0; i <= latency; ++i)
      cycle(false, nullptr, 0);
  }

private:
  static unsigned log2(unsigned value) {
    return value <= 1 ? 0 : 1 + log2(value / 2);
  }

  Words makeBlock() {
    Words block(o, std::vector<int>(v));
    unsigned kind = unsigned(bench.below(4));
    for (std::vector<int> &word : block) {
      int sign = bench.chance(50) ? 127 : -127;
      for (int &w : word)
        w = kind == 0   ? sign
            : kind == 1 ? (bench.chance(50) ? 127 : -127)
                        : int(bench.below(255)) - 127;
    }
    return block;
  }

  std::vector<int> makeActivations() {
    std::vector<int> a(v);
    unsigned kind = unsigned(bench.below(4));
    for (int &x : a)
      x = kind == 0   ? -128
          : kind == 1 ? (bench.chance(50) ? 127 : -128)
                      : int(bench.below(256)) - 128;
    return a;
  }

  void idle() {
    bench->swap_i = 0;
    bench->load_i = 0;
  }

  void cycle(bool swap, const Words *block, unsigned index) {
    std::vector<int> a = makeActivations();
    for (unsigned i = 0; i < v; ++i)
      setBits(bench->a_i, 8 * i, 8, uint64_t(a[i]) & 0xff);
    bench->swap_i = swap;
    bench->load_i = block != nullptr;
    bench->load_index_i = block ? index : unsigned(bench.below(v));
    for (unsigned j = 0; j < g; ++j)
      for (unsigned i = 0; i < v; ++i)
        setBits(bench->load_data_i, 8 * (j * v + i), 8,
                block ? uint64_t((*block)[index * g + j][i]) & 0xff
                      : bench.below(256));
    if (swap) {
      active = shadow;
      known = true;
    }
    if (block)
      for (unsigned j = 0; j < g; ++j)
        shadow[index * g + j] = (*block)[index * g + j];
    std::vector<int64_t> sums;
    if (known)
      for (unsigned c = 0; c < o; ++c) {
        int64_t sum = 0;
        for (unsigned i = 0; i < v; ++i)
          sum += int64_t(a[i]) * active[c][i];
        sums.push_back(sum);
      }
    expected.push_back(sums);
    bench.settle();
    if (expected.size() > latency) {
      std::vector<int64_t> now = expected.front();
      expected.pop_front();
      for (unsigned c = 0; c < now.size(); ++c) {
        int64_t got = int64_t(getBits(bench->sum_o, sumBits * c, sumBits)
                              << (64 - sumBits)) >>
                      (64 - sumBits);
        ASSERT_EQ(got, now[c]) << "output " << c << ", cycle " << bench.cycle;
      }
    }
    bench.tick();
  }

  unsigned v, o, g, sumBits, latency;
  Testbench<Top> bench;
  Words shadow, active;
  bool known = false;   ///< a block is in use
  bool swapped = false; ///< the last block is in use
  unsigned gaps = 0;
  std::deque<std::vector<int64_t>> expected;
};

template <typename Top>
void test(unsigned v, unsigned o, unsigned latency, unsigned blocks) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    MacArray<Top>(v, o, latency, seed).run(blocks);
    if (testing::Test::HasFatalFailure())
      return;
  }
}

TEST(MacArray, FastView) {
  test<Fast8x8>(8, 8, 8, 200);
  test<Fast16x32>(16, 32, 9, 100);
}

TEST(MacArray, DspView) {
  test<Dsp8x8>(8, 8, 8, 200);
  test<Dsp16x32>(16, 32, 9, 100);
  test<Dsp32x32>(32, 32, 10, 30);
}

TEST(MacArray, DspViewWithMoreLatency) { test<Dsp8x32>(8, 32, 11, 100); }

TEST(MacArray, LutColumns) { test<Lut8x16>(8, 16, 8, 100); }

/// The view for synthesis with DSP48E1 instances, beside the view for
/// simulation, in mac_array_primitives_tb.v.
TEST(MacArray, DspPrimitives) {
  std::string iverilog = NNCC_IVERILOG, cells = NNCC_XILINX_CELLS;
  if (iverilog.empty() || cells.empty())
    GTEST_SKIP() << "needs Icarus Verilog and Yosys' models of the primitives";
  std::string source = NNCC_SOURCE_DIR "/hw", dir = NNCC_MAC_ARRAY_DIR;
  for (const char *size :
       {"V=8 O=8 DSP_COLUMNS=8", "V=8 O=16 DSP_COLUMNS=12"}) {
    std::string params;
    std::istringstream words(size);
    for (std::string word; words >> word;)
      params += " -Pmac_array_primitives_tb." + word;
    std::string command = iverilog + " -g2005-sv -DNNCC_DSP_PRIMITIVES" +
                          params + " -s mac_array_primitives_tb -y " + source +
                          "/rtl -o " + dir + "/primitives.vvp " + source +
                          "/tb/mac_array/mac_array_primitives_tb.v " + cells +
                          " > " + dir + "/primitives.log 2>&1 && vvp -n " +
                          dir + "/primitives.vvp >> " + dir +
                          "/primitives.log 2>&1";
    // The shell redirects: NOLINTNEXTLINE(bugprone-command-processor)
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    std::ifstream log(dir + "/primitives.log");
    std::string text((std::istreambuf_iterator<char>(log)), {});
    EXPECT_NE(text.find("PASSED\n"), std::string::npos) << size << '\n' << text;
  }
}

} // namespace
