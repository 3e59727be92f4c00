//===- Memories.h - Memories of the machine ---------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_SIMULATOR_MEMORIES_H
#define NNCC_LIB_SIMULATOR_MEMORIES_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nncc::sim {

/// Which words of a memory a run has written. Costs nothing unless enabled.
class WrittenMap {
public:
  void enable(size_t words) { bits.assign((words + 63) / 64, 0); }
  bool enabled() const { return !bits.empty(); }
  void clear() { bits.assign(bits.size(), 0); }

  void set(size_t word) { bits[word / 64] |= uint64_t(1) << (word % 64); }
  void set(size_t word, size_t count) {
    for (size_t i = 0; i < count; ++i)
      set(word + i);
  }
  bool test(size_t word) const { return bits[word / 64] >> (word % 64) & 1; }

private:
  std::vector<uint64_t> bits;
};

/// An array of words with a written map. Addresses are checked by the callers.
class WordMemory {
public:
  /// \param spare words behind the last address, for the machine's own use.
  void allocate(const char *memoryName, size_t wordCount, unsigned bytesPerWord,
                bool track, size_t spare = 0);
  void reset(uint8_t byte);

  const char *name() const { return memoryName; }
  size_t words() const { return wordCount; }
  unsigned wordBytes() const { return bytesPerWord; }
  size_t bytes() const { return wordCount * bytesPerWord; }
  bool tracked() const { return written.enabled(); }

  int8_t *at(size_t word) { return data.data() + word * bytesPerWord; }
  const int8_t *at(size_t word) const {
    return data.data() + word * bytesPerWord;
  }

  void markWritten(size_t word, size_t count = 1) {
    if (tracked())
      written.set(word, count);
  }
  /// With tracking: a message if one of the words has not been written.
  std::string checkWritten(size_t word, size_t count = 1) const;

private:
  const char *memoryName = "";
  size_t wordCount = 0;
  unsigned bytesPerWord = 1;
  std::vector<int8_t> data;
  WrittenMap written;
};

} // namespace nncc::sim

#endif // NNCC_LIB_SIMULATOR_MEMORIES_H
