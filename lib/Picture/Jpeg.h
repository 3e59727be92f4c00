//===- Jpeg.h - The structure of JPEG files ---------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_PICTURE_JPEG_H
#define NNCC_LIB_PICTURE_JPEG_H

#include <cstdint>
#include <string>
#include <vector>

namespace nncc {

/// True if the file begins as one, or stb_image may think so.
bool isJpeg(const std::vector<uint8_t> &file);

/// Walks over the segments of a JPEG file and checks what stb_image takes for
/// granted: that no Huffman table has more codes than there are bytes, and that
/// the file goes on to the end of the image. "" or what is wrong.
std::string checkJpeg(const std::vector<uint8_t> &file);

} // namespace nncc

#endif // NNCC_LIB_PICTURE_JPEG_H
