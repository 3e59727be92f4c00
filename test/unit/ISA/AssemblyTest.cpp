//===- AssemblyTest.cpp ---------------------------------------------------===//
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

const char *const kTable =
    "table wait=load0|conv post=save src_base=1 src_row_pitch=2 "
    "src_group_pitch=3 height=4 width=5 groups=6 dst_base=7 dst_row_pitch=8 "
    "dst_group_pitch=9 table_base=10";

std::string parseError(const std::string &line) {
  Instruction inst;
  return parse(line, inst);
}

TEST(Assembly, PrintsNamesAndValues) {
  Instruction inst;
  ASSERT_EQ(parse(kTable, inst), "");
  EXPECT_EQ(print(inst), kTable);
  EXPECT_EQ(inst.engine, Engine::Vector);
  EXPECT_EQ(inst.wait, 0b00101);
  EXPECT_EQ(inst.post, 0b10000);
  EXPECT_EQ(inst.opcode(), Opcode::Table);
  EXPECT_EQ(std::get<Table>(inst.body).tableBase, 10u);
}

TEST(Assembly, RoundTripsEveryKind) {
  Random random(testSeed());
  for (size_t index = 0; index < kNumOpcodes; ++index)
    for (int i = 0; i < 500; ++i) {
      Instruction inst = pickInstruction(random, index);
      Instruction back;
      ASSERT_EQ(parse(print(inst), back), "") << print(inst);
      ASSERT_TRUE(inst == back) << print(inst) << "\n" << print(back);
    }
}

TEST(Assembly, PrintsAFenceOnlyWhereThereIsOne) {
  std::string with(kTable);
  with.insert(with.find(" src_base"), " fence=1");
  Instruction fenced, plain, same;
  ASSERT_EQ(parse(with, fenced), "");
  EXPECT_TRUE(fenced.fence);
  EXPECT_EQ(print(fenced), with);
  ASSERT_EQ(parse(kTable, plain), "");
  EXPECT_FALSE(plain.fence);
  EXPECT_FALSE(plain == fenced);
  ASSERT_EQ(parse(std::string(kTable) + " fence=0", same), "");
  EXPECT_TRUE(same == plain);
  // Nothing is left of what `same` was before.
  ASSERT_EQ(parse(with, same), "");
  ASSERT_EQ(parse(kTable, same), "");
  EXPECT_TRUE(same == plain);
}

TEST(Assembly, RoundTripCoversFences) {
  // The longest instruction too, whose slots are all in use.
  Random random(testSeed());
  for (size_t index = 0; index < kNumOpcodes; ++index)
    for (bool fence : {false, true}) {
      Instruction inst = pickInstruction(random, index), back;
      inst.fence = fence;
      back.fence = !fence;
      ASSERT_EQ(parse(print(inst), back), "") << print(inst);
      EXPECT_EQ(back.fence, fence);
      EXPECT_TRUE(inst == back);
    }
}

TEST(Assembly, TakesAnyOrderAndComments) {
  Instruction inst, same;
  ASSERT_EQ(parse(kTable, inst), "");
  ASSERT_EQ(parse("table\ttable_base=10 dst_group_pitch=9  dst_row_pitch=8 "
                  "dst_base=7 groups=6 width=5 height=4 src_group_pitch=3 "
                  "src_row_pitch=2 src_base=1 post=save engine=vector "
                  "wait=conv|load0 # and so on",
                  same),
            "");
  EXPECT_TRUE(inst == same);
}

TEST(Assembly, ReportsWhatIsWrong) {
  EXPECT_EQ(parseError(""), "expected an instruction");
  EXPECT_EQ(parseError("jump"), "unknown instruction 'jump'");
  EXPECT_EQ(parseError("load"), "field memory is missing");
  EXPECT_EQ(parseError("table x"), "expected name=value, got 'x'");
  EXPECT_EQ(parseError("table x=1"), "table has no field 'x'");
  EXPECT_EQ(parseError("table src_base=1 src_base=1"),
            "field src_base is given twice");
  EXPECT_EQ(parseError("table src_base=1x"),
            "field src_base: expected an integer, got '1x'");
  EXPECT_EQ(parseError("table src_base=65536"),
            "field src_base: 65536 does not fit into 16 unsigned bits");
  EXPECT_EQ(parseError("max_pool pad_value=-129"),
            "field pad_value: -129 does not fit into 8 signed bits");
  EXPECT_EQ(parseError("table src_base=99999999999999999999"),
            "field src_base: expected an integer, got '99999999999999999999'");
  EXPECT_EQ(parseError("table fence=2"),
            "field fence: 2 does not fit into 1 unsigned bits");
  EXPECT_EQ(parseError("table fence=1 fence=1"), "field fence is given twice");
  EXPECT_EQ(parseError("table wait=load2"),
            "field wait: expected load0, load1, conv, vector or save, got "
            "'load2'");
  EXPECT_EQ(parseError("table wait="),
            "field wait: expected load0, load1, conv, vector or save, got ''");
  EXPECT_EQ(parseError("save region=home"),
            "field region: expected constant, input, output or workspace, got "
            "'home'");
}

} // namespace
