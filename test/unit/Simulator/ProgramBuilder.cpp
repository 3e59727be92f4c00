//===- ProgramBuilder.cpp - Programs by hand ------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ProgramBuilder.h"

using namespace nncc;
using namespace nncc::sim;
using namespace nncc::sim::test;

ArchConfig test::tinyArch(uint32_t vector, uint32_t outputGroups) {
  ArchConfig arch;
  arch.name = "tiny";
  arch.vector = vector;
  arch.outputs = vector * outputGroups;
  arch.activationBits = 8;
  arch.weightBits = 8;
  arch.featureWords = 1024;
  arch.featureBanks = 4;
  arch.weightBlocks = 32;
  arch.tapWords = 64;
  arch.convParams = 8;
  arch.vectorWords = 128;
  arch.psumPixels = 64;
  arch.vectorTaps = 3;
  arch.queueDepth = 4;
  arch.tokenLimit = 7;
  arch.axiDataBits = 64;
  arch.axiBurstBeats = 16;
  arch.axiOutstanding = 4;
  arch.clockMHz = 100;
  arch.memoryBytesPerCycle = 16;
  arch.memoryLatency = 40;
  arch.memoryRefreshInterval = 780;
  arch.memoryRefreshCycles = 16;
  return arch;
}

ArchConfig test::z7020Arch() {
  ArchConfig arch = tinyArch(16, 2);
  arch.name = "z7020";
  arch.featureWords = 16384;
  arch.weightBlocks = 128;
  arch.tapWords = 256;
  arch.convParams = 64;
  arch.vectorWords = 1024;
  arch.psumPixels = 512;
  arch.queueDepth = 16;
  arch.tokenLimit = 15;
  arch.axiOutstanding = 8;
  arch.clockMHz = 200;
  arch.memoryLatency = 60;
  arch.memoryRefreshInterval = 1560;
  arch.memoryRefreshCycles = 32;
  return arch;
}

uint32_t ProgramBuilder::constant(const std::vector<uint8_t> &bytes) {
  std::vector<uint8_t> &region = program.constants;
  uint32_t offset = static_cast<uint32_t>(region.size());
  region.insert(region.end(), bytes.begin(), bytes.end());
  while (region.size() % program.arch.vector != 0)
    region.push_back(0);
  return offset;
}

uint32_t ProgramBuilder::constant(const std::vector<int8_t> &bytes) {
  return constant(std::vector<uint8_t>(bytes.begin(), bytes.end()));
}

uint32_t ProgramBuilder::records(const std::vector<Record> &records) {
  std::vector<uint8_t> bytes;
  for (const Record &record : records) {
    uint32_t bias = static_cast<uint32_t>(record.bias);
    for (int i = 0; i < 4; ++i)
      bytes.push_back(static_cast<uint8_t>(bias >> (8 * i)));
    bytes.push_back(static_cast<uint8_t>(record.multiplier));
    bytes.push_back(static_cast<uint8_t>(record.multiplier >> 8));
    bytes.push_back(static_cast<uint8_t>(record.multiplier >> 16));
    bytes.push_back(record.shift);
  }
  return constant(bytes);
}

uint32_t ProgramBuilder::taps(const std::vector<isa::Tap> &taps) {
  std::vector<uint8_t> bytes(taps.size() * 4);
  for (size_t i = 0; i < taps.size(); ++i)
    taps[i].encode(bytes.data() + 4 * i);
  return constant(bytes);
}

isa::Instruction &ProgramBuilder::add(isa::Engine engine, isa::Body body) {
  isa::Instruction inst;
  inst.engine = engine;
  inst.body = body;
  program.instructions.push_back(inst);
  return program.instructions.back();
}

isa::Instruction &ProgramBuilder::load(isa::Memory memory, uint32_t base,
                                       isa::Region region, uint32_t offset,
                                       uint32_t words, isa::Engine engine) {
  isa::Load load;
  load.memory = memory;
  load.region = region;
  load.dramOffset = offset;
  load.localBase = base;
  load.countX = words;
  load.countY = load.countZ = 1;
  return add(engine, load);
}

isa::Instruction &ProgramBuilder::save(isa::Region region, uint32_t offset,
                                       uint32_t base, uint32_t words) {
  isa::Save save;
  save.region = region;
  save.dramOffset = offset;
  save.localBase = base;
  save.countX = words;
  save.countY = save.countZ = 1;
  return add(isa::Engine::Save, save);
}

/// What the operations with an input window and a result share.
template <typename Op> static void setWindow(Op &op, uint32_t h, uint32_t w) {
  op.srcRowPitch = w;
  op.srcHeight = h;
  op.srcWidth = w;
  op.strideY = op.strideX = 1;
  op.height = h;
  op.width = w;
  op.dstRowPitch = w;
  op.dstGroupPitch = h * w;
}

template <typename Op> static void setClamp(Op &op) {
  op.clampLo = -128;
  op.clampHi = 127;
}

isa::Conv test::makeConv(uint32_t height, uint32_t width, uint32_t taps,
                         bool drain) {
  isa::Conv conv;
  setWindow(conv, height, width);
  setClamp(conv);
  conv.tapCount = taps;
  conv.drain = drain;
  conv.dstGroups = 1;
  return conv;
}

isa::Depthwise test::makeDepthwise(uint32_t height, uint32_t width,
                                   uint32_t kernel) {
  isa::Depthwise op;
  setWindow(op, height, width);
  setClamp(op);
  op.srcGroupPitch = height * width;
  op.groups = 1;
  op.kernelH = op.kernelW = kernel;
  op.dilationY = op.dilationX = 1;
  return op;
}

isa::MaxPool test::makeMaxPool(uint32_t height, uint32_t width,
                               uint32_t kernel) {
  isa::MaxPool op;
  setWindow(op, height, width);
  op.srcGroupPitch = height * width;
  op.groups = 1;
  op.kernelH = op.kernelW = kernel;
  op.dilationY = op.dilationX = 1;
  op.padValue = -128;
  return op;
}

template <typename Op> static Op makeBinary(uint32_t height, uint32_t width) {
  Op op;
  op.height = height;
  op.width = width;
  op.groups = 1;
  op.aRowPitch = op.bRowPitch = op.dstRowPitch = width;
  op.aGroupPitch = op.bGroupPitch = op.dstGroupPitch = height * width;
  op.bColumnPitch = 1;
  setClamp(op);
  return op;
}

isa::Add test::makeAdd(uint32_t height, uint32_t width) {
  isa::Add op = makeBinary<isa::Add>(height, width);
  op.aMultiplier = op.bMultiplier = 1;
  op.multiplier = 2;
  op.shift = 1;
  return op;
}

isa::Mul test::makeMul(uint32_t height, uint32_t width) {
  isa::Mul op = makeBinary<isa::Mul>(height, width);
  op.multiplier = 1;
  op.shift = 1;
  return op;
}

isa::Table test::makeTable(uint32_t height, uint32_t width) {
  isa::Table op;
  op.height = height;
  op.width = width;
  op.groups = 1;
  op.srcRowPitch = op.dstRowPitch = width;
  op.srcGroupPitch = op.dstGroupPitch = height * width;
  return op;
}

uint8_t test::engines(std::initializer_list<isa::Engine> list) {
  uint8_t mask = 0;
  for (isa::Engine engine : list)
    mask |= static_cast<uint8_t>(1u << static_cast<unsigned>(engine));
  return mask;
}
