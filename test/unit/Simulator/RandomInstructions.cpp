//===- RandomInstructions.cpp - Legal instructions by chance --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "RandomInstructions.h"
#include "ProgramBuilder.h"

#include <algorithm>

using namespace nncc;
using namespace nncc::sim;
using namespace nncc::sim::test;

namespace {

constexpr uint32_t kRegionWords = 512;

class Generator {
public:
  Generator(const ArchConfig &arch, uint32_t seed)
      : arch(arch), builder(arch), random(seed) {}

  MachineProgram run(unsigned count);

private:
  int64_t pick(int64_t lo, int64_t hi) {
    return std::uniform_int_distribution<int64_t>(lo, hi)(random);
  }
  uint32_t upTo(uint32_t hi) { return static_cast<uint32_t>(pick(0, hi)); }
  uint32_t between(uint32_t lo, uint32_t hi) {
    return static_cast<uint32_t>(pick(lo, hi));
  }
  int32_t byte() { return static_cast<int32_t>(pick(-128, 127)); }
  bool coin() { return pick(0, 1) != 0; }

  std::vector<uint8_t> randomBytes(size_t count);
  std::vector<uint8_t> randomWeights(size_t count);
  Record randomRecord();
  void fillMemories();

  template <typename Op> void setWindow(Op &op);
  template <typename Op> void setKernel(Op &op);
  template <typename Op> void setResult(Op &op);
  template <typename Op> void setClamp(Op &op);
  template <typename Op> void setBinary(Op &op);

  isa::Body makeBody(isa::Engine &engine);
  isa::Load makeLoad();
  isa::LoadWindow makeLoadWindow();
  isa::Save makeSave();
  isa::Conv makeConv();
  isa::Depthwise makeDepthwise();
  bool isLegal(const isa::Instruction &inst) const;

  const ArchConfig &arch;
  ProgramBuilder builder;
  std::mt19937 random;
  std::vector<isa::Tap> taps;
  uint32_t weights = 0; ///< offset of the weights among the constants
};

} // namespace

std::vector<uint8_t> Generator::randomBytes(size_t count) {
  std::vector<uint8_t> bytes(count);
  for (uint8_t &value : bytes)
    value = static_cast<uint8_t>(upTo(255));
  return bytes;
}

/// Weights are never -128.
std::vector<uint8_t> Generator::randomWeights(size_t count) {
  std::vector<uint8_t> bytes = randomBytes(count);
  std::replace(bytes.begin(), bytes.end(), uint8_t(0x80), uint8_t(0x81));
  return bytes;
}

Record Generator::randomRecord() {
  Record record;
  // Now and then a bias that makes sums wrap or saturate.
  int64_t range = pick(0, 4) == 0 ? int64_t(1) << 31 : int64_t(1) << 16;
  record.bias = static_cast<int32_t>(pick(-range, range - 1));
  record.multiplier =
      pick(0, 5) == 0 ? (coin() ? 131071 : upTo(2)) : upTo(131071);
  // Mostly shifts that leave something of the sum.
  record.shift =
      static_cast<uint8_t>(pick(0, 3) == 0 ? between(1, 40) : between(18, 26));
  return record;
}

void Generator::fillMemories() {
  auto load = [&](isa::Memory memory, uint32_t base, uint32_t offset,
                  uint32_t words) {
    builder.load(memory, base, isa::Region::Constant, offset, words);
  };
  uint32_t v = arch.vector;
  load(isa::Memory::Feature, 0,
       builder.constant(randomBytes(size_t(arch.featureWords) * v)),
       arch.featureWords);
  weights = builder.constant(randomWeights(size_t(arch.weightWords()) * v));
  load(isa::Memory::Weight, 0, weights, arch.weightWords());
  taps.resize(arch.tapEntries());
  for (isa::Tap &tap : taps)
    tap = {static_cast<uint16_t>(upTo(60)), static_cast<int8_t>(pick(-3, 3)),
           static_cast<int8_t>(pick(-3, 3))};
  load(isa::Memory::Tap, 0, builder.taps(taps), arch.tapWords);
  std::vector<Record> records(size_t(arch.convParams) * arch.outputs);
  for (Record &record : records)
    record = randomRecord();
  load(isa::Memory::Cparam, 0, builder.records(records), arch.convParamWords());
  // 8 words are the records of V lanes.
  records.resize(size_t(arch.vectorWords) / 16 * v);
  for (Record &record : records)
    record = randomRecord();
  load(isa::Memory::Vparam, 0, builder.records(records), arch.vectorWords / 2);
  uint32_t others = arch.vectorWords - arch.vectorWords / 2;
  load(isa::Memory::Vparam, arch.vectorWords / 2,
       builder.constant(randomBytes(size_t(others) * v)), others);
}

template <typename Op> void Generator::setWindow(Op &op) {
  op.srcBase = upTo(arch.featureWords / 2);
  op.srcHeight = between(1, 9);
  op.srcWidth = between(1, 9);
  op.srcRowPitch = op.srcWidth + upTo(3);
  op.originY = static_cast<int32_t>(pick(-4, 4));
  op.originX = static_cast<int32_t>(pick(-4, 4));
  op.strideY = between(1, 3);
  op.strideX = between(1, 3);
  op.padValue = byte();
}

template <typename Op> void Generator::setKernel(Op &op) {
  op.srcGroupPitch = upTo(100);
  op.kernelH = between(1, 4);
  op.kernelW = between(1, 4);
  op.dilationY = between(1, 3);
  op.dilationX = between(1, 3);
}

template <typename Op> void Generator::setResult(Op &op) {
  op.height = between(1, 9);
  op.width = between(1, 9);
  op.dstBase = upTo(arch.featureWords - 1);
  // Rows of a result may overlap: the order of the writes is defined.
  op.dstRowPitch = upTo(12);
  op.dstGroupPitch = upTo(100);
}

template <typename Op> void Generator::setClamp(Op &op) {
  op.outZp = byte();
  op.clampLo = coin() ? -128 : byte();
  op.clampHi = coin() ? 127 : byte();
}

template <typename Op> void Generator::setBinary(Op &op) {
  op.aBase = upTo(arch.featureWords - 1);
  op.aRowPitch = upTo(12);
  op.aGroupPitch = upTo(100);
  op.bBase = upTo(arch.featureWords - 1);
  op.bRowPitch = upTo(12);
  op.bGroupPitch = upTo(100);
  op.bColumnPitch = upTo(1);
  op.groups = between(1, 3);
  setResult(op);
  setClamp(op);
}

isa::Load Generator::makeLoad() {
  isa::Load op;
  // The other memories keep their legal contents.
  op.memory = coin() ? isa::Memory::Feature : isa::Memory::Weight;
  op.region = static_cast<isa::Region>(upTo(3));
  op.dramOffset = upTo(kRegionWords) * arch.vector;
  op.localBase = upTo(arch.featureWords - 1);
  op.countX = between(1, 20);
  op.countY = between(1, 4);
  op.countZ = between(1, 3);
  op.dramPitchY = upTo(40);
  op.dramPitchZ = upTo(40);
  op.localPitchY = upTo(40);
  op.localPitchZ = upTo(40);
  if (op.memory == isa::Memory::Weight) {
    op.region = isa::Region::Constant;
    op.dramOffset = weights + upTo(arch.weightWords() - 1) * arch.vector;
  }
  return op;
}

isa::LoadWindow Generator::makeLoadWindow() {
  isa::LoadWindow op;
  op.region = coin() ? isa::Region::Input : isa::Region::Constant;
  op.dramOffset = upTo(kRegionWords) * arch.vector;
  op.localBase = upTo(arch.featureWords - 1);
  op.countX = between(1, 12);
  op.countY = between(1, 5);
  op.groups = between(1, 3);
  op.dramPitchY = upTo(12);
  op.localPitchY = upTo(20);
  op.localPitchZ = upTo(60);
  op.step = between(1, 13);
  op.start = static_cast<int32_t>(pick(-30, 30));
  op.rowBytes = between(1, 90);
  op.fill = byte();
  return op;
}

isa::Save Generator::makeSave() {
  isa::Save op;
  op.region = coin() ? isa::Region::Output : isa::Region::Workspace;
  op.dramOffset = upTo(kRegionWords) * arch.vector;
  op.localBase = upTo(arch.featureWords - 1);
  op.countX = between(1, 20);
  op.countY = between(1, 4);
  op.countZ = between(1, 3);
  op.dramPitchY = upTo(40);
  op.dramPitchZ = upTo(40);
  op.localPitchY = upTo(40);
  op.localPitchZ = upTo(40);
  return op;
}

isa::Conv Generator::makeConv() {
  isa::Conv op;
  op.tapCount = pick(0, 3) == 0 ? between(1, arch.weightBlocks) : between(1, 9);
  op.tapBase = upTo(arch.tapEntries() - 1);
  op.weightBase = upTo(arch.weightBlocks - 1);
  op.accumulate = coin();
  op.drain = pick(0, 2) != 0;
  op.psumBank = upTo(1);
  setWindow(op);
  setResult(op);
  setClamp(op);
  op.dstGroups = between(1, arch.outputGroups());
  op.paramBase = upTo(arch.convParams - 1);
  op.residual = coin();
  op.resBase = upTo(arch.featureWords - 1);
  op.resRowPitch = upTo(12);
  op.resGroupPitch = upTo(100);
  op.resMultiplier = static_cast<int32_t>(pick(-32768, 32767));
  op.resShift = upTo(31);
  op.resConstant = static_cast<int32_t>(
      coin() ? pick(-(int64_t(1) << 31), (int64_t(1) << 31) - 1)
             : pick(-1000, 1000));
  return op;
}

isa::Depthwise Generator::makeDepthwise() {
  isa::Depthwise op;
  setWindow(op);
  setKernel(op);
  setResult(op);
  setClamp(op);
  op.groups = between(1, 3);
  op.unitWeights = coin();
  op.sharedParams = coin();
  op.weightBase = upTo(arch.vectorWords - 1);
  op.paramBase = 8 * upTo(arch.vectorWords / 16 - 1);
  return op;
}

isa::Body Generator::makeBody(isa::Engine &engine) {
  engine = isa::Engine::Vector;
  switch (pick(0, 10)) {
  case 0:
    engine = coin() ? isa::Engine::Load0 : isa::Engine::Load1;
    return makeLoad();
  case 1:
    engine = coin() ? isa::Engine::Load0 : isa::Engine::Load1;
    return makeLoadWindow();
  case 2:
    engine = isa::Engine::Save;
    return makeSave();
  case 3: {
    isa::MaxPool op;
    setWindow(op);
    setKernel(op);
    setResult(op);
    op.groups = between(1, 3);
    return op;
  }
  case 4: {
    isa::Add op;
    setBinary(op);
    op.aMultiplier = static_cast<int32_t>(pick(-32768, 32767));
    op.bMultiplier = static_cast<int32_t>(pick(-32768, 32767));
    // Now and then a constant that makes sums wrap or saturate.
    int64_t range = pick(0, 4) == 0 ? int64_t(1) << 31 : int64_t(1) << 22;
    op.constant = static_cast<int32_t>(pick(-range, range - 1));
    op.multiplier = upTo(131071);
    op.shift = between(1, 40);
    return op;
  }
  case 5: {
    isa::Mul op;
    setBinary(op);
    op.aZp = byte();
    op.bZp = byte();
    op.multiplier = upTo(131071);
    op.shift = between(1, 40);
    return op;
  }
  case 6: {
    isa::Table op;
    op.srcBase = upTo(arch.featureWords - 1);
    op.srcRowPitch = upTo(12);
    op.srcGroupPitch = upTo(100);
    op.groups = between(1, 3);
    setResult(op);
    op.tableBase = upTo(arch.vectorWords - 1);
    return op;
  }
  case 7:
    return makeDepthwise();
  default:
    engine = isa::Engine::Conv;
    return makeConv();
  }
}

bool Generator::isLegal(const isa::Instruction &inst) const {
  if (!isa::verify(inst, arch).empty())
    return false;
  if (const auto *conv = std::get_if<isa::Conv>(&inst.body))
    return isa::verifyTaps(*conv, arch, taps.data() + conv->tapBase).empty();
  if (const auto *depthwise = std::get_if<isa::Depthwise>(&inst.body)) {
    // Records only in the lower half.
    uint32_t groups = depthwise->sharedParams ? 1 : depthwise->groups;
    return depthwise->paramBase + 8 * groups <= arch.vectorWords / 2;
  }
  if (const auto *load = std::get_if<isa::Load>(&inst.body);
      load && load->memory == isa::Memory::Weight)
    return isa::dramRange(inst, arch)->end <=
           weights + uint64_t(arch.weightWords()) * arch.vector;
  std::optional<isa::DramRange> range = isa::dramRange(inst, arch);
  return !range || range->end <= uint64_t(kRegionWords) * arch.vector;
}

MachineProgram Generator::run(unsigned count) {
  uint64_t bytes = uint64_t(kRegionWords) * arch.vector;
  builder.program.inputBytes = bytes;
  builder.program.outputBytes = bytes;
  builder.program.workspaceBytes = bytes;
  fillMemories();
  while (count != 0) {
    isa::Instruction inst;
    inst.body = makeBody(inst.engine);
    if (!isLegal(inst))
      continue;
    builder.program.instructions.push_back(inst);
    --count;
  }
  return builder.program;
}

MachineProgram test::makeRandomProgram(const ArchConfig &arch, uint32_t seed,
                                       unsigned count) {
  return Generator(arch, seed).run(count);
}
