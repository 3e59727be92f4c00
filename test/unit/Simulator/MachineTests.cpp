//===- MachineTests.cpp - Checks, messages, state -------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ProgramBuilder.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cstring>

using namespace nncc;
using namespace nncc::sim;
using namespace nncc::sim::test;
using isa::Engine;
using isa::Memory;
using isa::Region;
using testing::HasSubstr;

static std::string createError(const MachineProgram &program) {
  std::unique_ptr<Machine> machine;
  return Machine::create(program, {}, machine);
}

static std::unique_ptr<Machine> create(const MachineProgram &program,
                                       const MachineOptions &options = {}) {
  std::unique_ptr<Machine> machine;
  EXPECT_EQ(Machine::create(program, options, machine), "");
  return machine;
}

/// Input words 0..3 to output words 0..3.
static ProgramBuilder makeCopy() {
  ProgramBuilder builder(tinyArch());
  builder.program.inputBytes = 64;
  builder.program.outputBytes = 64;
  builder.load(Memory::Feature, 10, Region::Input, 0, 4);
  builder.save(Region::Output, 16, 10, 4);
  return builder;
}

TEST(Machine, CopiesInputToOutput) {
  auto machine = create(makeCopy().program);
  Machine::RegionBytes input = machine->region(Region::Input);
  ASSERT_EQ(input.size, 64u);
  for (int i = 0; i < 64; ++i)
    input.data[i] = static_cast<uint8_t>(i + 1);
  ASSERT_EQ(machine->run(), "");
  Machine::RegionBytes output = machine->region(Region::Output);
  EXPECT_EQ(std::memcmp(output.data + 16, input.data, 32), 0);
  EXPECT_EQ(output.data[0], 0);
  EXPECT_EQ(output.data[48], 0);
}

TEST(Machine, NamesTheInstructionAndItsLayer) {
  ProgramBuilder builder = makeCopy();
  builder.program.layerNames = {"stem/Conv", "head"};
  builder.program.instructionLayers = {0, 1};
  EXPECT_EQ(builder.program.describe(1), "instruction 1 (save, layer 'head')");
  builder.program.outputBytes = 40;
  EXPECT_EQ(createError(builder.program),
            "instruction 1 (save, layer 'head'): writes bytes 16 to 48 of the "
            "output region, which has 40");
}

TEST(Machine, RefusesIllegalFieldsAndAddresses) {
  ProgramBuilder builder = makeCopy();
  std::get<isa::Load>(builder.program.instructions[0].body).countY = 0;
  EXPECT_THAT(createError(builder.program),
              HasSubstr("instruction 0 (load): field count_y: expected "
                        "1..4095, got 0"));
  builder = makeCopy();
  std::get<isa::Load>(builder.program.instructions[0].body).localBase = 1022;
  EXPECT_THAT(createError(builder.program), HasSubstr("instruction 0 (load)"));
  builder = makeCopy();
  std::get<isa::Save>(builder.program.instructions[1].body).region =
      Region::Input;
  EXPECT_THAT(createError(builder.program), HasSubstr("instruction 1 (save)"));
}

TEST(Machine, RefusesAnIllegalConfiguration) {
  ProgramBuilder builder = makeCopy();
  builder.program.arch.vector = 12;
  EXPECT_THAT(createError(builder.program),
              HasSubstr("architecture 'tiny': array.vector"));
}

TEST(Machine, RefusesAWaitThatMeetsAnEmptyCounter) {
  ProgramBuilder builder = makeCopy();
  builder.program.instructions[1].wait = engines({Engine::Load0});
  EXPECT_EQ(createError(builder.program),
            "instruction 1 (save): waits for a token of load0 that no earlier "
            "instruction gives");
  builder.program.instructions[0].post = engines({Engine::Save});
  EXPECT_EQ(createError(builder.program), "");
}

TEST(Machine, RefusesAPostThatMeetsAFullCounter) {
  ProgramBuilder builder(tinyArch());
  builder.program.inputBytes = 64;
  for (int i = 0; i < 8; ++i)
    builder.load(Memory::Feature, 0, Region::Input, 0, 1).post =
        engines({Engine::Conv});
  EXPECT_EQ(createError(builder.program),
            "instruction 7 (load): gives conv more than token_limit = 7 tokens "
            "that no earlier instruction takes");
}

/// A 1x1 convolution with one tap whose weights are the identity.
static ProgramBuilder makeIdentityConv(isa::Tap tap) {
  ProgramBuilder builder(tinyArch());
  builder.program.inputBytes = 64;
  builder.program.outputBytes = 64;
  std::vector<int8_t> identity(64, 0);
  for (int i = 0; i < 8; ++i)
    identity[static_cast<size_t>(i) * 8 + static_cast<size_t>(i)] = 2;
  builder.load(Memory::Feature, 0, Region::Input, 0, 4);
  builder.load(Memory::Weight, 0, Region::Constant, builder.constant(identity),
               8);
  builder.load(Memory::Tap, 0, Region::Constant, builder.taps({tap, tap}), 1);
  builder.load(Memory::Cparam, 0, Region::Constant,
               builder.records(std::vector<Record>(8, Record{0, 1, 1})), 8);
  isa::Conv conv = makeConv(2, 2, 1);
  conv.dstBase = 100;
  builder.add(Engine::Conv, conv);
  builder.save(Region::Output, 0, 100, 4);
  return builder;
}

TEST(Machine, ConvolvesWithTheIdentity) {
  auto machine = create(makeIdentityConv({0, 0, 0}).program);
  Machine::RegionBytes input = machine->region(Region::Input);
  for (int i = 0; i < 64; ++i)
    input.data[i] = static_cast<uint8_t>(i * 7);
  ASSERT_EQ(machine->run(), "");
  EXPECT_EQ(std::memcmp(machine->region(Region::Output).data, input.data, 32),
            0);
}

TEST(Machine, StopsAtATapThatLeadsOutOfTheFeatureMemory) {
  auto machine = create(makeIdentityConv({1022, 0, 0}).program);
  EXPECT_THAT(machine->run(),
              HasSubstr("instruction 4 (conv): tap 0 (group=1022 dy=0 dx=0)"));
}

TEST(Machine, StopsAtAnIllegalRecord) {
  ProgramBuilder builder = makeIdentityConv({0, 0, 0});
  // Record 3 of the group: s at byte 7.
  size_t at =
      std::get<isa::Load>(builder.program.instructions[3].body).dramOffset;
  builder.program.constants[at + 3 * 8 + 7] = 41;
  EXPECT_EQ(create(builder.program)->run(),
            "instruction 4 (conv): record 3 of its group is illegal: m 1 "
            "(expected 0..131071), s 41 (expected 1..40)");
}

TEST(Machine, StopsAtAWeightOfMinus128) {
  ProgramBuilder builder = makeIdentityConv({0, 0, 0});
  builder.program.constants[9] = 0x80;
  EXPECT_EQ(create(builder.program)->run(),
            "instruction 4 (conv): weight block 0 holds a weight of -128; "
            "expected -127..127");
}

TEST(Machine, ReloadedWeightsTakeEffect) {
  // The machine keeps a packed copy of each block: a load must replace it.
  ProgramBuilder builder = makeIdentityConv({0, 0, 0});
  std::vector<int8_t> twice(64, 0);
  for (size_t i = 0; i < 8; ++i)
    twice[i * 8 + i] = 4;
  builder.load(Memory::Weight, 0, Region::Constant, builder.constant(twice), 8);
  isa::Conv conv = makeConv(2, 2, 1);
  conv.dstBase = 200;
  builder.add(Engine::Conv, conv);
  builder.save(Region::Output, 32, 200, 4);
  auto machine = create(builder.program);
  std::memset(machine->region(Region::Input).data, 5, 64);
  ASSERT_EQ(machine->run(), "");
  EXPECT_EQ(machine->region(Region::Output).data[0], 5);
  EXPECT_EQ(machine->region(Region::Output).data[32], 10);
}

TEST(Machine, RunsDoNotSeeEarlierRuns) {
  // The first instruction saves a word that only the second one writes.
  ProgramBuilder builder(tinyArch());
  builder.program.inputBytes = 64;
  builder.program.outputBytes = 64;
  builder.save(Region::Output, 0, 10, 1);
  builder.load(Memory::Feature, 10, Region::Input, 0, 4);
  MachineOptions options;
  options.resetByte = 0xa5;
  auto machine = create(builder.program, options);
  std::memset(machine->region(Region::Input).data, 1, 64);
  for (int run = 0; run < 2; ++run) {
    ASSERT_EQ(machine->run(), "");
    EXPECT_EQ(machine->region(Region::Output).data[0], 0xa5);
    EXPECT_EQ(machine->region(Region::Output).data[63], 0xa5);
  }
}

//===----------------------------------------------------------------------===//
// Uninitialized memory
//===----------------------------------------------------------------------===//

static std::string runChecked(const MachineProgram &program) {
  MachineOptions options;
  options.checkUninitialized = true;
  auto machine = create(program, options);
  std::string first = machine->run();
  // The maps are per run.
  EXPECT_EQ(machine->run(), first);
  return first;
}

TEST(Uninitialized, AcceptsACleanProgram) {
  EXPECT_EQ(runChecked(makeIdentityConv({0, 0, 0}).program), "");
}

TEST(Uninitialized, Save) {
  ProgramBuilder builder = makeCopy();
  std::get<isa::Save>(builder.program.instructions[1].body).localBase = 11;
  EXPECT_EQ(runChecked(builder.program),
            "instruction 1 (save): reads feature word 14, which nothing has "
            "written");
}

TEST(Uninitialized, ConvReadsOnlyWhatLiesInTheImage) {
  // Two columns to the right: only padding is read of column 1, words 2 and 3
  // of column 0 are inside.
  ProgramBuilder builder = makeIdentityConv({0, 0, 5});
  EXPECT_EQ(runChecked(builder.program), "");
  builder = makeIdentityConv({4, 0, 0});
  EXPECT_EQ(runChecked(builder.program),
            "instruction 4 (conv): reads feature word 4, which nothing has "
            "written");
}

TEST(Uninitialized, WeightsTapsRecordsAndSums) {
  auto without = [](size_t instruction) {
    ProgramBuilder builder = makeIdentityConv({0, 0, 0});
    auto &list = builder.program.instructions;
    list.erase(list.begin() + static_cast<ptrdiff_t>(instruction));
    return runChecked(builder.program);
  };
  EXPECT_THAT(without(1), HasSubstr("reads weight word 0"));
  EXPECT_THAT(without(2), HasSubstr("reads tap word 0"));
  EXPECT_THAT(without(3), HasSubstr("reads cparam word 0"));
  ProgramBuilder builder = makeIdentityConv({0, 0, 0});
  std::get<isa::Conv>(builder.program.instructions[4].body).accumulate = true;
  EXPECT_EQ(runChecked(builder.program),
            "instruction 4 (conv): accumulates into 2x2 sums of bank 0, which "
            "holds none");
}

TEST(Uninitialized, SumsOfAnotherShape) {
  ProgramBuilder builder = makeIdentityConv({0, 0, 0});
  isa::Conv conv = makeConv(2, 2, 1);
  conv.drain = false;
  auto &list = builder.program.instructions;
  isa::Instruction first = list[4];
  first.body = conv;
  list.insert(list.begin() + 4, first);
  std::get<isa::Conv>(list[5].body).accumulate = true;
  EXPECT_EQ(runChecked(builder.program), "");
  std::get<isa::Conv>(list[5].body).height = 1;
  EXPECT_EQ(runChecked(builder.program),
            "instruction 5 (conv): accumulates into 1x2 sums of bank 0, which "
            "holds 2x2 sums");
}

TEST(Uninitialized, Workspace) {
  ProgramBuilder builder(tinyArch());
  builder.program.workspaceBytes = 64;
  builder.load(Memory::Feature, 0, Region::Workspace, 8, 1);
  EXPECT_EQ(runChecked(builder.program),
            "instruction 0 (load): reads DRAM at offset 8 of the region, which "
            "nothing has written");
}

TEST(Uninitialized, VectorEngine) {
  auto run = [](isa::Body body) {
    ProgramBuilder builder(tinyArch());
    builder.add(Engine::Vector, body);
    return runChecked(builder.program);
  };
  EXPECT_THAT(run(makeDepthwise(2, 2, 1)), HasSubstr("reads vparam word 0"));
  EXPECT_THAT(run(makeMaxPool(2, 2, 1)), HasSubstr("reads feature word 0"));
  EXPECT_THAT(run(makeAdd(2, 2)), HasSubstr("reads feature word 0"));
  EXPECT_THAT(run(makeMul(2, 2)), HasSubstr("reads feature word 0"));
  EXPECT_THAT(run(makeTable(2, 2)), HasSubstr("reads vparam word 0"));
}
