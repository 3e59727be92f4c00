//===- Conv.cpp - conv ----------------------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// The result is computed for blocks of pixels: all taps of a block before the
// next block, so that its sums stay in registers. The index of the feature word
// that each pixel of the block sees at each tap is found first; a block that
// stays inside the image at every tap needs one addition per index for that.
//
//===----------------------------------------------------------------------===//

#include "Requantize.h"
#include "State.h"

#include <algorithm>
#include <cstring>

using namespace nncc;
using namespace nncc::sim;

namespace {

/// Where the pixels of a block lie in the input, before a tap moves them.
struct PixelBlock {
  int32_t y[kPixelBlock];
  int32_t x[kPixelBlock];
  uint32_t word[kPixelBlock]; ///< src_base + y*pitch + x, modulo 2^32
  int32_t minY, maxY, minX, maxX;
  unsigned count; ///< pixels; the rest of the block repeats the last one

  PixelBlock(const isa::Conv &inst, uint32_t firstPixel, uint32_t pixels);
};

} // namespace

PixelBlock::PixelBlock(const isa::Conv &inst, uint32_t firstPixel,
                       uint32_t pixels)
    : count(std::min(kPixelBlock, pixels - firstPixel)) {
  uint32_t row = firstPixel / inst.width;
  uint32_t column = firstPixel % inst.width;
  for (unsigned i = 0; i < kPixelBlock; ++i) {
    y[i] = inst.originY + static_cast<int32_t>(row * inst.strideY);
    x[i] = inst.originX + static_cast<int32_t>(column * inst.strideX);
    word[i] = inst.srcBase + static_cast<uint32_t>(y[i]) * inst.srcRowPitch +
              static_cast<uint32_t>(x[i]);
    if (i + 1 < count && ++column == inst.width) {
      column = 0;
      ++row;
    }
  }
  auto [leastY, mostY] = std::minmax_element(y, y + kPixelBlock);
  auto [leastX, mostX] = std::minmax_element(x, x + kPixelBlock);
  minY = *leastY, maxY = *mostY, minX = *leastX, maxX = *mostX;
}

/// Indices of the words that the pixels of `block` see at `tap`.
static void findWords(const isa::Conv &inst, const PixelBlock &block,
                      const isa::Tap &tap, uint32_t padWord, uint32_t *out) {
  int32_t height = static_cast<int32_t>(inst.srcHeight);
  int32_t width = static_cast<int32_t>(inst.srcWidth);
  uint32_t step = tap.group +
                  static_cast<uint32_t>(int32_t(tap.dy)) * inst.srcRowPitch +
                  static_cast<uint32_t>(int32_t(tap.dx));
  if (block.minY + tap.dy >= 0 && block.maxY + tap.dy < height &&
      block.minX + tap.dx >= 0 && block.maxX + tap.dx < width) {
    for (unsigned i = 0; i < kPixelBlock; ++i)
      out[i] = block.word[i] + step;
    return;
  }
  for (unsigned i = 0; i < kPixelBlock; ++i) {
    bool inside = static_cast<uint32_t>(block.y[i] + tap.dy) < inst.srcHeight &&
                  static_cast<uint32_t>(block.x[i] + tap.dx) < inst.srcWidth;
    out[i] = inside ? block.word[i] + step : padWord;
  }
}

/// Reads the tap list and checks the addresses it leads to.
static std::string readTaps(State &state, const isa::Conv &inst) {
  unsigned perWord = state.arch.tapsPerWord();
  std::string error = state.tap.checkWritten(
      inst.tapBase / perWord, (inst.tapBase + inst.tapCount - 1) / perWord -
                                  inst.tapBase / perWord + 1);
  if (!error.empty())
    return error;
  state.scratch.taps.resize(inst.tapCount);
  auto *bytes = reinterpret_cast<const uint8_t *>(state.tap.at(0));
  for (uint32_t i = 0; i < inst.tapCount; ++i)
    state.scratch.taps[i] =
        isa::Tap::decode(bytes + size_t(inst.tapBase + i) * 4);
  return isa::verifyTaps(inst, state.arch, state.scratch.taps.data());
}

/// Packs the blocks of the instruction that are not packed yet, and adds up
/// what their use costs each sum.
static std::string packWeights(State &state, const isa::Conv &inst) {
  PackedWeights &packed = state.packed;
  unsigned outputs = state.arch.outputs;
  unsigned padded = paddedOutputs(outputs);
  std::string error = state.weight.checkWritten(
      size_t(inst.weightBase) * outputs, size_t(inst.tapCount) * outputs);
  if (!error.empty())
    return error;
  std::vector<int32_t> &total = state.scratch.correction;
  std::fill(total.begin(), total.end(), 0);
  for (size_t block = inst.weightBase;
       block < size_t(inst.weightBase) + inst.tapCount; ++block) {
    int32_t *correction = packed.corrections.data() + block * padded;
    if (!packed.valid[block]) {
      if (std::memchr(state.weight.at(block * outputs), 0x80,
                      size_t(outputs) * state.vector()))
        return "weight block " + std::to_string(block) +
               " holds a weight of -128; expected -127..127";
      state.kernels->pack(
          state.weight.at(block * outputs), state.vector(), outputs,
          packed.blocks.data() + block * packed.blockBytes, correction);
      packed.valid[block] = true;
    }
    for (unsigned o = 0; o < padded; ++o)
      total[o] = wrappingAdd(total[o], correction[o]);
  }
  return "";
}

/// With checkUninitialized: that every word of the image that a tap reads has
/// been written.
static std::string checkWords(const State &state, const uint32_t *indices,
                              size_t count) {
  for (size_t i = 0; i < count; ++i)
    if (indices[i] != state.padWord()) {
      std::string error = state.feature.checkWritten(indices[i]);
      if (!error.empty())
        return error;
    }
  return "";
}

static std::string accumulate(State &state, const isa::Conv &inst) {
  const Kernels &kernels = *state.kernels;
  unsigned vector = state.vector();
  unsigned padded = paddedOutputs(state.arch.outputs);
  uint32_t pixels = inst.height * inst.width;
  std::memset(state.feature.at(state.padWord()), inst.padValue, vector);

  Scratch &scratch = state.scratch;
  const uint8_t *blocks =
      state.packed.blocks.data() + inst.weightBase * state.packed.blockBytes;
  for (uint32_t first = 0; first < pixels; first += kPixelBlock) {
    PixelBlock block(inst, first, pixels);
    // The kernel works on whole blocks. The pixels behind the last one of the
    // instruction keep their sums, so the last block goes through a copy.
    int32_t *bank = state.sums[inst.psumBank].data() + size_t(first) * padded;
    bool whole = block.count == kPixelBlock;
    int32_t *sums = whole ? bank : scratch.sums.data();
    for (unsigned p = 0; p < kPixelBlock; ++p)
      for (unsigned o = 0; o < padded; ++o) {
        int32_t start = inst.accumulate && p < block.count
                            ? bank[size_t(p) * padded + o]
                            : 0;
        sums[size_t(p) * padded + o] =
            wrappingAdd(start, scratch.correction[o]);
      }
    for (uint32_t tap = 0; tap < inst.tapCount; tap += kTapBlock) {
      unsigned taps = std::min(kTapBlock, inst.tapCount - tap);
      size_t count = size_t(taps) * kPixelBlock;
      for (unsigned t = 0; t < taps; ++t)
        findWords(inst, block, scratch.taps[tap + t], state.padWord(),
                  scratch.indices.data() + size_t(t) * kPixelBlock);
      if (state.checkUninitialized) {
        std::string error = checkWords(state, scratch.indices.data(), count);
        if (!error.empty())
          return error;
      }
      kernels.gather(state.feature.at(0), scratch.indices.data(), count, vector,
                     scratch.gathered.data());
      kernels.multiply(scratch.gathered.data(),
                       blocks + tap * state.packed.blockBytes, taps, vector,
                       padded, sums);
    }
    if (!whole)
      std::copy_n(sums, size_t(block.count) * padded, bank);
  }
  return "";
}

static std::string drain(State &state, const isa::Conv &inst) {
  unsigned vector = state.vector();
  unsigned outputs = state.arch.outputs;
  unsigned padded = paddedOutputs(outputs);
  size_t recordWords = state.arch.convParamGroupWords();
  size_t recordWord = inst.paramBase * recordWords;
  // Only the groups that are written have to have records.
  size_t used = size_t(inst.dstGroups) * 8;
  std::string error = state.cparam.checkWritten(recordWord, used);
  if (error.empty())
    error = readRecords(state, state.cparam.at(recordWord),
                        inst.dstGroups * vector);
  if (!error.empty())
    return error;

  OutputStage stage{inst.outZp,         inst.clampLo,
                    inst.clampHi,       inst.residual,
                    inst.resMultiplier, static_cast<int32_t>(inst.resShift),
                    inst.resConstant};
  const int32_t *bank = state.sums[inst.psumBank].data();
  Records all = state.scratch.records();
  for (uint32_t g = 0; g < inst.dstGroups; ++g) {
    unsigned lane = g * vector;
    Records records{all.bias + lane, all.multiplier + lane, all.shift + lane,
                    all.factor + lane};
    for (uint32_t y = 0; y < inst.height; ++y) {
      size_t out = inst.dstBase + size_t(g) * inst.dstGroupPitch +
                   size_t(y) * inst.dstRowPitch;
      size_t res = inst.resBase + size_t(g) * inst.resGroupPitch +
                   size_t(y) * inst.resRowPitch;
      for (uint32_t x = 0; x < inst.width; ++x) {
        const int8_t *residual = nullptr;
        if (inst.residual) {
          error = state.feature.checkWritten(res + x);
          if (!error.empty())
            return error;
          residual = state.feature.at(res + x);
        }
        size_t pixel = size_t(y) * inst.width + x;
        state.kernels->requantize(bank + pixel * padded + lane, records, stage,
                                  residual, vector, state.feature.at(out + x));
        state.feature.markWritten(out + x);
      }
    }
  }
  return "";
}

/// That the bank holds what the instruction continues.
static std::string checkSums(const State &state, const isa::Conv &inst) {
  const State::HeldSums &held = state.heldSums[inst.psumBank];
  if (held.height == inst.height && held.width == inst.width)
    return "";
  auto text = [](uint32_t height, uint32_t width) {
    return std::to_string(height) + "x" + std::to_string(width) + " sums";
  };
  return "accumulates into " + text(inst.height, inst.width) + " of bank " +
         std::to_string(inst.psumBank) + ", which holds " +
         (held.height == 0 ? "none" : text(held.height, held.width));
}

std::string sim::execute(State &state, const isa::Conv &inst) {
  std::string error;
  if (inst.accumulate && state.checkUninitialized)
    error = checkSums(state, inst);
  if (error.empty())
    error = readTaps(state, inst);
  if (error.empty())
    error = packWeights(state, inst);
  if (error.empty())
    error = accumulate(state, inst);
  if (error.empty() && inst.drain)
    error = drain(state, inst);
  // With drain the bank is free afterwards.
  state.heldSums[inst.psumBank] =
      inst.drain ? State::HeldSums{} : State::HeldSums{inst.height, inst.width};
  return error;
}
