//===- EncodingTest.cpp ---------------------------------------------------===//
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

TEST(Encoding, RoundTripsEveryKind) {
  Random random(testSeed());
  for (size_t index = 0; index < kNumOpcodes; ++index)
    for (int i = 0; i < 2000; ++i) {
      Instruction inst = pickInstruction(random, index);
      ASSERT_EQ(verifyFields(inst), "") << print(inst);
      uint8_t bytes[kInstructionBytes];
      encode(inst, bytes);
      Instruction back;
      ASSERT_EQ(decode(bytes, back), "") << print(inst);
      ASSERT_TRUE(inst == back) << print(inst) << "\n" << print(back);
    }
}

TEST(Encoding, EachFieldHasItsOwnBits) {
  for (size_t index = 0; index < kNumOpcodes; ++index) {
    const InstructionInfo &info = instructionInfos()[index];
    for (size_t i = 0; i < info.fieldCount; ++i) {
      const FieldInfo &field = info.fields[i];
      if (field.kind == FieldKind::Enum)
        continue;
      for (unsigned bit = 0; bit < field.width; ++bit) {
        int64_t values[kMaxFields] = {};
        values[i] = int64_t(1) << bit;
        if (field.isSigned && bit + 1 == field.width)
          values[i] = -values[i];
        Instruction inst;
        inst.body = makeBody(index, values);
        uint8_t bytes[kInstructionBytes];
        encode(inst, bytes);
        unsigned position = 32 * field.word + field.lsb + bit;
        bytes[0] &= ~0x3f; // the opcode
        for (unsigned b = 0; b < 8 * kInstructionBytes; ++b)
          ASSERT_EQ(bytes[b / 8] >> (b % 8) & 1, b == position)
              << info.mnemonic << '.' << field.name << " bit " << bit;
      }
    }
  }
}

TEST(Encoding, TheHeaderIsAtTheSamePlaceInEveryKind) {
  // opcode 5:0, engine 8:6, wait 13:9, post 18:14, fence 19.
  for (size_t index = 0; index < kNumOpcodes; ++index) {
    const InstructionInfo &info = instructionInfos()[index];
    const int64_t zeros[kMaxFields] = {};
    Instruction inst;
    inst.body = makeBody(index, zeros);
    auto header = [&] {
      uint8_t bytes[kInstructionBytes];
      encode(inst, bytes);
      Instruction back;
      EXPECT_EQ(decode(bytes, back), "");
      EXPECT_TRUE(inst == back);
      return bytes[0] | bytes[1] << 8 | bytes[2] << 16;
    };
    const int opcode = static_cast<int>(info.opcode);
    EXPECT_EQ(header(), opcode);
    inst.engine = Engine::Save;
    EXPECT_EQ(header(), opcode | 4 << 6);
    inst.engine = Engine::Load0;
    inst.wait = 0b10010;
    EXPECT_EQ(header(), opcode | 0b10010 << 9);
    inst.wait = 0;
    inst.post = 0b01001;
    EXPECT_EQ(header(), opcode | 0b01001 << 14);
    inst.post = 0;
    inst.fence = true;
    EXPECT_EQ(header(), opcode | 1 << 19);
    EXPECT_EQ(info.reserved[0] & 0xfffff, 0u);
  }
}

TEST(Encoding, RejectsReservedBits) {
  Random random(testSeed());
  for (size_t index = 0; index < kNumOpcodes; ++index) {
    const InstructionInfo &info = instructionInfos()[index];
    uint8_t bytes[kInstructionBytes];
    encode(pickInstruction(random, index), bytes);
    for (unsigned bit = 0; bit < 8 * kInstructionBytes; ++bit) {
      if (!(info.reserved[bit / 32] >> (bit % 32) & 1))
        continue;
      bytes[bit / 8] ^= 1 << (bit % 8);
      Instruction back;
      EXPECT_EQ(decode(bytes, back),
                "reserved bit " + std::to_string(bit % 32) + " of word " +
                    std::to_string(bit / 32) + " is set");
      bytes[bit / 8] ^= 1 << (bit % 8);
    }
  }
}

TEST(Encoding, RejectsUnknownOpcodesAndEnumerationValues) {
  uint8_t bytes[kInstructionBytes] = {};
  Instruction back;
  EXPECT_EQ(decode(bytes, back), "unknown opcode 0");
  bytes[0] = 63;
  EXPECT_EQ(decode(bytes, back), "unknown opcode 63");

  Instruction load;
  load.body = Load{};
  encode(load, bytes);
  bytes[0] |= 7u << 6 & 0xff;
  bytes[1] |= 7u << 6 >> 8;
  EXPECT_EQ(decode(bytes, back),
            "field engine: expected load0, load1, conv, vector or save, got 7");
  encode(load, bytes);
  for (size_t i = 0; i < instructionInfo(load).fieldCount; ++i) {
    const FieldInfo &field = instructionInfo(load).fields[i];
    if (std::string("memory") != field.name)
      continue;
    ASSERT_EQ(field.word, 0);
    uint32_t word = 6u << field.lsb;
    for (int byte = 0; byte < 4; ++byte)
      bytes[byte] |= word >> (8 * byte);
  }
  EXPECT_EQ(
      decode(bytes, back),
      "field memory: expected feature, weight, tap, cparam or vparam, got 6");
}

TEST(Encoding, TapsAreLittleEndian) {
  Tap tap = {0x1234, -2, 3};
  uint8_t bytes[4];
  tap.encode(bytes);
  EXPECT_EQ(bytes[0], 0x34);
  EXPECT_EQ(bytes[1], 0x12);
  EXPECT_EQ(bytes[2], 0xfe);
  EXPECT_EQ(bytes[3], 0x03);
  Tap back = Tap::decode(bytes);
  EXPECT_EQ(back.group, tap.group);
  EXPECT_EQ(back.dy, tap.dy);
  EXPECT_EQ(back.dx, tap.dx);
}

} // namespace
