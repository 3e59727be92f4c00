//===- Jpeg.cpp - The structure of JPEG files -----------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Jpeg.h"

using namespace nncc;

// Second bytes of marks, behind 0xff.
static constexpr uint8_t kHuffmanTables = 0xc4, kFirstRestart = 0xd0,
                         kStartOfImage = 0xd8, kEndOfImage = 0xd9;

static bool isRestart(uint8_t mark) {
  return mark >= kFirstRestart && mark < kStartOfImage;
}

bool nncc::isJpeg(const std::vector<uint8_t> &file) {
  return !file.empty() && file[0] == 0xff;
}

/// Bytes [at, end): any number of tables.
static bool areHuffmanTablesSound(const std::vector<uint8_t> &file, size_t at,
                                  size_t end) {
  constexpr size_t kLengths = 16, kMaxCodes = 256;
  while (at < end) {
    if (end - at < 1 + kLengths)
      return false;
    size_t codes = 0;
    for (size_t i = 1; i <= kLengths; ++i)
      codes += file[at + i];
    at += 1 + kLengths;
    if (codes > kMaxCodes || codes > end - at)
      return false;
    at += codes;
  }
  return true;
}

std::string nncc::checkJpeg(const std::vector<uint8_t> &file) {
  std::string cutOff = "is cut off: the end of its pixels is missing";
  if (file.size() < 2 || file[1] != kStartOfImage)
    return "is damaged: it does not begin with an image";
  size_t at = 2;
  for (;;) {
    // The next mark, over the data of a scan: there a byte 0xff is followed by
    // 0 or a restart.
    while (at + 1 < file.size() &&
           (file[at] != 0xff || file[at + 1] == 0 || file[at + 1] == 0xff ||
            isRestart(file[at + 1])))
      ++at;
    if (at + 1 >= file.size())
      return cutOff;
    uint8_t mark = file[at + 1];
    at += 2;
    if (mark == kEndOfImage)
      return "";
    if (at + 2 > file.size())
      return cutOff;
    size_t length = size_t(file[at]) << 8 | file[at + 1];
    if (length < 2)
      return "is damaged: a segment of " + std::to_string(length) + " bytes";
    if (at + length > file.size())
      return cutOff;
    if (mark == kHuffmanTables &&
        !areHuffmanTablesSound(file, at + 2, at + length))
      return "is damaged: a Huffman table does not fit its segment";
    at += length;
  }
}
