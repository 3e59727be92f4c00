//===- FootprintTest.cpp --------------------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Footprint and verifier against the loops of the manual, walked one word at a
// time: an instruction verifies exactly when no word lies outside its memory,
// and its footprint holds every word that it touches.
//
//===----------------------------------------------------------------------===//

#include "RandomInstruction.h"

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <tuple>

using namespace nncc;
using namespace nncc::isa;
using namespace nncc::isa::test;

namespace {

/// Space (isDram, number, write) to the words or bytes that are touched.
using Touched = std::map<std::tuple<bool, unsigned, bool>, std::set<uint64_t>>;

class Walker {
public:
  Walker(const ArchConfig &arch, const std::vector<Tap> &taps)
      : arch(arch), taps(taps) {}

  Touched touched;

  void operator()(const Load &op) { block(op, op.memory, false); }
  void operator()(const Save &op) { block(op, Memory::Feature, true); }

  void operator()(const LoadWindow &op) {
    for (uint64_t g = 0; g < op.groups; ++g)
      for (uint64_t y = 0; y < op.countY; ++y)
        for (uint64_t x = 0; x < op.countX; ++x) {
          feature(true,
                  op.localBase + g * op.localPitchZ + y * op.localPitchY + x);
          for (uint64_t lane = 0; lane < arch.vector; ++lane) {
            int64_t b =
                op.start + int64_t(x * op.step + g * arch.vector + lane);
            if (b >= 0 && b < int64_t(op.rowBytes))
              dram(op.region, false,
                   op.dramOffset + y * op.dramPitchY * arch.vector + b);
          }
        }
  }

  void operator()(const Conv &op) {
    for (uint64_t i = 0; i < op.tapCount; ++i) {
      local(Memory::Tap, false, (op.tapBase + i) / arch.tapsPerWord());
      for (uint64_t o = 0; o < arch.outputs; ++o)
        local(Memory::Weight, false, (op.weightBase + i) * arch.outputs + o);
      for (int64_t y = 0; y < op.height; ++y)
        for (int64_t x = 0; x < op.width; ++x)
          source(op, op.originY + y * op.strideY + taps[i].dy,
                 op.originX + x * op.strideX + taps[i].dx, taps[i].group);
    }
    if (!op.drain)
      return;
    for (uint64_t word = 0; word < arch.convParamGroupWords(); ++word)
      local(Memory::Cparam, false,
            op.paramBase * arch.convParamGroupWords() + word);
    if (op.residual)
      image(false, op.resBase, op, op.dstGroups, op.resRowPitch,
            op.resGroupPitch);
    image(true, op.dstBase, op, op.dstGroups, op.dstRowPitch, op.dstGroupPitch);
  }

  void operator()(const Depthwise &op) {
    window(op);
    for (uint64_t g = 0; g < op.groups; ++g) {
      if (!op.unitWeights)
        for (uint64_t t = 0; t < op.kernelH * op.kernelW; ++t)
          local(Memory::Vparam, false,
                op.weightBase + g * op.kernelH * op.kernelW + t);
      for (uint64_t word = 0; word < 8; ++word)
        local(Memory::Vparam, false,
              op.paramBase + (op.sharedParams ? 0 : 8 * g) + word);
    }
    result(op);
  }

  void operator()(const MaxPool &op) {
    window(op);
    result(op);
  }

  void operator()(const Add &op) { binary(op); }
  void operator()(const Mul &op) { binary(op); }

  void operator()(const Table &op) {
    image(false, op.srcBase, op, op.groups, op.srcRowPitch, op.srcGroupPitch);
    for (uint64_t i = 0; i < 256; ++i)
      local(Memory::Vparam, false, op.tableBase + i / arch.vector);
    result(op);
  }

private:
  void local(Memory memory, bool write, uint64_t word) {
    touched[{false, unsigned(memory), write}].insert(word);
  }
  void dram(Region region, bool write, uint64_t byte) {
    touched[{true, unsigned(region), write}].insert(byte);
  }
  void feature(bool write, uint64_t word) {
    local(Memory::Feature, write, word);
  }

  template <typename Op> void block(const Op &op, Memory memory, bool save) {
    for (uint64_t z = 0; z < op.countZ; ++z)
      for (uint64_t y = 0; y < op.countY; ++y)
        for (uint64_t x = 0; x < op.countX; ++x) {
          local(memory, !save,
                op.localBase + z * op.localPitchZ + y * op.localPitchY + x);
          for (uint64_t lane = 0; lane < arch.vector; ++lane)
            dram(op.region, save,
                 op.dramOffset +
                     arch.vector * (z * op.dramPitchZ + y * op.dramPitchY + x) +
                     lane);
        }
  }

  template <typename Op>
  void source(const Op &op, int64_t y, int64_t x, uint64_t offset) {
    if (y >= 0 && y < int64_t(op.srcHeight) && x >= 0 &&
        x < int64_t(op.srcWidth))
      feature(false, op.srcBase + offset + y * op.srcRowPitch + x);
  }

  template <typename Op> void window(const Op &op) {
    for (uint64_t g = 0; g < op.groups; ++g)
      for (int64_t y = 0; y < op.height; ++y)
        for (int64_t x = 0; x < op.width; ++x)
          for (int64_t ky = 0; ky < op.kernelH; ++ky)
            for (int64_t kx = 0; kx < op.kernelW; ++kx)
              source(op, op.originY + y * op.strideY + ky * op.dilationY,
                     op.originX + x * op.strideX + kx * op.dilationX,
                     g * op.srcGroupPitch);
  }

  template <typename Op>
  void image(bool write, uint64_t base, const Op &op, uint64_t groups,
             uint64_t rowPitch, uint64_t groupPitch, uint64_t columnPitch = 1) {
    for (uint64_t g = 0; g < groups; ++g)
      for (uint64_t y = 0; y < op.height; ++y)
        for (uint64_t x = 0; x < op.width; ++x)
          feature(write,
                  base + g * groupPitch + y * rowPitch + x * columnPitch);
  }

  template <typename Op> void result(const Op &op) {
    image(true, op.dstBase, op, op.groups, op.dstRowPitch, op.dstGroupPitch);
  }

  template <typename Op> void binary(const Op &op) {
    image(false, op.aBase, op, op.groups, op.aRowPitch, op.aGroupPitch);
    image(false, op.bBase, op, op.groups, op.bRowPitch, op.bGroupPitch,
          op.bColumnPitch);
    result(op);
  }

  const ArchConfig &arch;
  const std::vector<Tap> &taps;
};

uint64_t limit(bool isDram, unsigned space, const ArchConfig &arch) {
  if (isDram)
    return 0xffffffffu;
  switch (static_cast<Memory>(space)) {
  case Memory::Feature:
    return arch.featureWords;
  case Memory::Weight:
    return arch.weightBlocks * arch.outputs;
  case Memory::Tap:
    return arch.tapWords;
  case Memory::Cparam:
    return arch.convParams * 8 * arch.outputs / arch.vector;
  case Memory::Vparam:
    return arch.vectorWords;
  }
  return 0;
}

/// Sizes small enough to walk, addresses around the ends of the memories.
Instruction pickSmall(Random &random, size_t index, const ArchConfig &arch) {
  const InstructionInfo &info = instructionInfos()[index];
  Instruction inst;
  pickHeader(random, info, inst);
  int64_t values[kMaxFields] = {};
  for (size_t i = 0; i < info.fieldCount; ++i) {
    const FieldInfo &field = info.fields[i];
    std::string name = field.name;
    auto ends = [&](const char *suffix) {
      return name.size() >= std::string(suffix).size() &&
             name.compare(name.size() - std::string(suffix).size(),
                          std::string::npos, suffix) == 0;
    };
    int64_t low = field.min, high = 8;
    if (name == "dram_offset") {
      values[i] = arch.vector * pick(random, 0, 100);
      continue;
    }
    if (field.kind == FieldKind::Enum) {
      high = field.type->count - 1;
    } else if (ends("_base")) {
      int64_t sizes[] = {4, 16, 64, 128, 256, 1000};
      high = sizes[pick(random, 0, 5)];
    } else if (ends("_group_pitch") || ends("pitch_z")) {
      high = pick(random, 0, 1) ? 400 : 60;
    } else if (ends("_pitch") || ends("pitch_y")) {
      high = 30;
    } else if (name == "src_height" || name == "src_width" || name == "step") {
      high = 20;
    } else if (name == "row_bytes") {
      high = 100;
    } else if (name == "start" || ends("origin_y") || ends("origin_x")) {
      low = -10;
    } else if (name == "tap_count" || ends("groups")) {
      high = 4;
    } else if (ends("stride_y") || ends("stride_x") || ends("dilation_y") ||
               ends("dilation_x") || ends("kernel_h") || ends("kernel_w")) {
      high = 3;
    } else if (name == "clamp_lo") {
      low = -128, high = 0;
    } else if (name == "clamp_hi") {
      low = 0, high = 127;
    }
    values[i] = pick(random, low, std::min(high, field.max));
  }
  inst.body = makeBody(index, values);
  if (auto *save = std::get_if<Save>(&inst.body))
    save->region = pick(random, 0, 1) ? Region::Output : Region::Workspace;
  return inst;
}

TEST(Footprint, AgreesWithTheLoopsOfTheManual) {
  Random random(testSeed());
  ArchConfig arch = smallArch();
  ASSERT_EQ(arch.verify(), "");
  for (size_t index = 0; index < kNumOpcodes; ++index) {
    unsigned legal = 0, illegal = 0, exact = 0;
    for (int i = 0; i < 3000; ++i) {
      Instruction inst = pickSmall(random, index, arch);
      std::vector<Tap> taps(4);
      for (Tap &tap : taps)
        tap = {static_cast<uint16_t>(pick(random, 0, 1) ? 0
                                                        : pick(random, 0, 300)),
               static_cast<int8_t>(pick(random, -3, 3)),
               static_cast<int8_t>(pick(random, -3, 3))};
      Walker walker(arch, taps);
      std::visit(walker, inst.body);
      bool inside = true;
      for (const auto &[space, words] : walker.touched)
        inside &= words.empty() ||
                  *words.rbegin() <
                      limit(std::get<0>(space), std::get<1>(space), arch);

      std::string error = verify(inst, arch);
      const Conv *conv = std::get_if<Conv>(&inst.body);
      if (conv && error.empty())
        error = verifyTaps(*conv, arch, taps.data());
      bool otherRule =
          conv && (conv->height * conv->width > arch.psumPixels ||
                   (conv->drain && conv->dstGroups > arch.outputGroups()) ||
                   // Tap entries are finer than the words that are walked.
                   conv->tapBase + conv->tapCount > arch.tapEntries());
      if (!otherRule)
        ASSERT_EQ(error.empty(), inside) << print(inst) << "\n" << error;
      ++(error.empty() ? legal : illegal);
      if (!error.empty())
        continue;

      Touched found;
      for (const Access &access : footprint(inst, arch, taps.data())) {
        uint64_t last = 0;
        bool first = true;
        auto &words = found[{access.isDram, access.space, access.write}];
        ASSERT_TRUE(words.empty()) << "one entry for each space";
        for (const Interval &interval : access.intervals) {
          ASSERT_LT(interval.begin, interval.end);
          if (!first)
            ASSERT_GT(interval.begin, last) << "merged and sorted";
          first = false;
          last = interval.end;
          ASSERT_LE(interval.end, limit(access.isDram, access.space, arch));
          for (uint64_t w = interval.begin; w < interval.end; ++w)
            words.insert(w);
        }
      }
      for (const auto &[space, words] : walker.touched)
        for (uint64_t word : words)
          ASSERT_TRUE(found[space].count(word))
              << print(inst) << "\nmisses word " << word << " of space "
              << std::get<1>(space);
      for (const auto &[space, words] : found)
        if (std::get<2>(space) && !std::get<0>(space))
          ASSERT_EQ(words, walker.touched[space])
              << "writes to local memories are exact";
      exact += found == walker.touched;

      auto range = dramRange(inst, arch);
      for (const auto &[space, words] : walker.touched)
        if (std::get<0>(space) && !words.empty()) {
          ASSERT_TRUE(range.has_value());
          ASSERT_EQ(unsigned(range->region), std::get<1>(space));
          ASSERT_LE(range->begin, *words.begin());
          ASSERT_GT(range->end, *words.rbegin()) << print(inst);
          // Windows may end in the gap before the next one.
          if (inst.opcode() != Opcode::LoadWindow)
            ASSERT_EQ(range->end, *words.rbegin() + 1) << print(inst);
        }
    }
    const char *name = instructionInfos()[index].mnemonic;
    EXPECT_GT(legal, 100u) << name;
    EXPECT_GT(illegal, 20u) << name;
    EXPECT_GT(exact, legal / 10) << name;
  }
}

TEST(Footprint, ConvolutionWithoutTapsReadsTheWholeFeatureMemory) {
  ArchConfig arch = smallArch();
  Instruction inst;
  inst.engine = Engine::Conv;
  Conv conv;
  conv.tapCount = conv.srcHeight = conv.srcWidth = conv.strideY = conv.strideX =
      conv.height = conv.width = conv.dstGroups = 1;
  inst.body = conv;
  ASSERT_EQ(verify(inst, arch), "");
  for (const Access &access : footprint(inst, arch))
    if (!access.isDram && access.space == unsigned(Memory::Feature)) {
      EXPECT_FALSE(access.write);
      EXPECT_EQ(access.intervals,
                std::vector<Interval>({{0, arch.featureWords}}));
    }
}

} // namespace
