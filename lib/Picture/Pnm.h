//===- Pnm.h - PPM and PGM files --------------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_PICTURE_PNM_H
#define NNCC_LIB_PICTURE_PNM_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nncc {

/// The header of a binary PGM (P5) or PPM (P6) file.
struct PnmHeader {
  uint32_t width = 0, height = 0;
  unsigned channels = 0; ///< 1 or 3
  uint32_t greatest = 0; ///< the sample that means full brightness
  size_t begin = 0;      ///< of the samples

  size_t sampleBytes() const { return greatest > 255 ? 2 : 1; }
};

/// True if the file begins as one of the two.
bool isPnm(const std::vector<uint8_t> &file);

/// Returns "", or what is wrong. Sizes are not bounded here, but less than
/// 2^24.
std::string readPnmHeader(const std::vector<uint8_t> &file, PnmHeader &out);

/// The samples as bytes; "" or a message. The header has been checked.
std::string readPnmSamples(const std::vector<uint8_t> &file,
                           const PnmHeader &header, std::vector<uint8_t> &out);

} // namespace nncc

#endif // NNCC_LIB_PICTURE_PNM_H
