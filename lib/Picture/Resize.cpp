//===- Resize.cpp - Scaling and cutting pictures --------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Picture/Picture.h"

#include <algorithm>
#include <cmath>

using namespace nncc;

namespace {

/// The pixels that make one pixel of the result along an axis.
struct Window {
  uint32_t first = 0;
  /// Shares of 2^kShareBits; they add up to about one.
  std::vector<int32_t> shares;
};

constexpr int kShareBits = 22;

uint8_t roundToByte(int64_t sum) {
  return static_cast<uint8_t>(std::clamp<int64_t>(
      (sum + (1 << (kShareBits - 1))) >> kShareBits, 0, 255));
}

/// Triangles around the center of each new pixel, as wide as a pixel of the
/// coarser grid to either side.
// Nothing is negative here, where adding a half rounds as Pillow does.
// NOLINTBEGIN(bugprone-incorrect-roundings)
std::vector<Window> makeWindows(uint32_t from, uint32_t to) {
  double scale = static_cast<double>(from) / to;
  double support = std::max(scale, 1.0);
  std::vector<Window> windows(to);
  for (uint32_t i = 0; i < to; ++i) {
    double center = (i + 0.5) * scale;
    auto first = static_cast<int64_t>(std::max(center - support + 0.5, 0.0));
    auto last =
        std::min<int64_t>(static_cast<int64_t>(center + support + 0.5), from);
    std::vector<double> weights;
    double sum = 0;
    for (int64_t x = first; x < last; ++x) {
      double distance =
          std::fabs((static_cast<double>(x) - center + 0.5) * (1.0 / support));
      weights.push_back(distance < 1.0 ? 1.0 - distance : 0.0);
      sum += weights.back();
    }
    windows[i].first = static_cast<uint32_t>(first);
    for (double weight : weights) {
      double share = sum != 0.0 ? weight * (1.0 / sum) : weight;
      windows[i].shares.push_back(
          static_cast<int32_t>(0.5 + share * (1 << kShareBits)));
    }
  }
  return windows;
}
// NOLINTEND(bugprone-incorrect-roundings)

Picture resizeRows(const Picture &picture, uint32_t width) {
  Picture result{width, picture.height, picture.channels, {}};
  const size_t channels = picture.channels;
  result.bytes.resize(size_t(width) * picture.height * channels);
  std::vector<Window> windows = makeWindows(picture.width, width);
  uint8_t *out = result.bytes.data();
  for (size_t y = 0; y < picture.height; ++y) {
    const uint8_t *row = &picture.bytes[y * picture.width * channels];
    for (const Window &window : windows)
      for (size_t c = 0; c < channels; ++c) {
        const uint8_t *in = row + window.first * channels + c;
        int64_t sum = 0;
        for (int32_t share : window.shares) {
          sum += int64_t(share) * *in;
          in += channels;
        }
        *out++ = roundToByte(sum);
      }
  }
  return result;
}

Picture resizeColumns(const Picture &picture, uint32_t height) {
  Picture result{picture.width, height, picture.channels, {}};
  const size_t pitch = size_t(picture.width) * picture.channels;
  result.bytes.resize(pitch * height);
  std::vector<Window> windows = makeWindows(picture.height, height);
  std::vector<int64_t> sums(pitch);
  for (size_t y = 0; y < height; ++y) {
    std::fill(sums.begin(), sums.end(), 0);
    const uint8_t *in = &picture.bytes[windows[y].first * pitch];
    for (int32_t share : windows[y].shares) {
      for (size_t i = 0; i < pitch; ++i)
        sums[i] += int64_t(share) * in[i];
      in += pitch;
    }
    for (size_t i = 0; i < pitch; ++i)
      result.bytes[y * pitch + i] = roundToByte(sums[i]);
  }
  return result;
}

} // namespace

Picture nncc::resizePicture(const Picture &picture, uint32_t width,
                            uint32_t height) {
  Picture result = picture;
  if (result.width != width)
    result = resizeRows(result, width);
  if (result.height != height)
    result = resizeColumns(result, height);
  return result;
}

Picture nncc::cropPicture(const Picture &picture, uint32_t left, uint32_t top,
                          uint32_t width, uint32_t height) {
  Picture result{width, height, picture.channels, {}};
  const size_t channels = picture.channels;
  result.bytes.reserve(size_t(width) * height * channels);
  for (size_t y = top; y < size_t(top) + height; ++y) {
    auto row = picture.bytes.begin() +
               static_cast<ptrdiff_t>((y * picture.width + left) * channels);
    result.bytes.insert(result.bytes.end(), row,
                        row + static_cast<ptrdiff_t>(width * channels));
  }
  return result;
}

PictureSize nncc::scaledSize(const Picture &picture,
                             const PictureFormat &format, uint32_t width,
                             uint32_t height) {
  if (format.stretch)
    return {width, height};
  const uint64_t w = picture.width, h = picture.height;
  const uint64_t shorter = std::min(w, h);
  if (format.resize != 0) {
    uint64_t newWidth = w * format.resize / shorter;
    uint64_t newHeight = h * format.resize / shorter;
    if (newWidth >= width && newHeight >= height)
      return {static_cast<uint32_t>(newWidth),
              static_cast<uint32_t>(newHeight)};
  }
  // One side becomes that of the cut, the other one no less.
  if (w * height >= h * width)
    return {static_cast<uint32_t>(w * height / h), height};
  return {width, static_cast<uint32_t>(h * width / w)};
}
