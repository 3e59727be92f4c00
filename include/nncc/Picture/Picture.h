//===- Picture.h - Reading, scaling and cutting pictures --------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// From a picture file to the bytes that a network takes. Functions return a
// message, empty for success.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_PICTURE_PICTURE_H
#define NNCC_PICTURE_PICTURE_H

#include "nncc/Picture/PictureFormat.h"

namespace nncc {

/// Bytes [row][column][channel], without gaps.
struct Picture {
  uint32_t width = 0, height = 0;
  unsigned channels = 0;
  std::vector<uint8_t> bytes;
};

/// True for the endings of files that `decodePicture` can read: .jpg, .jpeg,
/// .png, .bmp, .ppm, .pgm, .pnm, in any case.
bool hasPictureEnding(std::string_view path);

/// Decodes a file that may hold anything to one channel or three. Its header is
/// checked before memory is taken for its pixels.
std::string decodePicture(const std::vector<uint8_t> &file, PixelFormat pixels,
                          Picture &out);

/// Checks what can be seen from a file's header: that it is a picture of a
/// legal size. The message begins with the path.
std::string checkPictureFile(const std::string &path);

/// Scales to the given size: bilinear, with a support of at least one pixel of
/// the larger of the two sizes. First rows, then columns, each rounded to
/// bytes; the same bytes as Pillow's `resize((width, height), BILINEAR)` where
/// that takes rows first, as it does if proportions stay.
Picture resizePicture(const Picture &picture, uint32_t width, uint32_t height);

/// A rectangle of a picture, which must lie inside.
Picture cropPicture(const Picture &picture, uint32_t left, uint32_t top,
                    uint32_t width, uint32_t height);

/// The size to which the rule scales a picture before the cut of
/// `width` x `height`.
struct PictureSize {
  uint32_t width, height;
};
PictureSize scaledSize(const Picture &picture, const PictureFormat &format,
                       uint32_t width, uint32_t height);

/// Reads a picture and prepares it by the rule of `format`: `width` x `height`
/// pixels of its channels. The message begins with the path.
std::string readPicture(const std::string &path, const PictureFormat &format,
                        uint32_t width, uint32_t height,
                        std::vector<uint8_t> &out);

} // namespace nncc

#endif // NNCC_PICTURE_PICTURE_H
