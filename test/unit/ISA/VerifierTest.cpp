//===- VerifierTest.cpp ---------------------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "RandomInstruction.h"

#include <gtest/gtest.h>

using namespace nncc;
using namespace nncc::isa;
using namespace nncc::isa::test;

namespace {

/// One instruction of each kind that is legal for smallArch().
Instruction legal(size_t index) {
  int64_t values[kMaxFields];
  const InstructionInfo &info = instructionInfos()[index];
  for (size_t i = 0; i < info.fieldCount; ++i)
    values[i] = std::max<int64_t>(info.fields[i].min, 0);
  Instruction inst;
  while (!(info.engines >> static_cast<unsigned>(inst.engine) & 1))
    inst.engine = static_cast<Engine>(static_cast<unsigned>(inst.engine) + 1);
  inst.body = makeBody(index, values);
  if (auto *save = std::get_if<Save>(&inst.body))
    save->region = Region::Output;
  return inst;
}

template <typename Op> Instruction legal() { return legal(Body(Op()).index()); }

/// The message for a legal instruction that `change` modified.
template <typename Op, typename Change>
std::string errorOf(Change change, const ArchConfig &arch = smallArch()) {
  Instruction inst = legal<Op>();
  change(std::get<Op>(inst.body));
  return verify(inst, arch);
}

TEST(Verifier, AcceptsTheLeastOfEveryKind) {
  for (size_t index = 0; index < kNumOpcodes; ++index)
    EXPECT_EQ(verify(legal(index), smallArch()), "")
        << instructionInfos()[index].mnemonic;
}

TEST(Verifier, ChecksTheRangeOfEveryField) {
  for (size_t index = 0; index < kNumOpcodes; ++index) {
    const InstructionInfo &info = instructionInfos()[index];
    for (size_t i = 0; i < info.fieldCount; ++i) {
      const FieldInfo &field = info.fields[i];
      // A structure member cannot leave the range of these.
      if (field.kind != FieldKind::Integer || field.width == 32)
        continue;
      for (int64_t value : {field.min - 1, field.max + 1}) {
        if (!field.isSigned && value < 0)
          continue;
        Instruction inst = legal(index);
        int64_t values[kMaxFields];
        getFieldValues(inst, values);
        values[i] = value;
        inst.body = makeBody(index, values);
        EXPECT_EQ(verifyFields(inst), std::string("field ") + field.name +
                                          ": expected " +
                                          std::to_string(field.min) + ".." +
                                          std::to_string(field.max) + ", got " +
                                          std::to_string(value));
      }
    }
  }
}

TEST(Verifier, ChecksEngineAndTokens) {
  Instruction inst = legal<Load>();
  inst.engine = Engine::Conv;
  EXPECT_EQ(verifyFields(inst),
            "field engine: expected load0 or load1, got conv");
  inst.engine = static_cast<Engine>(9);
  EXPECT_EQ(verifyFields(inst), "field engine: expected load0, load1, conv, "
                                "vector or save, got 9");
  inst.engine = Engine::Load1;
  inst.wait = 0b00010;
  EXPECT_EQ(verifyFields(inst),
            "field wait: expected engines other than its own, got load1");
  inst.wait = 0;
  inst.post = 0b00010;
  EXPECT_EQ(verifyFields(inst),
            "field post: expected engines other than its own, got load1");
  inst.post = 0b100000;
  EXPECT_EQ(verifyFields(inst), "field post: expected 0..31, got 32");
}

TEST(Verifier, ChecksEnumerationsOfStructures) {
  EXPECT_EQ(
      errorOf<Load>([](Load &op) { op.memory = static_cast<Memory>(5); }),
      "field memory: expected feature, weight, tap, cparam or vparam, got 5");
}

TEST(Verifier, ChecksTheDramSide) {
  EXPECT_EQ(errorOf<Load>([](Load &op) { op.dramOffset = 12; }),
            "field dram_offset: expected a multiple of V = 8, got 12");
  EXPECT_EQ(errorOf<Load>([](Load &op) { op.dramOffset = 0xfffffff0; }), "");
  EXPECT_EQ(errorOf<Load>([](Load &op) { op.dramOffset = 0xfffffff8; }),
            "the block ends at byte 4294967296 of its region; expected at most "
            "4294967295");
  EXPECT_EQ(errorOf<Load>([](Load &op) {
              op.countZ = 4095;
              op.dramPitchZ = (1 << 28) - 1;
            }).substr(0, 26),
            "the block ends at byte 879");
  EXPECT_EQ(errorOf<Save>([](Save &op) { op.region = Region::Input; }),
            "field region: expected output or workspace, got input");
  EXPECT_EQ(errorOf<Save>([](Save &op) { op.region = Region::Workspace; }), "");
}

TEST(Verifier, ChecksTheMemoryThatALoadWrites) {
  ArchConfig arch = smallArch();
  const std::pair<Memory, uint32_t> sizes[] = {{Memory::Feature, 1024},
                                               {Memory::Weight, 16 * 16},
                                               {Memory::Tap, 16},
                                               {Memory::Cparam, 4 * 8 * 2},
                                               {Memory::Vparam, 128}};
  for (auto [memory, words] : sizes) {
    Instruction inst = legal<Load>();
    Load &load = std::get<Load>(inst.body);
    load.memory = memory;
    load.countX = words;
    EXPECT_EQ(verify(inst, arch), "");
    load.localBase = 1;
    EXPECT_EQ(verify(inst, arch), "the block ends at word " +
                                      std::to_string(words + 1) + " of the " +
                                      toString(memory) + " memory, which has " +
                                      std::to_string(words));
  }
}

TEST(Verifier, ChecksConvolutions) {
  auto pixels = [](Conv &op) { op.height = 5, op.width = 13; };
  EXPECT_EQ(errorOf<Conv>(pixels),
            "height*width: expected at most psum_pixels = 64, got 5*13");
  EXPECT_EQ(errorOf<Conv>([](Conv &op) { op.tapBase = 32; }),
            "the tap list ends at tap 33 of the tap memory, which has 32");
  EXPECT_EQ(errorOf<Conv>([](Conv &op) { op.weightBase = 15; }), "");
  EXPECT_EQ(
      errorOf<Conv>([](Conv &op) { op.weightBase = 15, op.tapCount = 2; }),
      "the run of weight blocks ends at block 17 of the weight memory, which "
      "has 16");
  EXPECT_EQ(errorOf<Conv>([](Conv &op) { op.dstGroups = 3; }), "")
      << "fields of the drain do not count without drain";
  EXPECT_EQ(errorOf<Conv>([](Conv &op) { op.drain = true, op.dstGroups = 3; }),
            "field dst_groups: expected at most O/V = 2, got 3");
  EXPECT_EQ(errorOf<Conv>([](Conv &op) { op.drain = true, op.paramBase = 4; }),
            "the record group ends at group 5 of the cparam memory, which has "
            "4");
  EXPECT_EQ(errorOf<Conv>([](Conv &op) { op.drain = true, op.clampLo = 1; }),
            "field clamp_lo: expected at most clamp_hi = 0, got 1");
  EXPECT_EQ(errorOf<Conv>([](Conv &op) {
              op.drain = true, op.dstGroups = 2, op.dstBase = 24,
              op.dstGroupPitch = 1000;
            }),
            "the result ends at word 1025 of the feature memory, which has "
            "1024");
  auto residual = [](Conv &op) {
    op.drain = op.residual = true, op.resBase = 1024;
  };
  EXPECT_EQ(errorOf<Conv>(residual),
            "the residual ends at word 1025 of the feature memory, which has "
            "1024");
}

TEST(Verifier, ChecksTapsOfAConvolution) {
  Conv conv = std::get<Conv>(legal<Conv>().body);
  conv.tapCount = 2;
  conv.srcBase = 1000;
  Tap taps[] = {{23, 0, 0}, {24, 0, 0}};
  EXPECT_EQ(verifyTaps(conv, smallArch(), taps),
            "tap 1 (group=24 dy=0 dx=0): the source ends at word 1025 of the "
            "feature memory, which has 1024");
  taps[1].dy = 1; // below the image: pad_value
  EXPECT_EQ(verifyTaps(conv, smallArch(), taps), "");
}

TEST(Verifier, ChecksTokensOfAProgram) {
  ArchConfig arch = smallArch();
  arch.tokenLimit = 2;
  Instruction load = legal<Load>(), conv = legal<Conv>();
  load.post = 1 << static_cast<unsigned>(Engine::Conv);
  conv.wait = 1 << static_cast<unsigned>(Engine::Load0);
  size_t failed;
  EXPECT_EQ(verifyTokens({load, load, conv, load, conv, conv}, arch, failed),
            "");
  EXPECT_EQ(verifyTokens({load, conv, conv}, arch, failed),
            "waits for a token of load0 that no earlier instruction gives");
  EXPECT_EQ(failed, 2u);
  EXPECT_EQ(verifyTokens({load, load, load, conv}, arch, failed),
            "gives conv more than token_limit = 2 tokens that no earlier "
            "instruction takes");
  EXPECT_EQ(failed, 2u);
}

TEST(Verifier, ChecksTheVectorEngine) {
  EXPECT_EQ(errorOf<Depthwise>([](Depthwise &op) {
              op.weightBase = 120, op.kernelH = op.kernelW = 3;
            }),
            "the run of weights ends at word 129 of the vparam memory, which "
            "has 128");
  EXPECT_EQ(errorOf<Depthwise>([](Depthwise &op) {
              op.weightBase = 120, op.kernelH = op.kernelW = 3;
              op.unitWeights = true;
            }),
            "");
  EXPECT_EQ(errorOf<Depthwise>(
                [](Depthwise &op) { op.paramBase = 112, op.groups = 3; }),
            "the run of records ends at word 136 of the vparam memory, which "
            "has 128");
  EXPECT_EQ(errorOf<Depthwise>([](Depthwise &op) {
              op.paramBase = 112, op.groups = 3, op.sharedParams = true;
            }),
            "");
  EXPECT_EQ(errorOf<MaxPool>([](MaxPool &op) { op.srcBase = 1024; }),
            "the source ends at word 1025 of the feature memory, which has "
            "1024");
  EXPECT_EQ(
      errorOf<MaxPool>([](MaxPool &op) { op.srcBase = 1024, op.originY = 1; }),
      "")
      << "reads only outside of the image";
  EXPECT_EQ(errorOf<Add>([](Add &op) { op.bBase = 1023, op.width = 2; }), "")
      << "one pixel, repeated";
  EXPECT_EQ(errorOf<Add>([](Add &op) {
              op.bBase = 1023, op.width = 2, op.bColumnPitch = 1;
            }),
            "operand b ends at word 1025 of the feature memory, which has "
            "1024");
  EXPECT_EQ(errorOf<Table>([](Table &op) { op.tableBase = 96; }), "");
  EXPECT_EQ(errorOf<Table>([](Table &op) { op.tableBase = 97; }),
            "the table ends at word 129 of the vparam memory, which has 128");
}

} // namespace
