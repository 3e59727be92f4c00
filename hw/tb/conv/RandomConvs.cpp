//===- RandomConvs.cpp - Legal sequences of conv instructions -------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "RandomConvs.h"

#include <algorithm>

using namespace nncc;
using namespace nncc::hw;

static isa::Tap tapAt(const ConvProgram &program, uint32_t tap) {
  return isa::Tap::decode(reinterpret_cast<const uint8_t *>(
      program.local[size_t(isa::Memory::Tap)].data() + size_t(tap) * 4));
}

ConvWords hw::convWords(const isa::Conv &conv, const ConvProgram &program) {
  ConvWords words;
  for (uint32_t t = 0; t < conv.tapCount; ++t) {
    isa::Tap tap = tapAt(program, conv.tapBase + t);
    for (uint32_t y = 0; y < conv.height; ++y)
      for (uint32_t x = 0; x < conv.width; ++x) {
        int64_t iy = conv.originY + int64_t(y * conv.strideY) + tap.dy;
        int64_t ix = conv.originX + int64_t(x * conv.strideX) + tap.dx;
        if (iy >= 0 && iy < conv.srcHeight && ix >= 0 && ix < conv.srcWidth)
          words.source.insert(
              uint32_t(conv.srcBase + tap.group + iy * conv.srcRowPitch + ix));
      }
  }
  if (!conv.drain)
    return words;
  for (uint32_t g = 0; g < conv.dstGroups; ++g)
    for (uint32_t y = 0; y < conv.height; ++y)
      for (uint32_t x = 0; x < conv.width; ++x) {
        words.result.push_back(conv.dstBase + g * conv.dstGroupPitch +
                               y * conv.dstRowPitch + x);
        if (conv.residual)
          words.residual.push_back(conv.resBase + g * conv.resGroupPitch +
                                   y * conv.resRowPitch + x);
      }
  return words;
}

namespace {

class Generator {
public:
  Generator(const ArchConfig &arch, uint32_t seed) : random(seed) {
    program.arch = arch;
  }

  void fillMemories();
  void addInstructions(const RandomConvOptions &options);

  ConvProgram program;

private:
  int64_t pick(int64_t lo, int64_t hi) {
    return std::uniform_int_distribution<int64_t>(lo, hi)(random);
  }
  uint32_t upTo(int64_t hi) { return uint32_t(pick(0, hi)); }
  uint32_t between(int64_t lo, int64_t hi) { return uint32_t(pick(lo, hi)); }
  bool oneIn(int64_t n) { return pick(1, n) == 1; }
  int32_t byte() { return int32_t(pick(-128, 127)); }

  isa::Conv makeConv(const RandomConvOptions &options);
  bool isLegal(const isa::Instruction &inst, const ConvWords &words) const;
  bool needsFence(const isa::Conv &conv, const ConvWords &words) const;

  std::mt19937 random;
  /// Sums that each bank holds: height and width, 0 for none.
  std::array<std::array<uint32_t, 2>, 2> held{};
  std::vector<ConvWords> touched; ///< by each instruction so far
};

} // namespace

void Generator::fillMemories() {
  const ArchConfig &arch = program.arch;
  size_t words[] = {arch.featureWords, arch.weightWords(), arch.tapWords,
                    arch.convParamWords(), 0};
  for (size_t memory = 0; memory < 5; ++memory) {
    program.local[memory].resize(words[memory] * arch.vector);
    for (int8_t &value : program.local[memory])
      value = int8_t(byte());
  }
  // Weights are never -128; whole blocks are extreme.
  auto &weights = program.local[size_t(isa::Memory::Weight)];
  size_t blockBytes = size_t(arch.vector) * arch.outputs;
  for (size_t i = 0; i < weights.size(); ++i) {
    size_t block = i / blockBytes;
    if (weights[i] == -128 || block % 8 == 7)
      weights[i] = oneIn(2) ? -127 : 127;
  }
  // And a part of the activations.
  auto &features = program.local[size_t(isa::Memory::Feature)];
  for (size_t i = 0; i < features.size() / 8; ++i)
    features[i] = -128;

  auto &taps = program.local[size_t(isa::Memory::Tap)];
  for (size_t i = 0; i < taps.size(); i += 4) {
    isa::Tap tap{uint16_t(upTo(60)), int8_t(pick(-3, 3)), int8_t(pick(-3, 3))};
    if (oneIn(20)) // Nothing but padding.
      tap = {uint16_t(upTo(65535)), int8_t(oneIn(2) ? -128 : 127), tap.dx};
    tap.encode(reinterpret_cast<uint8_t *>(taps.data() + i));
  }

  auto &records = program.local[size_t(isa::Memory::Cparam)];
  for (size_t i = 0; i < records.size(); i += 8) {
    int64_t range = oneIn(5) ? int64_t(1) << 31 : int64_t(1) << 16;
    uint32_t bias = uint32_t(pick(-range, range - 1));
    uint32_t m = oneIn(6) ? (oneIn(2) ? 131071 : upTo(2)) : upTo(131071);
    uint32_t s = oneIn(4) ? between(1, 40) : between(20, 28);
    for (unsigned b = 0; b < 4; ++b)
      records[i + b] = int8_t(bias >> (8 * b));
    records[i + 4] = int8_t(m);
    records[i + 5] = int8_t(m >> 8);
    records[i + 6] = int8_t(m >> 16);
    records[i + 7] = int8_t(s);
  }
}

isa::Conv Generator::makeConv(const RandomConvOptions &options) {
  const ArchConfig &arch = program.arch;
  isa::Conv op;
  op.psumBank = upTo(1);
  op.tapCount = options.small ? between(1, 2)
                : oneIn(6)    ? between(1, arch.weightBlocks)
                              : between(1, 9);
  op.tapBase = upTo(arch.tapEntries() - 1);
  op.weightBase = upTo(arch.weightBlocks - 1);
  op.drain = !oneIn(3);
  do {
    op.height = between(1, options.small ? 4 : oneIn(5) ? 64 : 9);
    op.width = between(1, options.small ? 4 : oneIn(5) ? 64 : 9);
  } while (op.height * op.width > arch.psumPixels);
  if (held[op.psumBank][0] != 0 && !oneIn(4)) {
    op.accumulate = true;
    op.height = held[op.psumBank][0];
    op.width = held[op.psumBank][1];
  }
  op.srcBase = upTo(arch.featureWords * 2 / 3);
  op.srcHeight = between(1, 12);
  op.srcWidth = between(1, 12);
  op.srcRowPitch = oneIn(10) ? 0 : op.srcWidth + upTo(3);
  op.originY = int32_t(pick(-4, 4));
  op.originX = int32_t(pick(-4, 4));
  op.strideY = oneIn(8) ? between(1, 15) : between(1, 2);
  op.strideX = oneIn(8) ? between(1, 15) : between(1, 2);
  op.padValue = byte();
  op.dstGroups = between(1, arch.outputGroups());
  op.dstRowPitch = op.width + upTo(4);
  op.dstGroupPitch = op.height * op.dstRowPitch + upTo(10);
  op.dstBase = upTo(arch.featureWords - 1);
  op.paramBase = upTo(arch.convParams - 1);
  op.outZp = byte();
  op.clampLo = oneIn(2) ? -128 : byte();
  op.clampHi = oneIn(2) ? 127 : byte();
  op.residual = oneIn(2);
  op.resBase = upTo(arch.featureWords - 1);
  op.resRowPitch = upTo(12);
  op.resGroupPitch = upTo(100);
  if (op.residual && oneIn(3)) { // In place.
    op.resBase = op.dstBase;
    op.resRowPitch = op.dstRowPitch;
    op.resGroupPitch = op.dstGroupPitch;
  }
  op.resMultiplier = int32_t(pick(-32768, 32767));
  op.resShift = oneIn(2) ? between(0, 31) : between(14, 18);
  op.resConstant =
      int32_t(oneIn(2) ? pick(INT32_MIN, INT32_MAX) : pick(-100000, 100000));
  return op;
}

static bool meet(const std::vector<uint32_t> &a, const ConvWords &b) {
  return std::any_of(a.begin(), a.end(), [&](uint32_t word) {
    return b.source.count(word) != 0 ||
           std::find(b.residual.begin(), b.residual.end(), word) !=
               b.residual.end() ||
           std::find(b.result.begin(), b.result.end(), word) != b.result.end();
  });
}

bool Generator::isLegal(const isa::Instruction &inst,
                        const ConvWords &words) const {
  const auto &conv = std::get<isa::Conv>(inst.body);
  if (!isa::verify(inst, program.arch).empty())
    return false;
  std::vector<isa::Tap> taps;
  taps.reserve(conv.tapCount);
  for (uint32_t t = 0; t < conv.tapCount; ++t)
    taps.push_back(tapAt(program, conv.tapBase + t));
  if (!isa::verifyTaps(conv, program.arch, taps.data()).empty())
    return false;
  std::set<uint32_t> unique(words.result.begin(), words.result.end());
  if (unique.size() != words.result.size())
    return false;
  for (size_t i = 0; i < words.result.size(); ++i) {
    if (words.source.count(words.result[i]) != 0)
      return false;
    // A residual may be replaced at its own position only.
    if (!words.residual.empty() && words.residual[i] != words.result[i] &&
        unique.count(words.residual[i]) != 0)
      return false;
  }
  return true;
}

bool Generator::needsFence(const isa::Conv &conv,
                           const ConvWords &words) const {
  for (size_t i = touched.size(); i-- != 0;) {
    const isa::Instruction &before = program.instructions[i];
    const auto &other = std::get<isa::Conv>(before.body);
    // What is older than the last drain of the same bank has finished.
    if (other.drain && other.psumBank == conv.psumBank)
      return false;
    if (meet(words.result, touched[i]) || meet(touched[i].result, words))
      return true;
    if (before.fence)
      return false;
  }
  return false;
}

void Generator::addInstructions(const RandomConvOptions &options) {
  while (program.instructions.size() < options.count) {
    isa::Instruction inst;
    inst.engine = isa::Engine::Conv;
    isa::Conv conv = makeConv(options);
    inst.body = conv;
    if (!isa::verify(inst, program.arch).empty())
      continue;
    ConvWords words = convWords(conv, program);
    if (!isLegal(inst, words))
      continue;
    inst.fence = needsFence(conv, words) || (options.extraFences && oneIn(20));
    inst.post = uint8_t(upTo(31)) & uint8_t(~(1u << unsigned(inst.engine)));
    held[conv.psumBank] = {conv.drain ? 0 : conv.height,
                           conv.drain ? 0 : conv.width};
    program.instructions.push_back(inst);
    touched.push_back(std::move(words));
  }
}

ConvProgram hw::makeRandomMemories(const ArchConfig &arch, uint32_t seed) {
  Generator generator(arch, seed);
  generator.fillMemories();
  return generator.program;
}

ConvProgram hw::makeRandomConvs(const ArchConfig &arch, uint32_t seed,
                                const RandomConvOptions &options) {
  Generator generator(arch, seed);
  generator.fillMemories();
  generator.addInstructions(options);
  return generator.program;
}
