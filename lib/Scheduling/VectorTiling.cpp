//===- VectorTiling.cpp - Tiles of the vector engine ----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Scheduling/VectorTiling.h"

#include "TilingCost.h"

#include <algorithm>
#include <utility>

using namespace nncc;
using namespace nncc::scheduling;

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
