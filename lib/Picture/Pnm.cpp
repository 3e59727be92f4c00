//===- Pnm.cpp - PPM and PGM files ----------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Pnm.h"

#include <cctype>

using namespace nncc;

bool nncc::isPnm(const std::vector<uint8_t> &file) {
  return file.size() >= 2 && file[0] == 'P' &&
         (file[1] == '5' || file[1] == '6');
}

/// The next number, behind spaces and comments; false if there is none.
static bool readNumber(const std::vector<uint8_t> &file, size_t &at,
                       uint32_t &out) {
  while (at < file.size() && (std::isspace(file[at]) || file[at] == '#')) {
    if (file[at] == '#')
      while (at < file.size() && file[at] != '\n')
        ++at;
    else
      ++at;
  }
  size_t begin = at;
  out = 0;
  while (at < file.size() && std::isdigit(file[at])) {
    out = out * 10 + (file[at++] - '0');
    if (out >= 1 << 24)
      return false;
  }
  return at != begin;
}

std::string nncc::readPnmHeader(const std::vector<uint8_t> &file,
                                PnmHeader &out) {
  out.channels = file[1] == '6' ? 3 : 1;
  size_t at = 2;
  if (!readNumber(file, at, out.width) || !readNumber(file, at, out.height) ||
      !readNumber(file, at, out.greatest) || out.greatest < 1 ||
      out.greatest > 65535 || at == file.size() || !std::isspace(file[at]))
    return "has a damaged PPM or PGM header";
  out.begin = at + 1;
  return "";
}

std::string nncc::readPnmSamples(const std::vector<uint8_t> &file,
                                 const PnmHeader &header,
                                 std::vector<uint8_t> &out) {
  const size_t count = size_t(header.width) * header.height * header.channels;
  const size_t bytes = count * header.sampleBytes();
  if (file.size() - header.begin < bytes)
    return "is cut off: its pixels take " + std::to_string(bytes) +
           " bytes, there are " + std::to_string(file.size() - header.begin);
  out.resize(count);
  const uint8_t *in = &file[header.begin];
  for (uint8_t &byte : out) {
    uint32_t sample = *in++;
    if (header.sampleBytes() == 2)
      sample = sample << 8 | *in++;
    sample = sample < header.greatest ? sample : header.greatest;
    byte = static_cast<uint8_t>((sample * 255 + header.greatest / 2) /
                                header.greatest);
  }
  return "";
}
