//===- SourceRanges.cpp - What convolutions read --------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "SourceRanges.h"

#include <algorithm>
#include <cstring>

using namespace nncc;
using namespace nncc::sim;

WordRange sim::resultRange(const isa::Conv &inst) {
  uint32_t end = inst.dstBase + (inst.dstGroups - 1) * inst.dstGroupPitch +
                 (inst.height - 1) * inst.dstRowPitch + inst.width;
  return {inst.dstBase, end};
}

/// First and last input position of a row or column of outputs that lie in the
/// image; false if none does.
static bool clip(int32_t origin, uint32_t stride, uint32_t count, uint32_t size,
                 uint32_t &first, uint32_t &last) {
  int64_t begin = std::max<int64_t>(origin, 0);
  int64_t end = std::min<int64_t>(origin + int64_t(count - 1) * stride,
                                  int64_t(size) - 1);
  if (end < begin)
    return false;
  first = static_cast<uint32_t>(begin);
  last = static_cast<uint32_t>(end);
  return true;
}

static WordRange sourceRange(const isa::Conv &inst, const uint8_t *taps) {
  WordRange range{~0u, 0};
  for (uint32_t i = 0; i < inst.tapCount; ++i) {
    isa::Tap tap = isa::Tap::decode(taps + size_t(i) * 4);
    uint32_t y0, y1, x0, x1;
    if (!clip(inst.originY + tap.dy, inst.strideY, inst.height, inst.srcHeight,
              y0, y1) ||
        !clip(inst.originX + tap.dx, inst.strideX, inst.width, inst.srcWidth,
              x0, x1))
      continue;
    uint32_t base = inst.srcBase + tap.group;
    range.begin = std::min(range.begin, base + y0 * inst.srcRowPitch + x0);
    range.end = std::max(range.end, base + y1 * inst.srcRowPitch + x1 + 1);
  }
  return range.begin < range.end ? range : WordRange{};
}

namespace {

/// The tap memory while the program is walked.
class TapMemory {
public:
  explicit TapMemory(const ArchConfig &arch)
      : vector(arch.vector), bytes(size_t(arch.tapWords) * arch.vector),
        known(arch.tapWords, false) {}

  void load(const isa::Load &inst, const uint8_t *constants, size_t size) {
    size_t row = size_t(inst.countX) * vector;
    for (uint32_t z = 0; z < inst.countZ; ++z)
      for (uint32_t y = 0; y < inst.countY; ++y) {
        size_t word = inst.localBase + size_t(z) * inst.localPitchZ +
                      size_t(y) * inst.localPitchY;
        uint64_t offset = inst.dramOffset +
                          uint64_t(vector) * (uint64_t(z) * inst.dramPitchZ +
                                              uint64_t(y) * inst.dramPitchY);
        bool constant = inst.region == isa::Region::Constant &&
                        offset <= size && row <= size - offset;
        if (constant)
          std::memcpy(bytes.data() + word * vector, constants + offset, row);
        std::fill_n(known.begin() + static_cast<ptrdiff_t>(word), inst.countX,
                    constant);
      }
  }

  /// The taps of `inst`, or null if a part of them is not known.
  const uint8_t *taps(const isa::Conv &inst) const {
    size_t first = size_t(inst.tapBase) * 4;
    size_t last = first + size_t(inst.tapCount) * 4 - 1;
    for (size_t word = first / vector; word <= last / vector; ++word)
      if (!known[word])
        return nullptr;
    return bytes.data() + first;
  }

private:
  size_t vector;
  std::vector<uint8_t> bytes;
  std::vector<bool> known;
};

} // namespace

SourceRanges::SourceRanges(const std::vector<isa::Instruction> &program,
                           const ArchConfig &arch, const uint8_t *constants,
                           size_t constantBytes) {
  if (!constants)
    return;
  ranges.resize(program.size());
  TapMemory memory(arch);
  for (size_t i = 0; i < program.size(); ++i) {
    if (const auto *load = std::get_if<isa::Load>(&program[i].body)) {
      if (load->memory == isa::Memory::Tap)
        memory.load(*load, constants, constantBytes);
    } else if (const auto *conv = std::get_if<isa::Conv>(&program[i].body)) {
      const uint8_t *taps = memory.taps(*conv);
      ranges[i] = taps ? sourceRange(*conv, taps)
                       : WordRange{0, arch.featureWords};
    }
  }
}
