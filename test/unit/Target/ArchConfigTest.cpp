//===- ArchConfigTest.cpp -------------------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Target/ArchReader.h"

#include "nncc/ISA/ISA.h"
#include <gtest/gtest.h>
#include <set>

using namespace nncc;

namespace {

ArchConfig builtin(const char *name) {
  llvm::Expected<ArchConfig> arch = readArch(name);
  EXPECT_TRUE(bool(arch));
  return arch ? *arch : ArchConfig();
}

TEST(ArchConfig, RejectsEachFieldOutsideItsRange) {
  for (const ArchField &field : archFields()) {
    ArchConfig arch = builtin("tiny");
    arch.*field.member = field.max + 1;
    std::string start = field.key() + ": expected ";
    EXPECT_EQ(arch.verify().substr(0, start.size()), start);
    if (field.min == 0)
      continue;
    arch.*field.member = field.min - 1;
    EXPECT_EQ(arch.verify().substr(0, start.size()), start);
  }
}

TEST(ArchConfig, ChecksRulesBeyondRanges) {
  auto error = [](auto change) {
    ArchConfig arch = builtin("z7020");
    change(arch);
    return arch.verify();
  };
  EXPECT_EQ(error([](ArchConfig &a) { a.vector = 24; }),
            "array.vector: expected 8, 16 or 32, got 24");
  EXPECT_EQ(
      error([](ArchConfig &a) { a.outputs = 48; }),
      "array.outputs: expected 1, 2 or 4 times array.vector = 16, got 48");
  EXPECT_EQ(error([](ArchConfig &a) { a.outputs = 8; }),
            "array.outputs: expected 1, 2 or 4 times array.vector = 16, got 8");
  EXPECT_EQ(error([](ArchConfig &a) { a.featureBanks = 6; }),
            "buffers.feature_banks: expected a power of two, got 6");
  EXPECT_EQ(error([](ArchConfig &a) { a.featureWords = 1001; }),
            "buffers.feature_words: expected a multiple of "
            "buffers.feature_banks = 4, got 1001");
  EXPECT_EQ(error([](ArchConfig &a) {
              a.outputs = 64;
              a.vector = 32;
              a.weightBlocks = 4096;
            }),
            "");
  EXPECT_EQ(error([](ArchConfig &a) {
              a.outputs = 128;
              a.vector = 32;
              a.weightBlocks = 4096;
            }),
            "buffers.weight_blocks: expected at most 2048 with array.outputs = "
            "128, got 4096");
  EXPECT_EQ(error([](ArchConfig &a) { a.axiDataBits = 96; }),
            "axi.data_bits: expected a power of two, at most 8 times "
            "array.vector = 128, got 96");
  EXPECT_EQ(error([](ArchConfig &a) { a.axiDataBits = 256; }),
            "axi.data_bits: expected a power of two, at most 8 times "
            "array.vector = 128, got 256");
  EXPECT_EQ(error([](ArchConfig &a) {
              a.vector = a.outputs = 32;
              a.axiDataBits = 256;
              a.axiBurstBeats = 256;
            }),
            "axi.max_burst_beats: expected at most 4096 bytes a burst, that is "
            "128 beats with axi.data_bits = 256, got 256");
  EXPECT_EQ(error([](ArchConfig &a) {
              a.memoryRefreshInterval = 10;
              a.memoryRefreshCycles = 10;
            }),
            "memory.refresh_cycles: expected less than memory.refresh_interval "
            "= 10, got 10");
}

/// The fields of the instructions reach every word of the largest memories.
TEST(ArchConfig, LargestMemoriesFitTheFields) {
  auto maxOf = [](isa::Opcode opcode, const char *name) -> uint64_t {
    for (size_t i = 0; i < isa::kNumOpcodes; ++i) {
      const isa::InstructionInfo &info = isa::instructionInfos()[i];
      for (size_t f = 0; info.opcode == opcode && f < info.fieldCount; ++f)
        if (std::string(name) == info.fields[f].name)
          return static_cast<uint64_t>(info.fields[f].max);
    }
    ADD_FAILURE() << name;
    return 0;
  };
  for (uint32_t v : {8u, 16u, 32u})
    for (uint32_t o : {v, 2 * v, 4 * v}) {
      ArchConfig arch = builtin("tiny");
      arch.vector = v;
      arch.outputs = o;
      for (const ArchField &field : archFields())
        if (std::string("buffers") == field.section)
          arch.*field.member = field.max;
      arch.weightBlocks = std::min(arch.weightBlocks, (1u << 18) / o);
      ASSERT_EQ(arch.verify(), "");
      uint64_t localBase = maxOf(isa::Opcode::Load, "local_base");
      EXPECT_LE(arch.featureWords - 1, localBase);
      EXPECT_LE(arch.weightWords() - 1, localBase);
      EXPECT_LE(arch.tapWords - 1, localBase);
      EXPECT_LE(arch.convParamWords() - 1, localBase);
      EXPECT_LE(arch.vectorWords - 1, localBase);
      EXPECT_LE(arch.featureWords - 1, maxOf(isa::Opcode::Conv, "src_base"));
      EXPECT_LE(arch.weightBlocks - 1, maxOf(isa::Opcode::Conv, "weight_base"));
      EXPECT_LE(arch.tapEntries() - 1, maxOf(isa::Opcode::Conv, "tap_base"));
      EXPECT_LE(arch.convParams - 1, maxOf(isa::Opcode::Conv, "param_base"));
      EXPECT_LE(arch.outputGroups(), maxOf(isa::Opcode::Conv, "dst_groups"));
      EXPECT_LE(arch.vectorWords - 1,
                maxOf(isa::Opcode::Depthwise, "weight_base"));
      EXPECT_LE(arch.vectorWords - 1, maxOf(isa::Opcode::Table, "table_base"));
    }
}

TEST(ArchConfig, FingerprintIsThatOfTheHardware) {
  const ArchConfig base = builtin("tiny");
  std::set<uint64_t> seen = {base.fingerprint()};
  for (const ArchField &field : archFields()) {
    ArchConfig arch = base;
    ++(arch.*field.member);
    EXPECT_EQ(seen.insert(arch.fingerprint()).second, field.hardware)
        << field.key();
  }
  ArchConfig renamed = base;
  renamed.name = "other";
  EXPECT_EQ(renamed.fingerprint(), base.fingerprint());
  // FNV-1a of the text, computed apart: it must never change by accident, for
  // hardware and programs carry it.
  EXPECT_EQ(base.fingerprintText(), "fbafc8d067133bb0");
}

} // namespace
