//===- ValidateTest.cpp - nncc_validate -----------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Random instructions, legal and broken in one field or one bit: the hardware
// rejects those that the instruction set's own verifier rejects. Left to the
// engines are the source windows of the vector engine and the ends of DRAM
// ranges.
//
//===----------------------------------------------------------------------===//

#include "ConfigHeader.h"
#include "Testbench.h"
#include "Vnncc_validate.h"
#include "nncc/ISA/ISA.h"
#include "gtest/gtest.h"
#include <map>

using namespace nncc;
using namespace nncc::hw;

namespace {

struct Verdict {
  bool accepted = false;
  unsigned code = 0;
};

class Validate : public ::testing::Test {
protected:
  void SetUp() override {
    std::string error =
        readConfigHeader(NNCC_BINARY_DIR "/hw/tiny/nncc_config.vh", arch);
    ASSERT_EQ(error, "");
    bench->valid_i = 0;
    bench->ready_i = 0;
    bench.reset();
  }

  Verdict run(const uint8_t *bytes) {
    for (unsigned i = 0; i < 16; ++i) {
      uint32_t word;
      std::memcpy(&word, bytes + 4 * i, 4);
      bench->inst_i[i] = word;
    }
    bench->number_i = ++number;
    bench->valid_i = 1;
    bench.settle();
    while (!bench->ready_o)
      bench.tick();
    bench.tick();
    bench->valid_i = 0;
    for (unsigned cycle = 0; cycle < 20; ++cycle) {
      if (bench->valid_o) {
        EXPECT_EQ(bench->number_o, number);
        for (unsigned stall = bench.below(3); stall; --stall)
          bench.tick();
        bench->ready_i = 1;
        bench.tick();
        bench->ready_i = 0;
        return {true, 0};
      }
      if (bench->error_o) {
        Verdict verdict{false, bench->error_code_o};
        EXPECT_EQ(bench->error_number_o, number);
        EXPECT_EQ(bench->error_engine_o,
                  unsigned(bytes[0] >> 6 | (bytes[1] & 1) << 2));
        bench.tick();
        EXPECT_FALSE(bench->ready_o) << "takes more after an error";
        bench.reset(1);
        return verdict;
      }
      bench.tick();
    }
    ADD_FAILURE() << "no verdict";
    return {};
  }

  /// A random instruction of which most are legal.
  isa::Instruction makeInstruction() {
    const isa::InstructionInfo *infos = isa::instructionInfos();
    size_t kind = bench.below(std::variant_size_v<isa::Body>);
    const isa::InstructionInfo &info = infos[kind];
    int64_t values[64];
    for (size_t i = 0; i < info.fieldCount; ++i)
      values[i] = fieldValue(info.fields[i]);
    isa::Instruction inst;
    inst.body = isa::makeBody(kind, values);
    unsigned engine;
    do
      engine = bench.below(5);
    while (!(info.engines >> engine & 1));
    inst.engine = isa::Engine(engine);
    inst.wait = bench.below(32) & ~(1u << engine);
    inst.post = bench.below(32) & ~(1u << engine);
    inst.fence = bench.chance(20);
    return inst;
  }

  int64_t fieldValue(const isa::FieldInfo &field) {
    if (field.kind == isa::FieldKind::Enum)
      return field.type->values[bench.below(field.type->count)].value;
    std::string name = field.name;
    uint64_t span = uint64_t(field.max - field.min);
    if (name == "dram_offset")
      return bench.below(1000) * arch.vector;
    if (name == "clamp_lo")
      return -128 + int64_t(bench.below(128));
    if (name == "clamp_hi")
      return int64_t(bench.below(128));
    if (bench.chance(2)) // anything
      return field.min + int64_t(bench.random() % (span + 1));
    // Small, so that ranges fit more often than not.
    bool count = name == "width" || name == "height" || name == "groups" ||
                 name.rfind("count_", 0) == 0 || name.rfind("kernel", 0) == 0;
    return field.min +
           int64_t(bench.below(std::min<uint64_t>(span, count ? 7 : 30) + 1));
  }

  /// Relations that the verifier looks at behind some ranges.
  bool breaksRelation(const isa::Instruction &inst) const {
    if (const auto *conv = std::get_if<isa::Conv>(&inst.body))
      return conv->drain && (conv->dstGroups > arch.outputGroups() ||
                             conv->clampLo > conv->clampHi);
    if (const auto *add = std::get_if<isa::Add>(&inst.body))
      return add->clampLo > add->clampHi;
    if (const auto *mul = std::get_if<isa::Mul>(&inst.body))
      return mul->clampLo > mul->clampHi;
    if (const auto *depthwise = std::get_if<isa::Depthwise>(&inst.body))
      return depthwise->clampLo > depthwise->clampHi;
    return false;
  }

  void check(const uint8_t *bytes) {
    isa::Instruction inst;
    std::string error = isa::decode(bytes, inst);
    bool illegal = !error.empty();
    bool fields = illegal;
    if (error.empty()) {
      error = isa::verifyFields(inst);
      fields = !error.empty();
    }
    if (error.empty())
      error = isa::verify(inst, arch);
    Verdict verdict = run(bytes);
    bool engines = error.rfind("the source ends", 0) == 0 ||
                   error.rfind("the block ends at byte", 0) == 0;
    if (std::holds_alternative<isa::Table>(inst.body) && !illegal)
      engines = false;
    if (engines) {
      ++counts["left to the engines"];
      return;
    }
    EXPECT_EQ(verdict.accepted, error.empty())
        << error << "\n"
        << (illegal ? "" : isa::print(inst));
    if (!error.empty() && !verdict.accepted) {
      // The verifier names the first mistake, the hardware the graver kind.
      bool range = error.find(" ends at ") != std::string::npos;
      unsigned expected = range && !breaksRelation(inst) ? 2 : 1;
      EXPECT_EQ(verdict.code, expected) << error << "\n"
                                        << (illegal ? "" : isa::print(inst));
    }
    ++counts[error.empty() ? "accepted"
             : fields      ? "fields"
                           : "ranges and relations"];
  }

  ArchConfig arch;
  Testbench<Vnncc_validate> bench{11};
  uint32_t number = 0;
  std::map<std::string, unsigned> counts;
};

} // namespace

TEST_F(Validate, AgreesWithTheVerifier) {
  for (unsigned i = 0; i < 60000 && !HasFailure(); ++i) {
    isa::Instruction inst = makeInstruction();
    uint8_t bytes[isa::kInstructionBytes];
    isa::encode(inst, bytes);
    // One bit of any field or of the reserved ones.
    if (bench.chance(40)) {
      unsigned bit = bench.below(512);
      bytes[bit / 8] ^= 1u << bit % 8;
    } else if (bench.chance(10)) {
      bytes[0] = bench.below(256);
    }
    check(bytes);
  }
  for (const char *kind : {"accepted", "fields", "ranges and relations"})
    EXPECT_GT(counts[kind], 3000u) << kind;
}

// Every field of every instruction at its least and its greatest value, and
// just beyond where its bits allow that.
TEST_F(Validate, EdgesOfFields) {
  for (size_t kind = 0; kind < std::variant_size_v<isa::Body>; ++kind) {
    const isa::InstructionInfo &info = isa::instructionInfos()[kind];
    for (size_t f = 0; f < info.fieldCount && !HasFailure(); ++f) {
      const isa::FieldInfo &field = info.fields[f];
      for (int64_t value : {field.min - 1, field.min, field.min + 1,
                            field.max - 1, field.max, field.max + 1}) {
        int64_t values[64];
        for (size_t i = 0; i < info.fieldCount; ++i)
          values[i] = info.fields[i].min < 0 ? 0 : info.fields[i].min;
        isa::Instruction inst;
        inst.body = isa::makeBody(kind, values);
        inst.engine = isa::Engine(__builtin_ctz(info.engines));
        uint8_t bytes[isa::kInstructionBytes];
        isa::encode(inst, bytes);
        uint32_t word;
        std::memcpy(&word, bytes + 4 * field.word, 4);
        uint32_t mask = (field.width >= 32 ? ~0u : (1u << field.width) - 1)
                        << field.lsb;
        word = (word & ~mask) | (uint32_t(value) << field.lsb & mask);
        std::memcpy(bytes + 4 * field.word, &word, 4);
        check(bytes);
      }
    }
  }
}
