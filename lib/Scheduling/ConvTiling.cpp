//===- ConvTiling.cpp - Tile and loop order of a convolution --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Scheduling/ConvTiling.h"

#include "TilingCost.h"

#include <algorithm>

using namespace nncc;
using namespace nncc::scheduling;

/// In how many parts the weight memory may be used.
static constexpr int64_t kWeightParts[] = {2, 4, 1};

static int64_t readCycles(int64_t bytes, const ArchConfig &arch) {
  return portCycles(bytes, longRun(arch), 2, arch);
}

namespace {
class ConvEstimate {
public:
  ConvEstimate(const ConvProblem &p, const ArchConfig &arch, int64_t tileH,
               int64_t tileW, LoopOrder order, InputPart part)
      : p(p), arch(arch), v(arch.vector),
        partY(p.y.part(0, std::min(part.rows, p.y.kernel))),
        outputBlocks(ceilDiv(p.outGroups, arch.outputGroups())),
        blockGroups(std::min<int64_t>(p.outGroups, arch.outputGroups())),
        tiles(ceilDiv(p.y.out, tileH) * ceilDiv(p.x.out, tileW)) {
    t.tileH = tileH;
    t.tileW = tileW;
    t.order = order;
    t.part = part;
    t.inputParts = ceilDiv(p.inGroups, part.groups) * rowParts();
  }

  ConvTiling run(int64_t weightParts) {
    if (t.tileH * t.tileW > arch.psumPixels) {
      t.why = "the tile has more pixels than psum_pixels";
      return t;
    }
    if (featureWords() > std::max<int64_t>(p.freeWords, 0)) {
      t.why =
          "the tile needs " + std::to_string(featureWords()) + " feature words";
      return t;
    }
    cutTaps(weightParts);
    addCosts();
    t.ok = true;
    return t;
  }

  /// Words of one set of tile buffers.
  int64_t featureWords() const {
    int64_t outTile = blockGroups * t.tileH * t.tileW;
    return inputTileWords() + (p.outputStreamed ? outTile : 0) +
           (p.residual && p.residualStreamed ? outTile : 0);
  }

private:
  int64_t inputTileWords() const {
    if (!p.inputStreamed)
      return 0;
    int64_t columns = p.unfolded ? t.tileW : p.x.span(t.tileW);
    return t.part.groups * partY.span(t.tileH) * columns;
  }

  /// Parts of the window's rows.
  int64_t rowParts() const { return ceilDiv(p.y.kernel, partY.kernel); }

  /// Bytes of DRAM behind `columns` of a row of the input, in each group.
  int64_t rowBytes(int64_t columns) const {
    return p.unfolded ? ceilDiv(p.unfoldedRowBytes * columns, p.x.out)
                      : columns * v;
  }

  /// Bytes of all input tiles, or of the first alone.
  int64_t inputBytes(bool all) const {
    if (!p.inputStreamed)
      return 0;
    auto read = [all](const Extent &e, int64_t size) {
      return all ? e.readInParts(size) : e.inEnd(0, size) - e.inBegin(0);
    };
    int64_t columns = !p.unfolded ? read(p.x, t.tileW)
                      : all       ? p.x.out
                                  : t.tileW;
    return all ? p.inGroups * rowParts() * read(partY, t.tileH) *
                     rowBytes(columns)
               : t.part.groups * read(partY, t.tileH) * rowBytes(columns);
  }

  void cutTaps(int64_t weightParts);
  void addCosts();

  const ConvProblem &p;
  const ArchConfig &arch;
  int64_t v;
  Extent partY;         ///< the rows that the first part reads
  int64_t outputBlocks; ///< groups of O outputs
  int64_t blockGroups;  ///< words of a pixel of the first of them
  int64_t tiles;
  int64_t chunks = 1; ///< instructions of a tap list
  ConvTiling t;
};
} // namespace

/// Parts of the tap lists, as long as their weights and taps allow.
void ConvEstimate::cutTaps(int64_t weightParts) {
  t.weightsResident = outputBlocks * p.taps <= arch.weightBlocks;
  // Taps take half their memory at most: the next ones come beside the work.
  int64_t perWord = arch.tapsPerWord(), half = arch.tapWords / 2;
  int64_t lists = p.tapsShared ? 1 : outputBlocks;
  t.tapsResident = lists * ceilDiv(p.taps, perWord) <= half;

  int64_t tapsOfPart = ceilDiv(p.taps, t.inputParts);
  int64_t most = tapsOfPart;
  if (!t.weightsResident)
    most = std::clamp<int64_t>(arch.weightBlocks / weightParts, 1, most);
  // A list starts at a word, but a part of one starts anywhere in a word and
  // then takes one word more.
  if (!t.tapsResident && ceilDiv(p.taps, perWord) > half)
    most = std::min(most, (half - 1) * perWord + 1);
  int64_t chunksOfPart = ceilDiv(tapsOfPart, most);
  chunks = t.inputParts * chunksOfPart;
  t.tapsPerChunk = ceilDiv(tapsOfPart, chunksOfPart);
}

void ConvEstimate::addCosts() {
  // The array, or the drain beside it where that is slower. The last drain
  // stands alone.
  int64_t array = 0, lastPixels = 0;
  for (int64_t y = 0; y < p.y.out; y += t.tileH)
    for (int64_t x = 0; x < p.x.out; x += t.tileW) {
      lastPixels =
          std::min(t.tileH, p.y.out - y) * std::min(t.tileW, p.x.out - x);
      int64_t work = p.taps * std::max<int64_t>(lastPixels, v) +
                     chunks * kInstructionCycles;
      array += outputBlocks * std::max(work, lastPixels * blockGroups);
    }
  t.arrayCycles = array;

  // DRAM. Weights are kept from tile to tile if nothing replaces them between.
  bool weightsKept =
      t.weightsResident || (t.order == LoopOrder::OutputsOuter && chunks == 1);
  bool inputKept =
      t.inputParts == 1 && (t.order == LoopOrder::TilesOuter || tiles == 1);
  int64_t inputPasses = inputKept ? 1 : outputBlocks;
  int64_t blockBytes = v * arch.outputs;
  int64_t weightBytes =
      outputBlocks * p.taps * blockBytes * (weightsKept ? 1 : tiles);
  int64_t tapWords = t.tapsResident
                         ? ceilDiv(p.taps, arch.tapsPerWord()) *
                               (p.tapsShared ? 1 : outputBlocks)
                         : tiles * outputBlocks * chunks *
                               ceilDiv(t.tapsPerChunk, arch.tapsPerWord());
  int64_t outBytes = p.outGroups * p.y.out * p.x.out * v;
  int64_t residualBytes = p.residual && p.residualStreamed ? outBytes : 0;
  int64_t inBytes = inputBytes(true) * inputPasses;
  int64_t writes = p.outputStreamed ? outBytes : 0;
  t.dramBytes = inBytes + weightBytes + tapWords * v + residualBytes + writes;

  // What nothing overlaps: the first tile and its weights come before any work,
  // the last result leaves after it.
  int64_t inRun = p.unfolded ? std::max<int64_t>(rowBytes(t.tileW), 1)
                             : runOf(p.x.span(t.tileW), p.x.in, arch);
  int64_t outRun = runOf(t.tileW, p.x.out, arch);
  int64_t firstIn = inputBytes(false);
  int64_t firstWeights = t.tapsPerChunk * blockBytes;
  int64_t lastWords = lastPixels * blockGroups;
  int64_t lastWrites = p.outputStreamed ? lastWords * v : 0;
  int64_t ends = arch.memoryLatency + portCycles(firstIn, inRun, 2, arch) +
                 readCycles(firstWeights, arch) + lastWords;
  if (p.outputStreamed)
    ends += portCycles(lastWrites, outRun, 1, arch) + arch.memoryLatency;

  // The rest runs beside the work. Unfolding takes one cycle for a word on each
  // port, however few bytes are behind it.
  int64_t input = portCycles(inBytes - firstIn, inRun, 2, arch);
  if (p.unfolded && p.inputStreamed) {
    int64_t words = p.inGroups * p.y.readInParts(t.tileH) * p.x.out;
    input = std::max(input, ceilDiv(words * inputPasses - inputTileWords(), 2));
  }
  int64_t weights = readCycles(weightBytes - firstWeights, arch);
  int64_t reads = input + weights + readCycles(tapWords * v, arch) +
                  portCycles(residualBytes, outRun, 2, arch);
  int64_t dram =
      dramCycles(reads, portCycles(writes - lastWrites, outRun, 1, arch),
                 t.dramBytes - firstIn - firstWeights - lastWrites, arch);
  // A part of the weight memory is filled by one port, then used, then filled
  // again. With one part the array waits for each load, with two a port waits
  // while the array uses what it has loaded, with four both ports keep loading.
  int64_t work = array;
  if (!t.weightsResident) {
    int64_t loads = weightBytes / blockBytes / t.tapsPerChunk;
    int64_t parts = arch.weightBlocks / t.tapsPerChunk;
    int64_t turns = portCycles(weightBytes, longRun(arch), 1, arch) + array;
    if (loads > parts)
      work = std::max(work, turns / parts);
  }
  // With two sets of tile buffers, one is filled while the other is in use;
  // with one, they take turns.
  bool tilesBeside = (tiles == 1 && t.inputParts == 1) ||
                     2 * featureWords() <= roomForTwo(p.freeWords, arch);
  t.cycles = (tilesBeside ? beside(work, dram) : array + dram) + ends;
}

ConvTiling scheduling::estimateConvTiling(const ConvProblem &problem,
                                          const ArchConfig &arch, int64_t tileH,
                                          int64_t tileW, LoopOrder order,
                                          int64_t weightParts,
                                          std::optional<InputPart> part) {
  return ConvEstimate(
             problem, arch, tileH, tileW, order,
             part.value_or(InputPart{problem.inGroups, problem.y.kernel}))
      .run(weightParts);
}

/// The parts that a tile's input can come in, from large to small.
static std::vector<InputPart> partsOf(const ConvProblem &p) {
  std::vector<InputPart> parts;
  if (!p.unfolded)
    for (int64_t groups : evenCuts(p.inGroups, p.inGroups - 1))
      parts.push_back({groups, p.y.kernel});
  for (int64_t rows : evenCuts(p.y.kernel, p.y.kernel - 1))
    parts.push_back({p.unfolded ? p.inGroups : 1, rows});
  return parts;
}

ConvTiling scheduling::chooseConvTiling(const ConvProblem &p,
                                        const ArchConfig &arch) {
  ConvTiling best;
  auto search = [&](InputPart part) {
    // Unfolding has taken care of the stride along rows.
    int64_t mostW =
        p.unfolded ? std::min(p.x.out, kMostPixels) : p.x.mostOutputs();
    for (int64_t tileW :
         evenCuts(p.x.out, std::min<int64_t>(mostW, arch.psumPixels)))
      for (int64_t tileH : evenCuts(
               p.y.out, std::min(p.y.mostOutputs(), arch.psumPixels / tileW)))
        for (LoopOrder order : {LoopOrder::TilesOuter, LoopOrder::OutputsOuter})
          for (int64_t weightParts : kWeightParts) {
            ConvTiling t = estimateConvTiling(p, arch, tileH, tileW, order,
                                              weightParts, part);
            if (t.ok && (!best.ok || t.cycles < best.cycles))
              best = t;
          }
  };
  InputPart least{p.inGroups, p.y.kernel};
  search(least);
  if (!best.ok && p.inputStreamed)
    for (InputPart part : partsOf(p))
      search(least = part);
  if (!best.ok)
    best.why =
        noTileFits("pixel",
                   ConvEstimate(p, arch, 1, 1, LoopOrder::TilesOuter, least)
                       .featureWords(),
                   p.freeWords);
  return best;
}

std::string ConvTiling::describe() const {
  if (!ok)
    return why;
  return std::to_string(tileH) + "x" + std::to_string(tileW) + " pixels, " +
         (order == LoopOrder::TilesOuter ? "tiles outside"
                                         : "outputs outside") +
         ", " +
         (inputParts > 1 ? "input in " + std::to_string(inputParts) + " parts, "
                         : "") +
         std::to_string(tapsPerChunk) + " taps" +
         (weightsResident ? ", weights stay" : "");
}
