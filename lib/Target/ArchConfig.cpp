//===- ArchConfig.cpp - One hardware configuration ------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Target/ArchConfig.h"

#include <cstdio>

using namespace nncc;

const std::vector<ArchField> &nncc::archFields() {
  static const std::vector<ArchField> fields = {
#define NNCC_ARCH_FIELD(section, name, member, min, max, hardware, text)       \
  {#section, #name, &ArchConfig::member, min, max, (hardware) != 0, text},
#include "nncc/Target/ArchFields.def"
  };
  return fields;
}

uint64_t ArchConfig::fingerprint() const {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const ArchField &field : archFields()) {
    if (!field.hardware)
      continue;
    std::string line = field.key() + '=' + std::to_string(this->*field.member);
    for (char c : line + '\n') {
      hash ^= static_cast<unsigned char>(c);
      hash *= 0x100000001b3u;
    }
  }
  return hash;
}

std::string ArchConfig::fingerprintText() const {
  char text[17];
  std::snprintf(text, sizeof(text), "%016llx",
                static_cast<unsigned long long>(fingerprint()));
  return text;
}

static bool isPowerOfTwo(uint32_t value) {
  return value != 0 && (value & (value - 1)) == 0;
}

static std::string mismatch(const char *key, const std::string &expected,
                            uint32_t got) {
  return std::string(key) + ": expected " + expected + ", got " +
         std::to_string(got);
}

std::string ArchConfig::verify() const {
  for (const ArchField &field : archFields()) {
    uint32_t value = this->*field.member;
    if (value < field.min || value > field.max)
      return mismatch(field.key().c_str(),
                      field.min == field.max
                          ? std::to_string(field.min)
                          : std::to_string(field.min) + ".." +
                                std::to_string(field.max),
                      value);
  }
  if (vector != 8 && vector != 16 && vector != 32)
    return mismatch("array.vector", "8, 16 or 32", vector);
  if (outputs != vector && outputs != 2 * vector && outputs != 4 * vector)
    return mismatch("array.outputs",
                    "1, 2 or 4 times array.vector = " + std::to_string(vector),
                    outputs);
  if (!isPowerOfTwo(featureBanks))
    return mismatch("buffers.feature_banks", "a power of two", featureBanks);
  if (featureWords % featureBanks != 0)
    return mismatch("buffers.feature_words",
                    "a multiple of buffers.feature_banks = " +
                        std::to_string(featureBanks),
                    featureWords);
  // A load reaches the weight memory word by word: 18 bits of `local_base`.
  if (uint64_t(weightBlocks) * outputs > 1u << 18)
    return mismatch("buffers.weight_blocks",
                    "at most " + std::to_string((1u << 18) / outputs) +
                        " with array.outputs = " + std::to_string(outputs),
                    weightBlocks);
  // `tap_base` and `tap_count` have 14 bits.
  if (uint64_t(tapWords) * tapsPerWord() > 1u << 14)
    return mismatch("buffers.tap_words",
                    "at most " + std::to_string((1u << 14) / tapsPerWord()) +
                        " with array.vector = " + std::to_string(vector),
                    tapWords);
  if (!isPowerOfTwo(axiDataBits) || axiDataBits > 8 * vector)
    return mismatch("axi.data_bits",
                    "a power of two, at most 8 times array.vector = " +
                        std::to_string(8 * vector),
                    axiDataBits);
  // AXI: no burst crosses a boundary of 4 KiB.
  if (axiBurstBeats * axiBytes() > 4096)
    return mismatch(
        "axi.max_burst_beats",
        "at most 4096 bytes a burst, that is " +
            std::to_string(4096 / axiBytes()) +
            " beats with axi.data_bits = " + std::to_string(axiDataBits),
        axiBurstBeats);
  if (memoryRefreshInterval != 0 &&
      memoryRefreshCycles >= memoryRefreshInterval)
    return mismatch("memory.refresh_cycles",
                    "less than memory.refresh_interval = " +
                        std::to_string(memoryRefreshInterval),
                    memoryRefreshCycles);
  return "";
}
