//===- ConvTiling.cpp - Tile and loop order of a convolution --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Scheduling/ConvTiling.h"
#include "nncc/Scheduling/Prefetch.h"

#include <algorithm>
#include <set>
#include <utility>

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

int64_t Extent::mostOutputs() const {
  if (stride > kMostStride)
    return 1;
  int64_t most = (kMostPixels - kernel) / stride + 1;
  return std::clamp<int64_t>(most, 1, std::min(out, kMostPixels));
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

int64_t Extent::readInParts(int64_t size) const {
  int64_t total = 0;
  for (int64_t begin = 0; begin < out; begin += size)
    total += inEnd(begin, std::min(begin + size, out)) - inBegin(begin);
  return total;
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
// What both engines have in common
//===----------------------------------------------------------------------===//

/// Fixed cost of an instruction, in cycles: dispatch, start and the first block
/// of weights. A rough figure; it only keeps the search from slivers.
static constexpr int64_t kInstructionCycles = 24;

/// A run of bytes that is long enough for full bursts.
static int64_t longRun(const ArchConfig &arch) {
  return int64_t{arch.axiBurstBeats} * arch.axiBytes();
}

/// Bytes that lie one behind the other in `columns` of an image: rows of the
/// whole width touch each other.
static int64_t runOf(int64_t columns, int64_t width, const ArchConfig &arch) {
  return columns < width ? columns * arch.vector : longRun(arch);
}

/// Cycles that `ports` ports take for `bytes` in runs of `run` bytes. No burst
/// is longer than a run, and with short ones the port waits for the memory,
/// `outstanding` bursts at a time.
static int64_t portCycles(int64_t bytes, int64_t run, int64_t ports,
                          const ArchConfig &arch) {
  if (bytes <= 0)
    return 0;
  int64_t rate =
      std::min<int64_t>(ports * arch.axiBytes(), arch.memoryBytesPerCycle);
  int64_t bursts = ceilDiv(bytes, run) * ceilDiv(run, longRun(arch));
  return std::max(ceilDiv(bytes, rate), ceilDiv(bursts * arch.memoryLatency,
                                                ports * arch.axiOutstanding));
}

static int64_t readCycles(int64_t bytes, const ArchConfig &arch) {
  return portCycles(bytes, longRun(arch), 2, arch);
}

/// Cycles of two things that run beside each other. Not quite those of the
/// longer one: engines wait for each other where tiles end.
static int64_t beside(int64_t a, int64_t b) {
  return std::max(a, b) + std::min(a, b) / 8;
}

/// Reads and writes have ports of their own, but share the memory.
static int64_t dramCycles(int64_t readCycles, int64_t writeCycles,
                          int64_t bytes, const ArchConfig &arch) {
  return std::max(beside(readCycles, writeCycles),
                  ceilDiv(bytes, arch.memoryBytesPerCycle));
}

/// In how many parts the weight memory may be used.
static constexpr int64_t kWeightParts[] = {2, 4, 1};

/// Feature words that two sets of buffers may take.
static int64_t roomForTwo(int64_t freeWords, const ArchConfig &arch) {
  return freeWords - prefetchSlack(arch.featureWords);
}

/// Reason for a problem of which not even the smallest tile fits.
static std::string noTileFits(const char *what, int64_t words,
                              int64_t freeWords) {
  return std::string("no tile fits: one output ") + what + " needs " +
         std::to_string(words) + " feature words of input and output, " +
         std::to_string(std::max<int64_t>(freeWords, 0)) + " are free";
}

//===----------------------------------------------------------------------===//
// Convolution
//===----------------------------------------------------------------------===//

namespace {
class ConvEstimate {
public:
  ConvEstimate(const ConvProblem &p, const ArchConfig &arch, int64_t tileH,
               int64_t tileW, LoopOrder order)
      : p(p), arch(arch), v(arch.vector),
        outputBlocks(ceilDiv(p.outGroups, arch.outputGroups())),
        blockGroups(std::min<int64_t>(p.outGroups, arch.outputGroups())),
        tiles(ceilDiv(p.y.out, tileH) * ceilDiv(p.x.out, tileW)) {
    t.tileH = tileH;
    t.tileW = tileW;
    t.order = order;
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
    return p.inGroups * p.y.span(t.tileH) * columns;
  }

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
    return p.inGroups * read(p.y, t.tileH) * rowBytes(columns);
  }

  void cutTaps(int64_t weightParts);
  void addCosts();

  const ConvProblem &p;
  const ArchConfig &arch;
  int64_t v;
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

  int64_t most = p.taps;
  if (!t.weightsResident)
    most = std::clamp<int64_t>(arch.weightBlocks / weightParts, 1, most);
  // A list starts at a word, but a part of one starts anywhere in a word and
  // then takes one word more.
  if (!t.tapsResident && ceilDiv(p.taps, perWord) > half)
    most = std::min(most, (half - 1) * perWord + 1);
  chunks = ceilDiv(p.taps, most);
  t.tapsPerChunk = ceilDiv(p.taps, chunks);
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
  int64_t inputPasses =
      t.order == LoopOrder::OutputsOuter && tiles > 1 ? outputBlocks : 1;
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
  bool tilesBeside =
      tiles == 1 || 2 * featureWords() <= roomForTwo(p.freeWords, arch);
  t.cycles = (tilesBeside ? beside(work, dram) : array + dram) + ends;
}

ConvTiling scheduling::estimateConvTiling(const ConvProblem &problem,
                                          const ArchConfig &arch, int64_t tileH,
                                          int64_t tileW, LoopOrder order,
                                          int64_t weightParts) {
  return ConvEstimate(problem, arch, tileH, tileW, order).run(weightParts);
}

ConvTiling scheduling::chooseConvTiling(const ConvProblem &p,
                                        const ArchConfig &arch) {
  ConvTiling best;
  // Unfolding has taken care of the stride along rows.
  int64_t mostW =
      p.unfolded ? std::min(p.x.out, kMostPixels) : p.x.mostOutputs();
  for (int64_t tileW :
       evenCuts(p.x.out, std::min<int64_t>(mostW, arch.psumPixels)))
    for (int64_t tileH : evenCuts(
             p.y.out, std::min(p.y.mostOutputs(), arch.psumPixels / tileW)))
      for (LoopOrder order : {LoopOrder::TilesOuter, LoopOrder::OutputsOuter})
        for (int64_t weightParts : kWeightParts) {
          ConvTiling t =
              estimateConvTiling(p, arch, tileH, tileW, order, weightParts);
          if (t.ok && (!best.ok || t.cycles < best.cycles))
            best = t;
        }
  if (!best.ok)
    best.why = noTileFits(
        "pixel",
        ConvEstimate(p, arch, 1, 1, LoopOrder::TilesOuter).featureWords(),
        p.freeWords);
  return best;
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

/// Words of the buffers of one tile: input, output.
static std::pair<int64_t, int64_t> vectorTileWords(const VectorProblem &p,
                                                   int64_t tileH, int64_t tileW,
                                                   int64_t tileGroups) {
  return {p.inputStreamed
              ? p.inputs * tileGroups * p.y.span(tileH) * p.x.span(tileW)
              : 0,
          p.outputStreamed ? tileGroups * tileH * tileW : 0};
}

VectorTiling scheduling::estimateVectorTiling(const VectorProblem &p,
                                              const ArchConfig &arch,
                                              int64_t tileH, int64_t tileW,
                                              int64_t tileGroups) {
  VectorTiling t;
  t.tileH = tileH;
  t.tileW = tileW;
  t.tileGroups = tileGroups;
  auto [in, out] = vectorTileWords(p, tileH, tileW, tileGroups);
  if (in + out > std::max<int64_t>(p.freeWords, 0)) {
    t.why = "the tile needs " + std::to_string(in + out) + " feature words";
    return t;
  }
  int64_t v = arch.vector;
  int64_t tiles = ceilDiv(p.groups, tileGroups) * ceilDiv(p.y.out, tileH) *
                  ceilDiv(p.x.out, tileW);
  int64_t work = p.groups * p.y.out * p.x.out * p.cyclesPerWord +
                 tiles * kInstructionCycles;
  int64_t reads = p.inputStreamed
                      ? p.inputs * p.groups * p.y.readInParts(tileH) *
                            p.x.readInParts(tileW) * v
                      : 0;
  int64_t writes = p.outputStreamed ? p.groups * p.y.out * p.x.out * v : 0;
  int64_t inRun = runOf(p.x.span(tileW), p.x.in, arch);
  int64_t outRun = runOf(tileW, p.x.out, arch);
  // The first tile's input and the last one's output overlap with nothing here.
  // Nor does some of the arithmetic: the layer behind this one, on another
  // engine, starts when the first tile is there. Half a tile stands for that.
  int64_t ends = tileGroups * tileH * tileW * p.cyclesPerWord / 2 +
                 portCycles(in * v, inRun, 2, arch) +
                 portCycles(out * v, outRun, 1, arch);
  int64_t dram = dramCycles(portCycles(reads - in * v, inRun, 2, arch),
                            portCycles(writes - out * v, outRun, 1, arch),
                            reads + writes - (in + out) * v, arch);
  bool tilesBeside =
      tiles == 1 || 2 * (in + out) <= roomForTwo(p.freeWords, arch);
  t.cycles = (tilesBeside ? beside(work, dram) : work + dram) + ends;
  t.ok = true;
  return t;
}

VectorTiling scheduling::chooseVectorTiling(const VectorProblem &p,
                                            const ArchConfig &arch) {
  VectorTiling best;
  for (int64_t tileGroups : evenCuts(p.groups, p.maxGroups))
    for (int64_t tileW : evenCuts(p.x.out, p.x.mostOutputs()))
      for (int64_t tileH : evenCuts(p.y.out, p.y.mostOutputs())) {
        // A narrow tile is for what does not fit otherwise.
        if (tileW < p.x.out && tileH > 1)
          continue;
        VectorTiling t =
            estimateVectorTiling(p, arch, tileH, tileW, tileGroups);
        if (t.ok && (!best.ok || t.cycles < best.cycles))
          best = t;
      }
  if (!best.ok) {
    auto [in, out] = vectorTileWords(p, 1, 1, 1);
    best.why = noTileFits("word", in + out, p.freeWords);
  }
  return best;
}

std::string VectorTiling::describe() const {
  if (!ok)
    return why;
  return std::to_string(tileH) + "x" + std::to_string(tileW) + " pixels of " +
         std::to_string(tileGroups) + " groups";
}
