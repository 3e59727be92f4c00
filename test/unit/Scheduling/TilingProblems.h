//===- TilingProblems.h - What tests of tilings start from ------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TEST_UNIT_SCHEDULING_TILINGPROBLEMS_H
#define NNCC_TEST_UNIT_SCHEDULING_TILINGPROBLEMS_H

#include "nncc/Scheduling/ConvTiling.h"
#include "nncc/Scheduling/VectorTiling.h"

#include <algorithm>
#include <random>
#include <set>

namespace nncc::scheduling {

/// 8 inputs, 16 outputs: two words of outputs in a block, two taps in a word,
/// 128 bytes of weights for a tap.
inline ArchConfig testArch() {
  ArchConfig arch;
  arch.vector = 8;
  arch.outputs = 16;
  arch.featureWords = 4096;
  arch.weightBlocks = 64;
  arch.tapWords = 64;
  arch.psumPixels = 128;
  arch.axiDataBits = 64;
  arch.axiBurstBeats = 16;
  arch.axiOutstanding = 8;
  arch.memoryBytesPerCycle = 16;
  arch.memoryLatency = 40;
  return arch;
}

inline int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Sizes of parts when `total` is cut into 1, 2, 3, ... parts.
inline std::set<int64_t> evenParts(int64_t total) {
  std::set<int64_t> sizes;
  for (int64_t parts = 1; parts <= total; ++parts)
    sizes.insert(ceilDiv(total, parts));
  return sizes;
}

class Random {
public:
  explicit Random(uint32_t seed) : engine(seed) {}
  int64_t pick(int64_t lo, int64_t hi) {
    return std::uniform_int_distribution<int64_t>(lo, hi)(engine);
  }
  template <typename T> T any(std::initializer_list<T> list) {
    return list.begin()[pick(0, list.size() - 1)];
  }

  ArchConfig arch() {
    ArchConfig a = testArch();
    a.vector = any({8, 16, 32});
    a.outputs = a.vector * any({1, 2, 4});
    a.featureWords = any({256, 1024, 16384});
    a.weightBlocks = pick(4, 200);
    a.tapWords = pick(4, 100);
    a.psumPixels = pick(16, 300);
    a.axiDataBits = any({32, 64});
    a.memoryBytesPerCycle = any({1, 4, 16, 64});
    a.memoryLatency = pick(1, 100);
    return a;
  }

  Extent extent() {
    int64_t stride = any({1, 1, 1, 2, 3}), kernel = any({1, 3, 3, 5, 7});
    int64_t pad = pick(0, kernel / 2);
    int64_t in = std::max(pick(1, 40), kernel);
    int64_t out = (in + 2 * pad - kernel) / stride + 1;
    return Extent::make(in, out, stride, kernel, pad);
  }

  ConvProblem convolution(const ArchConfig &a) {
    ConvProblem p;
    p.y = extent();
    p.x = extent();
    p.inGroups = pick(1, 12);
    p.outGroups = pick(1, 12);
    p.taps = std::max<int64_t>(1, p.y.kernel * p.x.kernel * p.inGroups /
                                      any({1, 1, 2, 5}));
    p.inputStreamed = pick(0, 2);
    p.outputStreamed = pick(0, 2);
    p.residual = pick(0, 1);
    p.residualStreamed = p.residual && pick(0, 1);
    p.tapsShared = pick(0, 3);
    p.unfolded = pick(0, 3) == 0;
    p.unfoldedRowBytes = p.unfolded ? pick(1, 200) : 0;
    p.freeWords = pick(0, a.featureWords);
    return p;
  }

  VectorProblem vector(const ArchConfig &a) {
    VectorProblem p;
    p.y = extent();
    p.x = extent();
    p.groups = pick(1, 40);
    p.maxGroups = any<int64_t>({1, 7, 1023});
    p.cyclesPerWord = p.y.kernel * ceilDiv(p.x.kernel, 3);
    p.inputs = pick(1, 2);
    p.inputStreamed = pick(0, 2);
    p.outputStreamed = pick(0, 2);
    p.freeWords = pick(0, a.featureWords);
    return p;
  }

private:
  std::mt19937 engine;
};

/// Words of the largest boxes that the tiles read and write, tile by tile.
inline int64_t largestTile(const ConvProblem &p, const ArchConfig &a,
                           int64_t tileH, int64_t tileW,
                           std::optional<InputPart> part = std::nullopt) {
  int64_t most = 0;
  int64_t partGroups = part ? part->groups : p.inGroups;
  int64_t partRows = part ? part->rows : p.y.kernel;
  int64_t groups = std::min<int64_t>(p.outGroups, a.outputGroups());
  for (int64_t y = 0; y < p.y.out; y += tileH)
    for (int64_t x = 0; x < p.x.out; x += tileW) {
      int64_t y1 = std::min(y + tileH, p.y.out);
      int64_t x1 = std::min(x + tileW, p.x.out);
      int64_t rows = 0;
      for (int64_t begin = 0; begin < p.y.kernel; begin += partRows) {
        Extent e = p.y.part(begin, std::min(begin + partRows, p.y.kernel));
        rows = std::max(rows, e.inEnd(y, y1) - e.inBegin(y));
      }
      int64_t columns = p.unfolded ? x1 - x : p.x.inEnd(x, x1) - p.x.inBegin(x);
      int64_t out = groups * (y1 - y) * (x1 - x);
      most =
          std::max(most, (p.inputStreamed ? partGroups * rows * columns : 0) +
                             (p.outputStreamed ? out : 0) +
                             (p.residualStreamed ? out : 0));
    }
  return most;
}

} // namespace nncc::scheduling

#endif // NNCC_TEST_UNIT_SCHEDULING_TILINGPROBLEMS_H
