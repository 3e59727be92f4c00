//===- CorruptionTest.cpp - Files that somebody damaged on purpose --------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "SampleProgram.h"

#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <iostream>
#include <random>
#include <zlib.h>

using namespace nncc;
using namespace nncc::test;

namespace {

std::string read(const std::vector<uint8_t> &bytes) {
  // A copy of exactly this size, so that a sanitizer sees any step beyond it.
  std::unique_ptr<uint8_t[]> exact(new uint8_t[bytes.size()]);
  std::copy(bytes.begin(), bytes.end(), exact.get());
  Program out;
  std::string error = deserialize(exact.get(), bytes.size(), out);
  // Whatever is accepted must be sound.
  if (error.empty()) {
    EXPECT_EQ(verify(out), "");
  }
  return error;
}

uint32_t word(const std::vector<uint8_t> &bytes, size_t at) {
  uint32_t value;
  std::memcpy(&value, &bytes[at], 4);
  return value;
}

/// Byte position of a field of the container, by FlatBuffers' rules.
size_t fieldPosition(const std::vector<uint8_t> &bytes, unsigned field) {
  size_t table = word(bytes, 0);
  size_t vtable = table - static_cast<int32_t>(word(bytes, table));
  return table + bytes[vtable + 4 + 2 * field] +
         256 * bytes[vtable + 5 + 2 * field];
}
constexpr unsigned kVersionField = 0, kChecksumField = 1, kPayloadField = 2;

struct Range {
  size_t begin, size;
};
Range payload(const std::vector<uint8_t> &bytes) {
  size_t field = fieldPosition(bytes, kPayloadField);
  size_t vector = field + word(bytes, field);
  return {vector + 4, word(bytes, vector)};
}

/// Makes the checksum right again after a change of the payload.
void sign(std::vector<uint8_t> &bytes) {
  Range range = payload(bytes);
  uint32_t checksum = crc32(0, &bytes[range.begin], range.size);
  std::memcpy(&bytes[fieldPosition(bytes, kChecksumField)], &checksum, 4);
}

TEST(Corruption, NamesWhatIsWrong) {
  std::vector<uint8_t> bytes = sampleBytes();
  ASSERT_EQ(read(bytes), "");
  EXPECT_EQ(read({}),
            "not a program: expected the identifier 'NNCP' at byte 4");
  std::vector<uint8_t> other = bytes;
  other[4] = 'X';
  EXPECT_EQ(read(other),
            "not a program: expected the identifier 'NNCP' at byte 4");

  other = bytes;
  other[fieldPosition(bytes, kVersionField)] = 9;
  EXPECT_EQ(read(other),
            "format version 9; this reader knows version 1. Compile the model "
            "again with the compiler of this release");

  other = bytes;
  other[payload(bytes).begin + payload(bytes).size / 2] ^= 1;
  EXPECT_EQ(read(other).substr(0, 27), "checksum mismatch: expected");

  other = bytes;
  other.resize(bytes.size() / 2);
  EXPECT_EQ(read(other), "the container is damaged or cut off (" +
                             std::to_string(other.size()) + " bytes)");
}

TEST(Corruption, EveryChangeOfThePayloadIsNoticed) {
  std::vector<uint8_t> bytes = sampleBytes();
  Range range = payload(bytes);
  for (size_t i = range.begin; i < range.begin + range.size; ++i) {
    bytes[i] ^= 1 << (i % 8);
    EXPECT_NE(read(bytes), "") << "byte " << i;
    bytes[i] ^= 1 << (i % 8);
  }
}

TEST(Corruption, SurvivesEveryTruncation) {
  std::vector<uint8_t> bytes = sampleBytes();
  while (!bytes.empty()) {
    bytes.pop_back();
    EXPECT_NE(read(bytes), "") << bytes.size();
  }
}

TEST(Corruption, SurvivesEveryByteWithARightChecksum) {
  const std::vector<uint8_t> good = sampleBytes();
  Range range = payload(good);
  unsigned accepted = 0, tried = 0;
  for (size_t i = range.begin; i < range.begin + range.size; ++i)
    for (uint8_t value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      std::vector<uint8_t> bytes = good;
      bytes[i] = value;
      sign(bytes);
      accepted += read(bytes).empty();
      ++tried;
    }
  // Padding, text and constants may be anything; the rest may not.
  EXPECT_LT(accepted, tried * 3 / 4);
}

TEST(Corruption, SurvivesRandomDamage) {
  const char *given = std::getenv("NNCC_TEST_SEED");
  unsigned seed =
      given ? std::strtoul(given, nullptr, 10) : std::random_device()();
  std::cout << "NNCC_TEST_SEED=" << seed << std::endl;
  std::mt19937 random(seed);
  const std::vector<uint8_t> good = sampleBytes();
  Range range = payload(good);
  for (int round = 0; round < 20000; ++round) {
    std::vector<uint8_t> bytes = good;
    bool inside = round % 4 != 0;
    for (unsigned n = 1 + random() % 8; n != 0; --n) {
      size_t at = inside ? range.begin + random() % range.size
                         : random() % bytes.size();
      if (random() % 2) {
        bytes[at] = static_cast<uint8_t>(random());
      } else { // a word: lengths and offsets
        at = std::min(at & ~size_t(3), bytes.size() - 4);
        uint32_t value = random() >> (random() % 32);
        std::memcpy(&bytes[at], &value, 4);
      }
    }
    if (inside)
      sign(bytes);
    read(bytes);
  }
}

} // namespace
