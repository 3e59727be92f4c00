//===- CoreTest.cpp - nncc_core against the simulator ---------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Random legal programs, with the tokens that the scheduler gives them, on the
// simulator and on the Verilog: the same bytes in DRAM and, saved at the end,
// in the feature memory, whatever memory and bus do.
// NNCC_CORE_SEEDS=<first>-<last> runs others than the usual ones,
// NNCC_CORE_ENGINES=<mask> leaves engines out.
//
//===----------------------------------------------------------------------===//

#include "Core.h"
#include "ConfigHeader.h"
#include "Driver.h"
#include "RandomInstructions.h"
#include "Registers.h"
#include "nncc/Scheduling/TokenAssignment.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <set>

using namespace nncc;
using namespace nncc::hw;

namespace {

constexpr uint64_t kPadding = 256;
constexpr uint64_t kLimit = 5000000; ///< cycles

ArchConfig makeArch(const char *name) {
  ArchConfig arch;
  std::string error = readConfigHeader(
      std::string(NNCC_BINARY_DIR "/hw/") + name + "/nncc_config.vh", arch);
  EXPECT_EQ(error, "");
  arch.name = name;
  arch.clockMHz = 100;
  arch.memoryBytesPerCycle = arch.axiBytes();
  arch.memoryLatency = 30;
  EXPECT_EQ(arch.verify(), "");
  return arch;
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

/// The words or bytes [base + ...] of a block: true if all are different.
bool addBlock(std::set<int64_t> &out, int64_t base, uint32_t countX,
              int64_t pitchX, uint32_t countY, int64_t pitchY, uint32_t countZ,
              int64_t pitchZ) {
  bool distinct = true;
  for (uint32_t z = 0; z < countZ; ++z)
    for (uint32_t y = 0; y < countY; ++y)
      for (uint32_t x = 0; x < countX; ++x)
        distinct &=
            out.insert(base + z * pitchZ + y * pitchY + x * pitchX).second;
  return distinct;
}

/// What an instruction writes is all different, in words.
bool writesDistinct(const isa::Instruction &inst) {
  std::set<int64_t> words;
  auto result = [&](const auto &op, uint32_t groups) {
    return addBlock(words, op.dstBase, op.width, 1, op.height, op.dstRowPitch,
                    groups, op.dstGroupPitch);
  };
  if (const auto *op = std::get_if<isa::Load>(&inst.body))
    return addBlock(words, op->localBase, op->countX, 1, op->countY,
                    op->localPitchY, op->countZ, op->localPitchZ);
  if (const auto *op = std::get_if<isa::LoadWindow>(&inst.body))
    return addBlock(words, op->localBase, op->countX, 1, op->countY,
                    op->localPitchY, op->groups, op->localPitchZ);
  if (const auto *op = std::get_if<isa::Save>(&inst.body))
    return addBlock(words, op->dramOffset, op->countX, 1, op->countY,
                    op->dramPitchY, op->countZ, op->dramPitchZ);
  if (const auto *op = std::get_if<isa::Conv>(&inst.body))
    return !op->drain || result(*op, op->dstGroups);
  if (const auto *op = std::get_if<isa::Depthwise>(&inst.body))
    return result(*op, op->groups);
  if (const auto *op = std::get_if<isa::MaxPool>(&inst.body))
    return result(*op, op->groups);
  if (const auto *op = std::get_if<isa::Add>(&inst.body))
    return result(*op, op->groups);
  if (const auto *op = std::get_if<isa::Mul>(&inst.body))
    return result(*op, op->groups);
  return result(std::get<isa::Table>(inst.body),
                std::get<isa::Table>(inst.body).groups);
}

bool overlaps(const isa::Access &a, const isa::Access &b) {
  if (a.isDram != b.isDram || a.space != b.space)
    return false;
  for (const isa::Interval &x : a.intervals)
    for (const isa::Interval &y : b.intervals)
      if (x.begin < y.end && y.begin < x.end)
        return true;
  return false;
}

/// It writes nothing that it reads. (What may replace its own element is tested
/// by the engines' own testbenches.)
bool writesApart(const std::vector<isa::Access> &accesses) {
  for (const isa::Access &a : accesses)
    for (const isa::Access &b : accesses)
      if (a.write && !b.write && overlaps(a, b))
        return false;
  return true;
}

/// A random program of `count` instructions beyond those that fill the
/// memories, made legal and ending with a save of the whole feature memory
/// behind the output.
sim::MachineProgram makeProgram(const ArchConfig &arch, uint32_t seed,
                                unsigned count) {
  unsigned engines = 31;
  if (const char *text = std::getenv("NNCC_CORE_ENGINES"))
    engines = unsigned(std::strtoul(text, nullptr, 0));
  sim::MachineProgram program = sim::test::makeRandomProgram(arch, seed, count);
  std::vector<isa::Tap> taps(arch.tapEntries());
  std::vector<isa::Instruction> kept;
  struct Sums {
    bool there = false;
    uint32_t height = 0, width = 0;
  } sums[2];
  std::vector<scheduling::Node> nodes;
  size_t drained[2] = {scheduling::Node::kNone, scheduling::Node::kNone};
  auto keep = [&](isa::Instruction inst) {
    auto *conv = std::get_if<isa::Conv>(&inst.body);
    if (conv) {
      Sums &bank = sums[conv->psumBank];
      conv->accumulate = conv->accumulate && bank.there &&
                         bank.height == conv->height &&
                         bank.width == conv->width;
    }
    std::vector<isa::Access> accesses = isa::footprint(
        inst, arch, conv ? taps.data() + conv->tapBase : nullptr);
    if (!writesDistinct(inst) || !writesApart(accesses))
      return;
    scheduling::Node node{inst.engine, accesses, scheduling::Node::kNone};
    if (conv) {
      node.finished = drained[conv->psumBank];
      sums[conv->psumBank] = {!conv->drain, conv->height, conv->width};
      if (conv->drain)
        drained[conv->psumBank] = kept.size();
    }
    nodes.push_back(node);
    kept.push_back(inst);
  };
  for (const isa::Instruction &inst : program.instructions) {
    // The tap list does not change after its first load.
    if (const auto *load = std::get_if<isa::Load>(&inst.body);
        load && load->memory == isa::Memory::Tap)
      for (size_t i = 0; i < taps.size(); ++i)
        taps[i] =
            isa::Tap::decode(&program.constants[load->dramOffset + 4 * i]);
    if (engines >> unsigned(inst.engine) & 1)
      keep(inst);
  }
  isa::Save save;
  save.region = isa::Region::Output;
  save.dramOffset = uint32_t(program.outputBytes);
  save.countX = arch.featureWords;
  save.countY = save.countZ = 1;
  isa::Instruction last;
  last.engine = isa::Engine::Save;
  last.body = save;
  keep(last);
  program.outputBytes += uint64_t(arch.featureWords) * arch.vector;

  scheduling::TokenResult tokens =
      scheduling::assignTokens(nodes, arch.tokenLimit);
  EXPECT_TRUE(tokens.ok) << tokens.why;
  for (size_t i = 0; i < kept.size() && tokens.ok; ++i) {
    kept[i].wait = tokens.sync[i].wait;
    kept[i].post = tokens.sync[i].post;
    kept[i].fence = tokens.sync[i].fence;
  }
  program.instructions = kept;
  return program;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

/// A core with the memories of a program.
class Bench {
public:
  Bench(const ArchConfig &arch, uint64_t seed) : arch(arch), random(seed) {
    const CoreModel *model = findCoreModel(arch.name);
    EXPECT_NE(model, nullptr);
    core = model->create(seed);
  }

  void load(const sim::MachineProgram &program, const DramOptions &options) {
    core->setDram(options);
    code.assign(program.instructions.size() * isa::kInstructionBytes + kPadding,
                0);
    for (size_t i = 0; i < program.instructions.size(); ++i)
      isa::encode(program.instructions[i], &code[i * isa::kInstructionBytes]);
    job = {};
    job.programAddress = uint64_t(5) << 36;
    job.instructions = uint32_t(program.instructions.size());
    core->dram().map(job.programAddress, code.data(), code.size(), false);
    const uint64_t sizes[] = {program.constants.size(), program.inputBytes,
                              program.outputBytes, program.workspaceBytes};
    for (unsigned i = 0; i < 4; ++i) {
      regions[i].assign(sizes[i] + kPadding, 0);
      if (i == unsigned(isa::Region::Constant))
        std::copy(program.constants.begin(), program.constants.end(),
                  regions[i].begin());
      // Beats aligned, anything else not.
      job.regions[i] = {
          (uint64_t(i + 1) << 33) + 4096 * i + 64 * (random() % 64), sizes[i]};
      core->dram().map(job.regions[i].address, regions[i].data(),
                       regions[i].size(), i >= unsigned(isa::Region::Output));
    }
  }

  void setInput(const std::vector<uint8_t> &bytes) {
    std::copy(bytes.begin(), bytes.end(), regions[1].begin());
  }

  /// Empty, or how the job ended.
  std::string run(JobError &error) {
    Driver driver(*core);
    std::string message = driver.start(job);
    if (!message.empty())
      return message;
    if (!driver.poll(kLimit))
      return "no end within " + std::to_string(kLimit) + " cycles";
    return driver.result(error);
  }
  std::string run() {
    JobError error;
    std::string message = run(error);
    return message.empty() ? ""
                           : message + " at " + std::to_string(error.number);
  }

  ArchConfig arch;
  std::mt19937_64 random;
  std::unique_ptr<Core> core;
  Job job;
  std::vector<uint8_t> code, regions[4];
};

/// The simulator's output and workspace.
struct Expected {
  std::vector<uint8_t> input, output, workspace;

  Expected(const sim::MachineProgram &program, uint64_t seed) {
    std::mt19937_64 random(seed);
    input.resize(program.inputBytes);
    for (uint8_t &byte : input)
      byte = uint8_t(random());
    std::unique_ptr<sim::Machine> machine;
    std::string error = sim::Machine::create(program, {}, machine);
    EXPECT_EQ(error, "");
    if (!machine)
      return;
    std::copy(input.begin(), input.end(),
              machine->region(isa::Region::Input).data);
    EXPECT_EQ(machine->run(), "");
    auto copy = [&](isa::Region region) {
      auto bytes = machine->region(region);
      return std::vector<uint8_t>(bytes.data, bytes.data + bytes.size);
    };
    output = copy(isa::Region::Output);
    workspace = copy(isa::Region::Workspace);
  }

  void compare(const Bench &bench, uint64_t featureBytes) const {
    auto compare = [&](const char *name, const std::vector<uint8_t> &expected,
                       const std::vector<uint8_t> &got) {
      for (size_t i = 0; i < expected.size(); ++i)
        if (expected[i] != got[i]) {
          bool feature = name[0] == 'o' && i >= expected.size() - featureBytes;
          size_t at = feature ? i - (expected.size() - featureBytes) : i;
          ADD_FAILURE() << (feature ? "feature memory" : name) << " byte " << at
                        << " (word " << at / bench.arch.vector << "): expected "
                        << int(int8_t(expected[i])) << ", got "
                        << int(int8_t(got[i]));
          return;
        }
    };
    compare("output", output, bench.regions[2]);
    compare("workspace", workspace, bench.regions[3]);
  }
};

DramOptions plainDram(const Bench &bench) {
  DramOptions options;
  options.beatBytes = bench.core->beatBytes();
  options.bytesPerCycle = options.beatBytes;
  options.latency = 30;
  return options;
}

DramOptions randomDram(Bench &bench) {
  DramOptions options = plainDram(bench);
  options.seed = bench.random();
  options.latency = 1 + bench.random() % 40;
  options.bytesPerCycle = options.beatBytes * (1 + bench.random() % 3);
  options.stallPercent = bench.random() % 70;
  if (bench.random() % 2) {
    options.refreshInterval = 100;
    options.refreshCycles = 30;
  }
  return options;
}

void runSeed(const char *config, uint64_t seed, unsigned count) {
  SCOPED_TRACE(std::string(config) + ", seed " + std::to_string(seed));
  ArchConfig arch = makeArch(config);
  sim::MachineProgram program = makeProgram(arch, uint32_t(seed), count);
  Expected expected(program, seed);
  Bench bench(arch, seed);
  bench.load(program, seed % 3 == 0 ? plainDram(bench) : randomDram(bench));
  bench.setInput(expected.input);
  EXPECT_EQ(bench.run(), "");
  expected.compare(bench, uint64_t(arch.featureWords) * arch.vector);
}

void runSeeds(const char *config, uint64_t first, uint64_t last,
              unsigned count) {
  if (const char *text = std::getenv("NNCC_CORE_SEEDS"))
    if (std::sscanf(text, "%lu-%lu", &first, &last) != 2)
      ADD_FAILURE() << "NNCC_CORE_SEEDS: expected <first>-<last>, got " << text;
  for (uint64_t seed = first; seed <= last && !::testing::Test::HasFailure();
       ++seed)
    runSeed(config, seed, count);
}

} // namespace

TEST(Core, RandomProgramsTiny) { runSeeds("tiny", 1, 30, 150); }

// Whatever else this build has.
TEST(Core, RandomProgramsOthers) {
  for (const CoreModel &model : coreModels())
    if (std::string(model.arch) != "tiny")
      runSeeds(model.arch, 1001, 1003, 60);
}

// One job after the other, with other programs, without a reset between them.
// Tokens that a job leaves behind are no more there in the next.
TEST(Core, JobsInARow) {
  ArchConfig arch = makeArch("tiny");
  Bench bench(arch, 5);
  for (unsigned i = 0; i < arch.tokenLimit + 3; ++i) {
    sim::MachineProgram program = makeProgram(arch, 500 + i, 40);
    program.instructions.back().post |= 0xf; // the save's, to all others
    Expected expected(program, i);
    bench.load(program, plainDram(bench));
    bench.setInput(expected.input);
    ASSERT_EQ(bench.run(), "");
    EXPECT_EQ(bench.core->readRegister(reg::kJob), i + 1);
    expected.compare(bench, uint64_t(arch.featureWords) * arch.vector);
  }
}

TEST(Core, EmptyProgram) {
  ArchConfig arch = makeArch("tiny");
  Bench bench(arch, 6);
  bench.load({arch, {}, {}, 0, 0, 0, {}, {}}, plainDram(bench));
  EXPECT_EQ(bench.run(), "");
}

// After an error: what it says, then a reset, then the whole program again.
class CoreErrors : public ::testing::Test {
protected:
  CoreErrors()
      : arch(makeArch("tiny")), program(makeProgram(arch, 77, 60)),
        expected(program, 7), bench(arch, 8) {
    bench.load(program, plainDram(bench));
    bench.setInput(expected.input);
  }

  JobError fail() {
    JobError error;
    EXPECT_NE(bench.run(error), "");
    return error;
  }

  void recover() {
    EXPECT_EQ(Driver(*bench.core).reset(), "");
    EXPECT_TRUE(bench.core->dram().quiet());
    bench.load(program, randomDram(bench));
    bench.setInput(expected.input);
    EXPECT_EQ(bench.run(), "");
    expected.compare(bench, uint64_t(arch.featureWords) * arch.vector);
  }

  size_t find(isa::Engine engine) {
    for (size_t i = program.instructions.size(); i--;)
      if (program.instructions[i].engine == engine)
        return i;
    ADD_FAILURE();
    return 0;
  }

  ArchConfig arch;
  sim::MachineProgram program;
  Expected expected;
  Bench bench;
};

TEST_F(CoreErrors, IllegalInstruction) {
  bench.code[20 * 64 + 63] |= 0x80; // a reserved bit
  JobError error = fail();
  EXPECT_EQ(error.code, ErrorCode::Illegal);
  EXPECT_EQ(error.number, 20u);
  EXPECT_EQ(error.engine, unsigned(program.instructions[20].engine));
  recover();
}

TEST_F(CoreErrors, LocalAddress) {
  isa::Instruction inst = program.instructions[3];
  std::get<isa::Load>(inst.body).localBase += 1; // a full memory before
  isa::encode(inst, &bench.code[3 * 64]);
  JobError error = fail();
  EXPECT_EQ(error.code, ErrorCode::LocalAddress);
  EXPECT_EQ(error.number, 3u);
  recover();
}

TEST_F(CoreErrors, DramAddress) {
  bench.job.regions[0].size -= 8;
  JobError error = fail();
  EXPECT_EQ(error.code, ErrorCode::DramAddress);
  recover();
}

TEST_F(CoreErrors, BusErrors) {
  struct Case {
    unsigned region; // 4: the program
    Response response;
    ErrorCode code;
  } const cases[] = {{0, Response::SlaveError, ErrorCode::ReadSlave},
                     {0, Response::DecodeError, ErrorCode::ReadDecode},
                     {4, Response::SlaveError, ErrorCode::ReadSlave},
                     {2, Response::SlaveError, ErrorCode::WriteSlave},
                     {2, Response::DecodeError, ErrorCode::WriteDecode}};
  for (const Case &test : cases) {
    SCOPED_TRACE(test.region);
    bench.load(program, plainDram(bench));
    bench.setInput(expected.input);
    uint64_t address = test.region == 4   ? bench.job.programAddress + 30 * 64
                       : test.region == 2 ? bench.job.regions[2].address +
                                                program.outputBytes - 8
                                          : bench.job.regions[0].address + 1000;
    bench.core->dram().inject(address, address + 1, test.response);
    JobError error = fail();
    EXPECT_EQ(error.code, test.code);
    EXPECT_EQ(error.engine, test.region == 4 ? 7u : test.region == 2 ? 4u : 0u);
    recover();
  }
}

TEST_F(CoreErrors, Watchdog) {
  DramOptions slow = plainDram(bench);
  slow.latency = 3000;
  bench.load(program, slow);
  bench.job.watchdog = 1000;
  JobError error = fail();
  EXPECT_EQ(error.code, ErrorCode::Watchdog);
  recover();
}

// At any moment of the job; transactions under way end first.
TEST_F(CoreErrors, ResetWhileRunning) {
  DramOptions slow = plainDram(bench);
  slow.latency = 200;
  bench.load(program, slow);
  bench.setInput(expected.input);
  EXPECT_EQ(bench.run(), "");
  uint64_t cycles = Driver(*bench.core).counters().cycles;
  unsigned busy = 0;
  for (unsigned i = 0; i < 60; ++i) {
    bench.load(program, slow);
    bench.setInput(expected.input);
    Driver driver(*bench.core);
    ASSERT_EQ(driver.start(bench.job), "");
    // Every other time in the save of the feature memory at the end.
    bench.core->run(i % 2 ? cycles * 95 / 100 + bench.random() % (cycles / 20)
                          : bench.random() % cycles);
    busy += !bench.core->dram().quiet();
    EXPECT_EQ(driver.reset(), "");
    EXPECT_TRUE(bench.core->dram().quiet());
    EXPECT_EQ(bench.core->dram().violation(), "");
  }
  EXPECT_GT(busy, 20u);
  recover();
}
