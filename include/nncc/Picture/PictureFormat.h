//===- PictureFormat.h - How a network takes pictures -----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// What the compiler is told about the pictures that a network looks at, and
// what a program keeps of it. docs/quantization.md has the rules.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_PICTURE_PICTUREFORMAT_H
#define NNCC_PICTURE_PICTUREFORMAT_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nncc {

/// The bytes of a pixel, in the order of the network's channels.
enum class PixelFormat : uint8_t { Gray8 = 0, RGB8 = 1, BGR8 = 2 };

/// 1 or 3; 0 for what is none of the formats.
unsigned channelCount(PixelFormat format);
/// "gray8", "rgb8", "bgr8".
const char *toString(PixelFormat format);
std::optional<PixelFormat> parsePixelFormat(std::string_view text);

/// How a picture becomes what the network computes with: scaled, cut to the
/// network's size, and `x = (byte - mean) / std` for each channel.
struct PictureFormat {
  PixelFormat pixels = PixelFormat::RGB8;
  /// Pixels of the short side before the cut; 0: no more than the cut needs.
  uint32_t resize = 0;
  /// Scale to the network's size without keeping proportions; nothing is cut.
  bool stretch = false;
  std::vector<double> mean; ///< for each channel, in units of bytes
  std::vector<double> std;  ///< for each channel, above zero

  unsigned channels() const { return channelCount(pixels); }
  /// "", or what is wrong: a number that is missing, infinite or not a number,
  /// a deviation that is not above zero, a size beyond kMaxPictureSide.
  std::string verify() const;

  bool operator==(const PictureFormat &other) const {
    return pixels == other.pixels && resize == other.resize &&
           stretch == other.stretch && mean == other.mean && std == other.std;
  }
};

/// Bound on width and height of pictures, as they are and scaled.
constexpr uint32_t kMaxPictureSide = 1 << 16;
/// Bound on their product. A decoder takes a few bytes for each.
constexpr uint64_t kMaxPicturePixels = uint64_t(1) << 26;

} // namespace nncc

#endif // NNCC_PICTURE_PICTUREFORMAT_H
