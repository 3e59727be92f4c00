//===- TilingCost.cpp - What tiles of both engines cost -------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "TilingCost.h"

#include "nncc/Scheduling/Prefetch.h"

#include <set>

using namespace nncc;
using namespace nncc::scheduling;

std::vector<int64_t> scheduling::evenCuts(int64_t total, int64_t most) {
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

int64_t scheduling::longRun(const ArchConfig &arch) {
  return int64_t{arch.axiBurstBeats} * arch.axiBytes();
}

int64_t scheduling::runOf(int64_t columns, int64_t width,
                          const ArchConfig &arch) {
  return columns < width ? columns * arch.vector : longRun(arch);
}

int64_t scheduling::portCycles(int64_t bytes, int64_t run, int64_t ports,
                               const ArchConfig &arch) {
  if (bytes <= 0)
    return 0;
  int64_t rate =
      std::min<int64_t>(ports * arch.axiBytes(), arch.memoryBytesPerCycle);
  int64_t bursts = ceilDiv(bytes, run) * ceilDiv(run, longRun(arch));
  return std::max(ceilDiv(bytes, rate), ceilDiv(bursts * arch.memoryLatency,
                                                ports * arch.axiOutstanding));
}

int64_t scheduling::dramCycles(int64_t readCycles, int64_t writeCycles,
                               int64_t bytes, const ArchConfig &arch) {
  return std::max(beside(readCycles, writeCycles),
                  ceilDiv(bytes, arch.memoryBytesPerCycle));
}

int64_t scheduling::roomForTwo(int64_t freeWords, const ArchConfig &arch) {
  return freeWords - prefetchSlack(arch.featureWords);
}

std::string scheduling::noTileFits(const char *what, int64_t words,
                                   int64_t freeWords) {
  return std::string("no tile fits: one output ") + what + " needs " +
         std::to_string(words) + " feature words of input and output, " +
         std::to_string(std::max<int64_t>(freeWords, 0)) + " are free";
}
