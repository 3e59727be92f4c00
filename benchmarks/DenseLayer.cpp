//===- DenseLayer.cpp - A layer to measure with ---------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "DenseLayer.h"

#include <algorithm>

using namespace nncc;
using namespace nncc::sim;
using namespace nncc::sim::test;
using isa::Memory;
using isa::Region;

static constexpr uint32_t kRecordBytes = 8;

static std::vector<uint8_t> noise(size_t count) {
  std::vector<uint8_t> bytes(count);
  uint32_t state = 1;
  for (uint8_t &byte : bytes) {
    byte = static_cast<uint8_t>((state = state * 1664525u + 1013904223u) >> 24);
    byte = byte == 0x80 ? 0x81 : byte; // no weight is -128
  }
  return bytes;
}

ProgramBuilder test::makeDenseLayer(const ArchConfig &arch, uint32_t size,
                                    uint32_t channels, uint32_t kernel) {
  ProgramBuilder builder(arch);
  uint32_t pixels = size * size;
  uint32_t groups = channels / arch.vector;
  std::vector<isa::Tap> taps;
  int radius = static_cast<int>(kernel / 2);
  for (uint32_t g = 0; g < groups; ++g)
    for (int y = -radius; y <= radius; ++y)
      for (int x = -radius; x <= radius; ++x)
        taps.push_back({static_cast<uint16_t>(g * pixels),
                        static_cast<int8_t>(y), static_cast<int8_t>(x)});
  auto count = static_cast<uint32_t>(taps.size());
  uint32_t blocks = count * (channels / arch.outputs);
  auto load = [&](Memory memory, uint32_t offset, uint32_t words) {
    builder.load(memory, 0, Region::Constant, offset, words);
  };
  load(Memory::Feature, builder.constant(noise(size_t(pixels) * channels)),
       pixels * groups);
  load(Memory::Weight,
       builder.constant(noise(size_t(blocks) * arch.vector * arch.outputs)),
       blocks * arch.outputs);
  load(Memory::Tap, builder.taps(taps),
       (count + arch.tapsPerWord() - 1) / arch.tapsPerWord());
  load(Memory::Cparam,
       builder.records(std::vector<Record>(channels, Record{7, 20000, 27})),
       channels * kRecordBytes / arch.vector);
  // Loads finish in order: the last one's token stands for all.
  builder.program.instructions.back().post = engines({isa::Engine::Conv});
  uint32_t rows = std::min(arch.psumPixels / size, size);
  for (uint32_t y = 0; y < size; y += rows)
    for (uint32_t o = 0; o < channels / arch.outputs; ++o) {
      isa::Conv conv = makeConv(size, size, count);
      conv.originY = static_cast<int32_t>(y);
      conv.height = std::min(rows, size - y);
      conv.weightBase = o * count;
      conv.paramBase = o;
      conv.dstGroups = arch.outputGroups();
      conv.dstBase = (groups + conv.dstGroups * o) * pixels + y * size;
      conv.dstGroupPitch = pixels;
      isa::Instruction &inst = builder.add(isa::Engine::Conv, conv);
      if (y == 0 && o == 0)
        inst.wait = engines({isa::Engine::Load0});
    }
  return builder;
}
