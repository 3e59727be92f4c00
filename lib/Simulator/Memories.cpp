//===- Memories.cpp - Memories of the machine -----------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Memories.h"

#include <algorithm>

using namespace nncc::sim;

void WordMemory::allocate(const char *name, size_t count, unsigned bytesEach,
                          bool track, size_t spare) {
  memoryName = name;
  wordCount = count;
  bytesPerWord = bytesEach;
  data.assign((count + spare) * bytesEach, 0);
  if (track)
    written.enable(count);
}

void WordMemory::reset(uint8_t byte) {
  std::fill(data.begin(), data.end(), static_cast<int8_t>(byte));
  written.clear();
}

std::string WordMemory::checkWritten(size_t word, size_t count) const {
  if (!tracked())
    return "";
  for (size_t i = word; i < word + count; ++i)
    if (!written.test(i))
      return std::string("reads ") + memoryName + " word " + std::to_string(i) +
             ", which nothing has written";
  return "";
}
