//===- ConvTiling.cpp - Tile and loop order of a convolution --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Scheduling/ConvTiling.h"

#include <algorithm>
#include <set>

using namespace nncc;
using namespace nncc::scheduling;

static int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

//===----------------------------------------------------------------------===//
// Extent
//===----------------------------------------------------------------------===//

Extent Extent::make(int64_t in, int64_t out, int64_t stride, int64_t kernel,
                    int64_t pad) {
  return {in, out, out == 1 ? 1 : stride, kernel, pad};
}

int64_t Extent::inBegin(int64_t begin) const {
  return std::clamp<int64_t>(begin * stride - pad, 0, in - 1);
}

int64_t Extent::inEnd(int64_t begin, int64_t end) const {
  int64_t last = (end - 1) * stride - pad + kernel;
  return std::clamp<int64_t>(last, inBegin(begin) + 1, in);
}

int64_t Extent::span(int64_t count) const {
  return std::min(in, (count - 1) * stride + kernel);
}

//===----------------------------------------------------------------------===//
// Candidate tile sizes
//===----------------------------------------------------------------------===//

/// Sizes that cut `total` into 1, 2, 3, ... parts as equal as can be, largest
/// first. A size between two of them only makes the last part smaller.
static std::vector<int64_t> evenCuts(int64_t total, int64_t most) {
  std::set<int64_t, std::greater<>> sizes;
  for (int64_t parts = 1; parts <= total; ++parts) {
    int64_t size = ceilDiv(total, parts);
    if (size <= most)
      sizes.insert(size);
    // From here on the sizes are small and all of them occur.
    if (size * size <= total) {
      for (int64_t s = std::min(size, most); s >= 1; --s)
        sizes.insert(s);
      break;
    }
  }
  return {sizes.begin(), sizes.end()};
}

//===----------------------------------------------------------------------===//
// Convolution
//===----------------------------------------------------------------------===//

namespace {
/// Fixed cost of an instruction, in cycles: dispatch, start and the first block
/// of weights. A rough figure; it only keeps the search from slivers.
constexpr int64_t kInstructionCycles = 24;

class ConvSearch {
public:
  ConvSearch(const ConvProblem &p, const ArchConfig &arch)
      : p(p), arch(arch), v(arch.vector),
        outputBlocks(ceilDiv(p.outGroups, arch.outputGroups())) {}

  ConvTiling run() {
    ConvTiling best;
    for (int64_t tileW : evenCuts(p.x.out, arch.psumPixels))
      for (int64_t tileH : evenCuts(p.y.out, arch.psumPixels / tileW))
        for (LoopOrder order : {LoopOrder::TilesOuter, LoopOrder::OutputsOuter})
          for (int64_t split : {2, 1})
            consider(best, tileH, tileW, order, split);
    if (!best.ok)
      best.why = "no tile fits: one output pixel needs " +
                 std::to_string(featureWords(1, 1)) +
                 " feature words of input and output, " +
                 std::to_string(p.freeWords) + " are free";
    return best;
  }

private:
  int64_t inputTileWords(int64_t tileH, int64_t tileW) const {
    if (!p.inputStreamed)
      return 0;
    int64_t columns = p.unfolded ? tileW : p.x.span(tileW);
    return p.inGroups * p.y.span(tileH) * columns;
  }
  /// Words of one set of tile buffers.
  int64_t featureWords(int64_t tileH, int64_t tileW) const {
    int64_t outTile =
        std::min<int64_t>(p.outGroups, arch.outputGroups()) * tileH * tileW;
    return inputTileWords(tileH, tileW) + (p.outputStreamed ? outTile : 0) +
           (p.residual && p.residualStreamed ? outTile : 0);
  }

  void consider(ConvTiling &best, int64_t tileH, int64_t tileW, LoopOrder order,
                int64_t weightSplit) {
    ConvTiling t;
    t.tileH = tileH;
    t.tileW = tileW;
    t.order = order;
    int64_t tiles = ceilDiv(p.y.out, tileH) * ceilDiv(p.x.out, tileW);

    // Weights and taps. `weightSplit` 2 leaves room for the next chunk while
    // one is in use.
    t.weightsResident = outputBlocks * p.taps <= arch.weightBlocks;
    int64_t tapWords =
        ceilDiv(p.taps, arch.tapsPerWord()) * (p.tapsShared ? 1 : outputBlocks);
    t.tapsResident = tapWords * 2 <= arch.tapWords;
    int64_t most = arch.weightBlocks / (t.weightsResident ? 1 : weightSplit);
    if (!t.tapsResident)
      most = std::min<int64_t>(
          most, arch.tapWords / 2 * static_cast<int64_t>(arch.tapsPerWord()));
    int64_t chunks = ceilDiv(p.taps, std::max<int64_t>(most, 1));
    t.tapsPerChunk = ceilDiv(p.taps, chunks);
    // A chunk of the shared list starts at a word, so that it can be addressed.
    bool weightsKept =
        t.weightsResident || (order == LoopOrder::OutputsOuter && chunks == 1);

    // Feature memory: two sets of buffers overlap loads with work; with one,
    // they take turns.
    int64_t words = featureWords(tileH, tileW);
    if (words > p.freeWords)
      return;
    bool overlapped = 2 * words <= p.freeWords || tiles == 1;

    // The array.
    int64_t drainGroups = std::min<int64_t>(p.outGroups, arch.outputGroups());
    int64_t array = 0, drainOfOne = 0;
    for (int64_t y = 0; y < p.y.out; y += tileH)
      for (int64_t x = 0; x < p.x.out; x += tileW) {
        int64_t pixels =
            std::min(tileH, p.y.out - y) * std::min(tileW, p.x.out - x);
        int64_t work =
            p.taps * std::max<int64_t>(pixels, v) + chunks * kInstructionCycles;
        array += outputBlocks * std::max(work, pixels * drainGroups);
        drainOfOne = pixels * drainGroups;
      }

    // DRAM.
    int64_t inputTile = inputTileWords(tileH, tileW) * v;
    int64_t inputTileBytes = inputTile;
    if (p.unfolded) {
      int64_t rowBytes =
          p.unfoldedRowBytes * std::min<int64_t>(tileW, p.x.out) / p.x.out;
      inputTileBytes =
          p.inGroups * p.y.span(tileH) * std::max<int64_t>(rowBytes, 1);
    }
    int64_t inputPasses = order == LoopOrder::OutputsOuter ? outputBlocks : 1;
    if (tiles == 1)
      inputPasses = 1;
    int64_t weightBytes = outputBlocks * p.taps * v * arch.outputs;
    int64_t weightPasses = weightsKept ? 1 : tiles;
    int64_t outBytes = p.outGroups * p.y.out * p.x.out * v;
    int64_t reads = inputTileBytes * tiles * inputPasses +
                    weightBytes * weightPasses +
                    (p.residual && p.residualStreamed ? outBytes : 0);
    int64_t writes = p.outputStreamed ? outBytes : 0;
    t.dramBytes = reads + writes;
    int64_t readRate =
        std::min<int64_t>(2 * arch.axiBytes(), arch.memoryBytesPerCycle);
    int64_t dram =
        std::max({ceilDiv(reads, readRate), ceilDiv(writes, arch.axiBytes()),
                  ceilDiv(t.dramBytes, arch.memoryBytesPerCycle)});
    // One set of words a cycle goes into the feature memory from each port.
    if (p.unfolded)
      dram = std::max(
          dram, ceilDiv(inputTileWords(tileH, tileW) * tiles * inputPasses, 2));

    int64_t firstWeights =
        std::min(weightBytes, t.tapsPerChunk * v * int64_t{arch.outputs});
    int64_t fill =
        arch.memoryLatency + ceilDiv(inputTileBytes + firstWeights, readRate);
    int64_t tail = drainOfOne;
    if (p.outputStreamed)
      tail += ceilDiv(drainOfOne * v, arch.axiBytes()) + arch.memoryLatency;
    t.arrayCycles = array;
    t.cycles =
        (overlapped ? std::max(array, dram) : array + dram) + fill + tail;
    t.ok = true;
    if (!best.ok || t.cycles < best.cycles ||
        (t.cycles == best.cycles && t.dramBytes < best.dramBytes))
      best = t;
  }

  const ConvProblem &p;
  const ArchConfig &arch;
  int64_t v;
  int64_t outputBlocks;
};
} // namespace

ConvTiling scheduling::chooseConvTiling(const ConvProblem &problem,
                                        const ArchConfig &arch) {
  return ConvSearch(problem, arch).run();
}

std::string ConvTiling::describe() const {
  if (!ok)
    return why;
  return std::to_string(tileH) + "x" + std::to_string(tileW) + " pixels, " +
         (order == LoopOrder::TilesOuter ? "tiles outside"
                                         : "outputs outside") +
         ", " + std::to_string(tapsPerChunk) + " taps" +
         (weightsResident ? ", weights stay" : "");
}

//===----------------------------------------------------------------------===//
// Vector engine
//===----------------------------------------------------------------------===//

VectorTiling scheduling::chooseVectorTiling(const VectorProblem &p,
                                            const ArchConfig &arch) {
  VectorTiling best;
  int64_t readRate =
      std::min<int64_t>(2 * arch.axiBytes(), arch.memoryBytesPerCycle);
  for (int64_t tileGroups : evenCuts(p.groups, p.maxGroups))
    for (int64_t tileW : evenCuts(p.x.out, p.x.out))
      for (int64_t tileH : evenCuts(p.y.out, p.y.out)) {
        // A narrow tile is for what does not fit otherwise.
        if (tileW < p.x.out && tileH > 1)
          continue;
        int64_t in = p.inputStreamed ? p.inputs * tileGroups * p.y.span(tileH) *
                                           p.x.span(tileW)
                                     : 0;
        int64_t out = p.outputStreamed ? tileGroups * tileH * tileW : 0;
        if (in + out > p.freeWords)
          continue;
        int64_t tiles = ceilDiv(p.groups, tileGroups) *
                        ceilDiv(p.y.out, tileH) * ceilDiv(p.x.out, tileW);
        int64_t work = p.groups * p.y.out * p.x.out * p.cyclesPerWord +
                       tiles * kInstructionCycles;
        int64_t dram =
            ceilDiv(tiles * in * arch.vector, readRate) +
            ceilDiv(tiles * out * arch.vector, int64_t{arch.axiBytes()});
        bool overlapped = 2 * (in + out) <= p.freeWords || tiles == 1;
        // The first tile's input and the last one's output stand alone; without
        // them, the neighbours in the network wait for a whole tile.
        int64_t lead = tileGroups * tileH * tileW * p.cyclesPerWord / 2 +
                       ceilDiv((in + out) * arch.vector, readRate);
        int64_t cycles =
            (overlapped ? std::max(work, dram) : work + dram) + lead;
        if (!best.ok || cycles < best.cycles) {
          best.ok = true;
          best.tileH = tileH;
          best.tileW = tileW;
          best.tileGroups = tileGroups;
          best.cycles = cycles;
        }
      }
  if (!best.ok)
    best.why =
        "no tile fits: one output word needs " +
        std::to_string(
            (p.inputStreamed ? p.inputs * p.y.span(1) * p.x.span(1) : 0) +
            (p.outputStreamed ? 1 : 0)) +
        " feature words, " + std::to_string(p.freeWords) + " are free";
  return best;
}

std::string VectorTiling::describe() const {
  if (!ok)
    return why;
  return std::to_string(tileH) + "x" + std::to_string(tileW) + " pixels of " +
         std::to_string(tileGroups) + " groups";
}
