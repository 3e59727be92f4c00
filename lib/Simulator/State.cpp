//===- State.cpp - State of the machine -----------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "State.h"

#include <algorithm>
#include <cstring>

using namespace nncc;
using namespace nncc::sim;

bool DramRegion::allocate(uint64_t bytes) {
  // At least one byte, so that the pointer is never null.
  storage.reset(static_cast<uint8_t *>(
      std::calloc(static_cast<size_t>(std::max<uint64_t>(bytes, 1)), 1)));
  data = storage.get();
  size = bytes;
  return data != nullptr;
}

/// Sizes the buffers that the instructions share, for the largest of them.
static void allocateScratch(Scratch &scratch, const ArchConfig &arch,
                            unsigned laneBytes, unsigned tapBlock) {
  unsigned padded = paddedOutputs(arch.outputs);
  unsigned lanes = std::max(padded, arch.vector);
  scratch.gathered.assign(
      size_t(tapBlock) * kPixelBlock * arch.vector * laneBytes, 0);
  scratch.indices.assign(size_t(tapBlock) * kPixelBlock, 0);
  scratch.sums.assign(size_t(kPixelBlock) * lanes, 0);
  scratch.correction.assign(padded, 0);
  scratch.bias.assign(lanes, 0);
  scratch.multiplier.assign(lanes, 0);
  scratch.shift.assign(lanes, 0);
  scratch.factor.assign(lanes, 0);
}

void State::allocate(const ArchConfig &config, const Kernels &implementation,
                     bool track) {
  arch = config;
  kernels = &implementation;
  checkUninitialized = track;
  unsigned v = arch.vector;
  // One more word stands for positions outside an image.
  feature.allocate("feature", arch.featureWords, v, track, 1);
  weight.allocate("weight", arch.weightWords(), v, track);
  tap.allocate("tap", arch.tapWords, v, track);
  cparam.allocate("cparam", arch.convParamWords(), v, track);
  vparam.allocate("vparam", arch.vectorWords, v, track);

  size_t padded = paddedOutputs(arch.outputs);
  // Whole blocks of pixels, which the kernels may read.
  size_t pixels =
      (arch.psumPixels + kPixelBlock - 1) / kPixelBlock * kPixelBlock;
  for (std::vector<int32_t> &bank : sums)
    bank.assign(pixels * padded, 0);
  if (track)
    for (isa::Region which : {isa::Region::Output, isa::Region::Workspace})
      region(which).written.enable(region(which).size / v + 1);

  packed.blockBytes = v * padded * kernels->weightBytes;
  packed.blocks.assign(arch.weightBlocks * packed.blockBytes, 0);
  packed.corrections.assign(arch.weightBlocks * padded, 0);
  packed.valid.assign(arch.weightBlocks, false);
  allocateScratch(scratch, arch, kernels->laneBytes, kTapBlock);
}

void State::reset(uint8_t byte) {
  for (WordMemory *memory : {&feature, &weight, &tap, &cparam, &vparam})
    memory->reset(byte);
  packed.valid.assign(packed.valid.size(), false);
  for (unsigned bank = 0; bank < sums.size(); ++bank) {
    std::memset(sums[bank].data(), byte, sums[bank].size() * sizeof(int32_t));
    heldSums[bank] = {};
  }
  for (isa::Region which : {isa::Region::Output, isa::Region::Workspace}) {
    DramRegion &dram = region(which);
    std::memset(dram.data, byte, dram.size);
    dram.written.clear();
  }
}

WordMemory &State::memory(isa::Memory which) {
  switch (which) {
  case isa::Memory::Weight:
    return weight;
  case isa::Memory::Tap:
    return tap;
  case isa::Memory::Cparam:
    return cparam;
  case isa::Memory::Vparam:
    return vparam;
  case isa::Memory::Feature:
    break;
  }
  return feature;
}
