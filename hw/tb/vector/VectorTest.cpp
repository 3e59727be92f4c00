//===- VectorTest.cpp - nncc_vector against the simulator -----------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ProgramBuilder.h"
#include "RandomVector.h"
#include "Testbench.h"
#include "Vector16x1.h"
#include "Vector16x3.h"
#include "Vector32x2.h"
#include "Vector8x1.h"
#include "Vector8x2.h"
#include "Vector8x3.h"
#include "nncc/Simulator/InstructionCost.h"
#include "nncc/Simulator/Timing.h"
#include "gtest/gtest.h"

#include <array>
#include <cstring>
#include <optional>

using namespace nncc;
using namespace nncc::hw;

namespace {

constexpr unsigned kReaders = 3;
/// From the cycle in which an instruction is taken to its finish, beside a
/// cycle for each item; up to two less where the last window lies outside the
/// image and nothing is read for it.
constexpr uint64_t kOverhead = 20;

/// Who else uses the feature memory.
struct Traffic {
  /// A conv that reads a word each cycle, bank after bank.
  bool conv = false;
  /// Of 100 requests that could be granted, how many are.
  unsigned readPercent = 100;
  unsigned writePercent = 100;
  /// Of 100 cycles, in how many the next instruction is there, and a finish is
  /// accepted.
  unsigned instructionPercent = 100;
  unsigned finishPercent = 100;
  /// Of 100 instructions, before how many another one is begun and ended by a
  /// reset.
  unsigned resetPercent = 0;
};

/// The engine with a feature memory around it.
template <typename Top> class Bench {
public:
  Bench(const ArchConfig &arch, uint64_t seed, const Traffic &traffic)
      : arch(arch), traffic(traffic), top(seed),
        feature(size_t(arch.featureWords) * arch.vector) {
    top->inst_valid_i = 0;
    top->finish_ready_i = 0;
    top->stop_i = 0;
    top->vm_we_i = 0;
    top->fm_gnt_i = 0;
    top->fm_valid_i = 0;
    top->wr_gnt_i = 0;
    top.reset();
  }

  void reset() {
    top.reset();
    held = {};
    answers = {};
    heldData.reset();
    offered = wasValid = stopped = false;
  }

  /// Fills the parameter memory.
  void loadParameters(const uint8_t *bytes) {
    for (uint32_t word = 0; word < arch.vectorWords; ++word) {
      writeParameter(word, bytes + size_t(word) * arch.vector);
      cycle();
    }
    top->vm_we_i = 0;
    parameters.assign(bytes, bytes + size_t(arch.vectorWords) * arch.vector);
  }

  void offer(const isa::Instruction &inst, uint32_t number) {
    uint8_t bytes[isa::kInstructionBytes];
    isa::encode(inst, bytes);
    for (unsigned i = 0; i < isa::kInstructionBytes; ++i)
      setBits(top->inst_i, 8 * i, 8, bytes[i]);
    top->number_i = number;
    offered = true;
  }

  /// One cycle with everything in it.
  void cycle() {
    taken = finished = failed = false;
    top->inst_valid_i =
        offered && (wasValid || top.chance(traffic.instructionPercent));
    wasValid = top->inst_valid_i;
    top->finish_ready_i = top.chance(traffic.finishPercent);
    top->fm_valid_i = 0;
    for (unsigned r = 0; r < kReaders; ++r) {
      const std::optional<Word> &word = answers[1][r];
      top->fm_valid_i |= word ? 1u << r : 0;
      for (unsigned i = 0; i < arch.vector; ++i)
        setBits(top->fm_data_i, 8 * (arch.vector * r + i), 8,
                word ? (*word)[i] : top.below(256));
    }
    answers[1] = answers[0];
    // What is there may be written again at any time.
    if (!parameters.empty()) {
      top->vm_we_i = top.chance(20);
      uint32_t word = uint32_t(top.below(arch.vectorWords));
      if (top->vm_we_i)
        writeParameter(word, parameters.data() + size_t(word) * arch.vector);
    }
    top.settle();
    if (!grant())
      return;
    top.settle();

    taken = top->inst_valid_i && top->inst_ready_o;
    if (taken)
      offered = wasValid = false;
    finishing = top->finish_o;
    finished = finishing && top->finish_ready_i;
    post = top->finish_post_o;
    failed = top->error_o;
    errorAddress = top->error_address_o;
    stopped |= failed;
    top.tick();
  }

  const ArchConfig &arch;
  Traffic traffic;
  Testbench<Top> top;
  using Word = std::array<uint8_t, 32>;
  std::vector<uint8_t> feature;
  /// What happened in the last cycle.
  bool taken = false, finishing = false, finished = false, failed = false;
  uint8_t post = 0;
  uint32_t errorAddress = 0;
  uint64_t writes = 0;

private:
  void writeParameter(uint32_t word, const uint8_t *bytes) {
    top->vm_we_i = 1;
    top->vm_addr_i = word;
    for (unsigned i = 0; i < arch.vector; ++i)
      setBits(top->vm_data_i, 8 * i, 8, bytes[i]);
  }

  /// Grants requests by the rules of the feature memory, checks that they are
  /// held and within it, and moves the data.
  bool grant() {
    uint32_t banks = arch.featureBanks;
    uint32_t busy = traffic.conv ? 1u << (top.cycle % banks) : 0;
    uint8_t granted = 0;
    for (unsigned r = 0; r < kReaders; ++r) {
      answers[0][r].reset();
      std::optional<uint32_t> request;
      if (top->fm_req_o >> r & 1)
        request = uint32_t(getBits(top->fm_addr_o, 16 * r, 16));
      // A request may be withdrawn for a while, but not replaced.
      if (!request)
        continue;
      if (held[r] && held[r] != request) {
        ADD_FAILURE() << "reader " << r << " changed its request";
        return false;
      }
      held[r] = request;
      if (*request >= arch.featureWords) {
        ADD_FAILURE() << "reader " << r << " reads word " << *request;
        return false;
      }
      uint32_t bank = 1u << (*request % banks);
      if ((busy & bank) || !top.chance(traffic.readPercent))
        continue;
      busy |= bank;
      granted |= uint8_t(1u << r);
      held[r].reset();
      Word word{};
      std::memcpy(word.data(), &feature[size_t(*request) * arch.vector],
                  arch.vector);
      answers[0][r] = word;
    }
    top->fm_gnt_i = granted;

    top->wr_gnt_i = 0;
    std::optional<Word> data;
    if (top->wr_req_o) {
      data.emplace();
      for (unsigned i = 0; i < arch.vector; ++i)
        (*data)[i] = uint8_t(getBits(top->wr_data_o, 8 * i, 8));
    }
    uint32_t address = top->wr_addr_o;
    if (heldData && (heldData != data || heldAddress != address) && !stopped) {
      ADD_FAILURE() << "the writer changed its request";
      return false;
    }
    heldData = data;
    heldAddress = address;
    if (!data || !top.chance(traffic.writePercent))
      return true;
    if (address >= arch.featureWords) {
      ADD_FAILURE() << "word " << address << " written";
      return false;
    }
    top->wr_gnt_i = 1;
    ++writes;
    heldData.reset();
    std::memcpy(&feature[size_t(address) * arch.vector], data->data(),
                arch.vector);
    return true;
  }

  std::vector<uint8_t> parameters;
  bool offered = false, wasValid = false;
  bool stopped = false; ///< An error withdraws requests.
  std::array<std::array<std::optional<Word>, kReaders>, 2> answers;
  std::array<std::optional<uint32_t>, kReaders> held;
  std::optional<Word> heldData;
  uint32_t heldAddress = 0;
};

ArchConfig makeArch(uint32_t vector, uint32_t taps) {
  ArchConfig arch = sim::test::tinyArch(vector);
  arch.vectorTaps = taps;
  if (vector == 32) {
    arch.featureWords = 1000;
    arch.vectorWords = 90;
  } else if (taps == 2) {
    arch.featureWords = 65536;
    arch.vectorWords = 4096;
  }
  return arch;
}

/// True for an instruction whose reads never meet in a bank.
struct FreeOfConflicts {
  bool operator()(const isa::Depthwise &op) { return op.dilationX % 2 != 0; }
  bool operator()(const isa::MaxPool &op) { return op.dilationX % 2 != 0; }
  bool operator()(const isa::Table &) { return true; }
  template <typename Op> bool operator()(const Op &) { return false; }
};

struct Statistics {
  uint64_t instructions = 0, measured = 0, model = 0, writes = 0;
};

/// Runs `count` random instructions and compares the feature memory after each.
template <typename Top>
void runRandom(const ArchConfig &arch, uint64_t seed, unsigned count,
               const Traffic &traffic, Statistics &statistics) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomVector generator(arch, seed);
  std::unique_ptr<sim::Machine> machine;
  ASSERT_EQ(sim::Machine::create(generator.makeProgram(count), {}, machine),
            "");
  machine->reset();
  constexpr unsigned loads = RandomVector::kLoads;
  for (unsigned i = 0; i < loads; ++i)
    ASSERT_EQ(machine->execute(i), "");

  Bench<Top> bench(arch, seed, traffic);
  const uint8_t *expected = machine->localMemory(isa::Memory::Feature);
  std::memcpy(bench.feature.data(), expected, bench.feature.size());
  bench.loadParameters(machine->localMemory(isa::Memory::Vparam));

  bool exact = !traffic.conv && traffic.readPercent == 100 &&
               traffic.writePercent == 100;
  for (unsigned i = 0; i < count; ++i) {
    isa::Instruction inst = machine->program().instructions[loads + i];
    SCOPED_TRACE("instruction " + std::to_string(i) + ": " + isa::print(inst));
    uint64_t model = sim::vectorCycles(inst, arch, 8) + kOverhead;
    inst.post = uint8_t(bench.top.below(32) & 0x17);
    if (bench.top.chance(traffic.resetPercent)) {
      bench.offer(machine->program().instructions[loads + (i + 1) % count], 0);
      for (uint64_t c = bench.top.below(200); c != 0; --c)
        bench.cycle();
      bench.reset();
      std::memcpy(bench.feature.data(), expected, bench.feature.size());
    }
    bench.offer(inst, i);
    std::optional<uint64_t> start, end;
    bool finished = false;
    uint64_t limit = bench.top.cycle + 100 * model + 10000;
    while (!finished) {
      ASSERT_FALSE(start && bench.top->idle_o);
      uint64_t now = bench.top.cycle;
      bench.cycle();
      if (::testing::Test::HasFailure())
        return;
      ASSERT_FALSE(bench.failed);
      ASSERT_FALSE(!start && bench.finishing);
      ASSERT_FALSE(end && !bench.finishing) << "finish withdrawn";
      if (bench.taken)
        start = now;
      if (bench.finishing && !end) {
        end = now;
        ASSERT_EQ(bench.post, inst.post);
      }
      finished = bench.finished;
      ASSERT_LT(bench.top.cycle, limit) << "hangs";
    }
    ASSERT_EQ(machine->execute(loads + i), "");
    bool same =
        !std::memcmp(expected, bench.feature.data(), bench.feature.size());
    for (size_t b = 0; !same && b < bench.feature.size(); ++b)
      ASSERT_EQ(int(int8_t(expected[b])), int(int8_t(bench.feature[b])))
          << "word " << b / arch.vector << " lane " << b % arch.vector;
    uint64_t measured = *end - *start;
    if (exact) {
      ASSERT_GE(measured + 2, model);
      if (std::visit(FreeOfConflicts(), inst.body))
        ASSERT_LE(measured, model);
    }
    ++statistics.instructions;
    statistics.measured += measured;
    statistics.model += model;
  }
  statistics.writes += bench.writes;
}

template <typename Top>
void runAll(uint32_t vector, uint32_t taps, unsigned programs, unsigned count,
            const Traffic &traffic, const char *name) {
  ArchConfig arch = makeArch(vector, taps);
  Statistics statistics;
  for (uint64_t seed = 1; seed <= programs; ++seed) {
    runRandom<Top>(arch, seed, count, traffic, statistics);
    if (::testing::Test::HasFailure())
      break;
  }
  std::printf(
      "V=%u taps=%u %-9s seeds 1..%u: %llu instructions, %llu words; "
      "%llu cycles, without conflicts %llu (%+.1f %%)\n",
      vector, taps, name, programs, (unsigned long long)statistics.instructions,
      (unsigned long long)statistics.writes,
      (unsigned long long)statistics.measured,
      (unsigned long long)statistics.model,
      100.0 * (double(statistics.measured) / double(statistics.model) - 1));
}

template <typename Top> void runTraffic(uint32_t vector, uint32_t taps) {
  Traffic alone;
  Traffic conv;
  conv.conv = true;
  Traffic stalls{true, 60, 40, 50, 30};
  Traffic slowWrites{false, 100, 15, 100, 100};
  Traffic slowReads{false, 25, 100, 100, 100};
  runAll<Top>(vector, taps, 12, 100, alone, "alone");
  runAll<Top>(vector, taps, 12, 100, conv, "conv");
  runAll<Top>(vector, taps, 12, 60, stalls, "stalls");
  runAll<Top>(vector, taps, 6, 40, slowWrites, "writes");
  runAll<Top>(vector, taps, 6, 40, slowReads, "reads");
  Traffic resets = stalls;
  resets.resetPercent = 50;
  runAll<Top>(vector, taps, 6, 60, resets, "resets");
}

/// Layers of common networks: the cycles beside those of the timing model.
template <typename Top> void runLayers(uint32_t vector, uint32_t taps) {
  ArchConfig arch = makeArch(vector, taps);
  // How many percent more cycles it may take than it has items.
  struct Layer {
    const char *name;
    isa::Body body;
    double alone, conv;
  };
  auto depthwise = [](uint32_t size, uint32_t kernel, uint32_t stride,
                      uint32_t dilation, uint32_t groups) {
    isa::Depthwise op = sim::test::makeDepthwise(size, size, kernel);
    op.dilationY = op.dilationX = dilation;
    op.originY = op.originX = -int32_t(dilation * (kernel / 2));
    op.strideY = op.strideX = stride;
    op.height = op.width = op.dstRowPitch = (size - 1) / stride + 1;
    op.srcGroupPitch = size * size;
    op.groups = groups;
    op.dstGroupPitch = op.height * op.width;
    op.dstBase = 512;
    op.weightBase = 64;
    return op;
  };
  auto pool = [](uint32_t size, uint32_t kernel, uint32_t stride,
                 uint32_t groups) {
    isa::MaxPool op = sim::test::makeMaxPool(size, size, kernel);
    op.originY = op.originX = 0;
    op.strideY = op.strideX = stride;
    op.height = op.width = op.dstRowPitch = (size - kernel) / stride + 1;
    op.srcGroupPitch = size * size;
    op.groups = groups;
    op.dstGroupPitch = op.height * op.width;
    op.dstBase = 512;
    return op;
  };
  isa::Add add = sim::test::makeAdd(14, 14);
  add.bBase = 200;
  add.dstBase = 600;
  isa::Mul mul = sim::test::makeMul(14, 14);
  mul.bBase = 200;
  mul.bColumnPitch = mul.bRowPitch = 0;
  mul.dstBase = 600;
  isa::Table table = sim::test::makeTable(14, 14);
  table.dstBase = 600;
  isa::Depthwise average = depthwise(7, 7, 7, 1, 8);
  average.originY = average.originX = 0;
  average.unitWeights = average.sharedParams = true;
  const Layer layers[] = {
      {"depthwise 3x3, 14x14", depthwise(14, 3, 1, 1, 2), 0, 2},
      {"depthwise 3x3, 7x7", depthwise(7, 3, 1, 1, 5), 0, 2},
      {"depthwise 5x5, 14x14", depthwise(14, 5, 1, 1, 2), 0, 2},
      {"depthwise 3x3 stride 2", depthwise(14, 3, 2, 1, 2), 0, 10},
      {"depthwise 3x3 dilation 2", depthwise(14, 3, 1, 2, 2), 0, 2},
      {"average 7x7", average, 0, 2},
      {"max_pool 2x2 stride 2", pool(14, 2, 2, 2), 0, 10},
      {"max_pool 3x3 stride 2", pool(14, 3, 2, 2), 0, 10},
      {"add 14x14", add, 1, 2},
      {"mul 14x14 by a pixel", mul, 1, 2},
      {"table 14x14", table, 0, 2},
  };
  const sim::TimingConstants constants;
  for (const Layer &layer : layers) {
    SCOPED_TRACE(layer.name);
    isa::Instruction inst;
    inst.engine = isa::Engine::Vector;
    inst.body = layer.body;
    ASSERT_EQ(isa::verify(inst, arch), "");
    uint64_t items = sim::vectorCycles(inst, arch, 8);
    uint64_t model = items + constants.vectorStart + constants.vectorPipeline;
    uint64_t cycles[2];
    for (bool conv : {false, true}) {
      Traffic traffic;
      traffic.conv = conv;
      Bench<Top> bench(arch, 1, traffic);
      bench.offer(inst, 0);
      uint64_t start = 0;
      do {
        if (bench.taken)
          start = bench.top.cycle - 1;
        bench.cycle();
        ASSERT_LT(bench.top.cycle, 100000u);
        ASSERT_FALSE(bench.failed);
      } while (!bench.finished);
      cycles[conv] = bench.top.cycle - 1 - start;
      double limit = conv ? layer.conv : layer.alone;
      EXPECT_LE(cycles[conv], kOverhead + items * (100 + limit) / 100);
    }
    std::printf("V=%u taps=%u %-25s items %5llu; timing model %5llu; alone "
                "%5llu; beside conv %5llu\n",
                vector, taps, layer.name, (unsigned long long)items,
                (unsigned long long)model, (unsigned long long)cycles[0],
                (unsigned long long)cycles[1]);
  }
}

/// The last word of each memory is reached, the one behind it is an error.
template <typename Top> void runBounds(uint32_t vector, uint32_t taps) {
  ArchConfig arch = makeArch(vector, taps);
  const uint32_t end = arch.featureWords, parameters = arch.vectorWords;
  auto run = [&](const char *name, isa::Body body, uint32_t beyond) {
    SCOPED_TRACE(name);
    isa::Instruction inst;
    inst.engine = isa::Engine::Vector;
    inst.body = body;
    ASSERT_EQ(isa::verify(inst, arch).empty(), !beyond);
    Bench<Top> bench(arch, 1, Traffic());
    bench.offer(inst, 5);
    for (unsigned c = 0; c < 3000 && !bench.finished && !bench.failed; ++c)
      bench.cycle();
    EXPECT_EQ(bench.finished, !beyond);
    EXPECT_EQ(bench.failed, beyond != 0);
    if (beyond)
      EXPECT_EQ(bench.errorAddress, beyond);
  };
  auto both = [&](const char *name, auto op, uint32_t &field, uint32_t last,
                  uint32_t beyond) {
    // `field` is a member of what `op` copies.
    field = last;
    run(name, op(), 0);
    field = last + 1;
    run(name, op(), beyond);
  };
  isa::Depthwise depthwise = sim::test::makeDepthwise(4, 4, 3);
  depthwise.originY = depthwise.originX = -1;
  depthwise.groups = 2;
  depthwise.srcGroupPitch = depthwise.dstGroupPitch = 16;
  depthwise.dstBase = 100;
  depthwise.weightBase = 20;
  const isa::Depthwise good = depthwise;
  auto makeDepthwise = [&] { return depthwise; };
  both("source", makeDepthwise, depthwise.srcBase, end - 32, end);
  depthwise = good;
  both("result", makeDepthwise, depthwise.dstBase, end - 32, end);
  depthwise = good;
  both("weights", makeDepthwise, depthwise.weightBase, parameters - 18,
       parameters);
  depthwise = good;
  both("records", makeDepthwise, depthwise.paramBase, parameters - 16,
       parameters);
  isa::Mul mul = sim::test::makeMul(3, 5);
  mul.dstBase = 100;
  const isa::Mul goodMul = mul;
  auto makeMul = [&] { return mul; };
  both("operand a", makeMul, mul.aBase, end - 15, end);
  mul = goodMul;
  both("operand b", makeMul, mul.bBase, end - 15, end);
  isa::Table table = sim::test::makeTable(3, 5);
  table.dstBase = 100;
  auto makeTable = [&] { return table; };
  both("table", makeTable, table.tableBase, parameters - 256 / vector,
       parameters);
}

/// A running instruction ends after a stop; no other one starts.
template <typename Top> void runStop(uint32_t vector, uint32_t taps) {
  ArchConfig arch = makeArch(vector, taps);
  Bench<Top> bench(arch, 1, Traffic());
  isa::Instruction inst;
  inst.engine = isa::Engine::Vector;
  isa::Table table = sim::test::makeTable(4, 4);
  table.dstBase = 100;
  inst.body = table;
  bench.offer(inst, 0);
  bench.cycle();
  ASSERT_TRUE(bench.taken);
  bench.top->stop_i = 1;
  bench.offer(inst, 1);
  unsigned finished = 0;
  for (unsigned c = 0; c < 200; ++c) {
    bench.cycle();
    ASSERT_FALSE(bench.taken);
    finished += bench.finished;
  }
  EXPECT_EQ(finished, 1u);
  EXPECT_EQ(bench.writes, 16u);
  EXPECT_TRUE(bench.top->idle_o);
  bench.top->stop_i = 0;
  bench.cycle();
  EXPECT_TRUE(bench.taken);
}

/// Instructions that leave a memory are stopped before they touch it.
template <typename Top> void runErrors(uint32_t vector, uint32_t taps) {
  ArchConfig arch = makeArch(vector, taps);
  RandomVector generator(arch, 7);
  Bench<Top> bench(arch, 7, Traffic{true, 80, 80, 100, 100});
  for (unsigned i = 0; i < 300; ++i) {
    isa::Instruction inst = generator.makeBeyond();
    SCOPED_TRACE(std::to_string(i) + ": " + isa::print(inst));
    bench.offer(inst, 1000 + i);
    uint64_t limit = bench.top.cycle + 3000000;
    do {
      bench.cycle();
      if (::testing::Test::HasFailure())
        return;
      ASSERT_FALSE(bench.finishing);
      ASSERT_LT(bench.top.cycle, limit);
      if (bench.failed) {
        ASSERT_EQ(bench.top->error_code_o, 2);
        ASSERT_EQ(bench.top->error_number_o, 1000 + i);
      }
    } while (!bench.failed);
    ASSERT_GE(bench.top->error_address_o,
              std::min(arch.featureWords, arch.vectorWords));
    // It neither goes on nor takes another one.
    bench.offer(inst, 1);
    for (unsigned c = 0; c < 40; ++c) {
      bench.cycle();
      if (::testing::Test::HasFailure())
        return;
      ASSERT_FALSE(bench.taken || bench.finishing || bench.failed);
      if (c > 1)
        ASSERT_FALSE(bench.top->fm_req_o || bench.top->wr_req_o);
    }
    ASSERT_TRUE(bench.top->idle_o);
    bench.reset();
  }
}

} // namespace

TEST(Vector, Random8x3) { runTraffic<Vector8x3>(8, 3); }
TEST(Vector, Random8x1) { runTraffic<Vector8x1>(8, 1); }
TEST(Vector, Random16x3) { runTraffic<Vector16x3>(16, 3); }
TEST(Vector, Random16x1) { runTraffic<Vector16x1>(16, 1); }
TEST(Vector, Random32x2) { runTraffic<Vector32x2>(32, 2); }

TEST(Vector, Random8x2) { runTraffic<Vector8x2>(8, 2); }

TEST(Vector, Layers8x3) { runLayers<Vector8x3>(8, 3); }
TEST(Vector, Layers16x3) { runLayers<Vector16x3>(16, 3); }

TEST(Vector, Bounds8x3) { runBounds<Vector8x3>(8, 3); }
TEST(Vector, Bounds16x1) { runBounds<Vector16x1>(16, 1); }

TEST(Vector, Stop) { runStop<Vector8x3>(8, 3); }

TEST(Vector, Errors8x3) { runErrors<Vector8x3>(8, 3); }
TEST(Vector, Errors16x1) { runErrors<Vector16x1>(16, 1); }
TEST(Vector, Errors32x2) { runErrors<Vector32x2>(32, 2); }
TEST(Vector, Errors8x2) { runErrors<Vector8x2>(8, 2); }
